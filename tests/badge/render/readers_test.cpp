// SPDX-License-Identifier: Apache-2.0
#include "badge/render/qr.hpp"
#include "badge/render/selfcheck.hpp"
#include "sync/base/child_process.hpp"
#include "tests/badge/render/samples.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace montbrillant;

namespace {

std::string said_by(const std::vector<std::string>& command)
{
    auto child = ChildProcess::start(command);
    REQUIRE(child);
    std::string out;
    std::string line;
    while (child->read_line(line, Millis{20'000}) == ChildProcess::Read::line)
        out += line + "\n";
    return out;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("poppler finds the sheet size, embedded fonts and the name, and zbar reads the code off the page")
{
    const test::TemporaryFolder folder;
    const Layout layout = test::a6();
    for (const auto& badge : test::people()) {
        INFO(badge.name);
        const auto pdf = (folder.path() / "badge.pdf").string();
        REQUIRE(write_file(pdf, render_checked_pdf(layout, badge, {1504510200000})->bytes));
        CHECK(says(said_by({"pdfinfo", pdf}), "297.638 x 419.528 pts"));
        const auto fonts = said_by({"pdffonts", pdf});
        CHECK(says(fonts, "NotoSans"));
        CHECK(says(fonts, "yes yes yes")); // embedded, subset, unicode
        CHECK_FALSE(says(fonts, " no "));
        if (!badge.latin_name.empty())
            CHECK(says(said_by({"pdftotext", pdf, "-"}),
                       badge.latin_name.substr(0, badge.latin_name.find(' '))));
        const auto picture = (folder.path() / "page").string();
        said_by({"pdftoppm", "-r", "203", "-gray", "-png", "-singlefile", pdf, picture});
        const auto code =
            said_by({"zbarimg", "--nodbus", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture + ".png"});
        CHECK(code == badge.badge.str() + "\n");
        CHECK(qr_decode_png(as_bytes(read_file(picture + ".png", 1U << 24U).value())).value() ==
              badge.badge.str());
    }
}
