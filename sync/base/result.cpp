// SPDX-License-Identifier: Apache-2.0
#include "sync/base/result.hpp"

namespace montbrillant {

std::string Error::text() const
{
    std::string line = where.empty() ? what : where + ": " + what;
    if (!remedy.empty())
        line += " (" + remedy + ")";
    return line;
}

int exit_code(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::refused: return 1;
    case ErrorKind::input: return 2;
    case ErrorKind::device:
    case ErrorKind::network:
    case ErrorKind::storage: return 3;
    }
    return 3;
}

} // namespace montbrillant
