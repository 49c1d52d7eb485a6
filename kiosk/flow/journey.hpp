// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Private to flow: one step in the making. Each journey's file adds handlers; update.cpp sends messages to
/// them by screen.

#include "kiosk/flow/update.hpp"

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
    void operator()(const NextSession& msg);
    void operator()(const Tick& msg);

private:
    // --- moving about (update.cpp) ------------------------------------------------------------------------
    /// A new screen; answers still on their way belong to the old one and are dropped.
    void go(Screen screen);
    /// The next screen of the same question: an answer on its way is still wanted.
    void move_on(Screen screen);
    /// Info, help and language lie over a screen and give it back untouched.
    void lay_over(Screen screen);
    void go_back();
    /// The end of a session: everything of the person goes, settings and devices stay.
    void reset();
    /// A new question: its number, and the buttons go quiet.
    [[nodiscard]] std::uint64_t ask();
    [[nodiscard]] bool answers(std::uint64_t job) const { return job == model_.job; }
    void answered() { model_.busy = false; }
    void tell(Notice notice, Tone tone);
    void send(Cmd command) { commands_.push_back(std::move(command)); }
    [[nodiscard]] bool device_ok(Device device) const;
    void alive() { model_.last_touch = now_; }

    // --- check_in.cpp --------------------------------------------------------------------------------------
    void resolve_code(const std::string& text);
    void type_search(const std::string& typed);
    void show_person(const PersonView& person, bool by_name);
    void person_confirmed();
    void check_in(std::optional<DelegateId> released_by);
    void maybe_finished();
    void hand_to_desk(std::string reason);
    void press_check_in(Button button);

    // --- lockers.cpp ---------------------------------------------------------------------------------------
    void open_locker(const PersonView& person, const BadgeId& badge);
    void press_locker(Button button);

    // --- staff.cpp -----------------------------------------------------------------------------------------
    void press_staff(Button button);
    void scan_laptop(const LaptopTag& tag);
    void lend(bool terms_accepted);

    // --- time ----------------------------------------------------------------------------------------------
    void watch_idle();
    void watch_printer();

    Model& model_;
    MonoTime now_;
    std::vector<Cmd>& commands_;
};

/// Idle screens: nothing to time out, nothing of a person shown.
[[nodiscard]] bool at_rest(const Model& model);

} // namespace montbrillant::flow
