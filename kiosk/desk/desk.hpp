// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The only writer of facts at a kiosk: carries out what the flow asks for, and what the command line asks
/// for, by the same rules. Belongs to the thread that owns the Store; workers (printer, bank, reader, sync)
/// reach it through that thread. Every answer is given after what it says is on disk.

#include "badge/layout/badge_content.hpp"
#include "badge/layout/layout.hpp"
#include "firmware-config/bank_map.hpp"
#include "kiosk/desk/people_index.hpp"
#include "kiosk/flow/msg.hpp"
#include "kiosk/lockers/bank_events.hpp"
#include "sync/domain/decide.hpp"
#include "sync/domain/people/confirmation_code.hpp"
#include "sync/domain/people/event_profile.hpp"
#include "sync/store/store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace montbrillant {

/// Badges that open nothing, for the bank's thread to look at right before it fires (rule 10). Any thread.
class VoidBadges {
public:
    [[nodiscard]] bool contains(const BadgeId& badge) const;
    void replace(std::unordered_set<BadgeId> badges);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const std::unordered_set<BadgeId>> badges_ =
        std::make_shared<std::unordered_set<BadgeId>>();
};

/// Why a kiosk cannot go on with somebody: the sentence on glass and the reason for staff.
struct TurnedAway {
    flow::Notice notice{};
    std::string reason;
    std::optional<DelegateId> delegate;
};

template <class T> using Served = tl::expected<T, TurnedAway>;

struct Identified {
    DelegateId delegate;
    std::optional<SignedConfirmation> code; ///< when a signed code was shown
    bool by_code = false;                   ///< signed, short or foreign: whoever holds it may check in
};

struct CheckInDone {
    DelegateId delegate;
    BadgeId badge;
    unsigned issue = 1;
    PrintKey job;
    bool resumed = false; ///< a first run that was not finished: nothing new was written
    bool printed = false;
    bool card_bound = false;
};

struct CheckInWish {
    Identified who;
    std::optional<DelegateId> released_by;
    std::string last_four;
    bool by_staff = false; ///< at a command line or a staff screen: no release is asked for
};

struct LoanOffer {
    flow::LendStep step{};
    std::string due;
    unsigned place = 0;
    std::string ticket;
};

class Desk {
public:
    /// What the desk hands out to others. All may be empty: the command line has no glass and no bank.
    struct Ports {
        std::function<void(flow::Msg)> tell;        ///< to the kiosk's model
        std::function<void(const PrintKey&)> print; ///< a job row is on disk: print it
        std::function<bool(UnlockRequest)> unlock;  ///< false: nothing will fire
        std::function<void()> committed;            ///< new facts wait for the registry
    };

    Desk(Store& store, std::shared_ptr<const EventProfile> profile, Clock& clock, Random& random,
         Ports ports);

    /// Builds the index, the code table and the list of void badges from the store.
    [[nodiscard]] Result<> open();
    void use_layout(std::shared_ptr<const Layout> layout) { layout_ = std::move(layout); }
    void use_bank(const BankMap& map) { bank_ = map; }
    /// While the registry does not answer, the desk lends only the laptops that it holds itself (rule 4).
    void registry_answers(bool answers) { alone_ = !answers; }

    // --- for the flow --------------------------------------------------------------------------------------
    void execute(const flow::Cmd& command);
    /// After a page of the log: these people's records came, or went, and any rule's state may have changed.
    void pulled(const std::vector<DelegateId>& people);
    /// The same after a change of this folder's own.
    void refresh(const std::vector<DelegateId>& people);

    // --- what workers report
    // ---------------------------------------------------------------------------------
    void printed(const PrintKey& key);
    void unlocked(const UnlockResult& result);
    void door_changed(const DoorChanged& change);

    // --- operations, also for the command line
    // ---------------------------------------------------------------
    [[nodiscard]] Served<Identified> identify(const std::string& text);
    [[nodiscard]] Served<CheckInDone> check_in(const CheckInWish& wish);
    [[nodiscard]] Served<BadgeId> bind_card(const BadgeId& badge, const CardUid& card, int tier);
    /// The live badge's holder, when the card may open something here.
    [[nodiscard]] Served<BadgeHolder> holder(const CardUid& card, int tier) const;
    /// Assigns a locker of the bank if they have none; the lock is not fired by this.
    [[nodiscard]] Served<LockerNo> locker_for(const BadgeId& badge, bool low_door);
    [[nodiscard]] Served<LockerNo> give_back(const DelegateId& delegate);
    /// With an empty tag: may they borrow now? Joins the queue when it is not their turn.
    [[nodiscard]] Served<LoanOffer> lend(const DelegateId& staff, const DelegateId& delegate,
                                         const LaptopTag& laptop, bool terms_accepted);
    [[nodiscard]] Served<LaptopTag> take_back(const DelegateId& staff, const LaptopTag& laptop, bool faulty,
                                              const std::string& condition);
    [[nodiscard]] Served<LoanOffer> join_queue(const DelegateId& delegate);
    /// "K2-17", durable; a store that fails gives no number.
    [[nodiscard]] Result<std::string> issue_ticket(const std::optional<DelegateId>& delegate,
                                                   const std::string& reason);
    enum class PinAnswer { right, wrong, wait };
    /// From the fifth wrong try on each is followed by a longer wait, at most a quarter of an hour: also over
    /// a restart, and at every device that hears of it, since each try is a fact.
    [[nodiscard]] PinAnswer check_pin(const DelegateId& staff, std::string_view pin);
    /// A manager ends the wait.
    [[nodiscard]] Served<void> lift_pin_wait(const DelegateId& staff, const DelegateId& manager);

    [[nodiscard]] std::vector<Hit> search(std::string_view query, std::size_t limit) const;
    [[nodiscard]] Result<std::optional<Person>> person(const DelegateId& id) { return store_.person(id); }
    [[nodiscard]] Result<flow::PersonView> view_of(const DelegateId& id,
                                                   const std::optional<SignedConfirmation>& code = {});
    /// What stands on the badge of this issue, or on a preview when `badge` is empty.
    [[nodiscard]] Result<BadgeContent> badge_content(const DelegateId& id, const BadgeId& badge);
    [[nodiscard]] std::string short_code_of(const DelegateId& id) const;
    [[nodiscard]] const VoidBadges& void_badges() const { return *void_badges_; }
    [[nodiscard]] Store& store() { return store_; }
    [[nodiscard]] const EventProfile& profile() const { return *profile_; }

private:
    void forget(const DelegateId& id);
    [[nodiscard]] WallTime pin_wait_ends(const Delegate& staff) const;
    void let_unlock(const DelegateId& id, const Delegate& staff, std::string_view pin);
    /// Keeps the attempt, in words without personal data. A child with a tram card taps for hours: of more
    /// than `attempts_at_once` of nobody we know only one in `attempt_every` is kept, and says how many were
    /// not.
    [[nodiscard]] tl::unexpected<TurnedAway> turn_away(flow::Notice notice, std::string reason,
                                                       std::optional<DelegateId> delegate = {});
    [[nodiscard]] tl::unexpected<TurnedAway> turn_away(const Refused& refused,
                                                       std::optional<DelegateId> delegate = {});
    [[nodiscard]] tl::unexpected<TurnedAway> storage_trouble(const Error& error);
    [[nodiscard]] Result<std::vector<Fact>> commit(Draft draft);
    [[nodiscard]] std::vector<std::string> codes_of(const Person& person) const;
    [[nodiscard]] Result<> note_printed();
    [[nodiscard]] std::vector<std::string> delegation_names(std::string_view code) const;
    void refresh_void_badges();
    void tell_announcement();
    [[nodiscard]] Served<Identified> identify_signed(const std::string& text);
    [[nodiscard]] std::optional<DelegateId> by_code(const std::string& text) const;
    [[nodiscard]] std::optional<TurnedAway> not_now(const DelegateId& id) const;
    [[nodiscard]] Served<void> released(const CheckInWish& wish) const;
    [[nodiscard]] Served<BadgeId> printable(const BadgeId& badge, const std::string& actor);
    [[nodiscard]] bool knows_last_four(const DelegateId& id, std::string_view typed) const;
    [[nodiscard]] Served<LoanOffer> may_borrow(const DelegateId& delegate);
    [[nodiscard]] BadgeContent content_of(const Person& person) const;
    [[nodiscard]] bool attempt_may_be_kept();
    [[nodiscard]] std::vector<LockerNo> doors(bool low_first) const;
    [[nodiscard]] std::string due() const;
    /// The only home of laptops that may be lent now; nothing: all of them may.
    [[nodiscard]] std::optional<DeviceId> home_of_laptops() const;
    [[nodiscard]] std::string today() const;
    [[nodiscard]] std::optional<flow::Texts> next_session(const DelegateId& id) const;
    [[nodiscard]] std::string ticket_for(const TurnedAway& away);
    void tell(flow::Msg msg) const;

    void answer(const flow::ResolveCode& command);
    void answer(const flow::SearchPeople& command);
    void answer(const flow::LoadPerson& command);
    void answer(const flow::DrawBadge& command);
    void answer(const flow::CheckIn& command);
    void answer(const flow::BindCard& command);
    void answer(const flow::ResolveCard& command);
    void answer(const flow::OpenLocker& command);
    void answer(const flow::GiveBackLocker& command);
    void answer(const flow::CheckPin& command);
    void answer(const flow::LendLaptop& command);
    void answer(const flow::TakeBackLaptop& command);
    void answer(const flow::IssueTicket& command);
    void answer(const flow::CallStaff& command);
    void answer(const flow::Wipe&) {}
    void answer(const flow::PlayTone&) {}
    void show(std::uint64_t job, const Identified& who);

    Store& store_;
    std::shared_ptr<const EventProfile> profile_;
    Clock& clock_;
    Random& random_;
    Ports ports_;
    std::shared_ptr<const Layout> layout_;
    std::optional<BankMap> bank_;
    bool alone_ = false;
    mutable PeopleIndex people_;              ///< catches up when it is asked
    std::shared_ptr<const Store::Came> came_; ///< hears from the store who comes with a pull
    std::shared_ptr<VoidBadges> void_badges_ = std::make_shared<VoidBadges>();
    std::map<LockerNo, bool> open_doors_;
    struct Unlocking {
        std::uint64_t job{};
        DelegateId delegate;
    };
    std::unordered_map<UnlockId, Unlocking> unlocking_;

    static constexpr int attempts_at_once = 20;
    static constexpr Millis attempt_every{30000};
    static constexpr Millis help_every{60000};
    int attempts_left_ = attempts_at_once;
    MonoTime attempts_since_;
    unsigned attempts_dropped_ = 0;
    std::optional<MonoTime> help_called_;
    std::string announced_; ///< what the screens were told last
};

/// The six texts of a profile as the flow carries them.
[[nodiscard]] flow::Texts texts_of(const SixTexts& texts);
/// All that a signed code says of a person whom nobody here knows yet.
[[nodiscard]] Person person_of(const SignedConfirmation& code);

} // namespace montbrillant
