// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A PN532 with firmware 1.6 as its serial host sees it: bytes and time in, bytes with their time out. No
/// I/O, no clock of its own. Commands and status bytes: NXP UM0701-02, section 7. Answers all that libnfc
/// sends as initiator except InAutoPoll, which this product never uses; target mode is not modelled (error
/// frame).
///
/// Assumed, not measured on silicon: the times in `ChipTiming`, the status byte after a card's NAK (02 raw,
/// 13 with protocol handling). Bytes take no time on the line.

#include "sync/base/clock.hpp"
#include "tests/devices/pn532/fault.hpp"
#include "tests/devices/pn532/frame.hpp"
#include "tests/devices/pn532/rf_field.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>

namespace montbrillant::pn532 {

struct ChipTiming {
    Millis activation{5}; ///< anticollision and select, RATS included
    Millis exchange{2};   ///< one frame to a card and back
    Millis retry_gap{10}; ///< one activation attempt that nobody answers
};

class Chip {
public:
    explicit Chip(ChipTiming timing = {}) : timing_(timing) {}

    /// Bytes from the host.
    void receive(BytesView bytes, MonoTime now);
    /// Bytes for the host that are due by now.
    [[nodiscard]] Bytes transmit(MonoTime now);
    /// When `transmit` should be called next.
    [[nodiscard]] std::optional<MonoTime> next_due() const;

    /// Cards come and go between calls; the chip notices at its next attempt or exchange.
    [[nodiscard]] RfField& field() { return field_; }

    /// The next `count` commands (for status80: answers with a status) suffer it, after those already
    /// waiting. False when more than `faults_max` would wait.
    [[nodiscard]] bool inject(Fault fault, std::size_t count);
    void clear_faults() { faults_.clear(); }
    /// As after plugging in: asleep, defaults, no waiting faults. Cards stay where they are.
    void power_cycle();

    static constexpr std::size_t faults_max = 10000;

private:
    /// InListPassiveTarget under way.
    struct Listing {
        std::optional<unsigned> attempts_left; ///< nothing: for ever
        bool type_a = true;
        Bytes uid; ///< wanted card, or empty: any
        std::optional<Fault> fault;
        MonoTime next_step{};
        bool activating = false;
    };
    struct Due {
        MonoTime at{};
        Bytes bytes;
    };

    void obey(const HostFrame& frame, MonoTime now);
    void start(const Bytes& command, MonoTime now);
    void run(const Bytes& command, std::optional<Fault> fault, MonoTime now);
    [[nodiscard]] std::optional<Fault> take_fault(std::uint8_t command);
    /// `answer` without TFI: response code and data. Nothing: the error frame.
    void reply(std::optional<Bytes> answer, std::optional<Fault> fault, MonoTime at);
    void send(BytesView bytes, MonoTime at);

    [[nodiscard]] std::optional<Bytes> configure(const Bytes& command);
    [[nodiscard]] std::optional<Bytes> registers(const Bytes& command);
    [[nodiscard]] std::optional<Bytes> rf_configuration(const Bytes& command);
    [[nodiscard]] std::optional<Bytes> targets(const Bytes& command);
    [[nodiscard]] std::optional<Bytes> data_exchange(const Bytes& command);
    [[nodiscard]] Bytes general_status();
    void start_listing(const Bytes& command, std::optional<Fault> fault, MonoTime now);
    void step_listing();
    [[nodiscard]] Bytes describe(const CardModel& card) const;

    ChipTiming timing_;
    FrameParser parser_;
    RfField field_;
    std::deque<Fault> faults_;
    std::deque<Due> line_;
    std::map<std::uint16_t, std::uint8_t> register_values_; // at most 65536 entries by its key
    std::optional<Listing> listing_;
    Bytes last_reply_;
    bool asleep_ = true;
    bool wedged_ = false;
    bool field_on_ = false;
    bool target_listed_ = false;
    std::uint8_t parameters_ = 0x14; // automatic RATS, automatic ATR_RES
    std::uint8_t activation_retries_ = 0xFF;
};

} // namespace montbrillant::pn532
