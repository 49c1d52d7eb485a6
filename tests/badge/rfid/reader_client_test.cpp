// SPDX-License-Identifier: Apache-2.0
// The kiosk's side of a reader, with the real readerd and libnfc below it, through every way in which they
// die.
#include "badge/rfid/reader_client.hpp"
#include "sync/base/files.hpp"
#include "sync/base/queue.hpp"
#include "tests/badge/rfid/rigs.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace montbrillant;
using namespace montbrillant::test;

namespace {

/// A client whose events are read one by one.
class Kiosk {
public:
    explicit Kiosk(ReaderClientOptions options)
        : client_(std::make_unique<ReaderClient>(std::move(options), clock_, [this](ReaderEvent event) {
              CHECK_NOTHROW(keep(std::move(event)));
          }))
    {
    }
    explicit Kiosk(const std::filesystem::path& port) : Kiosk(options_for(port)) {}

    static ReaderClientOptions options_for(const std::filesystem::path& port)
    {
        ReaderClientOptions options;
        options.program = readerd_program();
        options.device = connstring(port);
        return options;
    }

    ReaderEvent next()
    {
        auto event = events_.pop(patience);
        if (!event)
            throw std::runtime_error("no event");
        return std::move(*event);
    }
    /// The next event, which must be of this kind.
    template <class T> T expect()
    {
        auto event = next();
        CAPTURE(event.index());
        REQUIRE(std::holds_alternative<T>(event));
        return std::get<T>(event);
    }
    /// The next event of this kind, whatever comes before it.
    template <class T> T await()
    {
        for (;;)
            if (auto event = next(); std::holds_alternative<T>(event))
                return std::get<T>(event);
    }
    bool quiet(Millis time) { return !events_.pop(time); }
    void stop() { client_.reset(); }

private:
    void keep(ReaderEvent event)
    {
        // On the client's thread, where no assertion may stand: too many events show as one that is missing.
        [[maybe_unused]] const bool kept = events_.push(std::move(event));
    }
    SystemClock clock_;
    Queue<ReaderEvent> events_{1000};
    std::unique_ptr<ReaderClient> client_; // last: its thread uses the rest
};

/// The readerd that a thread of ours started for this port.
pid_t readerd_of(const std::filesystem::path& port)
{
    for (const auto& process : std::filesystem::directory_iterator("/proc")) {
        const std::string name = process.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::ifstream file(process.path() / "cmdline");
        const std::string command((std::istreambuf_iterator<char>(file)), {});
        if (command.starts_with(readerd_program()) && command.find(port.string()) != std::string::npos)
            return static_cast<pid_t>(std::stol(name));
    }
    return -1;
}

std::filesystem::path script(const TemporaryFolder& folder, const std::string& body)
{
    const auto path = folder.path("fake-readerd");
    REQUIRE(write_file(path, as_bytes("#!/bin/sh\n" + body), 0700));
    return path;
}

ReaderClientOptions impatient(std::filesystem::path program)
{
    ReaderClientOptions options;
    options.program = std::move(program);
    options.device = "none";
    options.silence_max = Millis(200);
    options.backoff_first = Millis(20);
    options.backoff_max = Millis(80);
    return options;
}

} // namespace

TEST_CASE("the kiosk is told of ready, tap and gone")
{
    TemporaryFolder folder;
    SimReader sim(folder.path("reader"));
    Kiosk kiosk(folder.path("reader"));
    CHECK(kiosk.expect<ReaderReady>().firmware == "PN532 v1.6");
    sim.command("insert 04112233445566 desfire");
    const auto tap = kiosk.expect<CardTapped>();
    CHECK(tap.uid.str() == "04112233445566");
    CHECK(tap.family == CardFamily::desfire);
    CHECK(tap.tier == 0);
    sim.command("insert 01020304");
    CHECK(kiosk.expect<ReaderComplaint>().what == "one card, please");
    sim.command("remove");
    CHECK(kiosk.expect<CardGone>().uid.str() == "04112233445566");
}

TEST_CASE("libnfc's abort on a bad status byte is a small outage, and taps work again")
{
    TemporaryFolder folder;
    SimReader sim(folder.path("reader"));
    Kiosk kiosk(folder.path("reader"));
    kiosk.expect<ReaderReady>();
    sim.command("fault status80\ninsert 04A1B2C3D4E5F6");
    CHECK(kiosk.expect<CardTapped>().uid.str() == "04A1B2C3D4E5F6"); // the presence check then kills it
    CHECK(kiosk.expect<CardGone>().uid.str() == "04A1B2C3D4E5F6");
    CHECK(kiosk.expect<ReaderLost>().why == "the reader program ended");
    kiosk.expect<ReaderReady>();
    CHECK(kiosk.expect<CardTapped>().uid.str() == "04A1B2C3D4E5F6");
    sim.command("remove");
    CHECK(kiosk.expect<CardGone>().uid.str() == "04A1B2C3D4E5F6");
    sim.command("insert 01020304");
    CHECK(kiosk.expect<CardTapped>().uid.str() == "01020304");
}

TEST_CASE("a readerd that hangs is killed after two seconds and taps work again")
{
    TemporaryFolder folder;
    SimReader sim(folder.path("reader"));
    Kiosk kiosk(folder.path("reader"));
    kiosk.expect<ReaderReady>();
    const pid_t hung = readerd_of(folder.path("reader"));
    REQUIRE(hung > 0);
    REQUIRE(::kill(hung, SIGSTOP) == 0);
    CHECK(kiosk.expect<ReaderLost>().why == "the reader program was silent for 2000 ms");
    kiosk.expect<ReaderReady>();
    CHECK(readerd_of(folder.path("reader")) != hung);
    sim.command("insert 01020304");
    CHECK(kiosk.expect<CardTapped>().uid.str() == "01020304");
}

TEST_CASE("a wedged chip is an outage with a reason, and power makes it good")
{
    TemporaryFolder folder;
    SimReader sim(folder.path("reader"));
    Kiosk kiosk(folder.path("reader"));
    kiosk.expect<ReaderReady>();
    sim.command("fault wedge");
    CHECK(kiosk.expect<ReaderComplaint>().what.find("does not answer") != std::string::npos);
    kiosk.expect<ReaderLost>();
    CHECK(kiosk.expect<ReaderComplaint>().what.find("no PN532 reader answers") != std::string::npos);
    sim.command("replug\ninsert 01020304");
    kiosk.await<ReaderReady>();
    CHECK(kiosk.expect<CardTapped>().uid.str() == "01020304");
}

TEST_CASE("a reader that is plugged in later, pulled out and plugged in again needs no restart")
{
    TemporaryFolder folder;
    auto options = Kiosk::options_for(folder.path("reader"));
    options.backoff_first = Millis(100);
    options.backoff_max = Millis(400);
    Kiosk kiosk(options);
    const auto missing = kiosk.expect<ReaderComplaint>();
    CHECK(missing.what.find("the reader's port is not there") != std::string::npos);
    CHECK(missing.remedy.find("plug the reader in") != std::string::npos);
    kiosk.expect<ReaderLost>();
    CHECK(kiosk.quiet(Millis(500))); // it tries again, but says the same thing only once

    SimReader sim(folder.path("reader"));
    kiosk.expect<ReaderReady>();
    sim.command("insert 04A1B2C3D4E5F6");
    kiosk.expect<CardTapped>();
    sim.command("unplug");
    CHECK(kiosk.expect<ReaderComplaint>().what.find("unplugged") != std::string::npos);
    CHECK(kiosk.expect<CardGone>().uid.str() == "04A1B2C3D4E5F6");
    kiosk.expect<ReaderLost>();
    CHECK(kiosk.expect<ReaderComplaint>().what == missing.what);
    sim.command("replug");
    kiosk.expect<ReaderReady>();
    CHECK(kiosk.expect<CardTapped>().uid.str() == "04A1B2C3D4E5F6");
}

TEST_CASE("a client that stops is prompt, even in an outage and with a hung readerd, and leaves no process")
{
    TemporaryFolder folder;
    SystemClock clock;
    const MonoTime start = clock.mono();
    {
        Kiosk lost(folder.path("none"));
        lost.await<ReaderLost>();
    }
    SimReader sim(folder.path("reader"));
    Kiosk kiosk(folder.path("reader"));
    kiosk.expect<ReaderReady>();
    const pid_t hung = readerd_of(folder.path("reader"));
    REQUIRE(hung > 0);
    REQUIRE(::kill(hung, SIGSTOP) == 0);
    const MonoTime stopping = clock.mono();
    kiosk.stop();
    CHECK(clock.mono() - stopping < Millis(1000));
    CHECK(::kill(hung, 0) != 0);
    CHECK(stopping - start < patience);
}

TEST_CASE("a readerd that talks nonsense is not listened to")
{
    TemporaryFolder folder;
    const std::string body =
        GENERATE(as<std::string>{}, "echo hello; exec sleep 60",
                 R"(echo '{"event":"tap","uid":"12","family":"type2","tier":0}'; exec sleep 60)",
                 "head -c 5000 /dev/zero | tr '\\0' x; echo; exec sleep 60");
    CAPTURE(body);
    const auto alive = script(folder, R"(echo '{"event":"ready","firmware":"f","device":"d"}'; )" + body);
    Kiosk kiosk(impatient(alive));
    kiosk.expect<ReaderReady>();
    CHECK(kiosk.expect<ReaderLost>().why.find("the reader program wrote") == 0);
    kiosk.expect<ReaderReady>(); // and started anew
}

TEST_CASE("a readerd that beats is left alone and one that is silent is killed")
{
    TemporaryFolder folder;
    const auto beating = script(folder, R"(echo '{"event":"ready","firmware":"f","device":"d"}'
for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.05; echo '{"event":"beat"}'; done
exec sleep 60)");
    SystemClock clock;
    Kiosk kiosk(impatient(beating));
    kiosk.expect<ReaderReady>();
    const MonoTime ready = clock.mono();
    CHECK(kiosk.expect<ReaderLost>().why == "the reader program was silent for 200 ms");
    CHECK(clock.mono() - ready >= Millis(600)); // ten beats and the silence
}

TEST_CASE("a readerd that cannot be started is tried again with growing rests")
{
    TemporaryFolder folder;
    auto options = impatient(script(folder, "echo x >> " + folder.path("starts").string() + "\n"));
    options.backoff_first = Millis(100);
    options.backoff_max = Millis(400);
    Kiosk kiosk(options);
    kiosk.expect<ReaderLost>();
    CHECK(kiosk.quiet(Millis(1200)));
    kiosk.stop();
    const auto starts = read_file(folder.path("starts"), 1000);
    REQUIRE(starts);
    // At 0, 100, 300, 700 and 1100 ms, later on a busy machine; without growth there would be twelve.
    CHECK(starts->size() / 2 >= 2);
    CHECK(starts->size() / 2 <= 6);
}

TEST_CASE("a readerd that is not installed is named")
{
    TemporaryFolder folder;
    Kiosk kiosk(impatient(folder.path("montbrillant-readerd")));
    const auto why = kiosk.expect<ReaderLost>().why;
    CHECK(why.find("montbrillant-readerd cannot be run: No such file") != std::string::npos);
}
