// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/decision.hpp"

#include <fmt/format.h>

namespace montbrillant {

Result<Decision> carry_out(CommandHost& host, Decided decided, const std::string& actor,
                           const std::string& where)
{
    if (!decided) {
        const auto& [why, detail] = decided.error();
        return fail(ErrorKind::refused,
                    detail.empty() ? std::string(words(why)) : fmt::format("{}: {}", words(why), detail),
                    where);
    }
    MB_TRY(Store* const store, host.store());
    if (!decided->facts.empty())
        MB_CHECK(store->commit({decided->facts, actor, {}, {}}));
    if (host.live()) {
        MB_TRY(Desk* const desk, host.desk());
        desk->refresh({});
    }
    return std::move(*decided);
}

} // namespace montbrillant
