// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/needles.hpp"

#include <algorithm>
#include <cstring>

namespace montbrillant::simulation {
namespace {

constexpr std::size_t window_bytes = 8;

std::uint64_t window_at(BytesView bytes, std::size_t at)
{
    std::uint64_t window = 0;
    std::memcpy(&window, bytes.data() + at, window_bytes);
    return window;
}

std::size_t slot_of(std::uint64_t window)
{
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U; // Knuth's multiplicative hash
    return (window * golden) >> 48U;
}

} // namespace

void Needles::add(Bytes text)
{
    if (text.size() < bytes_min)
        return;
    for (std::size_t at = 0; at < window_bytes; ++at) {
        const auto window = window_at(text, at);
        windows_.emplace(window, Window{needles_.size(), at});
        likely_.set(slot_of(window));
    }
    needles_.push_back(std::move(text));
}

bool Needles::stands_at(BytesView file, std::size_t place, const Window& window) const
{
    const Bytes& needle = needles_[window.needle];
    return place >= window.at && place - window.at + needle.size() <= file.size() &&
           std::memcmp(file.data() + (place - window.at), needle.data(), needle.size()) == 0;
}

std::optional<std::size_t> Needles::find_in(BytesView file) const
{
    for (std::size_t place = 0; place + window_bytes <= file.size(); place += window_bytes) {
        const auto window = window_at(file, place);
        if (!likely_.test(slot_of(window)))
            continue;
        const auto [from, to] = windows_.equal_range(window);
        const auto found = std::find_if(
            from, to, [&](const auto& candidate) { return stands_at(file, place, candidate.second); });
        if (found != to)
            return found->second.needle;
    }
    return std::nullopt;
}

} // namespace montbrillant::simulation
