// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of OpenSSL for identities on the wire: the keys and certificates (X.509, RFC 5280) of a
/// small authority, and the settings of both ends of TLS 1.3 (RFC 8446). No policy, no files; time is an
/// argument. Keys and certificates are PEM texts. Errors are ErrorKind::input with the place that the caller
/// names. Any thread.
///
/// An authority and a registry have P-256 keys, which every client understands; a device's certificate is for
/// the Ed25519 key with which it signs its facts, so that it has one key and one name. Its subject is
/// CN = the device's name, serialNumber = its epoch.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/sodium.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace montbrillant::tls {

struct Period {
    WallTime from;
    WallTime until;
};

/// SHA-256 over a public key's SubjectPublicKeyInfo: what "pinned" means (RFC 7469, 2.4).
using Pin = std::array<std::uint8_t, 32>;
/// Base64url without padding, 43 characters (RFC 4648, 5): the form in texts and addresses.
[[nodiscard]] std::string write_pin(const Pin& pin);
[[nodiscard]] std::optional<Pin> read_pin(std::string_view text);
/// "sha256//" and base64, as libcurl wants it.
[[nodiscard]] std::string curl_pin(const Pin& pin);

/// A fresh P-256 key (PKCS#8).
[[nodiscard]] Result<std::string> new_key();
/// A device's own key as PKCS#8.
[[nodiscard]] Result<std::string> device_key(const crypto::SecretKey& key);
[[nodiscard]] Result<Pin> pin_of_key(const std::string& key, std::string_view where);
[[nodiscard]] Result<Pin> pin_of_certificate(const std::string& certificate, std::string_view where);

struct Issuer {
    std::string key;
    std::string certificate;
};
/// An authority signs its own certificate.
[[nodiscard]] Result<Issuer> make_authority(const std::string& key, const std::string& name,
                                            const Period& valid);
/// Whether the certificate is for this key.
[[nodiscard]] bool belongs(const Issuer& issuer);
/// For a server that is reached under these names and numeric addresses.
[[nodiscard]] Result<std::string> sign_server(const Issuer& issuer, const std::string& server_key,
                                              std::span<const std::string> names, const Period& valid);

struct Device {
    DeviceId name;
    std::uint32_t epoch = 1;
    crypto::PublicKey key{};
};
[[nodiscard]] Result<std::string> sign_device(const Issuer& issuer, const Device& device,
                                              const Period& valid);

struct DeviceCertificate {
    Device device;
    Period valid; ///< whole seconds
};
/// Refuses what this authority did not sign, and what is no device's. Dates are the caller's to judge.
[[nodiscard]] Result<DeviceCertificate> read_device(const std::string& certificate,
                                                    const std::string& authority);

// --- the two ends; the pointers are OpenSSL's own, which libraries of sockets hand out
// -----------------------

struct ServerIdentity {
    std::string key;
    std::string certificate;
    std::string authority; ///< certificate of the authority whose devices are let in
};
/// `context` is an SSL_CTX*. TLS 1.3 only, no resumption. A client may come without a certificate; one that
/// another authority signed, or whose key it does not have, ends the handshake. Dates are not judged: that
/// depends on what is asked.
[[nodiscard]] Result<> be_server(void* context, const ServerIdentity& identity);
/// `connection` is an SSL* after the handshake; nothing when the client showed no certificate of a device.
[[nodiscard]] std::optional<DeviceCertificate> peer_device(void* connection);
/// `context` is an SSL_CTX* of a client: certificates are checked, their dates are not.
void ignore_dates(void* context);

} // namespace montbrillant::tls
