// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/bank/modbus_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace montbrillant::sim {

namespace {

constexpr std::size_t connections_max = 32;
constexpr std::size_t header_bytes = 7; // MBAP
constexpr std::uint16_t default_pulse_ms = 400;

constexpr std::array<std::pair<std::string_view, Fault>, 9> names = {
    {{"none", Fault::none},
     {"drop", Fault::drop},
     {"lose-reply", Fault::lose_reply},
     {"slow200", Fault::slow200},
     {"slow600", Fault::slow600},
     {"exception4", Fault::exception4},
     {"exception6", Fault::exception6},
     {"refuse-connections", Fault::refuse_connections},
     {"blackhole", Fault::blackhole}}};

std::uint8_t function_of(const std::vector<std::uint8_t>& request) { return request.at(header_bytes); }

tl::unexpected<Error> socket_failure(const std::string& where)
{
    return fail(ErrorKind::network, std::strerror(errno), where);
}

} // namespace

std::optional<Fault> fault_named(std::string_view name)
{
    for (const auto& [text, fault] : names)
        if (text == name)
            return fault;
    return std::nullopt;
}

std::string_view to_text(Fault fault)
{
    for (const auto& [text, value] : names)
        if (value == fault)
            return text;
    return "?";
}

ModbusServer::ModbusServer(BankModel& model, bool closed_is_1)
    : model_(model), closed_is_1_(closed_is_1), context_(modbus_new_tcp("127.0.0.1", 0)),
      registers_(modbus_mapping_new(model.size(), model.size(), 1, model.size() + 1))
{
    modbus_set_indication_timeout(context_, 1, 0);
    registers_->tab_registers[0] = default_pulse_ms;
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0) {
        nowhere_ = FileDescriptor(ends[0]);
        const FileDescriptor closed(ends[1]);
    }
}

ModbusServer::~ModbusServer()
{
    modbus_mapping_free(registers_);
    modbus_free(context_);
}

Result<FileDescriptor> ModbusServer::bound() const
{
    FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    if (::inet_pton(AF_INET, host_.c_str(), &address.sin_addr) != 1)
        return fail(ErrorKind::input, "not an IPv4 address", host_);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return socket_failure(host_ + ":" + std::to_string(port_));
    return fd;
}

Result<std::uint16_t> ModbusServer::listen(const std::string& host, std::uint16_t port)
{
    host_ = host;
    port_ = port;
    MB_TRY(listener_, bound());
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::listen(listener_.get(), SOMAXCONN) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return socket_failure(host);
    port_ = ntohs(address.sin_port);
    return port_;
}

Result<> ModbusServer::set_fault(Fault fault, int count, bool every)
{
    if (fault == Fault::refuse_connections && fault_ != fault) {
        connections_.clear();
        listener_.close();
        MB_TRY(listener_, bound()); // keeps the port without listening: the kernel refuses
    } else if (fault != Fault::refuse_connections && fault_ == Fault::refuse_connections &&
               ::listen(listener_.get(), SOMAXCONN) != 0) {
        return socket_failure(host_);
    }
    fault_ = fault;
    fault_count_ = count;
    fault_every_ = every;
    return {};
}

void ModbusServer::add_to(std::vector<pollfd>& fds) const
{
    if (fault_ != Fault::refuse_connections)
        fds.push_back({listener_.get(), POLLIN, 0});
    for (const auto& [fd, connection] : connections_)
        fds.push_back({fd, POLLIN, 0});
}

void ModbusServer::accept()
{
    FileDescriptor fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd.valid() || connections_.size() >= connections_max)
        return;
    const int number = fd.get();
    connections_[number] = Connection{std::move(fd), ++serial_};
}

void ModbusServer::readable(int fd, MonoTime now)
{
    if (fd == listener_.get())
        return accept();
    const auto found = connections_.find(fd);
    if (found == connections_.end())
        return;
    std::vector<std::uint8_t> request(MODBUS_TCP_MAX_ADU_LENGTH);
    modbus_set_socket(context_, fd);
    const int length = modbus_receive(context_, request.data());
    if (length < static_cast<int>(header_bytes) + 1) {
        connections_.erase(found);
        return;
    }
    request.resize(static_cast<std::size_t>(length));
    request_arrived(found->second, request, now);
}

Fault ModbusServer::take_fault(std::uint8_t function)
{
    if (fault_ == Fault::blackhole)
        return fault_;
    const bool write = function == MODBUS_FC_WRITE_SINGLE_COIL || function == MODBUS_FC_WRITE_MULTIPLE_COILS;
    if (fault_ == Fault::none || (!write && !fault_every_))
        return Fault::none;
    const Fault now = fault_;
    if (--fault_count_ <= 0)
        fault_ = Fault::none;
    return now;
}

void ModbusServer::request_arrived(const Connection& connection, const std::vector<std::uint8_t>& request,
                                   MonoTime now)
{
    switch (take_fault(function_of(request))) {
    case Fault::none:
    case Fault::refuse_connections: return carry_out(connection.fd.get(), request, now);
    case Fault::drop:
    case Fault::blackhole: return;
    case Fault::lose_reply: return carry_out(nowhere_.get(), request, now);
    case Fault::slow200: late_.push_back({connection.serial, request, now + Millis{200}}); return;
    case Fault::slow600: late_.push_back({connection.serial, request, now + Millis{600}}); return;
    case Fault::exception4:
        modbus_reply_exception(context_, request.data(), MODBUS_EXCEPTION_SLAVE_OR_SERVER_FAILURE);
        return;
    case Fault::exception6:
        modbus_reply_exception(context_, request.data(), MODBUS_EXCEPTION_SLAVE_OR_SERVER_BUSY);
        return;
    }
}

std::optional<Millis> ModbusServer::due(MonoTime now)
{
    std::vector<Late> ripe;
    std::erase_if(late_, [&](Late& late) {
        if (now < late.at)
            return false;
        ripe.push_back(std::move(late));
        return true;
    });
    for (const Late& late : ripe) { // the board is slow, not deaf: it acts even if nobody listens any more
        const auto asker = std::find_if(connections_.begin(), connections_.end(), [&](const auto& entry) {
            return entry.second.serial == late.connection;
        });
        carry_out(asker == connections_.end() ? nowhere_.get() : asker->first, late.request, now);
    }
    const auto next = std::min_element(late_.begin(), late_.end(),
                                       [](const Late& a, const Late& b) { return a.at < b.at; });
    return next == late_.end() ? std::nullopt : std::optional(next->at - now);
}

void ModbusServer::load(MonoTime now)
{
    model_.tick(now);
    for (int door = 1; door <= model_.size(); ++door) {
        registers_->tab_bits[door - 1] = model_.released(door, now) ? 1 : 0;
        registers_->tab_input_bits[door - 1] = model_.door(door).open != closed_is_1_ ? 1 : 0;
        registers_->tab_input_registers[door - 1] = model_.door(door).counter;
    }
    registers_->tab_input_registers[model_.size()] = model_.boots();
}

void ModbusServer::carry_out(int answer_to, const std::vector<std::uint8_t>& request, MonoTime now)
{
    load(now);
    const std::uint8_t function = function_of(request);
    const bool write = function == MODBUS_FC_WRITE_SINGLE_COIL || function == MODBUS_FC_WRITE_MULTIPLE_COILS;
    if (write) // what libmodbus then sets is what this request asked for
        std::fill_n(registers_->tab_bits, registers_->nb_bits, std::uint8_t{0});
    modbus_set_socket(context_, answer_to);
    (void)modbus_reply(context_, request.data(), static_cast<int>(request.size()), registers_);
    if (write)
        apply(request, now);
    model_.set_pulse_length(Millis{registers_->tab_registers[0]});
}

void ModbusServer::apply(const std::vector<std::uint8_t>& request, MonoTime now)
{
    for (int door = 1; door <= model_.size(); ++door)
        if (registers_->tab_bits[door - 1] != 0)
            model_.pulse(door, now);
    const int address = request[header_bytes + 1] * 256 + request[header_bytes + 2];
    const bool off = request[header_bytes + 3] == 0;
    if (function_of(request) == MODBUS_FC_WRITE_SINGLE_COIL && off && address < model_.size())
        model_.end_pulse(address + 1, now);
}

} // namespace montbrillant::sim
