// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The organizer's programs: bearer tokens (RFC 6750), each with scopes. Only hashes rest, in one setting of
/// the ledger; a token has 160 random bits, so its plain hash gives nothing away. Devices have none: what can
/// be copied is no device. Same thread as the Ledger; every change is durable when the call returns.

#include "sync/base/clock.hpp"
#include "sync/base/random.hpp"
#include "sync/registry/ledger.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant::registry {

enum class Scope {
    people,    ///< GET /v1/people
    import,    ///< POST /v1/people:import
    reports,   ///< GET /v1/reports/{name}
    conflicts, ///< GET /v1/conflicts
    metrics,   ///< GET /metrics
};
inline constexpr std::array all_scopes{Scope::people, Scope::import, Scope::reports, Scope::conflicts,
                                       Scope::metrics};
[[nodiscard]] std::string_view name_of(Scope scope);
[[nodiscard]] std::optional<Scope> scope_from(std::string_view name);

struct Token {
    std::string name;
    std::set<Scope> scopes;
    crypto::Hash hash{};
    WallTime made;
};

class Tokens {
public:
    static constexpr std::string_view setting_name = "registry.tokens";
    static constexpr std::size_t tokens_max = 100;
    static constexpr std::size_t name_bytes_max = 32;

    [[nodiscard]] static Result<Tokens> load(Ledger& ledger);

    /// The token itself, "mbt_" and 32 characters, shown once.
    [[nodiscard]] Result<std::string> add(Ledger& ledger, const std::string& name, std::set<Scope> scopes,
                                          WallTime now, Random& random);
    [[nodiscard]] Result<> revoke(Ledger& ledger, const std::string& name);
    /// Of the value of an Authorization header; nullptr when it holds no token of this registry.
    [[nodiscard]] const Token* find(std::string_view authorization) const;
    [[nodiscard]] const std::vector<Token>& all() const { return tokens_; }

private:
    using Edit = std::function<Result<>(std::vector<Token>& now)>;
    /// Over what the ledger says now; nothing of a failed edit stays.
    [[nodiscard]] Result<> change(Ledger& ledger, const Edit& edit);
    [[nodiscard]] Result<> read(const std::string& text);
    [[nodiscard]] std::string text() const;

    std::vector<Token> tokens_; ///< by name
};

} // namespace montbrillant::registry
