// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One Modbus connection, TCP or RTU: the only wrapper of libmodbus. No policy: no retry, no reconnect.
/// Protocol: MODBUS Application Protocol V1.1b3; function codes are named beside each call. Addresses count
/// from 0. Every call returns within the response timeout. An error's kind is `device`; its text tells a
/// timeout from an exception of the board. After any error the line is in doubt: see ModbusBank.
/// One thread.

#include "firmware-config/bank_map.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <memory>
#include <vector>

struct _modbus;

namespace montbrillant {

class ModbusLink {
public:
    /// Connects within the response timeout. A TCP address is a literal.
    [[nodiscard]] static Result<ModbusLink> tcp(const TcpAddress& address, int unit, Millis response_timeout);
    /// Takes the line for itself by flock; a second process is told so.
    [[nodiscard]] static Result<ModbusLink> rtu(const SerialLine& line, int unit, Millis response_timeout);

    /// FC02, read discrete inputs: 1 to 2000.
    [[nodiscard]] Result<std::vector<bool>> read_inputs(std::uint16_t first, std::uint16_t count);
    /// FC04, read input registers: 1 to 125.
    [[nodiscard]] Result<std::vector<std::uint16_t>> read_input_registers(std::uint16_t first,
                                                                          std::uint16_t count);
    /// FC03, read holding registers: 1 to 125.
    [[nodiscard]] Result<std::vector<std::uint16_t>> read_registers(std::uint16_t first, std::uint16_t count);
    /// FC05, write single coil. The echo is compared: libmodbus 3.1.6 itself takes any FC05 answer on RTU.
    [[nodiscard]] Result<> write_coil(std::uint16_t address, bool on);
    /// FC06, write single register.
    [[nodiscard]] Result<> write_register(std::uint16_t address, std::uint16_t value);
    /// Drops what has arrived and nobody read.
    [[nodiscard]] Result<> flush();

private:
    struct Free {
        void operator()(_modbus* context) const;
    };
    using Handle = std::unique_ptr<_modbus, Free>;
    ModbusLink(Handle handle, bool serial) : handle_(std::move(handle)), serial_(serial) {}
    [[nodiscard]] static Result<ModbusLink> connect(Handle handle, bool serial, int unit,
                                                    Millis response_timeout);
    [[nodiscard]] Result<> write_coil_comparing_echo(std::uint16_t address, bool on);

    Handle handle_;
    bool serial_;
};

} // namespace montbrillant
