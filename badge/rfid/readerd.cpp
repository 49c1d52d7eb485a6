// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/readerd.hpp"

#include "badge/rfid/port_lock.hpp"
#include "sync/base/log.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace montbrillant {
namespace {

constexpr Millis beat_every{300};
/// Looks by presence check alone between two that would notice a second card: about every 0.2 s.
constexpr int quick_looks_max = 4;

} // namespace

bool ReaderPipes::write(const ReaderLine& line)
{
    const std::string text = format_reader_line(line) + '\n';
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t written = ::write(out_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::vector<std::string> ReaderPipes::read(Millis patience)
{
    pollfd waiting{in_, POLLIN, 0}; // an fd of -1 only waits
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0)
        return {};
    std::array<char, 1024> chunk{};
    const ssize_t got = ::read(in_, chunk.data(), chunk.size());
    if (got <= 0) {
        in_ = -1;
        return {};
    }
    std::vector<std::string> lines;
    for (const char c : std::span(chunk).first(static_cast<std::size_t>(got))) {
        if (c == '\n') {
            lines.push_back(skipping_ ? std::string() : pending_);
            pending_.clear();
            skipping_ = false;
        } else if (pending_.size() < reader_line_max) {
            pending_ += c;
        } else {
            skipping_ = true;
        }
    }
    return lines;
}

Readerd::Readerd(std::string device, ReaderProfile profile, Clock& clock, ReaderPipes& pipes,
                 const std::atomic<bool>& stop)
    : device_(std::move(device)), profile_(std::move(profile)), clock_(clock), pipes_(pipes), stop_(stop),
      filter_(profile_.taps)
{
}

void Readerd::say(const ReaderLine& line)
{
    last_said_ = clock_.mono();
    if (!pipes_.write(line))
        done_ = true;
}

Result<> Readerd::run()
{
    say(BeatLine{});
    const auto session = [&]() -> Result<> {
        MB_TRY(const ReaderAddress address, ReaderAddress::parse(device_));
        MB_TRY(const PortLock lock, PortLock::take(address));
        MB_TRY(NfcReader reader, NfcReader::open(device_));
        if (!profile_.firmware.empty() && profile_.firmware != reader.firmware())
            return fail(ErrorKind::device,
                        fmt::format("the reader reports \"{}\", the profile wants \"{}\"", reader.firmware(),
                                    profile_.firmware),
                        device_, "use the reader that the profile is for, or correct its \"firmware\"");
        say(ReadyLine{reader.firmware(), device_});
        return watch(reader);
    };
    auto result = session();
    if (!result)
        say(ErrorLine{fmt::format("{}: {}", result.error().where, result.error().what),
                      result.error().remedy});
    return result;
}

Result<> Readerd::watch(NfcReader& reader)
{
    int errors = 0;
    while (!done_ && !stop_.load()) {
        const auto cards = look(reader);
        if (cards) {
            errors = 0;
            announce(*cards);
        } else if (cards.error().kind == ErrorKind::refused) {
            errors = 0;
            note_unreadable(cards.error());
        } else {
            log::warn("a look at the cards failed: {}", cards.error().text());
            quick_looks_ = quick_looks_max;
            if (++errors >= profile_.errors_max)
                return fail(cards.error());
        }
        if (clock_.mono() - last_said_ >= beat_every)
            say(BeatLine{});
        // When nobody answers, the finite select itself is the rest between two looks.
        const bool answered = cards ? !cards->empty() : unreadable_;
        hear_commands(answered ? profile_.look_pause : Millis(0));
    }
    return {};
}

Result<std::vector<SeenCard>> Readerd::look(NfcReader& reader)
{
    if (filter_.present() && !filter_.several() && quick_looks_ < quick_looks_max) {
        ++quick_looks_;
        if (reader.still_present())
            return std::vector{*filter_.present()};
        // A card that refused one exchange may still be there: only a select tells.
    }
    quick_looks_ = 0;
    return look_at_all(reader);
}

Result<std::vector<SeenCard>> Readerd::look_at_all(NfcReader& reader)
{
    MB_TRY(const auto first, reader.select());
    if (!first)
        return std::vector<SeenCard>{};
    // Not nfc_initiator_list_passive_targets: it hides errors and compares targets with memcmp over bytes
    // that nobody wrote (libnfc issue 476).
    MB_CHECK(reader.deselect());
    MB_TRY(const auto second, reader.select());
    std::vector<SeenCard> cards{*first};
    if (!second) {
        MB_CHECK(reader.reset_field()); // a parked card that does not come back by itself
        quick_looks_ = quick_looks_max; // nothing is selected: a presence check would have nobody to ask
    } else if (second->uid != first->uid) {
        cards.push_back(*second);
        MB_CHECK(reader.reset_field());
    }
    return cards;
}

void Readerd::announce(std::span<const SeenCard> cards)
{
    unreadable_ = false;
    for (const TapEvent& event : filter_.look(clock_.mono(), cards)) {
        if (const auto* began = std::get_if<TapBegan>(&event))
            say(TapLine{began->card, 0});
        else if (const auto* ended = std::get_if<TapEnded>(&event))
            say(GoneLine{ended->uid});
        else
            say(ErrorLine{"one card, please", "hold a single card to the reader"});
    }
}

void Readerd::note_unreadable(const Error& error)
{
    if (!unreadable_)
        say(ErrorLine{error.what, error.remedy});
    unreadable_ = true;
}

void Readerd::hear_commands(Millis patience)
{
    for (const std::string& line : pipes_.read(patience)) {
        const auto command = parse_reader_command(line);
        if (!command) {
            say(ErrorLine{command.error().what, command.error().remedy});
            continue;
        }
        switch (*command) {
        case ReaderCommand::quit: done_ = true; break;
        }
    }
}

} // namespace montbrillant
