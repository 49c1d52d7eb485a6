// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The conversation between `montbrillant-readerd` and whoever started it: one JSON object per line, UTF-8,
/// at most `reader_line_max` bytes. Members may be added; receivers ignore those they do not know.
///
/// readerd says, on stdout:
///
///     {"event":"ready","firmware":"PN532 v1.6","device":"pn532_uart:/dev/reader"}   the reader is open;
///     once, first
///     {"event":"tap","uid":"04A1B2C3D4E5F6","family":"type2","tier":0,"badge":null,"issue":null}
///     {"event":"gone","uid":"04A1B2C3D4E5F6"}          the card of the last tap left
///     {"event":"error","what":"...","remedy":"..."}     for people; before `ready` or before the end: the
///     reason
///     {"event":"beat"}                                  alive; at least every 500 ms while the reader is
///     open,
///                                                       at most 1.5 s apart while it is opened or fails
///
/// `uid`: 8, 14 or 20 upper-case hex digits. `family`: type2, desfire, classic, other. `tier`: 0 bare UID
/// (proves nothing), 1, 2; `badge` (text) and `issue` (number) are null unless a credential on the card
/// proved them. Taps and `gone` alternate: one card at a time.
///
/// readerd hears, on stdin:
///
///     {"command":"quit"}        close the reader and end with exit code 0
///
/// Anything else is answered by an `error` event. The end of stdin is not an order to stop; a closed stdout
/// is.

#include "badge/rfid/card.hpp"
#include "sync/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace montbrillant {

inline constexpr std::size_t reader_line_max = 4096;

struct ReadyLine {
    std::string firmware;
    std::string device;
};
struct TapLine {
    SeenCard card;
    int tier = 0;
};
struct GoneLine {
    CardUid uid;
};
struct ErrorLine {
    std::string what;
    std::string remedy;
};
struct BeatLine {};
using ReaderLine = std::variant<ReadyLine, TapLine, GoneLine, ErrorLine, BeatLine>;

/// Without a newline.
[[nodiscard]] std::string format_reader_line(const ReaderLine& line);
/// Strict: a missing, mistyped or out-of-range member is an error (ErrorKind::input).
[[nodiscard]] Result<ReaderLine> parse_reader_line(std::string_view text);

enum class ReaderCommand { quit };
[[nodiscard]] Result<ReaderCommand> parse_reader_command(std::string_view text);

} // namespace montbrillant
