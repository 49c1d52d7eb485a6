// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The kiosk's own configuration (TOML), the same for the kiosk and the command line. Every device is
/// optional: a kiosk without one starts, says so and works on.
///
///     data = "/var/lib/montbrillant"
///     role = "entrance"              # entrance, lockers, service-desk, desk, or all
///     language = "en"                # at rest
///     [screen]
///     width = 1080
///     height = 1920
///     px_per_mm = "3.6"
///     full_screen = true
///     [reader]
///     device = "pn532_uart:/dev/montbrillant/reader"
///     profile = "readers/pn532-uart.toml"
///     [printer]
///     uri = "ipp://192.0.2.7:631/ipp/print"
///     name = "Printer 2"
///     [bank]
///     map = "banks/sample-16.toml"
///     port = 1502
///     [layout]
///     folder = "/usr/share/montbrillant"
///     [import]
///     maps = "/usr/share/montbrillant/import-maps"
///     [programs]
///     readerd = "/usr/bin/montbrillant-readerd"
///     [registry]
///     proxy = "http://proxy.example:3128"   # none when it is missing; this machine is asked without
///     [keys]
///     at_rest = "pin"                # the event's keys on this disk: file, passphrase or pin (a manager's)
///     passphrase_file = "/run/keys/montbrillant"

#include "sync/base/language.hpp"
#include "sync/base/result.hpp"
#include "sync/store/key_access.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace montbrillant {

struct KioskConfig {
    std::filesystem::path data;
    std::string role = "all";
    Language language = Language::en; ///< at rest
    int width = 1080;
    int height = 1920;
    double px_per_mm = 3.6;
    bool full_screen = false;
    std::string reader_device;
    std::filesystem::path reader_profile;
    std::string printer_uri;
    std::string printer_name = "Printer";
    std::filesystem::path bank_map;
    std::optional<std::string> bank_host;
    std::optional<int> bank_port;
    std::filesystem::path share = "/usr/share/montbrillant";
    std::filesystem::path import_maps; ///< empty: below `share`
    std::filesystem::path readerd = "montbrillant-readerd";
    std::string proxy;
    KeySources keys{};

    [[nodiscard]] bool checks_in() const { return role == "entrance" || role == "desk" || role == "all"; }
    [[nodiscard]] bool has_lockers() const { return role == "lockers" || role == "all"; }
    [[nodiscard]] bool lends() const { return role == "service-desk" || role == "desk" || role == "all"; }
};

/// Relative paths in the file count from the file's own folder. Errors name file, line, column and field.
[[nodiscard]] Result<KioskConfig> load_kiosk_config(const std::filesystem::path& file);

/// Without a file: the default folder, no devices, and layouts and readerd beside the running program where
/// it is installed.
[[nodiscard]] KioskConfig default_kiosk_config();

/// $XDG_DATA_HOME/montbrillant, or ~/.local/share/montbrillant.
[[nodiscard]] std::filesystem::path default_data_folder();

} // namespace montbrillant
