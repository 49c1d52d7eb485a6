// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The real simulator as a child process, and a worker on a real wire.

#include "firmware-config/bank_map.hpp"
#include "kiosk/lockers/bank_worker.hpp"
#include "kiosk/lockers/modbus_bank.hpp"
#include "sync/base/child_process.hpp"
#include "sync/base/json.hpp"
#include "tests/kiosk/lockers/fakes.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace montbrillant::testing {

class SimBank {
public:
    /// `map`: the file of the map that the simulator answers to.
    SimBank(std::string program, std::string map, std::vector<std::string> more)
        : map_(std::move(map)), child_(start(std::move(program), std::move(more)))
    {
        const std::string hello = line();
        REQUIRE(hello.starts_with("listening 127.0.0.1:"));
        port_ = static_cast<std::uint16_t>(std::stoi(hello.substr(hello.rfind(':') + 1)));
    }

    /// The answer to one line of the control language; never an error.
    std::string order(const std::string& text)
    {
        REQUIRE(child_.write_line(text));
        std::string answer = line();
        INFO(text);
        REQUIRE_FALSE(answer.starts_with("error"));
        return answer;
    }
    std::vector<int> pulses()
    {
        return parse_json(order("pulses"), "pulses").value().at("pulses").get<std::vector<int>>();
    }
    Json door(int number)
    {
        return parse_json(order("state"), "state")
            .value()
            .at("doors")
            .at(static_cast<std::size_t>(number - 1));
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// The sample map at this simulator's port.
    [[nodiscard]] BankMap sample() const { return load_bank_map(map_, BankOverride{{}, port_, {}}).value(); }
    /// The same for a board that is never slow, so that tests need not wait as long.
    [[nodiscard]] BankMap map() const
    {
        BankMap map = sample();
        map.response_timeout = Millis{150};
        map.slowest_answer = Millis{250};
        return map;
    }

private:
    static ChildProcess start(std::string program, std::vector<std::string> more)
    {
        more.insert(more.begin(), {std::move(program), "--listen", "127.0.0.1:0"});
        return ChildProcess::start(more).value();
    }
    std::string line()
    {
        std::string text;
        REQUIRE(child_.read_line(text, Millis{10000}) == ChildProcess::Read::line);
        return text;
    }

    std::string map_;
    ChildProcess child_;
    std::uint16_t port_ = 0;
};

/// A worker's thread over a ModbusBank, and what it told, in order.
class LiveBank {
public:
    explicit LiveBank(BankMap map, UnlockRules rules = quick())
        : bank_(std::move(map), clock),
          worker_(
              std::in_place, bank_, journal,
              [this](const UnlockRequest&) {
                  return revoked ? Result<>(fail(ErrorKind::refused, "revoked")) : Result<>{};
              },
              clock,
              [this](const BankEvent& event) {
                  const std::lock_guard lock(mutex_);
                  events_.push_back(event);
                  told_.notify_all();
              },
              std::nullopt, rules)
    {
    }

    /// So that a jammed door does not hold up the tests.
    static UnlockRules quick()
    {
        UnlockRules rules;
        rules.jammed_after = Millis{700};
        return rules;
    }

    /// The n-th event of a kind (1: the first); waits for it.
    template <class Event> Event wait_for(std::size_t n = 1)
    {
        std::unique_lock lock(mutex_);
        std::vector<Event> found;
        const bool in_time = told_.wait_for(lock, Millis{20000}, [&] {
            found = of<Event>();
            return found.size() >= n;
        });
        REQUIRE(in_time);
        return found[n - 1];
    }

    UnlockResult unlock(const std::string& id, std::uint16_t door)
    {
        REQUIRE(worker_->request(Rig::request(id, door)));
        return result(id);
    }

    UnlockResult result(const std::string& id)
    {
        std::unique_lock lock(mutex_);
        std::optional<UnlockResult> found;
        const bool in_time = told_.wait_for(lock, Millis{20000}, [&] {
            for (const UnlockResult& result : of<UnlockResult>())
                if (result.id.str() == id)
                    found = result;
            return found.has_value();
        });
        REQUIRE(in_time);
        return *found;
    }

    /// Distinct unlock ids that were told as fired, per door.
    std::vector<int> fired_per_door()
    {
        const std::lock_guard lock(mutex_);
        std::vector<int> out(16);
        std::set<std::string> seen;
        for (const UnlockFired& fired : of<UnlockFired>())
            if (seen.insert(fired.id.str()).second)
                ++out.at(fired.locker.door - 1U);
        return out;
    }

    BankWorker& worker() { return *worker_; }

    SystemClock clock;
    FakeJournal journal; ///< touched by the worker's thread only, until it has stopped
    std::atomic<bool> revoked = false;

private:
    template <class Event> std::vector<Event> of() const
    {
        std::vector<Event> out;
        for (const BankEvent& event : events_)
            if (const auto* match = std::get_if<Event>(&event))
                out.push_back(*match);
        return out;
    }

    std::mutex mutex_;
    std::condition_variable told_;
    std::vector<BankEvent> events_;
    ModbusBank bank_;
    std::optional<BankWorker> worker_; // last: its thread uses all of the above
};

} // namespace montbrillant::testing
