// SPDX-License-Identifier: Apache-2.0
// The log in one piece: what the registry gives out, and what a device makes of it.
#include "sync/client/snapshot.hpp"
#include "sync/protocol/signing.hpp"
#include "sync/store/event_end.hpp"
#include "tests/sync/client/hall.hpp"

#include <algorithm>
#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

constexpr std::uint64_t segment_rows = 100;

bool asks_snapshot(const HttpCall& call) { return call.target.find("/snapshot") != std::string::npos; }

std::uint64_t first_byte(const HttpCall& call)
{
    return call.range.empty() ? 0 : std::strtoull(call.range.c_str() + 6, nullptr, 10);
}

/// A registry with a log of some thousand facts, some of them about people, and a kiosk that has none of it.
struct Morning {
    Desk desk;
    Kiosk kiosk{desk, "K1"};
    std::vector<std::uint64_t> asked; ///< first bytes of the snapshot's parts

    explicit Morning(std::size_t facts = 1150)
    {
        desk.service->cut_snapshot({segment_rows, 256U << 20});
        for (const auto* name : {"alice", "bob", "carol"})
            desk.knows(name, name);
        add(facts - 3);
        desk.rest();
        kiosk.wire.twist_call = [this](HttpCall& call) { note(call); };
    }
    void add(std::size_t facts)
    {
        must(desk.store().commit(just(std::vector<Body>(facts, fact::AttemptRefused{{}, "a try"}))));
    }
    void note(const HttpCall& call)
    {
        if (asks_snapshot(call))
            asked.push_back(first_byte(call));
    }
    /// Parts of a few segments each, whatever is asked behind the head.
    void in_small_parts(HttpCall& call)
    {
        note(call);
        if (asks_snapshot(call) && first_byte(call) > 0)
            call.range = fmt::format("bytes={}-{}", first_byte(call), first_byte(call) + 30000);
    }
    Result<PullReport> pull()
    {
        auto session = kiosk.session();
        return kiosk.pull(session);
    }
    [[nodiscard]] bool complete()
    {
        return kiosk.same_as_registry() && !must(kiosk.store->verify_journal()) &&
               must(kiosk.store->person(DelegateId("carol")))->badge_name == "carol";
    }
    HttpAnswer ask(const std::string& range = "", const std::string& if_match = "",
                   const std::string& device = "K1")
    {
        const auto session = kiosk.session();
        HttpCall call{"GET", protocol::snapshot_target(DeviceId(device)), "", ""};
        call.signature = session.sign(protocol::request_text(session.registry_id(), "GET", call.target, ""));
        call.range = range;
        call.if_match = if_match;
        return must(kiosk.wire.send(call));
    }
};

std::string unpacked(std::string_view frames)
{
    zstd::Decoder decoder;
    std::string text;
    while (!frames.empty())
        must(decoder.step(frames, text, 1U << 20));
    CHECK(decoder.at_end_of_frame());
    return text;
}

std::string code_of(const HttpAnswer& answer)
{
    return protocol::read_refusal(answer.status, answer.body).code;
}

/// What a reader says of these rows.
Result<std::vector<LoggedFact>> read_rows(std::string bytes, const Cursor& from = {})
{
    SnapshotReader reader(1, from);
    reader.feed(std::move(bytes));
    return reader.next();
}

void mistrusted(const Result<std::vector<LoggedFact>>& read, const std::string& words)
{
    REQUIRE_FALSE(read);
    INFO(read.error().text());
    CHECK(read.error().kind == ErrorKind::network);
    CHECK(read.error().text().find(words) != std::string::npos);
}

} // namespace

TEST_CASE("a first start takes the log in one piece, and what happened since page by page")
{
    Morning morning;
    morning.kiosk.wire.far = GENERATE(false, true);
    morning.add(20); // less than a segment: the snapshot ends before the log
    std::vector<std::uint64_t> seen;
    std::uint64_t of = 0;
    auto session = morning.kiosk.session();
    DirectStoreGate gate(*morning.kiosk.store);
    const auto report = must(pull_all(gate, morning.kiosk.wire, session, morning.kiosk.clock, Millis(0),
                                      [&](const PulledPage& page) {
                                          seen.push_back(page.seq);
                                          of = std::max(of, page.of);
                                      }));
    CHECK(report.rows == 1170);
    CHECK(report.people.size() == 3);
    CHECK(morning.asked.size() == 2);     // the head, and all of the rest
    CHECK(morning.kiosk.wire.calls == 5); // with the enrolment and a page before and after
    CHECK(of == 1100);
    CHECK(seen.back() == 1170);
    CHECK(std::is_sorted(seen.begin(), seen.end()));
    CHECK(morning.complete());
}

TEST_CASE("a first start that was cut off goes on behind what it has")
{
    Morning morning(2700);
    Wire& wire = morning.kiosk.wire;
    wire.twist_call = [&](HttpCall& call) {
        morning.in_small_parts(call);
        wire.down = morning.asked.size() == 4;
    };
    wire.twist_answer = [&](const HttpCall&, HttpAnswer& answer) {
        if (wire.down)
            answer = {502, "", "", ""};
    };
    const auto broken = morning.pull();
    REQUIRE_FALSE(broken);
    CHECK(broken.error().kind == ErrorKind::network);
    const auto had = morning.kiosk.store->cursor().seq;
    CHECK(had > 500);
    CHECK(had < 1500);
    const auto left_off = morning.asked.back();
    morning.asked.clear();
    wire.down = false;
    wire.twist_answer = {};
    wire.twist_call = [&](HttpCall& call) { morning.in_small_parts(call); };
    SECTION("in the same program") {}
    SECTION("in the next one") { morning.kiosk.open(); }
    CHECK(must(morning.pull()).rows == 2700 - had);
    REQUIRE(morning.asked.size() >= 2);
    CHECK(morning.asked[0] == 0); // the head again: it may be another
    CHECK(morning.asked[1] >= left_off);
    CHECK(morning.complete());
}

TEST_CASE("the snapshot becomes another one in the middle: the rest is pulled")
{
    Morning morning(2200);
    const bool because_somebody_was_erased = GENERATE(false, true);
    Wire& wire = morning.kiosk.wire;
    wire.twist_call = [&](HttpCall& call) {
        morning.in_small_parts(call);
        if (morning.asked.size() != 3 || !asks_snapshot(call))
            return;
        if (because_somebody_was_erased)
            must(erase_person(morning.desk.store(), DelegateId("bob"), "office"));
        else
            morning.add(1000);
        morning.desk.rest();
    };
    must(morning.pull());
    CHECK(morning.asked.size() >= 3);
    CHECK(morning.complete());
}

TEST_CASE("nothing of whoever was erased is in a snapshot, and none with it is given out")
{
    Morning morning;
    const auto of_bob = [&] {
        for (const auto& row : must(morning.desk.ledger().log_after(0, 10)))
            if (row.fact.record && row.fact.record->delegate == DelegateId("bob"))
                return to_hex(row.fact.record->sealed);
        return std::string("nothing");
    };
    const auto sealed = of_bob();
    const auto before = morning.ask();
    CHECK(before.status == 200);
    CHECK(unpacked(before.body).find(sealed) != std::string::npos);
    must(erase_person(morning.desk.store(), DelegateId("bob"), "office"));
    const auto at_once = morning.ask();
    CHECK(at_once.status == 404);
    CHECK(code_of(at_once) == "no_snapshot");
    morning.desk.rest();
    const auto after = morning.ask();
    CHECK(after.status == 200);
    CHECK(after.etag != before.etag);
    CHECK(unpacked(after.body).find(sealed) == std::string::npos);
    CHECK(unpacked(after.body).find("\"alice\"") != std::string::npos);
    must(morning.pull());
    CHECK(morning.complete());
}

TEST_CASE("a part of the snapshot is what was asked for, of the state that was meant")
{
    Morning morning;
    const auto whole = morning.ask();
    REQUIRE(whole.status == 200);
    const auto size = whole.body.size();
    struct Part {
        std::string range;
        int status;
        std::size_t from;
        std::size_t to;
    };
    const auto last = fmt::format("bytes={}-", size - 1);
    for (const auto& [range, status, from, to] :
         {Part{"bytes=0-0", 206, 0, 1}, Part{"bytes=0-", 206, 0, size},
          Part{"bytes=7-999999999", 206, 7, size}, Part{last, 206, size - 1, size},
          Part{"bytes=-5", 206, size - 5, size}, Part{"bytes=-999999999", 206, 0, size},
          Part{"bytes=1000-19999", 206, 1000, 20000}, Part{"bytes=5-4", 200, 0, size},
          Part{"bytes=0-1,3-4", 200, 0, size}, Part{"lines=1-2", 200, 0, size},
          Part{"bytes=x-", 200, 0, size}, Part{"bytes=-", 200, 0, size}}) {
        INFO(range);
        const auto answer = morning.ask(range);
        CHECK(answer.status == status);
        CHECK(answer.etag == whole.etag);
        CHECK(answer.body == whole.body.substr(from, to - from));
        if (status == 206)
            CHECK(answer.content_range == fmt::format("bytes {}-{}/{}", from, to - 1, size));
    }
    for (const auto& beyond : {fmt::format("bytes={}-", size), std::string("bytes=-0")}) {
        const auto answer = morning.ask(beyond);
        CHECK(answer.status == 416);
        CHECK(code_of(answer) == "range");
        CHECK(answer.content_range == fmt::format("bytes */{}", size));
    }
    CHECK(morning.ask("bytes=0-9", whole.etag).status == 206);
    CHECK(morning.ask("bytes=0-9", "\"other\", " + whole.etag).status == 206);
    CHECK(morning.ask("bytes=0-9", "*").status == 206);
    CHECK(code_of(morning.ask("bytes=0-9", "\"other\"")) == "changed");
    CHECK(code_of(morning.ask("bytes=0-9", "W/" + whole.etag)) == "changed");
    const auto if_range = [&](const std::string& etag) {
        const auto session = morning.kiosk.session();
        const auto target = protocol::snapshot_target(DeviceId("K1"));
        registry::HttpRequest request{
            "GET", target, session.sign(protocol::request_text(session.registry_id(), "GET", target, "")),
            ""};
        request.conditions = {"bytes=0-9", "", etag};
        return morning.desk.service->http(request).status;
    };
    CHECK(if_range(whole.etag) == 206);
    CHECK(if_range("\"other\"") == 200);
}

TEST_CASE("who asks for the snapshot proves who they are")
{
    Morning morning;
    CHECK(code_of(morning.ask("", "", "K9")) == "device");
    CHECK(code_of(morning.ask("", "", "no name")) == "malformed");
    morning.kiosk.wire.twist_call = [](HttpCall& call) { call.signature = std::string(128, '0'); };
    CHECK(code_of(morning.ask()) == "signature");
    morning.kiosk.wire.twist_call = {};
    must(morning.desk.service->admission().set_state(morning.desk.ledger(), DeviceId("K1"),
                                                     registry::DeviceState::revoked));
    CHECK(code_of(morning.ask()) == "revoked");
}

TEST_CASE("the snapshot ends where it would be too large, and the rest is pulled")
{
    Morning morning;
    morning.desk.service->cut_snapshot({segment_rows, 50000});
    morning.desk.rest();
    CHECK(morning.ask().body.size() < 51000);
    must(morning.pull());
    CHECK(morning.complete());
}

TEST_CASE("a device that starts again after a restored backup takes the snapshot too")
{
    Morning morning;
    must(morning.pull());
    const auto backup = morning.desk.folder.path() / "monday.db";
    must(morning.desk.store().backup_to(backup));
    morning.desk.stop();
    must(registry::restore(morning.desk.address(), backup, morning.desk.clock, morning.desk.random)
             .map([](const auto&) {}));
    morning.desk.start();
    morning.desk.service->cut_snapshot({segment_rows, 256U << 20});
    morning.desk.rest();
    morning.asked.clear();
    const auto report = must(morning.pull());
    CHECK(report.reset);
    CHECK(report.rows == 1150);
    CHECK(morning.asked.size() == 2);
    CHECK(morning.complete());
}

TEST_CASE("a snapshot that is broken on the way loses nothing: the log is pulled instead")
{
    Morning morning;
    int answers = 0;
    morning.kiosk.wire.twist_answer = [&](const HttpCall& call, HttpAnswer& answer) {
        if (asks_snapshot(call) && ++answers > 1)
            answer.body[answer.body.size() / 2] ^= 1;
    };
    CHECK(must(morning.pull()).rows == 1150);
    CHECK(answers == 2);
    CHECK(morning.complete());
}

TEST_CASE("an answer that is no part of the snapshot is not taken for one")
{
    Morning morning;
    using Spoil = void (*)(HttpAnswer&);
    for (const Spoil spoil : std::initializer_list<Spoil>{
             [](HttpAnswer& answer) { answer.body.erase(3000, 5000); },
             [](HttpAnswer& answer) { answer.content_range = "bytes 5-" + answer.content_range.substr(8); },
             [](HttpAnswer& answer) { answer.etag.clear(); },
             [](HttpAnswer& answer) { answer.etag = "\"other\""; },
             [](HttpAnswer& answer) { answer = {200, "<html>a login page", "", ""}; },
             [](HttpAnswer& answer) { answer.status = 200; }, // the whole, whatever is asked
             [](HttpAnswer& answer) { answer = {503, "", "", ""}; }}) {
        int answers = 0;
        const SnapshotFetch::Send send = [&](const HttpCall& call) -> Result<HttpAnswer> {
            auto answer = morning.ask(call.range, call.if_match);
            if (++answers > 1)
                spoil(answer);
            return answer;
        };
        SnapshotFetch fetch(DeviceId("K1"));
        REQUIRE(must(fetch.head(send)));
        fetch.begin_after({});
        const auto read = fetch.next(send);
        REQUIRE_FALSE(read);
        CHECK(read.error().kind == ErrorKind::network);
        CHECK(read.error().where == "the registry's snapshot");
    }
}

TEST_CASE("what a reader of snapshots does not trust, it says")
{
    Morning morning;
    std::size_t head_bytes = 0;
    const auto whole = morning.ask().body;
    const auto head = must(snapshot_head_in(whole, head_bytes));
    REQUIRE(head);
    CHECK(head->end.seq == 1100);
    CHECK(head->segments.size() == 11);
    for (std::size_t bytes = 0; bytes < head_bytes; ++bytes) {
        std::size_t size = 0;
        CHECK_FALSE(must(snapshot_head_in(std::string_view(whole).substr(0, bytes), size)));
    }
    const auto rows = whole.substr(head_bytes);
    CHECK(must(read_rows(rows)).size() == 1000);
    const auto text = unpacked(rows);
    const auto packed = [](const std::string& lines) { return must(zstd::compress(lines, 1)); };
    const auto second = text.find('\n') + 1;
    mistrusted(read_rows(packed(text.substr(second))), "row 2 does not follow row 0");
    mistrusted(read_rows(packed(text.substr(0, second) + text)), "row 1 does not follow row 1");
    auto other = text;
    other[text.find("\"hash\":\"", second) + 8] ^= 1;
    mistrusted(read_rows(packed(other)), "snapshot");
    mistrusted(read_rows(packed(text.substr(0, second) + "\n")), "not JSON");
    mistrusted(read_rows(packed(std::string(300000, ' '))), "a line of more than");
    mistrusted(read_rows(packed(std::string(50U << 20, ' '))), "a line of more than");
    mistrusted(read_rows("SSH-2.0-OpenSSH"), "compressed");
    Cursor elsewhere{2, {}};
    mistrusted(read_rows(rows, elsewhere), "of another log");
    SnapshotReader cut(1, {});
    cut.feed(rows.substr(0, rows.size() - 1));
    while (!must(cut.next()).empty()) {
    }
    CHECK_FALSE(cut.end(head->end));
}
