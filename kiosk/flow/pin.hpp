// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The digits of a PIN between the glass and the desk: no heap, overwritten when it goes.

#include "sync/base/sodium.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace montbrillant::flow {

class Pin {
public:
    static constexpr std::size_t digits_min = 4;
    static constexpr std::size_t digits_max = 8;

    Pin() = default;
    explicit Pin(std::string_view digits)
    {
        for (const char digit : digits)
            add(digit);
    }
    Pin(const Pin&) = default; // a move copies: what is left behind is overwritten at its end
    Pin& operator=(const Pin&) = default;
    ~Pin() { clear(); }

    /// Beyond `digits_max` nothing is added.
    void add(char digit)
    {
        if (size_ < digits_max)
            digits_[size_++] = digit;
    }
    void erase_last()
    {
        if (size_ > 0)
            digits_[--size_] = '\0';
    }
    void clear()
    {
        crypto::wipe({reinterpret_cast<std::uint8_t*>(digits_.data()), digits_.size()});
        size_ = 0;
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool complete() const { return size_ >= digits_min; }
    /// Valid as long as this object does not change.
    [[nodiscard]] std::string_view digits() const { return {digits_.data(), size_}; }

private:
    std::array<char, digits_max> digits_{};
    std::size_t size_ = 0;
};

} // namespace montbrillant::flow
