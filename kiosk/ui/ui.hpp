// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One frame of the glass: a draw list, the map of what can be touched, and what the lint tests want to know.
/// A screen is written from left to right in pixels; Ui turns it round in Arabic (`place`). Ui holds no state
/// of the application: only which rectangle a finger is on, which keys the keyboard shows, and the shaped
/// texts.
///
///     ui.begin({1080, 1920}, look_of(model), model.language);
///     draw_screen(ui, model);                        // screens.hpp
///     window.draw(ui.end());
///     if (auto msg = ui.pointer(event)) ...          // against the frame that the person saw
///
/// UI thread only.

#include "kiosk/flow/msg.hpp"
#include "kiosk/ui/canvas.hpp"
#include "kiosk/ui/text_cache.hpp"
#include "kiosk/ui/theme.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace montbrillant::ui {

/// How this person wants to see it, and the event's accent.
struct Look {
    bool large_text = false;
    bool high_contrast = false;
    bool lowered = false; ///< everything to touch in the lower 60 %
    Colour accent = rgb(0x0B5394);
};

/// What a touch changes on the glass alone.
enum class Local { next_keyboard };

using Action = std::variant<flow::Msg, Local>;

/// A rectangle that answers to a finger. Ids are stable: tests and tours press by id ("button.confirm_yes",
/// "row.0", "key.A", "digit.7", "language.fr", "keyboard.erase", "keyboard.next", "keyboard.space").
struct Hit {
    std::string id;
    Rect rect;
    Action action;
    bool enabled = true;
};

struct TextLook {
    Type type = Type::body;
    Weight weight = Weight::regular;
    Align align = Align::start;
    std::optional<Colour> ink; ///< default: the ink of the theme
    bool middle = false;       ///< centred in the height of the box
    int lines_max = 0;
    bool balance = false;       ///< lines of equal length rather than a last word alone
    float shrink = 1;           ///< may become this small a fraction before it counts as too long
    bool may_ellipsise = false; ///< only for what people entered: names, organizations
};

/// For the lint tests: every text drawn.
struct TextRecord {
    std::string text;
    Rect box;
    Size measured;
    int px = 0;
    bool too_long =
        false; ///< taller or wider than its box, cut short where that is not allowed, a broken word
    Colour ink;
    Colour ground;
};

/// For the lint tests: an edge or a part of a picture that carries meaning.
struct EdgeRecord {
    Colour edge;
    Colour ground;
};

enum class PointerKind { down, move, up, cancel };
struct PointerEvent {
    PointerKind kind{};
    Point at;
};

struct Frame {
    Geometry geometry;
    Textures& textures; ///< the renderer uploads what is dirty
    Colour ground;
    Size screen;
};

class Ui {
public:
    Ui();

    void begin(Size screen, const Look& look, Language language);
    [[nodiscard]] Frame end();

    /// What the finger means by this, against the last frame. A press counts when it ends on the rectangle
    /// where it began, and that rectangle still means the same. `now` guards against the second half of a
    /// double tap: it would land on the next screen.
    [[nodiscard]] std::optional<flow::Msg> pointer(const PointerEvent& event, MonoTime now);

    /// The session ended: texts, their pixels, pictures and the state of the keyboard go.
    void wipe();

    // --- what the last frame held: tests, tours ---
    [[nodiscard]] const std::vector<Hit>& hits() const { return hits_; }
    [[nodiscard]] std::optional<Rect> find(std::string_view id) const;
    [[nodiscard]] const std::vector<TextRecord>& texts() const { return texts_; }
    [[nodiscard]] const std::vector<EdgeRecord>& edges() const { return edges_; }
    [[nodiscard]] const Textures& textures() const { return textures_; }

    // --- for screens and widgets ---
    [[nodiscard]] float u(float units) const { return units * unit_; }
    [[nodiscard]] Size screen() const { return screen_; }
    [[nodiscard]] bool wide() const { return screen_.w > screen_.h; }
    [[nodiscard]] const Theme& theme() const { return theme_; }
    [[nodiscard]] const Look& look() const { return look_; }
    [[nodiscard]] Language language() const { return language_; }
    [[nodiscard]] bool rtl() const { return right_to_left(language_); }
    [[nodiscard]] Rect place(Rect r) const { return mirror_ && rtl() ? mirrored(r, screen_.w) : r; }
    [[nodiscard]] bool pressed(std::string_view id) const { return pressed_ && *pressed_ == id; }
    [[nodiscard]] std::size_t keyboard_turn() const { return keyboard_turn_; }

    /// The canvas takes coordinates that are placed already.
    [[nodiscard]] Canvas& canvas() { return canvas_; }

    void fill(Rect rect, Colour colour, float radius = 0);
    void stroke(Rect rect, Colour colour, float thickness, float radius = 0);
    /// A box with an edge; texts that follow stand on its ground until the returned scope ends.
    class Ground;
    [[nodiscard]] Ground panel(Rect rect, const Tint& tint, float radius);
    [[nodiscard]] Ground on(Colour ground);
    /// Keyboard, digits, QR, the kiosk's picture: as they are in every language.
    class Unmirrored;
    [[nodiscard]] Unmirrored unmirrored();

    [[nodiscard]] Size measure(const std::string& text, const TextLook& look, float width);
    /// Draws and returns the height used; a box of height 0 is as high as the text.
    float text(Rect box, const std::string& text, const TextLook& look = {});
    [[nodiscard]] float caret_x(const std::string& text, const TextLook& look, float width);
    void picture(Rect rect, const flow::Picture& picture);
    void edge(Colour edge) { edges_.push_back({edge, ground_}); }

    void hit(std::string id, Rect rect, Action action, bool enabled = true);
    /// From here on nothing submitted before can be touched.
    void modal() { hits_.clear(); }

private:
    [[nodiscard]] TextStyle style_of(const TextLook& look, float width, float factor) const;
    [[nodiscard]] TextStyle balanced(const std::string& text, TextStyle style);
    [[nodiscard]] std::optional<flow::Msg> release(Point at, MonoTime now);
    void drop_picture();

    Textures textures_;
    TextCache cache_;
    Canvas canvas_;
    Theme theme_;
    Look look_;
    Language language_ = Language::en;
    Size screen_;
    float unit_ = 8;
    Colour ground_;
    bool mirror_ = true;
    std::vector<Hit> hits_;
    std::vector<TextRecord> texts_;
    std::vector<EdgeRecord> edges_;
    std::optional<std::string> pressed_;
    std::optional<Point> press_at_;
    std::optional<MonoTime> released_at_;
    Point released_point_;
    std::size_t keyboard_turn_ = 0;
    std::shared_ptr<const std::vector<std::uint8_t>> picture_of_;
    TextureId picture_texture_ = 0;
};

class [[nodiscard]] Ui::Ground {
public:
    Ground(Ui& ui, Colour ground) : ui_(ui), before_(ui.ground_) { ui.ground_ = ground; }
    ~Ground() { ui_.ground_ = before_; }
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

private:
    Ui& ui_;
    Colour before_;
};

class [[nodiscard]] Ui::Unmirrored {
public:
    explicit Unmirrored(Ui& ui) : ui_(ui), before_(ui.mirror_) { ui.mirror_ = false; }
    ~Unmirrored() { ui_.mirror_ = before_; }
    Unmirrored(const Unmirrored&) = delete;
    Unmirrored& operator=(const Unmirrored&) = delete;

private:
    Ui& ui_;
    bool before_;
};

} // namespace montbrillant::ui
