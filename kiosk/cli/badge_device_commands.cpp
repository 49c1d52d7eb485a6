// SPDX-License-Identifier: Apache-2.0
// The badge commands that need a device: a printer, a reader.
#include "badge/print/print_worker.hpp"
#include "badge/render/selfcheck.hpp"
#include "badge/rfid/reader_client.hpp"
#include "kiosk/cli/command_line.hpp"
#include "kiosk/desk/journals.hpp"
#include "kiosk/desk/store_thread.hpp"
#include "sync/base/json.hpp"
#include "sync/base/queue.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::size_t events_max = 256;
constexpr Millis look_every{200};

struct PrintOptions {
    std::string id;
    std::string printer;
    int seconds = 30;
};

struct EnrolOptions {
    std::string id;
    std::string device;
    int seconds = 30;
};

Result<BadgeId> badge_of(const Store& store, const std::string& id)
{
    const Delegate* delegate = store.view().delegates.find(DelegateId(id));
    if (delegate == nullptr || delegate->badge.empty())
        return fail(ErrorKind::refused, "nobody with a badge has this registration id", id, "check in first");
    return delegate->badge;
}

/// Shows the print worker one job only: others that wait are not this command's to print.
class OneJob final : public PrintJournal {
public:
    OneJob(PrintJournal& journal, PrintKey key) : journal_(journal), key_(std::move(key)) {}
    Result<std::vector<PrintRecord>> open_jobs() override
    {
        MB_TRY(auto jobs, journal_.open_jobs());
        std::erase_if(jobs, [this](const PrintRecord& job) { return job.key != key_; });
        return jobs;
    }
    Result<std::optional<PrintRecord>> find(const PrintKey& key) override { return journal_.find(key); }
    Result<> put(const PrintRecord& record) override { return journal_.put(record); }

private:
    PrintJournal& journal_;
    PrintKey key_;
};

/// Milliseconds until the sheet was out. What the printer complains about on the way goes to `err`.
Result<std::int64_t> wait_for_sheet(Queue<PrintEvent>& events, const PrintKey& key, const Clock& clock,
                                    MonoTime until, const Output& output)
{
    while (clock.mono() < until) {
        const auto event = events.pop(look_every);
        if (!event)
            continue;
        if (const auto* state = std::get_if<PrinterState>(&*event))
            for (const auto& notice : state->notices)
                output.err(notice.text);
        if (const auto* failed = std::get_if<PrintFailed>(&*event); failed != nullptr && failed->key == key)
            return fail(ErrorKind::device, failed->why, key.str(),
                        "answer with: montbrillant badge resolve JOB reprint");
        if (const auto* ask = std::get_if<PrintAsk>(&*event); ask != nullptr && ask->key == key)
            return fail(ErrorKind::device, ask->question, key.str(),
                        "answer with: montbrillant badge resolve JOB ok|reprint");
        if (const auto* done = std::get_if<PrintDone>(&*event); done != nullptr && done->key == key)
            return done->ms;
    }
    return fail(ErrorKind::device, "the badge did not come out in time; it stays queued", key.str());
}

/// The key of the person's copy that waits to be printed.
Result<PrintKey> waiting_copy(Desk& desk, const BadgeId& badge)
{
    const Badge& issued = *desk.store().view().badges.find(badge);
    const PrintKey key = print_key(badge, issued.issue, issued.copies);
    MB_TRY(const auto job, desk.store().print_jobs().find(key));
    const auto state = job ? print_state_from(job->state) : std::nullopt;
    if (!state)
        return fail(ErrorKind::refused, "this badge has no print job here", key.str(),
                    "print it at the device that issued it");
    if (is_final(*state))
        return fail(ErrorKind::refused, fmt::format("the job is {}: nothing waits", job->state), key.str());
    return key;
}

Result<int> print(CommandHost& host, Output& output, const PrintOptions& options)
{
    if (host.live())
        return fail(ErrorKind::refused, "the kiosk prints by itself", {}, "see: montbrillant badge jobs");
    MB_TRY(Desk* const desk, host.desk());
    MB_TRY(const Layout layout,
           load_layout(layout_path(host.config().share, desk->profile().printing.layout)));
    MB_TRY(const BadgeId badge, badge_of(desk->store(), options.id));
    MB_TRY(const PrintKey key, waiting_copy(*desk, badge));
    MB_TRY(const BadgeContent content, desk->badge_content(DelegateId(options.id), badge));
    PrinterSettings settings;
    settings.uri = options.printer;
    settings.user = desk->store().identity()->device.str();
    settings.media = layout.media;
    MB_TRY(auto printer, open_printer(settings, host.clock()));

    StoreThread thread(desk->store());
    StorePrintJournal every(thread);
    OneJob journal(every, key);
    Queue<PrintEvent> events(events_max);
    const auto document = [&](const PrintKey&) -> Result<Bytes> {
        MB_TRY(auto rendered, render_checked_pdf(layout, content, host.clock().wall()));
        return std::move(rendered.bytes);
    };
    const auto tell = [&events](const PrintEvent& event) { static_cast<void>(events.push(event)); };
    PrintWorker worker(std::move(printer), journal, host.clock(), document, tell, {});
    if (!worker.submit(key))
        return fail(ErrorKind::device, "too many badges wait already", key.str());
    const MonoTime until = host.clock().mono() + std::chrono::seconds{options.seconds};
    MB_TRY(const std::int64_t ms, wait_for_sheet(events, key, host.clock(), until, output));
    MB_CHECK(thread.run([&](Store&) -> Result<> {
        desk->printed(key);
        return {};
    }));
    output.say({{"job", key.str()}, {"state", "done"}, {"ms", ms}},
               fmt::format("printed {} in {} ms", key.str(), ms));
    return 0;
}

/// The next card that lies on the reader. Complaints on the way go to `err`.
Result<CardTapped> wait_for_card(Queue<ReaderEvent>& events, const Clock& clock, MonoTime until,
                                 const Output& output)
{
    bool ready = false;
    while (clock.mono() < until) {
        const auto event = events.pop(look_every);
        if (!event)
            continue;
        if (std::holds_alternative<ReaderReady>(*event)) {
            ready = true;
            if (!output.json)
                output.err("Place one card on the reader.");
        } else if (const auto* complaint = std::get_if<ReaderComplaint>(&*event)) {
            output.err(complaint->what + (complaint->remedy.empty() ? "" : ". " + complaint->remedy));
        } else if (const auto* lost = std::get_if<ReaderLost>(&*event)) {
            ready = false;
            output.err(lost->why);
        } else if (const auto* tapped = std::get_if<CardTapped>(&*event)) {
            return *tapped;
        }
    }
    return fail(ErrorKind::device,
                ready ? "no card was placed in time" : "the card reader could not be used in time");
}

/// The next card on the reader becomes this person's.
Result<int> enrol(CommandHost& host, Output& output, const EnrolOptions& options)
{
    if (host.live())
        return fail(ErrorKind::refused, "the reader belongs to the running kiosk", {},
                    "bind the card at its screen");
    ReaderClientOptions reader;
    reader.program = host.config().readerd;
    reader.device = options.device.empty() ? host.config().reader_device : options.device;
    reader.profile = host.config().reader_profile;
    if (reader.device.empty())
        return fail(ErrorKind::input, "no card reader is named", "--device",
                    "give --device, or --config FILE with a [reader] section");
    MB_TRY(Desk* const desk, host.desk());
    MB_TRY(const BadgeId badge, badge_of(desk->store(), options.id));
    Queue<ReaderEvent> events(events_max);
    const ReaderClient client(reader, host.clock(), [&events](ReaderEvent event) {
        static_cast<void>(events.push(std::move(event)));
    });
    const MonoTime until = host.clock().mono() + std::chrono::seconds{options.seconds};
    MB_TRY(const CardTapped tapped, wait_for_card(events, host.clock(), until, output));
    const auto bound = desk->bind_card(badge, tapped.uid, tapped.tier);
    if (!bound)
        return error_of(bound.error(), tapped.uid.str());
    output.say({{"badge", badge.str()}, {"card", tapped.uid.str()}, {"tier", tapped.tier}},
               fmt::format("card {} is bound to badge {}", tapped.uid.str(), badge.str()));
    return 0;
}

} // namespace

void add_badge_device_commands(const CommandTree& tree, Subcommand badge)
{
    const auto printing = std::make_shared<PrintOptions>();
    const Subcommand print_one = add_command(
        tree, badge, "print", "Prints the badge that is queued for a person, and waits for the sheet",
        "--data demo badge print R-000001 --printer ipp://localhost:8631/ipp/print", with(printing, print));
    print_one.option("ID", printing->id, "Registration id").required();
    print_one.option("--printer", printing->printer, "ipp://..., ipps://... or file:///folder").required();
    print_one.option("--seconds", printing->seconds, "How long to wait").between(1, 3600);

    const auto enrolling = std::make_shared<EnrolOptions>();
    const Subcommand enrol_one = add_command(
        tree, badge, "enrol", "Binds the next card on a reader to the person's badge",
        "--data demo badge enrol R-000001 --device pn532_uart:/dev/ttyUSB0", with(enrolling, enrol));
    enrol_one.option("ID", enrolling->id, "Registration id").required();
    enrol_one.option("--device", enrolling->device,
                     "libnfc connection string; without it the configured reader");
    enrol_one.option("--seconds", enrolling->seconds, "How long to wait").between(1, 3600);
}

} // namespace montbrillant
