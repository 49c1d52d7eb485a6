// SPDX-License-Identifier: Apache-2.0
// How a kiosk's devices and its registry are started, and how what they say becomes messages.
#include "kiosk/shell/kiosk.hpp"

#include "badge/render/selfcheck.hpp"
#include "sync/base/log.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

using Health = flow::DeviceHealth::State;

std::string joined(const std::vector<PrinterNotice>& notices)
{
    std::string words;
    for (const auto& notice : notices)
        words += (words.empty() ? "" : " ") + notice.text;
    return words;
}

} // namespace

void Kiosk::start_reader()
{
    if (config_.reader_device.empty())
        return health(flow::Device::reader, Health::absent, "No card reader is configured.");
    ReaderClientOptions options;
    options.program = config_.readerd;
    options.device = config_.reader_device;
    options.profile = config_.reader_profile;
    reader_ = std::make_unique<ReaderClient>(std::move(options), clock_,
                                             [this](const ReaderEvent& event) { on_reader(event); });
}

Result<> Kiosk::start_printer()
{
    if (config_.printer_uri.empty()) {
        health(flow::Device::printer, Health::absent, "No badge printer is configured.");
        return {};
    }
    PrinterSettings settings;
    settings.uri = config_.printer_uri;
    settings.user = store_->identity()->device.str();
    settings.media = layout_->media;
    MB_TRY(auto printer, open_printer(settings, clock_));
    print_journal_ = std::make_unique<StorePrintJournal>(*store_thread_);
    const DocumentSource document = [this](const PrintKey& key) -> Result<Bytes> {
        BadgeContent content;
        MB_CHECK(store_thread_->run([&](Store& store) -> Result<> {
            MB_TRY(const auto job, store.print_jobs().find(key));
            if (!job)
                return fail(ErrorKind::storage, "no such print job", key.str());
            MB_TRY(content, desk_->badge_content(job->delegate, job->badge));
            return {};
        }));
        MB_TRY(auto badge, render_checked_pdf(*layout_, content, clock_.wall()));
        return std::move(badge.bytes);
    };
    PrintWorker::Settings worker;
    worker.place = config_.printer_name;
    auto running = std::make_unique<PrintWorker>(
        std::move(printer), *print_journal_, clock_, document,
        [this](const PrintEvent& event) { on_print(event); }, worker);
    const std::lock_guard lock(workers_);
    printer_ = std::move(running);
    return {};
}

Result<> Kiosk::start_bank()
{
    if (config_.bank_map.empty()) {
        health(flow::Device::bank, Health::absent, "No locker bank is configured.");
        return {};
    }
    BankOverride differently;
    differently.host = config_.bank_host;
    if (config_.bank_port)
        differently.port = static_cast<std::uint16_t>(*config_.bank_port);
    MB_TRY(const BankMap map, load_bank_map(config_.bank_map, differently));
    unlock_journal_ = std::make_unique<StoreUnlockJournal>(*store_thread_);
    bank_device_ = std::make_unique<ModbusBank>(map, clock_);
    const UnlockPermit permit = [this](const UnlockRequest& request) -> Result<> {
        if (!request.by_staff && desk_->void_badges().contains(request.badge))
            return fail(ErrorKind::refused, "the badge was revoked");
        return {};
    };
    MB_CHECK(store_thread_->run([&](Store&) -> Result<> { // the printer may keep the desk busy already
        desk_->use_bank(map);
        return {};
    }));
    auto running = std::make_unique<BankWorker>(*bank_device_, *unlock_journal_, permit, clock_,
                                                [this](const BankEvent& event) { on_bank(event); });
    const std::lock_guard lock(workers_);
    bank_ = std::move(running);
    return {};
}

Result<> Kiosk::start_sync()
{
    if (store_->identity()->authority) {
        health(flow::Device::registry, Health::ok, "This folder is its own registry.");
        return {};
    }
    registry_answers(false); // not heard yet
    MB_TRY(auto running, SyncWorker::start(
                             *store_thread_, clock_, random_,
                             [this](const SyncEvent& event) { on_sync(event); }, config_.proxy));
    const std::lock_guard lock(workers_);
    sync_ = std::move(running);
    return {};
}

void Kiosk::on_reader(const ReaderEvent& event)
{
    if (std::get_if<ReaderReady>(&event))
        health(flow::Device::reader, Health::ok, "");
    else if (const auto* tapped = std::get_if<CardTapped>(&event))
        tell(flow::CardPlaced{tapped->uid, tapped->tier});
    else if (const auto* complaint = std::get_if<ReaderComplaint>(&event)) {
        if (complaint->what == "one card, please")
            tell(flow::TwoCards{});
        else
            health(flow::Device::reader, Health::trouble,
                   "Card reader: " + complaint->what + ". " + complaint->remedy);
    } else if (const auto* lost = std::get_if<ReaderLost>(&event))
        health(flow::Device::reader, Health::trouble, "Card reader: " + lost->why);
}

void Kiosk::on_print(const PrintEvent& event)
{
    const auto on_store = [this](std::function<void()> task) {
        if (!store_thread_->post(std::move(task)))
            log::error("the desk is too busy: a printed badge is noted at the next start");
    };
    const auto trouble = [this, &on_store](const PrintKey& key, const std::string& words) {
        on_store([this, key, words] {
            const auto job = store_->print_jobs().find(key);
            if (job && *job)
                tell(flow::PrintTrouble{(*job)->badge, words});
        });
    };
    if (const auto* state = std::get_if<PrinterState>(&event))
        health(flow::Device::printer, state->can_print() ? Health::ok : Health::trouble,
               joined(state->notices));
    else if (const auto* done = std::get_if<PrintDone>(&event))
        on_store([this, key = done->key] { desk_->printed(key); });
    else if (const auto* progress = std::get_if<PrintProgress>(&event))
        log::info("printing key={} printer=\"{}\"", progress->key.str(), joined(progress->notices));
    else if (const auto* failed = std::get_if<PrintFailed>(&event))
        trouble(failed->key, failed->why);
    else if (const auto* ask = std::get_if<PrintAsk>(&event))
        trouble(ask->key, ask->question);
}

void Kiosk::on_bank(const BankEvent& event)
{
    const auto on_store = [this](std::function<void()> task) {
        if (!store_thread_->post(std::move(task)))
            log::error("the desk is too busy: what a locker did was dropped");
    };
    if (const auto* online = std::get_if<BankOnline>(&event)) {
        health(flow::Device::bank, Health::ok, "");
        for (const auto& door : online->doors)
            on_store([this, change = DoorChanged{{online->bank, door.door}, door.open}] {
                desk_->door_changed(change);
            });
    } else if (const auto* offline = std::get_if<BankOffline>(&event))
        health(flow::Device::bank, Health::trouble,
               "Locker bank " + offline->bank.str() + ": " + offline->why);
    else if (const auto* result = std::get_if<UnlockResult>(&event))
        on_store([this, unlock = *result] { desk_->unlocked(unlock); });
    else if (const auto* change = std::get_if<DoorChanged>(&event))
        on_store([this, door = *change] { desk_->door_changed(door); });
    else if (const auto* alarm = std::get_if<DoorAlarm>(&event))
        log::warn("locker={} alarm={}", alarm->locker.str(), to_text(alarm->kind));
    else if (const auto* quarantined = std::get_if<BankQuarantined>(&event))
        health(flow::Device::bank, Health::trouble,
               "Locker bank " + quarantined->bank.str() + ": " + quarantined->why);
}

void Kiosk::registry_answers(bool answers)
{
    if (!store_thread_->post([this, answers] { desk_->registry_answers(answers); }))
        log::error("the desk is too busy: it does not know whether the registry answers");
}

void Kiosk::on_sync(const SyncEvent& event)
{
    if (std::get_if<SyncOnline>(&event)) {
        health(flow::Device::registry, Health::ok, "");
        registry_answers(true);
    } else if (const auto* offline = std::get_if<SyncOffline>(&event)) {
        health(flow::Device::registry, Health::trouble, "Registry: " + offline->words);
        registry_answers(false);
    } else if (const auto* pulled = std::get_if<SyncPulled>(&event)) {
        if (!store_thread_->post([this, people = pulled->people] { desk_->pulled(people); }))
            log::error("the desk is too busy: new registrations are searchable at the next start");
    } else if (const auto* taking = std::get_if<SyncTaking>(&event))
        health(flow::Device::registry, Health::trouble,
               fmt::format("Registry: {} of {} facts are here", taking->seq, taking->of));
    else if (const auto* clock = std::get_if<SyncClockOffset>(&event))
        log::info("registry_clock_ahead_ms={}", clock->offset.count());
}

} // namespace montbrillant
