// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/terminal_input.hpp"
#include "sync/base/json.hpp"
#include "sync/store/event_end.hpp"

#include <fmt/format.h>
#include <iostream>

namespace montbrillant {
namespace {

constexpr std::size_t query_bytes_max = 1000;

struct SearchOptions {
    std::string query;
    std::size_t limit = 20;
};

struct ShowOptions {
    std::string id;
};

Json hit_json(Desk& desk, const Hit& hit)
{
    const auto person = desk.person(hit.id);
    Json out{{"id", hit.id.str()}, {"score", hit.score}};
    const bool known = person && *person;
    out["name"] = known ? (*person)->full_name() : "";
    out["badge_name"] = known ? (*person)->badge_name : "";
    out["organization"] = known ? (*person)->organization : "";
    out["delegation"] = known ? (*person)->delegation : "";
    return out;
}

/// One query a line in, one answer a line out, so that a program need not start a process for each.
Result<int> answer_queries(Desk& desk, const Output& output, std::size_t limit)
{
    while (const auto line = read_line(std::cin, query_bytes_max)) {
        Json results = Json::array();
        for (const auto& hit : desk.search(*line, limit))
            results.push_back(hit_json(desk, hit));
        output.out(dump_json({{"query", *line}, {"results", results}}));
    }
    return 0;
}

Result<int> search(CommandHost& host, Output& output, const SearchOptions& options)
{
    MB_TRY(Desk* const desk, host.desk());
    if (options.query == "-" && host.live())
        return fail(ErrorKind::refused, "a running kiosk reads no standard input", "people search -",
                    "stop the kiosk, or ask one query at a time");
    if (options.query == "-")
        return answer_queries(*desk, output, options.limit);
    for (const auto& hit : desk->search(options.query.substr(0, query_bytes_max), options.limit)) {
        const Json found = hit_json(*desk, hit);
        output.say(found, fmt::format("{:<10} {:<32} {:<28} {}", hit.id.str(),
                                      json_text_or(found, "name", ""), json_text_or(found, "badge_name", ""),
                                      json_text_or(found, "organization", "")));
    }
    return 0;
}

Result<int> show(CommandHost& host, Output& output, const ShowOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    const DelegateId id(options.id);
    MB_TRY(const auto person, store->person(id));
    const Delegate* delegate = store->view().delegates.find(id);
    if (!person || delegate == nullptr)
        return fail(ErrorKind::refused, "nobody is registered under this id", options.id);
    Json out;
    to_json(out, *person);
    out["checked_in"] = delegate->checked_in;
    out["provisional"] = delegate->provisional;
    out["badge"] = delegate->badge.str();
    out["laptop"] = delegate->laptop.str();
    out["short_code"] = ShortCode::derive(store->keys().short_codes, event->id, id).printed();
    Json lockers = Json::array();
    for (const auto& locker : delegate->lockers)
        lockers.push_back(locker.str());
    out["lockers"] = lockers;
    output.say(out, out.dump(2, ' ', false, Json::error_handler_t::replace));
    return 0;
}

Result<int> erase(CommandHost& host, Output& output, const ShowOptions& options)
{
    const DelegateId id(options.id);
    MB_TRY(Store* const store, host.store());
    MB_CHECK(erase_person(*store, id, "manager"));
    if (host.live()) {
        MB_TRY(Desk* const desk, host.desk());
        desk->refresh({id});
    }
    output.say({{"id", options.id}, {"erased", true}},
               fmt::format("{} is erased here, and at every other device with its next pull", options.id));
    return 0;
}

void add_search_command(const CommandTree& tree, Subcommand people)
{
    const auto options = std::make_shared<SearchOptions>();
    const Subcommand one = add_command(tree, people, "search", "Finds people by what one would type",
                                       "--data demo --json people search 'wang xiao'", with(options, search));
    one.option("QUERY", options->query,
               "Letters of the name, organization or id; - reads queries from standard input")
        .required();
    one.option("--limit", options->limit, "At most so many, best first").between(1, 1000);
}

} // namespace

void add_people_commands(const CommandTree& tree)
{
    const Subcommand people =
        add_group(tree, "people", "Delegates: import, find, show", "--data demo people import people.csv");
    add_import_command(tree, people);
    add_export_command(tree, people);
    add_search_command(tree, people);
    const auto options = std::make_shared<ShowOptions>();
    add_command(tree, people, "show", "One person: record, badge, locker, laptop",
                "--data demo people show R-000001", with(options, show))
        .option("ID", options->id, "Registration id")
        .required();
    add_command(tree, people, "erase", "Deletes one person's keys and record for good",
                "--data demo people erase R-000001", with(options, erase))
        .option("ID", options->id, "Registration id")
        .required();
    add_sample_command(tree, people);
}

} // namespace montbrillant
