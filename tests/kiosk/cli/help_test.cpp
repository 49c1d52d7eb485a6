// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/cli/program.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <sstream>

namespace montbrillant::test {
namespace {

/// The names under "Subcommands:" of a help text.
std::vector<std::string> subcommands(const std::string& help)
{
    std::vector<std::string> names;
    const auto at = help.find("Subcommands:\n");
    if (at == std::string::npos)
        return names;
    std::istringstream lines(help.substr(at));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line) && line.starts_with("  "))
        if (line[2] != ' ')
            names.push_back(line.substr(2, line.find(' ', 2) - 2));
    return names;
}

struct Help {
    TemporaryFolder folder;
    std::string of(std::vector<std::string> command) const
    {
        command.push_back("--help");
        const Run run = run_program(folder.path(), command);
        INFO(Catch::StringMaker<std::vector<std::string>>::convert(command));
        CHECK(run.exit == 0);
        CHECK_THAT(run.out, Catch::Contains("Example: montbrillant "));
        CHECK(run.err.empty());
        return run.out;
    }
};

} // namespace

TEST_CASE("every command has help with an example, and stands in the man page")
{
    const Help help;
    std::ifstream in(MONTBRILLANT_MAN_PAGE);
    const std::string page(std::istreambuf_iterator<char>(in), {});
    std::size_t commands = 0;
    for (const auto& group : subcommands(help.of({}))) {
        const auto below = subcommands(help.of({group}));
        for (const auto& name : below) {
            ++commands;
            static_cast<void>(help.of({group, name}));
            INFO(group << " " << name);
            const bool listed = page.find("\n.It Ic " + group + " " + name + "\n") != std::string::npos ||
                                page.find("\n.It Ic " + group + " " + name + " ") != std::string::npos;
            CHECK(listed);
        }
        if (below.empty()) {
            INFO(group);
            CHECK(page.find("\n.It Ic " + group + " ") != std::string::npos);
        }
    }
    CHECK(commands > 25);
}

TEST_CASE("what cannot be understood is a usage error")
{
    const TemporaryFolder folder;
    const std::vector<std::vector<std::string>> wrong{
        {},
        {"bogus"},
        {"people"},
        {"people", "bogus"},
        {"people", "search"},
        {"people", "search", "a", "--limit", "0"},
        {"people", "sample", "many", "--out", "x"},
        {"--config", "absent.toml", "event", "show"},
        {"badge", "resolve", "J", "perhaps"},
        {"locker", "banks"},
        {"event", "check", "absent.toml"},
    };
    for (const auto& arguments : wrong) {
        INFO(Catch::StringMaker<std::vector<std::string>>::convert(arguments));
        const Run run = run_program(folder.path(), arguments);
        CHECK(run.exit == 2);
        CHECK(run.out.empty());
        CHECK_FALSE(run.err.empty());
    }
    CHECK(run_program(folder.path(), {"--version"}).out.starts_with("montbrillant "));
}

TEST_CASE("a mistake in the configuration is named by file, line and field")
{
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "kiosk.toml") << "role = \"all\"\n[screen]\npx_per_mm = \"wide\"\n";
    const Run run = run_program(folder.path(), {"--config", "kiosk.toml", "event", "show"});
    CHECK(run.exit == 2);
    CHECK_THAT(run.err, Catch::Contains("kiosk.toml, line 3") && Catch::Contains("px_per_mm"));
}

TEST_CASE("an error is one JSON object for a program that asked for JSON")
{
    const TemporaryFolder folder;
    const Run run = run_program(folder.path(), {"--data", "d", "--json", "event", "show"});
    CHECK(run.exit == 2);
    CHECK(run.err.empty());
    CHECK_THAT(run.out, Catch::StartsWith("{\"error\":\"no event is loaded"));
}

} // namespace montbrillant::test
