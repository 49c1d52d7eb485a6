// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync/base/file_reader.hpp"
#include "sync/domain/people/event_profile.hpp"

#include <string>

namespace montbrillant::test {

/// The text of events/sg20-2017.toml, read once.
inline const std::string& sample_profile_text()
{
    static const std::string text = read_file(EVENTS_DIR "/sg20-2017.toml", 1U << 20U).value();
    return text;
}

/// The profile of the sample meeting, loaded once.
inline const EventProfile& sample_profile()
{
    static const EventProfile loaded = load_event_profile(sample_profile_text(), "sg20-2017.toml").value();
    return loaded;
}

} // namespace montbrillant::test
