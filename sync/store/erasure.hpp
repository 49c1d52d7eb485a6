// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The certificate of an erased event: who erased what, when and why, and what was looked at afterwards to
/// see that it is gone. Signed with the device's own Ed25519 key, the same that signs its facts, so that the
/// registry's list of devices says whose it is. Written into the folder as JSON for programs and as text for
/// people. Values only; the erasing itself is the Store's.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/sodium.hpp"
#include "sync/domain/person.hpp"
#include "sync/store/plaintext_scan.hpp"

#include <string>
#include <vector>

namespace montbrillant {

inline constexpr std::string_view certificate_json_name = "erasure-certificate.json";
inline constexpr std::string_view certificate_text_name = "erasure-certificate.txt";

struct ErasureCertificate {
    struct Place {
        std::uint64_t seq = 0;
        crypto::Hash hash{};
    };

    EventId event;
    DeviceId device;
    WallTime at; ///< a claim
    std::string by;
    std::string why;    ///< empty: its time had come
    WallTime closed_at; ///< a claim
    Place before;       ///< the log without the fact of the erasure
    Place after;        ///< the log as it is now

    std::uint64_t records = 0;           ///< sealed records deleted
    std::uint64_t delegate_keys = 0;     ///< deleted
    std::vector<std::string> event_keys; ///< names of those that were there
    std::vector<std::string> sheets;     ///< badge files of a file: printer, deleted

    std::uint64_t records_tried = 0;        ///< kept in memory from before, tried against the folder of now
    std::uint64_t records_opened = 0;       ///< of these; 0 is what the certificate is for
    std::uint64_t texts = 0;                ///< names, organizations and codes looked for
    std::uint64_t texts_found = 0;          ///< places where one stood; 0 likewise
    std::vector<PlaintextScan::File> files; ///< looked into, all that there are

    crypto::PublicKey device_key{};
    crypto::Signature signature{};

    [[nodiscard]] bool proves() const { return records_opened == 0 && texts_found == 0; }
};

/// Adds what names the person, but for what the profile says in public: that is nobody's secret.
void look_for_person(PlaintextScan& scan, const Person& person, std::string_view profile);
/// Shorter texts stand by chance in any large file: a given name of six letters among the ids of a hundred
/// thousand badges.
inline constexpr std::size_t erased_text_bytes_min = 8;

/// Canonical JSON; signs it first.
[[nodiscard]] std::string write_certificate(ErasureCertificate& certificate, const crypto::SecretKey& device);
/// Strict, and refused in words when the signature does not fit.
[[nodiscard]] Result<ErasureCertificate> read_certificate(std::string_view text, const std::string& file);
/// A page for people.
[[nodiscard]] std::string text_of(const ErasureCertificate& certificate);

} // namespace montbrillant
