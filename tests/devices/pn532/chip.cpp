// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/chip.hpp"

#include <algorithm>

namespace montbrillant::pn532 {
namespace {

// Command codes, UM0701-02 table 12.
constexpr std::uint8_t diagnose = 0x00;
constexpr std::uint8_t get_firmware_version = 0x02;
constexpr std::uint8_t get_general_status = 0x04;
constexpr std::uint8_t read_register = 0x06;
constexpr std::uint8_t write_register = 0x08;
constexpr std::uint8_t set_parameters = 0x12;
constexpr std::uint8_t sam_configuration = 0x14;
constexpr std::uint8_t power_down = 0x16;
constexpr std::uint8_t rf_configuration_command = 0x32;
constexpr std::uint8_t in_data_exchange = 0x40;
constexpr std::uint8_t in_communicate_thru = 0x42;
constexpr std::uint8_t in_deselect = 0x44;
constexpr std::uint8_t in_list_passive_target = 0x4A;
constexpr std::uint8_t in_release = 0x52;
constexpr std::uint8_t in_select = 0x54;

// Status bytes, section 7.1.
constexpr std::uint8_t status_ok = 0x00;
constexpr std::uint8_t status_timeout = 0x01;
constexpr std::uint8_t status_crc = 0x02;
constexpr std::uint8_t status_mifare_framing = 0x13;
constexpr std::uint8_t status_no_such_target = 0x27;

constexpr std::uint8_t auto_rats = 0x10;
constexpr std::uint8_t wake_up_byte = 0x55;
constexpr std::uint8_t cascade_tag = 0x88;
constexpr std::size_t line_bytes_max = 4096;

Bytes response(std::uint8_t command, Bytes data = {})
{
    data.insert(data.begin(), static_cast<std::uint8_t>(command + 1));
    return data;
}

/// The commands whose answer libnfc reads a status byte from, and aborts on its upper bits.
bool has_status(std::uint8_t command)
{
    switch (command) {
    case in_data_exchange:
    case in_communicate_thru:
    case in_select:
    case power_down: return true;
    default: return false;
    }
}

/// Initiator data of a type A listing: the UID with a cascade tag before each part but the last.
Bytes without_cascade_tags(BytesView data)
{
    Bytes uid(data.begin(), data.end());
    if (uid.size() == 8 && uid[0] == cascade_tag)
        uid.erase(uid.begin());
    if (uid.size() == 12 && uid[0] == cascade_tag && uid[4] == cascade_tag) {
        uid.erase(uid.begin() + 4);
        uid.erase(uid.begin());
    }
    return uid;
}

/// What the line makes of a frame.
Bytes damaged(Bytes frame, std::optional<Fault> fault)
{
    if (!fault)
        return frame;
    switch (*fault) {
    case Fault::garbled: frame[frame.size() - 3] ^= 0x10U; break;
    case Fault::badsum: frame[frame.size() - 2] ^= 0xFFU; break;
    case Fault::badlen: frame[4] ^= 0x01U; break;
    case Fault::truncated: frame.resize(frame.size() / 2); break;
    case Fault::noack:
    case Fault::nack:
    case Fault::noreply:
    case Fault::delay150:
    case Fault::delay500:
    case Fault::junk:
    case Fault::wrongcmd:
    case Fault::errorframe:
    case Fault::status80:
    case Fault::wedge: break;
    }
    return frame;
}

} // namespace

void Chip::receive(BytesView bytes, MonoTime now)
{
    for (const std::uint8_t byte : bytes) {
        if (asleep_) {
            asleep_ = byte != wake_up_byte;
            parser_.reset();
            continue;
        }
        if (const auto frame = parser_.take(byte); frame && !wedged_)
            obey(*frame, now);
    }
}

Bytes Chip::transmit(MonoTime now)
{
    while (listing_ && listing_->next_step <= now)
        step_listing();
    Bytes bytes;
    while (!line_.empty() && line_.front().at <= now) {
        bytes.insert(bytes.end(), line_.front().bytes.begin(), line_.front().bytes.end());
        line_.pop_front();
    }
    return bytes;
}

std::optional<MonoTime> Chip::next_due() const
{
    std::optional<MonoTime> due;
    if (!line_.empty())
        due = line_.front().at;
    if (listing_)
        due = due ? std::min(*due, listing_->next_step) : listing_->next_step;
    return due;
}

bool Chip::inject(Fault fault, std::size_t count)
{
    if (count > faults_max || faults_.size() + count > faults_max)
        return false;
    faults_.insert(faults_.end(), count, fault);
    return true;
}

void Chip::power_cycle()
{
    field_.reset();
    RfField cards = std::move(field_);
    *this = Chip(timing_);
    field_ = std::move(cards);
}

void Chip::obey(const HostFrame& frame, MonoTime now)
{
    if (const auto* command = std::get_if<HostCommand>(&frame)) {
        listing_.reset(); // a new command supersedes the one that runs
        start(command->data, now);
    } else if (std::holds_alternative<HostAck>(frame)) {
        listing_.reset();
    } else if (std::holds_alternative<HostNack>(frame) && !last_reply_.empty()) {
        send(last_reply_, now);
    }
}

std::optional<Fault> Chip::take_fault(std::uint8_t command)
{
    if (faults_.empty() || (faults_.front() == Fault::status80 && !has_status(command)))
        return std::nullopt;
    const Fault fault = faults_.front();
    faults_.pop_front();
    return fault;
}

void Chip::start(const Bytes& command, MonoTime now)
{
    const auto fault = take_fault(command.front());
    if (fault == Fault::wedge)
        wedged_ = true;
    if (fault == Fault::wedge || fault == Fault::noack)
        return;
    if (fault == Fault::nack) {
        send(nack_frame, now);
        return;
    }
    if (fault == Fault::junk) {
        const Bytes stray{0x3C, 0xA5, 0x00, 0x7E};
        send(stray, now);
    }
    send(ack_frame, now);
    run(command, fault, now);
}

void Chip::run(const Bytes& command, std::optional<Fault> fault, MonoTime now)
{
    switch (command.front()) {
    case in_list_passive_target: start_listing(command, fault, now); return;
    case in_data_exchange:
    case in_communicate_thru: reply(data_exchange(command), fault, now + timing_.exchange); return;
    case in_deselect:
    case in_release:
    case in_select: reply(targets(command), fault, now + timing_.exchange); return;
    case power_down:
        reply(response(power_down, {status_ok}), fault, now);
        field_.reset();
        field_on_ = false;
        target_listed_ = false;
        asleep_ = true;
        return;
    default: reply(configure(command), fault, now); return;
    }
}

void Chip::reply(std::optional<Bytes> answer, std::optional<Fault> fault, MonoTime at)
{
    if (fault == Fault::noreply)
        return;
    if (fault == Fault::delay150)
        at = at + Millis(150);
    if (fault == Fault::delay500)
        at = at + Millis(500);
    if (!answer || fault == Fault::errorframe) {
        last_reply_.assign(error_frame.begin(), error_frame.end());
    } else {
        if (fault == Fault::wrongcmd)
            answer->front() = static_cast<std::uint8_t>(answer->front() + 2);
        if (fault == Fault::status80)
            answer->at(1) |= 0x80U;
        answer->insert(answer->begin(), from_chip);
        last_reply_ = encode_frame(*answer);
    }
    send(damaged(last_reply_, fault), at);
}

void Chip::send(BytesView bytes, MonoTime at)
{
    std::size_t waiting = bytes.size();
    for (const Due& due : line_)
        waiting += due.bytes.size();
    if (waiting > line_bytes_max)
        return; // a host that never reads; a real line would lose them, too
    const auto later = std::ranges::upper_bound(line_, at, {}, &Due::at);
    line_.insert(later, Due{at, Bytes(bytes.begin(), bytes.end())});
}

std::optional<Bytes> Chip::configure(const Bytes& command)
{
    const std::uint8_t code = command.front();
    switch (code) {
    case diagnose: {
        constexpr std::uint8_t communication_line = 0x00;
        if (command.size() < 2 || command[1] != communication_line)
            return std::nullopt;
        return response(code, Bytes(command.begin() + 1, command.end()));
    }
    case get_firmware_version: return response(code, {0x32, 0x01, 0x06, 0x07});
    case get_general_status: return general_status();
    case read_register:
    case write_register: return registers(command);
    case set_parameters:
        if (command.size() != 2)
            return std::nullopt;
        parameters_ = command[1];
        return response(code);
    case sam_configuration:
        if (command.size() < 2 || command[1] == 0 || command[1] > 4)
            return std::nullopt;
        return response(code);
    case rf_configuration_command: return rf_configuration(command);
    default: return std::nullopt;
    }
}

Bytes Chip::general_status()
{
    Bytes status{0x00, 0x00, static_cast<std::uint8_t>(target_listed_ ? 1 : 0)};
    if (target_listed_)
        status.insert(status.end(),
                      {0x01, 0x00, 0x00, 0x10}); // Tg, receive and send at 106 kbit/s, Mifare type
    status.push_back(0x00);                      // SAM
    return response(get_general_status, std::move(status));
}

std::optional<Bytes> Chip::registers(const Bytes& command)
{
    const bool writing = command.front() == write_register;
    const std::size_t stride = writing ? 3 : 2;
    if (command.size() < 1 + stride || (command.size() - 1) % stride != 0)
        return std::nullopt;
    Bytes values;
    for (std::size_t i = 1; i < command.size(); i += stride) {
        const auto address = static_cast<std::uint16_t>(command[i] * 256U + command[i + 1]);
        if (writing)
            register_values_[address] = command[i + 2];
        else
            values.push_back(register_values_[address]);
    }
    return response(command.front(), std::move(values));
}

std::optional<Bytes> Chip::rf_configuration(const Bytes& command)
{
    constexpr std::uint8_t item_field = 0x01;
    constexpr std::uint8_t item_max_retries = 0x05;
    if (command.size() < 3)
        return std::nullopt;
    if (command[1] == item_field) {
        field_on_ = (command[2] & 0x01U) != 0;
        if (!field_on_) {
            field_.reset();
            target_listed_ = false;
        }
    }
    if (command[1] == item_max_retries) {
        if (command.size() != 5)
            return std::nullopt;
        activation_retries_ = command[4];
    }
    return response(
        rf_configuration_command); // other items: timings and analog settings, without effect here
}

std::optional<Bytes> Chip::targets(const Bytes& command)
{
    if (command.size() != 2)
        return std::nullopt;
    const std::uint8_t target = command[1];
    const bool all = target == 0 && command.front() != in_select;
    if (!all && (target != 1 || !target_listed_))
        return response(command.front(), {status_no_such_target});
    if (command.front() == in_select)
        return response(command.front(), {field_.selected() != nullptr ? status_ok : status_timeout});
    field_.park_selected();
    if (command.front() == in_release)
        target_listed_ = false;
    return response(command.front(), {status_ok});
}

std::optional<Bytes> Chip::data_exchange(const Bytes& command)
{
    const bool raw = command.front() == in_communicate_thru;
    if (!raw) {
        if (command.size() < 2)
            return std::nullopt;
        if ((command[1] & 0x07U) != 1 || !target_listed_)
            return response(command.front(), {status_no_such_target});
    }
    CardModel* card = field_.selected();
    if (card == nullptr)
        return response(command.front(), {status_timeout});
    const BytesView data = BytesView(command).subspan(raw ? 1 : 2);
    CardAnswer answer = raw ? card->raw(data) : card->exchange(data);
    switch (answer.kind) {
    case CardAnswer::Kind::data:
        answer.data.insert(answer.data.begin(), status_ok);
        return response(command.front(), std::move(answer.data));
    case CardAnswer::Kind::nak:
        field_.release_selected();
        return response(command.front(), {raw ? status_crc : status_mifare_framing});
    case CardAnswer::Kind::silence: return response(command.front(), {status_timeout});
    }
    return std::nullopt;
}

void Chip::start_listing(const Bytes& command, std::optional<Fault> fault, MonoTime now)
{
    constexpr std::uint8_t iso14443a = 0x00;
    if (command.size() < 3 || command[1] == 0 || command[1] > 2) {
        reply(std::nullopt, fault, now);
        return;
    }
    field_on_ = true;
    target_listed_ = false;
    field_.release_selected();
    Listing listing;
    if (activation_retries_ != 0xFF)
        listing.attempts_left = activation_retries_ + 1U;
    listing.type_a = command[2] == iso14443a;
    if (listing.type_a)
        listing.uid = without_cascade_tags(BytesView(command).subspan(3));
    listing.fault = fault;
    listing.next_step = now;
    listing_ = std::move(listing);
}

/// One attempt, its end, or the end of the whole listing; always at its own time, however late we are called.
void Chip::step_listing()
{
    Listing& listing = *listing_;
    const MonoTime now = listing.next_step;
    CardModel* card = listing.type_a ? field_.find(listing.uid) : nullptr;
    if (card != nullptr && listing.activating) {
        field_.select(*card);
        target_listed_ = true;
        reply(describe(*card), listing.fault, now);
        listing_.reset();
        return;
    }
    if (listing.attempts_left == 0U && !listing.activating) {
        reply(response(in_list_passive_target, {0x00}), listing.fault, now);
        listing_.reset();
        return;
    }
    if (!listing.activating && listing.attempts_left)
        --*listing.attempts_left;
    listing.activating = card != nullptr;
    listing.next_step = now + (card != nullptr ? timing_.activation : timing_.retry_gap);
}

Bytes Chip::describe(const CardModel& card) const
{
    const CardIdentity& id = card.identity();
    Bytes data{0x01, 0x01, id.atqa[0], id.atqa[1], id.sak, static_cast<std::uint8_t>(id.uid.size())};
    data.insert(data.end(), id.uid.begin(), id.uid.end());
    if ((parameters_ & auto_rats) != 0)
        data.insert(data.end(), id.ats.begin(), id.ats.end());
    return response(in_list_passive_target, std::move(data));
}

} // namespace montbrillant::pn532
