// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/search.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace montbrillant {
namespace {

constexpr std::size_t fresh_max = 4096;
/// A block that is not so many times larger than the next is merged with it: few blocks, and nobody is copied
/// often.
constexpr std::size_t growth = 4;

} // namespace

SearchIndex::SearchIndex(KeyMaker::DelegationNames delegation_names) : keys_(std::move(delegation_names)) {}

void SearchIndex::add(SearchKeys keys)
{
    remove(keys.id);
    fresh_.emplace(keys.id, std::move(keys));
    if (fresh_.size() >= fresh_max)
        sort_in();
}

void SearchIndex::add(SearchBlock block)
{
    for (std::uint32_t slot = 0; slot < block.size(); ++slot)
        remove(DelegateId(std::string(block.id(slot))));
    sort_in();
    take(std::move(block));
}

void SearchIndex::remove(const DelegateId& id)
{
    if (fresh_.erase(id) > 0)
        return;
    for (SearchBlock& block : blocks_) {
        if (block.cross_out(id))
            return;
    }
}

void SearchIndex::clear()
{
    fresh_.clear();
    blocks_.clear();
    scratch_ = {};
}

std::size_t SearchIndex::size() const
{
    std::size_t people = fresh_.size();
    for (const SearchBlock& block : blocks_)
        people += block.size();
    return people;
}

void SearchIndex::sort_in() const
{
    if (fresh_.empty())
        return;
    std::vector<SearchKeys> people;
    people.reserve(fresh_.size());
    for (auto& [id, keys] : fresh_)
        people.push_back(std::move(keys));
    fresh_.clear();
    take(SearchBlock::build(std::move(people)));
}

void SearchIndex::take(SearchBlock block) const
{
    blocks_.push_back(std::move(block));
    while (blocks_.size() > 1 && blocks_[blocks_.size() - 2].size() < growth * blocks_.back().size()) {
        const SearchBlock last = std::move(blocks_.back());
        blocks_.pop_back();
        blocks_.back() = SearchBlock::merge(blocks_.back(), last);
    }
}

void SearchIndex::settle()
{
    sort_in();
    while (blocks_.size() > 1) {
        const SearchBlock last = std::move(blocks_.back());
        blocks_.pop_back();
        blocks_.back() = SearchBlock::merge(blocks_.back(), last);
    }
}

void SearchIndex::find(const std::vector<QueryReading>& readings, bool with_slip, std::size_t most,
                       std::vector<Found>& found) const
{
    std::vector<SearchBlock::Match> matches;
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
        matches.clear();
        for (const QueryReading& reading : readings) {
            if (with_slip)
                blocks_[block].find_with_slip(reading, most, slip_penalty, scratch_, matches);
            else
                blocks_[block].find(reading, most, scratch_, matches);
        }
        for (const SearchBlock::Match& match : matches)
            found.push_back({block, match});
    }
    // Of one person the best way to fit.
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return std::tie(a.block, a.match.slot, b.match.score) <
               std::tie(b.block, b.match.slot, a.match.score);
    });
    found.erase(std::unique(found.begin(), found.end(),
                            [](const Found& a, const Found& b) {
                                return a.block == b.block && a.match.slot == b.match.slot;
                            }),
                found.end());
}

std::vector<Hit> SearchIndex::query(std::string_view text, std::size_t limit) const
{
    sort_in();
    const std::vector<QueryReading> readings = keys_.readings_of(text);
    const std::size_t most = std::max(limit, enough);
    std::vector<Found> found;
    find(readings, false, most, found);
    const auto good = std::count_if(found.begin(), found.end(),
                                    [](const Found& one) { return one.match.score >= more_than_consonants; });
    if (static_cast<std::size_t>(good) < enough)
        find(readings, true, most, found);

    const auto better = [&](const Found& a, const Found& b) {
        if (a.match.score != b.match.score)
            return a.match.score > b.match.score;
        const SearchBlock& left = blocks_[a.block];
        const SearchBlock& right = blocks_[b.block];
        return std::pair(left.sort_name(a.match.slot), left.id(a.match.slot)) <
               std::pair(right.sort_name(b.match.slot), right.id(b.match.slot));
    };
    const auto shown = static_cast<std::ptrdiff_t>(std::min(limit, found.size()));
    std::partial_sort(found.begin(), found.begin() + shown, found.end(), better);
    std::vector<Hit> hits;
    for (auto one = found.begin(); one != found.begin() + shown; ++one)
        hits.push_back({DelegateId(std::string(blocks_[one->block].id(one->match.slot))), one->match.score});
    return hits;
}

bool enough_letters(std::string_view query, int letters_min)
{
    int letters = 0;
    for (const char32_t c :
         unicode::code_points(unicode::cut(unicode::nfc(query), KeyMaker::query_bytes_max))) {
        if (unicode::script_of(c) == unicode::Script::han)
            return true;
        letters += unicode::is_letter(c) || unicode::is_digit(c) ? 1 : 0;
    }
    return letters >= letters_min;
}

} // namespace montbrillant
