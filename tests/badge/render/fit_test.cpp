// SPDX-License-Identifier: Apache-2.0
#include "badge/render/pango.hpp"
#include "sync/base/random.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <string>

using namespace montbrillant;

namespace {

constexpr std::array words{"Amina",      "Okonkwo",  "Wolfeschlegelsteinhausen",
                           "de",         "la",       "ǺỀ",
                           "محمد",       "القحطاني", "王小明",
                           "Мария-Анна", "gjpqy",    "f\u0323"};
constexpr double slack_pt = 0.2; // Pango counts in 1/1024 of a point at 20 pt

std::string made_up_text(Random& random)
{
    std::string text;
    for (std::uint64_t i = 0; i <= random.below(7); ++i)
        text += (text.empty() ? "" : " ") + std::string(words[random.below(words.size())]);
    return text;
}

} // namespace

TEST_CASE("a fitted text never leaves its box")
{
    SeededRandom random(7);
    for (int i = 0; i < 120; ++i) {
        const PtBox box{10, 10, 20.0 + static_cast<double>(random.below(300)),
                        14.0 + static_cast<double>(random.below(120))};
        TextStyle style;
        style.fit = {10.0 + static_cast<double>(random.below(60)), 5, 1 + static_cast<int>(random.below(3))};
        style.bold = random.below(2) == 0;
        style.leading = 0.8 + static_cast<double>(random.below(5)) / 10;
        style.align = static_cast<Align>(random.below(3));
        style.vertical = static_cast<VerticalAlign>(random.below(3));
        style.language = all_languages[random.below(all_languages.size())];
        const std::string text = made_up_text(random);

        Canvas canvas = Canvas::raster(400, 200, 1);
        const TextFitted fitted = canvas.text(box, text, style);
        INFO(i << " " << text << " " << fitted.size_pt << " pt in " << box.width << " x " << box.height);
        CHECK(fitted.size_pt >= style.fit.min_pt);
        CHECK(fitted.size_pt <= style.fit.max_pt);
        if (!fitted.overflow) {
            CHECK(fitted.ink.x >= box.x - slack_pt);
            CHECK(fitted.ink.y >= box.y - slack_pt);
            CHECK(fitted.ink.x + fitted.ink.width <= box.x + box.width + slack_pt);
            CHECK(fitted.ink.y + fitted.ink.height <= box.y + box.height + slack_pt);
        }
        // And what the pixels say, cut texts included; one pixel for antialiasing.
        const LumaImage image = canvas.to_luma();
        int outside = 0;
        for (int y = 0; y < image.height; ++y) {
            for (int x = 0; x < image.width; ++x) {
                const bool inside =
                    x >= box.x - 1 && x <= box.x + box.width && y >= box.y - 1 && y <= box.y + box.height;
                outside +=
                    !inside && image.pixels[static_cast<std::size_t>(y * image.width + x)] < 250 ? 1 : 0;
            }
        }
        CHECK(outside == 0);
    }
}

TEST_CASE("more room never makes a text smaller")
{
    SeededRandom random(8);
    for (int i = 0; i < 25; ++i) {
        const std::string text = made_up_text(random);
        TextStyle style;
        style.fit = {60, 5, 2};
        double last = 0;
        for (double grown = 1; grown < 6; grown += 0.5) {
            Canvas canvas = Canvas::raster(10, 10, 1);
            const auto fitted = canvas.text({0, 0, 60 * grown, 15 * grown}, text, style);
            INFO(text << " at " << grown);
            CHECK(fitted.size_pt >= last);
            last = fitted.size_pt;
        }
    }
}

TEST_CASE("a text that is too long is cut, and says so")
{
    Canvas canvas = Canvas::raster(10, 10, 1);
    TextStyle style;
    style.fit = {20, 10, 1};
    CHECK(canvas.text({0, 0, 40, 20}, "Wolfeschlegelsteinhausenbergerdorff", style).overflow);
    CHECK_FALSE(canvas.text({0, 0, 400, 20}, "Wolfeschlegelsteinhausenbergerdorff", style).overflow);
}

TEST_CASE("texts start on the side where their reader begins")
{
    const auto ink_of = [](const char* text, Language language, Align align) {
        Canvas canvas = Canvas::raster(10, 10, 1);
        TextStyle style;
        style.fit = {12, 12, 1};
        style.language = language;
        style.align = align;
        return canvas.text({0, 0, 300, 20}, text, style).ink;
    };
    const auto is_left = [](PtBox ink) { return ink.x < 5; };
    const auto is_right = [](PtBox ink) { return ink.x + ink.width > 295; };
    CHECK(is_left(ink_of("Amina", Language::en, Align::start)));
    CHECK(is_left(ink_of("محمد", Language::fr, Align::start)));
    CHECK(is_right(ink_of("محمد", Language::ar, Align::start)));
    CHECK(is_right(ink_of("Mohammed", Language::ar, Align::start)));
    CHECK(is_left(ink_of("محمد", Language::ar, Align::end)));
    CHECK(is_right(ink_of("Amina", Language::en, Align::end)));
}

TEST_CASE("Arabic letters are joined")
{
    const auto gaps_in = [](const char* text) {
        Canvas canvas = Canvas::raster(300, 80, 1);
        TextStyle style;
        style.fit = {40, 40, 1};
        style.language = Language::ar;
        const PtBox ink = canvas.text({0, 0, 300, 80}, text, style).ink;
        const LumaImage image = canvas.to_luma();
        int gaps = 0;
        for (int x = static_cast<int>(ink.x) + 1; x < static_cast<int>(ink.x + ink.width); ++x) {
            bool white = true;
            for (int y = 0; y < image.height; ++y)
                white = white && image.pixels[static_cast<std::size_t>(y * image.width + x)] == 255;
            gaps += white ? 1 : 0;
        }
        return gaps;
    };
    CHECK(gaps_in("محمد") == 0);
    CHECK(gaps_in("م\u200cح\u200cم\u200cد") > 0); // kept apart by zero-width non-joiners
}

TEST_CASE("characters that no font has are counted")
{
    Canvas canvas = Canvas::raster(10, 10, 1);
    CHECK(canvas.text({0, 0, 300, 20}, "A\U0010FFFDB", {}).missing_glyphs == 1);
    CHECK(canvas.text({0, 0, 300, 20}, "broken \xff utf-8", {}).size_pt > 0);
}
