// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Fills an index with many people: their keys are made on two threads while the caller reads the next and
/// sorts in what is made. Until `finish` the index is the feeder's. What names delegations for the index is
/// asked by several threads at once.

#include "sync/domain/people/search.hpp"

#include <array>
#include <future>
#include <utility>
#include <vector>

namespace montbrillant {

class IndexFeeder {
public:
    explicit IndexFeeder(SearchIndex& index)
        : index_(index),
          makers_{Maker{index.key_maker().another(), {}}, Maker{index.key_maker().another(), {}}}
    {
    }
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
        for (std::size_t i = 0; i < makers_.size(); ++i)
            take_from_next();
        index_.settle();
    }

private:
    static constexpr std::size_t batch_people = 1000;

    struct Maker {
        KeyMaker keys; ///< remembers words, so each thread has its own
        std::future<std::vector<SearchKeys>> made;
    };

    void hand_over()
    {
        Maker& maker = take_from_next();
        maker.made = std::async(std::launch::async, [&maker, people = std::exchange(batch_, {})] {
            std::vector<SearchKeys> made;
            made.reserve(people.size());
            for (const auto& person : people)
                made.push_back(maker.keys.keys_of(person));
            return made;
        });
    }

    /// In turns, so that the index gets everybody in the order of `add`.
    Maker& take_from_next()
    {
        Maker& maker = makers_[turn_++ % makers_.size()];
        if (maker.made.valid()) {
            for (SearchKeys& keys : maker.made.get())
                index_.add(std::move(keys));
        }
        return maker;
    }

    SearchIndex& index_;
    std::array<Maker, 2> makers_;
    std::size_t turn_ = 0;
    std::vector<Person> batch_;
};

} // namespace montbrillant
