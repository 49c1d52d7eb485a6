// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Chip, port and the hand that holds cards to it. The hand is a line protocol; every line is answered by one
/// line, `ok` or `error: why`:
///
///     insert UID [ntag213|desfire|classic]   a card comes into the field; UID: hex, 1 to 12 bytes, of which
///     only 4, 7
///                                            and 10 are real. Kind left out: classic for 4 bytes, else
///                                            ntag213
///     remove [UID]                           that card, or all, leave
///     tap UID MS [ntag213|desfire|classic]   insert, and remove after MS milliseconds (1 to 600000)
///     fault NAME [COUNT]                     the next COUNT (1) commands suffer it, see fault.hpp; `fault
///     none`
///                                            forgets those that wait
///     parked silent|awake                    whether a deselected card stays silent until the RF field was
///     off unplug                                 the port hangs up and its link disappears; cards stay
///     replug                                 a new port under the old link, the chip freshly powered
///     quit                                   end

#include "tests/devices/pn532/chip.hpp"
#include "tests/devices/pn532/pty.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace montbrillant::pn532 {

class Simulator {
public:
    explicit Simulator(std::filesystem::path link) : pty_(std::move(link)) {}

    /// One control line in, the answer out.
    [[nodiscard]] std::string command(std::string_view line, MonoTime now);
    [[nodiscard]] bool finished() const { return finished_; }

    [[nodiscard]] Result<> plug() { return pty_.plug(); }
    [[nodiscard]] const Pty& pty() const { return pty_; }
    /// Moves bytes between port and chip and takes cards away whose time is up. Call after `poll`, and when
    /// `next_due` has come.
    void tick(MonoTime now);
    [[nodiscard]] std::optional<MonoTime> next_due() const;

    static constexpr std::size_t line_max = 256;

private:
    using Words = std::vector<std::string>;
    /// Empty: done. Otherwise why not.
    [[nodiscard]] std::string obey(const Words& words, MonoTime now);
    [[nodiscard]] std::string insert(std::string_view uid, std::string_view kind);
    [[nodiscard]] std::string remove(std::string_view uid);
    [[nodiscard]] std::string tap(const Words& words, MonoTime now);
    [[nodiscard]] std::string fault(std::string_view name, std::string_view count);
    [[nodiscard]] std::string replug();

    struct Leaving {
        MonoTime at{};
        Bytes uid;
    };
    Chip chip_;
    Pty pty_;
    std::vector<Leaving> leaving_; // at most one per card
    bool finished_ = false;
};

} // namespace montbrillant::pn532
