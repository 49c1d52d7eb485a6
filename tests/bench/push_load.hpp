// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Many devices against one registry over loopback sockets: their keys, requests made and signed beforehand
/// so that sending is all that a measurement pays for, and plain connections.

#include "sync/registry/service.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace montbrillant::bench {

/// The value, or the end of the benchmark in words.
template <class T> T must(Result<T> result)
{
    if (!result)
        throw std::runtime_error(result.error().text());
    return std::move(*result);
}
inline void must(Result<> result)
{
    if (!result)
        throw std::runtime_error(result.error().text());
}

struct LoadDevice {
    DeviceId name;
    crypto::KeyPair key;
    std::vector<std::string> requests; ///< whole, with their headers
    std::vector<std::size_t> facts;    ///< in each request
};

[[nodiscard]] std::vector<LoadDevice> make_devices(std::size_t count);
/// Makes the registry know them, all at once.
void admit(registry::Service& service, const std::vector<LoadDevice>& devices);
/// The device's pushes, with batches of `sizes` in turn until it has said `facts`.
void make_pushes(LoadDevice& device, std::size_t facts, const std::vector<std::size_t>& sizes,
                 const std::string& registry_id);
/// A signed pull from the place `from`.
[[nodiscard]] std::string make_pull(const LoadDevice& device, const protocol::LogPlace& from, Millis wait,
                                    const std::string& registry_id);

/// Blocking, kept alive. Throws when the other end does not do as it should.
class LoadConnection {
public:
    explicit LoadConnection(std::uint16_t port);
    LoadConnection(LoadConnection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    LoadConnection& operator=(LoadConnection&&) = delete;
    ~LoadConnection();
    void send(std::string_view request) const;
    /// Waits for a whole answer, which must be 200.
    void receive();

private:
    int fd_;
    std::string held_;
};

} // namespace montbrillant::bench
