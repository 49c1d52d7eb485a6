// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/control_socket.hpp"

#include "kiosk/cli/command_line.hpp"
#include "kiosk/desk/store_thread.hpp"
#include "sync/base/json.hpp"
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <sys/stat.h>

namespace montbrillant::test {
namespace {

struct Collected {
    std::vector<std::string> out;
    std::vector<std::string> err;
    Output output{[this](std::string_view line) { out.emplace_back(line); },
                  [this](std::string_view line) { err.emplace_back(line); }, false};
};

int echo(const std::vector<std::string>& args, const std::filesystem::path& cwd, Output& output)
{
    output.err("in " + cwd.string());
    for (const auto& arg : args)
        output.out(arg);
    return static_cast<int>(args.size());
}

/// A connection that speaks by hand.
LineSocket connect(const std::filesystem::path& path)
{
    return LineSocket(std::move(*connect_local(path).value()), patience, 1U << 24U);
}

/// What a running kiosk is to a command: the folder's holder, whose store's thread carries it out.
class RunningKiosk {
public:
    explicit RunningKiosk(const std::filesystem::path& data)
        : store_(Store::open(options(data), clock_, random_).value()),
          desk_(store_, profile_of(store_).value(), clock_, random_, Desk::Ports{})
    {
        REQUIRE(desk_.open());
        thread_.emplace(store_);
        server_ =
            ControlServer::start(data / control_socket_name, [this](const std::vector<std::string>& args,
                                                                    const std::filesystem::path& cwd,
                                                                    Output& output) {
                return handle(args, cwd, output);
            }).value();
    }
    ~RunningKiosk()
    {
        server_.reset();
        thread_->stop();
    }

private:
    static Store::Options options(const std::filesystem::path& data)
    {
        Store::Options options;
        options.folder = data;
        return options;
    }
    int handle(const std::vector<std::string>& args, const std::filesystem::path& cwd, Output& output)
    {
        const Parsed parsed = parse_command_line(args, output);
        int code = parsed.exit_code;
        if (!parsed.action)
            return code;
        REQUIRE(thread_->run([&](Store&) -> Result<> {
            LiveHost host({}, clock_, random_, desk_, cwd);
            const auto done = run_action(parsed, host, output);
            code = done ? *done : output.report(done.error());
            return {};
        }));
        return code;
    }

    SystemClock clock_;
    SystemRandom random_;
    Store store_;
    Desk desk_;
    std::optional<StoreThread> thread_;
    std::unique_ptr<ControlServer> server_;
};

} // namespace

TEST_CASE("a command, its lines and its exit code go through the socket and back")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "control.sock";
    Collected got;
    CHECK_FALSE(forward(path, {"x"}, "/", got.output).value().has_value()); // nobody is there
    const auto server = ControlServer::start(path, echo).value();
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK(forward(path, {"search", "Ли \"quoted\"\n"}, "/somewhere", got.output).value() == 2);
    CHECK(got.out == std::vector<std::string>{"search", "Ли \"quoted\"\n"});
    CHECK(got.err == std::vector<std::string>{"in /somewhere"});
}

TEST_CASE("a folder with a path longer than a socket's name has a socket all the same")
{
    const TemporaryFolder folder;
    const auto deep = folder.path() / std::string(90, 'd') / std::string(90, 'e');
    std::filesystem::create_directories(deep);
    const auto server = ControlServer::start(deep / control_socket_name, echo).value();
    Collected got;
    CHECK(forward(deep / control_socket_name, {"x"}, "/", got.output).value() == 1);
}

TEST_CASE("the socket of a killed kiosk is nobody, and is replaced by the next one")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "control.sock";
    listen_local(path).value().close();
    REQUIRE(std::filesystem::exists(path));
    Collected got;
    CHECK_FALSE(forward(path, {"x"}, "/", got.output).value().has_value());
    {
        const auto server = ControlServer::start(path, echo).value();
        CHECK(forward(path, {"x"}, "/", got.output).value() == 1);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("what is no command is refused, and never reaches the handler")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "control.sock";
    std::atomic<int> calls = 0;
    const auto server = ControlServer::start(path, [&calls](const auto&, const auto&, Output&) {
                            return ++calls, 0;
                        }).value();
    for (const char* bad :
         {"hello", "[]", "{}", R"({"args":[1],"cwd":"/"})", R"({"args":["x"],"cwd":"here"})"}) {
        LineSocket socket = connect(path);
        REQUIRE(socket.send(bad));
        CHECK(Json::parse(socket.receive().value()).contains("err"));
        CHECK(Json::parse(socket.receive().value())["exit"] == 2);
    }
    LineSocket flood = connect(path);
    static_cast<void>(flood.send(std::string(ControlServer::request_bytes_max * 2, 'x')));
    CHECK_FALSE(flood.receive().has_value());
    Collected got;
    CHECK(forward(path, {std::string(70000, 'x')}, "/", got.output).error().kind == ErrorKind::input);
    CHECK(calls == 0);
    CHECK(forward(path, {"x"}, "/", got.output).value() == 0);
    CHECK(calls == 1);
}

TEST_CASE("a handler that throws is a failure of the command, not of the kiosk")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "control.sock";
    const auto server = ControlServer::start(path, [](const auto&, const auto&, Output&) -> int {
                            throw std::runtime_error("no");
                        }).value();
    Collected got;
    CHECK(forward(path, {"x"}, "/", got.output).value() == 3);
    CHECK(forward(path, {"x"}, "/", got.output).value() == 3);
}

TEST_CASE("who reads slowly holds up neither the kiosk nor the next command")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "control.sock";
    constexpr int lines = 2000;
    const auto server =
        ControlServer::start(path, [](const std::vector<std::string>& args, const auto&, Output& output) {
            for (int i = 0; i < (args.empty() ? 0 : lines); ++i)
                output.out(std::string(4000, 'x'));
            return 0;
        }).value();
    LineSocket slow = connect(path);
    REQUIRE(slow.send(R"({"args":["much"],"cwd":"/"})"));
    const std::string first = slow.receive().value(); // it is being answered, and stops reading
    Collected got;
    CHECK(forward(path, {}, "/", got.output).value() == 0);
    int seen = 1;
    std::string line = first;
    for (; Json::parse(line).contains("out"); ++seen)
        line = slow.receive().value();
    CHECK(seen == lines + 1);
    CHECK(Json::parse(line)["exit"] == 0);
}

TEST_CASE("a command given while the kiosk runs is carried out by the kiosk")
{
    const TestDesk desk(10);
    const auto ask = [&desk](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"--data", "data"});
        return run_program(desk.path(""), arguments);
    };
    {
        const RunningKiosk kiosk(desk.path("data"));
        CHECK(ask({"--json", "people", "search", "R-000004"}).object()["id"] == "R-000004");
        CHECK(ask({"--json", "checkin", "R-000004"}).object()["outcome"] == "checked_in");
        CHECK(ask({"checkin", "R-999999"}).exit == 1);
        CHECK(ask({"people", "search"}).exit == 2);
        const Run export_run = ask({"journal", "export", "facts.jsonl"});
        CHECK(export_run.exit == 0);
        CHECK(std::filesystem::exists(desk.path("facts.jsonl"))); // beside who asked, not beside the kiosk
        CHECK(ask({"staff", "pin", "R-000001"}).exit == 1);

        desk.write("more.csv", people_csv({"X-1,Neu,Ada,Ada NEU,Acme,CHE,member_state,delegate,en"}));
        REQUIRE(ask({"people", "import", "more.csv"}).exit == 0);
        CHECK(ask({"--json", "people", "search", "Ada Neu"}).object()["id"] == "X-1");
    }
    CHECK(ask({"--json", "people", "show", "R-000004"}).object()["checked_in"] == true);
}

TEST_CASE("a folder held by a process that takes no commands is refused in words")
{
    const TestDesk desk(1);
    const auto lock = FileLock::take(desk.path("data/lock"));
    REQUIRE(lock);
    const Run run = desk({"people", "show", "R-000001"});
    CHECK(run.exit == 3);
    CHECK(run.out.empty());
    CHECK_THAT(run.err, Catch::Contains("another process holds this folder and takes no commands"));
    CHECK(desk({"event", "check", MONTBRILLANT_SAMPLE_EVENT}).exit == 0); // needs no folder
}

} // namespace montbrillant::test
