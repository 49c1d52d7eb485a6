// SPDX-License-Identifier: Apache-2.0
#include "badge/render/qr.hpp"
#include "sync/base/json.hpp"
#include "sync/base/sqlite.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

namespace montbrillant::test {

TEST_CASE("a check-in is carried on where it stopped, and refused once it is finished")
{
    const TestDesk desk(3);
    const Json first = desk.json({"checkin", "R-000001"});
    CHECK(first["outcome"] == "checked_in");
    CHECK(first["issue"] == 1);
    CHECK(first["reason"].is_null());
    const Json again = desk.json({"checkin", "R-000001"});
    CHECK(again["outcome"] == "resumed");
    CHECK(again["job"] == first["job"]);

    const Json unknown = desk.json({"checkin", "R-999999"}, 1);
    CHECK(unknown["outcome"] == "refused");
    CHECK(unknown["job"].is_null());
    CHECK_FALSE(json_text_or(unknown, "reason", "").empty());
}

TEST_CASE("a person checks in by the code that they hold")
{
    const TestDesk desk(3);
    const Json minted = desk.json({"code", "mint", "R-000002"});
    CHECK(desk.json({"checkin", json_text_or(minted, "qr", "")})["delegate"] == "R-000002");
    const Json typed = desk.json({"code", "mint", "R-000003"});
    CHECK(desk.json({"checkin", json_text_or(typed, "short", "")})["delegate"] == "R-000003");
}

TEST_CASE("the code on a drawn badge is the badge's id, and checks nobody in")
{
    const TestDesk desk(2);
    const std::string badge = json_text_or(desk.json({"checkin", "R-000001"}), "badge", "");
    REQUIRE(desk({"badge", "render", "R-000001", "--out", "badge.png"}).exit == 0);
    const std::string png = desk.read("badge.png");
    const auto read = qr_decode_png(as_bytes(png));
    REQUIRE(read);
    CHECK(*read == badge);
    const Json refused = desk.json({"checkin", *read}, 1);
    CHECK_THAT(json_text_or(refused, "reason", ""), Catch::Contains("badge"));

    const Json pdf = desk.json({"badge", "render", "R-000001", "--out", "badge.pdf"});
    CHECK(desk.read("badge.pdf").starts_with("%PDF-"));
    CHECK(pdf["bytes"] == desk.read("badge.pdf").size());
    CHECK(desk({"badge", "render", "R-000001", "--out", "back.png", "--side", "back"}).exit == 0);
    CHECK(desk.read("back.png") != png);
    CHECK(desk({"badge", "render", "R-000001", "--out", "badge.gif"}).exit == 2);
    CHECK(desk({"badge", "render", "R-999999", "--out", "badge.png"}).exit == 1);
}

TEST_CASE("badge print puts out the named person's sheet and nobody else's")
{
    const TestDesk desk(3);
    std::filesystem::create_directory(desk.path("sheets"));
    const std::string printer = "file://" + desk.path("sheets").string();
    const std::string job = json_text_or(desk.json({"checkin", "R-000001"}), "job", "");
    const std::string waits = json_text_or(desk.json({"checkin", "R-000002"}), "job", "");
    const Json done = desk.json({"badge", "print", "R-000001", "--printer", printer});
    CHECK(done["job"] == job);
    CHECK(desk.read("sheets/" + job + ".pdf").starts_with("%PDF-"));
    CHECK_FALSE(std::filesystem::exists(desk.path("sheets/" + waits + ".pdf")));

    std::map<std::string, std::string> states;
    for (const auto& row : desk({"--json", "badge", "jobs"}).objects())
        states[json_text_or(row, "job", "")] = json_text_or(row, "state", "");
    CHECK(states == std::map<std::string, std::string>{{job, "done"}, {waits, "queued"}});
    CHECK(desk({"badge", "print", "R-000001", "--printer", printer}).exit == 1);
    CHECK(desk({"badge", "print", "R-000003", "--printer", printer}).exit == 1);
    CHECK(desk({"badge", "print", "R-000002", "--printer", "gopher://x"}).exit == 2);
    CHECK(desk({"badge", "resolve", waits, "ok"}).exit == 1);
}

TEST_CASE("a doubtful sheet is answered once: it came out, or a new copy is queued")
{
    const TestDesk desk(2);
    const auto in_doubt = [&desk](const std::string& id) {
        std::string job = json_text_or(desk.json({"checkin", id}), "job", "");
        auto database = sqlite::Database::open(desk.path("data/montbrillant.db"), {});
        REQUIRE(database);
        auto change = database->prepare("UPDATE print_job SET state = 'ask' WHERE key = ?");
        REQUIRE(change);
        REQUIRE(change->bind({job}).run());
        return job;
    };
    const std::string lost = in_doubt("R-000001");
    const Json again = desk.json({"badge", "resolve", lost, "reprint"});
    CHECK(again["job"] == lost.substr(0, lost.size() - 1) + "2");
    CHECK(again["state"] == "queued");
    CHECK(desk({"badge", "resolve", lost, "reprint"}).exit == 1);
    CHECK(desk({"badge", "resolve", lost, "ok"}).exit == 1);

    const std::string seen = in_doubt("R-000002");
    CHECK(desk.json({"badge", "resolve", seen, "ok"})["state"] == "done");
    CHECK(desk({"badge", "resolve", seen, "ok"}).exit == 1);
    CHECK(desk({"--json", "journal", "tail", "-n", "1"}).object()["fact"]["kind"] == "badge.printed");
    CHECK(desk({"badge", "resolve", "nonsense", "ok"}).exit == 1);
}

TEST_CASE("a printer that is away leaves the badge queued and says so")
{
    const TestDesk desk(1);
    const std::string job = json_text_or(desk.json({"checkin", "R-000001"}), "job", "");
    const Run away =
        desk({"badge", "print", "R-000001", "--printer", "ipp://127.0.0.1:1/ipp/print", "--seconds", "2"});
    CHECK(away.exit == 3);
    CHECK_THAT(away.err, Catch::Contains("Printer: no answer") && Catch::Contains("stays queued"));
    CHECK(desk({"--json", "badge", "jobs"}).object()["state"] == "queued");
}

} // namespace montbrillant::test
