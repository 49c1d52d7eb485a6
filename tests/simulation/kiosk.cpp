// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/kiosk.hpp"

#include <utility>

namespace montbrillant::simulation {
namespace {

constexpr const char* url = "http://127.0.0.1:1";
constexpr std::int64_t kiosk_calls_until_cut_max = 400;
constexpr Millis busy_store_max{15};

} // namespace

/// The store's own thread: other work may come between two of its jobs.
class Kiosk::Gate final : public StoreGate {
public:
    Gate(Kiosk& kiosk, Task& task) : kiosk_(kiosk), task_(task) {}
    Result<> run(const Work& work) override
    {
        if (kiosk_.world_.happens(200))
            task_.hold(kiosk_.world_.millis_between(Millis(1), busy_store_max));
        if (!kiosk_.up())
            throw Task::Killed{};
        auto done = work(*kiosk_.store_);
        if (!kiosk_.machine_.disk.powered()) {
            kiosk_.world_.timeline.after(Millis(0), [&kiosk = kiosk_] { kiosk.lose_power(); });
            throw Task::Killed{};
        }
        kiosk_.observe();
        return done;
    }

private:
    Kiosk& kiosk_;
    Task& task_;
};

/// One kept-alive connection.
class Kiosk::Line final : public Http {
public:
    Line(Kiosk& kiosk, Task& task, Way way) : kiosk_(kiosk), task_(task), way_(way) {}
    Result<HttpAnswer> send(const HttpCall& call) override
    {
        struct Waiting {
            bool over = false;
            std::optional<HttpAnswer> answer;
        };
        const auto waiting = std::make_shared<Waiting>();
        kiosk_.network_.send(kiosk_.line_, way_, call,
                             [waiting, task = task_.weak_from_this()](std::optional<HttpAnswer> answer) {
                                 waiting->over = true;
                                 waiting->answer = std::move(answer);
                                 if (const auto alive = task.lock())
                                     alive->wake();
                             });
        const Timeline& timeline = kiosk_.world_.timeline;
        for (const Millis until = timeline.now() + call.patience; !waiting->over && timeline.now() < until;)
            task_.wait(until - timeline.now());
        if (!waiting->over)
            return fail(ErrorKind::network, "the registry does not answer", "line");
        if (!waiting->answer)
            return fail(ErrorKind::network, "the connection to the registry broke", "line");
        return std::move(*waiting->answer);
    }
    void abort() override {}

private:
    Kiosk& kiosk_;
    Task& task_;
    Way way_;
};

Kiosk::Kiosk(World& world, Network& network, std::string name, std::size_t line, std::uint64_t seed)
    : world_(world), network_(network), name_(std::move(name)), line_(line), machine_(world, seed)
{
    new_disk_name();
}

Kiosk::~Kiosk() { stop_tasks(); }

void Kiosk::new_disk_name() { disk_name_ = fmt::format("{}#{}", name_, world_.disks++); }

Result<Store> Kiosk::open() { return Store::open(options(), machine_.clock, machine_.ids); }

void Kiosk::boot()
{
    if (store_ || retired_)
        return;
    machine_.clock.booted = world_.timeline.now();
    if (world_.faults && world_.happens(150))
        cut_power_soon();
    auto opened = open();
    if (opened)
        store_.emplace(std::move(*opened));
    if (!machine_.disk.powered())
        return lose_power();
    if (!store_)
        throw Violation(fmt::format("{} does not start: {}", name_, opened.error().text()));
    check_kept();
    if (!machine_.disk.powered())
        return lose_power();
    observe();
    world_.note(fmt::format("{} is up: {} own facts, at {}", disk_name_, own_.counter, place_.seq));
    if (need_ == Need::nothing)
        start_sync();
}

/// Nothing that was shown as done is gone, and the place in the log is no earlier one.
void Kiosk::check_kept()
{
    const auto fact = own_.counter == 0
                          ? std::vector<StoredFact>()
                          : store_->own_facts_after(own_.counter - 1, 1).value_or(std::vector<StoredFact>());
    if (own_.counter > 0 && machine_.disk.powered() && (fact.empty() || fact.front().hash != own_.hash))
        throw Violation(fmt::format("{} lost own facts: it had {}, it has {}", disk_name_, own_.counter,
                                    store_->own_counter()));
    const auto hash = store_->log_hash_at(place_.seq);
    const bool kept = hash && *hash && **hash == place_.log_hash;
    const bool reset = store_->cursor().seq == 0 && world_.history.restores() > 0;
    if (machine_.disk.powered() && !kept && !reset)
        throw Violation(fmt::format("{} was at {} of the log and is at {}", disk_name_, place_.seq,
                                    store_->cursor().seq));
}

void Kiosk::observe()
{
    own_ = store_->own_chain();
    const Cursor now = store_->cursor();
    world_.counts.handled += now.seq > place_.seq ? now.seq - place_.seq : 0;
    place_ = now;
    world_.history.saw(disk_name_, place_, own_.counter);
}

std::optional<std::vector<Fact>> Kiosk::commit(const Draft& draft)
{
    if (!up() || !enrolled())
        return std::nullopt;
    auto facts = store_->commit(draft);
    if (!machine_.disk.powered()) {
        lose_power();
        return std::nullopt;
    }
    if (!facts && facts.error().kind != ErrorKind::refused)
        throw Violation(fmt::format("{}: {}", disk_name_, facts.error().text()));
    if (!facts)
        return std::nullopt;
    world_.history.wrote(disk_name_, *facts);
    observe();
    ++world_.counts.operations;
    world_.counts.handled += facts->size();
    world_.counts.offline_operations += well_[0] && well_[1] ? 0U : 1U;
    world_.note(fmt::format("{} writes {} up to {}", disk_name_, kind_of(facts->front().body), own_.counter));
    wake();
    return std::move(*facts);
}

void Kiosk::wake()
{
    ++wakes_;
    for (const auto& task : tasks_) {
        if (task)
            task->wake();
    }
}

// --- sync --------------------------------------------------------------------------------------------------

void Kiosk::start_sync()
{
    DirectStoreGate gate(*store_);
    auto session = SyncSession::of(gate);
    if (!machine_.disk.powered()) { // not at once: whoever enrols is in one of its tasks
        world_.timeline.after(Millis(0), [this] { lose_power(); });
        return;
    }
    if (!session) { // its power went in the middle of an enrolment
        need_ = Need::token;
        return;
    }
    session_.emplace(std::move(*session));
    well_ = {};
    tasks_[0] = Task::start(world_.timeline, [this](Task& task) { push_loop(task); });
    tasks_[1] = Task::start(world_.timeline, [this](Task& task) { pull_loop(task); });
    if (board_ != nullptr)
        start_terminal();
}

void Kiosk::push_loop(Task& task)
{
    Gate gate(*this, task);
    Line http(*this, task, Way::push);
    PushSide side({&gate, &http, &*session_, &machine_.clock, &machine_.ids}, SyncPacing());
    for (;;) {
        const auto seen = wakes_;
        const auto turn = side.turn();
        heard(Way::push, turn.round ? nullptr : &turn.round.error());
        pause(task, seen, turn.pause);
    }
}

void Kiosk::pull_loop(Task& task)
{
    Gate gate(*this, task);
    Line http(*this, task, Way::pull);
    PullSide side({&gate, &http, &*session_, &machine_.clock, &machine_.ids}, SyncPacing());
    for (;;) {
        const auto seen = wakes_;
        const auto turn = side.turn();
        heard(Way::pull, turn.round ? nullptr : &turn.round.error());
        if (turn.wakes_others)
            wake();
        pause(task, seen, turn.pause);
    }
}

/// As SyncWorker's threads wait.
void Kiosk::pause(Task& task, std::uint64_t seen, const Pause& pause)
{
    task.hold(pause.least);
    const Millis until = world_.timeline.now() + (pause.most - pause.least);
    while (wakes_ == seen && world_.timeline.now() < until)
        task.wait(until - world_.timeline.now());
}

void Kiosk::heard(Way way, const Error* trouble)
{
    well_[static_cast<std::size_t>(way)] = trouble == nullptr;
    if (trouble == nullptr)
        return;
    world_.note(fmt::format("{} {}: {}", disk_name_, way == Way::push ? "pushes" : "pulls", trouble->what));
    if (trouble->kind == ErrorKind::network)
        return;
    need_after(*trouble);
}

/// What the words ask of staff.
void Kiosk::need_after(const Error& error)
{
    const std::string words = error.text();
    const auto says = [&words](std::string_view part) { return words.find(part) != std::string::npos; };
    if (says("empty data folder") || says("nothing of either is lost"))
        need_ = Need::new_folder;
    else if (says("enrol this device again") || says("not signed by this device"))
        need_ = need_ == Need::new_folder ? need_ : Need::token;
    else
        throw Violation(fmt::format("{} was shut out: {}", disk_name_, words));
}

void Kiosk::enrol_with(const std::string& token)
{
    if (!up())
        return;
    stop_tasks();
    session_.reset();
    tasks_[2] = Task::start(world_.timeline, [this, token](Task& task) { enrol_loop(task, token); });
}

void Kiosk::enrol_loop(Task& task, const std::string& token)
{
    Line http(*this, task, Way::push);
    const auto enrolled = enrol(*store_, http, url, token);
    if (!machine_.disk.powered()) {
        world_.timeline.after(Millis(0), [this] { lose_power(); });
        return;
    }
    world_.note(fmt::format("{} enrols: {}", disk_name_, enrolled ? "done" : enrolled.error().what));
    if (!enrolled) {
        if (enrolled.error().kind != ErrorKind::network && store_->identity() && need_ == Need::token &&
            enrolled.error().where == "enrolment" &&
            enrolled.error().remedy.find("empty") != std::string::npos)
            need_ = Need::new_folder;
        return;
    }
    need_ = Need::nothing;
    start_sync();
}

// --- lockers -----------------------------------------------------------------------------------------------

std::optional<BankId> Kiosk::bank() const
{
    return terminal_ ? std::optional(terminal_->bank().bank) : std::nullopt;
}

void Kiosk::start_terminal()
{
    terminal_.emplace(
        world_, *board_, machine_.clock, [this]() -> const State& { return store_->view(); },
        [this](const Body& body) {
            world_.timeline.after(Millis(0), [this, body] { commit({{body}, "kiosk", {}, {}}); });
        });
    tasks_[3] = Task::start(world_.timeline, [this](Task& task) { bank_loop(task); });
}

void Kiosk::bank_loop(Task& task)
{
    Gate gate(*this, task);
    terminal_->run(task, gate);
}

void Kiosk::unlock(const UnlockRequest& request, const DelegateId& who)
{
    if (!terminal_) // its power went meanwhile
        return;
    terminal_->ask(request, who);
    tasks_[3]->wake();
}

// --- the machine -------------------------------------------------------------------------------------------

void Kiosk::stop_tasks()
{
    for (auto& task : tasks_) {
        if (task)
            task->kill();
        task.reset();
    }
    terminal_.reset();
}

void Kiosk::shut()
{
    stop_tasks();
    session_.reset();
    store_.reset();
    well_ = {};
}

void Kiosk::lose_power()
{
    if (machine_.disk.powered())
        return; // somebody was quicker
    world_.note(disk_name_ + " loses its power");
    ++world_.counts.power_cuts;
    shut();
    machine_.disk.restore_power();
    const bool long_away = world_.happens(150);
    world_.timeline.after(world_.millis_between(Millis(1000), Millis(long_away ? 1800000 : 60000)),
                          [this] { boot(); });
}

void Kiosk::cut_power_soon()
{
    machine_.disk.cut_power_in(static_cast<std::uint64_t>(world_.between(1, kiosk_calls_until_cut_max)));
}

void Kiosk::restart()
{
    if (!up())
        return;
    shut();
    if (!machine_.disk.powered())
        machine_.disk.restore_power();
    world_.timeline.after(world_.millis_between(Millis(500), Millis(20000)), [this] { boot(); });
}

void Kiosk::steady()
{
    lose_power(); // where it was about to
    machine_.disk.keep_power();
    boot();
}

// --- copies ------------------------------------------------------------------------------------------------

void Kiosk::keep_image()
{
    if (up() && need_ == Need::nothing)
        image_ = Image{machine_.disk.image(), own_, place_};
}

void Kiosk::put_image_back()
{
    if (!image_ || need_ != Need::nothing)
        return;
    shut();
    machine_.disk.load(image_->files);
    world_.history.disk_gone(disk_name_);
    new_disk_name();
    own_ = image_->own;
    place_ = image_->place;
    image_.reset();
    copied_ = true;
    world_.copied.insert(name_);
    ++world_.counts.copies;
    world_.note(fmt::format("{}: an old copy of the disk runs, with {} own facts", disk_name_, own_.counter));
    world_.timeline.after(world_.millis_between(Millis(1000), Millis(60000)), [this] { boot(); });
}

void Kiosk::become_clone_of(Kiosk& original)
{
    machine_.copy_from(original.machine_);
    own_ = original.own_;
    place_ = original.place_;
    need_ = Need::nothing;
    copied_ = original.copied_ = true;
    world_.copied.insert(name_);
    ++world_.counts.copies;
    world_.note(fmt::format("{} is a copy of {}", disk_name_, original.disk_name_));
    boot();
}

void Kiosk::retire()
{
    world_.note(disk_name_ + " is put away");
    shut();
    if (!machine_.disk.powered())
        machine_.disk.restore_power();
    machine_.disk.keep_power();
    world_.history.disk_gone(disk_name_);
    retired_ = true;
}

void Kiosk::check_in_cupboard()
{
    auto opened = open();
    if (!opened)
        throw Violation(
            fmt::format("{} in the cupboard does not open: {}", disk_name_, opened.error().text()));
    store_.emplace(std::move(*opened));
    check_kept();
    const auto broken = store_->verify_journal();
    if (!broken || *broken)
        throw Violation(fmt::format("{} in the cupboard: {}", disk_name_,
                                    broken ? (*broken)->why : broken.error().text()));
    store_.reset();
}

} // namespace montbrillant::simulation
