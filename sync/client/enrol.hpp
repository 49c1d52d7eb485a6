// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder becomes a device of a registry: its key is made here, the event's keys and profile come from
/// there.

#include "sync/client/http.hpp"
#include "sync/store/store.hpp"

namespace montbrillant {

/// `url` is kept in the folder for later. A folder that belongs to an event already is refused, except by the
/// registry that it belongs to: a registry restored from a backup may have forgotten the device, and a new
/// token for the same name brings it back with its facts. A lost answer is asked for again with the same key.
/// Returns who the folder is now.
[[nodiscard]] Result<Identity> enrol(Store& store, Http& http, const std::string& url,
                                     const std::string& token);

} // namespace montbrillant
