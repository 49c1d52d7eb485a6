// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A shortcut for the rows of a first start, of which there are many: reads a row that is written as
/// `write(PullRow)` writes it and has nothing unusual in it. For .cpp files of this room only.

#include "sync/protocol/messages.hpp"

#include <optional>

namespace montbrillant::protocol {

/// Exactly what the general reader says of the line, or nothing: then that one is to be asked, also for what
/// is wrong.
[[nodiscard]] std::optional<PullRow> read_plain_row(std::string_view line);

} // namespace montbrillant::protocol
