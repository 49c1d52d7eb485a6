// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Everything that can happen to a Model, and everything it can ask for. Answers carry the job number of
/// their question; one that is not the newest is dropped.

#include "kiosk/flow/model.hpp"
#include "sync/base/one_of.hpp"

namespace montbrillant::flow {

// --- what people do -----------------------------------------------------------------------------------
struct Pressed {
    Button button{};
};
struct LanguageChosen {
    Language language{};
};
struct KeyTyped {
    std::string text; ///< UTF-8, one character
};
struct KeyErased {};
struct RowChosen {
    std::size_t row{};
};
struct DigitTyped {
    int digit{};
};
struct Touched {}; ///< anywhere: the session is alive

// --- what devices say -----------------------------------------------------------------------------------
struct Scanned {
    std::string text;
};
struct CardPlaced {
    CardUid uid;
    int tier{};
};
struct TwoCards {};
struct DeviceChanged {
    Device device{};
    DeviceHealth health;
};
struct PrintFinished {
    BadgeId badge;
};
struct PrintTrouble {
    BadgeId badge;
    std::string words;
};
struct DoorClosed {
    std::string door;
};

// --- answers of the desk --------------------------------------------------------------------------------
struct PersonFound {
    std::uint64_t job{};
    PersonView person;
    bool by_code{};                    ///< what was scanned or typed is their confirmation code
    std::optional<Texts> next_session; ///< room and title, for the done screen
};
struct PersonRefused { ///< also: nobody found
    std::uint64_t job{};
    Notice why{};
    std::string ticket; ///< the desk already shows the person; empty: no ticket
};
struct RowsFound {
    std::uint64_t job{};
    std::vector<SearchRow> rows;
    bool too_many{};
};
struct BadgeDrawn {
    std::uint64_t job{};
    Picture picture;
};
struct CheckedIn {
    std::uint64_t job{};
    BadgeId badge;
    bool already_printed{}; ///< an unfinished run goes on after the printer
    bool card_bound{};
};
struct CheckInRefused {
    std::uint64_t job{};
    Notice why{};
    std::string ticket;
};
struct CardBound {
    std::uint64_t job{};
};
struct CardRefused {
    std::uint64_t job{};
    Notice why{};
};
/// Whose card lies on the reader.
struct CardOfDelegate {
    std::uint64_t job{};
    PersonView person;
    BadgeId badge;
};
struct CardOfStaff {
    std::uint64_t job{};
    StaffSession staff;
};
struct CardUnknown {
    std::uint64_t job{};
    CardUid uid;
    Notice why{}; ///< card_not_ours or card_revoked
};
struct LockerAnswered {
    std::uint64_t job{};
    LockerStep step{};
    std::string door;
    Notice why{};
};
struct PinAnswered {
    std::uint64_t job{};
    bool right{};
    bool must_wait{};
};
struct LoanAnswered {
    std::uint64_t job{};
    LendStep step{};
    Notice why = Notice::none; ///< not none: refused, the step stays
    std::string due;
    unsigned queue_place{};
};
struct TakenBack {
    std::uint64_t job{};
    Notice why = Notice::none;
};
struct TicketIssued {
    std::uint64_t job{};
    std::string ticket; ///< empty: it could not be saved; the desk helps all the same
};
struct BroadcastChanged {
    std::optional<Texts> text;
};

/// Time passed; `minutes_to_opening` and `today` come from the composition root's clock and time zone.
struct Tick {
    int minutes_to_opening = -1;
    std::string today;
};

using Msg = OneOf<Pressed, LanguageChosen, KeyTyped, KeyErased, RowChosen, DigitTyped, Touched, Scanned,
                  CardPlaced, TwoCards, DeviceChanged, PrintFinished, PrintTrouble, DoorClosed, PersonFound,
                  PersonRefused, RowsFound, BadgeDrawn, CheckedIn, CheckInRefused, CardBound, CardRefused,
                  CardOfDelegate, CardOfStaff, CardUnknown, LockerAnswered, PinAnswered, LoanAnswered,
                  TakenBack, TicketIssued, BroadcastChanged, Tick>;

// --- what the model asks for ----------------------------------------------------------------------------
struct ResolveCode {
    std::uint64_t job{};
    std::string text;
};
/// A query that is somebody's whole confirmation code is answered like ResolveCode.
struct SearchPeople {
    std::uint64_t job{};
    std::string query;
};
struct LoadPerson {
    std::uint64_t job{};
    DelegateId delegate;
};
/// Nobody waits for the answer: a badge that cannot be drawn stays undrawn.
struct DrawBadge {
    std::uint64_t job{};
    DelegateId delegate;
    std::string code; ///< the scanned text, for a person unknown here
};
/// `released_by`: the staff member who looked at the photo ID; `last_four`: of the code, after a name search.
struct CheckIn {
    std::uint64_t job{};
    DelegateId delegate;
    std::string code; ///< the scanned text, for a person unknown here
    std::optional<DelegateId> released_by;
    std::string last_four;
};
struct BindCard {
    std::uint64_t job{};
    BadgeId badge;
    CardUid uid;
    int tier{};
};
struct ResolveCard {
    std::uint64_t job{};
    CardUid uid;
    int tier{};
};
struct OpenLocker {
    std::uint64_t job{};
    DelegateId delegate;
    BadgeId badge;
    CardUid uid;
    bool low_door{};
};
struct GiveBackLocker {
    std::uint64_t job{};
    DelegateId delegate;
};
struct CheckPin {
    std::uint64_t job{};
    DelegateId staff;
    Pin pin;
};
/// With an empty tag: may this delegate borrow now, or join the queue?
struct LendLaptop {
    std::uint64_t job{};
    DelegateId staff;
    DelegateId delegate;
    LaptopTag laptop;
    bool terms_accepted{};
};
struct TakeBackLaptop {
    std::uint64_t job{};
    DelegateId staff;
    LaptopTag laptop;
    bool faulty{};
};
struct IssueTicket {
    std::uint64_t job{};
    std::optional<DelegateId> delegate;
    std::string reason; ///< for staff
};
struct CallStaff {
    std::string reason; ///< for staff
};
/// The session ended: texts and textures of the person go.
struct Wipe {};
enum class Tone { tap, good, attention, stop };
struct PlayTone {
    Tone tone{};
};

using Cmd =
    OneOf<ResolveCode, SearchPeople, LoadPerson, DrawBadge, CheckIn, BindCard, ResolveCard, OpenLocker,
          GiveBackLocker, CheckPin, LendLaptop, TakeBackLaptop, IssueTicket, CallStaff, Wipe, PlayTone>;

} // namespace montbrillant::flow
