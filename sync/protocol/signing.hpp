// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a device signs with its Ed25519 key (RFC 8032). Lines end with one \n, hashes are lower-case hex.
/// The registry's id is in both, so that a signature for one registry is nothing at another. Pure.
///
/// A request repeated by somebody who heard it does nothing new: a push is answered with its stored outcomes,
/// a pull gives sealed records to who has them already.

#include "sync/base/sodium.hpp"
#include "sync/domain/facts.hpp"

#include <string>
#include <string_view>

namespace montbrillant::protocol {

/// Header of every authenticated request; its value is 128 hex digits over `request_text`.
inline constexpr std::string_view signature_header = "Montbrillant-Signature";

/// "montbrillant request 1\n" registry "\n" METHOD "\n" path and query "\n" hex BLAKE2b-256(body) "\n"
[[nodiscard]] std::string request_text(std::string_view registry_id, std::string_view method,
                                       std::string_view target, std::string_view body);

/// "montbrillant head 1\n" registry "\n" device "\n" epoch "\n" counter "\n" hex hash "\n": the signed end of
/// a device's chain, which proves later what it had said up to there.
[[nodiscard]] std::string head_text(std::string_view registry_id, const DeviceId& device, std::uint32_t epoch,
                                    std::uint64_t counter, const crypto::Hash& hash);

} // namespace montbrillant::protocol
