// SPDX-License-Identifier: Apache-2.0
#include "sync/base/bytes.hpp"
#include "sync/base/child_process.hpp"
#include "sync/base/json.hpp"
#include "sync/base/random.hpp"
#include "sync/base/sodium.hpp"
#include "sync/base/sqlite.hpp"
#include "sync/base/toml.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace montbrillant;

TEST_CASE("base45 follows the examples of RFC 9285")
{
    CHECK(to_base45(as_bytes("AB")) == "BB8");
    CHECK(to_base45(as_bytes("Hello!!")) == "%69 VD92EX0");
    CHECK(to_base45(as_bytes("base-45")) == "UJCLQE7W581");
    CHECK(to_text(*from_base45("QED8WEX0")) == "ietf!");
}

TEST_CASE("base45 refuses what no encoder writes")
{
    CHECK_FALSE(from_base45("GGW.").has_value()); // a lone fourth character
    CHECK_FALSE(from_base45(":::").has_value());  // 91124 does not fit two bytes
    CHECK_FALSE(from_base45("ab8").has_value());  // lower case
}

TEST_CASE("a typed O, I or L is read as the digit it looks like")
{
    CHECK(crockford_value('o') == 0);
    CHECK(crockford_value('L') == 1);
    CHECK(crockford_value('U') == -1);
}

TEST_CASE("a number that no double holds is refused like other nonsense")
{
    const auto parsed = parse_json("[1e999]", "push");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().text() == "push: a number is out of range");
}

TEST_CASE("BLAKE2b hashes the parts as one message")
{
    const auto whole = crypto::blake2b(as_bytes("abc"));
    CHECK(to_hex(whole) == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    CHECK(crypto::blake2b(as_bytes("a"), as_bytes("bc")) == whole);
}

TEST_CASE("a sealed record opens only with its key and in its place")
{
    const auto key = crypto::new_key();
    const auto sealed = crypto::seal(key, as_bytes("Zoë"), as_bytes("R-1"));
    CHECK(to_text(crypto::open(key, sealed, as_bytes("R-1")).value()) == "Zoë");
    CHECK_FALSE(crypto::open(key, sealed, as_bytes("R-2")).has_value());
    CHECK_FALSE(crypto::open(crypto::new_key(), sealed, as_bytes("R-1")).has_value());
}

TEST_CASE("UUIDs of version 7 sort by time and carry version and variant")
{
    SeededRandom random(1);
    const auto early = uuid7({1504510200000}, random);
    const auto late = uuid7({1504510200001}, random);
    CHECK(early < late);
    CHECK(early.substr(0, 13) == "015e4bcb-c8c0");
    CHECK(early[14] == '7');
    CHECK((early[19] == '8' || early[19] == '9' || early[19] == 'a' || early[19] == 'b'));
}

TEST_CASE("a time is read back as it was written, in any zone")
{
    CHECK(rfc3339({1504510200000}) == "2017-09-04T07:30:00.000Z");
    CHECK(from_rfc3339("2017-09-04T09:30:00+02:00") == WallTime{1504510200000});
    CHECK(from_rfc3339("2017-09-04T07:30:00Z") == WallTime{1504510200000});
    CHECK_FALSE(from_rfc3339("2017-13-04T07:30:00Z").has_value());
    CHECK_FALSE(from_rfc3339("2017-09-04 07:30").has_value());
}

TEST_CASE("JSON from outside is bounded in size and depth")
{
    CHECK(parse_json(R"({"a":1})", "x").has_value());
    CHECK_FALSE(parse_json(std::string(100, '['), "x").has_value());
    CHECK_FALSE(parse_json(R"("0123456789")", "x", {.bytes_max = 5}).has_value());
    CHECK(parse_json("{\"a\":", "answer").error().text() == "answer: not JSON at byte 6");
}

TEST_CASE("a transaction that is not committed leaves nothing")
{
    const test::TemporaryFolder folder;
    auto database = sqlite::Database::open(folder.path() / "t.db", {}).value();
    REQUIRE(database.execute("CREATE TABLE t (a INTEGER)"));
    {
        auto transaction = database.begin_immediate().value();
        REQUIRE(database.execute("INSERT INTO t VALUES (1)"));
    }
    auto count = database.prepare("SELECT count(*) FROM t").value();
    REQUIRE(count.step().value());
    CHECK(count.integer(0) == 0);
}

TEST_CASE("a configuration error names file, line, column and remedy")
{
    auto table = TomlTable::parse("port = 70000\n", "bank.toml").value();
    static_cast<void>(table.integer("port", 1, 65535));
    CHECK(table.finish().error().text() ==
          "bank.toml, line 1, column 8: \"port\" must be a whole number from 1 to 65535");

    auto typo = TomlTable::parse("prot = 502\n", "bank.toml").value();
    CHECK(typo.integer_or("port", 502, 1, 65535) == 502);
    CHECK(typo.finish().error().text() ==
          "bank.toml, line 1, column 8: \"prot\" is not known here (remove it or correct its spelling)");
}

TEST_CASE("a child's line is whole even if it comes in parts, and silence is told from it")
{
    auto child = ChildProcess::start(
        {"sh", "-c", "printf 'hel'; sleep 0.05; printf 'lo\nwor'; read x; printf 'ld\n'"});
    REQUIRE(child.has_value());
    std::string line;
    REQUIRE(child->read_line(line, Millis{10000}) == ChildProcess::Read::line);
    CHECK(line == "hello");
    CHECK(child->read_line(line, Millis{20}) == ChildProcess::Read::timeout);
    CHECK(child->read_line(line, Millis{0}) == ChildProcess::Read::timeout);
    REQUIRE(child->write_line("go on"));
    REQUIRE(child->read_line(line, Millis{10000}) == ChildProcess::Read::line);
    CHECK(line == "world");
    CHECK(child->read_line(line, Millis{10000}) == ChildProcess::Read::ended);
}
