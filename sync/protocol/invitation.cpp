// SPDX-License-Identifier: Apache-2.0
#include "sync/protocol/invitation.hpp"

#include <fmt/format.h>
#include <map>

namespace montbrillant::protocol {
namespace {

constexpr std::size_t key_start_bytes = 10;
constexpr std::size_t group = 4;

bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string percent_encoded(std::string_view text)
{
    std::string out;
    for (const char c : text)
        out += is_unreserved(c)
                   ? std::string(1, c)
                   : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    return out;
}

std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = from_hex(text.substr(i + 1, 2));
        if (!byte || byte->size() != 1)
            return std::nullopt;
        out += to_text(*byte);
        i += 2;
    }
    return out;
}

/// What a person may have typed: lower case, other spacing, O for 0.
std::string plain(std::string_view typed)
{
    std::string out;
    for (const char c : typed) {
        if (const int value = crockford_value(c); value >= 0)
            out += crockford_alphabet[static_cast<std::size_t>(value)];
    }
    return out;
}

std::string key_start_of(const tls::Pin& pin) { return to_crockford(BytesView(pin).first(key_start_bytes)); }

tl::unexpected<Error> no_invitation(std::string what)
{
    return fail(ErrorKind::input, std::move(what), "invitation",
                "print a new one with: montbrillant-registry enrol-token --qr F.png");
}

/// The first of each name counts.
Result<std::map<std::string, std::string>> invitation_parameters(std::string_view query)
{
    std::map<std::string, std::string> out;
    while (!query.empty()) {
        const auto one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), one.size() + 1));
        const auto equals = one.find('=');
        const auto value = percent_decoded(equals == std::string_view::npos ? "" : one.substr(equals + 1));
        if (!value)
            return no_invitation("is damaged");
        out.emplace(one.substr(0, equals), *value);
    }
    return out;
}

} // namespace

std::string write_invitation(const Invitation& invitation)
{
    auto out = fmt::format("{}url={}&token={}", invitation_scheme, percent_encoded(invitation.url),
                           percent_encoded(plain(invitation.token)));
    if (invitation.pin)
        out += "&pin=" + tls::write_pin(*invitation.pin);
    return out;
}

bool is_invitation(std::string_view text) { return text.starts_with(invitation_scheme); }

Result<Invitation> read_invitation(std::string_view text)
{
    if (!is_invitation(text) || text.size() > invitation_bytes_max)
        return no_invitation("is not the text of an enrolment's QR code");
    MB_TRY(auto values, invitation_parameters(text.substr(invitation_scheme.size())));
    Invitation invitation{values["url"], plain(values["token"]), {}, {}};
    if (invitation.url.empty() || invitation.token.size() != token_characters)
        return no_invitation("lacks an address or a token");
    if (const auto pin = values.find("pin"); pin != values.end()) {
        invitation.pin = tls::read_pin(pin->second);
        if (!invitation.pin)
            return no_invitation("has no key of a registry that can be read");
    }
    return invitation;
}

std::string typed_token(std::string_view token, const std::optional<tls::Pin>& pin)
{
    const auto all = plain(token) + (pin ? key_start_of(*pin) : "");
    std::string out;
    for (std::size_t at = 0; at < all.size(); at += group)
        out += (out.empty() ? "" : "-") + all.substr(at, group);
    return out;
}

Result<Invitation> read_typed(const std::string& url, std::string_view typed)
{
    const auto all = plain(typed);
    if (typed.size() > invitation_bytes_max ||
        (all.size() != token_characters && all.size() != 2 * token_characters))
        return fail(ErrorKind::input, "is no token: 16 or 32 letters and digits were expected",
                    std::string(typed.substr(0, invitation_bytes_max)), "type it as it was printed");
    return Invitation{url, all.substr(0, token_characters), {}, all.substr(token_characters)};
}

bool starts_with_key(const tls::Pin& pin, std::string_view key_start)
{
    return key_start == key_start_of(pin);
}

} // namespace montbrillant::protocol
