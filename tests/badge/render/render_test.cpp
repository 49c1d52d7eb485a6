// SPDX-License-Identifier: Apache-2.0
#include "badge/render/jpeg.hpp"
#include "badge/render/render.hpp"
#include "sync/base/json.hpp"
#include "tests/badge/render/samples.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <thread>

using namespace montbrillant;

namespace {

constexpr WallTime created{1504510200000};

std::string all_of(const std::vector<RenderWarning>& warnings)
{
    std::string out;
    for (const auto& warning : warnings)
        out += warning.text + "\n";
    return out;
}

bool contains(const Bytes& whole, const Bytes& part)
{
    return std::search(whole.begin(), whole.end(), part.begin(), part.end()) != whole.end();
}

} // namespace

TEST_CASE("badges in every script are drawn without a missing character and without a cut")
{
    const Layout layout = test::a6();
    for (const auto& badge : test::people()) {
        const auto drawn = render_pdf(layout, badge, created);
        INFO(badge.name);
        REQUIRE(drawn);
        CHECK(all_of(drawn->warnings).empty());
        CHECK(drawn->pages == 1);
    }
}

TEST_CASE("the longest names of real lists still fit whole")
{
    const Layout layout = test::a6();
    for (const auto& badge : test::long_people()) {
        const auto drawn = render_pdf(layout, badge, created);
        INFO(badge.name);
        REQUIRE(drawn);
        for (const auto& warning : drawn->warnings) {
            INFO(warning.text);
            CHECK(warning.kind != RenderWarning::Kind::missing_glyphs);
            CHECK(warning.kind != RenderWarning::Kind::overflow);
        }
    }
}

TEST_CASE("what is not perfect is in the warnings, without the person's name")
{
    const Layout layout = test::a6();
    BadgeContent badge = test::people()[2];
    badge.name = "\U0010FFFD Secretname";
    for (int i = 0; i < 60; ++i)
        badge.organization += " and so on";
    const auto drawn = render_pdf(layout, badge, created);
    REQUIRE(drawn);
    const auto has = [&](RenderWarning::Kind kind, const char* element) {
        return std::ranges::any_of(drawn->warnings, [&](const RenderWarning& warning) {
            return warning.kind == kind && warning.element == element;
        });
    };
    CHECK(has(RenderWarning::Kind::missing_glyphs, "name"));
    CHECK(has(RenderWarning::Kind::overflow, "organization"));
    CHECK(all_of(drawn->warnings).find("Secretname") == std::string::npos);
}

TEST_CASE("the same badge is the same bytes, in every thread")
{
    const Layout layout = test::a6();
    const auto badges = test::people();
    std::vector<Bytes> first;
    for (const auto& badge : badges)
        first.push_back(render_pdf(layout, badge, created)->bytes);
    std::vector<std::thread> threads;
    std::vector<int> same(2);
    for (std::size_t t = 0; t < 2; ++t) {
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i < badges.size(); ++i)
                same[t] += render_pdf(layout, badges[i], created)->bytes == first[i] ? 1 : 0;
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(same == std::vector<int>(2, static_cast<int>(badges.size())));
    // The date is all that a document knows of its time.
    CHECK(render_pdf(layout, badges[0], created + Millis{86'400'000})->bytes != first[0]);
}

TEST_CASE("a photo goes into the document unchanged")
{
    const Layout layout = test::a6();
    const BadgeContent badge = test::people()[1];
    REQUIRE_FALSE(badge.photo.empty());
    CHECK(contains(render_pdf(layout, badge, created)->bytes, badge.photo));
    BadgeContent without = badge;
    without.photo.clear();
    CHECK_FALSE(contains(render_pdf(layout, without, created)->bytes, badge.photo));
    // And is there on the screen: not white in the middle of its box (7, 84, 30 x 38 mm).
    const RgbaImage screen = render_rgba(layout, badge, 1050).value();
    const auto pixel = static_cast<std::size_t>((1030 * screen.width + 220) * 4);
    CHECK(screen.pixels[pixel] < 250);
}

TEST_CASE("a photo that is none is an error in words")
{
    const Layout layout = test::a6();
    BadgeContent badge = test::people()[1];
    badge.photo = Bytes(100, 7);
    const auto drawn = render_png(layout, badge, 72);
    REQUIRE_FALSE(drawn);
    CHECK(drawn.error().text() == "layout \"A6 portrait\", photo: the photo is not a JPEG picture");
    badge.photo = Bytes(BadgeContent::photo_bytes_max + 1, 7);
    CHECK_FALSE(render_pdf(layout, badge, created));
    CHECK(jpeg_size(test::photo())->width == 48);
}

TEST_CASE("paper, file and screen have the sheet's shape")
{
    const Layout layout = test::a6();
    const BadgeContent badge = test::people().front();
    const auto pdf = to_text(render_pdf(layout, badge, created)->bytes);
    CHECK(pdf.starts_with("%PDF-"));
    const auto png = luma_from_png(render_png(layout, badge, 300)->bytes).value();
    CHECK(png.width == 1240);
    CHECK(png.height == 1748);
    const auto screen = render_rgba(layout, badge, 525).value();
    CHECK(screen.width == 525);
    CHECK(screen.height == 740);
    CHECK(screen.pixels.size() == 525U * 740U * 4U);
    CHECK(screen.pixels[3] == 255);
}

TEST_CASE("the band has the category's colour")
{
    const Layout layout = test::a6();
    for (const auto& badge : test::people()) {
        const auto screen = render_rgba(layout, badge, 210).value();
        const auto at = static_cast<std::size_t>((290 * screen.width + 105) * 4);
        const Rgb ground = layout.palette_of(badge.category).ground;
        CHECK(Rgb{screen.pixels[at], screen.pixels[at + 1], screen.pixels[at + 2]} == ground);
    }
}

TEST_CASE("a back is a second page")
{
    Layout layout = test::a6();
    layout.back = {layout.front.back()};
    layout.back.front().when = {};
    BadgeContent badge = test::people().front();
    badge.mark = "VOID";
    const auto drawn = render_pdf(layout, badge, created);
    REQUIRE(drawn);
    CHECK(drawn->pages == 2);
    CHECK(render_png(layout, badge, 72, Side::back)->bytes != render_png(layout, badge, 72)->bytes);
}

TEST_CASE("sizes and texts out of bounds are refused")
{
    const Layout layout = test::a6();
    BadgeContent badge = test::people().front();
    CHECK_FALSE(render_png(layout, badge, 35));
    CHECK_FALSE(render_png(layout, badge, 1201));
    CHECK_FALSE(render_rgba(layout, badge, 15));
    CHECK_FALSE(render_rgba(layout, badge, 4097));
    badge.organization = std::string(BadgeContent::text_bytes_max + 1, 'a');
    CHECK_FALSE(render_pdf(layout, badge, created));
    badge = test::people().front();
    badge.event.resize(BadgeContent::event_lines_max + 1);
    CHECK_FALSE(render_pdf(layout, badge, created));
}
