// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/fault.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace montbrillant::pn532 {
namespace {

constexpr std::array<std::pair<std::string_view, Fault>, 14> fault_names{{
    {"noack", Fault::noack},
    {"nack", Fault::nack},
    {"noreply", Fault::noreply},
    {"delay150", Fault::delay150},
    {"delay500", Fault::delay500},
    {"garbled", Fault::garbled},
    {"badsum", Fault::badsum},
    {"badlen", Fault::badlen},
    {"truncated", Fault::truncated},
    {"junk", Fault::junk},
    {"wrongcmd", Fault::wrongcmd},
    {"errorframe", Fault::errorframe},
    {"status80", Fault::status80},
    {"wedge", Fault::wedge},
}};

} // namespace

std::optional<Fault> fault_from_text(std::string_view name)
{
    const auto found = std::ranges::find(fault_names, name, &decltype(fault_names)::value_type::first);
    if (found == fault_names.end())
        return std::nullopt;
    return found->second;
}

} // namespace montbrillant::pn532
