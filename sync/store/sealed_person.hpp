// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Somebody's record together with the key that opens it and what the rules know of them: opened wherever and
/// whenever it suits, without the store. The key is overwritten when this goes.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"
#include "sync/base/sodium.hpp"
#include "sync/domain/facts/people.hpp"

#include <memory>
#include <optional>

namespace montbrillant {

class SealedPerson {
public:
    /// `key` is copied into memory of this object's own. `decided` overrules what the record says.
    SealedPerson(DelegateId id, const crypto::Key& key, Bytes sealed, std::optional<Participation> decided);

    [[nodiscard]] const DelegateId& id() const { return id_; }
    /// On any thread. An error when the record was changed or is not this key's.
    [[nodiscard]] Result<Person> open() const;

private:
    struct WipeAndDelete {
        void operator()(crypto::Key* key) const;
    };
    DelegateId id_;
    std::unique_ptr<crypto::Key, WipeAndDelete> key_;
    Bytes sealed_;
    std::optional<Participation> decided_;
};

/// What a record is sealed for: it opens for nobody else.
[[nodiscard]] std::string record_context(const DelegateId& id);

} // namespace montbrillant
