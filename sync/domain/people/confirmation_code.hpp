// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The two forms of a delegate's confirmation, and what else people hold under a scanner.
///
/// Short code, to be typed: nine Crockford base-32 characters (45 bits of a keyed BLAKE2b over event and
/// delegate, so that minting twice gives the same) and a check character; printed "XXXXX-XXXXX". The check is
/// the one-symbol Reed-Solomon parity over GF(32) with x^5 + x^2 + 1: the sum of a^(9-i) * v(i) over all ten
/// characters is zero, a = x. The ten weights are different and not zero, therefore every single wrong
/// character and every swap of two characters, neighbours or not, is noticed. 45 bits make two equal codes
/// among 10,000 people an event of about 1 in 700,000; whoever stores codes keeps them unique.
///
/// QR code: the text "MB1:" and base45 (RFC 9285, QR alphanumeric mode) of, with integers big-endian,
///
///     size     u8   of all that follows
///     key id   u32  which of the registry's keys signed
///     expiry   u32  seconds since 1970-01-01 UTC
///     category u8   enum Category
///     language u8   enum Language
///     event, delegate, badge name, organization: each u8 length and UTF-8
///     signature     64 bytes, Ed25519 over "MB1:" and every byte before it
///
/// at most 300 characters: badge name and organization are shortened at a code point, with an ellipsis, where
/// they do not fit. Everything here is pure; texts may come from anybody.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/language.hpp"
#include "sync/base/result.hpp"
#include "sync/base/sodium.hpp"
#include "sync/domain/person.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace montbrillant {

/// Why a text is no confirmation. The delegate reads "this code can't be read"; staff see which.
enum class CodeFault {
    garbled,         ///< not a code of ours, or damaged
    truncated,       ///< the beginning of a code
    oversized,       ///< longer than any code; nothing of it was read
    mistyped,        ///< short code: the check character does not fit
    forged,          ///< not signed by this event's registry
    other_meeting,   ///< a code of another event
    expired,         ///< was good until its expiry
    badge_id,        ///< the QR of a badge, which is no confirmation
    unknown_version, ///< made by a later version of the suite
};
/// "mistyped", for logs and JSON.
[[nodiscard]] std::string_view name_of(CodeFault fault);
/// A refusal in words for staff.
[[nodiscard]] Error error_of(CodeFault fault);

template <class T> using CodeResult = tl::expected<T, CodeFault>;

/// Ten characters whose check fits.
class ShortCode {
public:
    /// Forgives lower case, spaces, hyphens and dashes, O for 0, I and L for 1. Faults: garbled, truncated,
    /// oversized, mistyped, badge_id.
    [[nodiscard]] static CodeResult<ShortCode> parse(std::string_view text);
    /// The same for the same arguments, for ever. `key` is the event's code key.
    [[nodiscard]] static ShortCode derive(const crypto::Key& key, const EventId& event,
                                          const DelegateId& delegate);

    /// "7K3QX-M40ZT", as it is printed.
    [[nodiscard]] std::string printed() const;
    /// "7K3QXM40ZT", as it is stored and compared.
    [[nodiscard]] const std::string& str() const { return text_; }
    /// What a delegate found by name types to prove that the registration is theirs.
    [[nodiscard]] std::string_view last_four() const { return std::string_view(text_).substr(6); }
    friend bool operator==(const ShortCode&, const ShortCode&) = default;

    static constexpr std::size_t characters = 10;

private:
    explicit ShortCode(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// The check character of nine values 0..31, as a value.
[[nodiscard]] int short_code_check(std::span<const int> values);

/// A key whose signatures are accepted. The id is derived from the key (first four bytes of its BLAKE2b).
struct ConfirmationKey {
    std::uint32_t id{};
    crypto::PublicKey key{};
};
[[nodiscard]] ConfirmationKey confirmation_key(const crypto::PublicKey& key);

/// What a QR code says; enough to check in a person whom this kiosk does not know yet.
struct SignedConfirmation {
    EventId event;
    DelegateId delegate;
    std::string badge_name;
    std::string organization;
    Category category = Category::member_state;
    Language language = Language::en;
    WallTime expires;
    friend bool operator==(const SignedConfirmation&, const SignedConfirmation&) = default;

    static constexpr std::size_t characters_max = 300;
};

/// Refuses ids that are empty or longer than 32 bytes, texts that are not UTF-8, and an expiry outside
/// 1970..2106.
[[nodiscard]] Result<std::string> mint_qr(const SignedConfirmation& code, const crypto::KeyPair& signing_key);

/// `keys`: the event's, two while they rotate. `now`: none when the clock cannot be trusted; then an expiry
/// is not judged. Line ends and tabs around the text (a scanner's suffix) are ignored.
[[nodiscard]] CodeResult<SignedConfirmation> verify_qr(std::string_view text,
                                                       std::span<const ConfirmationKey> keys,
                                                       const EventId& event, std::optional<WallTime> now);

/// The id in a badge's own QR, in its written form; nothing when the text is none.
[[nodiscard]] std::optional<BadgeId> badge_id_from(std::string_view text);

/// What a scanned or typed text is by its looks. `foreign` is everything else: a code of the organizer's own
/// system, a name, nonsense. A text that has the form of a short code but not its check is foreign too: it
/// may be a name of ten letters.
enum class ScannedText { qr_confirmation, short_code, badge_id, foreign };
[[nodiscard]] ScannedText classify(std::string_view text);

} // namespace montbrillant
