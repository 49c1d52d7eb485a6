// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Fills an index with many people: their keys are made on a thread of its own while the caller reads the
/// next. Until `finish` the index is the feeder's, and so is whatever names delegations for it.

#include "sync/domain/people/search.hpp"

#include <future>
#include <utility>
#include <vector>

namespace montbrillant {

class IndexFeeder {
public:
    explicit IndexFeeder(SearchIndex& index) : index_(index) {}
    IndexFeeder(const IndexFeeder&) = delete;
    IndexFeeder& operator=(const IndexFeeder&) = delete;

    void add(const Person& person)
    {
        batch_.push_back(person);
        if (batch_.size() == batch_people)
            hand_over();
    }
    /// Everybody is in it, and sorted.
    void finish()
    {
        hand_over();
        running_.get();
        index_.settle();
    }

private:
    static constexpr std::size_t batch_people = 1000;

    void hand_over()
    {
        if (running_.valid())
            running_.get();
        running_ = std::async(std::launch::async, [this, people = std::exchange(batch_, {})] {
            for (const auto& person : people)
                index_.add(person);
        });
    }

    SearchIndex& index_;
    std::vector<Person> batch_;
    std::future<void> running_;
};

} // namespace montbrillant
