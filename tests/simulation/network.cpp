// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/network.hpp"

namespace montbrillant::simulation {
namespace {

// Of a thousand messages.
constexpr std::uint64_t slow = 30;
constexpr std::uint64_t lost = 25;
constexpr std::uint64_t answers_lost = 35;
constexpr std::uint64_t repeated = 20;

} // namespace

Millis Network::delay()
{
    const bool is_slow = world_.faults && world_.happens(slow);
    return world_.millis_between(Millis(1), Millis(is_slow ? 9000 : 40));
}

void Network::lose(const Reply& reply)
{
    if (world_.happens(500))
        world_.timeline.after(world_.millis_between(Millis(1), Millis(3000)),
                              [reply] { reply(std::nullopt); });
}

bool Network::is_cut(std::size_t line, Way way) const
{
    return world_.timeline.now() < cut_until_[line][static_cast<std::size_t>(way)];
}

void Network::cut(std::size_t line, Way way, Millis duration)
{
    Millis& until = cut_until_[line][static_cast<std::size_t>(way)];
    until = std::max(until, world_.timeline.now() + duration);
}

void Network::mend()
{
    for (auto& line : cut_until_)
        line.fill(Millis(0));
}

void Network::send(std::size_t line, Way way, const HttpCall& call, const Reply& reply)
{
    ++world_.counts.messages;
    if (is_cut(line, way) || (world_.faults && world_.happens(lost)))
        return lose(reply);
    const auto sent = std::make_shared<const HttpCall>(call);
    world_.timeline.after(delay(), [this, line, way, sent, reply] { deliver(line, way, sent, reply); });
    if (world_.faults && world_.happens(repeated)) {
        const Millis later = world_.millis_between(Millis(1), Millis(world_.happens(200) ? 3600000 : 20000));
        world_.timeline.after(later,
                              [this, line, way, sent] { deliver(line, way, sent, [](const auto&) {}); });
    }
}

void Network::deliver(std::size_t line, Way way, const Call& call, const Reply& reply)
{
    if (is_cut(line, way))
        return lose(reply);
    registry_.receive(*call, [this, line, way, reply](std::optional<HttpAnswer> answer) {
        send_back(line, way, std::move(answer), reply);
    });
}

void Network::send_back(std::size_t line, Way way, std::optional<HttpAnswer> answer, const Reply& reply)
{
    if (is_cut(line, way) || (world_.faults && world_.happens(answers_lost)))
        return lose(reply);
    const auto sent = std::make_shared<std::optional<HttpAnswer>>(std::move(answer));
    world_.timeline.after(delay(), [this, line, way, sent, reply] {
        if (!is_cut(line, way))
            reply(std::move(*sent));
    });
}

} // namespace montbrillant::simulation
