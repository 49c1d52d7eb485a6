// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/event_profile.hpp"

#include "sync/base/toml.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace montbrillant {
namespace {

constexpr std::size_t profile_bytes_max = 1024U * 1024U;
constexpr std::size_t short_text_bytes_max = 200;
constexpr std::size_t long_text_bytes_max = 4000;
constexpr int event_days_max = 60;

bool only(std::string_view text, std::string_view extra, bool upper)
{
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (upper ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z') ||
               extra.find(c) != std::string_view::npos;
    });
}

std::string short_text(TomlTable& table, std::string_view key)
{
    std::string text = table.text(key);
    if (table.has(key) && (text.empty() || text.size() > short_text_bytes_max))
        table.reject(key, fmt::format("\"{}\" must have 1 to {} bytes", key, short_text_bytes_max));
    return text;
}

SixTexts six_texts(TomlTable& parent, std::string_view key, std::size_t bytes_max = short_text_bytes_max)
{
    SixTexts out;
    TomlTable table = parent.table(key);
    for (const auto language : all_languages) {
        const auto code = language_code(language);
        out.in(language) = table.text(code);
        const auto size = out.in(language).size();
        if (table.has(code) && (size == 0 || size > bytes_max))
            table.reject(code, fmt::format("\"{}\" in {} must have 1 to {} bytes", key, code, bytes_max));
    }
    return out;
}

LocalDate date(TomlTable& table, std::string_view key)
{
    return parse_date(table.date(key)).value_or(LocalDate{1970, 1, 1});
}

TimeOfDay time_of_day(TomlTable& table, std::string_view key)
{
    const std::string text = table.text(key);
    const auto time = parse_time_of_day(text);
    if (!time && table.has(key))
        table.reject(key, fmt::format("\"{}\" must be a time such as \"09:30\"", key));
    return time.value_or(TimeOfDay{});
}

/// Reads `from` and `until`; the first must be the earlier.
std::pair<TimeOfDay, TimeOfDay> hours(TomlTable& table)
{
    const TimeOfDay from = time_of_day(table, "from");
    const TimeOfDay until = time_of_day(table, "until");
    if (from >= until)
        table.reject("until", "\"until\" must be later than \"from\"");
    return {from, until};
}

void read_frame(TomlTable& root, EventProfile& out)
{
    TomlTable event = root.table("event");
    out.id = EventId(short_text(event, "id"));
    if (out.id.str().size() > 32 || !only(out.id.str(), "-", false))
        event.reject("id", "\"id\" must have 1 to 32 of a-z, 0-9 and -");
    out.title = six_texts(event, "title");
    out.study_group = short_text(event, "study_group");
    out.chair = event.text_or("chair", "");
    out.place = six_texts(event, "place");
    out.time_zone = short_text(event, "time_zone");
    if (event.has("time_zone") && !known_time_zone(out.time_zone)) {
        event.reject("time_zone", fmt::format("the time zone \"{}\" is not known", out.time_zone),
                     "an IANA name such as \"Europe/Zurich\" was expected");
    }
    out.first_day = date(event, "first_day");
    out.last_day = date(event, "last_day");
    const int days = days_between(out.first_day, out.last_day);
    if (days < 0 || days >= event_days_max)
        event.reject("last_day", fmt::format("the event must last 1 to {} days", event_days_max));
    out.opening = time_of_day(event, "opening");
    out.accent = short_text(event, "accent");
    const bool hex = out.accent.size() == 7 && out.accent[0] == '#' &&
                     out.accent.find_first_not_of("0123456789ABCDEFabcdef", 1) == std::string::npos;
    if (event.has("accent") && !hex)
        event.reject("accent", "\"accent\" must be a colour such as \"#0B5394\"");
    out.documents_address = short_text(event, "documents");
    if (event.has("documents") && !out.documents_address.starts_with("https://") &&
        !out.documents_address.starts_with("http://"))
        event.reject("documents", "\"documents\" must be a web address that begins with https://");
}

void read_check_in(TomlTable& root, EventProfile& out)
{
    TomlTable check_in = root.table("check_in");
    const std::string identity = check_in.text("identity");
    out.identity = identity == "self" ? IdentityCheck::self : IdentityCheck::staff;
    if (check_in.has("identity") && identity != "staff" && identity != "self")
        check_in.reject("identity", "\"identity\" must be \"staff\" or \"self\"");
    out.desk = short_text(check_in, "desk");
    if (out.desk.size() > 8)
        check_in.reject("desk", "\"desk\" must be short: up to 8 bytes, such as \"B\"");
    for (TomlTable& row : check_in.tables("hours")) {
        const LocalDate day = date(row, "day");
        const auto [from, until] = hours(row);
        const int offset = days_between(out.first_day, day);
        if (offset < -7 || day > out.last_day)
            row.reject("day", "the desk can open at most a week before the event, and not after it");
        out.registration_hours.push_back({day, from, until});
    }
    if (out.registration_hours.empty())
        check_in.reject("hours", "no [[check_in.hours]]: say when the registration desk is open");
    std::sort(out.registration_hours.begin(), out.registration_hours.end(),
              [](const auto& a, const auto& b) { return std::tie(a.day, a.from) < std::tie(b.day, b.from); });
    TomlTable search = root.table("public_search");
    out.search.letters_min = static_cast<int>(search.integer("letters_min", 1, 6));
    out.search.mask = search.boolean_or("mask", true);
    out.search.rows_max = static_cast<int>(search.integer_or("rows_max", 5, 1, 5));
}

void read_wifi(TomlTable& root, EventProfile& out)
{
    auto wifi = root.table_if("wifi");
    if (!wifi)
        return;
    out.wifi.ssid = short_text(*wifi, "ssid");
    if (out.wifi.ssid.size() > 32)
        wifi->reject("ssid", "\"ssid\" must have at most 32 bytes");
    out.wifi.passphrase = wifi->text_or("passphrase", "");
    const auto& words = out.wifi.passphrase;
    const bool printable =
        std::all_of(words.begin(), words.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
    if (!words.empty() && (words.size() < 8 || words.size() > 63 || !printable))
        wifi->reject("passphrase", "\"passphrase\" must have 8 to 63 printable ASCII characters");
}

void read_terms(TomlTable& root, EventProfile& out)
{
    TomlTable lockers = root.table("lockers");
    out.lockers.per_delegate = static_cast<int>(lockers.integer("per_delegate", 0, 4));
    out.lockers.reopen_minutes = static_cast<int>(lockers.integer_or("reopen_minutes", 30, 0, 240));
    TomlTable laptops = root.table("laptops");
    out.laptops.offer_minutes = static_cast<int>(laptops.integer("offer_minutes", 1, 240));
    out.laptops.misses_max = static_cast<int>(laptops.integer_or("misses_max", 3, 1, 10));
    out.laptops.accessories = laptops.texts_or_empty("accessories");
    if (out.laptops.accessories.size() > 12)
        laptops.reject("accessories", "at most 12 accessories");
    out.laptops.text = six_texts(laptops, "terms", long_text_bytes_max);
    TomlTable cards = root.table("cards");
    out.cards.tier_min = static_cast<int>(cards.integer("tier_min", 0, 3));
    TomlTable printing = root.table("printing");
    out.printing.layout = short_text(printing, "layout");
    if (!only(out.printing.layout, "-_", false))
        printing.reject("layout", "\"layout\" must be a name of a-z, 0-9, - and _");
    out.printing.wifi_on_back = printing.boolean_or("wifi_on_back", true);
    out.printing.native_name = printing.boolean_or("native_name", true);
    out.printing.newcomer_mark = printing.boolean_or("newcomer_mark", false);
    TomlTable privacy = root.table("privacy");
    out.privacy.controller = short_text(privacy, "controller");
    out.privacy.erase_days = static_cast<int>(privacy.integer("erase_days", 0, 365));
}

Contact read_contact(TomlTable& contacts, std::string_view key)
{
    TomlTable table = contacts.table(key);
    Contact out;
    out.mail = short_text(table, "mail");
    if (table.has("mail") && out.mail.find('@') == std::string::npos)
        table.reject("mail", "\"mail\" must be an e-mail address");
    out.phone = table.text_or("phone", "");
    out.place = six_texts(table, "place");
    return out;
}

void read_categories(TomlTable& root, EventProfile& out)
{
    TomlTable categories = root.table("categories");
    for (std::size_t i = 0; i < out.category_names.size(); ++i)
        out.category_names[i] = six_texts(categories, montbrillant::name_of(static_cast<Category>(i)));
}

void read_delegations(TomlTable& root, EventProfile& out)
{
    std::set<std::string> seen;
    for (TomlTable& row : root.tables("delegations")) {
        Delegation delegation;
        delegation.code = row.text("code");
        if (delegation.code.size() < 2 || delegation.code.size() > 12 || !only(delegation.code, "-", true))
            row.reject("code", "\"code\" must have 2 to 12 of A-Z, 0-9 and -");
        if (!seen.insert(delegation.code).second)
            row.reject("code", fmt::format("the delegation \"{}\" stands here twice", delegation.code));
        const std::string category = row.text("category");
        const auto known = category_from(category);
        if (!known)
            row.reject("category", fmt::format("the category \"{}\" is not known", category));
        delegation.category = known.value_or(Category::member_state);
        delegation.fellowships = row.boolean_or("fellowships", false);
        delegation.developing = row.boolean_or("developing", false) || delegation.fellowships;
        delegation.names = six_texts(row, "names");
        out.delegations.push_back(std::move(delegation));
    }
    std::sort(out.delegations.begin(), out.delegations.end(),
              [](const auto& a, const auto& b) { return a.code < b.code; });
}

void read_sessions(TomlTable& root, EventProfile& out)
{
    std::set<SessionId> seen;
    for (TomlTable& row : root.tables("sessions")) {
        Session session;
        session.id = SessionId(short_text(row, "id"));
        if (session.id.str().size() > 32 || !only(session.id.str(), "-", false))
            row.reject("id", "a session's \"id\" must have 1 to 32 of a-z, 0-9 and -");
        if (!seen.insert(session.id).second)
            row.reject("id", fmt::format("the session \"{}\" stands here twice", session.id.str()));
        session.title = six_texts(row, "title");
        session.room = short_text(row, "room");
        session.day = date(row, "day");
        if (session.day < out.first_day || session.day > out.last_day)
            row.reject("day",
                       fmt::format("the session \"{}\" is not on a day of the event", session.id.str()));
        std::tie(session.from, session.until) = hours(row);
        if (row.has("eligible")) {
            const std::string flag = row.text("eligible");
            session.eligible = flag_from(flag);
            if (!session.eligible)
                row.reject("eligible", fmt::format("the flag \"{}\" is not known", flag),
                           "newcomer, fellow, bsg_trainee or accessible was expected");
        }
        out.sessions.push_back(std::move(session));
    }
    std::sort(out.sessions.begin(), out.sessions.end(), [](const auto& a, const auto& b) {
        return std::tie(a.day, a.from, a.id) < std::tie(b.day, b.from, b.id);
    });
}

void read_calendar(TomlTable& root, EventProfile& out)
{
    for (TomlTable& row : root.tables("deadlines"))
        out.deadlines.push_back({date(row, "day"), six_texts(row, "text")});
    std::sort(out.deadlines.begin(), out.deadlines.end(),
              [](const auto& a, const auto& b) { return a.day < b.day; });
    for (TomlTable& row : root.tables("notices"))
        out.notices.push_back(
            {short_text(row, "id"), six_texts(row, "title"), six_texts(row, "text", long_text_bytes_max)});
}

} // namespace

Result<EventProfile> load_event_profile(std::string_view text, const std::string& file)
{
    if (text.size() > profile_bytes_max)
        return fail(ErrorKind::input, "the event profile is longer than 1 MB", file);
    MB_TRY(TomlTable root, TomlTable::parse(text, file));
    EventProfile out;
    read_frame(root, out);
    read_check_in(root, out);
    read_wifi(root, out);
    read_terms(root, out);
    TomlTable contacts = root.table("contacts");
    out.registration = read_contact(contacts, "registration");
    out.service_desk = read_contact(contacts, "service_desk");
    read_categories(root, out);
    read_delegations(root, out);
    read_sessions(root, out);
    read_calendar(root, out);
    MB_CHECK(root.finish());
    return out;
}

WallTime EventProfile::opening_at() const { return wall_time(time_zone, {first_day, opening}); }

WallTime EventProfile::ends_at() const { return wall_time(time_zone, {last_day, {24 * 60}}); }

const Delegation* EventProfile::delegation(std::string_view code) const
{
    const auto at = std::lower_bound(delegations.begin(), delegations.end(), code,
                                     [](const auto& a, std::string_view b) { return a.code < b; });
    return at != delegations.end() && at->code == code ? &*at : nullptr;
}

const Session* EventProfile::session(const SessionId& wanted) const
{
    const auto at = std::find_if(sessions.begin(), sessions.end(),
                                 [&](const auto& session) { return session.id == wanted; });
    return at == sessions.end() ? nullptr : &*at;
}

std::vector<const Session*> EventProfile::sessions_on(LocalDate day) const
{
    std::vector<const Session*> out;
    for (const auto& session : sessions) {
        if (session.day == day)
            out.push_back(&session);
    }
    return out;
}

std::string EventProfile::delegation_name(std::string_view code, Language language) const
{
    const Delegation* found = delegation(code);
    return found != nullptr ? found->names.in(language) : std::string(code);
}

} // namespace montbrillant
