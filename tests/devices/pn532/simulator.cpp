// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/simulator.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace montbrillant::pn532 {
namespace {

constexpr std::size_t uid_bytes_max = 12;
constexpr unsigned tap_ms_max = 600000;

std::optional<unsigned> number(std::string_view text, unsigned max)
{
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value == 0 || value > max)
        return std::nullopt;
    return value;
}

std::optional<Bytes> uid_bytes(std::string_view hex)
{
    auto uid = from_hex(hex);
    if (!uid || uid->empty() || uid->size() > uid_bytes_max)
        return std::nullopt;
    return uid;
}

} // namespace

std::string Simulator::command(std::string_view line, MonoTime now)
{
    if (line.size() > line_max)
        return "error: the line is too long";
    std::istringstream text{std::string(line)};
    Words words;
    for (std::string word; text >> word;)
        words.push_back(word);
    words.resize(std::max<std::size_t>(words.size(), 1));
    const std::string why = words.size() > 4 ? "too many words" : obey(words, now);
    return why.empty() ? "ok" : "error: " + why;
}

std::string Simulator::obey(const Words& words, MonoTime now)
{
    const std::string& verb = words[0];
    const std::string first = words.size() > 1 ? words[1] : "";
    const std::string second = words.size() > 2 ? words[2] : "";
    if (verb == "insert")
        return insert(first, second);
    if (verb == "remove")
        return remove(first);
    if (verb == "tap")
        return tap(words, now);
    if (verb == "fault")
        return fault(first, second);
    if (verb == "parked" && (first == "silent" || first == "awake")) {
        chip_.field().keep_parked_silent(first == "silent");
        return {};
    }
    if (verb == "unplug") {
        pty_.unplug();
        return {};
    }
    if (verb == "replug")
        return replug();
    if (verb == "quit") {
        finished_ = true;
        return {};
    }
    return "not understood: insert, remove, tap, fault, parked, unplug, replug or quit";
}

std::string Simulator::insert(std::string_view uid, std::string_view kind)
{
    auto bytes = uid_bytes(uid);
    if (!bytes)
        return "a UID is 1 to 12 bytes in hex";
    const auto known = kind.empty() ? usual_kind(bytes->size()) : card_kind_from_text(kind);
    if (!known)
        return "a card is ntag213, desfire or classic";
    if (!chip_.field().insert(make_card(*known, std::move(*bytes))))
        return "that card is there already";
    return {};
}

std::string Simulator::remove(std::string_view uid)
{
    if (uid.empty()) {
        chip_.field().remove_all();
        leaving_.clear();
        return {};
    }
    const auto bytes = uid_bytes(uid);
    if (!bytes || !chip_.field().remove(*bytes))
        return "that card is not there";
    std::erase_if(leaving_, [&](const Leaving& leaving) { return leaving.uid == *bytes; });
    return {};
}

std::string Simulator::tap(const Words& words, MonoTime now)
{
    const auto stay = number(words.size() > 2 ? words[2] : "", tap_ms_max);
    if (!stay)
        return "say for how many milliseconds, 1 to 600000";
    std::string why = insert(words[1], words.size() > 3 ? words[3] : "");
    if (why.empty())
        leaving_.push_back({now + Millis(*stay), *uid_bytes(words[1])});
    return why;
}

std::string Simulator::fault(std::string_view name, std::string_view count)
{
    if (name == "none") {
        chip_.clear_faults();
        return {};
    }
    const auto known = fault_from_text(name);
    if (!known)
        return "no such fault";
    const auto times = count.empty() ? 1U : number(count, Chip::faults_max);
    if (!times || !chip_.inject(*known, *times))
        return "a count is 1 to 10000";
    return {};
}

std::string Simulator::replug()
{
    pty_.unplug();
    chip_.power_cycle();
    const auto plugged = pty_.plug();
    return plugged ? std::string() : plugged.error().text();
}

void Simulator::tick(MonoTime now)
{
    std::erase_if(leaving_, [&](const Leaving& leaving) {
        const bool over = leaving.at <= now;
        return over && chip_.field().remove(leaving.uid);
    });
    if (pty_.plugged())
        chip_.receive(pty_.read(), now);
    const Bytes out = chip_.transmit(now);
    if (pty_.plugged())
        pty_.write(out);
}

std::optional<MonoTime> Simulator::next_due() const
{
    auto due = chip_.next_due();
    for (const Leaving& leaving : leaving_)
        due = due ? std::min(*due, leaving.at) : leaving.at;
    return due;
}

} // namespace montbrillant::pn532
