// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The event profile: everything the suite knows about one meeting, from a TOML file that the event manager
/// writes (sync/domain/events/sg20-2017.toml is the sample and the reference of the format). Nothing else in
/// the code knows a meeting. Loaded strictly: a missing, mistyped, unknown or senseless key is an error that
/// names file, line, column and what was expected. A loaded profile is a value and never changes; any thread
/// may read it.

#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/language.hpp"
#include "sync/base/result.hpp"
#include "sync/domain/people/local_time.hpp"
#include "sync/domain/person.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// One text in the six languages; in a loaded profile none is empty.
struct SixTexts {
    std::array<std::string, all_languages.size()> texts;

    [[nodiscard]] const std::string& in(Language language) const
    {
        return texts[static_cast<std::size_t>(language)];
    }
    [[nodiscard]] std::string& in(Language language) { return texts[static_cast<std::size_t>(language)]; }
    friend bool operator==(const SixTexts&, const SixTexts&) = default;
};

/// Who releases a self check-in (`identity`): staff after looking at the photo ID, or nobody.
enum class IdentityCheck { staff, self };

/// A State or another body that takes part; `category` is what its delegates usually are.
struct Delegation {
    std::string code; ///< "FRA" (ISO 3166-1 alpha-3) or the body's own, 2 to 12 of A-Z 0-9 -
    Category category = Category::member_state;
    /// Least developed or low-income: may have up to two partial fellowships, and trainees of BSG courses.
    bool fellowships = false;
    bool developing = false; ///< its delegates may enrol for training for developing countries
    SixTexts names;
};

/// When the registration desk is open; shown, never enforced.
struct OpeningHours {
    LocalDate day;
    TimeOfDay from;
    TimeOfDay until;
};

struct Session {
    SessionId id;
    SixTexts title;
    std::string room; ///< "Popov", "K2"; the same in all languages
    LocalDate day;
    TimeOfDay from;
    TimeOfDay until;
    /// Only people with this flag are on the attendance list; none: everybody may come.
    std::optional<Flag> eligible;
};

struct Deadline {
    LocalDate day;
    SixTexts text;
};

/// A card of the *Today* screen: printers, transport, ...
struct Notice {
    std::string id; ///< "e-print", "transport": chooses the icon
    SixTexts title;
    SixTexts text;
};

struct Wifi {
    std::string ssid;       ///< 1 to 32 bytes (IEEE 802.11); empty: no Wi-Fi card
    std::string passphrase; ///< 8 to 63 printable ASCII (WPA2); empty: open network
};

struct Contact {
    std::string mail;
    std::string phone; ///< may be empty
    SixTexts place;    ///< "entrance of the Montbrillant building"
};

/// Name search on public glass.
struct PublicSearch {
    int letters_min = 2; ///< 1 to 6; Han counts as enough with one
    bool mask = true;    ///< show "M*** D****" instead of the name
    int rows_max = 5;    ///< over so many hits no row is shown
};

struct LaptopTerms {
    int offer_minutes = 10; ///< desk minutes that an offer stands
    int misses_max = 3;     ///< the third miss ends the place in the queue
    std::vector<std::string> accessories;
    SixTexts text; ///< what the borrower accepts by touch
};

struct LockerTerms {
    int per_delegate = 1;
    int reopen_minutes = 30; ///< how long the previous holder's tap reopens a door given back
};

struct Printing {
    std::string layout = "a6"; ///< name of the badge layout
    bool wifi_on_back = true;
    bool native_name = true;    ///< the name in its own script beside the Latin one
    bool newcomer_mark = false; ///< the fellow flag never shows
};

/// Kinds of card accepted (../research/rfid-and-lockers.md): 0 = UID only, 1 = NTAG with a signed token,
/// 2 = DESFire. `tier_min` 0 accepts every card.
struct CardTerms {
    int tier_min = 0;
};

struct Privacy {
    std::string controller; ///< who answers for the data, named on the "i" page
    int erase_days = 30;    ///< after the last day
};

struct EventProfile {
    EventId id;
    SixTexts title;
    std::string study_group; ///< "ITU-T Study Group 20"
    std::string chair;
    SixTexts place;
    std::string time_zone; ///< IANA name
    LocalDate first_day;
    LocalDate last_day;
    TimeOfDay opening; ///< of the first day
    std::vector<OpeningHours> registration_hours;
    std::string desk; ///< the desk that tickets send people to: "B"
    IdentityCheck identity = IdentityCheck::staff;
    PublicSearch search;
    LockerTerms lockers;
    LaptopTerms laptops;
    CardTerms cards;
    Printing printing;
    Wifi wifi;
    std::string documents_address; ///< https://..., shown as text and QR
    Contact registration;
    Contact service_desk;
    Privacy privacy;
    std::string accent; ///< "#0B5394"
    std::array<SixTexts, 8> category_names;
    std::vector<Delegation> delegations; ///< sorted by code
    std::vector<Session> sessions;       ///< sorted by day, time, id
    std::vector<Deadline> deadlines;     ///< sorted by day
    std::vector<Notice> notices;

    [[nodiscard]] WallTime opening_at() const;
    /// When codes of this event end to be valid: midnight after the last day, at the place.
    [[nodiscard]] WallTime ends_at() const;
    [[nodiscard]] const SixTexts& name_of(Category category) const
    {
        return category_names[static_cast<std::size_t>(category)];
    }
    /// nullptr when there is none.
    [[nodiscard]] const Delegation* delegation(std::string_view code) const;
    [[nodiscard]] const Session* session(const SessionId& session) const;
    [[nodiscard]] std::vector<const Session*> sessions_on(LocalDate day) const;
    /// The name to show: the delegation's in `language`, or the code itself when it is unknown.
    [[nodiscard]] std::string delegation_name(std::string_view code, Language language) const;
};

/// `file` names the text in errors.
[[nodiscard]] Result<EventProfile> load_event_profile(std::string_view text, const std::string& file);

} // namespace montbrillant
