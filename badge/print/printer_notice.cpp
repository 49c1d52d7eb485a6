// SPDX-License-Identifier: Apache-2.0
#include "badge/print/printer_notice.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string_view>

namespace montbrillant {
namespace {

using Severity = PrinterNotice::Severity;

struct Known {
    std::string_view keyword;
    Severity severity;
    std::string_view words;
};

constexpr std::string_view no_paper =
    "no paper. Put badges into the tray under the slot; waiting badges follow by themselves.";
constexpr std::string_view no_ink =
    "the ink or toner is used up. Change the cartridge; waiting badges follow by themselves.";
constexpr std::string_view is_open = "a cover is open. Close it; waiting badges follow by themselves.";
constexpr std::string_view is_paused =
    "it is paused. Press its resume button; waiting badges follow by themselves.";

constexpr std::array known{
    Known{"media-empty", Severity::trouble, no_paper},
    Known{"media-needed", Severity::trouble, no_paper},
    Known{
        "media-jam", Severity::trouble,
        "a badge is stuck inside. Open it, take the badge out and close it; then check whether that badge is "
        "good."},
    Known{"cover-open", Severity::trouble, is_open},
    Known{"door-open", Severity::trouble, is_open},
    Known{"interlock-open", Severity::trouble, is_open},
    Known{"input-tray-missing", Severity::trouble,
          "its tray is out. Push the tray in; waiting badges follow by themselves."},
    Known{"output-tray-missing", Severity::trouble, "its output tray is missing. Put it back."},
    Known{"output-area-full", Severity::trouble, "its output is full. Take the printed badges out."},
    Known{"toner-empty", Severity::trouble, no_ink},
    Known{"marker-supply-empty", Severity::trouble, no_ink},
    Known{"marker-waste-full", Severity::trouble, "its waste box is full. Change the waste box."},
    Known{"spool-area-full", Severity::trouble,
          "its memory is full. Wait a minute; then switch it off and on."},
    Known{"paused", Severity::trouble, is_paused},
    Known{"moving-to-paused", Severity::trouble, is_paused},
    Known{"shutdown", Severity::trouble, "it is switched off. Switch it on."},
    Known{"stopped-partly", Severity::attention, "a part of it has stopped. Look at its display."},
    Known{"media-low", Severity::attention, "few badges are left. Bring more to the tray under the slot."},
    Known{"toner-low", Severity::attention, "little ink or toner is left. Bring a new cartridge."},
    Known{"marker-supply-low", Severity::attention, "little ink or toner is left. Bring a new cartridge."},
    Known{"output-area-almost-full", Severity::attention, "its output is nearly full. Take the badges out."},
    Known{"marker-waste-almost-full", Severity::attention,
          "its waste box is nearly full. Bring a new waste box."},
};

bool strip(std::string& keyword, std::string_view suffix)
{
    if (!keyword.ends_with(suffix))
        return false;
    keyword.resize(keyword.size() - suffix.size());
    return true;
}

// A known keyword counts by what it means, not by its suffix: an empty tray is a "report" on an idle printer.
std::optional<PrinterNotice> notice_from(std::string keyword, const std::string& place)
{
    const bool error = strip(keyword, "-error");
    const bool warning = !error && strip(keyword, "-warning");
    if (!error && !warning)
        strip(keyword, "-report");
    for (const Known& entry : known) {
        if (entry.keyword == keyword)
            return PrinterNotice{keyword, entry.severity, fmt::format("{}: {}", place, entry.words)};
    }
    if (!error && !warning)
        return std::nullopt;
    return PrinterNotice{keyword, error ? Severity::trouble : Severity::attention,
                         fmt::format("{}: it reports \"{}\". Look at its display.", place, keyword)};
}

} // namespace

std::vector<PrinterNotice> notices_from(const std::vector<std::string>& reasons, const std::string& place)
{
    std::vector<PrinterNotice> out;
    for (const auto& reason : reasons) {
        auto notice = notice_from(reason, place);
        if (notice && std::ranges::find(out, notice->text, &PrinterNotice::text) == out.end())
            out.push_back(*std::move(notice));
    }
    std::ranges::stable_sort(out, std::ranges::greater(), &PrinterNotice::severity);
    return out;
}

PrinterNotice notice_of_silence(const std::string& place)
{
    return {"connecting-to-device", Severity::trouble,
            fmt::format("{}: no answer. Check its power and its cable; waiting badges follow by themselves.",
                        place)};
}

PrinterNotice notice_of_waiting(const std::string& place, const std::string& words)
{
    return {"waiting", Severity::attention,
            fmt::format("{}: it asks to wait (\"{}\"). The badge follows by itself.", place, words)};
}

bool has_trouble(const std::vector<PrinterNotice>& notices)
{
    return std::ranges::find(notices, Severity::trouble, &PrinterNotice::severity) != notices.end();
}

} // namespace montbrillant
