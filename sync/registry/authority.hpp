// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The registry's certificate authority and its own key, in the folder of --tls-dir (0700), made at the first
/// start: ca.key and registry.key (0600), ca.pem and registry.pem. Whoever has ca.key can be any device,
/// whoever has registry.key can be the registry. Kiosks pin the registry's key and the authority; an
/// organizer's programs trust ca.pem. The registry's certificate is signed anew at each start, its key stays.
///
/// Several nodes of one registry share a copy of the folder. Any thread once it is open.

#include "sync/base/tls.hpp"
#include "sync/registry/admission.hpp"

#include <filesystem>
#include <span>

namespace montbrillant::registry {

class Authority {
public:
    /// Of a device's certificate; it asks for a new one when half of it is over.
    static constexpr Millis device_life{Millis(1000) * 60 * 60 * 24 * 14};
    /// A registry whose clock was set back by so much still takes what it signed.
    static constexpr Millis clock_doubt{Millis(1000) * 60 * 60 * 24};

    /// `names` are what devices and people reach the registry by: host names and numeric addresses.
    [[nodiscard]] static Result<Authority> open(const std::filesystem::path& folder,
                                                std::span<const std::string> names, WallTime now);

    [[nodiscard]] const tls::ServerIdentity& server() const { return server_; }
    /// Of the registry's key.
    [[nodiscard]] const tls::Pin& pin() const { return pin_; }
    /// The authority's certificate, PEM.
    [[nodiscard]] const std::string& certificate() const { return issuer_.certificate; }
    [[nodiscard]] Result<std::string> sign(const Device& device, WallTime now) const;

private:
    tls::Issuer issuer_;
    tls::ServerIdentity server_;
    tls::Pin pin_{};
};

} // namespace montbrillant::registry
