// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/search.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace montbrillant {
namespace {

constexpr std::size_t query_bytes_max = 200;
constexpr std::size_t query_words_max = 8;
constexpr std::size_t words_max = 16; ///< of one organization or name
constexpr std::size_t consonants_min = 2;
constexpr std::size_t consonant_query_letters_min = 3;
constexpr int exact = 100;
constexpr int slip_penalty = 30;
constexpr int script_penalty = 5;
constexpr char consonant_mark = '~'; ///< no folded word has it

using Words = std::vector<std::string>;

std::string joined(const Words& words, std::string_view between = "")
{
    std::string out;
    for (const auto& word : words)
        out.append(out.empty() ? "" : between).append(word);
    return out;
}

/// The words of a full name without their order, to compare with a query's.
std::string sorted_words(Words words)
{
    std::sort(words.begin(), words.end());
    return joined(words, " ");
}

Words both(Words first, const Words& second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

bool among(const Words& words, const std::string& word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string consonant_token(const std::string& word)
{
    const std::string skeleton = consonants(word);
    return skeleton.size() < consonants_min ? std::string{} : consonant_mark + skeleton;
}

bool latin_letters_only(std::string_view word)
{
    return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool has_script(std::string_view text, unicode::Script script)
{
    for (const char32_t c : unicode::code_points(text)) {
        if (unicode::script_of(c) == script)
            return true;
    }
    return false;
}

/// "O'Brien" as "o brien": the other way to leave an apostrophe out.
Words apart(std::string_view name)
{
    std::u32string text = unicode::code_points(name);
    for (char32_t& c : text) {
        if (c == U'\'' || c == U'\u2019' || c == U'\u02BC')
            c = U' ';
    }
    return split_words(fold(unicode::utf8(text)));
}

/// Every word that is one slip away: a letter less, swapped, changed or more.
Words slips(const std::string& word)
{
    Words out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        out.push_back(word.substr(0, i) + word.substr(i + 1));
        if (i + 1 < word.size() && word[i] != word[i + 1]) {
            out.push_back(word);
            std::swap(out.back()[i], out.back()[i + 1]);
        }
        for (char c = 'a'; c <= 'z'; ++c) {
            out.push_back(word.substr(0, i) + c + word.substr(i));
            if (c != word[i]) {
                out.push_back(word);
                out.back()[i] = c;
            }
        }
    }
    return out;
}

} // namespace

std::vector<SearchIndex::Word> SearchIndex::words_of(const Words& texts)
{
    std::vector<Word> words;
    for (const std::string& text : texts) {
        const bool long_enough = text.size() >= consonant_query_letters_min;
        words.push_back({text, long_enough ? consonant_token(text) : std::string{}});
    }
    return words;
}

SearchIndex::SearchIndex(DelegationNames delegation_names) : delegation_names_(std::move(delegation_names)) {}

void SearchIndex::add(const Person& person)
{
    remove(person.id);
    Entry entry;
    entry.id = person.id;
    entry.sort_name = fold(person.badge_name);
    Tokens tokens;
    collect_name(person, entry, tokens);
    collect_badge(person, entry, tokens);
    collect_body(person, entry, tokens);

    Slot slot = static_cast<Slot>(entries_.size());
    if (free_.empty()) {
        entries_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    for (const auto& [token, field] : tokens) {
        const auto at = map_of(field).try_emplace(token).first;
        at->second.push_back({slot, field});
        entry.keys.push_back({&at->first, field});
    }
    entries_[slot] = std::move(entry);
    slots_by_id_.emplace(person.id, slot);
}

void SearchIndex::remove(const DelegateId& id)
{
    const auto at = slots_by_id_.find(id);
    if (at == slots_by_id_.end())
        return;
    const Slot slot = at->second;
    Entry gone = std::exchange(entries_[slot], {});
    // First all postings, then the words that nobody has any more: the keys point into them.
    std::set<std::pair<Postings*, std::string>> unused;
    for (const Key& key : gone.keys) {
        const auto found = map_of(key.field).find(*key.token);
        std::erase_if(found->second, [&](const Posting& posting) { return posting.slot == slot; });
        if (found->second.empty())
            unused.emplace(&map_of(key.field), *key.token);
    }
    for (const auto& [map, token] : unused)
        map->erase(token);
    free_.push_back(slot);
    slots_by_id_.erase(at);
}

void SearchIndex::clear()
{
    entries_.clear();
    free_.clear();
    slots_by_id_.clear();
    names_.clear();
    others_.clear();
}

void SearchIndex::add_words(Tokens& tokens, const Words& words, Field field)
{
    const std::size_t count = std::min(words.size(), words_max);
    for (std::size_t i = 0; i < count; ++i) {
        tokens.emplace(words[i], field);
        if (i + 1 < count && field < Field::organization)
            tokens.emplace(words[i] + words[i + 1], field); // "almansouri", "jeanpierre", "xiaoming"
    }
    if (count > 2 && field < Field::organization)
        tokens.emplace(joined(words), field);
}

void SearchIndex::add_full(Entry& entry, Tokens& tokens, const Words& family, const Words& given)
{
    if (family.empty() || given.empty())
        return;
    tokens.emplace(joined(family) + joined(given), Field::full_family_first);
    tokens.emplace(joined(given) + joined(family), Field::full_given_first);
    for (std::string& form :
         Words{sorted_words(both(family, given)), sorted_words({joined(family), joined(given)}),
               sorted_words(both(family, {joined(given)}))}) {
        if (!among(entry.full_names, form))
            entry.full_names.push_back(std::move(form));
    }
}

void SearchIndex::collect_name(const Person& person, Entry& entry, Tokens& tokens) const
{
    constexpr std::size_t combined_max = 3;
    const auto forms_of = [&](const std::string& name, bool family) {
        std::vector<Words> forms{split_words(fold(name))};
        for (const std::string& spelling : speller_.spellings(name, family))
            forms.push_back(split_words(spelling));
        const Field field = family ? Field::family : Field::given;
        for (const Words& form : forms)
            add_words(tokens, form, field);
        add_words(tokens, apart(name), field);
        if (has_script(name, unicode::Script::arabic)) {
            for (const std::string& word : forms.front()) {
                if (std::string token = consonant_token(word); !token.empty())
                    tokens.emplace(std::move(token), Field::consonants);
            }
        }
        return forms;
    };
    const auto families = forms_of(person.family_name, true);
    const auto givens = forms_of(person.given_name, false);
    add_full(entry, tokens, families.front(), givens.front());
    for (std::size_t f = 1; f < std::min(families.size(), combined_max + 1); ++f) {
        for (std::size_t g = 1; g < std::min(givens.size(), combined_max + 1); ++g)
            add_full(entry, tokens, families[f], givens[g]);
    }
}

/// Which words of the badge name are the family name is known where they are spelled as the registered name
/// is; else it is the first word of a Chinese or Korean name and the last of any other.
void SearchIndex::collect_badge(const Person& person, Entry& entry, Tokens& tokens) const
{
    Words consonants_of_family;
    for (const std::string& word : split_words(fold(person.family_name)))
        consonants_of_family.push_back(consonant_token(word));
    const bool arabic = has_script(person.family_name, unicode::Script::arabic);
    for (const std::string& spelling : speller_.spellings(person.badge_name, false)) {
        const Words words = split_words(spelling);
        Words family;
        Words given;
        for (const std::string& word : words) {
            const bool of_family = tokens.contains({word, Field::family}) ||
                                   (arabic && among(consonants_of_family, consonant_token(word)));
            (of_family ? family : given).push_back(word);
        }
        if (family.empty() && !given.empty()) {
            const bool first = has_script(person.family_name, unicode::Script::han) ||
                               has_script(person.family_name, unicode::Script::hangul);
            const auto at = first ? given.begin() : given.end() - 1;
            family.push_back(*at);
            given.erase(at);
        }
        add_words(tokens, family, Field::family);
        add_words(tokens, given, Field::given);
        add_full(entry, tokens, family, given);
        entry.full_names.push_back(sorted_words(words));
        tokens.emplace(joined(words), words.empty() || among(family, words.front())
                                          ? Field::full_family_first
                                          : Field::full_given_first);
    }
    add_words(tokens, apart(person.badge_name), Field::given);
}

void SearchIndex::collect_body(const Person& person, Entry& entry, Tokens& tokens) const
{
    const Words id = split_words(fold(person.id.str()));
    tokens.emplace(joined(id), Field::id);
    if (!id.empty())
        tokens.emplace(id.back(), Field::id); // the number of "R-000123"
    entry.full_names.push_back(sorted_words(id));
    add_words(tokens, split_words(fold(person.organization)), Field::organization);
    for (const std::string& spelling : speller_.spellings(person.organization, false))
        add_words(tokens, split_words(spelling), Field::organization);
    add_words(tokens, split_words(fold(person.delegation)), Field::delegation);
    if (delegation_names_) {
        for (const std::string& name : delegation_names_(person.delegation))
            add_words(tokens, split_words(fold(name)), Field::delegation);
    }
}

int SearchIndex::rank(Field field, bool whole)
{
    switch (field) {
    case Field::family: return whole ? 90 : 80;
    case Field::given: return whole ? 90 : 70;
    case Field::full_family_first: return whole ? exact : 80;
    case Field::full_given_first: return whole ? exact : 70;
    case Field::consonants: return whole ? 60 : 0;
    case Field::id: return whole ? exact : 60;
    case Field::organization: return 50;
    case Field::delegation: return 40;
    }
    return 0;
}

std::vector<Hit> SearchIndex::query(std::string_view text, std::size_t limit) const
{
    text = unicode::cut(text, query_bytes_max);
    Scores scores;
    const Words words = split_words(fold(text));
    find(words, 0, scores);
    std::vector<Words> readings{words};
    if (!ascii(joined(words))) { // folded Latin is ASCII, with rare exceptions
        for (const bool family : {false, true}) {
            for (const std::string& spelling : speller_.spellings(text, family)) {
                readings.push_back(split_words(spelling));
                find(readings.back(), script_penalty, scores);
            }
        }
    }
    for (std::size_t i = 0; i < readings.size() && scores.size() < enough; ++i)
        find_with_slip(readings[i], scores);

    std::vector<Hit> hits;
    std::vector<std::pair<int, Slot>> order;
    for (const auto& [slot, points] : scores)
        order.emplace_back(points, slot);
    const auto better = [&](const auto& a, const auto& b) {
        if (a.first != b.first)
            return a.first > b.first;
        const Entry& left = entries_[a.second];
        const Entry& right = entries_[b.second];
        return std::tie(left.sort_name, left.id) < std::tie(right.sort_name, right.id);
    };
    const auto shown = static_cast<std::ptrdiff_t>(std::min(limit, order.size()));
    std::partial_sort(order.begin(), order.begin() + shown, order.end(), better);
    for (auto one = order.begin(); one != order.begin() + shown; ++one)
        hits.push_back({entries_[one->second].id, one->first});
    return hits;
}

void SearchIndex::find(const Words& texts, int penalty, Scores& scores) const
{
    if (texts.empty() || texts.size() > query_words_max)
        return;
    const std::vector<Word> words = words_of(texts);
    if (words.size() == 1)
        return find_among(words, 0, candidates_max, penalty, scores);
    // The longest word is likely the narrowest; counting the others stops where it cannot win.
    std::vector<std::size_t> order(words.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return texts[a].size() > texts[b].size(); });
    std::size_t driver = order.front();
    std::size_t least = candidates_of_several_words_max;
    for (const std::size_t i : order) {
        const std::size_t count = breadth(words[i], least);
        if (count < least) {
            least = count;
            driver = i;
        }
    }
    find_among(words, driver, candidates_of_several_words_max, penalty, scores);
}

void SearchIndex::find_among(const std::vector<Word>& words, std::size_t driver, std::size_t most,
                             int penalty, Scores& scores) const
{
    Words texts;
    for (const Word& word : words)
        texts.push_back(word.text);
    const std::string sorted = sorted_words(std::move(texts));
    for (const auto& [slot, points] : candidates(words[driver], most)) {
        const int found = words.size() > 1 ? score(entries_[slot], words) : points;
        if (found == 0)
            continue;
        // One word is a full name only as a whole; several may be one by Arabic consonants, too.
        const bool full =
            found >= (words.size() > 1 ? rank(Field::consonants, true) : rank(Field::given, true)) &&
            among(entries_[slot].full_names, sorted);
        int& best = scores[slot];
        best = std::max(best, (full ? exact : found) - penalty);
    }
}

void SearchIndex::find_with_slip(const Words& texts, Scores& scores) const
{
    if (texts.size() > query_words_max)
        return;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].size() < slip_letters_min || !latin_letters_only(texts[i]))
            continue;
        std::vector<Word> tried = words_of(texts);
        for (std::string& slip : slips(texts[i])) {
            const auto at = names_.lower_bound(slip);
            if (at == names_.end() || !at->first.starts_with(slip))
                continue;
            tried[i] = {std::move(slip), {}};
            find_among(tried, i, candidates_of_a_slip_max, slip_penalty, scores);
        }
    }
}

std::size_t SearchIndex::breadth(const Word& word, std::size_t most) const
{
    std::size_t count = 0;
    if (const auto at = names_.find(word.consonants); at != names_.end())
        count += at->second.size();
    for (const Postings* map : {&names_, &others_}) {
        for (auto at = map->lower_bound(word.text);
             count < most && at != map->end() && at->first.starts_with(word.text); ++at)
            count += at->second.size();
    }
    return count;
}

std::vector<std::pair<SearchIndex::Slot, int>> SearchIndex::candidates(const Word& word,
                                                                       std::size_t most) const
{
    std::vector<std::pair<Slot, int>> out;
    const auto take = [&](const std::vector<Posting>& postings, bool whole) {
        for (const Posting& posting : postings) {
            if (out.size() >= most)
                return;
            out.emplace_back(posting.slot, rank(posting.field, whole));
        }
    };
    for (const Postings* map : {&names_, &others_}) {
        auto at = map->lower_bound(word.text);
        if (at != map->end() && at->first == word.text)
            take((at++)->second, true);
        if (map == &names_) {
            if (const auto same = names_.find(word.consonants); same != names_.end())
                take(same->second, true);
        }
        for (; at != map->end() && at->first.starts_with(word.text) && out.size() < most; ++at)
            take(at->second, false);
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first, b.second) < std::tie(b.first, a.second); // of one person the best first
    });
    out.erase(
        std::unique(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
        out.end());
    return out;
}

int SearchIndex::score(const Entry& entry, const std::vector<Word>& words) const
{
    int weakest = exact;
    for (const Word& word : words) {
        int best = 0;
        for (const Key& key : entry.keys) {
            if (key.token->starts_with(word.text))
                best = std::max(best, rank(key.field, key.token->size() == word.text.size()));
            else if (key.field == Field::consonants && *key.token == word.consonants)
                best = std::max(best, rank(key.field, true));
        }
        weakest = std::min(weakest, best);
    }
    return weakest;
}

bool enough_letters(std::string_view query, int letters_min)
{
    int letters = 0;
    for (const char32_t c : unicode::code_points(unicode::cut(unicode::nfc(query), query_bytes_max))) {
        if (unicode::script_of(c) == unicode::Script::han)
            return true;
        letters += unicode::is_letter(c) || unicode::is_digit(c) ? 1 : 0;
    }
    return letters >= letters_min;
}

} // namespace montbrillant
