// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Shaped text: the kiosk's only wrapper of Pango and Cairo. Every text of every language takes this path,
/// because Dear ImGui neither joins Arabic nor orders it. One thread.

#include "sync/base/language.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace montbrillant::ui {

enum class Weight { regular, bold };
/// Start is the left side, in Arabic the right one.
enum class Align { start, center, end };

struct TextStyle {
    int px = 34;
    Weight weight = Weight::regular;
    Align align = Align::start;
    int width_px = 0;  ///< wraps here; 0: one line as wide as it gets
    int lines_max = 0; ///< then an ellipsis; 0: as many as it takes
    friend bool operator==(const TextStyle&, const TextStyle&) = default;
};

/// The box to lay out with; measured, never assumed (Arabic stands taller than Latin).
struct TextMetrics {
    int width = 0;
    int height = 0;
    int lines = 0;
    bool ellipsised = false;
    bool broken_word = false; ///< a word had to be cut between two lines
};

/// Ink only: `x` and `y` are its offset in the logical box, which is `style.width_px` wide when that is
/// given.
struct TextBitmap {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> alpha;
};

class TextShaper {
public:
    TextShaper();
    ~TextShaper();
    TextShaper(const TextShaper&) = delete;
    TextShaper& operator=(const TextShaper&) = delete;

    /// Base direction, font variants of Han and line breaking follow the screen's language, not the text's.
    void set_language(Language language);
    [[nodiscard]] Language language() const;

    [[nodiscard]] TextMetrics measure(const std::string& utf8, const TextStyle& style);
    [[nodiscard]] TextBitmap render(const std::string& utf8, const TextStyle& style);
    /// Where a caret stands after the last character, from the left of the logical box.
    [[nodiscard]] int caret_x(const std::string& utf8, const TextStyle& style);

private:
    struct Pango;
    std::unique_ptr<Pango> pango_;
};

} // namespace montbrillant::ui
