// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Fills an index with many people who come one after the other: they are opened, their keys are made and
/// sorted on threads while the caller gets the next. Who was added is found after `catch_up`. What names
/// delegations for the index is asked by several threads at once; all else belongs to the caller's.

#include "sync/base/result.hpp"
#include "sync/domain/people/search.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <future>
#include <memory>
#include <unordered_set>
#include <utility>
#include <vector>

namespace montbrillant {

/// `Closed` has `Result<Person> open() const`, which any thread may call.
template <class Closed> class IndexFeeder {
public:
    /// `indexed` hears of everybody who came into the index, on the caller's thread.
    using Indexed = std::function<void(const Person&)>;
    explicit IndexFeeder(SearchIndex& index, Indexed indexed = {})
        : index_(index), indexed_(std::move(indexed))
    {
    }
    IndexFeeder(const IndexFeeder&) = delete;
    IndexFeeder& operator=(const IndexFeeder&) = delete;

    void add(Closed person)
    {
        batch_.push_back(std::move(person));
        if (batch_.size() == batch_people)
            hand_over();
    }
    /// Everybody who was added is in the index, but those who could not be opened: the first such error.
    [[nodiscard]] Result<> catch_up()
    {
        if (batch_.empty() && running_ == 0)
            return {};
        for (std::size_t i = 0; i < makers_.size(); ++i)
            take_from_next().keys.reset();
        take(make(index_.key_maker(), std::exchange(batch_, {})));
        return std::exchange(opened_, {});
    }
    /// And all of them are sorted, so that the first query does not have to.
    [[nodiscard]] Result<> finish()
    {
        auto all = catch_up();
        index_.settle();
        return all;
    }

    static constexpr std::size_t batch_people = 4000; ///< made at a time

private:
    struct Made {
        std::vector<Person> people; ///< in the order of `add`
        SearchBlock block;          ///< of them
        Result<> opened;
    };
    struct Maker {
        std::unique_ptr<KeyMaker> keys; ///< remembers words, so each thread has its own
        std::future<Made> made;
    };

    static Made make(const KeyMaker& keys, const std::vector<Closed>& batch)
    {
        Made made;
        made.people.reserve(batch.size());
        for (const auto& closed : batch) {
            auto person = closed.open();
            if (person)
                made.people.push_back(std::move(*person));
            else if (made.opened)
                made.opened = tl::unexpected(std::move(person.error()));
        }
        made.block = SearchBlock::build(keys_of_last(keys, made.people));
        return made;
    }

    /// Of somebody who came twice, the later counts.
    static std::vector<SearchKeys> keys_of_last(const KeyMaker& keys, const std::vector<Person>& people)
    {
        std::vector<SearchKeys> out;
        out.reserve(people.size());
        std::unordered_set<DelegateId> seen;
        for (auto person = people.rbegin(); person != people.rend(); ++person) {
            if (seen.insert(person->id).second)
                out.push_back(keys.keys_of(*person));
        }
        return out;
    }

    void hand_over()
    {
        Maker& maker = take_from_next();
        if (!maker.keys)
            maker.keys = index_.key_maker().another();
        maker.made = std::async(std::launch::async, [&maker, batch = std::exchange(batch_, {})] {
            return make(*maker.keys, batch);
        });
        ++running_;
    }

    /// In turns, so that the index gets everybody in the order of `add`.
    Maker& take_from_next()
    {
        Maker& maker = makers_[turn_++ % makers_.size()];
        if (maker.made.valid()) {
            --running_;
            take(maker.made.get());
        }
        return maker;
    }

    void take(Made made)
    {
        index_.add(std::move(made.block));
        if (indexed_)
            std::for_each(made.people.begin(), made.people.end(), indexed_);
        if (opened_)
            opened_ = std::move(made.opened);
    }

    SearchIndex& index_;
    Indexed indexed_;
    std::array<Maker, 2> makers_;
    std::size_t turn_ = 0;
    std::size_t running_ = 0;
    std::vector<Closed> batch_;
    Result<> opened_;
};

} // namespace montbrillant
