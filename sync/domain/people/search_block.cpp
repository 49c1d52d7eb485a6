// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/search_block.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace montbrillant {
namespace {

/// What a word as typed is compared with.
constexpr std::array text_fields{KeyField::family, KeyField::given,        KeyField::sole,
                                 KeyField::id,     KeyField::organization, KeyField::delegation};

/// The two orders of a full name typed as one word; a beginning has the points of the part that comes first.
constexpr std::array name_orders{std::pair{KeyField::family, KeyField::given},
                                 std::pair{KeyField::given, KeyField::family}};
constexpr int exact = 100;

bool latin_letters_only(std::string_view word)
{
    return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Between two code points.
bool boundary(std::string_view text, std::size_t at)
{
    return (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
}

bool can_slip(std::string_view word)
{
    return word.size() >= SearchBlock::slip_letters_min && latin_letters_only(word);
}

} // namespace

void SearchBlock::Texts::add(std::string_view text)
{
    text_.append(text);
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
}

std::string_view SearchBlock::Texts::at(std::uint32_t index) const
{
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
}

SearchBlock SearchBlock::build(std::vector<SearchKeys> people)
{
    std::sort(people.begin(), people.end(), [](const SearchKeys& a, const SearchKeys& b) {
        return std::tie(a.sort_name, a.id) < std::tie(b.sort_name, b.id);
    });
    SearchBlock out;
    out.slots_ = static_cast<std::uint32_t>(people.size());
    out.alive_count_ = people.size();
    out.alive_.reset(people.size());
    std::array<std::vector<KeyDictionary::Entry>, key_fields> entries;
    for (std::uint32_t slot = 0; slot < out.slots_; ++slot) {
        out.names_.add(people[slot].sort_name);
        out.ids_.add(people[slot].id.str());
        out.alive_.insert(slot);
        for (const SearchKey& key : people[slot].keys)
            entries[static_cast<std::size_t>(key.field)].emplace_back(key.text, Posting{slot, key.complete});
    }
    for (std::size_t field = 0; field < key_fields; ++field)
        out.fields_[field] = KeyDictionary::build(entries[field]);
    out.sort_ids();
    return out;
}

SearchBlock SearchBlock::merge(const SearchBlock& a, const SearchBlock& b)
{
    SearchBlock out;
    out.alive_count_ = a.alive_count_ + b.alive_count_;
    out.alive_.reset(out.alive_count_);
    std::array<KeyDictionary::Renumbering, 2> slots{
        KeyDictionary::Renumbering(a.slots_, KeyDictionary::dropped),
        KeyDictionary::Renumbering(b.slots_, KeyDictionary::dropped)};
    const auto take = [&](const SearchBlock& from, std::size_t which, std::uint32_t slot) {
        if (!from.alive_.contains(slot))
            return;
        slots[which][slot] = out.slots_;
        out.names_.add(from.sort_name(slot));
        out.ids_.add(from.id(slot));
        out.alive_.insert(out.slots_++);
    };
    for (std::uint32_t i = 0, j = 0; i < a.slots_ || j < b.slots_;) {
        const bool from_a = j == b.slots_ || (i < a.slots_ && std::pair(a.sort_name(i), a.id(i)) <
                                                                  std::pair(b.sort_name(j), b.id(j)));
        from_a ? take(a, 0, i++) : take(b, 1, j++);
    }
    for (std::size_t field = 0; field < key_fields; ++field)
        out.fields_[field] = KeyDictionary::merge(a.fields_[field], slots[0], b.fields_[field], slots[1]);
    out.take_ids(a, slots[0]);
    const auto middle = static_cast<std::ptrdiff_t>(out.by_id_.size());
    out.take_ids(b, slots[1]);
    std::inplace_merge(out.by_id_.begin(), out.by_id_.begin() + middle, out.by_id_.end(),
                       [&out](std::uint32_t x, std::uint32_t y) { return out.id(x) < out.id(y); });
    return out;
}

void SearchBlock::take_ids(const SearchBlock& from, const KeyDictionary::Renumbering& slots)
{
    for (const std::uint32_t slot : from.by_id_) {
        if (slots[slot] != KeyDictionary::dropped)
            by_id_.push_back(slots[slot]);
    }
}

void SearchBlock::sort_ids()
{
    by_id_.resize(slots_);
    std::iota(by_id_.begin(), by_id_.end(), 0U);
    std::sort(by_id_.begin(), by_id_.end(),
              [this](std::uint32_t x, std::uint32_t y) { return id(x) < id(y); });
}

bool SearchBlock::cross_out(const DelegateId& wanted)
{
    const auto at =
        std::lower_bound(by_id_.begin(), by_id_.end(), std::string_view(wanted.str()),
                         [this](std::uint32_t slot, std::string_view text) { return id(slot) < text; });
    if (at == by_id_.end() || id(*at) != wanted.str() || !alive_.contains(*at))
        return false;
    alive_.erase(*at);
    --alive_count_;
    return true;
}

void SearchBlock::add_sources(std::vector<Source>& out, KeyField field, std::string_view text) const
{
    const KeyDictionary& keys = of(field);
    const KeyRange beginning = keys.beginning_with(text);
    if (beginning.empty())
        return;
    const KeyRange whole = keys.whole(beginning, text);
    const int points = points_of(field, false);
    if (!whole.empty() && points_of(field, true) > points)
        out.push_back({points_of(field, true), &keys, whole, false});
    if (points > 0)
        out.push_back({points, &keys, beginning, false});
}

std::vector<SearchBlock::Source> SearchBlock::sources_of(const QueryWord& word) const
{
    std::vector<Source> out;
    for (const KeyField field : text_fields)
        add_sources(out, field, word.text);
    if (!word.sound.empty())
        add_sources(out, KeyField::sound, word.sound);
    for (const std::string& consonants : word.consonants)
        add_sources(out, KeyField::consonants, consonants);
    return out;
}

std::vector<SearchBlock::Source> SearchBlock::slips_of(const QueryWord& word) const
{
    std::vector<Source> out;
    const auto add = [&](KeyField field, std::string_view text) {
        const KeyDictionary& keys = of(field);
        const int begun = points_of(field, false);
        keys.each_slip(text, [&](KeyRange range, std::size_t length) {
            if (keys.key(range.first).size() == length && points_of(field, true) > begun)
                out.push_back({points_of(field, true), &keys, {range.first, range.first + 1}, false});
            if (begun > 0)
                out.push_back({begun, &keys, range, false});
        });
    };
    for (const KeyField field : text_fields)
        add(field, word.text);
    if (can_slip(word.sound))
        add(KeyField::sound, word.sound);
    return out;
}

/// Words typed apart that are one: "mac donald", "R 000123".
void SearchBlock::add_joined_whole(std::vector<JoinedSource>& out, std::string_view joined) const
{
    for (const KeyField field : {KeyField::family, KeyField::given, KeyField::sole, KeyField::id}) {
        std::vector<Source> sources;
        add_sources(sources, field, joined);
        for (Source& source : sources) {
            source.complete_only = field == KeyField::family || field == KeyField::given;
            out.push_back({source.points, source, {}});
        }
    }
}

void SearchBlock::add_joined_parts(std::vector<JoinedSource>& out, std::string_view joined) const
{
    for (std::size_t at = 1; at < joined.size(); ++at) {
        if (!boundary(joined, at))
            continue;
        for (const auto& [first, second] : name_orders) {
            const KeyRange begin = of(first).beginning_with(joined.substr(0, at));
            const Source head{0, &of(first), of(first).whole(begin, joined.substr(0, at)), true};
            if (head.range.empty())
                continue;
            const KeyRange tails = of(second).beginning_with(joined.substr(at));
            if (tails.empty())
                continue;
            const KeyRange whole = of(second).whole(tails, joined.substr(at));
            if (!whole.empty())
                out.push_back({exact, head, Source{0, &of(second), whole, true}});
            out.push_back({points_of(first, false), head, Source{0, &of(second), tails, true}});
        }
    }
}

/// The same by sound, in any order; one word alone has its sound already. A letter that ends the one name and
/// begins the other sounds once.
void SearchBlock::add_joined_sounds(std::vector<JoinedSource>& out, std::string_view sounds) const
{
    const KeyDictionary& keys = of(KeyField::sound);
    for (std::size_t at = 1; at < sounds.size(); ++at) {
        const std::string_view head = sounds.substr(0, at);
        const KeyRange first = keys.whole(keys.beginning_with(head), head);
        if (first.empty())
            continue;
        for (const std::size_t from : {at, at - 1}) {
            if (const KeyRange second = keys.beginning_with(sounds.substr(from)); !second.empty())
                out.push_back({points_of(KeyField::sound, false),
                               {0, &keys, first, true},
                               Source{0, &keys, second, true}});
        }
    }
}

/// One part has the slip and enough letters; the other one is as typed.
void SearchBlock::add_joined_parts_with_slip(std::vector<JoinedSource>& out, std::string_view joined) const
{
    constexpr std::size_t other_letters_min = 2;
    const auto add = [&](int points, const KeyDictionary& a, KeyRange heads, const KeyDictionary& b,
                         KeyRange tails) {
        out.push_back({points, {0, &a, heads, true}, Source{0, &b, tails, true}});
    };
    for (std::size_t at = other_letters_min; at + other_letters_min <= joined.size(); ++at) {
        const std::string_view head = joined.substr(0, at);
        const std::string_view tail = joined.substr(at);
        for (const auto& [first, second] : name_orders) {
            const KeyDictionary& a = of(first);
            const KeyDictionary& b = of(second);
            const int begun = points_of(first, false);
            const KeyRange heads = a.whole(a.beginning_with(head), head);
            const KeyRange tails = b.beginning_with(tail);
            if (!heads.empty() && can_slip(tail)) {
                b.each_slip(tail, [&](KeyRange range, std::size_t length) {
                    if (b.key(range.first).size() == length)
                        add(exact, a, heads, b, {range.first, range.first + 1});
                    add(begun, a, heads, b, range);
                });
            }
            if (!tails.empty() && can_slip(head)) {
                a.each_slip(head, [&](KeyRange range, std::size_t length) {
                    if (a.key(range.first).size() != length)
                        return;
                    const KeyRange one{range.first, range.first + 1};
                    if (const KeyRange whole = b.whole(tails, tail); !whole.empty())
                        add(exact, a, one, b, whole);
                    add(begun, a, one, b, tails);
                });
            }
        }
    }
}

void SearchBlock::find(const QueryReading& reading, std::size_t most, Scratch& scratch,
                       std::vector<Match>& out) const
{
    Plan plan;
    plan.penalty = reading.penalty;
    for (const QueryWord& word : reading.words)
        plan.words.push_back(sources_of(word));
    if (reading.words.size() > 1)
        add_joined_whole(plan.joined, reading.joined);
    if (reading.joined.size() <= joined_letters_max)
        add_joined_parts(plan.joined, reading.joined);
    if (reading.words.size() > 1)
        add_joined_sounds(plan.joined, reading.joined_sound);
    evaluate(plan, most, scratch, out);
}

void SearchBlock::find_with_slip(const QueryReading& reading, std::size_t most, int penalty, Scratch& scratch,
                                 std::vector<Match>& out) const
{
    Plan plan;
    plan.penalty = reading.penalty + penalty;
    for (const QueryWord& word : reading.words)
        plan.words.push_back(sources_of(word));
    for (std::size_t i = 0; i < reading.words.size(); ++i) {
        const bool others_fit = std::all_of(plan.words.begin(), plan.words.end(), [&](const auto& word) {
            return !word.empty() || &word == &plan.words[i];
        });
        if (!can_slip(reading.words[i].text) || !others_fit)
            continue;
        auto as_typed = std::exchange(plan.words[i], slips_of(reading.words[i]));
        if (!plan.words[i].empty())
            evaluate(plan, most, scratch, out);
        plan.words[i] = std::move(as_typed);
    }
    if (reading.words.size() == 1 && can_slip(reading.joined) &&
        reading.joined.size() <= joined_letters_max) {
        Plan joined;
        joined.penalty = plan.penalty;
        add_joined_parts_with_slip(joined.joined, reading.joined);
        evaluate(joined, most, scratch, out);
    }
}

void SearchBlock::evaluate(const Plan& plan, std::size_t most, Scratch& scratch,
                           std::vector<Match>& out) const
{
    std::set<int, std::greater<>> levels;
    const bool words_fit = !plan.words.empty() && std::all_of(plan.words.begin(), plan.words.end(),
                                                              [](const auto& word) { return !word.empty(); });
    if (words_fit) {
        for (const auto& word : plan.words) {
            for (const Source& source : word)
                levels.insert(source.points);
        }
    }
    for (const JoinedSource& source : plan.joined)
        levels.insert(source.points);
    for (std::size_t i = 0; i < plan.words.size(); ++i)
        scratch.words[i].reset(slots_);
    scratch.joined.reset(slots_);
    scratch.seen.reset(slots_);
    const std::size_t full = out.size() + most;
    for (const int points : levels) {
        if (words_fit)
            add_level(plan, points, scratch);
        for (const JoinedSource& source : plan.joined) {
            if (source.points == points)
                add_joined(source, scratch);
        }
        take_level(plan, points - plan.penalty, full, scratch, out);
        if (out.size() == full)
            return;
    }
}

void SearchBlock::add_level(const Plan& plan, int points, Scratch& scratch) const
{
    for (std::size_t i = 0; i < plan.words.size(); ++i) {
        SlotSet& slots = scratch.words[i];
        for (const Source& source : plan.words[i]) {
            if (source.points == points)
                source.keys->each_posting(source.range, [&](Posting posting) { slots.insert(posting.slot); });
        }
    }
}

void SearchBlock::add_joined(const JoinedSource& source, Scratch& scratch) const
{
    const auto each = [](const Source& part, auto&& visit) {
        part.keys->each_posting(part.range, [&](Posting posting) {
            if (posting.complete || !part.complete_only)
                visit(posting.slot);
        });
    };
    if (!source.second)
        return each(source.first, [&](std::uint32_t slot) { scratch.joined.insert(slot); });
    scratch.first.reset(slots_);
    each(source.first, [&](std::uint32_t slot) { scratch.first.insert(slot); });
    each(*source.second, [&](std::uint32_t slot) {
        if (scratch.first.contains(slot))
            scratch.joined.insert(slot);
    });
}

/// Whom all words fit, or the joined letters, and who was not taken at more points: the lowest slots first.
void SearchBlock::take_level(const Plan& plan, int score, std::size_t most, Scratch& scratch,
                             std::vector<Match>& out) const
{
    const std::size_t words = plan.words.size();
    const auto fitting = [&](auto&& part) {
        std::uint64_t all = words == 0 ? 0 : ~std::uint64_t{0};
        for (std::size_t i = 0; i < words; ++i)
            all &= part(scratch.words[i]);
        return all | part(scratch.joined);
    };
    for (std::size_t s = 0; s < scratch.joined.summaries(); ++s) {
        std::uint64_t some = fitting([&](const SlotSet& set) { return set.summary(s); });
        for (; some != 0; some &= some - 1) {
            const std::size_t w = s * SlotSet::word_bits + static_cast<std::size_t>(std::countr_zero(some));
            std::uint64_t slots = fitting([&](const SlotSet& set) { return set.word(w); }) & alive_.word(w) &
                                  ~scratch.seen.word(w);
            for (; slots != 0; slots &= slots - 1) {
                const std::size_t slot =
                    w * SlotSet::word_bits + static_cast<std::size_t>(std::countr_zero(slots));
                scratch.seen.insert(static_cast<std::uint32_t>(slot));
                out.push_back({static_cast<std::uint32_t>(slot), score});
                if (out.size() == most)
                    return;
            }
        }
    }
}

} // namespace montbrillant
