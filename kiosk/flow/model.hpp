// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a kiosk shows and waits for, as one value. Every journey is `update(Model, Msg, now)` (update.hpp);
/// the screens draw a Model and nothing else. No pointers into the outside world: copies are cheap enough and
/// safe. Times are monotonic. Holds personal data of the one person in front of the glass, and is replaced by
/// a fresh Model when the session ends.

#include "kiosk/flow/pin.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"
#include "sync/base/language.hpp"
#include "sync/domain/person.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace montbrillant::flow {

/// One text in each of the six languages, in the order of `all_languages`.
struct Texts {
    std::array<std::string, all_languages.size()> in;

    [[nodiscard]] const std::string& get(Language language) const
    {
        return in[static_cast<std::size_t>(language)];
    }
};

enum class Screen {
    attract,       ///< the poster of the meeting; waits for a scan, a touch or a card
    search,        ///< type the name or the code
    verify_code,   ///< a name alone issues nothing: last four characters of the code
    confirm,       ///< is this you? with the real badge
    staff_release, ///< show your photo ID; staff tap their badge
    printing,      ///< the badge prints; a card may be tapped meanwhile
    take_card,     ///< printed; take a blank card and place it on the light
    done,          ///< welcome
    locker,        ///< see LockerStep
    desk_ticket,   ///< please go to desk B, number K2-17
    staff_sign_in, ///< PIN after a staff badge
    staff_menu,    ///< what staff can do here
    lend,          ///< see LendStep
    take_back,     ///< scan the tag of a laptop that comes back
    help,          ///< staff have been called
    info,          ///< what is recorded, who sees it, when it is erased
    language,      ///< choose one of six
};

/// Where a message came from or a screen wants to go: everything a finger can press besides keys, rows,
/// languages and digits.
enum class Button {
    start_search, ///< attract: "Type your name"
    back,
    end_session, ///< "I am finished", "Cancel": wipes everything
    open_language,
    open_info,
    call_staff,
    more_time,   ///< the timeout dialog's primary action
    confirm_yes, ///< this is me, print my badge
    confirm_not_me,
    please_correct,
    verify_submit,   ///< verify_code: the four characters are typed
    card_later,      ///< take_card: no card now
    locker_wanted,   ///< done: a locker, please
    locker_low_door, ///< a low door, please
    locker_keep,
    locker_give_back,
    locker_is_empty, ///< answers "Is it empty?"
    locker_again,    ///< open it once more (asks for a new tap)
    pin_erase,
    pin_submit,
    staff_lend,
    staff_take_back,
    staff_lock,
    lend_accept,        ///< the delegate accepts the terms
    take_back_complete, ///< everything is there
    take_back_faulty,
    large_text,
    high_contrast,
    lowered, ///< everything to touch in the lower part
};

/// The part of the kiosk that a screen points at.
enum class Part { none, scanner, printer_slot, card_tray, reader };

enum class Device { reader, printer, bank, registry };
inline constexpr std::size_t device_count = 4;

/// `words` are for staff, in English: thing, place, remedy. Delegates see the screen's own sentence.
struct DeviceHealth {
    enum class State { absent, ok, trouble };
    State state = State::absent;
    std::string words;
    friend bool operator==(const DeviceHealth&, const DeviceHealth&) = default;
};

struct Wifi {
    std::string ssid;
    std::string passphrase;
};

/// What is fixed for the life of the process, from the kiosk's configuration and the event profile.
struct Settings {
    DeviceId device;
    Language language = Language::en; ///< at rest, before anybody chose
    Texts event_title;
    Texts event_place;
    std::string today; ///< ISO 8601 date of the event's zone at start-up; refreshed by Tick
    std::string desk{"B"};
    bool check_in = true;          ///< role entrance
    bool lockers = true;           ///< this kiosk has a locker bank
    bool service_desk = true;      ///< laptops are lent here
    bool identity_by_staff = true; ///< the profile's identity = "staff"
    bool mask_rows = true;
    std::size_t letters_min = 2;
    Wifi wifi;
    std::string documents_address;
    Texts laptop_terms;                          ///< what the borrower accepts by touch
    std::vector<std::string> laptop_accessories; ///< for staff to tick: "power supply"
    Millis idle{45000};
    Millis idle_warning{20000};
    Millis done_stays{8000};
    Millis id_seen_valid{900000};
    double px_per_mm = 3.6;
};

/// The person in front of the glass, as far as the screens need it.
struct PersonView {
    DelegateId id;
    std::string name;       ///< native script
    std::string badge_name; ///< Latin
    std::string organization;
    Texts delegation;
    Texts category_word;
    Category category = Category::member_state;
    Language language = Language::en;
    bool newcomer = false;
    bool bsg_trainee = false;
    bool accessible = false;
    bool provisional = false; ///< known from the signed code alone
};

/// A row of the search, masked already where the profile says so.
struct SearchRow {
    DelegateId id;
    std::string name;
    std::string organization;
};

/// Straight RGBA, 8 bits, row by row; shared so that copies of the Model stay cheap.
struct Picture {
    int width = 0;
    int height = 0;
    std::shared_ptr<const std::vector<std::uint8_t>> rgba;
};

/// Sentences that a screen shows beside its title; each is one id of the texts. None speaks of another
/// person.
enum class Notice {
    none,
    code_unreadable, ///< this code can't be read: type your name
    code_other_meeting,
    code_is_badge, ///< this is a badge: hold your confirmation under the light
    not_found,
    too_many, ///< add your given name or organization
    pending,  ///< the registration waits for approval: please go to the desk
    cancelled,
    already_has_badge,
    wrong_characters, ///< verify_code: these are not the last four
    staff_only,       ///< this badge cannot release
    card_not_ours,    ///< locker: this card is not a badge of the meeting
    card_revoked,
    card_in_use, ///< this card already belongs to a badge: take another
    one_card_please,
    reader_down, ///< the card will be bound later at any reader
    printer_down,
    bank_offline,
    bank_full,
    pin_wrong,
    pin_wait,       ///< too many tries: wait or ask a manager
    laptop_unknown, ///< this tag is not in the inventory
    laptop_lent,    ///< this laptop is lent already
    has_laptop,     ///< this delegate has one
    not_their_turn, ///< others are before them in the queue
    not_checked_in,
    no_laptop_loan, ///< take back: nobody has this one
    badge_expired,  ///< a day badge of another day
    event_closed,   ///< the meeting is over: no new badges
    locker_out_of_service,
    bank_closed,       ///< no self-service at this bank
    locker_not_theirs, ///< any more
    laptop_in_repair,
    laptop_lost,
    laptop_elsewhere, ///< offline: only what this desk holds
    already_waiting,
    not_waiting,
    not_on_list,          ///< of a session; only the host sees why
    already_registered,   ///< staff: a walk-in who is not one
    second_person,        ///< staff: two badges open a whole bank
    letter_missing,       ///< staff
    fellow_walks_in,      ///< staff
    leadership_forbidden, ///< staff
    confirmation_missing, ///< staff
    head_exists,          ///< staff
    changed_meanwhile,    ///< staff
    nothing_to_do,        ///< staff: it is so already
    saved,
    trouble, ///< could not be saved: please go to the desk
};

enum class LockerStep {
    tap, ///< place your badge on the light
    opening,
    opened, ///< keep or give back
    already_open,
    jammed,
    left_open,
    wrong_door,
    full,
    offline,
    refused,    ///< see notice
    elsewhere,  ///< theirs is `door`, of another bank
    ask_empty,  ///< "Is it empty?"
    close_door, ///< give back needs the door closed
    given_back,
};

enum class LendStep { tap_badge, scan_tag, terms, lent, joined_queue };

struct Printing {
    bool printed = false;
    bool failed = false; ///< handed to the desk
    MonoTime started;
    Millis expected{4000};
    std::string words; ///< for staff
};

struct StaffSession {
    DelegateId id;
    std::string name;
    bool can_release = false;
    bool can_lend = false;
};

struct Model {
    Settings settings;
    std::array<DeviceHealth, device_count> devices{};
    Language language = Language::en;
    bool large_text = false;
    bool high_contrast = false;
    bool lowered = false;

    Screen screen = Screen::attract;
    Screen return_to = Screen::attract; ///< under info, help and language
    Notice notice = Notice::none;
    bool busy = false; ///< an answer is awaited; buttons that would ask again are quiet

    std::string typed; ///< search text or the four characters
    std::vector<SearchRow> rows;
    std::optional<PersonView> person;
    std::optional<Picture> badge;
    std::string scanned_code; ///< what identified the person; empty after a name search
    bool identified_by_name = false;
    unsigned wrong_tries = 0; ///< of the last four characters; the fifth leads to the desk
    BadgeId badge_id;         ///< issued or tapped in this session
    CardUid card;             ///< on the reader at the last tap
    Printing printing;
    bool card_bound = false;
    std::string ticket; ///< "K2-17"

    LockerStep locker_step = LockerStep::tap;
    std::string door; ///< "B14"
    bool low_door = false;

    std::optional<StaffSession> staff; ///< signed in, or just tapped and asked for the PIN
    std::size_t pin_digits = 0;        ///< how many are typed; the digits themselves are never drawn
    Pin pin;
    LendStep lend_step = LendStep::tap_badge;
    LaptopTag laptop;
    std::string due; ///< "Friday 15 September, 17:00" as the desk words it
    unsigned queue_place = 0;

    std::optional<Texts> broadcast;    ///< a banner on every screen
    std::optional<Texts> next_session; ///< room and title of the person's next session, for done

    MonoTime now;
    MonoTime last_touch;
    MonoTime screen_since;
    MonoTime last_tick;
    bool timeout_dialog = false;
    int timeout_seconds_left = 0;
    int minutes_to_opening = -1; ///< negative: opened or unknown
    std::uint64_t job = 0;       ///< the newest question asked; answers to older ones are dropped
    std::uint64_t badge_job = 0; ///< the drawing of this person's badge, awaited beside other questions
};

} // namespace montbrillant::flow
