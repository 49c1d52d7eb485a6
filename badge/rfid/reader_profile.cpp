// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/reader_profile.hpp"

#include "sync/base/files.hpp"
#include "sync/base/toml.hpp"

namespace montbrillant {
namespace {

constexpr std::size_t profile_bytes_max = 65536;

} // namespace

Result<ReaderProfile> ReaderProfile::parse(std::string_view toml, std::string file)
{
    MB_TRY(TomlTable table, TomlTable::parse(toml, std::move(file)));
    ReaderProfile profile;
    profile.firmware = table.text_or("firmware", "");
    profile.taps.missed_looks_max =
        static_cast<int>(table.integer_or("missed_looks_max", profile.taps.missed_looks_max, 1, 20));
    profile.taps.absence_min =
        Millis(table.integer_or("absence_min_ms", profile.taps.absence_min.count(), 0, 5000));
    profile.look_pause = Millis(table.integer_or("look_pause_ms", profile.look_pause.count(), 5, 150));
    profile.errors_max = static_cast<int>(table.integer_or("errors_max", profile.errors_max, 1, 20));
    MB_CHECK(table.finish());
    return profile;
}

Result<ReaderProfile> ReaderProfile::load(const std::filesystem::path& path)
{
    MB_TRY(const std::string text, read_file(path, profile_bytes_max));
    return parse(text, path.string());
}

} // namespace montbrillant
