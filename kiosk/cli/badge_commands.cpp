// SPDX-License-Identifier: Apache-2.0
#include "badge/render/render.hpp"
#include "kiosk/cli/command_line.hpp"
#include "sync/base/json.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr double png_dpi = 300;

struct RenderOptions {
    std::string id;
    std::string out;
    std::string side = "front";
};

struct ResolveOptions {
    std::string job;
    std::string answer;
};

Result<int> render(CommandHost& host, Output& output, const RenderOptions& options)
{
    const bool png = options.out.ends_with(".png");
    if (!png && !options.out.ends_with(".pdf"))
        return fail(ErrorKind::input, "the file must end in .pdf or .png", options.out);
    MB_TRY(Desk* const desk, host.desk());
    MB_TRY(const Layout layout,
           load_layout(layout_path(host.config().share, desk->profile().printing.layout)));
    const DelegateId id(options.id);
    const Delegate* delegate = desk->store().view().delegates.find(id);
    if (delegate == nullptr)
        return fail(ErrorKind::refused, "nobody is registered under this id", options.id);
    if (delegate->badge.empty())
        output.err("Not checked in yet: this is a preview without a badge's code.");
    MB_TRY(const BadgeContent content, desk->badge_content(id, delegate->badge));
    const Side side = options.side == "back" ? Side::back : Side::front;
    MB_TRY(const auto badge, png ? render_png(layout, content, png_dpi, side)
                                 : render_pdf(layout, content, host.clock().wall()));
    for (const auto& warning : badge.warnings)
        output.err(fmt::format("{}: {}", warning.element, warning.text));
    MB_CHECK(write_file(host.path(options.out), badge.bytes));
    output.say({{"file", options.out}, {"bytes", badge.bytes.size()}, {"pages", badge.pages}},
               fmt::format("{}, {} bytes", options.out, badge.bytes.size()));
    return 0;
}

Result<int> jobs(CommandHost& host, Output& output)
{
    constexpr std::size_t most = 1000;
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto rows, store->print_jobs().all(most));
    for (const auto& row : rows)
        output.say(
            {{"job", row.key.str()},
             {"delegate", row.delegate.str()},
             {"state", row.state},
             {"detail", row.detail}},
            fmt::format("{:<28} {:<12} {:<10} {}", row.key.str(), row.delegate.str(), row.state, row.detail));
    return 0;
}

Result<int> came_out(Desk& desk, PrintJobRow job, const Output& output)
{
    job.state = "done";
    MB_CHECK(desk.store().print_jobs().update(job));
    desk.printed(job.key);
    output.say({{"job", job.key.str()}, {"state", "done"}}, "noted: the badge came out");
    return 0;
}

/// A new copy under a new key, so that one key stays one sheet. Carrying an unfinished check-in on does it.
Result<int> reprint(Desk& desk, PrintJobRow job, const Output& output)
{
    job.state = "failed"; // answered: it is not asked again
    MB_CHECK(desk.store().print_jobs().update(job));
    const auto again = desk.check_in({{job.delegate, {}}, {}, {}, true});
    if (!again)
        return error_of(again.error(), job.key.str());
    output.say({{"job", again->job.str()}, {"state", "queued"}},
               fmt::format("queued again as {}", again->job.str()));
    return 0;
}

/// The answer to "did the badge come out?"
Result<int> resolve(CommandHost& host, Output& output, const ResolveOptions& options)
{
    MB_TRY(Desk* const desk, host.desk());
    MB_TRY(auto job, desk->store().print_jobs().find(PrintKey(options.job)));
    if (!job)
        return fail(ErrorKind::refused, "no such print job", options.job,
                    "list them with: montbrillant badge jobs");
    if (job->state != "ask" && job->state != "failed" && job->state != "cancelled")
        return fail(ErrorKind::refused, fmt::format("the job is {}: there is nothing to answer", job->state),
                    options.job);
    const Badge* badge = desk->store().view().badges.find(job->badge);
    if (badge == nullptr || print_key(job->badge, badge->issue, badge->copies) != job->key)
        return fail(ErrorKind::refused, "it was answered: a later copy is queued", options.job,
                    "list them with: montbrillant badge jobs");
    if (options.answer == "ok")
        return came_out(*desk, std::move(*job), output);
    return reprint(*desk, std::move(*job), output);
}

} // namespace

void add_badge_commands(const CommandTree& tree)
{
    const Subcommand badge = add_group(tree, "badge", "Badges: draw, print, bind a card",
                                       "--data demo badge render R-000001 --out badge.pdf");
    const auto drawing = std::make_shared<RenderOptions>();
    const Subcommand render_one =
        add_command(tree, badge, "render", "Draws a badge",
                    "--data demo badge render R-000001 --out badge.pdf", with(drawing, render));
    render_one.option("ID", drawing->id, "Registration id").required();
    render_one.option("--out", drawing->out, "File: .pdf (all sides) or .png (one side)").required();
    render_one.option("--side", drawing->side, "Of a .png: front or back").one_of({"front", "back"});
    add_command(tree, badge, "jobs", "Print jobs, the newest first", "--data demo badge jobs", jobs);
    const auto answer = std::make_shared<ResolveOptions>();
    const Subcommand resolve_one =
        add_command(tree, badge, "resolve", "Answers whether a doubtful sheet came out",
                    "--data demo badge resolve B0123456789ABCDEFGHJK.1.1 reprint", with(answer, resolve));
    resolve_one.option("JOB", answer->job, "Job, as badge jobs names it").required();
    resolve_one.option("ANSWER", answer->answer, "ok or reprint").required().one_of({"ok", "reprint"});
    add_badge_desk_commands(tree, badge);
    add_badge_device_commands(tree, badge);
}

} // namespace montbrillant
