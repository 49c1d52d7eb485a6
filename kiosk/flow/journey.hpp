// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Private to flow: one step in the making. Each journey's file adds handlers; update.cpp sends messages to
/// them by screen. A button or a device may speak when its screen is gone, so every handler looks where the
/// person is.

#include "kiosk/flow/update.hpp"

#include <initializer_list>

namespace montbrillant::flow {

class Journey {
public:
    Journey(Model& model, MonoTime now, std::vector<Cmd>& commands)
        : model_(model), now_(now), commands_(commands)
    {
    }

    // --- what happened -----------------------------------------------------------------------------------
    void operator()(const Pressed& msg);
    void operator()(const LanguageChosen& msg);
    void operator()(const KeyTyped& msg);
    void operator()(const KeyErased& msg);
    void operator()(const RowChosen& msg);
    void operator()(const DigitTyped& msg);
    void operator()(const Touched& msg);
    void operator()(const Scanned& msg);
    void operator()(const CardPlaced& msg);
    void operator()(const TwoCards& msg);
    void operator()(const DeviceChanged& msg);
    void operator()(const PrintFinished& msg);
    void operator()(const PrintTrouble& msg);
    void operator()(const DoorClosed& msg);
    void operator()(const PersonFound& msg);
    void operator()(const PersonRefused& msg);
    void operator()(const RowsFound& msg);
    void operator()(const BadgeDrawn& msg);
    void operator()(const CheckedIn& msg);
    void operator()(const CheckInRefused& msg);
    void operator()(const CardBound& msg);
    void operator()(const CardRefused& msg);
    void operator()(const CardOfDelegate& msg);
    void operator()(const CardOfStaff& msg);
    void operator()(const CardUnknown& msg);
    void operator()(const LockerAnswered& msg);
    void operator()(const PinAnswered& msg);
    void operator()(const LoanAnswered& msg);
    void operator()(const TakenBack& msg);
    void operator()(const TicketIssued& msg);
    void operator()(const BroadcastChanged& msg);
    void operator()(const Tick& msg);

private:
    // --- moving about (moves.cpp) -------------------------------------------------------------------------
    /// The screen of the journey, also while info, help or language lies over it.
    [[nodiscard]] Screen here() const;
    /// On this screen, and no answer is awaited.
    [[nodiscard]] bool ready(Screen screen) const { return model_.screen == screen && !model_.busy; }
    /// A new screen; answers still on their way belong to the old one and are dropped.
    void go(Screen screen);
    /// The next screen of the same question: an answer on its way is still wanted. What lies over the journey
    /// stays there; the new screen shows when it is closed.
    void move_on(Screen screen);
    /// Info, help and language lie over a screen and give it back untouched.
    void lay_over(Screen screen);
    void close_overlay();
    void go_back();
    void call_staff();
    /// The end of a session: everything of the person goes, settings and devices stay.
    void reset();
    /// A new question: its number, and the buttons go quiet.
    [[nodiscard]] std::uint64_t ask();
    /// Is this the awaited answer, to a question of one of these screens? Then nothing is awaited any more.
    [[nodiscard]] bool take_answer(std::uint64_t job, std::initializer_list<Screen> asked_on);
    void tell(Notice notice, Tone tone);
    void send(Cmd command) { commands_.push_back(std::move(command)); }
    [[nodiscard]] bool device_ok(Device device) const;
    /// Somebody is there.
    void alive();

    // --- check_in.cpp --------------------------------------------------------------------------------------
    void start_search();
    void back_to_search();
    void scan_confirmation(const std::string& text);
    void type_search(const std::string& typed);
    void show_person(const PersonView& person, bool by_name);
    void confirm_yes();
    void please_correct();
    void verify_submit();
    void card_later();
    void check_in(std::optional<DelegateId> released_by);
    void maybe_finished();
    void hand_to_desk(std::string reason);
    void show_ticket(const std::string& ticket, Notice notice);

    // --- lockers.cpp ---------------------------------------------------------------------------------------
    void want_locker();
    void choose_low_door();
    void give_back_locker();
    void locker_is_empty();
    void open_locker(const PersonView& person, const BadgeId& badge);

    // --- staff.cpp -----------------------------------------------------------------------------------------
    void sign_in(const StaffSession& staff);
    void erase_digit();
    void submit_pin();
    void start_lending();
    void start_take_back();
    void back_to_staff_menu();
    void scan_laptop(const std::string& text);
    void lend(bool terms_accepted);
    void accept_terms();
    void take_back(bool faulty);

    // --- time (time.cpp) -------------------------------------------------------------------------------
    void watch_attract();
    void watch_idle();
    void watch_printer();

    Model& model_;
    MonoTime now_;
    std::vector<Cmd>& commands_;
};

} // namespace montbrillant::flow
