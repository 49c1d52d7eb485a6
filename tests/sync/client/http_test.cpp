// SPDX-License-Identifier: Apache-2.0
#include "sync/base/zstd.hpp"
#include "sync/client/http.hpp"
#include "sync/protocol/messages.hpp"
#include "tests/sync/client/scripted_server.hpp"

#include <fmt/format.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

Result<HttpAnswer> ask(const std::string& url, Millis patience = Millis(5000))
{
    auto http = CurlHttp::open(url);
    REQUIRE(http);
    return (*http)->send({"GET", "/healthz", "", "", patience});
}

void fails_with(const Result<HttpAnswer>& answer, const std::string& words)
{
    REQUIRE_FALSE(answer);
    INFO(answer.error().text());
    CHECK(answer.error().kind == ErrorKind::network);
    CHECK(answer.error().what.find(words) != std::string::npos);
}

std::string answer_of(int status, const std::string& body)
{
    return fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

} // namespace

TEST_CASE("each way in which a registry can be away has its words")
{
    SECTION("nobody listens")
    {
        std::string url;
        {
            const ScriptedServer gone("");
            url = gone.url();
        }
        fails_with(ask(url), "does not listen");
    }
    SECTION("it hangs up without a word") { fails_with(ask(ScriptedServer("").url()), "broke"); }
    SECTION("it hangs up in the body")
    {
        fails_with(ask(ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").url()), "broke");
    }
    SECTION("it does not answer")
    {
        fails_with(ask(ScriptedServer("", true).url(), Millis(150)), "did not answer in time");
    }
    SECTION("it stops in the middle")
    {
        fails_with(ask(ScriptedServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true).url(),
                       Millis(150)),
                   "did not answer in time");
    }
    SECTION("something else answers")
    {
        fails_with(ask(ScriptedServer("SSH-2.0-OpenSSH\r\n").url()), "no registry");
    }
    SECTION("it sends without end")
    {
        const std::string flood(protocol::answer_bytes_max + 1, 'x');
        fails_with(ask(ScriptedServer(answer_of(200, flood)).url()), "too large");
    }
    SECTION("it answers with few bytes that become too many")
    {
        const auto small = zstd::compress(std::string(protocol::answer_bytes_max + 1, 'x'), 1);
        REQUIRE(small);
        CHECK(small->size() < 10000);
        fails_with(ask(ScriptedServer(fmt::format("HTTP/1.1 200 X\r\nContent-Encoding: zstd\r\n"
                                                  "Content-Length: {}\r\n\r\n{}",
                                                  small->size(), *small))
                           .url()),
                   "too large");
    }
}

TEST_CASE("an answer of any status is an answer, and a redirect is not followed")
{
    const ScriptedServer trap(answer_of(200, "trapped"));
    const ScriptedServer server("HTTP/1.1 302 Found\r\nLocation: " + trap.url() +
                                "/\r\nContent-Length: 5\r\n\r\nmoved");
    const auto answer = ask(server.url());
    REQUIRE(answer);
    CHECK(answer->status == 302);
    CHECK(answer->body == "moved");
    CHECK(ask(ScriptedServer(answer_of(503, "busy")).url())->status == 503);
}

TEST_CASE("a call that waits is ended from another thread at once")
{
    const ScriptedServer silent("", true);
    auto http = CurlHttp::open(silent.url());
    REQUIRE(http);
    std::thread other([&http] { (*http)->abort(); });
    const auto answer = (*http)->send({"GET", "/", "", "", Millis(600000)});
    other.join();
    CHECK_FALSE(answer);
    CHECK_FALSE((*http)->send({"GET", "/", "", "", Millis(600000)}));
}

TEST_CASE("keys never leave this machine in clear, and proxies of the environment are not used")
{
    for (const auto* url :
         {"http://192.0.2.1:8317", "http://registry.example:8317", "http://127.0.0.1.example",
          "https://127.0.0.1:8317", "ftp://127.0.0.1", "http://", "", "127.0.0.1", "http://127.0.0.1/path",
          "http://u:p@127.0.0.1", "http://127.0.0.1:8317/?a=b", "http://[::2]:1"}) {
        INFO(url);
        const auto refused = CurlHttp::open(url);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::input);
    }
    CHECK(CurlHttp::open("http://127.0.0.1:8317"));
    CHECK(CurlHttp::open("http://127.0.0.1:8317/"));
    CHECK(CurlHttp::open("http://[::1]:8317"));
    CHECK(CurlHttp::open("http://localhost:8317"));
    const ScriptedServer proxy(answer_of(200, "proxy"));
    const ScriptedServer server(answer_of(200, "registry"));
    REQUIRE(::setenv("http_proxy", proxy.url().c_str(), 1) == 0);
    CHECK(ask(server.url())->body == "registry");
    REQUIRE(::unsetenv("http_proxy") == 0);
}
