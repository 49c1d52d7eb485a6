// SPDX-License-Identifier: Apache-2.0
#include "kiosk/shell/kiosk.hpp"

#include "sync/base/log.hpp"
#include "sync/store/event_end.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <type_traits>

namespace montbrillant {
namespace {

using Health = flow::DeviceHealth::State;

} // namespace

Kiosk::Kiosk(KioskConfig config, Clock& clock, Random& random, std::function<void()> wake)
    : config_(std::move(config)), clock_(clock), random_(random), wake_(std::move(wake))
{
}

Kiosk::~Kiosk()
{
    // Whoever sends goes first; the store's thread finishes what was promised, last.
    const auto end = [this](auto& worker) {
        auto last = [&] {
            const std::lock_guard lock(workers_);
            return std::move(worker);
        }();
        last.reset(); // it may still wait for the store's thread, which may wait for the lock
    };
    reader_.reset();
    end(sync_);
    end(bank_);
    end(printer_);
    if (store_thread_)
        store_thread_->stop();
}

Result<std::unique_ptr<Kiosk>> Kiosk::start(const KioskConfig& config, Clock& clock, Random& random,
                                            std::function<void()> wake)
{
    std::unique_ptr<Kiosk> kiosk(new Kiosk(config, clock, random, std::move(wake)));
    MB_CHECK(kiosk->open_store());
    MB_CHECK(kiosk->open_desk());
    kiosk->store_thread_ = std::make_unique<StoreThread>(*kiosk->store_);
    kiosk->model_ = flow::start(kiosk->settings(), clock.mono());
    MB_CHECK(kiosk->start_printer());
    MB_CHECK(kiosk->start_bank());
    MB_CHECK(kiosk->start_sync());
    kiosk->start_reader();
    kiosk->feed(kiosk->tick());
    return kiosk;
}

Result<> Kiosk::open_store()
{
    Store::Options options;
    options.folder = config_.data;
    options.keys = key_access(config_.keys);
    MB_TRY(auto store, Store::open(options, clock_, random_));
    store_ = std::make_unique<Store>(std::move(store));
    if (!store_->identity())
        return fail(ErrorKind::input, "this folder belongs to no event yet", config_.data.string(),
                    "enrol it: montbrillant --data DIR enrol URL TOKEN");
    if (config_.keys.at_rest == Protector::pin && store_->key_store().file()->protector() == Protector::file)
        log::warn(
            "the event's keys lie in clear, not under a PIN as configured: montbrillant key protect pin");
    MB_TRY(auto profile, load_event_profile(store_->identity()->event_profile, "event profile"));
    profile_ = std::make_shared<const EventProfile>(std::move(profile));
    MB_TRY(const LeaseState lease, check_lease(*store_, clock_.wall()));
    if (lease == LeaseState::over || store_->key_store().event_erased())
        return fail(ErrorKind::refused, "the event is over and its data erased here", config_.data.string(),
                    "enrol an empty folder: montbrillant --data DIR enrol URL TOKEN");
    return {};
}

Result<> Kiosk::open_desk()
{
    Desk::Ports ports;
    ports.tell = [this](flow::Msg msg) { tell(std::move(msg)); };
    ports.print = [this](const PrintKey& key) {
        const std::lock_guard lock(workers_);
        if (printer_ && !printer_->submit(key))
            log::warn("too many badges wait at the printer; this one is taken up at the next start key={}",
                      key.str());
    };
    ports.unlock = [this](UnlockRequest request) {
        const std::lock_guard lock(workers_);
        return bank_ && bank_->request(std::move(request));
    };
    ports.committed = [this] {
        const std::lock_guard lock(workers_);
        if (sync_)
            sync_->wake();
    };
    desk_ = std::make_unique<Desk>(*store_, profile_, clock_, random_, std::move(ports));
    MB_TRY(auto layout, load_layout(layout_path(config_.share, profile_->printing.layout)));
    layout_ = std::make_shared<const Layout>(std::move(layout));
    desk_->use_layout(layout_);
    return desk_->open();
}

flow::Settings Kiosk::settings() const
{
    flow::Settings settings;
    settings.device = store_->identity()->device;
    settings.language = config_.language;
    settings.event_title = texts_of(profile_->title);
    settings.event_place = texts_of(profile_->place);
    settings.desk = profile_->desk;
    settings.check_in = config_.checks_in();
    settings.lockers = config_.has_lockers() && !config_.bank_map.empty();
    settings.service_desk = config_.lends();
    settings.identity_by_staff = profile_->identity == IdentityCheck::staff;
    settings.mask_rows = profile_->search.mask;
    settings.letters_min = static_cast<std::size_t>(profile_->search.letters_min);
    settings.wifi = {profile_->wifi.ssid, profile_->wifi.passphrase};
    settings.documents_address = profile_->documents_address;
    settings.laptop_terms = texts_of(profile_->laptops.text);
    settings.laptop_accessories = profile_->laptops.accessories;
    settings.px_per_mm = config_.px_per_mm;
    return settings;
}

flow::Tick Kiosk::tick() const
{
    const Millis left = profile_->opening_at() - clock_.wall();
    const LocalTime here = local_time(profile_->time_zone, clock_.wall());
    const auto minutes = left.count() > 0 ? (left.count() + 59999) / 60000 : -1;
    return {static_cast<int>(minutes), here.date.str()};
}

void Kiosk::tell(flow::Msg msg)
{
    if (!inbox_.push(std::move(msg)))
        log::error("the kiosk's inbox is full: an answer was dropped");
    if (wake_)
        wake_();
}

void Kiosk::health(flow::Device device, Health state, std::string words)
{
    log::info("device={} ok={} words=\"{}\"", static_cast<int>(device), state == Health::ok, words);
    tell(flow::DeviceChanged{device, {state, std::move(words)}});
}

void Kiosk::feed(const flow::Msg& msg)
{
    auto step = flow::update(std::move(model_), msg, clock_.mono());
    model_ = std::move(step.model);
    dispatch(std::move(step.commands));
}

void Kiosk::dispatch(std::vector<flow::Cmd> commands)
{
    for (auto& command : commands) {
        if (std::holds_alternative<flow::Wipe>(command) || std::holds_alternative<flow::PlayTone>(command)) {
            glass_commands_.push_back(std::move(command));
            continue;
        }
        const auto refused = flow::unanswered(command);
        if (store_thread_->post([this, command = std::move(command)] { desk_->execute(command); }))
            continue;
        log::error("the desk is too busy: a question was dropped");
        if (refused)
            tell(*refused);
    }
}

bool Kiosk::pump()
{
    bool changed = false;
    while (auto msg = inbox_.try_pop()) {
        feed(*msg);
        changed = true;
    }
    if (clock_.mono() >= flow::next_deadline(model_)) {
        feed(tick());
        changed = true;
    }
    return changed;
}

std::vector<flow::Cmd> Kiosk::take_glass_commands() { return std::exchange(glass_commands_, {}); }

std::uint32_t Kiosk::accent() const
{
    return static_cast<std::uint32_t>(std::strtoul(profile_->accent.c_str() + 1, nullptr, 16));
}

MonoTime Kiosk::next_deadline() const { return flow::next_deadline(model_); }

} // namespace montbrillant
