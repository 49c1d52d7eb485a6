// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/key_dictionary.hpp"

#include <algorithm>

namespace montbrillant {
namespace {

/// The first eight bytes, in the order of texts.
std::uint64_t beginning_of(std::string_view text)
{
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i)
        out = out << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    return out;
}

} // namespace

KeyDictionary KeyDictionary::build(std::span<const Entry> entries)
{
    // Most comparisons end within the first eight letters: as one number they take one step.
    struct Ranked {
        std::uint64_t beginning;
        Entry entry;
    };
    std::vector<Ranked> sorted;
    sorted.reserve(entries.size());
    for (const Entry& entry : entries)
        sorted.push_back({beginning_of(entry.first), entry});
    std::sort(sorted.begin(), sorted.end(), [](const Ranked& a, const Ranked& b) {
        if (a.beginning != b.beginning)
            return a.beginning < b.beginning;
        return a.entry.first != b.entry.first ? a.entry.first < b.entry.first
                                              : a.entry.second.slot < b.entry.second.slot;
    });
    KeyDictionary out;
    out.postings_.reserve(entries.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const auto& [text, posting] = sorted[i].entry;
        if (i == 0 || text != sorted[i - 1].entry.first)
            out.append(text);
        out.postings_.push_back(posting.packed());
    }
    out.finish();
    return out;
}

/// The key's postings follow.
void KeyDictionary::append(std::string_view text)
{
    if (!text_at_.empty() && text_at_.size() > 1)
        postings_at_.push_back(static_cast<std::uint32_t>(postings_.size()));
    text_.append(text);
    text_at_.push_back(static_cast<std::uint32_t>(text_.size()));
}

void KeyDictionary::finish()
{
    if (text_at_.size() > 1)
        postings_at_.push_back(static_cast<std::uint32_t>(postings_.size()));
    text_.shrink_to_fit();
    text_at_.shrink_to_fit();
    postings_at_.shrink_to_fit();
    postings_.shrink_to_fit();
}

KeyDictionary KeyDictionary::merge(const KeyDictionary& a, const Renumbering& slots_of_a,
                                   const KeyDictionary& b, const Renumbering& slots_of_b)
{
    KeyDictionary out;
    out.text_.reserve(a.text_.size() + b.text_.size());
    out.postings_.reserve(a.postings_.size() + b.postings_.size());
    std::vector<std::uint32_t> of_key;
    const auto take = [&of_key](const KeyDictionary& from, std::uint32_t key, const Renumbering& slots) {
        from.each_posting({key, key + 1}, [&](Posting posting) {
            if (slots[posting.slot] != dropped)
                of_key.push_back(Posting{slots[posting.slot], posting.complete}.packed());
        });
    };
    for (std::uint32_t i = 0, j = 0; i < a.size() || j < b.size();) {
        const bool from_a = j == b.size() || (i < a.size() && a.key(i) <= b.key(j));
        const bool from_b = i == a.size() || (j < b.size() && b.key(j) <= a.key(i));
        const std::string_view text = from_a ? a.key(i) : b.key(j);
        of_key.clear();
        if (from_a)
            take(a, i++, slots_of_a);
        const auto middle = static_cast<std::ptrdiff_t>(of_key.size());
        if (from_b)
            take(b, j++, slots_of_b);
        if (of_key.empty())
            continue;
        std::inplace_merge(of_key.begin(), of_key.begin() + middle, of_key.end());
        out.append(text);
        out.postings_.insert(out.postings_.end(), of_key.begin(), of_key.end());
    }
    out.finish();
    return out;
}

KeyRange KeyDictionary::narrowed(KeyRange range, std::size_t depth, std::string_view rest) const
{
    const auto part = [&](std::uint32_t index) { return key(index).substr(depth, rest.size()); };
    KeyRange out = range;
    while (range.first < range.last) {
        const std::uint32_t middle = range.first + (range.last - range.first) / 2;
        if (part(middle) < rest)
            range.first = middle + 1;
        else
            range.last = middle;
    }
    const std::uint32_t first = range.first;
    range = {first, out.last};
    while (range.first < range.last) {
        const std::uint32_t middle = range.first + (range.last - range.first) / 2;
        if (part(middle) == rest)
            range.first = middle + 1;
        else
            range.last = middle;
    }
    return {first, range.first};
}

KeyRange KeyDictionary::beginning_with(std::string_view word) const { return narrowed({0, size()}, 0, word); }

KeyRange KeyDictionary::whole(KeyRange beginning, std::string_view word) const
{
    const bool is_there = !beginning.empty() && key(beginning.first).size() == word.size();
    return {beginning.first, beginning.first + (is_there ? 1U : 0U)};
}

void KeyDictionary::each_slip(std::string_view word,
                              const std::function<void(KeyRange range, std::size_t length)>& found) const
{
    const auto try_rest = [&](KeyRange range, std::size_t depth, std::string_view rest) {
        if (!range.empty()) {
            if (const KeyRange keys = narrowed(range, depth, rest); !keys.empty())
                found(keys, depth + rest.size());
        }
    };
    KeyRange range{0, size()}; // of the keys that begin as the word does, up to `at`
    for (std::size_t at = 0; at <= word.size() && !range.empty(); ++at) {
        const std::string_view left = word.substr(at);
        if (left.size() >= 1)
            try_rest(range, at, left.substr(1));
        if (left.size() >= 2 && left[0] != left[1]) {
            const std::string swapped{left[1], left[0]};
            try_rest(narrowed(range, at, swapped), at + 2, left.substr(2));
        }
        KeyRange others = range;
        if (key(others.first).size() == at)
            ++others.first;
        while (!others.empty()) {
            const std::string_view letter = key(others.first).substr(at, 1);
            const KeyRange same = narrowed(others, at, letter);
            others.first = same.last;
            if (letter.front() < 'a' || letter.front() > 'z')
                continue;
            if (!left.empty() && letter.front() != left[0])
                try_rest(same, at + 1, left.substr(1));
            try_rest(same, at + 1, left);
        }
        if (!left.empty())
            range = narrowed(range, at, left.substr(0, 1));
    }
}

} // namespace montbrillant
