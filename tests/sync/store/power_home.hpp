// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder on a simulated disk (or a real one, for processes that are killed), what its store has
/// acknowledged, and the check that all of it is there. The plain files (lock, event.key) lie in a real
/// folder: their durability has a test of its own (tests/sync/base).

#include "sync/store/store.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/sync/store/simulated_disk.hpp"

#include <stdexcept>

namespace montbrillant::test {

/// Something acknowledged is gone.
struct Lost : std::runtime_error {
    Lost(std::uint64_t commits, const std::string& what) : std::runtime_error(what), count(commits) {}
    std::uint64_t count;
};
/// Something is there by half, unreadable or contradicts itself.
struct Corrupt : std::runtime_error {
    using std::runtime_error::runtime_error;
};

template <class T> T sound(Result<T> result)
{
    if (!result)
        throw Corrupt(result.error().text());
    return std::move(*result);
}
inline void sound(Result<> result)
{
    if (!result)
        throw Corrupt(result.error().text());
}

/// What a store has said is done.
struct Acknowledged {
    bool initialised = false;
    Store::Chain own;
    Cursor log;
    std::map<PrintKey, std::string> jobs;    ///< with their state
    std::map<UnlockId, std::string> intents; ///< with their outcome
    std::map<std::string, std::string> settings;
    std::set<DelegateId> people; ///< whose records are here
};

struct HomeOptions {
    bool full_sync = true;
    std::filesystem::path folder; ///< real files in this folder; empty: the simulated disk
};

class Home {
public:
    Home(std::uint64_t seed, Identity identity, EventKeys keys, const HomeOptions& options);

    [[nodiscard]] Store& store() { return *store_; }
    [[nodiscard]] bool is_open() const { return store_.has_value(); }
    SimulatedDisk disk;
    SeededRandom random;
    ManualClock clock;
    Acknowledged done;   ///< acknowledged
    Acknowledged wanted; ///< what it will be if the call under way succeeds

    /// Opens the store, initialises it the first time. An error when the disk fails meanwhile.
    [[nodiscard]] Result<> start();
    void stop() { store_.reset(); }
    /// Told before each call (`wanted` says what it is about) and after it, with whether it succeeded.
    std::function<void(const Home&, std::optional<bool>)> listener;
    void begins() const
    {
        if (listener)
            listener(*this, std::nullopt);
    }
    /// A call has ended: with success it is acknowledged. A rule that refused is no fault.
    void ended(bool success, std::uint64_t& acknowledged);
    /// Everything acknowledged is there and whole; takes what is there as acknowledged. Throws Lost or
    /// Corrupt.
    void check();

private:
    void check_files();
    void check_chain();
    void check_rows();
    void check_facts();
    void check_records();

    std::optional<TemporaryFolder> folder_;
    Identity identity_;
    EventKeys keys_;
    Store::Options options_;
    std::optional<Store> store_;
};

} // namespace montbrillant::test
