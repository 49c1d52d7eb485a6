// SPDX-License-Identifier: Apache-2.0
#include "kiosk/lockers/modbus.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <modbus/modbus.h>
#include <sys/file.h>
#include <sys/select.h>

namespace montbrillant {

namespace {

std::string in_words(int code)
{
    if (code == ETIMEDOUT)
        return "no answer in time";
    if (code == ECONNREFUSED)
        return "the connection was refused";
    if (code == ECONNRESET || code == EPIPE)
        return "the board closed the connection";
    if (code > MODBUS_ENOBASE && code < MODBUS_ENOBASE + MODBUS_EXCEPTION_MAX)
        return fmt::format("the board answered with exception {} ({})", code - MODBUS_ENOBASE,
                           modbus_strerror(code));
    return modbus_strerror(code);
}

tl::unexpected<Error> failure(std::string_view action)
{
    const int code = errno;
    return fail(ErrorKind::device, fmt::format("{}: {}", action, in_words(code)));
}

char parity_letter(Parity parity)
{
    switch (parity) {
    case Parity::none: return 'N';
    case Parity::even: return 'E';
    case Parity::odd: return 'O';
    }
    return 'N';
}

template <class Read>
Result<std::vector<std::uint16_t>> registers(std::uint16_t count, std::string_view action, Read read)
{
    if (count == 0 || count > MODBUS_MAX_READ_REGISTERS)
        return fail(ErrorKind::input, fmt::format("{}: {} registers do not fit one request", action, count));
    std::vector<std::uint16_t> out(count);
    if (read(out.data()) != count)
        return failure(action);
    return out;
}

} // namespace

void ModbusLink::Free::operator()(_modbus* context) const
{
    modbus_close(context);
    modbus_free(context);
}

Result<ModbusLink> ModbusLink::connect(Handle handle, bool serial, int unit, Millis response_timeout)
{
    constexpr std::string_view action = "connect";
    if (!handle)
        return failure(action);
    const auto whole = static_cast<std::uint32_t>(response_timeout.count() / 1000);
    const auto rest = static_cast<std::uint32_t>(response_timeout.count() % 1000 * 1000);
    // A byte timeout of 0 bounds the whole answer by the response timeout: a dribbling board is late, not
    // endless.
    if (modbus_set_slave(handle.get(), unit) != 0 ||
        modbus_set_response_timeout(handle.get(), whole, rest) != 0 ||
        modbus_set_byte_timeout(handle.get(), 0, 0) != 0 || modbus_connect(handle.get()) != 0)
        return failure(action);
    const int fd = modbus_get_socket(handle.get());
    if (fd >= FD_SETSIZE)
        return fail(ErrorKind::device, "connect: too many open files for select()");
    if (serial && flock(fd, LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorKind::device, "connect: another program holds this line");
    return ModbusLink(std::move(handle), serial);
}

Result<ModbusLink> ModbusLink::tcp(const TcpAddress& address, int unit, Millis response_timeout)
{
    const std::string port = std::to_string(address.port);
    return connect(Handle(modbus_new_tcp_pi(address.host.c_str(), port.c_str())), false, unit,
                   response_timeout);
}

Result<ModbusLink> ModbusLink::rtu(const SerialLine& line, int unit, Millis response_timeout)
{
    constexpr int data_bits = 8;
    return connect(Handle(modbus_new_rtu(line.device.c_str(), line.baud, parity_letter(line.parity),
                                         data_bits, line.stop_bits)),
                   true, unit, response_timeout);
}

Result<std::vector<bool>> ModbusLink::read_inputs(std::uint16_t first, std::uint16_t count)
{
    constexpr std::string_view action = "read inputs";
    if (count == 0 || count > MODBUS_MAX_READ_BITS)
        return fail(ErrorKind::input, fmt::format("{}: {} do not fit one request", action, count));
    std::vector<std::uint8_t> bits(count);
    if (modbus_read_input_bits(handle_.get(), first, count, bits.data()) != count)
        return failure(action);
    return std::vector<bool>(bits.begin(), bits.end());
}

Result<std::vector<std::uint16_t>> ModbusLink::read_input_registers(std::uint16_t first, std::uint16_t count)
{
    return registers(count, "read input registers", [&](std::uint16_t* out) {
        return modbus_read_input_registers(handle_.get(), first, count, out);
    });
}

Result<std::vector<std::uint16_t>> ModbusLink::read_registers(std::uint16_t first, std::uint16_t count)
{
    return registers(count, "read registers", [&](std::uint16_t* out) {
        return modbus_read_registers(handle_.get(), first, count, out);
    });
}

Result<> ModbusLink::write_coil(std::uint16_t address, bool on)
{
    if (serial_)
        return write_coil_comparing_echo(address, on);
    if (modbus_write_bit(handle_.get(), address, on ? 1 : 0) != 1) // TCP: matched by transaction id
        return failure("write coil");
    return {};
}

Result<> ModbusLink::write_coil_comparing_echo(std::uint16_t address, bool on)
{
    constexpr std::string_view action = "write coil";
    const std::array<std::uint8_t, 6> request = {static_cast<std::uint8_t>(modbus_get_slave(handle_.get())),
                                                 MODBUS_FC_WRITE_SINGLE_COIL,
                                                 static_cast<std::uint8_t>(address >> 8U),
                                                 static_cast<std::uint8_t>(address & 0xFFU),
                                                 static_cast<std::uint8_t>(on ? 0xFF : 0x00),
                                                 0x00};
    if (modbus_send_raw_request(handle_.get(), request.data(), static_cast<int>(request.size())) == -1)
        return failure(action);
    std::array<std::uint8_t, MODBUS_MAX_ADU_LENGTH> answer{};
    const int length = modbus_receive_confirmation(handle_.get(), answer.data());
    if (length < 0)
        return failure(action);
    if (length >= 3 && answer[0] == request[0] && answer[1] == (MODBUS_FC_WRITE_SINGLE_COIL | 0x80)) {
        errno = MODBUS_ENOBASE + answer[2];
        return failure(action);
    }
    constexpr int echo_bytes = 8; // the request and its CRC
    if (length != echo_bytes || !std::equal(request.begin(), request.end(), answer.begin()))
        return fail(ErrorKind::device, "write coil: the answer belongs to another request");
    return {};
}

Result<> ModbusLink::write_register(std::uint16_t address, std::uint16_t value)
{
    if (modbus_write_register(handle_.get(), address, value) != 1)
        return failure("write register");
    return {};
}

Result<> ModbusLink::flush()
{
    if (modbus_flush(handle_.get()) < 0)
        return failure("flush");
    return {};
}

} // namespace montbrillant
