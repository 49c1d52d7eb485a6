// SPDX-License-Identifier: Apache-2.0
#include "badge/layout/layout.hpp"
#include "sync/base/files.hpp"
#include "sync/base/json.hpp"
#include "sync/base/random.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <functional>

using namespace montbrillant;

namespace {

std::string a6_text()
{
    return read_file(std::filesystem::path(MONTBRILLANT_LAYOUTS) / "a6.json", Layout::file_bytes_max).value();
}

Json small()
{
    return parse_json(R"({
        "version": 1, "name": "small", "media": "custom_small_60x40mm", "width": 60, "height": 40,
        "palette": { "default": { "ground": "#000000", "text": "#FFFFFF", "letter": "X" } },
        "front": [
          { "name": "greeting", "type": "text", "box": [1, 1, 50, 10], "content": "Hello {name}",
            "fit": { "max": 20, "min": 8 } },
          { "type": "qr", "box": [1, 12, 25, 25], "content": "{badge}" } ] })",
                      "small.json")
        .value();
}

Result<Layout> parse(const Json& json) { return parse_layout(json.dump(), ".", "small.json"); }

/// What the loader says about the small layout after `spoil`.
std::string complaint(const std::function<void(Json&)>& spoil)
{
    Json json = small();
    spoil(json);
    const auto layout = parse(json);
    return layout ? std::string("no complaint") : layout.error().text();
}

BadgeContent content()
{
    BadgeContent out;
    out.name = "Amina";
    out.badge = BadgeId("B7K2QX9M4T0ZRWE5H3JVA");
    return out;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("the layout that ships is sound, and has colour and letter for every category")
{
    const auto layout = load_layout(std::filesystem::path(MONTBRILLANT_LAYOUTS) / "a6.json");
    if (!layout)
        FAIL(layout.error().text());
    CHECK(layout->media == "iso_a6_105x148mm");
    std::set<std::string> letters;
    for (const char* category : {"member_state", "sector_member", "associate", "academia", "sme_pilot",
                                 "invited", "secretariat", "press"}) {
        INFO(category);
        REQUIRE(layout->palette.contains(category));
        letters.insert(layout->palette_of(category).letter);
    }
    CHECK(letters.size() == 8);
    CHECK(layout->palette_of("a category of next year").letter == layout->palette_of("default").letter);
}

TEST_CASE("a complaint about a layout names file, element and field")
{
    CHECK(complaint([](Json&) {}) == "no complaint");
    struct Case {
        std::function<void(Json&)> spoil;
        const char* where;
        const char* what;
    };
    const std::vector<Case> cases{
        {[](Json& j) { j["version"] = 2; }, "small.json", "\"version\" must be 1"},
        {[](Json& j) { j.erase("media"); }, "small.json", "\"media\" is missing"},
        {[](Json& j) { j["colour"] = 1; }, "small.json", "\"colour\" is not a field here"},
        {[](Json& j) { j["width"] = "60"; }, "small.json", "\"width\" must be a number"},
        {[](Json& j) { j["width"] = 5000; }, "small.json", "\"width\" must be a number from 20 to 420"},
        {[](Json& j) { j["palette"].erase("default"); }, "small.json, palette", "\"default\" is missing"},
        {[](Json& j) { j["palette"]["default"]["text"] = "#333333"; }, "palette, \"default\"",
         "contrast of 1.7:1"},
        {[](Json& j) { j["palette"]["default"]["letter"] = ""; }, "palette, \"default\"", "\"letter\""},
        {[](Json& j) { j["front"] = 1; }, "small.json", "\"front\" must be a list"},
        {[](Json& j) { j["front"][0]["box"] = {50, 1, 50, 10}; }, "front element 1 (\"greeting\")",
         "outside"},
        {[](Json& j) { j["front"][0]["box"] = {-1, 1, 5, 5}; }, "front element 1 (\"greeting\")", "outside"},
        {[](Json& j) { j["front"][0]["box"] = {1, 2, 3}; }, "(\"greeting\")", "\"box\" must be [x, y,"},
        {[](Json& j) { j["front"][0]["content"] = "{nmae}"; }, "(\"greeting\")", "\"{nmae\""},
        {[](Json& j) { j["front"][0]["content"] = "{name"; }, "(\"greeting\")", "\"content\" names no"},
        {[](Json& j) { j["front"][0]["content"] = {{"de", "Hallo"}, {"en", "Hello"}}; }, "content", "\"de\""},
        {[](Json& j) { j["front"][0]["fit"]["min"] = 30; }, "(\"greeting\"), fit", "above \"max\""},
        {[](Json& j) { j["front"][0]["fit"]["lines"] = 1.5; }, "fit", "whole number"},
        {[](Json& j) { j["front"][0]["align"] = "left"; }, "(\"greeting\")",
         "\"align\" must be one of \"start\""},
        {[](Json& j) { j["front"][0]["when"] = {{"has", {"foto"}}}; }, "(\"greeting\"), when", "\"foto\""},
        {[](Json& j) { j["front"][0]["when"] = {{"language", {"de"}}}; }, "when", "\"de\""},
        {[](Json& j) { j["front"][0]["color"] = "blue"; }, "(\"greeting\")", "\"color\" must be a colour"},
        {[](Json& j) { j["front"][1]["box"] = {1, 1, 25, 20}; }, "front element 2", "must be square"},
        {[](Json& j) { j["front"][1]["type"] = "barcode"; }, "front element 2", "\"type\" must be one of"},
        {[](Json& j) { j["front"][1] = 7; }, "front element 2", "must be an object"},
        {[](Json& j) {
             j["front"][1] = {{"type", "image"}, {"box", {0, 0, 5, 5}}, {"file", "../secret.png"}};
         },
         "front element 2", "beside the layout"},
        {[](Json& j) { j["front"][1] = {{"type", "image"}, {"box", {0, 0, 5, 5}}, {"file", "absent.png"}}; },
         "front element 2", "absent.png"},
    };
    for (const auto& [spoil, where, what] : cases) {
        const std::string text = complaint(spoil);
        INFO(text);
        CHECK(says(text, where));
        CHECK(says(text, what));
    }
}

TEST_CASE("every limit of a layout file holds")
{
    CHECK_FALSE(parse_layout(std::string(Layout::file_bytes_max + 1, ' '), ".", "big.json"));
    CHECK_FALSE(parse_layout(std::string(100, '['), ".", "deep.json"));
    Json many = small();
    while (many["front"].size() <= Layout::elements_max)
        many["front"].push_back(many["front"][0]);
    CHECK_FALSE(parse(many));
    Json wordy = small();
    wordy["front"][0]["content"] = std::string(BadgeContent::text_bytes_max + 1, 'a');
    CHECK_FALSE(parse(wordy));

    const test::TemporaryFolder folder;
    REQUIRE(write_file(folder.path() / "art.png", Bytes(Layout::image_bytes_max + 1)));
    Json heavy = small();
    heavy["front"][1] = {{"type", "image"}, {"box", {0, 0, 5, 5}}, {"file", "art.png"}};
    const auto layout = parse_layout(heavy.dump(), folder.path(), "heavy.json");
    REQUIRE_FALSE(layout);
    CHECK(says(layout.error().text(), "larger than"));
}

TEST_CASE("a layout that somebody broke anywhere is refused or read, never a crash")
{
    const std::string sound = a6_text();
    SeededRandom random(20);
    int refused = 0;
    for (int i = 0; i < 1500; ++i) {
        std::string text = sound;
        for (std::uint64_t k = 0; k <= random.below(3); ++k)
            text[random.below(text.size())] = static_cast<char>(random.below(256));
        if (random.below(4) == 0)
            text.resize(random.below(text.size()));
        refused += parse_layout(text, MONTBRILLANT_LAYOUTS, "a6.json") ? 0 : 1;
    }
    CHECK(refused > 500);
}

TEST_CASE("a text is shown with its fields, in the person's language, and not at all when they are empty")
{
    Json json = small();
    json["front"][0]["content"] = {{"en", "Hello {name}"}, {"fr", "Bonjour {name}"}};
    const Layout layout = parse(json).value();
    const auto& text = std::get<TextElement>(layout.front[0].what);
    BadgeContent person = content();
    CHECK(text_of(text, layout, person) == "Hello Amina");
    person.language = Language::fr;
    CHECK(text_of(text, layout, person) == "Bonjour Amina");
    person.language = Language::ru;
    CHECK(text_of(text, layout, person) == "Hello Amina");
    person.name.clear();
    CHECK(text_of(text, layout, person).empty());
    CHECK(fill("no fields", layout, person) == "no fields");
    CHECK(fill("{letter}", layout, person) == "X");
    person.category_letter = "M";
    CHECK(fill("{letter}", layout, person) == "M");
    // What a person's name holds is text, not a template.
    person.name = "{badge}";
    CHECK(fill("{name}", layout, person) == "{badge}");
}

TEST_CASE("an element is shown when all its conditions hold")
{
    Element element;
    element.when.category = {"press", "invited"};
    element.when.lacks = {"photo"};
    BadgeContent person = content();
    CHECK_FALSE(is_shown(element, person));
    person.category = "invited";
    CHECK(is_shown(element, person));
    person.photo = Bytes{1};
    CHECK_FALSE(is_shown(element, person));
    element.when = {};
    element.when.flag = {"newcomer"};
    CHECK_FALSE(is_shown(element, person));
    person.flags = {"newcomer"};
    CHECK(is_shown(element, person));
    element.when.language = {"ar"};
    CHECK_FALSE(is_shown(element, person));
    element.when = {};
    element.when.role = {"head"};
    CHECK_FALSE(is_shown(element, person));
    element.when = {};
    element.when.has = {"event.2"};
    CHECK_FALSE(is_shown(element, person));
    person.event = {"one", "two"};
    CHECK(is_shown(element, person));
}

TEST_CASE("a mirrored layout puts boxes on the other side for who reads from right to left")
{
    Json json = small();
    json["mirror_rtl"] = true;
    const Layout layout = parse(json).value();
    BadgeContent person = content();
    CHECK(box_of(layout.front[0], layout, person).x == 1);
    person.language = Language::ar;
    CHECK(box_of(layout.front[0], layout, person).x == 60 - 1 - 50);
    CHECK(box_of(layout.front[0], layout, person).y == 1);
}

TEST_CASE("contrast is that of WCAG")
{
    CHECK(contrast({0, 0, 0}, {255, 255, 255}) == Approx(21));
    CHECK(contrast({0x0B, 0x53, 0x94}, {255, 255, 255}) == Approx(7.8).margin(0.1));
    CHECK(contrast({199, 15, 46}, {255, 255, 255}) == Approx(5.9).margin(0.1));
}

TEST_CASE("the schema that designers' editors read knows the same fields as the loader")
{
    const Json schema =
        parse_json(read_file(MONTBRILLANT_LAYOUT_SCHEMA, 1U << 20U).value(), "layout.schema.json").value();
    for (const Json& field : schema["$defs"]["field"]["enum"])
        CHECK(is_known_field(field.get<std::string>()));
    CHECK(schema["$defs"]["field"]["enum"].size() == 14);
    const Json a6 = parse_json(a6_text(), "a6.json").value();
    for (const auto& [key, value] : a6.items())
        CHECK(schema["properties"].contains(key));
}
