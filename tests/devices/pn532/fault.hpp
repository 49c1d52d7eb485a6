// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Faults of a reader and its cable, each for one command (wedge: until power is cycled). What libnfc 1.8
/// makes of them was measured: they are errors after at most 0.4 s, except `status80`, which makes libnfc
/// abort().

#include <optional>
#include <string_view>

namespace montbrillant::pn532 {

enum class Fault {
    noack,      ///< the command is lost
    nack,       ///< NACK instead of ACK
    noreply,    ///< ACK, then nothing
    delay150,   ///< the answer comes 150 ms late
    delay500,   ///< ... 500 ms late, after the host has given up
    garbled,    ///< one bit of the answer's data flipped
    badsum,     ///< data checksum wrong
    badlen,     ///< length checksum wrong
    truncated,  ///< half of the answer
    junk,       ///< stray bytes before the ACK
    wrongcmd,   ///< the answer to another command
    errorframe, ///< application error frame
    status80,   ///< bit 7 set in the status byte, checksum right; waits for an answer that has one
    wedge,      ///< silent until unplugged and plugged in again
};

[[nodiscard]] std::optional<Fault> fault_from_text(std::string_view name);

} // namespace montbrillant::pn532
