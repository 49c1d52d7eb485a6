// SPDX-License-Identifier: Apache-2.0
#include "kiosk/desk/people_index.hpp"

#include "sync/base/log.hpp"

namespace montbrillant {

PeopleIndex::PeopleIndex(KeyMaker::DelegationNames names, Codes codes)
    : codes_(std::move(codes)), index_(std::move(names)),
      feeder_(index_, [this](const Person& person) { note_codes(person); })
{
}

/// Somebody whose record cannot be opened is not found; everybody else is.
void PeopleIndex::catch_up()
{
    if (const auto opened = feeder_.catch_up(); !opened)
        log::error("a person's record cannot be opened error=\"{}\"", opened.error().text());
}

void PeopleIndex::add(const Person& person)
{
    catch_up();
    index_.update(person);
    note_codes(person);
}

void PeopleIndex::forget(const DelegateId& id)
{
    catch_up();
    index_.remove(id);
    forget_codes(id);
}

void PeopleIndex::note_codes(const Person& person)
{
    forget_codes(person.id);
    auto& codes = codes_of_[person.id] = codes_(person);
    for (const auto& code : codes)
        by_code_.insert_or_assign(code, person.id);
}

/// A code may have gone to somebody else since: then it is theirs.
void PeopleIndex::forget_codes(const DelegateId& id)
{
    const auto known = codes_of_.find(id);
    if (known == codes_of_.end())
        return;
    for (const auto& code : known->second) {
        if (const auto found = by_code_.find(code); found != by_code_.end() && found->second == id)
            by_code_.erase(found);
    }
    codes_of_.erase(known);
}

std::vector<Hit> PeopleIndex::query(std::string_view text, std::size_t limit)
{
    catch_up();
    return index_.query(text, limit);
}

std::optional<DelegateId> PeopleIndex::by_code(const std::string& code)
{
    catch_up();
    const auto found = by_code_.find(code);
    return found == by_code_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> PeopleIndex::codes_of(const DelegateId& id)
{
    catch_up();
    const auto found = codes_of_.find(id);
    return found == codes_of_.end() ? std::vector<std::string>() : found->second;
}

} // namespace montbrillant
