// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Tells a scanner that types like a keyboard from a person who types: characters at most 50 ms apart, six or
/// more, ended by Enter, are a scan; anything slower is text. Pure; times are those of the key events, which
/// SDL stamps when it looks and not when the key went down: what passes while nobody looks counts for
/// nothing.

#include "sync/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

class WedgeDetector {
public:
    static constexpr Millis gap_max{50};
    static constexpr std::size_t characters_min = 6;
    /// A QR symbol holds at most 4296 characters; what is longer is cut, and refused as a code later.
    static constexpr std::size_t bytes_max = 4300;

    struct Output {
        std::string text; ///< typed by a person, before `scan`
        std::optional<std::string> scan;
        bool enter = false; ///< an Enter that ended no scan
    };

    [[nodiscard]] Output character(std::string_view utf8, MonoTime at);
    [[nodiscard]] Output enter(MonoTime at);
    /// The program was busy and saw no key: what the scanner sent meanwhile comes late, and all at once.
    void busy(Millis passed) { last_ = last_ + passed; }
    /// Lets go of characters that waited long enough to be typing. Only when no key waits to be seen.
    [[nodiscard]] Output idle(MonoTime now);
    /// When to call `idle`.
    [[nodiscard]] std::optional<MonoTime> deadline() const;

private:
    [[nodiscard]] std::string take();

    std::string held_;
    std::size_t count_ = 0;
    MonoTime last_;
};

} // namespace montbrillant
