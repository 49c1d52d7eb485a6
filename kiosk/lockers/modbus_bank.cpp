// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/modbus_bank.hpp"

#include "sync/base/log.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {

namespace {

bool alike(const Snapshot& a, const Snapshot& b)
{
    return a.boots == b.boots && std::equal(a.doors.begin(), a.doors.end(), b.doors.begin(), b.doors.end(),
                                            [](const DoorState& x, const DoorState& y) {
                                                return x.open == y.open && x.fires == y.fires;
                                            });
}

} // namespace

ModbusBank::ModbusBank(BankMap map, Clock& clock) : map_(std::move(map)), clock_(clock)
{
    capabilities_.bank = map_.bank;
    capabilities_.counts_fires = map_.counters.has_value();
    for (const BankDoor& door : map_.doors)
        capabilities_.doors.push_back(door.number);
}

Error ModbusBank::doubt(Error error)
{
    trusted_ = false;
    quiet_until_ = clock_.mono() + quiet_time();
    if (std::holds_alternative<TcpAddress>(map_.transport))
        link_.reset(); // late answers die with the connection
    error.where = fmt::format("bank {} at {}", map_.bank.str(), map_.address());
    return error;
}

Result<> ModbusBank::settle()
{
    if (trusted_)
        return {};
    if (const Millis rest = quiet_until_ - clock_.mono(); rest > Millis{0})
        clock_.wait(rest);
    MB_CHECK(connect());
    if (auto good = read_twice_alike(); !good)
        return fail(doubt(std::move(good).error()));
    trusted_ = true;
    return {};
}

Result<> ModbusBank::connect()
{
    if (link_) {
        if (auto flushed = link_->flush(); flushed)
            return {};
        link_.reset(); // an unplugged converter
    }
    const auto* tcp = std::get_if<TcpAddress>(&map_.transport);
    auto link = tcp != nullptr
                    ? ModbusLink::tcp(*tcp, map_.unit, map_.response_timeout)
                    : ModbusLink::rtu(std::get<SerialLine>(map_.transport), map_.unit, map_.response_timeout);
    if (!link) { // nothing was asked of the board: no quiet time
        link.error().where = fmt::format("bank {} at {}", map_.bank.str(), map_.address());
        return fail(std::move(link).error());
    }
    link_.emplace(std::move(*link));
    if (auto set = set_pulse(); !set) {
        Error error = doubt(std::move(set).error());
        link_.reset();
        return fail(std::move(error));
    }
    return {};
}

Result<> ModbusBank::set_pulse()
{
    if (!map_.pulse)
        return {};
    const auto wanted = static_cast<std::uint16_t>(map_.pulse->length.count());
    keep_gap();
    MB_TRY(const auto before, link_->read_registers(map_.pulse->holding_register, 1));
    if (before.front() == wanted)
        return {};
    keep_gap();
    MB_CHECK(link_->write_register(map_.pulse->holding_register, wanted));
    keep_gap();
    MB_TRY(const auto after, link_->read_registers(map_.pulse->holding_register, 1));
    if (after.front() != wanted)
        return fail(ErrorKind::device,
                    fmt::format("the board keeps a pulse of {} ms instead of {} ms", after.front(), wanted));
    log::info("bank {}: pulse set to {} ms", map_.bank.str(), wanted);
    return {};
}

Result<> ModbusBank::read_twice_alike()
{
    MB_TRY(Snapshot before, read());
    constexpr int attempts = 3; // a door may fall shut in between
    for (int i = 0; i < attempts; ++i) {
        MB_TRY(Snapshot after, read());
        if (alike(before, after))
            return {};
        before = std::move(after);
    }
    return fail(ErrorKind::device, "the board gives another answer at every read");
}

Result<Snapshot> ModbusBank::snapshot()
{
    if (!trusted_)
        return fail(ErrorKind::device, "the line is in doubt after an error", map_.address());
    auto snapshot = read();
    if (!snapshot)
        return fail(doubt(std::move(snapshot).error()));
    return snapshot;
}

Result<Snapshot> ModbusBank::read()
{
    keep_gap();
    Snapshot out;
    out.taken_at = clock_.mono();
    MB_TRY(const auto inputs, link_->read_inputs(map_.first_input, map_.channels));
    const bool open_bit = map_.feedback == Feedback::open_is_1;
    for (const BankDoor& door : map_.doors)
        out.doors.push_back({door.number, inputs[door.channel - 1U] == open_bit, std::nullopt});
    MB_CHECK(read_counters(out));
    return out;
}

Result<> ModbusBank::read_counters(Snapshot& snapshot)
{
    if (!map_.counters)
        return {};
    const std::uint16_t counters = map_.counters->first_register;
    const std::uint16_t boots = map_.counters->boot_register;
    const auto first = std::min(counters, boots);
    const auto last = std::max(static_cast<std::uint16_t>(counters + map_.channels - 1), boots);
    keep_gap();
    MB_TRY(const auto values,
           link_->read_input_registers(first, static_cast<std::uint16_t>(last - first + 1)));
    snapshot.boots = values[static_cast<std::size_t>(boots - first)];
    for (std::size_t i = 0; i < map_.doors.size(); ++i)
        snapshot.doors[i].fires =
            values[static_cast<std::size_t>(counters - first + map_.doors[i].channel - 1)];
    return {};
}

FireResult ModbusBank::fire(std::uint16_t number, const UnlockId& unlock)
{
    const BankDoor* door = map_.door(number);
    if (door == nullptr || !trusted_)
        return {false, "the line is in doubt after an error"};
    keep_gap();
    log::info("bank {}: fire door={} unlock={}", map_.bank.str(), number, unlock.str());
    const auto coil = static_cast<std::uint16_t>(map_.first_coil + door->channel - 1);
    if (auto written = link_->write_coil(coil, true); !written) {
        const Error error = doubt(std::move(written).error());
        log::warn("bank {}: fire door={} unlock={} not acknowledged: {}", map_.bank.str(), number,
                  unlock.str(), error.text());
        return {false, error.what};
    }
    return {true, {}};
}

// RTU frames are told apart by 3.5 characters of silence (MODBUS over Serial Line V1.02, 2.5.1.1), 11 bits
// each.
void ModbusBank::keep_gap()
{
    if (const auto* line = std::get_if<SerialLine>(&map_.transport))
        clock_.wait(Millis{std::max(2, 38500 / line->baud + 1)});
}

} // namespace montbrillant
