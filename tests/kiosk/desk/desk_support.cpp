// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/desk/desk_support.hpp"

#include "sync/base/files.hpp"

namespace montbrillant::test {

EventProfile sample_profile()
{
    const std::filesystem::path file =
        std::filesystem::path(SOURCE_DIR) / "sync/domain/events/sg20-2017.toml";
    return must(load_event_profile(must(read_file(file, 4U << 20U)), file.string()));
}

BankMap sample_bank()
{
    return must(load_bank_map(std::filesystem::path(SOURCE_DIR) / "firmware-config/banks/sample-16.toml"));
}

std::shared_ptr<const Layout> sample_layout()
{
    return std::make_shared<const Layout>(
        must(load_layout(std::filesystem::path(SOURCE_DIR) / "badge/layout/layouts/a6.json")));
}

} // namespace montbrillant::test
