// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/search_keys.hpp"

#include <algorithm>
#include <initializer_list>
#include <tuple>
#include <utility>

namespace montbrillant {
namespace {

constexpr std::size_t words_max = 16; ///< of one organization or name
constexpr std::size_t forms_max = 5;  ///< of a name that get keys by sound
constexpr std::size_t sound_letters_min = 3;
constexpr std::size_t consonants_min = 2; ///< of a name in a script without vowels
constexpr std::size_t consonants_of_latin_min = 3;
constexpr std::size_t consonant_query_letters_min = 3;
constexpr std::size_t joined_sound_letters_max = 64;
constexpr int reading_penalty = 4;

using Words = std::vector<std::string>;

/// Words of a family name that people leave out or write together with the next.
constexpr std::array<std::string_view, 33> particles{
    "al", "el",  "ul",    "ud",  "as",  "ash", "bin", "ben", "ibn", "bint", "abu",
    "de", "del", "della", "di",  "da",  "das", "do",  "dos", "du",  "des",  "la",
    "le", "las", "los",   "van", "von", "der", "den", "ter", "zu",  "y",    "e"};

std::string joined(const Words& words)
{
    std::string out;
    for (const auto& word : words)
        out += word;
    return out;
}

bool among(const Words& words, const std::string& word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool has_script(std::string_view text, std::initializer_list<unicode::Script> scripts)
{
    for (const char32_t c : unicode::code_points(text)) {
        if (std::find(scripts.begin(), scripts.end(), unicode::script_of(c)) != scripts.end())
            return true;
    }
    return false;
}

bool writes_no_vowels(std::string_view name)
{
    return has_script(name, {unicode::Script::arabic, unicode::Script::hebrew});
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

Words without_particles(const Words& words)
{
    Words out;
    for (const std::string& word : words) {
        if (std::find(particles.begin(), particles.end(), word) == particles.end())
            out.push_back(word);
    }
    return out;
}

/// Collects the keys of one person.
class Collector {
public:
    explicit Collector(std::vector<SearchKey>& keys) : keys_(keys) {}

    void add(std::string text, KeyField field, bool complete = false)
    {
        if (!text.empty())
            keys_.push_back({std::move(text), field, complete});
    }

    /// Each word, each with the next ("jeanpierre", "xiaoming") and, for a name, all.
    void add_words(const Words& words, KeyField field)
    {
        const std::size_t count = std::min(words.size(), words_max);
        const bool name = field == KeyField::family || field == KeyField::given;
        for (std::size_t i = 0; i < count; ++i) {
            add(words[i], field);
            if (i + 1 < count && name)
                add(words[i] + words[i + 1], field);
        }
        if (name)
            add(joined(words), field, true);
    }

    void add_sounds(const Words& words)
    {
        for (const std::string& word : words)
            add_sound(word, false);
        add_sound(joined(words), true);
    }

    void add_sound(const std::string& word, bool complete)
    {
        if (std::string sound = sound_of(word); sound.size() >= sound_letters_min)
            add(std::move(sound), KeyField::sound, complete);
    }

    void add_consonants(const Words& words, std::size_t letters_min)
    {
        for (const std::string& word : words) {
            for (std::string& one : consonants(word)) {
                if (one.size() >= letters_min)
                    add(std::move(one), KeyField::consonants);
            }
        }
    }

    [[nodiscard]] bool has(const std::string& text, KeyField field) const
    {
        return std::any_of(keys_.begin(), keys_.end(),
                           [&](const SearchKey& key) { return key.field == field && key.text == text; });
    }

private:
    std::vector<SearchKey>& keys_;
};

/// One part of the name, in each way to write it.
void collect_name(Collector& out, const NameSpeller& speller, const std::string& name, bool family)
{
    const KeyField field = family ? KeyField::family : KeyField::given;
    std::vector<Words> forms{split_words(fold(speller.simplified(name)))};
    for (const std::string& spelling : speller.spellings(name, family))
        forms.push_back(split_words(spelling));
    for (std::size_t i = 0; i < forms.size(); ++i) {
        out.add_words(forms[i], field);
        if (i < forms_max)
            out.add_sounds(forms[i]);
        if (const Words core = without_particles(forms[i]); core.size() < forms[i].size())
            out.add(joined(core), field, true);
    }
    out.add_words(apart(name), field);
    out.add_consonants(forms.front(), writes_no_vowels(name) ? consonants_min : consonants_of_latin_min);
    if (has_script(name, {unicode::Script::ethiopic}))
        out.add_consonants(forms.back(), consonants_of_latin_min);
}

/// Which words of the badge name are the family name is known where they are spelled, sound or have the
/// consonants as the registered name; else it is the first word of a Chinese or Korean name and the last of
/// any other.
std::pair<Words, Words> family_and_given(const Person& person, const Words& badge, const Collector& keys)
{
    Words skeletons;
    if (writes_no_vowels(person.family_name)) {
        for (const std::string& word : split_words(fold(person.family_name))) {
            for (std::string& one : consonants(word))
                skeletons.push_back(std::move(one));
        }
    }
    Words family;
    Words given;
    for (const std::string& word : badge) {
        const Words own = consonants(word);
        const bool of_family =
            keys.has(word, KeyField::family) ||
            std::any_of(own.begin(), own.end(), [&](const auto& one) { return among(skeletons, one); });
        (of_family ? family : given).push_back(word);
    }
    if (family.empty() && !given.empty()) {
        const bool first = has_script(person.family_name, {unicode::Script::han, unicode::Script::hangul}) &&
                           !has_script(person.given_name, {unicode::Script::kana});
        const auto at = first ? given.begin() : given.end() - 1;
        family.push_back(*at);
        given.erase(at);
    }
    return {family, given};
}

/// Thai p with breath is written ph or p, and a last l or r sounds as n: Charoenphon, Charoenpol.
void add_thai_sounds(Collector& out, const Words& words)
{
    for (std::string word : words) {
        for (auto at = word.find("ph"); at != std::string::npos; at = word.find("ph"))
            word.erase(at + 1, 1);
        out.add_sound(word, true);
        if (word.ends_with('n')) {
            word.back() = 'l';
            out.add_sound(word, true);
        }
    }
}

void collect_badge(Collector& out, const NameSpeller& speller, const Person& person)
{
    for (const std::string& spelling : speller.spellings(person.badge_name, false)) {
        const Words words = split_words(spelling);
        const auto [family, given] = family_and_given(person, words, out);
        out.add_words(family, KeyField::family);
        out.add_words(given, KeyField::given);
        for (const Words& part : {family, given}) {
            out.add_sounds(part);
            out.add_consonants(part, consonants_of_latin_min);
            if (has_script(person.family_name, {unicode::Script::thai}))
                add_thai_sounds(out, part);
        }
        if (const Words core = without_particles(family); core.size() < family.size())
            out.add(joined(core), KeyField::family, true);
    }
    out.add_words(apart(person.badge_name), KeyField::given);
}

void collect_id(Collector& out, const Person& person)
{
    const Words id = split_words(fold(person.id.str()));
    out.add(joined(id), KeyField::id);
    if (!id.empty())
        out.add(id.back(), KeyField::id); // the number of "R-000123"
}

/// Each once; of the same text and field the complete one stays.
void tidy(std::vector<SearchKey>& keys)
{
    std::sort(keys.begin(), keys.end(), [](const SearchKey& a, const SearchKey& b) {
        return std::tie(a.field, a.text, b.complete) < std::tie(b.field, b.text, a.complete);
    });
    const auto same = [](const SearchKey& a, const SearchKey& b) {
        return a.field == b.field && a.text == b.text;
    };
    keys.erase(std::unique(keys.begin(), keys.end(), same), keys.end());
}

QueryReading reading_of(const Words& words, int penalty)
{
    QueryReading out;
    out.penalty = penalty;
    out.joined = joined(words);
    if (out.joined.size() <= joined_sound_letters_max)
        out.joined_sound = sound_of(out.joined);
    for (const std::string& text : words) {
        QueryWord word{text, sound_of(text), {}};
        if (word.sound.size() < sound_letters_min)
            word.sound.clear();
        if (unicode::code_points(text).size() >= consonant_query_letters_min) {
            for (std::string& one : consonants(text)) {
                if (one.size() >= consonants_min)
                    word.consonants.push_back(std::move(one));
            }
        }
        out.words.push_back(std::move(word));
    }
    return out;
}

} // namespace

KeyMaker::KeyMaker(DelegationNames delegation_names) : delegation_names_(std::move(delegation_names)) {}

template <class Collect>
const std::vector<SearchKey>& KeyMaker::remembered(char part, const std::string& text,
                                                   Collect&& collect) const
{
    std::string name = part + text;
    if (const auto known = remembered_.find(name); known != remembered_.end())
        return known->second;
    if (remembered_.size() >= remembered_max)
        remembered_.clear();
    std::vector<SearchKey> keys;
    Collector out(keys);
    collect(out);
    tidy(keys);
    return remembered_.emplace(std::move(name), std::move(keys)).first->second;
}

SearchKeys KeyMaker::keys_of(const Person& person) const
{
    SearchKeys out;
    out.id = person.id;
    out.sort_name = fold(person.badge_name);
    const auto take = [&out](const std::vector<SearchKey>& keys) {
        out.keys.insert(out.keys.end(), keys.begin(), keys.end());
    };
    for (const bool family : {true, false}) {
        const std::string& name = family ? person.family_name : person.given_name;
        take(remembered(family ? 'f' : 'g', name,
                        [&](Collector& keys) { collect_name(keys, speller_, name, family); }));
    }
    Collector keys(out.keys);
    collect_badge(keys, speller_, person);
    if (person.family_name.empty() || person.given_name.empty()) {
        keys.add(joined(split_words(fold(person.full_name()))), KeyField::sole);
        keys.add(joined(split_words(fold(person.badge_name))), KeyField::sole);
    }
    collect_id(keys, person);
    tidy(out.keys);
    take(remembered('o', person.organization, [&](Collector& more) {
        more.add_words(split_words(fold(person.organization)), KeyField::organization);
        for (const std::string& spelling : speller_.spellings(person.organization, false))
            more.add_words(split_words(spelling), KeyField::organization);
    }));
    take(remembered('d', person.delegation, [&](Collector& more) {
        more.add_words(split_words(fold(person.delegation)), KeyField::delegation);
        if (!delegation_names_)
            return;
        for (const std::string& name : delegation_names_(person.delegation))
            more.add_words(split_words(fold(name)), KeyField::delegation);
    }));
    return out;
}

std::vector<QueryReading> KeyMaker::readings_of(std::string_view typed) const
{
    typed = unicode::cut(typed, query_bytes_max);
    const std::string text = ascii(typed) ? std::string(typed) : speller_.simplified(typed);
    std::vector<Words> forms{split_words(fold(text))};
    if (!ascii(joined(forms.front()))) { // folded Latin is ASCII, with rare exceptions
        for (const bool family : {false, true}) {
            for (const std::string& spelling : speller_.spellings(text, family))
                forms.push_back(split_words(spelling));
        }
    }
    forms.push_back(without_particles(forms.front()));
    std::vector<QueryReading> out;
    for (std::size_t i = 0; i < forms.size(); ++i) {
        const bool repeated = std::find(forms.begin(), forms.begin() + static_cast<std::ptrdiff_t>(i),
                                        forms[i]) != forms.begin() + static_cast<std::ptrdiff_t>(i);
        if (!forms[i].empty() && forms[i].size() <= query_words_max && !repeated)
            out.push_back(reading_of(forms[i], i == 0 ? 0 : reading_penalty));
    }
    return out;
}

} // namespace montbrillant
