// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A reader profile: how `montbrillant-readerd` treats one kind of reader. TOML; every key may be left out,
/// an unknown or wrong one is an error with its line and column.
///
///     firmware = "PN532 v1.6"  # refuse a reader that reports anything else; left out: any
///     missed_looks_max = 2     # looks in a row without the card that end its presence, 1 to 20
///     absence_min_ms = 120     # and never sooner than this, 0 to 5000
///     look_pause_ms = 40       # rest between looks while a card lies on the reader, 5 to 150: a beat must
///     never be late errors_max = 3           # failed looks in a row after which the reader is given up, 1
///     to 20

#include "badge/rfid/tap_filter.hpp"
#include "sync/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace montbrillant {

struct ReaderProfile {
    std::string firmware;
    TapFilterLimits taps;
    Millis look_pause{40};
    int errors_max = 3;

    [[nodiscard]] static Result<ReaderProfile> parse(std::string_view toml, std::string file);
    [[nodiscard]] static Result<ReaderProfile> load(const std::filesystem::path& path);
};

} // namespace montbrillant
