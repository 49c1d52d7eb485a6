// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Who is found at this desk, by what people type and by their codes. Whoever comes from the registry is
/// opened and indexed on threads while the next page comes; every question waits for the rest of them. One
/// thread asks and adds.

#include "sync/domain/people/index_feeder.hpp"
#include "sync/store/sealed_person.hpp"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace montbrillant {

class PeopleIndex {
public:
    /// All codes by which a person is found: short ones and foreign ones.
    using Codes = std::function<std::vector<std::string>(const Person&)>;
    /// `names` is asked by several threads at once.
    PeopleIndex(KeyMaker::DelegationNames names, Codes codes);

    void add(SealedPerson person) { feeder_.add(std::move(person)); }
    void add(const Person& person);
    void forget(const DelegateId& id);
    /// After many were added, so that the first question does not have to wait.
    [[nodiscard]] Result<> settle() { return feeder_.finish(); }

    [[nodiscard]] std::vector<Hit> query(std::string_view text, std::size_t limit);
    [[nodiscard]] std::optional<DelegateId> by_code(const std::string& code);
    [[nodiscard]] std::vector<std::string> codes_of(const DelegateId& id);

private:
    void catch_up();
    void note_codes(const Person& person);
    void forget_codes(const DelegateId& id);

    Codes codes_;
    SearchIndex index_;
    IndexFeeder<SealedPerson> feeder_;
    std::unordered_map<std::string, DelegateId> by_code_;
    std::unordered_map<DelegateId, std::vector<std::string>> codes_of_;
};

} // namespace montbrillant
