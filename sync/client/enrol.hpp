// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder becomes a device of a registry: its key is made here, the event's keys and profile come from
/// there.

#include "sync/client/http.hpp"
#include "sync/protocol/invitation.hpp"
#include "sync/store/store.hpp"

namespace montbrillant {

/// `url` is kept in the folder for later. A folder that belongs to an event already is refused, except by the
/// registry that it belongs to: a registry restored from a backup may have forgotten the device, and a new
/// token for the same name brings it back with its facts. A lost answer is asked for again with the same key.
/// `pin` is the registry's key, which `http` has made sure of; nothing over plain HTTP.
/// Returns who the folder is now.
[[nodiscard]] Result<Identity> enrol(Store& store, Http& http, const std::string& url,
                                     const std::string& token, const std::optional<tls::Pin>& pin = {});

/// With CurlHttp. An https address needs the registry's key in the invitation, whole or its start: else
/// whoever stands between could take the token.
[[nodiscard]] Result<Identity> enrol(Store& store, const protocol::Invitation& invitation,
                                     const std::string& proxy);

} // namespace montbrillant
