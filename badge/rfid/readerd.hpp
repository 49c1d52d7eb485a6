// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The program `montbrillant-readerd` without its main: looks at the field of one reader again and again,
/// writes events, hears commands (reader_protocol.hpp). One thread. It ends, with an error, when the reader
/// is lost: whoever started it starts it again, so that recovery and start-up are the same code.

#include "badge/rfid/nfc.hpp"
#include "badge/rfid/reader_profile.hpp"
#include "badge/rfid/reader_protocol.hpp"
#include "badge/rfid/tap_filter.hpp"
#include "sync/base/clock.hpp"

#include <atomic>
#include <span>
#include <string>
#include <vector>

namespace montbrillant {

/// Lines in and out of the program's own stdin and stdout (or any two descriptors; not owned).
class ReaderPipes {
public:
    ReaderPipes(int in, int out) : in_(in), out_(out) {}

    /// False when nobody listens any more.
    [[nodiscard]] bool write(const ReaderLine& line);
    /// Waits up to `patience` and returns the whole lines that came. Lines longer than `reader_line_max` come
    /// as an empty line, which no command is.
    [[nodiscard]] std::vector<std::string> read(Millis patience);

private:
    int in_; // -1 after its end
    int out_;
    std::string pending_;
    bool skipping_ = false; // inside a line that is too long
};

class Readerd {
public:
    /// `stop` may be set by a signal handler. All references outlive the object.
    Readerd(std::string device, ReaderProfile profile, Clock& clock, ReaderPipes& pipes,
            const std::atomic<bool>& stop);

    /// Until `quit`, `stop` or a closed stdout: done. Until the reader is lost, or never opened: the reason,
    /// which has been written as an `error` event, too.
    [[nodiscard]] Result<> run();

private:
    [[nodiscard]] Result<> watch(NfcReader& reader);
    [[nodiscard]] Result<std::vector<SeenCard>> look(NfcReader& reader);
    [[nodiscard]] Result<std::vector<SeenCard>> look_at_all(NfcReader& reader);
    void announce(std::span<const SeenCard> cards);
    void note_unreadable(const Error& error);
    void hear_commands(Millis patience);
    void say(const ReaderLine& line);

    std::string device_;
    ReaderProfile profile_;
    Clock& clock_;
    ReaderPipes& pipes_;
    const std::atomic<bool>& stop_;
    TapFilter filter_;
    MonoTime last_said_{};
    int quick_looks_ = 0;     // presence checks since every card in the field was last asked
    bool unreadable_ = false; // a card with an invalid UID was complained about and is still there
    bool done_ = false;
};

} // namespace montbrillant
