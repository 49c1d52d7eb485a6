// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/machine.hpp"

namespace montbrillant::simulation {

void Machine::copy_from(const Machine& other)
{
    test::SimulatedDisk::Image here;
    const std::string there = other.folder.path().string();
    for (const auto& [name, bytes] : other.disk.image())
        here[folder.path().string() + name.substr(there.size())] = bytes;
    disk.load(here);
    std::filesystem::copy_file(other.folder.path() / "event.key", folder.path() / "event.key",
                               std::filesystem::copy_options::overwrite_existing);
}

} // namespace montbrillant::simulation
