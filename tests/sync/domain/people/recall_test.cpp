// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/domain/people/recall.hpp"

#include "tests/support/catch.hpp"
#include "tests/sync/domain/people/sample_profile.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

TEST_CASE("of what people type for names of each script, 97 of 100 find the person among ten thousand others")
{
    constexpr std::size_t others = 10'000;
    constexpr double share_min = 0.97;
    const auto recalls = measure_recall(CORPUS_DIR, sample_profile(), others);
    REQUIRE(recalls.size() > 15);
    fmt::print("{:<24} {:>8} {:>8} {:>8} {:>12}\n", "corpus", "queries", "found", "share", "full, first");
    for (const Recall& recall : recalls) {
        fmt::print("{:<24} {:>8} {:>8} {:>7.1f}% {:>6} of {:>2}\n", recall.script, recall.queries,
                   recall.found, recall.share() * 100, recall.full_names_first, recall.full_names);
        for (const std::string& missed : recall.missed)
            fmt::print("    missed: {}\n", missed);
        INFO(recall.script);
        CHECK(recall.share() >= share_min);
        CHECK(recall.full_names_first == recall.full_names);
    }
}
