// SPDX-License-Identifier: Apache-2.0
#include "badge/print/printer_notice.hpp"

#include "tests/support/catch.hpp"

using namespace montbrillant;

TEST_CASE("an empty tray is one sentence with the place and the remedy, whatever suffix the printer uses")
{
    for (const std::string suffix : {"", "-report", "-warning", "-error"}) {
        const auto notices = notices_from({"media-empty" + suffix, "media-needed" + suffix}, "Printer 2");
        REQUIRE(notices.size() == 1);
        CHECK(notices.front().keyword == "media-empty");
        CHECK(notices.front().text == "Printer 2: no paper. Put badges into the tray under the slot; waiting "
                                      "badges follow by themselves.");
        CHECK(has_trouble(notices));
    }
}

TEST_CASE("a printer without complaints has no notices")
{
    CHECK(notices_from({"none"}, "Printer").empty());
    CHECK(notices_from({}, "Printer").empty());
    CHECK(notices_from({"something-new-report"}, "Printer").empty());
}

TEST_CASE("what stops the printer comes before what soon will")
{
    const auto notices = notices_from({"media-low-warning", "cover-open-error"}, "Printer");
    REQUIRE(notices.size() == 2);
    CHECK(notices[0].keyword == "cover-open");
    CHECK(notices[1].severity == PrinterNotice::Severity::attention);
    CHECK_FALSE(has_trouble(notices_from({"media-low-warning"}, "Printer")));
}

TEST_CASE("an unknown complaint is passed on by its name")
{
    const auto notices = notices_from({"fuser-over-temp-error"}, "Printer");
    REQUIRE(notices.size() == 1);
    CHECK(has_trouble(notices));
    CHECK(notices.front().text.find("fuser-over-temp") != std::string::npos);
}
