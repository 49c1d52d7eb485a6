// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Log lines are English sentences with key=value fields, on stderr, never with personal data. Thread-safe.

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

namespace montbrillant::log {

enum class Level { debug, info, warn, error };

/// Lines below `level` are dropped. `program` is the first field of every line.
void start(std::string program, Level level);
void write(Level level, std::string_view line);

template <class... Args> void debug(fmt::format_string<Args...> format, Args&&... args)
{
    write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args> void info(fmt::format_string<Args...> format, Args&&... args)
{
    write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args> void warn(fmt::format_string<Args...> format, Args&&... args)
{
    write(Level::warn, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args> void error(fmt::format_string<Args...> format, Args&&... args)
{
    write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

} // namespace montbrillant::log
