// SPDX-License-Identifier: Apache-2.0
#include "badge/render/qr.hpp"
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

#include <fstream>

namespace montbrillant::test {
namespace {

struct Codes {
    TestDesk desk{5};
    Json minted = desk.json({"code", "mint", "R-000002", "--qr", "code.png"});
    std::string qr = json_text_or(minted, "qr", "");
    std::string typed = json_text_or(minted, "short", "");

    std::string reason(const std::string& text) const
    {
        const Json said = desk.json({"code", "verify", text}, 1);
        CHECK(said["outcome"] == "refused");
        return json_text_or(said, "reason", "");
    }
};

} // namespace

TEST_CASE("both forms of a minted code name their delegate, and the picture holds the long one")
{
    const Codes codes;
    CHECK(codes.desk.json({"code", "verify", codes.qr})["delegate"] == "R-000002");
    CHECK(codes.desk.json({"code", "verify", codes.typed})["delegate"] == "R-000002");
    const std::string png = codes.desk.read("code.png");
    CHECK(qr_decode_png(as_bytes(png)).value() == codes.qr);
    CHECK(codes.desk({"code", "mint", "R-999999"}).exit == 1);
}

TEST_CASE("a code that is none is refused with its reason and leaves no trace")
{
    const Codes codes;
    std::string forged = codes.qr;
    char& last = forged[forged.size() - 4];
    last = last == 'A' ? 'B' : 'A';
    CHECK(codes.reason(forged) == "forged");
    CHECK(codes.reason(codes.qr.substr(0, codes.qr.size() / 2)) == "truncated");
    CHECK(codes.reason(codes.qr + std::string(400, 'A')) == "oversized");
    CHECK(codes.reason("B0123456789ABCDEFGHJK") == "badge_id");
    CHECK(codes.reason("someone") != "");
    const Run late = run_program(codes.desk.path(""), {"--data", "data", "code", "verify", codes.qr});
    CHECK(late.exit == 1); // years after the meeting
    for (const auto& row : codes.desk({"--json", "journal", "tail"}).objects())
        CHECK(row["fact"]["kind"] == "delegate.registered");
}

TEST_CASE("a code of another meeting is told apart")
{
    const Codes codes;
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "other.toml") << other_event();
    REQUIRE(run_program(folder.path(), {"--data", "d", "event", "load", "other.toml"}).exit == 0);
    const Run run = run_program(folder.path(), {"--data", "d", "--json", "code", "verify", codes.qr});
    CHECK(run.exit == 1);
    CHECK(run.object()["reason"] == "other_meeting");

    const TestDesk twin(1); // the same meeting, and keys of its own
    CHECK(twin.json({"code", "verify", codes.qr}, 1)["reason"] == "forged");
}

} // namespace montbrillant::test
