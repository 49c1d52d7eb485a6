// SPDX-License-Identifier: Apache-2.0
#include "sync/base/crash_point.hpp"

#include <csignal>
#include <cstdlib>
#include <string>

namespace montbrillant {
namespace {

const std::string& crash_at()
{
    static const std::string name = [] {
        const char* value = std::getenv("MONTBRILLANT_CRASH_AT");
        return std::string(value == nullptr ? "" : value);
    }();
    return name;
}

} // namespace

void crash_point(std::string_view name)
{
    if (!crash_at().empty() && crash_at() == name)
        std::raise(SIGKILL);
}

} // namespace montbrillant
