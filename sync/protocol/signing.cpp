// SPDX-License-Identifier: Apache-2.0
#include "sync/protocol/signing.hpp"

#include <fmt/format.h>

namespace montbrillant::protocol {

std::string request_text(std::string_view registry_id, std::string_view method, std::string_view target,
                         std::string_view body)
{
    return fmt::format("montbrillant request 1\n{}\n{}\n{}\n{}\n", registry_id, method, target,
                       to_hex(crypto::blake2b(as_bytes(body))));
}

std::string head_text(std::string_view registry_id, const DeviceId& device, std::uint32_t epoch,
                      std::uint64_t counter, const crypto::Hash& hash)
{
    return fmt::format("montbrillant head 1\n{}\n{}\n{}\n{}\n{}\n", registry_id, device.str(), epoch, counter,
                       to_hex(hash));
}

} // namespace montbrillant::protocol
