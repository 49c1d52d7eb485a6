// SPDX-License-Identifier: Apache-2.0
// Lints over six languages, every screen, both orientations, and the ways people may want to see it.
#include "kiosk/ui/screens.hpp"
#include "kiosk/ui/words.hpp"
#include "tests/kiosk/ui/sample_models.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace montbrillant;
using namespace montbrillant::ui;

namespace {

constexpr Size upright{1080, 1920};
constexpr Size wide{1920, 1080};
constexpr float millimetres_min = 15;
constexpr float px_per_mm = 3.6F;

struct Way {
    Size screen;
    bool large_text = false;
    bool high_contrast = false;
    bool lowered = false;
};

using Problems = std::vector<std::string>;

/// Draws each sample of each language and collects what `check` finds: one assertion per screen.
template <class Check> void each_screen(const Way& way, Check check)
{
    Ui ui;
    for (const auto language : all_languages) {
        for (auto& [name, model] : sample_models(language)) {
            // The thirty notices differ by their sentence: two passes measure that.
            if (name.starts_with("notice-") && (way.lowered || way.high_contrast))
                continue;
            model.large_text = way.large_text;
            model.high_contrast = way.high_contrast;
            model.lowered = way.lowered;
            ui.begin(way.screen, look_of(model), language);
            draw_screen(ui, model);
            static_cast<void>(ui.end());
            INFO(name << " in " << language_code(language)
                      << (way.screen == wide ? ", landscape" : ", portrait")
                      << (way.large_text ? ", large text" : "") << (way.lowered ? ", lowered" : ""));
            Problems problems;
            check(ui, model, problems);
            CHECK(problems == Problems{});
        }
    }
}

bool inside(const Rect& inner, Size screen)
{
    return inner.x >= -0.5F && inner.y >= -0.5F && inner.right() <= screen.w + 0.5F &&
           inner.bottom() <= screen.h + 0.5F;
}

std::string words(const Rect& r)
{
    std::ostringstream out;
    out << " at " << r.x << "," << r.y << " of " << r.w << "x" << r.h;
    return out.str();
}

void check_texts(const Ui& ui, Problems& problems)
{
    for (const auto& text : ui.texts()) {
        const auto what = '"' + text.text + '"' + words(text.box);
        if (text.too_long)
            problems.push_back(what + " is too long: " + words({0, 0, text.measured.w, text.measured.h}));
        if (!inside({text.box.x, text.box.y, text.box.w, std::max(text.box.h, text.measured.h)}, ui.screen()))
            problems.push_back(what + " leaves the glass");
        if (text.text.find('{') != std::string::npos)
            problems.push_back(what + " shows a name in braces instead of its value");
        if (text.px < 19)
            problems.push_back(what + " is too small to read: " + std::to_string(text.px));
    }
}

/// No two targets overlap, and a text lies within a target or beside it.
void check_overlaps(const Ui& ui, Problems& problems)
{
    const auto& hits = ui.hits();
    for (std::size_t i = 0; i < hits.size(); ++i) {
        for (std::size_t j = i + 1; j < hits.size(); ++j) {
            if (hits[i].rect.inset(0.5F).overlaps(hits[j].rect.inset(0.5F)) || hits[i].id == hits[j].id)
                problems.push_back(hits[i].id + " overlaps " + hits[j].id);
        }
        for (const auto& text : ui.texts()) {
            const Rect ink{text.box.x, text.box.y, text.box.w, std::max(text.box.h, text.measured.h)};
            if (!hits[i].rect.contains(text.box.center()) && hits[i].rect.inset(1).overlaps(ink))
                problems.push_back('"' + text.text + '"' + words(ink) + " lies over " + hits[i].id);
        }
    }
}

void check_targets(const Ui& ui, Problems& problems)
{
    if (ui.hits().empty())
        problems.emplace_back("nothing can be touched");
    for (const auto& hit : ui.hits()) {
        if (std::min(hit.rect.w, hit.rect.h) < millimetres_min * px_per_mm)
            problems.push_back(hit.id + words(hit.rect) + " is under 15 mm");
        if (!inside(hit.rect, ui.screen()))
            problems.push_back(hit.id + words(hit.rect) + " leaves the glass");
    }
}

void check_contrast(const Ui& ui, Problems& problems)
{
    for (const auto& text : ui.texts()) {
        if (contrast(text.ink, text.ground) < 4.5)
            problems.push_back('"' + text.text +
                               "\" is pale: " + std::to_string(contrast(text.ink, text.ground)));
    }
    for (const auto& edge : ui.edges()) {
        if (contrast(edge.edge, edge.ground) < 3)
            problems.push_back("an edge is pale: " + std::to_string(contrast(edge.edge, edge.ground)));
    }
}

} // namespace

TEST_CASE("texts fit their boxes and targets are 15 mm, upright")
{
    each_screen({upright}, [](const Ui& ui, const flow::Model& model, Problems& problems) {
        check_texts(ui, problems);
        check_targets(ui, problems);
        check_contrast(ui, problems);
        if (!model.timeout_dialog)
            check_overlaps(ui, problems);
    });
}

TEST_CASE("texts fit their boxes and targets are 15 mm, in landscape")
{
    each_screen({wide}, [](const Ui& ui, const flow::Model& model, Problems& problems) {
        check_texts(ui, problems);
        check_targets(ui, problems);
        if (!model.timeout_dialog)
            check_overlaps(ui, problems);
    });
}

TEST_CASE("texts fit their boxes and targets are 15 mm, with large text")
{
    for (const auto screen : {upright, wide}) {
        each_screen({screen, true}, [](const Ui& ui, const flow::Model& model, Problems& problems) {
            check_texts(ui, problems);
            check_targets(ui, problems);
            if (!model.timeout_dialog)
                check_overlaps(ui, problems);
        });
    }
}

TEST_CASE("lowered: everything to touch is in the lower 60 per cent")
{
    for (const auto screen : {upright, wide}) {
        each_screen({screen, false, false, true},
                    [](const Ui& ui, const flow::Model& model, Problems& problems) {
                        check_texts(ui, problems);
                        check_targets(ui, problems);
                        if (!model.timeout_dialog)
                            check_overlaps(ui, problems);
                        for (const auto& hit : ui.hits()) {
                            if (hit.rect.y < ui.screen().h * 0.4F - 1)
                                problems.push_back(hit.id + words(hit.rect) + " is too high");
                        }
                    });
    }
}

TEST_CASE("with high contrast texts reach 4.5:1 and edges 3:1")
{
    each_screen({upright, false, true},
                [](const Ui& ui, const flow::Model&, Problems& problems) { check_contrast(ui, problems); });
}

TEST_CASE("no screen in another language shows an English sentence")
{
    std::set<std::string> english;
    for (std::size_t i = 0; i < i18n::id_count; ++i) {
        const std::string text(i18n::text(Language::en, static_cast<i18n::Id>(i)));
        if (text.find('{') == std::string::npos && text != "Wi-Fi" && text != "Badge")
            english.insert(text);
    }
    each_screen({upright}, [&](const Ui& ui, const flow::Model& model, Problems& problems) {
        if (model.language == Language::en ||
            model.screen == flow::Screen::attract) // all six are on the poster
            return;
        for (const auto& text : ui.texts()) {
            if (english.contains(text.text))
                problems.push_back(text.text);
        }
    });
}

TEST_CASE("language, information and staff are always in the same corner")
{
    for (const auto screen : {upright, wide}) {
        std::optional<Rect> info;
        std::optional<Rect> staff;
        Ui ui;
        for (auto& [name, model] : sample_models(Language::en)) {
            if (model.timeout_dialog)
                continue;
            ui.begin(screen, look_of(model), model.language);
            draw_screen(ui, model);
            static_cast<void>(ui.end());
            INFO(name);
            REQUIRE(ui.find("button.open_language"));
            info = info ? info : ui.find("button.open_info");
            staff = staff ? staff : ui.find("button.call_staff");
            CHECK(ui.find("button.open_info") == info);
            CHECK(ui.find("button.call_staff") == staff);
        }
    }
}

TEST_CASE("under the timeout dialog nothing else can be touched")
{
    Ui ui;
    int dialogs = 0;
    for (const auto& [name, model] : sample_models(Language::en)) {
        if (!model.timeout_dialog)
            continue;
        ui.begin(upright, look_of(model), model.language);
        draw_screen(ui, model);
        static_cast<void>(ui.end());
        CHECK(ui.hits().size() == 2);
        CHECK(ui.find("button.more_time"));
        CHECK(ui.find("button.end_session"));
        ++dialogs;
    }
    CHECK(dialogs >= 2);
}

TEST_CASE("every sentence of the texts is used by some screen")
{
    std::set<std::string> shown;
    Ui ui;
    for (const auto& [name, model] : sample_models(Language::en)) {
        ui.begin(upright, look_of(model), model.language);
        draw_screen(ui, model);
        static_cast<void>(ui.end());
        for (const auto& text : ui.texts())
            shown.insert(text.text);
    }
    for (std::size_t i = 0; i < i18n::id_count; ++i) {
        const auto id = static_cast<i18n::Id>(i);
        const auto id_name = i18n::id_name(id);
        if (id_name.starts_with("role.")) // printed on badges
            continue;
        // Its fixed head and tail: what stands between are arguments.
        const std::string pattern(i18n::text(Language::en, id));
        const auto head = pattern.substr(0, pattern.find('{'));
        const auto tail =
            pattern.find('{') == std::string::npos ? "" : pattern.substr(pattern.rfind('}') + 1);
        const bool used = std::any_of(shown.begin(), shown.end(), [&](const std::string& text) {
            return text == pattern || (pattern.find('{') != std::string::npos && text.starts_with(head)) ||
                   (!tail.empty() && tail.size() > 4 && text.ends_with(tail)) ||
                   text.ends_with("  " + pattern);
        });
        INFO(id_name);
        // Plurals show one form at a time: their forms are tested in tests/kiosk/i18n.
        CHECK((used || id_name == "attract.opens_in" || id_name == "timeout.seconds" ||
               id_name == "printing.about" || id_name == "attract.opens_in_hours"));
    }
}
