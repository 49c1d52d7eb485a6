// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The profile of one RFID reader model: how libnfc reaches it. Data for `badge/rfid`. No keys in here, ever.
///
///     schema = 1
///     reader = "pn532-uart"
///     title = "PN532 on a serial port"
///     connstring = "pn532_uart:/dev/montbrillant/reader:115200"

#include "sync/base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

struct ReaderProfile {
    std::string reader;     ///< the profile's name: small letters, digits, hyphens
    std::string title;      ///< for people
    std::string connstring; ///< libnfc's own: driver:port[:speed]

    /// "pn532_uart"
    [[nodiscard]] std::string driver() const;
};

/// `connstring` of the kiosk's own configuration replaces the profile's and is checked alike. Errors (kind
/// input) name file, line, column and field.
[[nodiscard]] Result<ReaderProfile> load_reader_profile(const std::filesystem::path& path,
                                                        const std::optional<std::string>& connstring = {});
[[nodiscard]] Result<ReaderProfile> parse_reader_profile(std::string_view toml, std::string file,
                                                         const std::optional<std::string>& connstring = {});

/// The profile in sentences, for a technician.
[[nodiscard]] std::string explain(const ReaderProfile& profile);

} // namespace montbrillant
