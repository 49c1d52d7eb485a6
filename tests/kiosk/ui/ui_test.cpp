// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/screens.hpp"
#include "kiosk/ui/widgets.hpp"
#include "tests/kiosk/ui/sample_models.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace montbrillant;
using namespace montbrillant::ui;

namespace {

constexpr Size upright{1080, 1920};

flow::Model sample(std::string_view name, Language language = Language::en)
{
    for (auto& s : sample_models(language)) {
        if (s.name == name)
            return s.model;
    }
    FAIL("no sample " << name);
    return {};
}

void draw(Ui& ui, const flow::Model& model, Size screen = upright)
{
    ui.begin(screen, look_of(model), model.language);
    draw_screen(ui, model);
    static_cast<void>(ui.end());
}

std::optional<flow::Msg> tap(Ui& ui, const std::string& id, MonoTime at = MonoTime{10000})
{
    const auto rect = ui.find(id);
    REQUIRE(rect);
    const auto down = ui.pointer({PointerKind::down, rect->center()}, at);
    if (down)
        CHECK(std::holds_alternative<flow::Touched>(*down));
    return ui.pointer({PointerKind::up, rect->center()}, at + Millis{60});
}

std::size_t pixels_of_text(const Ui& ui)
{
    std::size_t count = 0;
    for (const auto& texture : ui.textures().all()) {
        // The white corner of a page that shapes are drawn with is no text.
        for (std::size_t i = 0; i < texture->pixels.size(); ++i) {
            const auto x = i % static_cast<std::size_t>(texture->width);
            const auto y = i / static_cast<std::size_t>(texture->width);
            if ((x >= 4 || y >= 4) && texture->pixels[i] != 0)
                ++count;
        }
    }
    return count;
}

} // namespace

TEST_CASE("a button sends its message when the finger is lifted on it")
{
    Ui ui;
    draw(ui, sample("confirm"));
    const auto msg = tap(ui, "button.confirm_yes");
    REQUIRE(msg);
    CHECK(std::get<flow::Pressed>(*msg).button == flow::Button::confirm_yes);
}

TEST_CASE("a finger that slides off a button presses nothing")
{
    Ui ui;
    draw(ui, sample("confirm"));
    const auto rect = *ui.find("button.confirm_yes");
    static_cast<void>(ui.pointer({PointerKind::down, rect.center()}, MonoTime{1}));
    CHECK(ui.pressed("button.confirm_yes"));
    CHECK_FALSE(ui.pointer({PointerKind::up, {rect.center().x, rect.y - 200}}, MonoTime{2}));
    CHECK_FALSE(ui.pressed("button.confirm_yes"));
}

TEST_CASE("the second half of a double tap does not press the next screen")
{
    Ui ui;
    draw(ui, sample("attract"));
    const auto at = ui.find("button.start_search")->center();
    static_cast<void>(ui.pointer({PointerKind::down, at}, MonoTime{1000}));
    REQUIRE(ui.pointer({PointerKind::up, at}, MonoTime{1060}));
    draw(ui, sample("confirm"));
    CHECK_FALSE(ui.pointer({PointerKind::down, at}, MonoTime{1180}));
    CHECK_FALSE(ui.pointer({PointerKind::up, at}, MonoTime{1240}));
}

TEST_CASE("the same letter twice in a row is typed twice")
{
    Ui ui;
    draw(ui, sample("search"));
    for (const auto at : {MonoTime{1000}, MonoTime{1100}}) {
        const auto msg = tap(ui, "key.A", at);
        REQUIRE(msg);
        CHECK(std::get<flow::KeyTyped>(*msg).text == "A");
    }
}

TEST_CASE("a press that began before the screen changed does nothing on the new one")
{
    Ui ui;
    draw(ui, sample("confirm"));
    const auto at = ui.find("button.confirm_yes")->center();
    static_cast<void>(ui.pointer({PointerKind::down, at}, MonoTime{1}));
    draw(ui, sample("done"));
    CHECK_FALSE(ui.pointer({PointerKind::up, at}, MonoTime{2}));
}

TEST_CASE("a button that waits for an answer cannot be pressed again")
{
    Ui ui;
    auto model = sample("confirm");
    model.busy = true;
    draw(ui, model);
    CHECK_FALSE(tap(ui, "button.confirm_yes"));
}

TEST_CASE("in Arabic the screen is turned round, digits and keys are not")
{
    Ui ui;
    draw(ui, sample("confirm", Language::en));
    const auto english = *ui.find("button.call_staff");
    draw(ui, sample("confirm", Language::ar));
    const auto arabic = *ui.find("button.call_staff");
    CHECK(english.center().x > 540);
    CHECK(arabic.center().x < 540);
    draw(ui, sample("staff-sign-in", Language::ar));
    CHECK(ui.find("digit.1")->x < ui.find("digit.3")->x);
    draw(ui, sample("search", Language::ar));
    CHECK(ui.find("key.1")->x < ui.find("key.2")->x);
    CHECK(ui.find("key.ض")->x < ui.find("key.ص")->x);
}

TEST_CASE("mirroring twice is where it was")
{
    const Rect rect{40, 7, 200, 30};
    CHECK(mirrored(rect, 1080).x == 840);
    CHECK(mirrored(mirrored(rect, 1080), 1080) == rect);
}

TEST_CASE("each keyboard leads to the other scripts and back")
{
    Ui ui;
    const auto model = sample("search", Language::fr);
    draw(ui, model);
    CHECK(ui.find("key.É"));
    CHECK(ui.find("key.A")->x < ui.find("key.Z")->x); // AZERTY
    static_cast<void>(tap(ui, "keyboard.next"));
    draw(ui, model);
    CHECK(ui.find("key.Щ"));
    static_cast<void>(tap(ui, "keyboard.next"));
    draw(ui, model);
    CHECK(ui.find("key.ش"));
    static_cast<void>(tap(ui, "keyboard.next"));
    draw(ui, model);
    CHECK(ui.find("key.É"));
}

TEST_CASE("a wipe leaves no pixel of a text or a badge")
{
    Ui ui;
    draw(ui, sample("confirm"));
    REQUIRE(pixels_of_text(ui) > 10000);
    REQUIRE(ui.textures().all().size() >= 2); // a page and the badge
    ui.wipe();
    CHECK(pixels_of_text(ui) == 0);
    CHECK(ui.texts().empty());
    CHECK(ui.hits().empty());
}

TEST_CASE("after a wipe the keyboard is the language's own again")
{
    Ui ui;
    draw(ui, sample("search"));
    static_cast<void>(tap(ui, "keyboard.next"));
    ui.wipe();
    draw(ui, sample("search"));
    CHECK(ui.find("key.Q"));
}

TEST_CASE("a frame that changed nothing shapes nothing and uploads nothing")
{
    Ui ui;
    const auto model = sample("done");
    draw(ui, model);
    for (const auto& texture : ui.textures().all())
        texture->dirty = {};
    draw(ui, model);
    for (const auto& texture : ui.textures().all())
        CHECK(texture->dirty.w == 0);
}

TEST_CASE("the pages of text stay bounded through a day of names")
{
    Ui ui;
    auto model = sample("search-rows");
    for (int i = 0; i < 300; ++i) {
        for (auto& row : model.rows)
            row.name = "Delegate number " + std::to_string(i) + row.id.str();
        draw(ui, model);
        REQUIRE(ui.textures().all().size() <= 4);
    }
}

TEST_CASE("an accent too pale for white text is refused")
{
    CHECK(Theme::light(rgb(0xFFCC00)).primary.ground == Theme::light().primary.ground);
    CHECK(Theme::light(rgb(0x1B6E3C)).primary.ground == rgb(0x1B6E3C));
    CHECK(colour_from("#0B5394") == rgb(0x0B5394));
    CHECK_FALSE(colour_from("0B5394"));
    CHECK_FALSE(colour_from("#0B539G"));
}

TEST_CASE("contrast follows WCAG 2")
{
    CHECK(contrast(rgb(0x000000), rgb(0xFFFFFF)) == Approx(21));
    CHECK(contrast(rgb(0x0B5394), rgb(0xFFFFFF)) == Approx(7.8).margin(0.1));
    CHECK(contrast(rgb(0x74828F), rgb(0xF4F6F8)) == Approx(3.6).margin(0.1));
}

TEST_CASE("a Wi-Fi symbol escapes what phones would misread")
{
    CHECK(wifi_text("ITUwifi", "itu@GVA1211") == "WIFI:T:WPA;S:ITUwifi;P:itu@GVA1211;;");
    CHECK(wifi_text("a;b", "c\\d:e") == "WIFI:T:WPA;S:a\\;b;P:c\\\\d\\:e;;");
    CHECK(wifi_text("open", "") == "WIFI:T:nopass;S:open;;");
    CHECK(qr_modules("WIFI:T:WPA;S:ITUwifi;P:itu@GVA1211;;").size >= 21);
    CHECK(qr_modules(std::string(5000, 'x')).size == 0);
}
