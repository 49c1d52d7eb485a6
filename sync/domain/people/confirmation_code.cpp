// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/confirmation_code.hpp"

#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <array>

namespace montbrillant {
namespace {

constexpr std::string_view qr_family = "MB";
constexpr std::string_view qr_prefix = "MB1:";
constexpr std::size_t typed_bytes_max = 64;
constexpr std::size_t id_bytes_max = 32;
constexpr std::size_t signature_bytes = 64;
constexpr std::string_view ellipsis = "…";
/// Base45 makes three characters of two bytes and two of one: what 296 characters hold.
constexpr std::size_t qr_bytes_max = (SignedConfirmation::characters_max - qr_prefix.size()) / 3 * 2 + 1;
static_assert((SignedConfirmation::characters_max - qr_prefix.size()) % 3 == 2 && qr_bytes_max <= 256);

/// Multiplication by x in GF(32) = GF(2)[x] / (x^5 + x^2 + 1).
constexpr int times_x(int value) { return ((value << 1) ^ ((value & 0x10) != 0 ? 0x25 : 0)) & 0x1F; }

/// Leaves what a person means: no spaces, hyphens or dashes (U+2010..2015, no-break space).
std::string without_separators(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = text.substr(i);
        if (rest.starts_with("\xC2\xA0")) {
            i += 1;
        } else if (rest.size() >= 3 && rest.starts_with("\xE2\x80") && rest[2] >= '\x90' &&
                   rest[2] <= '\x95') {
            i += 2;
        } else if (std::string_view(" -\t\r\n").find(text[i]) == std::string_view::npos) {
            out += text[i];
        }
    }
    return out;
}

std::string_view without_line_ends(std::string_view text)
{
    constexpr std::string_view suffixes = "\r\n\t";
    const auto first = text.find_first_not_of(suffixes);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(suffixes) - first + 1);
}

void put_u32(Bytes& out, std::uint32_t value)
{
    for (unsigned shift = 32; shift > 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
}

void put_text(Bytes& out, std::string_view text)
{
    out.push_back(static_cast<std::uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
}

/// Takes fields off the front; asking for more than there is spoils it for good.
class Reader {
public:
    explicit Reader(BytesView bytes) : rest_(bytes) {}

    std::uint32_t number(std::size_t bytes)
    {
        std::uint32_t value = 0;
        for (const auto byte : take(bytes))
            value = value << 8U | byte;
        return value;
    }
    std::string text() { return to_text(take(number(1))); }
    [[nodiscard]] bool whole() const { return good_ && rest_.empty(); }

private:
    BytesView take(std::size_t bytes)
    {
        if (bytes > rest_.size()) {
            good_ = false;
            return {};
        }
        const BytesView out = rest_.first(bytes);
        rest_ = rest_.subspan(bytes);
        return out;
    }

    BytesView rest_;
    bool good_ = true;
};

std::string shortened(std::string_view text, std::size_t bytes_max)
{
    if (text.size() <= bytes_max)
        return std::string(text);
    if (bytes_max < ellipsis.size())
        return {};
    return std::string(unicode::cut(text, bytes_max - ellipsis.size())).append(ellipsis);
}

/// The name goes first; the organization keeps a third of the room.
void fit(SignedConfirmation& code)
{
    constexpr std::size_t fixed = 1 + 4 + 4 + 1 + 1 + 4 + signature_bytes;
    const std::size_t room = qr_bytes_max - fixed - code.event.str().size() - code.delegate.str().size();
    code.badge_name = shortened(code.badge_name, room - std::min(code.organization.size(), room / 3));
    code.organization = shortened(code.organization, room - code.badge_name.size());
}

Bytes signed_message(BytesView body)
{
    Bytes message(qr_prefix.size() + body.size());
    const auto rest = std::copy(qr_prefix.begin(), qr_prefix.end(), message.begin());
    std::copy(body.begin(), body.end(), rest);
    return message;
}

/// The bytes behind the prefix. A damaged last group is how a cut code looks.
CodeResult<Bytes> decode(std::string_view text)
{
    if (auto bytes = from_base45(text))
        return std::move(*bytes);
    const std::size_t groups = text.size() / 3 * 3;
    return tl::unexpected(groups < text.size() && from_base45(text.substr(0, groups)) ? CodeFault::truncated
                                                                                      : CodeFault::garbled);
}

struct Parsed {
    SignedConfirmation code;
    std::uint32_t key_id{};
    BytesView body;
    BytesView signature;
};

CodeResult<Parsed> parse_body(BytesView bytes)
{
    if (bytes.empty() || bytes.size() < bytes[0] + std::size_t{1})
        return tl::unexpected(CodeFault::truncated);
    if (bytes.size() > bytes[0] + std::size_t{1} || bytes.size() < signature_bytes + 1)
        return tl::unexpected(CodeFault::garbled);
    Parsed out;
    out.body = bytes.first(bytes.size() - signature_bytes);
    out.signature = bytes.last(signature_bytes);
    Reader reader(out.body.subspan(1));
    out.key_id = reader.number(4);
    out.code.expires = {std::int64_t{reader.number(4)} * 1000};
    const std::uint32_t category = reader.number(1);
    const std::uint32_t language = reader.number(1);
    out.code.event = EventId(reader.text());
    out.code.delegate = DelegateId(reader.text());
    out.code.badge_name = reader.text();
    out.code.organization = reader.text();
    if (!reader.whole() || category > static_cast<std::uint32_t>(Category::press) ||
        language >= all_languages.size())
        return tl::unexpected(CodeFault::garbled);
    out.code.category = static_cast<Category>(category);
    out.code.language = static_cast<Language>(language);
    return out;
}

bool sound_id(const std::string& id) { return !id.empty() && id.size() <= id_bytes_max; }

} // namespace

std::string_view name_of(CodeFault fault)
{
    switch (fault) {
    case CodeFault::garbled: return "garbled";
    case CodeFault::truncated: return "truncated";
    case CodeFault::oversized: return "oversized";
    case CodeFault::mistyped: return "mistyped";
    case CodeFault::forged: return "forged";
    case CodeFault::other_meeting: return "other_meeting";
    case CodeFault::expired: return "expired";
    case CodeFault::badge_id: return "badge_id";
    case CodeFault::unknown_version: return "unknown_version";
    }
    return {};
}

Error error_of(CodeFault fault)
{
    const auto refused = [](std::string what, std::string remedy) {
        return Error{ErrorKind::refused, std::move(what), "confirmation code", std::move(remedy)};
    };
    switch (fault) {
    case CodeFault::garbled: return refused("this is no confirmation code", "search by name");
    case CodeFault::truncated: return refused("the code is not complete", "scan it again or search by name");
    case CodeFault::oversized: return refused("the text is longer than any code", "search by name");
    case CodeFault::mistyped: return refused("a character is wrong", "compare it with the confirmation");
    case CodeFault::forged:
        return refused("the code is not signed by this event's registry", "look at the photo ID and letter");
    case CodeFault::other_meeting: return refused("the code belongs to another meeting", "search by name");
    case CodeFault::expired: return refused("the code has expired", "search by name");
    case CodeFault::badge_id:
        return refused("this is the code of a badge, not a confirmation", "scan the confirmation");
    case CodeFault::unknown_version:
        return refused("the code was made by a later version", "update this kiosk, or search by name");
    }
    return {};
}

int short_code_check(std::span<const int> values)
{
    int sum = 0;
    for (const int value : values)
        sum = times_x(sum ^ value);
    return sum;
}

CodeResult<ShortCode> ShortCode::parse(std::string_view text)
{
    if (text.size() > typed_bytes_max)
        return tl::unexpected(CodeFault::oversized);
    if (badge_id_from(text))
        return tl::unexpected(CodeFault::badge_id);
    std::string plain;
    std::array<int, characters - 1> values{};
    int check = -1;
    for (const char c : without_separators(text)) {
        const int value = crockford_value(c);
        if (value < 0)
            return tl::unexpected(CodeFault::garbled);
        if (plain.size() < values.size())
            values[plain.size()] = value;
        check = value;
        plain += crockford_alphabet[static_cast<std::size_t>(value)];
    }
    if (plain.size() != characters)
        return tl::unexpected(plain.size() < characters ? CodeFault::truncated : CodeFault::oversized);
    if (check != short_code_check(values))
        return tl::unexpected(CodeFault::mistyped);
    return ShortCode(std::move(plain));
}

ShortCode ShortCode::derive(const crypto::Key& key, const EventId& event, const DelegateId& delegate)
{
    std::string message = "montbrillant short code 1";
    message.append(1, '\0').append(event.str()).append(1, '\0').append(delegate.str());
    const crypto::Hash hash = crypto::blake2b_keyed(key, as_bytes(message));
    std::string text = to_crockford(hash).substr(0, characters - 1);
    std::array<int, characters - 1> values{};
    std::transform(text.begin(), text.end(), values.begin(), crockford_value);
    text += crockford_alphabet[static_cast<std::size_t>(short_code_check(values))];
    return ShortCode(std::move(text));
}

std::string ShortCode::printed() const { return text_.substr(0, 5) + "-" + text_.substr(5); }

ConfirmationKey confirmation_key(const crypto::PublicKey& key)
{
    const crypto::Hash hash = crypto::blake2b(key);
    return {Reader(hash).number(4), key};
}

Result<std::string> mint_qr(const SignedConfirmation& wanted, const crypto::KeyPair& signing_key)
{
    const std::string where = "confirmation code";
    if (!sound_id(wanted.event.str()) || !sound_id(wanted.delegate.str()))
        return fail(ErrorKind::input, "event and registration id must have 1 to 32 bytes", where);
    for (const auto* text :
         {&wanted.event.str(), &wanted.delegate.str(), &wanted.badge_name, &wanted.organization}) {
        if (unicode::first_bad_byte(*text))
            return fail(ErrorKind::input, "a text is not UTF-8", where);
    }
    if (wanted.expires.ms < 0 || wanted.expires.ms / 1000 > std::int64_t{UINT32_MAX})
        return fail(ErrorKind::input, "the expiry must be between 1970 and 2106", where);
    SignedConfirmation fitted = wanted;
    fit(fitted);
    const SignedConfirmation& code = fitted;
    Bytes body{0};
    put_u32(body, confirmation_key(signing_key.public_key).id);
    put_u32(body, static_cast<std::uint32_t>(code.expires.ms / 1000));
    body.push_back(static_cast<std::uint8_t>(code.category));
    body.push_back(static_cast<std::uint8_t>(code.language));
    for (const auto* text : {&code.event.str(), &code.delegate.str(), &code.badge_name, &code.organization})
        put_text(body, *text);
    body[0] = static_cast<std::uint8_t>(body.size() - 1 + signature_bytes);
    const auto signature = crypto::sign(signing_key.secret_key, signed_message(body));
    body.insert(body.end(), signature.begin(), signature.end());
    return std::string(qr_prefix).append(to_base45(body));
}

CodeResult<SignedConfirmation> verify_qr(std::string_view text, std::span<const ConfirmationKey> keys,
                                         const EventId& event, std::optional<WallTime> now)
{
    // The line end of a scanner comes on top of the longest code; nothing longer is even looked at.
    if (text.size() > SignedConfirmation::characters_max + 4)
        return tl::unexpected(CodeFault::oversized);
    text = without_line_ends(text);
    if (text.size() > SignedConfirmation::characters_max)
        return tl::unexpected(CodeFault::oversized);
    if (badge_id_from(text))
        return tl::unexpected(CodeFault::badge_id);
    if (!text.starts_with(qr_prefix)) {
        if (!text.empty() && qr_prefix.starts_with(text))
            return tl::unexpected(CodeFault::truncated);
        const bool other = text.size() > 3 && text.starts_with(qr_family) && text[2] >= '2' &&
                           text[2] <= '9' && text[3] == ':';
        return tl::unexpected(other ? CodeFault::unknown_version : CodeFault::garbled);
    }
    const auto bytes = decode(text.substr(qr_prefix.size()));
    if (!bytes)
        return tl::unexpected(bytes.error());
    auto parsed = parse_body(*bytes);
    if (!parsed)
        return tl::unexpected(parsed.error());
    // Another meeting's key is not known here, so its codes are told by their word alone.
    if (parsed->code.event != event)
        return tl::unexpected(CodeFault::other_meeting);
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.id == parsed->key_id; });
    if (key == keys.end() || !crypto::verify(key->key, signed_message(parsed->body), parsed->signature))
        return tl::unexpected(CodeFault::forged);
    if (now && parsed->code.expires <= *now)
        return tl::unexpected(CodeFault::expired);
    return std::move(parsed->code);
}

std::optional<BadgeId> badge_id_from(std::string_view text)
{
    constexpr std::size_t random_characters = 20;
    if (text.size() > typed_bytes_max)
        return std::nullopt;
    text = without_line_ends(text);
    if (text.size() != random_characters + 1 || (text[0] != 'B' && text[0] != 'b'))
        return std::nullopt;
    std::string id = "B";
    for (const char c : text.substr(1)) {
        const int value = crockford_value(c);
        if (value < 0)
            return std::nullopt;
        id += crockford_alphabet[static_cast<std::size_t>(value)];
    }
    return BadgeId(std::move(id));
}

ScannedText classify(std::string_view text)
{
    if (text.size() > SignedConfirmation::characters_max + 4)
        return ScannedText::foreign;
    if (badge_id_from(text))
        return ScannedText::badge_id;
    const std::string_view bare = without_line_ends(text);
    if (bare.size() > 3 && bare.starts_with(qr_family) && bare[2] >= '1' && bare[2] <= '9' && bare[3] == ':')
        return ScannedText::qr_confirmation;
    return ShortCode::parse(text) ? ScannedText::short_code : ScannedText::foreign;
}

} // namespace montbrillant
