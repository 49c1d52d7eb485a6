// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/simulation.hpp"

#include "tests/simulation/invariants.hpp"
#include "tests/simulation/seeded_keys.hpp"

#include <algorithm>
#include <map>

namespace montbrillant::simulation {
namespace {

constexpr Millis second{1000};
constexpr Millis minute{60 * 1000};
constexpr Millis hour{60 * 60 * 1000};
constexpr Millis healing = 30 * minute;
constexpr std::int64_t acts_per_fault = 11;
constexpr std::size_t terminals = 2;

class Meeting {
public:
    explicit Meeting(const Options& options)
        : world_(options.seed, options.trace), registry_(world_, options.seed + 1000),
          network_(world_, registry_, options.kiosks + 1), workload_(world_), seed_(options.seed + 2000),
          acts_(options.acts)
    {
        std::vector<std::string> names{"D1"};
        for (unsigned i = 1; i <= options.kiosks; ++i)
            names.push_back(fmt::format("K{}", i));
        for (std::size_t line = 1; line < names.size() && line <= terminals; ++line) {
            const BankId bank(fmt::format("T{}-", line));
            workload_.lease(bank);
            boards_.emplace(line, std::make_unique<Board>(world_, bank, Workload::doors_leased));
        }
        workload_.prepare(registry_, names);
        for (std::size_t line = 0; line < names.size(); ++line)
            add(names[line], line).boot();
    }

    void run()
    {
        begin();
        things_break();
        heal();
        check_healed({world_, registry_, in_use(), workload_});
        for (const auto& kiosk : kiosks_) {
            if (kiosk->retired())
                kiosk->check_in_cupboard();
        }
        world_.note(fmt::format("the end: {}", to_hex(registry_.store().log_end().log_hash)));
    }

    [[nodiscard]] World& world() { return world_; }

private:
    Kiosk& add(const std::string& name, std::size_t line)
    {
        const auto used = in_use();
        const bool alone =
            std::none_of(used.begin(), used.end(), [line](Kiosk* k) { return k->line() == line; });
        kiosks_.push_back(std::make_unique<Kiosk>(world_, network_, name, line, seed_ += 100));
        if (const auto board = boards_.find(line); alone && board != boards_.end())
            kiosks_.back()->wire_to(*board->second); // a second machine has no cable to it
        return *kiosks_.back();
    }
    [[nodiscard]] std::vector<Kiosk*> in_use() const
    {
        std::vector<Kiosk*> used;
        for (const auto& kiosk : kiosks_) {
            if (!kiosk->retired())
                used.push_back(kiosk.get());
        }
        return used;
    }
    [[nodiscard]] Kiosk& any_kiosk()
    {
        const auto used = in_use();
        return *used[world_.chance.below(used.size())];
    }
    /// A running copy of the same device.
    [[nodiscard]] Kiosk* twin_of(const Kiosk& kiosk) const
    {
        for (Kiosk* other : in_use()) {
            if (other != &kiosk && other->name() == kiosk.name())
                return other;
        }
        return nullptr;
    }

    // --- staff ---------------------------------------------------------------------------------------------
    void staff_look_after()
    {
        for (Kiosk* kiosk : in_use()) {
            if (!kiosk->up() || kiosk->retired() || kiosk->need() == Kiosk::Need::nothing)
                continue;
            if (kiosk->need() == Kiosk::Need::new_folder)
                replace(*kiosk);
            else if (const auto token = registry_.token(kiosk->name()))
                kiosk->enrol_with(*token);
        }
    }
    /// Two disks wrote as this device, or its registry does not know its chain any more.
    void replace(Kiosk& kiosk)
    {
        if (!kiosk.copied() && !registry_.restored_by_hand())
            throw Violation(fmt::format("{} was shut out and never had two disks", kiosk.disk_name()));
        ++world_.counts.forks;
        if (Kiosk* twin = twin_of(kiosk))
            twin->retire();
        kiosk.retire();
        add(kiosk.name(), kiosk.line()).boot();
    }
    void keep_looking(Millis period)
    {
        staff_look_after();
        world_.timeline.after(period, [this, period] { keep_looking(period); });
    }

    // --- the course of events ------------------------------------------------------------------------------
    void begin()
    {
        keep_looking(20 * second);
        world_.timeline.run_until(5 * minute);
        for (Kiosk* kiosk : in_use()) {
            if (!kiosk->enrolled() || kiosk->store().cursor().seq != registry_.store().log_head())
                throw Violation(kiosk->name() + " is not in step at the start");
        }
    }

    void things_break()
    {
        const Millis span = world_.happens(750) ? world_.millis_between(10 * minute, 30 * minute)
                                                : world_.millis_between(40 * minute, 3 * hour);
        world_.faults = true;
        end_ = world_.timeline.now() + span;
        const auto devices = static_cast<std::int64_t>(kiosks_.size());
        act_pause_ = span * devices / acts_;
        fault_pause_ = span * acts_per_fault / acts_;
        for (const auto& kiosk : kiosks_)
            act_at(kiosk->line());
        organize();
        break_something();
        look();
        world_.timeline.run_until(end_);
        if (world_.happens(300))
            forget_the_last_minute();
    }
    /// The registry is put back to before what a kiosk wrote last. The kiosk was told that it arrived, has
    /// not heard the log since, and has nothing more to say: only the log's new epoch makes it say it again.
    void forget_the_last_minute()
    {
        Kiosk& kiosk = any_kiosk();
        registry_.back_up();
        network_.cut(kiosk.line(), Way::pull, 2 * minute);
        if (kiosk.up() && kiosk.enrolled())
            workload_.at_kiosk(kiosk);
        world_.timeline.run_until(world_.timeline.now() + minute);
        registry_.restore_latest();
    }
    [[nodiscard]] bool over() const { return !world_.faults || world_.timeline.now() >= end_; }

    void act_at(std::size_t line)
    {
        world_.timeline.after(world_.millis_between(Millis(100), 2 * act_pause_), [this, line] {
            if (over())
                return;
            for (Kiosk* kiosk : in_use()) {
                if (kiosk->line() == line)
                    workload_.at_kiosk(*kiosk);
            }
            act_at(line);
        });
    }
    void organize()
    {
        world_.timeline.after(world_.millis_between(Millis(100), 8 * act_pause_), [this] {
            if (over())
                return;
            workload_.at_registry(registry_);
            organize();
        });
    }
    void break_something()
    {
        world_.timeline.after(world_.millis_between(Millis(100), 2 * fault_pause_), [this] {
            if (over())
                return;
            break_one();
            break_something();
        });
    }
    /// Now and then a device's screen is compared with its journal.
    void look()
    {
        world_.timeline.after(
            world_.millis_between(Millis(1000), (end_ - world_.timeline.now()) / 2 + second), [this] {
                if (over())
                    return;
                Kiosk& kiosk = any_kiosk();
                if (kiosk.up() && kiosk.enrolled())
                    look_at(kiosk);
                look();
            });
    }
    void look_at(Kiosk& kiosk)
    {
        try {
            check_view(kiosk.store(), replay_, kiosk.disk_name());
        } catch (const Violation&) {
            if (kiosk.machine().disk.powered())
                throw; // else its power went while it was looked at
        }
        kiosk.restart_if_dark();
    }

    void break_one()
    {
        Kiosk& kiosk = any_kiosk();
        const auto kind = world_.chance.below(1000);
        if (kind < 430)
            cut_line(kiosk);
        else if (kind < 480)
            cut_everybody();
        else if (kind < 660)
            kiosk.cut_power_soon();
        else if (kind < 740)
            registry_.cut_power_soon();
        else if (kind < 770)
            kiosk.restart();
        else if (kind < 830)
            set_clock(kiosk.machine());
        else if (kind < 840)
            set_clock(registry_.machine());
        else if (kind < 910)
            registry_.back_up();
        else if (kind < 935)
            registry_.restore(world_.happens(300));
        else if (kind < 970)
            kiosk.keep_image();
        else if (kind < 985)
            put_image_back();
        else
            clone(kiosk);
    }
    void cut_line(const Kiosk& kiosk)
    {
        const auto which = world_.chance.below(4);
        const Millis duration = world_.happens(100) ? world_.millis_between(10 * minute, 3 * hour)
                                                    : world_.millis_between(5 * second, 8 * minute);
        if (which != 0)
            network_.cut(kiosk.line(), Way::pull, duration);
        if (which != 1)
            network_.cut(kiosk.line(), Way::push, duration);
        world_.note(fmt::format("{} is cut off for {} s", kiosk.name(), duration.count() / 1000));
    }
    void cut_everybody()
    {
        const Millis duration = world_.millis_between(10 * second, 10 * minute);
        for (const Kiosk* kiosk : in_use()) {
            network_.cut(kiosk->line(), Way::pull, duration);
            network_.cut(kiosk->line(), Way::push, duration);
        }
        world_.note("the line out of the hall is down");
    }
    /// By minutes, days or years, forward or back.
    void set_clock(Machine& machine)
    {
        const std::array<Millis, 4> scales{10 * minute, 48 * hour, 48 * hour, 24 * 365 * 5 * hour};
        const Millis most = scales[world_.chance.below(scales.size())];
        machine.clock.wrong_by = world_.millis_between(-most, most);
    }
    void put_image_back()
    {
        for (Kiosk* kiosk : in_use()) {
            if (kiosk->has_image() && twin_of(*kiosk) == nullptr)
                return kiosk->put_image_back();
        }
    }
    void clone(Kiosk& kiosk)
    {
        if (kiosk.up() && kiosk.enrolled() && kiosk.need() == Kiosk::Need::nothing &&
            twin_of(kiosk) == nullptr)
            add(kiosk.name(), kiosk.line()).become_clone_of(kiosk);
    }

    void heal()
    {
        world_.note("from now on all is well");
        world_.faults = false;
        network_.mend();
        registry_.steady();
        for (Kiosk* kiosk : in_use()) {
            Kiosk* twin = twin_of(*kiosk);
            if (twin != nullptr && !kiosk->retired())
                twin->retire();
        }
        for (Kiosk* kiosk : in_use())
            kiosk->steady();
        world_.timeline.run_until(world_.timeline.now() + healing);
    }

    World world_;
    RegistryNode registry_;
    Network network_;
    Workload workload_;
    std::map<std::size_t, std::unique_ptr<Board>> boards_; ///< by line
    std::vector<std::unique_ptr<Kiosk>> kiosks_;
    Replay replay_;
    std::uint64_t seed_;
    std::int64_t acts_;
    Millis end_{};
    Millis act_pause_{};
    Millis fault_pause_{};
};

} // namespace

Outcome simulate(const Options& options)
{
    seed_keys(options.seed);
    Meeting meeting(options);
    Outcome outcome;
    try {
        meeting.run();
    } catch (const Violation& violation) {
        outcome.violation = violation.what();
    }
    outcome.counts = meeting.world().counts;
    outcome.duration = meeting.world().timeline.now();
    outcome.digest = meeting.world().digest();
    return outcome;
}

} // namespace montbrillant::simulation
