// SPDX-License-Identifier: Apache-2.0
// Commits one check-in after the other in the folder given and prints each badge once it is durable, as a
// kiosk that says so on its screen. Somebody pulls the plug.
#include "sync/store/store.hpp"

#include <cstdio>

using namespace montbrillant;

namespace {

Draft arrival(const std::string& number)
{
    Person person;
    person.id = DelegateId("p" + number);
    person.badge_name = "Somebody " + number;
    const BadgeId badge("B" + number);
    return {{fact::DelegateRegistered{person.id, participation_of(person), true},
             fact::CheckedIn{person.id, "code", {}}, fact::BadgeIssued{badge, person.id, 1},
             fact::PrintQueued{badge, 1}},
            "kiosk",
            {person},
            {}};
}

} // namespace

int main(int count, char** arguments)
{
    const std::string folder = count == 2 ? arguments[1] : "--help";
    if (folder == "--help") {
        std::puts("usage: montbrillant-durability-child FOLDER\n\n"
                  "Commits check-ins in a folder with an event and prints the number of each.\n\n"
                  "Example:\n  montbrillant-durability-child /tmp/kiosk");
        return count == 2 ? 0 : 2;
    }
    SystemClock clock;
    SystemRandom random;
    auto store = Store::open({folder}, clock, random);
    if (!store) {
        std::puts(store.error().text().c_str());
        return 3;
    }
    for (auto number = store->own_counter() / 4 + 1;; ++number) {
        const auto name = std::to_string(number);
        if (!store->commit(arrival(name)))
            return 1;
        std::puts(name.c_str());
        std::fflush(stdout);
    }
}
