// SPDX-License-Identifier: Apache-2.0
// Draws every sample screen into PNG files: for eyes. SDL_VIDEODRIVER=dummy needs no display.
#include "kiosk/shell/window.hpp"
#include "kiosk/ui/screens.hpp"
#include "tests/kiosk/ui/sample_models.hpp"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

using namespace montbrillant;

namespace {

constexpr const char* usage =
    R"(Usage: montbrillant-gallery DIR [--wide] [--large] [--contrast] [--lang xx] [NAME...]

Writes DIR/LANG-NAME.png for each sample screen whose name begins with one of the NAMEs (default: all).
Exit codes: 0 done, 2 wrong call, 3 no display or disk.
Example: SDL_VIDEODRIVER=dummy montbrillant-gallery /tmp/g attract
)";

struct Wanted {
    std::filesystem::path folder;
    bool wide = false;
    bool large = false;
    bool contrast = false;
    std::optional<Language> language;
    std::vector<std::string> names;

    [[nodiscard]] bool takes(const std::string& name) const
    {
        for (const auto& wanted : names) {
            if (name.starts_with(wanted))
                return true;
        }
        return names.empty() && !name.starts_with("notice-");
    }
};

std::optional<Wanted> parse(int argc, char** argv)
{
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string arg = argv[i];
        if (arg == "--wide")
            wanted.wide = true;
        else if (arg == "--large")
            wanted.large = true;
        else if (arg == "--contrast")
            wanted.contrast = true;
        else if (arg == "--lang" && i + 1 < argc)
            wanted.language = language_from_code(argv[++i]);
        else if (arg.starts_with("-"))
            return std::nullopt;
        else if (wanted.folder.empty())
            wanted.folder = arg;
        else
            wanted.names.push_back(arg);
    }
    if (wanted.folder.empty())
        return std::nullopt;
    return wanted;
}

Result<> draw_all(const Wanted& wanted)
{
    WindowOptions options;
    options.software = true;
    if (wanted.wide)
        std::swap(options.width, options.height);
    MB_TRY(const auto window, Window::open(options));
    ui::Ui ui;
    for (const auto language : all_languages) {
        if (wanted.language && *wanted.language != language)
            continue;
        for (auto& [name, model] : sample_models(language)) {
            if (!wanted.takes(name))
                continue;
            model.large_text = wanted.large;
            model.high_contrast = wanted.contrast;
            ui.begin(window->size(), ui::look_of(model), model.language);
            ui::draw_screen(ui, model);
            const auto file = std::string(language_code(language)) + "-" + name + ".png";
            MB_CHECK(window->screenshot(ui.end(), wanted.folder / file));
        }
    }
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "--help") == 0) {
        std::fputs(usage, stdout);
        return 0;
    }
    const auto wanted = parse(argc, argv);
    if (!wanted) {
        std::fputs(usage, stderr);
        return 2;
    }
    std::filesystem::create_directories(wanted->folder);
    if (const auto drawn = draw_all(*wanted); !drawn) {
        std::fprintf(stderr, "%s\n", drawn.error().text().c_str());
        return exit_code(drawn.error().kind);
    }
    return 0;
}
