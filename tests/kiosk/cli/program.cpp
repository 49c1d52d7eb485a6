// SPDX-License-Identifier: Apache-2.0
#include "tests/kiosk/cli/program.hpp"

#include "sync/base/child_process.hpp"
#include "sync/base/json.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace montbrillant::test {
namespace {

std::string content_of(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream(file, std::ios::binary) << text;
}

} // namespace

std::vector<std::string> Run::lines() const
{
    std::vector<std::string> lines;
    std::istringstream text(out);
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    return lines;
}

std::vector<Json> Run::objects() const
{
    std::vector<Json> objects;
    for (const auto& line : lines())
        objects.push_back(Json::parse(line));
    return objects;
}

Json Run::object() const
{
    const auto all = objects();
    if (all.size() != 1)
        throw std::runtime_error("not one line: " + out + err);
    return all.front();
}

Run run_program(const std::filesystem::path& cwd, const std::vector<std::string>& arguments,
                const std::string& input)
{
    const TemporaryFolder streams;
    write_text(streams.path() / "in", input);
    // The shell only places the streams; the arguments never pass through its grammar.
    std::vector<std::string> words{
        "/bin/sh",
        "-c",
        "cd \"$1\" && s=$2 && shift 2 && \"$@\" <\"$s/in\" >\"$s/out\" 2>\"$s/err\"; echo $?",
        "sh",
        cwd,
        streams.path(),
        MONTBRILLANT_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto child = ChildProcess::start(words);
    if (!child)
        throw std::runtime_error(child.error().text());
    std::string code;
    if (child->read_line(code, Millis{60000}) != ChildProcess::Read::line)
        throw std::runtime_error("the program did not end");
    return {std::stoi(code), content_of(streams.path() / "out"), content_of(streams.path() / "err")};
}

TestDesk::TestDesk(int people)
{
    write("kiosk.toml", "data = \"data\"\n[layout]\nfolder = \"" MONTBRILLANT_LAYOUTS
                        "\"\n[import]\nmaps = \"" MONTBRILLANT_IMPORT_MAPS
                        "\"\n[programs]\nreaderd = \"" MONTBRILLANT_READERD "\"\n");
    if (const Run loaded = (*this)({"event", "load", MONTBRILLANT_SAMPLE_EVENT}); loaded.exit != 0)
        throw std::runtime_error(loaded.err);
    if (people == 0)
        return;
    const Run made = (*this)({"people", "sample", std::to_string(people), "--out", "people.csv"});
    const Run imported = (*this)({"people", "import", "people.csv"});
    if (made.exit != 0 || imported.exit != 0)
        throw std::runtime_error(made.err + imported.err);
}

Run TestDesk::operator()(std::vector<std::string> arguments, const std::string& input) const
{
    arguments.insert(arguments.begin(), {"--config", "kiosk.toml", "--at", first_morning});
    return run_program(folder_.path(), arguments, input);
}

Json TestDesk::json(std::vector<std::string> arguments, int exit) const
{
    arguments.insert(arguments.begin(), "--json");
    const Run run = (*this)(std::move(arguments));
    if (run.exit != exit)
        throw std::runtime_error("exit " + std::to_string(run.exit) + ": " + run.out + run.err);
    return run.object();
}

void TestDesk::write(const std::string& name, const std::string& text) const { write_text(path(name), text); }

std::string TestDesk::read(const std::string& name) const { return content_of(path(name)); }

void TestDesk::configure(const std::string& toml) const { write("kiosk.toml", read("kiosk.toml") + toml); }

std::string other_event()
{
    std::string text = content_of(MONTBRILLANT_SAMPLE_EVENT);
    const std::string ours = "id = \"sg20-2017\"";
    return text.replace(text.find(ours), ours.size(), "id = \"sg13-2018\"");
}

std::string people_csv(const std::vector<std::string>& rows)
{
    std::string text =
        "registration_id,family_name,given_name,badge_name,organization,delegation,category,role,language\n";
    for (const auto& row : rows)
        text += row + "\n";
    return text;
}

} // namespace montbrillant::test
