// SPDX-License-Identifier: Apache-2.0
#include "tests/devices/pn532/frame.hpp"

#include <numeric>

namespace montbrillant::pn532 {
namespace {

std::uint8_t sum(BytesView bytes)
{
    return static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0U) & 0xFFU);
}

std::uint8_t complement(std::uint8_t value) { return static_cast<std::uint8_t>(0x100U - value); }

} // namespace

Bytes encode_frame(BytesView payload)
{
    Bytes frame{0x00, 0x00, 0xFF};
    const auto high = static_cast<std::uint8_t>(payload.size() >> 8U);
    const auto low = static_cast<std::uint8_t>(payload.size() & 0xFFU);
    if (payload.size() > 255) {
        const std::array length{high, low};
        frame.insert(frame.end(), {0xFF, 0xFF, high, low, complement(sum(length))});
    } else {
        frame.insert(frame.end(), {low, complement(low)});
    }
    frame.insert(frame.end(), payload.begin(), payload.end());
    frame.insert(frame.end(), {complement(sum(payload)), 0x00});
    return frame;
}

void FrameParser::reset()
{
    state_ = State::hunting;
    previous_ = 0xFF;
    held_.clear();
}

std::optional<HostFrame> FrameParser::take(std::uint8_t byte)
{
    if (state_ == State::hunting) {
        if (previous_ == 0x00 && byte == 0xFF)
            state_ = State::length;
        previous_ = byte;
        return std::nullopt;
    }
    held_.push_back(byte);
    switch (state_) {
    case State::hunting: return std::nullopt;
    case State::length: return take_length();
    case State::extended_length: return take_extended_length();
    case State::payload: return take_payload();
    }
    return std::nullopt;
}

std::optional<HostFrame> FrameParser::expect(std::size_t bytes)
{
    held_.clear();
    if (bytes == 0 || bytes > payload_max) {
        reset();
        return HostGarbage{};
    }
    expected_ = bytes;
    state_ = State::payload;
    return std::nullopt;
}

std::optional<HostFrame> FrameParser::take_length()
{
    if (held_.size() < 2)
        return std::nullopt;
    const std::uint8_t length = held_[0];
    const std::uint8_t check = held_[1];
    if (length == 0xFF && check == 0xFF) {
        held_.clear();
        state_ = State::extended_length;
        return std::nullopt;
    }
    if (length == 0x00 && check == 0xFF) {
        reset();
        return HostAck{};
    }
    if (length == 0xFF && check == 0x00) {
        reset();
        return HostNack{};
    }
    if (sum(held_) != 0) {
        reset();
        return HostGarbage{};
    }
    return expect(length);
}

std::optional<HostFrame> FrameParser::take_extended_length()
{
    if (held_.size() < 3)
        return std::nullopt;
    if (sum(held_) != 0) {
        reset();
        return HostGarbage{};
    }
    return expect(static_cast<std::size_t>(held_[0]) * 256U + held_[1]);
}

std::optional<HostFrame> FrameParser::take_payload()
{
    if (held_.size() < expected_ + 1)
        return std::nullopt;
    const bool good = sum(held_) == 0 && held_[0] == from_host && expected_ >= 2;
    Bytes data(held_.begin() + 1, held_.end() - 1);
    reset();
    if (!good)
        return HostGarbage{};
    return HostCommand{std::move(data)};
}

} // namespace montbrillant::pn532
