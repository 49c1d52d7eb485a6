// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/event_profile.hpp"
#include "tests/support/catch.hpp"
#include "tests/sync/domain/people/sample_profile.hpp"

#include <fmt/format.h>
#include <set>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// The sample with one passage changed; fails the test when the passage is not there.
std::string changed(std::string_view from, std::string_view to)
{
    std::string text = sample_profile_text();
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text)
{
    const auto profile = load_event_profile(text, "event.toml");
    REQUIRE_FALSE(profile.has_value());
    CHECK(profile.error().kind == ErrorKind::input);
    return profile.error().text();
}

} // namespace

TEST_CASE("the sample event says when and where the meeting opens")
{
    CHECK(sample_profile().id == EventId("sg20-2017"));
    CHECK(sample_profile().study_group == "ITU-T Study Group 20");
    CHECK(rfc3339(sample_profile().opening_at()) == "2017-09-04T07:30:00.000Z");
    CHECK(rfc3339(sample_profile().ends_at()) == "2017-09-15T22:00:00.000Z");
    CHECK(sample_profile().registration_hours.front().day == LocalDate{2017, 9, 4});
    CHECK(sample_profile().registration_hours.front().from.str() == "08:30");
    CHECK(sample_profile().place.in(Language::fr) == "Siège de l'UIT, Genève");
    CHECK(sample_profile().identity == IdentityCheck::staff);
    CHECK(sample_profile().wifi.ssid == "ITUwifi");
    CHECK(sample_profile().lockers.per_delegate == 1);
    CHECK(sample_profile().deadlines.front().day.str() == "2017-07-04");
}

TEST_CASE("the sample event names enough States and bodies in six languages")
{
    std::size_t states = 0;
    for (const auto& delegation : sample_profile().delegations) {
        states += delegation.category == Category::member_state ? 1U : 0U;
        for (const auto language : all_languages)
            CHECK_FALSE(delegation.names.in(language).empty());
    }
    CHECK(states >= 40);
    CHECK(sample_profile().delegations.size() - states >= 15);
    CHECK(sample_profile().delegation_name("CHE", Language::ru) == "Швейцария");
    CHECK(sample_profile().delegation_name("CHE", Language::ar) == "سويسرا");
    CHECK(sample_profile().delegation_name("QQQ", Language::en) == "QQQ");
    CHECK(sample_profile().delegation("MLI")->fellowships);
    CHECK(sample_profile().delegation("MLI")->developing);
    CHECK(sample_profile().name_of(Category::academia).in(Language::zh) == "学术成员");
}

TEST_CASE("sessions of a day come in their order with who may attend")
{
    const auto monday = sample_profile().sessions_on({2017, 9, 4});
    REQUIRE(monday.size() >= 3);
    CHECK(monday.front()->id == SessionId("opening-plenary"));
    CHECK(monday.at(1)->eligible == Flag::newcomer);
    const Session* training = sample_profile().session(SessionId("bsg-training"));
    REQUIRE(training != nullptr);
    CHECK(training->day.str() == "2017-09-12");
    CHECK(training->eligible == Flag::bsg_trainee);
    CHECK(sample_profile().sessions_on({2017, 9, 10}).empty());
    CHECK(sample_profile().session(SessionId("nowhere")) == nullptr);
}

TEST_CASE("no room of the sample event holds two sessions at once")
{
    const auto& sessions = sample_profile().sessions;
    for (std::size_t a = 0; a < sessions.size(); ++a) {
        for (std::size_t b = a + 1; b < sessions.size(); ++b) {
            const bool meet = sessions[a].room == sessions[b].room && sessions[a].day == sessions[b].day &&
                              sessions[a].from < sessions[b].until && sessions[b].from < sessions[a].until;
            INFO(sessions[a].id.str() << " and " << sessions[b].id.str());
            CHECK_FALSE(meet);
        }
    }
}

TEST_CASE("an unknown key in a profile is an error with its line")
{
    CHECK(error_of(changed("mask = true", "maks = true")).find("\"maks\" is not known here") !=
          std::string::npos);
    const std::string text = "\n\n[event]\nid = \"x\"\ncolour = 1\n";
    CHECK(error_of(text).find("event.toml, line") != std::string::npos);
}

TEST_CASE("each senseless value of a profile is refused in words that name it")
{
    const std::vector<std::array<std::string, 3>> cases{
        {"id = \"sg20-2017\"", "id = \"SG 20\"", "\"id\" must have"},
        {"first_day = 2017-09-04", "first_day = \"2017-09-04\"", "must be a date"},
        {"last_day = 2017-09-15", "last_day = 2017-09-01", "must last 1 to 60 days"},
        {"last_day = 2017-09-15", "last_day = 2018-09-15", "must last 1 to 60 days"},
        {"opening = \"09:30\"", "opening = \"9.30\"", "must be a time"},
        {"opening = \"09:30\"", "opening = \"24:00\"", "must be a time"},
        {"Europe/Zurich", "Europe/Carouge", "time zone \"Europe/Carouge\""},
        {"#0B5394", "blue", "must be a colour"},
        {"https://www", "gopher://www", "must be a web address"},
        {"identity = \"staff\"", "identity = \"none\"", "\"staff\" or \"self\""},
        {"letters_min = 2", "letters_min = 0", "from 1 to 6"},
        {"itu@GVA1211", "short", "8 to 63"},
        {"ssid = \"ITUwifi\"", "ssid = \"a name that is much too long for radio\"", "at most 32 bytes"},
        {"per_delegate = 1", "per_delegate = -1", "from 0 to 4"},
        {"tier_min = 0", "tier_min = 4", "from 0 to 3"},
        {"layout = \"", "layout = \"../", "must be a name"},
        {"servicedesk@itu.int", "servicedesk", "must be an e-mail address"},
        {"code = \"ARG\"", "code = \"ARE\"", "stands here twice"},
        {"code = \"ARG\"", "code = \"argentina\"", "2 to 12"},
        {"category = \"invited\"", "category = \"guest\"", "\"guest\" is not known"},
        {"id = \"guided-visit\"", "id = \"opening-plenary\"", "stands here twice"},
        {"eligible = \"bsg_trainee\"", "eligible = \"everybody\"", "\"everybody\" is not known"},
        {"es = \"Argentina\"", "it = \"Argentina\"", "\"es\" is missing"},
        {"es = \"Argentina\"", "es = \"\"", "must have 1 to"},
        {"[wifi]", "[wifi", "event.toml, line"},
    };
    for (const auto& [from, to, expected] : cases) {
        const std::string error = error_of(changed(from, to));
        INFO(to << " gave " << error);
        CHECK(error.find(expected) != std::string::npos);
        CHECK(error.find("event.toml, line ") == 0);
        CHECK(error.find(", column ") != std::string::npos);
    }
}

TEST_CASE("a session outside the event or ending before it begins is refused")
{
    CHECK(error_of(changed("day = 2017-09-12\nfrom = \"09:30\"\nuntil = \"12:30\"\neligible",
                           "day = 2017-10-12\nfrom = \"09:30\"\nuntil = \"12:30\"\neligible"))
              .find("not on a day of the event") != std::string::npos);
    CHECK(error_of(changed("day = 2017-09-12\nfrom = \"09:30\"\nuntil = \"12:30\"\neligible",
                           "day = 2017-09-12\nfrom = \"12:30\"\nuntil = \"09:30\"\neligible"))
              .find("later than") != std::string::npos);
}

TEST_CASE("a profile that is empty, huge or not UTF-8 is an error, not a crash")
{
    CHECK(error_of("").find("[event] is missing") != std::string::npos);
    CHECK(error_of(std::string(2U << 20U, '#')).find("longer than 1 MB") != std::string::npos);
    CHECK_FALSE(error_of("[event]\nid = \"\xff\xfe\"\n").empty());
}

TEST_CASE("any prefix of the sample profile is refused")
{
    const std::string& text = sample_profile_text();
    // The last notice is optional, so stop before it.
    for (std::size_t size = 0; size < text.rfind("[[sessions]]"); size += 997) {
        const auto profile = load_event_profile(text.substr(0, size), "event.toml");
        if (profile)
            CHECK(profile->sessions.size() < sample_profile().sessions.size());
        else
            CHECK(profile.error().kind == ErrorKind::input);
    }
}

TEST_CASE("the hours of a place follow its clock changes")
{
    const auto utc = [](LocalTime time) { return rfc3339(wall_time("Europe/Zurich", time)); };
    CHECK(utc({{2017, 9, 4}, {570}}) == "2017-09-04T07:30:00.000Z");
    CHECK(utc({{2017, 12, 4}, {570}}) == "2017-12-04T08:30:00.000Z");
    CHECK(local_time("Europe/Zurich", {1504510200000}) == LocalTime{{2017, 9, 4}, {570}});
    CHECK(local_time("Asia/Kathmandu", {1504510200000}) == LocalTime{{2017, 9, 4}, {13 * 60 + 15}});
    for (std::int64_t hour = 0; hour < 24L * 365; ++hour) {
        const WallTime wall{1483228800000 + hour * 3'600'000};
        const WallTime back = wall_time("Europe/Zurich", local_time("Europe/Zurich", wall));
        CHECK(std::abs(back.ms - wall.ms) <= 3'600'000); // only the repeated hour may differ
    }
    CHECK_FALSE(parse_date("2017-02-29"));
    CHECK_FALSE(parse_date("2017-9-4"));
    CHECK_FALSE(parse_time_of_day("12:60"));
}
