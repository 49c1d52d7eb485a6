// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/push_load.hpp"

#include "sync/base/json.hpp"
#include "sync/protocol/signing.hpp"

#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace montbrillant::bench {
namespace {

constexpr std::string_view push_target = "/v1/sync/push";

std::string whole(std::string_view method, std::string_view target, const std::string& signature,
                  const std::string& body)
{
    return fmt::format("{} {} HTTP/1.1\r\nHost: registry\r\n{}: {}\r\nContent-Length: {}\r\n\r\n{}", method,
                       target, protocol::signature_header, signature, body.size(), body);
}

std::string signed_request(const LoadDevice& device, std::string_view method, const std::string& target,
                           const std::string& body, const std::string& registry_id)
{
    const auto text = protocol::request_text(registry_id, method, target, body);
    return whole(method, target, to_hex(crypto::sign(device.key.secret_key, as_bytes(text))), body);
}

/// What a laptop desk says: an entity of its own for each fact.
protocol::WireFact next_fact(const LoadDevice& device, std::uint64_t counter, crypto::Hash& chain)
{
    Fact fact;
    fact.id = FactId(fmt::format("0198c0de-{:08x}-7000-{}", counter, device.name.str()));
    fact.device = device.name;
    fact.counter = counter;
    fact.at = {1504510200000 + static_cast<std::int64_t>(counter)};
    fact.mono = {static_cast<std::int64_t>(counter)};
    fact.actor = "kiosk";
    fact.body =
        fact::LaptopAdded{LaptopTag(fmt::format("LT-{}-{}", device.name.str(), counter)), device.name};
    protocol::WireFact wire;
    wire.bytes = fact_bytes(fact);
    wire.previous = chain;
    wire.hash = chain_hash(chain, wire.bytes);
    chain = wire.hash;
    return wire;
}

} // namespace

std::vector<LoadDevice> make_devices(std::size_t count)
{
    std::vector<LoadDevice> devices(count);
    for (std::size_t i = 0; i < count; ++i) {
        devices[i].name = DeviceId(fmt::format("K{}", i + 1));
        devices[i].key = crypto::new_sign_key();
    }
    return devices;
}

void admit(registry::Service& service, const std::vector<LoadDevice>& devices)
{
    Json list = Json::array();
    for (const auto& device : devices)
        list.push_back({{"name", device.name.str()},
                        {"public_key", to_hex(device.key.public_key)},
                        {"epoch", 1},
                        {"state", "active"},
                        {"enrolled", 0}});
    must(service.admission().merge(service.ledger(),
                                   dump_json({{"devices", list}, {"tokens", Json::array()}})));
}

void make_pushes(LoadDevice& device, std::size_t facts, const std::vector<std::size_t>& sizes,
                 const std::string& registry_id)
{
    crypto::Hash chain{};
    std::uint64_t counter = 0;
    for (std::size_t turn = 0; counter < facts; ++turn) {
        const auto size = std::min<std::size_t>(sizes[turn % sizes.size()], facts - counter);
        protocol::PushRequest request;
        request.device = device.name;
        for (std::size_t i = 0; i < size; ++i)
            request.facts.push_back(next_fact(device, ++counter, chain));
        const auto head = protocol::head_text(registry_id, device.name, 1, counter, chain);
        request.head_signature = crypto::sign(device.key.secret_key, as_bytes(head));
        device.requests.push_back(
            signed_request(device, "POST", std::string(push_target), protocol::write(request), registry_id));
        device.facts.push_back(size);
    }
}

std::string make_pull(const LoadDevice& device, const protocol::LogPlace& from, Millis wait,
                      const std::string& registry_id)
{
    const auto target = protocol::pull_target({device.name, from, protocol::rows_per_pull_max, wait});
    return signed_request(device, "GET", target, "", registry_id);
}

LoadConnection::LoadConnection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) != 0)
        throw std::runtime_error("the registry does not listen");
}

LoadConnection::~LoadConnection()
{
    if (fd_ >= 0)
        ::close(fd_);
}

void LoadConnection::send(std::string_view request) const
{
    while (!request.empty()) {
        const auto sent = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            throw std::runtime_error("the registry closed the connection");
        request.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void LoadConnection::receive()
{
    constexpr std::string_view length_name = "Content-Length: ";
    std::array<char, 65536> chunk{};
    for (;;) {
        const auto end = held_.find("\r\n\r\n");
        if (end != std::string::npos) {
            const auto at = held_.find(length_name);
            const auto length = at < end ? std::stoul(held_.substr(at + length_name.size())) : 0;
            if (held_.size() >= end + 4 + length) {
                if (!held_.starts_with("HTTP/1.1 200"))
                    throw std::runtime_error(held_.substr(0, end + 4 + length));
                held_.erase(0, end + 4 + length);
                return;
            }
        }
        const auto got = ::recv(fd_, chunk.data(), chunk.size(), 0);
        if (got <= 0)
            throw std::runtime_error("the registry closed the connection");
        held_.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

} // namespace montbrillant::bench
