// SPDX-License-Identifier: Apache-2.0
#include "sync/store/sealed_person.hpp"

#include "sync/base/json_view.hpp"

#include <utility>

namespace montbrillant {

std::string record_context(const DelegateId& id) { return "person/" + id.str(); }

void SealedPerson::WipeAndDelete::operator()(crypto::Key* key) const
{
    crypto::wipe(*key);
    delete key;
}

SealedPerson::SealedPerson(DelegateId id, const crypto::Key& key, Bytes sealed,
                           std::optional<Participation> decided)
    : id_(std::move(id)), key_(new crypto::Key(key)), sealed_(std::move(sealed)), decided_(std::move(decided))
{
}

Result<Person> SealedPerson::open() const
{
    MB_TRY(const Bytes plain, crypto::open(*key_, sealed_, as_bytes(record_context(id_))));
    const std::string where = "record " + id_.str();
    thread_local JsonText kept{JsonLimits{}};
    MB_TRY(const JsonView object, kept.read(to_text(plain), where));
    MB_TRY(Person person, person_from_json(object, where));
    if (decided_)
        overlay(person, *decided_);
    return person;
}

} // namespace montbrillant
