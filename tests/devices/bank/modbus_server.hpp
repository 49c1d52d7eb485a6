// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A Modbus TCP board in front of a BankModel, on libmodbus's server side, with faults on order. It owns its
/// sockets and is driven by the program's poll loop; one thread.
///
/// Register map, for n doors: coil i-1 releases door i (FC05, FC15; reads as 1 while the pulse runs);
/// discrete input i-1 tells door i; input registers 0..n-1 count pulses, n counts starts; holding register 0
/// is the pulse in ms.

#include "sync/base/clock.hpp"
#include "sync/base/files.hpp"
#include "sync/base/result.hpp"
#include "tests/devices/bank/bank_model.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct _modbus;
struct _modbus_mapping_t;
struct pollfd;

namespace montbrillant::sim {

enum class Fault {
    none,
    drop,       ///< the request is lost: nothing happens, no answer
    lose_reply, ///< carried out, the answer is lost
    slow200,    ///< carried out and answered 200 ms late
    slow600,
    exception4, ///< not carried out: "server device failure"
    exception6, ///< not carried out: "server device busy"
    refuse_connections,
    blackhole, ///< connections are taken, nothing is ever answered or carried out
};
[[nodiscard]] std::optional<Fault> fault_named(std::string_view name);
[[nodiscard]] std::string_view to_text(Fault fault);

class ModbusServer {
public:
    ModbusServer(BankModel& model, bool closed_is_1);
    ~ModbusServer();
    ModbusServer(const ModbusServer&) = delete;
    ModbusServer& operator=(const ModbusServer&) = delete;

    /// Port 0: any free one. Gives back the port.
    [[nodiscard]] Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
    /// The next `count` writes (with `every`, requests of any kind) suffer `fault`; refuse_connections and
    /// blackhole last until another fault is set.
    [[nodiscard]] Result<> set_fault(Fault fault, int count, bool every);
    [[nodiscard]] Fault fault() const { return fault_; }
    /// Closes all connections, as a board does that loses its power.
    void hang_up() { connections_.clear(); }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }

    void add_to(std::vector<pollfd>& fds) const;
    void readable(int fd, MonoTime now);
    /// Carries out what is due; gives back how long until more is.
    [[nodiscard]] std::optional<Millis> due(MonoTime now);

private:
    struct Connection {
        FileDescriptor fd;
        std::uint64_t serial{};
    };
    struct Late {
        std::uint64_t connection{};
        std::vector<std::uint8_t> request;
        MonoTime at{};
    };
    [[nodiscard]] Result<FileDescriptor> bound() const;
    void accept();
    void request_arrived(const Connection& connection, const std::vector<std::uint8_t>& request,
                         MonoTime now);
    [[nodiscard]] Fault take_fault(std::uint8_t function);
    void carry_out(int answer_to, const std::vector<std::uint8_t>& request, MonoTime now);
    void load(MonoTime now);
    void apply(const std::vector<std::uint8_t>& request, MonoTime now);

    BankModel& model_;
    bool closed_is_1_;
    std::string host_;
    std::uint16_t port_ = 0;
    _modbus* context_ = nullptr;
    _modbus_mapping_t* registers_ = nullptr;
    FileDescriptor listener_;
    FileDescriptor nowhere_; ///< a socket whose other end is closed
    std::map<int, Connection> connections_;
    std::uint64_t serial_ = 0;
    std::vector<Late> late_;
    Fault fault_ = Fault::none;
    int fault_count_ = 0;
    bool fault_every_ = false;
};

} // namespace montbrillant::sim
