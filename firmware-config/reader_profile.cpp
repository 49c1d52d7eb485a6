// SPDX-License-Identifier: Apache-2.0
#include "firmware-config/reader_profile.hpp"

#include "sync/base/files.hpp"
#include "sync/base/toml.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace montbrillant {

namespace {

// The drivers inside Debian's libnfc6 1.8.0; it has none for PC/SC.
constexpr std::array<std::string_view, 7> drivers = {"pn532_uart", "pn532_spi", "pn532_i2c", "pn53x_usb",
                                                     "acr122_usb", "acr122s",   "arygon"};
// libnfc opens a port at a speed it cannot set and stays silently at the old one.
constexpr std::array<std::string_view, 5> speeds = {"9600", "19200", "38400", "57600", "115200"};

template <std::size_t N> bool among(const std::array<std::string_view, N>& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool needs_port(std::string_view driver) { return driver != "pn53x_usb" && driver != "acr122_usb"; }
bool has_speed(std::string_view driver)
{
    return driver == "pn532_uart" || driver == "acr122s" || driver == "arygon";
}

/// What is wrong with a connection string, or an empty text.
std::string complaint(std::string_view connstring)
{
    const auto colon = connstring.find(':');
    const std::string_view driver = connstring.substr(0, colon);
    if (!among(drivers, driver))
        return fmt::format("libnfc has no driver \"{}\"", driver);
    const std::string_view rest = colon == std::string_view::npos ? "" : connstring.substr(colon + 1);
    if (!needs_port(driver))
        return {};
    if (!rest.starts_with('/'))
        return fmt::format("the driver {} needs the full path of a port", driver);
    const auto speed_at = rest.find(':');
    if (has_speed(driver) && speed_at != std::string_view::npos && !among(speeds, rest.substr(speed_at + 1)))
        return fmt::format("\"{}\" is not a speed that libnfc can set", rest.substr(speed_at + 1));
    return {};
}

constexpr std::string_view example = "for example pn532_uart:/dev/montbrillant/reader:115200";

void check_name(TomlTable& root, const std::string& name)
{
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (root.has("reader") && (name.empty() || name.size() > 40 || !plain))
        root.reject("reader", "\"reader\" must be up to 40 small letters, digits and hyphens");
}

} // namespace

std::string ReaderProfile::driver() const { return connstring.substr(0, connstring.find(':')); }

Result<ReaderProfile> parse_reader_profile(std::string_view toml, std::string file,
                                           const std::optional<std::string>& connstring)
{
    MB_TRY(TomlTable root, TomlTable::parse(toml, std::move(file)));
    (void)root.integer("schema", 1, 1);
    ReaderProfile out;
    out.reader = root.text("reader");
    check_name(root, out.reader);
    out.title = root.text_or("title", out.reader);
    out.connstring = root.text("connstring");
    if (const std::string wrong = complaint(out.connstring); root.has("connstring") && !wrong.empty())
        root.reject("connstring", fmt::format("\"connstring\": {}", wrong), std::string(example));
    MB_CHECK(root.finish());
    if (connstring) {
        if (const std::string wrong = complaint(*connstring); !wrong.empty())
            return fail(ErrorKind::input, fmt::format("the kiosk's own connection string: {}", wrong),
                        *connstring, std::string(example));
        out.connstring = *connstring;
    }
    return out;
}

Result<ReaderProfile> load_reader_profile(const std::filesystem::path& path,
                                          const std::optional<std::string>& connstring)
{
    constexpr std::size_t bytes_max = 64U * 1024U;
    MB_TRY(const std::string text, read_file(path, bytes_max));
    return parse_reader_profile(text, path.string(), connstring);
}

std::string explain(const ReaderProfile& profile)
{
    return fmt::format("Reader {}: {}\n  libnfc driver {}, connection string {}\n", profile.reader,
                       profile.title, profile.driver(), profile.connstring);
}

} // namespace montbrillant
