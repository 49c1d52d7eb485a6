// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The map of one locker bank: how to reach its Modbus board, which coil fires which door, which input tells
/// that it stands open, and how late the board may answer. Data for `kiosk/lockers`, never code there.
///
/// The file (TOML, all addresses are Modbus protocol addresses, counted from 0):
///
///     schema = 1
///     bank = "B"                      # 1 to 4 capital letters, painted on the doors
///     title = "Lockers, ground floor"
///     [transport]
///     kind = "tcp"                    # host, port; or "rtu": device, baud, parity, stop_bits
///     [board]
///     unit = 1                        # Modbus unit id
///     channels = 16                   # channel n is coil first_coil + n - 1, input first_input + n - 1
///     first_coil = 0
///     first_input = 0
///     feedback = "closed-is-1"        # or "open-is-1": differs by wiring
///     fire_counters = 0               # optional: input register of channel 1's pulse counter
///     boot_counter = 16               # required with fire_counters: a counter that restarted proves nothing
///     [pulse]                         # optional: the holding register that sets the length of the pulse
///     register = 0
///     ms = 400
///     [timing]
///     response_timeout_ms = 300
///     slowest_answer_ms = 600         # the latest that this board was ever seen to act or answer
///     [[door]]                        # number on the door, channel on the board
///     number = 1
///     channel = 1
///     size = "small"                  # small, medium, large
///     low = true                      # reachable from a wheelchair

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace montbrillant {

/// An address, never a name: a bank must not hang on a name service.
struct TcpAddress {
    std::string host; ///< IPv4 or IPv6 literal
    std::uint16_t port{};
    friend bool operator==(const TcpAddress&, const TcpAddress&) = default;
};

enum class Parity { none, even, odd };

struct SerialLine {
    std::string device; ///< a stable udev link: "/dev/montbrillant/bank-b"
    int baud{};
    Parity parity{};
    int stop_bits = 1;
    friend bool operator==(const SerialLine&, const SerialLine&) = default;
};

enum class Feedback { closed_is_1, open_is_1 };
enum class DoorSize { small, medium, large };

struct BankDoor {
    std::uint16_t number{};  ///< what people read on the door
    std::uint16_t channel{}; ///< 1-based channel of the board
    DoorSize size{};
    bool low = false;
};

/// Where the board counts its own pulses, so that a lost answer can be resolved without guessing.
struct FireCounters {
    std::uint16_t first_register{}; ///< input register of channel 1, the others follow
    std::uint16_t boot_register{};  ///< input register that changes at every start of the board
};

struct PulseSetting {
    std::uint16_t holding_register{};
    Millis length{};
};

struct BankMap {
    BankId bank;
    std::string title;
    std::variant<TcpAddress, SerialLine> transport;
    std::uint8_t unit{};
    std::uint16_t channels{};
    std::uint16_t first_coil{};
    std::uint16_t first_input{};
    Feedback feedback{};
    std::optional<FireCounters> counters;
    std::optional<PulseSetting> pulse;
    Millis response_timeout{};
    Millis slowest_answer{};
    std::vector<BankDoor> doors; ///< by number, each number and each channel once

    [[nodiscard]] const BankDoor* door(std::uint16_t number) const;
    /// "127.0.0.1:1502" or "/dev/montbrillant/bank-b".
    [[nodiscard]] std::string address() const;
};

/// What a kiosk's own configuration may say differently from the map it shares with others of its model.
struct BankOverride {
    std::optional<std::string> host;   ///< only for a map with kind = "tcp"
    std::optional<std::uint16_t> port; ///< only for a map with kind = "tcp"
    std::optional<std::string> device; ///< only for a map with kind = "rtu"
};

/// Errors (kind input) name file, line, column and field.
[[nodiscard]] Result<BankMap> load_bank_map(const std::filesystem::path& path,
                                            const BankOverride& differently = {});
[[nodiscard]] Result<BankMap> parse_bank_map(std::string_view toml, std::string file,
                                             const BankOverride& differently = {});

/// The map in sentences, for a technician.
[[nodiscard]] std::string explain(const BankMap& map);

[[nodiscard]] std::string_view to_text(DoorSize size);
[[nodiscard]] std::string_view to_text(Parity parity);

} // namespace montbrillant
