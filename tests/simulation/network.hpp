// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The lines between devices and their registry, one for pushing and one for pulling each. What goes over
/// them takes time, overtakes, gets lost on the way there or back, or arrives again long after; and a line
/// may be cut for hours, in which case it says so or says nothing.

#include "tests/simulation/registry_node.hpp"

#include <array>

namespace montbrillant::simulation {

enum class Way : std::size_t { push, pull };

class Network {
public:
    Network(World& world, RegistryNode& registry, std::size_t lines)
        : world_(world), registry_(registry), cut_until_(lines)
    {
    }
    void send(std::size_t line, Way way, const HttpCall& call, const Reply& reply);
    void cut(std::size_t line, Way way, Millis duration);
    void mend();
    [[nodiscard]] bool is_cut(std::size_t line, Way way) const;

private:
    using Call = std::shared_ptr<const HttpCall>;
    void deliver(std::size_t line, Way way, const Call& call, const Reply& reply);
    void send_back(std::size_t line, Way way, std::optional<HttpAnswer> answer, const Reply& reply);
    /// Lost: the other end hears of it soon, or never.
    void lose(const Reply& reply);
    [[nodiscard]] Millis delay();

    World& world_;
    RegistryNode& registry_;
    std::vector<std::array<Millis, 2>> cut_until_;
};

} // namespace montbrillant::simulation
