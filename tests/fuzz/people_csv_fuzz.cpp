// SPDX-License-Identifier: Apache-2.0
// Any bytes as a CSV of people, whole and in pieces, plain and through a map. Whatever is accepted keeps the
// limits and comes back the same from an export; whatever is refused is said in words that can be printed.
#include "sync/domain/people/people_csv.hpp"
#include "sync/domain/people/unicode.hpp"

#include <algorithm>
#include <cstdlib>

using namespace montbrillant;

namespace {

void must(bool holds)
{
    if (!holds)
        std::abort();
}

std::shared_ptr<const PeopleMap> map_of(const char* name)
{
    auto map = load_people_map(std::string(IMPORT_MAPS_DIR) + "/" + name + ".toml");
    must(map.has_value());
    return std::make_shared<const PeopleMap>(std::move(*map));
}

CsvOptions options_for(unsigned choice)
{
    static const std::shared_ptr<const PeopleMap> indico = map_of("indico");
    static const std::shared_ptr<const PeopleMap> pretix = map_of("pretix");
    CsvOptions options;
    if (choice % 3 != 0)
        options.map = choice % 3 == 1 ? indico : pretix;
    return options;
}

CsvReport in_pieces(std::string_view text, const CsvOptions& options, std::size_t piece)
{
    CsvReport report;
    PeopleCsvReader reader(options, [&report](const CsvRow& row, Result<Person> person) {
        report.faults.insert(report.faults.end(), row.faults.begin(), row.faults.end());
        if (person)
            report.people.push_back(std::move(*person));
    });
    for (std::size_t at = 0; at < text.size(); at += piece)
        reader.feed(text.substr(at, piece));
    const CsvSummary summary = reader.finish();
    report.faults.insert(report.faults.begin(), summary.file_faults.begin(), summary.file_faults.end());
    report.bad_rows = summary.bad_rows;
    return report;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const CsvOptions options = options_for(data[0]);
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const CsvReport report = read_people_csv(text, options);
    for (const auto* const list : {&report.faults, &report.warnings}) {
        for (const auto& fault : *list)
            must(!unicode::first_bad_byte(fault.text()) && fault.text().find('\n') == std::string::npos);
    }
    must(report.people.size() + report.bad_rows == report.rows || !report.faults.empty());

    const CsvReport pieces = in_pieces(text, options, 1 + data[0] / 3U);
    must(pieces.people == report.people && pieces.faults.size() == report.faults.size());

    const std::string out = write_people_csv(report.people);
    const CsvReport again = read_people_csv(out);
    must(again.all_good() && again.people == report.people && write_people_csv(again.people) == out);
    return 0;
}
