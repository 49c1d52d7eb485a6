// SPDX-License-Identifier: Apache-2.0
// people import: all good rows or none.
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/progress.hpp"
#include "sync/base/file_reader.hpp"
#include "sync/base/json.hpp"
#include "sync/store/people_import.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::uint64_t csv_bytes_max = 4ULL * 1024 * 1024 * 1024;
constexpr std::size_t odd_said_max = 1000;
constexpr std::size_t missing_named_max = 1000;
constexpr std::size_t missing_shown_max = 20;
constexpr std::string_view standard_input = "-";

struct ImportOptions {
    std::string file;
    std::string map;
    bool skip_bad = false;
};

std::vector<std::string> maps_in(const std::filesystem::path& folder)
{
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        if (entry.path().extension() == ".toml")
            names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// A file that the user named, or a map that is installed with the program, by its name alone.
Result<std::shared_ptr<const PeopleMap>> find_map(CommandHost& host, const std::string& typed)
{
    const KioskConfig& config = host.config();
    const auto folder = config.import_maps.empty() ? config.share / "import-maps" : config.import_maps;
    std::filesystem::path file = host.path(typed);
    const bool is_name = typed.find('/') == std::string::npos && !typed.ends_with(".toml");
    if (is_name && !std::filesystem::exists(file)) {
        file = folder / (typed + ".toml");
        if (!std::filesystem::exists(file))
            return fail(ErrorKind::input, "is no file and no map of this program", "--map " + typed,
                        fmt::format("a file was expected, or one of: {}", fmt::join(maps_in(folder), ", ")));
    }
    MB_TRY(auto map, load_people_map(file));
    return std::make_shared<const PeopleMap>(std::move(map));
}

Result<FileReader> open_csv(CommandHost& host, const std::string& typed)
{
    if (typed == standard_input && host.live())
        return fail(ErrorKind::refused, "a running kiosk reads no standard input", "people import -",
                    "name a file, or stop the kiosk");
    if (typed == standard_input)
        return FileReader::standard_input();
    const auto path = host.path(typed);
    std::error_code none;
    if (host.live() && std::filesystem::is_fifo(path, none))
        return fail(ErrorKind::refused, "a running kiosk waits for no pipe", typed,
                    "name a file, or stop the kiosk");
    return FileReader::open(path);
}

/// Photos are looked for beside the file.
std::string photo_fault(const std::filesystem::path& folder, const std::string& photo)
{
    std::error_code failed;
    const auto status = std::filesystem::status(folder / photo, failed);
    if (!std::filesystem::exists(status))
        return "is not there: the badge is printed without it";
    return std::filesystem::is_regular_file(status) ? "" : "is no file: the badge is printed without it";
}

/// Says notes as they come: every fault, and so many of what is merely odd.
class Notes {
public:
    Notes(const Output& output, std::string file) : output_(output), file_(std::move(file)) {}
    ~Notes()
    {
        if (odd_ > odd_said_max)
            output_.err(fmt::format("{}: {} more notes are not shown", file_, odd_ - odd_said_max));
    }
    Notes(const Notes&) = delete;
    Notes& operator=(const Notes&) = delete;

    void say(PeopleImport::Note kind, const CsvFault& fault)
    {
        if (kind == PeopleImport::Note::odd && ++odd_ > odd_said_max)
            return;
        output_.err(fmt::format("{}: {}{}", file_, word(kind), fault.text()));
    }

private:
    static std::string_view word(PeopleImport::Note kind)
    {
        switch (kind) {
        case PeopleImport::Note::bad_row:
        case PeopleImport::Note::bad_file: return "";
        case PeopleImport::Note::odd: return "note: ";
        case PeopleImport::Note::task: return "task: ";
        }
        return "";
    }
    const Output& output_;
    std::string file_;
    std::size_t odd_ = 0;
};

Result<> feed_all(CommandHost& host, const Output& output, FileReader& file, const std::string& name,
                  PeopleImport& people)
{
    Progress progress(output, host.clock(), name, file.size());
    while (!people.gave_up()) {
        MB_TRY(const std::string_view piece, file.next());
        if (piece.empty())
            return {};
        if (file.bytes_read() > csv_bytes_max)
            return fail(ErrorKind::input, fmt::format("is larger than the {} bytes allowed", csv_bytes_max),
                        name);
        MB_CHECK(people.feed(piece));
        progress.at(file.bytes_read(), people.counts().rows, "rows");
    }
    return {};
}

void report(const PeopleImport::Counts& counts, const PeopleImport::Missing& missing, const Output& output)
{
    const std::size_t skipped = counts.bad_rows + counts.erased;
    std::string text = fmt::format("{} people imported, {} amended, {} unchanged, {} rows skipped",
                                   counts.imported, counts.amended, counts.unchanged, skipped);
    if (counts.kept > 0)
        text +=
            fmt::format("\nof {} people something that was corrected on site stays as it is", counts.kept);
    if (counts.tasks > 0)
        text += fmt::format("\n{} tasks for staff: see montbrillant sync conflicts", counts.tasks);
    std::vector<std::string> ids;
    for (const auto& id : missing.first)
        ids.push_back(id.str());
    if (missing.count > 0) {
        const auto shown = static_cast<std::ptrdiff_t>(std::min(ids.size(), missing_shown_max));
        text += fmt::format("\n{} registered before are not in the file and stay as they are: {}{}",
                            missing.count, fmt::join(ids.begin(), ids.begin() + shown, ", "),
                            missing.count > missing_shown_max ? ", ..." : "");
    }
    output.say({{"imported", counts.imported},
                {"amended", counts.amended},
                {"unchanged", counts.unchanged},
                {"skipped", skipped},
                {"kept", counts.kept},
                {"tasks", counts.tasks},
                {"missing", missing.count},
                {"missing_ids", ids}},
               text);
}

Result<PeopleImport::Options> options_of(CommandHost& host, const ImportOptions& typed,
                                         std::shared_ptr<const EventProfile> profile)
{
    PeopleImport::Options options;
    options.skip_bad = typed.skip_bad;
    options.csv.file = typed.file == standard_input ? "standard input" : typed.file;
    options.csv.profile = std::move(profile);
    const auto folder = host.path(typed.file == standard_input ? "." : typed.file).parent_path();
    options.csv.photo_fault = [folder](const std::string& photo) { return photo_fault(folder, photo); };
    if (!typed.map.empty()) {
        MB_TRY(options.csv.map, find_map(host, typed.map));
    }
    return options;
}

Result<int> import(CommandHost& host, Output& output, const ImportOptions& typed)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(auto profile, profile_of(*store));
    MB_TRY(auto options, options_of(host, typed, std::move(profile)));
    MB_TRY(FileReader file, open_csv(host, typed.file));
    const std::string name = options.csv.file;
    Notes notes(output, name);
    MB_TRY(const auto people, PeopleImport::begin(*store, std::move(options),
                                                  [&notes](PeopleImport::Note kind, const CsvFault& fault) {
                                                      notes.say(kind, fault);
                                                  }));
    MB_CHECK(feed_all(host, output, file, name, *people));
    MB_TRY(const auto counts, people->finish());
    if (host.live()) {
        MB_TRY(Desk* const desk, host.desk());
        desk->refresh(people->changed());
    }
    report(counts, people->missing(missing_named_max), output);
    return 0;
}

} // namespace

void add_import_command(const CommandTree& tree, Subcommand people)
{
    const auto options = std::make_shared<ImportOptions>();
    const Subcommand one =
        add_command(tree, people, "import", "Imports a CSV: all rows, or none and every bad row named",
                    "--data demo people import people.csv --skip-bad", with(options, import));
    one.option("FILE", options->file, "CSV, UTF-8, with a header row; - reads standard input").required();
    one.option("--map", options->map,
               "How another system's export is read: indico, pretix, or a TOML file of your own");
    one.flag("--skip-bad", options->skip_bad, "Import the good rows, name the others");
}

} // namespace montbrillant
