// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/kiosk_config.hpp"

#include "sync/base/toml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace montbrillant {
namespace {

constexpr std::array roles{"entrance", "lockers", "service-desk", "desk", "all"};

class Paths {
public:
    explicit Paths(const std::filesystem::path& file) : folder_(file.parent_path()) {}
    std::filesystem::path operator()(const std::string& text) const
    {
        return text.empty() || std::filesystem::path(text).is_absolute() ? std::filesystem::path(text)
                                                                         : folder_ / text;
    }
    /// A bare name is looked for in PATH.
    [[nodiscard]] std::filesystem::path program(const std::string& text) const
    {
        return text.find('/') == std::string::npos ? std::filesystem::path(text) : (*this)(text);
    }

private:
    std::filesystem::path folder_;
};

void read_screen(TomlTable screen, KioskConfig& config)
{
    config.width = static_cast<int>(screen.integer_or("width", config.width, 320, 8192));
    config.height = static_cast<int>(screen.integer_or("height", config.height, 320, 8192));
    config.full_screen = screen.boolean_or("full_screen", config.full_screen);
    const std::string density = screen.text_or("px_per_mm", "");
    if (!density.empty()) {
        const char* end = density.data() + density.size();
        const auto [stop, wrong] = std::from_chars(density.data(), end, config.px_per_mm);
        if (wrong != std::errc() || stop != end || !(config.px_per_mm >= 1 && config.px_per_mm <= 40))
            screen.reject("px_per_mm", "\"px_per_mm\" must be a text such as \"3.6\", from 1 to 40");
    }
}

void read_bank(TomlTable bank, const Paths& path, KioskConfig& config)
{
    config.bank_map = path(bank.text("map"));
    if (bank.has("host"))
        config.bank_host = bank.text("host");
    if (bank.has("port"))
        config.bank_port = static_cast<int>(bank.integer("port", 1, 65535));
}

void read_keys(TomlTable keys, const Paths& path, KioskConfig& config)
{
    if (keys.has("at_rest")) {
        config.keys.at_rest = protector_from(keys.text("at_rest"));
        if (!config.keys.at_rest || config.keys.at_rest == Protector::erased)
            keys.reject("at_rest", "\"at_rest\" must be file, passphrase or pin");
    }
    config.keys.passphrase_file = path(keys.text_or("passphrase_file", ""));
}

} // namespace

Result<KioskConfig> load_kiosk_config(const std::filesystem::path& file)
{
    MB_TRY(TomlTable table, TomlTable::load(file));
    const Paths path(file);
    KioskConfig config = default_kiosk_config();
    if (table.has("data"))
        config.data = path(table.text("data"));
    config.role = table.text_or("role", config.role);
    if (std::find(roles.begin(), roles.end(), config.role) == roles.end())
        table.reject("role", "\"role\" must be entrance, lockers, service-desk, desk or all");
    const auto language = language_from_code(table.text_or("language", "en"));
    if (!language)
        table.reject("language", "\"language\" must be ar, zh, en, fr, ru or es");
    config.language = language.value_or(Language::en);
    if (auto screen = table.table_if("screen"))
        read_screen(*screen, config);
    if (auto reader = table.table_if("reader")) {
        config.reader_device = reader->text("device");
        config.reader_profile = path(reader->text_or("profile", ""));
    }
    if (auto printer = table.table_if("printer")) {
        config.printer_uri = printer->text("uri");
        config.printer_name = printer->text_or("name", config.printer_name);
    }
    if (auto bank = table.table_if("bank"))
        read_bank(*bank, path, config);
    if (auto layout = table.table_if("layout"))
        config.share = path(layout->text("folder"));
    if (auto import = table.table_if("import"))
        config.import_maps = path(import->text("maps"));
    if (auto programs = table.table_if("programs"))
        config.readerd = path.program(programs->text("readerd"));
    if (auto registry = table.table_if("registry"))
        config.proxy = registry->text_or("proxy", "");
    if (auto keys = table.table_if("keys"))
        read_keys(*keys, path, config);
    MB_CHECK(table.finish());
    return config;
}

KioskConfig default_kiosk_config()
{
    KioskConfig config;
    config.data = default_data_folder();
    std::error_code none;
    const auto here = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
    if (const auto share = here.parent_path() / "share/montbrillant"; std::filesystem::exists(share, none))
        config.share = share;
    if (const auto readerd = here / "montbrillant-readerd"; std::filesystem::exists(readerd, none))
        config.readerd = readerd;
    return config;
}

std::filesystem::path default_data_folder()
{
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0')
        return std::filesystem::path(data) / "montbrillant";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home == nullptr ? "." : home) / ".local/share/montbrillant";
}

} // namespace montbrillant
