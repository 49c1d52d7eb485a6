// SPDX-License-Identifier: Apache-2.0
// The ranking as search.hpp writes it down, taken over all people one by one, against what the index answers.
#include "sync/domain/people/sample_people.hpp"
#include "sync/domain/people/search.hpp"
#include "tests/support/catch.hpp"
#include "tests/sync/domain/people/sample_profile.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace montbrillant;
using montbrillant::test::sample_profile;

namespace {

std::vector<std::string> delegation_names(std::string_view code)
{
    return {sample_profile().delegation_name(code, Language::en),
            sample_profile().delegation_name(code, Language::fr)};
}

/// One letter wrong, missing, surplus or swapped with its neighbour.
bool one_slip_apart(std::string_view a, std::string_view b)
{
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    std::size_t same = 0;
    while (same < a.size() && same < b.size() && a[same] == b[same])
        ++same;
    const std::string_view x = a.substr(same);
    const std::string_view y = b.substr(same);
    if (a.size() == b.size() + 1)
        return x.substr(1) == y;
    if (b.size() == a.size() + 1)
        return x == y.substr(1) && letter(y[0]);
    if (a.size() != b.size() || x.empty())
        return false;
    const bool changed = x.substr(1) == y.substr(1) && letter(y[0]);
    const bool swapped = x.size() > 1 && x[0] == y[1] && x[1] == y[0] && x.substr(2) == y.substr(2);
    return changed || swapped;
}

enum class Fit { no, beginning, whole };

Fit fit(const std::string& key, const std::string& word, bool slip)
{
    if (!slip)
        return key == word ? Fit::whole : key.starts_with(word) ? Fit::beginning : Fit::no;
    Fit best = Fit::no;
    for (std::size_t length = word.size() - 1; length <= word.size() + 1 && length <= key.size(); ++length) {
        if (one_slip_apart(word, key.substr(0, length)))
            best = std::max(best, length == key.size() ? Fit::whole : Fit::beginning);
    }
    return best;
}

bool may_slip(const std::string& word)
{
    return word.size() >= 5 &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

int points(const SearchKey& key, const std::string& word, bool slip)
{
    const Fit how = word.empty() ? Fit::no : fit(key.text, word, slip);
    return how == Fit::no ? 0 : points_of(key.field, how == Fit::whole);
}

int word_points(const SearchKeys& person, const QueryWord& word, bool slip)
{
    int best = 0;
    for (const SearchKey& key : person.keys) {
        if (key.field == KeyField::consonants) {
            for (const auto& one : word.consonants)
                best = std::max(best, slip ? 0 : points(key, one, false));
        } else if (key.field == KeyField::sound) {
            if (!slip || (may_slip(word.text) && may_slip(word.sound)))
                best = std::max(best, points(key, word.sound, slip));
        } else if (!slip || may_slip(word.text)) {
            best = std::max(best, points(key, word.text, slip));
        }
    }
    return best;
}

/// The weakest of all words; with a slip in one of them.
int all_words(const SearchKeys& person, const QueryReading& reading, bool slip)
{
    int best = 0;
    for (std::size_t slipped = 0; slipped < (slip ? reading.words.size() : 1); ++slipped) {
        int weakest = 100;
        for (std::size_t i = 0; i < reading.words.size(); ++i)
            weakest = std::min(weakest, word_points(person, reading.words[i], slip && i == slipped));
        best = std::max(best, weakest);
    }
    return best;
}

/// Family and given name, or the other way round, in one run of letters.
int run_together(const SearchKeys& person, const std::string& letters, bool slip)
{
    int best = 0;
    for (const SearchKey& first : person.keys) {
        const bool name = first.field == KeyField::family || first.field == KeyField::given;
        if (!name || !first.complete || (!slip && !letters.starts_with(first.text)))
            continue;
        for (const SearchKey& second : person.keys) {
            const KeyField other = first.field == KeyField::family ? KeyField::given : KeyField::family;
            if (second.field != other || !second.complete)
                continue;
            for (std::size_t at = slip ? 2 : 1; at + (slip ? 1 : 0) < letters.size(); ++at) {
                const std::string head = letters.substr(0, at);
                const std::string tail = letters.substr(at);
                const auto score = [&](bool head_slips, bool tail_slips) {
                    if (fit(first.text, head, head_slips) != Fit::whole)
                        return 0;
                    const Fit end = fit(second.text, tail, tail_slips);
                    return end == Fit::whole       ? 100
                           : end == Fit::beginning ? points_of(first.field, false)
                                                   : 0;
                };
                if (!slip)
                    best = std::max(best, score(false, false));
                if (slip && may_slip(head))
                    best = std::max(best, score(true, false));
                if (slip && may_slip(tail))
                    best = std::max(best, score(false, true));
            }
        }
    }
    return best;
}

/// Two complete names, as they sound, in one run of sounds.
bool sounds_together(const SearchKeys& person, const std::string& sounds)
{
    for (const SearchKey& first : person.keys) {
        if (first.field != KeyField::sound || !first.complete || !sounds.starts_with(first.text))
            continue;
        const std::size_t size = first.text.size();
        if (size >= sounds.size())
            continue;
        for (const SearchKey& second : person.keys) {
            const bool name = second.field == KeyField::sound && second.complete;
            if (name && (second.text.starts_with(sounds.substr(size)) ||
                         second.text.starts_with(sounds.substr(size - 1))))
                return true;
        }
    }
    return false;
}

int joined_points(const SearchKeys& person, const QueryReading& reading, bool slip)
{
    int best = 0;
    if (slip)
        return reading.words.size() == 1 && may_slip(reading.joined)
                   ? run_together(person, reading.joined, true)
                   : 0;
    for (const SearchKey& key : person.keys) {
        const bool name = key.field == KeyField::family || key.field == KeyField::given;
        if ((name && key.complete) || key.field == KeyField::sole || key.field == KeyField::id)
            best = std::max(best, points(key, reading.joined, false));
    }
    if (reading.words.size() > 1 && sounds_together(person, reading.joined_sound))
        best = std::max(best, 60);
    return std::max(best, run_together(person, reading.joined, false));
}

class Oracle {
public:
    void add(const SearchKeys& keys) { people_[keys.id] = keys; }
    void remove(const DelegateId& id) { people_.erase(id); }

    [[nodiscard]] std::vector<Hit> query(const std::vector<QueryReading>& readings) const
    {
        std::map<DelegateId, int> scores;
        take(readings, false, scores);
        const auto good =
            std::count_if(scores.begin(), scores.end(), [](const auto& one) { return one.second > 35; });
        if (good < 5)
            take(readings, true, scores);
        std::vector<Hit> hits;
        for (const auto& [id, score] : scores)
            hits.push_back({id, score});
        std::stable_sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
            return std::tuple(-a.score, people_.at(a.id).sort_name, a.id.str()) <
                   std::tuple(-b.score, people_.at(b.id).sort_name, b.id.str());
        });
        return hits;
    }

private:
    void take(const std::vector<QueryReading>& readings, bool slip, std::map<DelegateId, int>& scores) const
    {
        for (const auto& [id, keys] : people_) {
            for (const QueryReading& reading : readings) {
                const int points =
                    std::max(all_words(keys, reading, slip), joined_points(keys, reading, slip));
                if (points > 0)
                    scores[id] = std::max(scores[id], points - reading.penalty - (slip ? 30 : 0));
            }
        }
    }

    std::map<DelegateId, SearchKeys> people_;
};

/// Index and oracle side by side.
class Pair {
public:
    void add(const Person& person)
    {
        index.add(person);
        oracle.add(index.key_maker().keys_of(person));
        people[person.id] = person;
    }
    void remove(const DelegateId& id)
    {
        index.remove(id);
        oracle.remove(id);
        people.erase(id);
    }
    void compare(const std::string& query) const
    {
        INFO(query);
        const auto readings = index.key_maker().readings_of(query);
        const std::vector<Hit> all = oracle.query(readings);
        for (const std::size_t limit : {1U, 5U, 40U}) {
            const auto shown = static_cast<std::ptrdiff_t>(std::min<std::size_t>(limit, all.size()));
            REQUIRE(index.query(query, limit) == std::vector<Hit>(all.begin(), all.begin() + shown));
        }
    }

    SearchIndex index{delegation_names};
    Oracle oracle;
    std::map<DelegateId, Person> people;
};

/// A letter changed, left out, put in or swapped, somewhere.
std::string with_slip(std::string text, Random& random)
{
    if (text.size() < 2)
        return text;
    const std::size_t at = random.below(text.size() - 1);
    const char letter = static_cast<char>('a' + random.below(26));
    switch (random.below(4)) {
    case 0: text[at] = letter; break;
    case 1: text.erase(at, 1); break;
    case 2: text.insert(at, 1, letter); break;
    default: std::swap(text[at], text[at + 1]);
    }
    return text;
}

std::string typed(const Person& person, Random& random)
{
    const std::string badge = fold(person.badge_name);
    const std::vector<std::string> texts{badge,
                                         person.full_name(),
                                         person.family_name + " " + person.given_name,
                                         fold(person.family_name) + fold(person.given_name),
                                         person.given_name,
                                         person.organization,
                                         person.delegation,
                                         person.id.str(),
                                         fold(person.organization).substr(0, 4) + " " + badge,
                                         with_slip(badge, random),
                                         with_slip(badge.substr(0, badge.find(' ')), random),
                                         badge.substr(badge.rfind(' ') + 1) + " " +
                                             badge.substr(0, badge.find(' ')),
                                         badge.substr(0, 1) + " " + badge.substr(badge.rfind(' ') + 1, 2)};
    const std::string& text = texts[random.below(texts.size())];
    const std::size_t length =
        random.below(3) == 0 ? text.size() : 1 + random.below(std::max<std::size_t>(1, text.size()));
    return std::string(unicode::cut(text, length));
}

const Person& anybody(const std::map<DelegateId, Person>& people, Random& random)
{
    auto at = people.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.below(people.size())));
    return at->second;
}

} // namespace

TEST_CASE("what the index answers is what its ranking says of all people, for any query and after any change")
{
    SeededRandom random(31);
    Pair pair;
    SamplePeople source(sample_profile(), 12);
    for (int i = 0; i < 400; ++i)
        pair.add(source.next());
    const auto ask = [&](int times) {
        for (int i = 0; i < times; ++i)
            pair.compare(typed(anybody(pair.people, random), random));
    };
    ask(200);
    for (int round = 0; round < 16; ++round) {
        for (int i = 0; i < 8; ++i)
            pair.remove(anybody(pair.people, random).id);
        for (int i = 0; i < 8; ++i)
            pair.add(source.next());
        Person changed = anybody(pair.people, random);
        changed.family_name = source.next().family_name;
        changed.badge_name = source.next().badge_name;
        pair.add(changed);
        REQUIRE(pair.index.size() == pair.people.size());
        ask(12);
    }
    pair.index.settle();
    ask(100);
}

TEST_CASE("every beginning of one and two letters, alone and in pairs, is answered as the ranking says")
{
    Pair pair;
    for (const Person& person : sample_people(500, 3, sample_profile()))
        pair.add(person);
    std::set<std::string> beginnings;
    for (const auto& [id, person] : pair.people) {
        for (const std::string& word : split_words(fold(person.badge_name))) {
            beginnings.insert(word.substr(0, 1));
            beginnings.insert(word.substr(0, 2));
        }
    }
    REQUIRE(beginnings.size() > 100);
    for (const std::string& beginning : beginnings)
        pair.compare(beginning);
    SeededRandom random(8);
    for (int i = 0; i < 300; ++i) {
        const auto pick = [&] {
            return *std::next(beginnings.begin(),
                              static_cast<std::ptrdiff_t>(random.below(beginnings.size())));
        };
        pair.compare(pick() + " " + pick());
    }
}
