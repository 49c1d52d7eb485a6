// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/organizer.hpp"

#include "sync/base/json.hpp"
#include "sync/base/log.hpp"
#include "sync/base/number.hpp"
#include "sync/domain/people/event_profile.hpp"
#include "sync/domain/people/reports.hpp"
#include "sync/protocol/messages.hpp"
#include "sync/store/people_import.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

using What = OrganizerAsk::What;

constexpr std::string_view report_path = "/v1/reports/";

HttpResponse refused(int status, std::string_view code, std::string words)
{
    return {status, protocol::write(protocol::Refusal{status, std::string(code), std::move(words), {}})};
}

HttpResponse broken(const Error& error)
{
    log::error("{}", error.text());
    return refused(500, protocol::code::storage, "the registry cannot use its store: " + error.what);
}

HttpResponse json(const Json& value) { return {200, dump_json(value)}; }

void read_parameter(std::string_view name, std::string_view value, OrganizerAsk& ask)
{
    const auto wrong = [&](std::string what) { ask.complaint = fmt::format("\"{}\" {}", name, what); };
    if (ask.what == What::people && name == "limit") {
        const auto limit = number_from<std::size_t>(value);
        if (!limit || *limit < 1 || *limit > people_per_page_max)
            return wrong(fmt::format("must be a number from 1 to {}", people_per_page_max));
        ask.limit = *limit;
    } else if (ask.what == What::people && name == "after") {
        ask.after = value;
    } else if (ask.what == What::reports && name == "format") {
        if (value != "csv" && value != "json")
            return wrong("must be csv or json");
        ask.csv = value == "csv";
    } else if (ask.what == What::import && name == "skip_bad") {
        if (value != "true" && value != "false")
            return wrong("must be true or false");
        ask.skip_bad = value == "true";
    }
}

void read_query(std::string_view query, OrganizerAsk& ask)
{
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        read_parameter(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())), ask);
    }
}

Result<EventProfile> profile_of(const Ledger& ledger)
{
    return load_event_profile(ledger.identity().event_profile, "event profile");
}

// --- today -------------------------------------------------------------------------------------------------

/// The day of the meeting that `now` is, at the place; before it the first and after it the last.
LocalDate day_of(const EventProfile& profile, WallTime now)
{
    return std::clamp(local_time(profile.time_zone, now).date, profile.first_day, profile.last_day);
}

HttpResponse today(const EventProfile& profile, WallTime now)
{
    const auto day = day_of(profile, now);
    Json sessions = Json::array();
    for (const Session* session : profile.sessions_on(day)) {
        Json titles = Json::object();
        for (const auto language : all_languages)
            titles[std::string(language_code(language))] = session->title.in(language);
        sessions.push_back({{"session", session->id.str()},
                            {"titles", std::move(titles)},
                            {"room", session->room},
                            {"from", rfc3339(wall_time(profile.time_zone, {day, session->from}))},
                            {"until", rfc3339(wall_time(profile.time_zone, {day, session->until}))}});
    }
    return json({{"event", profile.id.str()},
                 {"title", profile.title.in(Language::en)},
                 {"day", day.str()},
                 {"time_zone", profile.time_zone},
                 {"sessions", std::move(sessions)}});
}

/// RFC 5545, 3.3.11.
std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == ';' || c == ',')
            out += '\\';
        out += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return out;
}

/// Lines of at most 75 octets, never inside a character (RFC 5545, 3.1).
void put_line(std::string& out, std::string_view line)
{
    constexpr std::size_t octets_max = 75;
    for (std::size_t room = octets_max; line.size() > room; room = octets_max - 1) {
        std::size_t cut = room;
        while ((static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U)
            --cut;
        out.append(line.substr(0, cut)).append("\r\n ");
        line.remove_prefix(cut);
    }
    out.append(line).append("\r\n");
}

/// "20170904T073000Z"
std::string ical_time(WallTime time)
{
    std::string out;
    for (const char c : rfc3339({time.ms / 1000 * 1000})) {
        if (c == '.')
            break;
        if (c != '-' && c != ':')
            out += c;
    }
    return out + "Z";
}

/// All sessions of the meeting, so that a calendar that subscribes has them beforehand.
HttpResponse calendar(const EventProfile& profile, WallTime now)
{
    std::string out;
    for (const auto* line : {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Montbrillant//registry//EN"})
        put_line(out, line);
    for (const auto& session : profile.sessions) {
        put_line(out, "BEGIN:VEVENT");
        put_line(out, fmt::format("UID:{}.{}@montbrillant", session.id.str(), profile.id.str()));
        put_line(out, "DTSTAMP:" + ical_time(now));
        put_line(out, "DTSTART:" + ical_time(wall_time(profile.time_zone, {session.day, session.from})));
        put_line(out, "DTEND:" + ical_time(wall_time(profile.time_zone, {session.day, session.until})));
        put_line(out, "SUMMARY:" + escaped(session.title.in(Language::en)));
        put_line(out, "LOCATION:" + escaped(session.room));
        put_line(out, "END:VEVENT");
    }
    put_line(out, "END:VCALENDAR");
    return {200, std::move(out), "text/calendar; charset=utf-8"};
}

// --- for whoever holds a token -----------------------------------------------------------------------------

/// Facts hold no personal data: what was handed out, how much of it, and to which token.
Result<> note_export(Ledger& ledger, const std::string& what, std::size_t rows, std::string_view caller)
{
    return ledger.record(fact::ExportMade{what, static_cast<unsigned>(rows)},
                         fmt::format("token {}", caller));
}

HttpResponse people(Ledger& ledger, const OrganizerAsk& ask, std::string_view caller)
{
    std::vector<DelegateId> ids;
    ledger.state().delegates.each([&](const DelegateId& id, const Delegate&) {
        if (id.str() > ask.after)
            ids.push_back(id);
    });
    const bool more = ids.size() > ask.limit;
    const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), ask.limit));
    std::partial_sort(ids.begin(), end, ids.end());
    ids.erase(end, ids.end());
    Json list = Json::array();
    for (const auto& id : ids) {
        const auto person = ledger.person(id);
        if (!person)
            return broken(person.error());
        if (!*person)
            continue; // erased, or met by a device whose record is on its way
        Json object = **person;
        object["checked_in"] = ledger.state().delegates.find(id)->checked_in;
        list.push_back(std::move(object));
    }
    if (const auto noted = note_export(ledger, "people", list.size(), caller); !noted)
        return broken(noted.error());
    Json answer{{"people", std::move(list)}};
    if (more)
        answer["next"] = ids.back().str();
    return json(answer);
}

std::string_view name_of(PeopleImport::Note note)
{
    switch (note) {
    case PeopleImport::Note::bad_row: return "bad_row";
    case PeopleImport::Note::bad_file: return "bad_file";
    case PeopleImport::Note::odd: return "odd";
    case PeopleImport::Note::task: return "task";
    }
    return {};
}

/// One transaction of one call: the writer takes nothing else meanwhile.
Result<PeopleImport::Counts> take_people(Ledger& ledger, const EventProfile& profile, const OrganizerAsk& ask,
                                         std::string_view caller, const PeopleImport::OnNote& note)
{
    PeopleImport::Options options;
    options.skip_bad = ask.skip_bad;
    options.csv.file = "the body";
    options.csv.profile = std::make_shared<const EventProfile>(profile);
    MB_TRY(auto intake, ledger.take_in(fmt::format("token {}", caller)));
    const auto import = PeopleImport::into(std::move(intake), std::move(options), note);
    MB_CHECK(import->feed(ask.body));
    return import->finish();
}

HttpResponse import(Ledger& ledger, const EventProfile& profile, const OrganizerAsk& ask,
                    std::string_view caller)
{
    Json notes = Json::array();
    std::string refusal;
    const auto note = [&](PeopleImport::Note kind, const CsvFault& fault) {
        const bool bad = kind == PeopleImport::Note::bad_row || kind == PeopleImport::Note::bad_file;
        if (bad && refusal.empty())
            refusal = fault.text();
        if (notes.size() < import_notes_max)
            notes.push_back({{"kind", name_of(kind)}, {"text", fault.text()}});
    };
    const auto counts = take_people(ledger, profile, ask, caller, note);
    if (!counts && (counts.error().kind == ErrorKind::storage || counts.error().kind == ErrorKind::network))
        return broken(counts.error());
    if (!counts)
        return refused(
            400, protocol::code::malformed,
            fmt::format("nothing was imported: {}", refusal.empty() ? counts.error().text() : refusal));
    return json({{"rows", counts->rows},
                 {"imported", counts->imported},
                 {"amended", counts->amended},
                 {"unchanged", counts->unchanged},
                 {"bad_rows", counts->bad_rows},
                 {"erased", counts->erased},
                 {"kept", counts->kept},
                 {"tasks", counts->tasks},
                 {"notes", std::move(notes)}});
}

HttpResponse report(Ledger& ledger, const EventProfile& profile, const OrganizerAsk& ask,
                    std::string_view caller)
{
    std::vector<Person> everybody;
    if (auto read = ledger.each_person([&](const Person& person) { everybody.push_back(person); }); !read)
        return broken(read.error());
    std::sort(everybody.begin(), everybody.end(),
              [](const Person& a, const Person& b) { return a.id < b.id; });
    const auto table = make_report(ask.report, {ledger.state(), profile, everybody});
    if (!table)
        return refused(404, protocol::code::not_found,
                       fmt::format("there is no such report: {}", fmt::join(report_names(), ", ")));
    if (const auto noted = note_export(ledger, ask.report, table->rows.size(), caller); !noted)
        return broken(noted.error());
    if (ask.csv)
        return {200, report_csv(*table), "text/csv; charset=utf-8"};
    return json({{"report", ask.report}, {"columns", table->columns}, {"rows", table->rows}});
}

HttpResponse conflicts(const Ledger& ledger)
{
    std::vector<std::pair<FactId, Conflict>> all;
    ledger.state().conflicts.each(
        [&all](const FactId& id, const Conflict& one) { all.emplace_back(id, one); });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Json list = Json::array();
    for (const auto& [id, one] : all) {
        Json object{{"fact", id.str()},           {"kind", one.kind},      {"subjects", one.subjects},
                    {"device", one.device.str()}, {"at", rfc3339(one.at)}, {"open", one.open}};
        if (!one.open)
            object["choice"] = one.choice;
        list.push_back(std::move(object));
    }
    return json({{"conflicts", std::move(list)}});
}

} // namespace

std::optional<OrganizerAsk> read_organizer_ask(const HttpRequest& request)
{
    const std::string_view target = request.target;
    const auto question = std::min(target.find('?'), target.size());
    const auto path = target.substr(0, question);
    OrganizerAsk ask;
    ask.authorization = request.authorization;
    if (path == "/today")
        ask.what = What::today;
    else if (path == "/today.ics")
        ask.what = What::calendar;
    else if (path == "/v1/people")
        ask.what = What::people;
    else if (path == "/v1/people:import")
        ask.what = What::import;
    else if (path == "/v1/conflicts")
        ask.what = What::conflicts;
    else if (path == "/metrics")
        ask.what = What::metrics;
    else if (path.starts_with(report_path))
        ask.what = What::reports;
    else
        return std::nullopt;
    if (ask.what == What::import)
        ask.body = request.body;
    if (ask.what == What::reports)
        ask.report = path.substr(report_path.size());
    read_query(target.substr(std::min(question + 1, target.size())), ask);
    return ask;
}

std::optional<Scope> scope_of(What what)
{
    switch (what) {
    case What::people: return Scope::people;
    case What::import: return Scope::import;
    case What::reports: return Scope::reports;
    case What::conflicts: return Scope::conflicts;
    case What::metrics: return Scope::metrics;
    case What::today:
    case What::calendar: break;
    }
    return std::nullopt;
}

HttpResponse answer_organizer(Ledger& ledger, const OrganizerAsk& ask, std::string_view caller, WallTime now)
{
    if (ask.what == What::conflicts)
        return conflicts(ledger);
    if (ask.what == What::people)
        return people(ledger, ask, caller);
    const auto profile = profile_of(ledger);
    if (!profile)
        return broken(profile.error());
    if (ask.what == What::reports)
        return report(ledger, *profile, ask, caller);
    if (ask.what == What::import)
        return import(ledger, *profile, ask, caller);
    return ask.what == What::today ? today(*profile, now) : calendar(*profile, now);
}

} // namespace montbrillant::registry
