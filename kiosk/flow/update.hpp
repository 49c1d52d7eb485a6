// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Every journey of a kiosk as one pure function: no I/O, no clock, no randomness, no SDL.

#include "kiosk/flow/model.hpp"
#include "kiosk/flow/msg.hpp"

#include <utility>
#include <vector>

namespace montbrillant::flow {

struct Step {
    Model model;
    std::vector<Cmd> commands; ///< in order; each goes to the one worker that owns the resource
};

/// The model after `msg` at time `now`, and what it asks for.
[[nodiscard]] Step update(Model model, const Msg& msg, MonoTime now);

/// The answer to a question that reached nobody, so that nobody waits for ever; nothing for what is not
/// answered.
[[nodiscard]] std::optional<Msg> unanswered(const Cmd& command);

/// A model at rest for these settings: attract, in the first of the event's languages.
[[nodiscard]] Model start(Settings settings, MonoTime now);

/// When `update` wants to hear a Tick again at the latest: the end of a time-out, a countdown's next second.
/// Never before `model.now`, and after it when the last message was a Tick.
[[nodiscard]] MonoTime next_deadline(const Model& model);

/// The part of the kiosk that lights up, and the step 1 Find, 2 Confirm, 3 Badge (0: none), of a screen.
[[nodiscard]] Part part_of(const Model& model);
[[nodiscard]] int step_of(Screen screen);

} // namespace montbrillant::flow
