// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/tokens.hpp"

#include "sync/base/json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

constexpr std::string_view bearer = "Bearer ";
constexpr std::string_view mark = "mbt_"; ///< so that people and scanners of left-overs know what it is
constexpr std::size_t secret_bytes = 20;

Result<Token> token_from(const Json& object)
{
    Token token;
    token.name = json_text_or(object, "name", "");
    MB_TRY(token.hash, crypto::key_from_hex(json_text_or(object, "hash", ""), "token"));
    token.made = {json_int_or(object, "made", 0)};
    for (const auto& item : object.value("scopes", Json::array())) {
        if (const auto scope = item.is_string() ? scope_from(item.get<std::string>()) : std::nullopt)
            token.scopes.insert(*scope);
    }
    return token;
}

} // namespace

std::string_view name_of(Scope scope)
{
    switch (scope) {
    case Scope::people: return "people";
    case Scope::import: return "import";
    case Scope::reports: return "reports";
    case Scope::conflicts: return "conflicts";
    case Scope::metrics: return "metrics";
    }
    return {};
}

std::optional<Scope> scope_from(std::string_view name)
{
    const auto* const found =
        std::find_if(all_scopes.begin(), all_scopes.end(), [name](Scope s) { return name_of(s) == name; });
    return found == all_scopes.end() ? std::nullopt : std::optional(*found);
}

Result<Tokens> Tokens::load(Ledger& ledger)
{
    Tokens tokens;
    MB_TRY(const auto text, ledger.setting(setting_name));
    if (text)
        MB_CHECK(tokens.read(*text));
    return tokens;
}

Result<> Tokens::read(const std::string& text)
{
    MB_TRY(const Json list, parse_json(text, "the list of tokens"));
    for (const auto& item : list) {
        MB_TRY(auto token, token_from(item));
        tokens_.push_back(std::move(token));
    }
    return {};
}

std::string Tokens::text() const
{
    Json list = Json::array();
    for (const auto& token : tokens_) {
        Json scopes = Json::array();
        for (const auto scope : token.scopes)
            scopes.push_back(name_of(scope));
        list.push_back({{"name", token.name},
                        {"hash", to_hex(token.hash)},
                        {"made", token.made.ms},
                        {"scopes", std::move(scopes)}});
    }
    return dump_json(list);
}

Result<> Tokens::change(Ledger& ledger, const Edit& edit)
{
    Tokens next;
    const auto over = [&](const std::optional<std::string>& now) -> Result<std::string> {
        next = Tokens();
        if (now)
            MB_CHECK(next.read(*now));
        MB_CHECK(edit(next.tokens_));
        return next.text();
    };
    MB_CHECK(ledger.revise(setting_name, over));
    *this = std::move(next);
    return {};
}

Result<std::string> Tokens::add(Ledger& ledger, const std::string& name, std::set<Scope> scopes, WallTime now,
                                Random& random)
{
    const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (name.empty() || name.size() > name_bytes_max || !printable)
        return fail(ErrorKind::input, "a token's name is 1 to 32 letters, digits or marks", "--name");
    if (scopes.empty())
        return fail(ErrorKind::input, "a token needs a scope", "--scope");
    std::array<std::uint8_t, secret_bytes> secret{};
    random.fill(secret);
    const auto token = fmt::format("{}{}", mark, to_crockford(secret));
    const Token made{name, std::move(scopes), crypto::blake2b(as_bytes(token)), now};
    MB_CHECK(change(ledger, [&](std::vector<Token>& list) -> Result<> {
        if (std::any_of(list.begin(), list.end(), [&](const Token& t) { return t.name == name; }))
            return fail(ErrorKind::refused, fmt::format("there is a token {} already", name), "--name",
                        fmt::format("choose another name, or: montbrillant-registry token revoke {}", name));
        if (list.size() >= tokens_max)
            return fail(ErrorKind::refused, fmt::format("there are {} tokens already", tokens_max), {},
                        "revoke one");
        list.push_back(made);
        std::sort(list.begin(), list.end(), [](const Token& a, const Token& b) { return a.name < b.name; });
        return {};
    }));
    return token;
}

Result<> Tokens::revoke(Ledger& ledger, const std::string& name)
{
    return change(ledger, [&name](std::vector<Token>& list) -> Result<> {
        if (std::erase_if(list, [&name](const Token& t) { return t.name == name; }) == 0)
            return fail(ErrorKind::refused, fmt::format("there is no token {}", name), {},
                        "see montbrillant-registry token list");
        return {};
    });
}

const Token* Tokens::find(std::string_view authorization) const
{
    if (!authorization.starts_with(bearer))
        return nullptr;
    const auto hash = crypto::blake2b(as_bytes(authorization.substr(bearer.size())));
    const auto found =
        std::find_if(tokens_.begin(), tokens_.end(), [&hash](const Token& t) { return t.hash == hash; });
    return found == tokens_.end() ? nullptr : &*found;
}

} // namespace montbrillant::registry
