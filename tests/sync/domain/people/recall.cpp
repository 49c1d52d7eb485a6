// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/domain/people/recall.hpp"

#include "sync/base/files.hpp"
#include "sync/domain/people/sample_people.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <sstream>
#include <stdexcept>

namespace montbrillant::test {
namespace {

std::vector<std::string> fields_of(const std::string& line)
{
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '\t');)
        fields.push_back(field);
    return fields;
}

/// "Łukasz Wiśniewski": "lukasz wisniewski" and "wisniewski lukasz".
std::vector<std::string> full_names(const Person& person)
{
    const std::string plain = fold(person.badge_name);
    std::vector<std::string> words = split_words(plain);
    std::rotate(words.begin(), words.begin() + 1, words.end());
    std::string turned;
    for (const std::string& word : words)
        turned += (turned.empty() ? "" : " ") + word;
    return {plain, turned};
}

class Asker {
public:
    Asker(const SearchIndex& index, const std::map<DelegateId, std::string>& badge_names)
        : index_(index), badge_names_(badge_names)
    {
    }

    /// The place of the person among the hits; `place_max` when they are not there.
    [[nodiscard]] std::size_t place(const std::string& query, const Person& person) const
    {
        const auto hits = index_.query(query, place_max);
        const auto at = std::find_if(hits.begin(), hits.end(), [&](const Hit& hit) {
            return badge_names_.at(hit.id) == person.badge_name;
        });
        return static_cast<std::size_t>(at - hits.begin()) < hits.size()
                   ? static_cast<std::size_t>(at - hits.begin())
                   : place_max;
    }

    static constexpr std::size_t place_max = 5;

private:
    const SearchIndex& index_;
    const std::map<DelegateId, std::string>& badge_names_;
};

Recall recall_of(const std::string& script, const std::vector<CorpusPerson>& people, const Asker& asker)
{
    Recall out;
    out.script = script;
    for (const auto& [person, queries] : people) {
        for (const std::string& query : queries) {
            ++out.queries;
            if (asker.place(query, person) < Asker::place_max)
                ++out.found;
            else
                out.missed.push_back(fmt::format("{} -> {}", query, person.badge_name));
        }
        for (const std::string& name : full_names(person)) {
            ++out.full_names;
            out.full_names_first += asker.place(name, person) == 0 ? 1U : 0U;
        }
    }
    return out;
}

} // namespace

std::vector<std::pair<std::string, std::vector<CorpusPerson>>>
read_corpora(const std::filesystem::path& folder)
{
    constexpr std::size_t corpus_bytes_max = 1U << 20U;
    constexpr std::size_t first_query = 3;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<std::pair<std::string, std::vector<CorpusPerson>>> out;
    for (const auto& file : files) {
        std::istringstream lines(read_file(file, corpus_bytes_max).value());
        std::vector<CorpusPerson> people;
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line.front() == '#')
                continue;
            const auto fields = fields_of(line);
            if (fields.size() <= first_query)
                throw std::runtime_error(fmt::format("{}: \"{}\" has no query", file.string(), line));
            CorpusPerson one;
            one.person.id = DelegateId(fmt::format("{}-{}", file.stem().string(), people.size() + 1));
            one.person.family_name = fields[0];
            one.person.given_name = fields[1];
            one.person.badge_name = fields[2];
            one.queries.assign(fields.begin() + first_query, fields.end());
            people.push_back(std::move(one));
        }
        out.emplace_back(file.stem().string(), std::move(people));
    }
    return out;
}

std::vector<Recall> measure_recall(const std::filesystem::path& folder, const EventProfile& profile,
                                   std::size_t others)
{
    SearchIndex index([&profile](std::string_view code) {
        return std::vector<std::string>{profile.delegation_name(code, Language::en)};
    });
    std::map<DelegateId, std::string> badge_names;
    const auto add = [&](const Person& person) {
        badge_names.emplace(person.id, person.badge_name);
        index.add(person);
    };
    for (const Person& person : sample_people(others, 7, profile))
        add(person);
    const auto corpora = read_corpora(folder);
    for (const auto& [script, people] : corpora) {
        for (const CorpusPerson& one : people)
            add(one.person);
    }
    const Asker asker(index, badge_names);
    std::vector<Recall> out;
    for (const auto& [script, people] : corpora)
        out.push_back(recall_of(script, people, asker));
    return out;
}

} // namespace montbrillant::test
