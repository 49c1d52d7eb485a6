// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/progress.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr Millis second{1000};
constexpr std::size_t bar_cells = 20;

std::string bar(std::uint64_t done, std::uint64_t all)
{
    const std::size_t full = static_cast<std::size_t>(done * bar_cells / all);
    return "[" + std::string(full, '#') + std::string(bar_cells - full, '.') + "]";
}

} // namespace

Progress::Progress(const Output& output, Clock& clock, std::string doing, std::optional<std::uint64_t> all)
    : output_(output), clock_(clock), doing_(std::move(doing)), all_(all), began_(clock.mono()), said_(began_)
{
}

Progress::~Progress()
{
    if (shown_)
        output_.progress("");
}

void Progress::at(std::uint64_t done, std::uint64_t counted, std::string_view of_what)
{
    const MonoTime now = clock_.mono();
    if (output_.json || !output_.progress || now - said_ < second)
        return;
    said_ = now;
    shown_ = true;
    std::string line = doing_ + ": ";
    if (all_ && *all_ > 0 && done <= *all_ && done > 0) {
        const auto left =
            (now - began_) * static_cast<std::int64_t>(*all_ - done) / static_cast<std::int64_t>(done);
        line += fmt::format("{} {:>3} %, about {} s left, ", bar(done, *all_), done * 100 / *all_,
                            left.count() / second.count() + 1);
    }
    output_.progress(line + fmt::format("{} {}", counted, of_what));
}

} // namespace montbrillant
