// SPDX-License-Identifier: Apache-2.0
// The instrument of the proof: it must find what it claims to find.
#include "sync/store/plaintext_scan.hpp"
#include "tests/sync/store/store_support.hpp"

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr std::string_view full_name = "Zoé Müller-Ødegård";

std::vector<std::string> forms_found(const std::string& content, std::string_view text = full_name)
{
    TemporaryFolder folder;
    must(write_file(folder.path() / "file", as_bytes(content)));
    PlaintextScan scan;
    scan.look_for(text);
    std::vector<std::string> forms;
    for (const auto& found : must(scan.scan(folder.path())).found)
        forms.emplace_back(found.form);
    return forms;
}

using Forms = std::vector<std::string>;

} // namespace

TEST_CASE("a text is found in UTF-8, in either case of its ASCII letters")
{
    CHECK(forms_found("{\"name\":\"Zoé Müller-Ødegård\"}") == Forms{"UTF-8"});
    CHECK(forms_found("zoé müller-Ødegård") == Forms{"UTF-8"});
    CHECK(forms_found("Zoé Müller-Ødegard").empty());
    CHECK(forms_found("").empty());
}

TEST_CASE("a text is found in UTF-16 of both byte orders")
{
    // "Zoé Mü" and 王 beyond ASCII, and a character beyond the first plane.
    CHECK(forms_found(std::string("..\x8B\x73\x0F\x5C\x0E\x66\x40\xD8\x00\xDC", 12), "王小明𠀀") ==
          Forms{"UTF-16"});
    CHECK(forms_found(std::string("\x73\x8B\x5C\x0F\x66\x0E\xD8\x40\xDC\x00", 10), "王小明𠀀") ==
          Forms{"UTF-16"});
}

TEST_CASE("a text is found in hexadecimal of either case")
{
    CHECK(forms_found("x" + to_hex(as_bytes(full_name))) == Forms{"hex"});
    CHECK(forms_found(to_hex_upper(as_bytes(full_name))) == Forms{"hex"});
}

TEST_CASE("a text is found in base64, wherever in a group of three it begins")
{
    // printf '%s' 'NAME' | base64, after no, one and two other bytes, with bytes after it.
    CHECK(forms_found("Sm9uYXRoYW4gU2FtcGxlc29uIQ==", "Jonathan Sampleson") == Forms{"base64"});
    CHECK(forms_found("eEpvbmF0aGFuIFNhbXBsZXNvbnh4", "Jonathan Sampleson") == Forms{"base64"});
    CHECK(forms_found("eHhKb25hdGhhbiBTYW1wbGVzb254", "Jonathan Sampleson") == Forms{"base64"});
}

TEST_CASE("a text that lies across two reads is found once, and so is one at the very end")
{
    for (const std::size_t before : {(std::size_t{1} << 20U) - 7, (std::size_t{1} << 20U) - full_name.size(),
                                     std::size_t{1} << 20U, std::size_t{3} << 20U}) {
        INFO(before);
        CHECK(forms_found(std::string(before, '.') + std::string(full_name)) == Forms{"UTF-8"});
        CHECK(forms_found(std::string(before, '.') + std::string(full_name) + std::string(99, '.')) ==
              Forms{"UTF-8"});
    }
}

TEST_CASE("every file of a folder and below is looked into, and place and text are told by number")
{
    TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "a/b");
    must(write_file(folder.path() / "a/b/deep", as_bytes("....Jonathan Sampleson")));
    must(write_file(folder.path() / "empty", {}));
    PlaintextScan scan;
    CHECK(scan.look_for("short") == 0);
    scan.look_for("somebody else");
    const std::size_t number = scan.look_for("Jonathan Sampleson");
    CHECK(scan.look_for("Jonathan Sampleson") == number);
    CHECK(scan.texts() == 2);
    const auto report = must(scan.scan(folder.path()));
    REQUIRE(report.found.size() == 1);
    CHECK(report.found[0].file == "a/b/deep");
    CHECK(report.found[0].at == 4);
    CHECK(report.found[0].text == number);
    REQUIRE(report.files.size() == 2);
    CHECK(report.files[0].bytes == 22);
    CHECK_FALSE(scan.scan(folder.path() / "absent"));
}
