// SPDX-License-Identifier: Apache-2.0
#include "sync/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace montbrillant::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level)
{
    switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

} // namespace

void start(std::string program, Level level)
{
    auto logger = std::make_shared<spdlog::logger>(std::move(program),
                                                   std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %n %l %v");
    logger->set_level(to_spdlog(level));
    spdlog::set_default_logger(std::move(logger));
}

void write(Level level, std::string_view line) { spdlog::log(to_spdlog(level), "{}", line); }

} // namespace montbrillant::log
