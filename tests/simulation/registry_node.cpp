// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/registry_node.hpp"

#include <algorithm>
#include <utility>

namespace montbrillant::simulation {
namespace {

constexpr std::string_view file_name = "registry.db";
constexpr std::size_t backups_max = 5;
// Meetings here are short; with pages and segments as large as usual nobody would need a second one.
constexpr std::size_t page_rows = 40;
constexpr std::uint64_t snapshot_segment_rows = 25;
constexpr std::size_t snapshot_bytes_max = 1U << 24;
constexpr std::int64_t registry_calls_until_cut_max = 500;

bool is_database(const std::string& name) { return name.find(file_name) != std::string::npos; }

template <class T> T certain(Result<T> result, std::string_view what)
{
    if (!result)
        throw Violation(fmt::format("the registry: {}: {}", what, result.error().text()));
    return std::move(*result);
}
void certain(Result<> result, std::string_view what)
{
    if (!result)
        throw Violation(fmt::format("the registry: {}: {}", what, result.error().text()));
}

} // namespace

RegistryNode::RegistryNode(World& world, std::uint64_t seed) : world_(world), machine_(world, seed)
{
    auto store =
        certain(Store::open(machine_.options(std::string(file_name)), machine_.clock, machine_.ids), "opens");
    certain(store.initialise({DeviceId("registry"), EventId("e"), true, 1, "", "name = \"e\""},
                             EventKeys::fresh()),
            "begins");
    serve(certain(registry::Service::open(std::move(store), machine_.clock, machine_.ids), "serves"));
}

void RegistryNode::receive(const HttpCall& call, const Reply& reply)
{
    if (!up())
        return reply(std::nullopt);
    registry::HttpRequest request{call.method, call.target, call.signature, call.body};
    request.conditions = {call.range, call.if_match, {}};
    if (call.method == "GET") {
        auto ask = registry::read_ask(request, service_->registry_id());
        if (auto* pull = ask ? std::get_if<registry::PullAsk>(&*ask) : nullptr; pull != nullptr)
            return serve_pull({std::move(*pull), world_.timeline.now() + pull->query.wait, reply});
    }
    const auto response = service_->http(request);
    if (!settled())
        return reply(std::nullopt);
    world_.note(fmt::format("registry {} {} -> {} head {}", call.method, call.target.substr(0, 14),
                            response.status, store().log_head()));
    reply(HttpAnswer{response.status, registry::whole_body(response), registry::header_of(response, "ETag"),
                     registry::header_of(response, "Content-Range")});
    serve_parked();
    tend_snapshot();
}

/// As the server does in idle turns; the disk may fail under it as under any other read.
void RegistryNode::tend_snapshot()
{
    while (up() && service_->tend_snapshot().value_or(false)) {
    }
    if (service_)
        settled();
}

void RegistryNode::serve(registry::Service service)
{
    service_.emplace(std::move(service));
    service_->cut_snapshot({snapshot_segment_rows, snapshot_bytes_max});
}

void RegistryNode::serve_pull(Parked parked)
{
    parked.ask.query.limit = std::min(parked.ask.query.limit, page_rows);
    const auto answer = service_->pull(parked.ask);
    if (!settled())
        return parked.reply(std::nullopt);
    const bool nothing = answer && answer->rows.empty() && !answer->more;
    if (nothing && world_.timeline.now() < parked.until) {
        const Millis left = parked.until - world_.timeline.now();
        parked_.push_back(std::move(parked));
        return world_.timeline.after(left, [this] { serve_parked(); });
    }
    note_pull(parked, answer ? answer->rows.size() : 0);
    auto response = registry::response_of(answer);
    parked.reply(HttpAnswer{response.status, std::move(response.body)});
}

void RegistryNode::note_pull(const Parked& parked, std::size_t rows)
{
    world_.note(fmt::format("registry sends {} rows after {} to {}", rows, parked.ask.query.cursor.seq,
                            parked.ask.query.device.str()));
}

void RegistryNode::serve_parked()
{
    std::map<Place, Made> made;
    for (auto& parked : std::exchange(parked_, {})) {
        const protocol::PullQuery& query = parked.ask.query;
        if (!up())
            parked.reply(std::nullopt);
        else if (query.cursor.seq == store().log_head() && world_.timeline.now() < parked.until)
            parked_.push_back(std::move(parked));
        else if (!service_->admission().is_active(query.device))
            serve_pull(std::move(parked));
        else
            wake(parked, made[{query.cursor.seq, query.cursor.log_hash, query.limit}]);
    }
}

void RegistryNode::wake(const Parked& parked, Made& made)
{
    if (!made.answer) {
        const auto answer = service_->pull_again(parked.ask);
        if (!settled())
            return parked.reply(std::nullopt);
        auto response = registry::response_of(answer);
        made = {answer ? answer->rows.size() : 0, HttpAnswer{response.status, std::move(response.body)}};
    }
    note_pull(parked, made.rows);
    parked.reply(made.answer);
}

bool RegistryNode::settled()
{
    if (!machine_.disk.powered()) {
        go_down();
        return false;
    }
    const Cursor now = store().log_end();
    world_.counts.handled += now.seq - acknowledged_.seq;
    acknowledged_ = now;
    return true;
}

void RegistryNode::go_down()
{
    world_.note("registry loses its power");
    ++world_.counts.power_cuts;
    service_.reset();
    machine_.disk.restore_power();
    for (const auto& parked : std::exchange(parked_, {}))
        parked.reply(std::nullopt);
    const bool long_away = world_.happens(150);
    world_.timeline.after(world_.millis_between(Millis(500), Millis(long_away ? 1200000 : 30000)),
                          [this] { boot(); });
}

void RegistryNode::boot()
{
    if (service_)
        return;
    machine_.clock.booted = world_.timeline.now();
    if (world_.faults && world_.happens(150))
        cut_power_soon();
    auto store = Store::open(machine_.options(std::string(file_name)), machine_.clock, machine_.ids);
    auto service = store ? registry::Service::open(std::move(*store), machine_.clock, machine_.ids)
                         : Result<registry::Service>(tl::unexpected(store.error()));
    if (!machine_.disk.powered()) {
        service = fail(ErrorKind::storage, "no power");
        return go_down();
    }
    serve(certain(std::move(service), "starts"));
    const auto kept = certain(this->store().log_hash_at(acknowledged_.seq), "its log");
    if (!kept || *kept != acknowledged_.log_hash)
        throw Violation(
            fmt::format("the registry said that it had {} facts and lost some of them", acknowledged_.seq));
    world_.note(fmt::format("registry is up, head {}", this->store().log_head()));
    acknowledged_ = this->store().log_end();
}

bool RegistryNode::work(const std::function<Result<>(Store&)>& what)
{
    if (!up())
        return false;
    const auto done = what(store());
    if (!settled())
        return false;
    if (!done && done.error().kind != ErrorKind::refused)
        throw Violation("the registry's organizer: " + done.error().text());
    serve_parked();
    return done.has_value();
}

std::optional<std::string> RegistryNode::token(const std::string& device)
{
    if (!up())
        return std::nullopt;
    auto token =
        service_->admission().issue_token(service_->ledger(), device, machine_.clock.wall(), machine_.ids);
    if (!settled())
        return std::nullopt;
    return certain(std::move(token), "a token");
}

void RegistryNode::cut_power_soon()
{
    machine_.disk.cut_power_in(static_cast<std::uint64_t>(world_.between(1, registry_calls_until_cut_max)));
}

std::size_t RegistryNode::erased_people() { return store().key_store().erased().size(); }

void RegistryNode::back_up()
{
    if (!up())
        return;
    Backup backup{{}, erased_people()};
    for (auto& [name, bytes] : machine_.disk.image()) {
        if (is_database(name))
            backup.database[name] = bytes;
    }
    backups_.push_back(std::move(backup));
    if (backups_.size() > backups_max)
        backups_.erase(backups_.begin());
    world_.note(fmt::format("registry is backed up at {}", store().log_head()));
}

void RegistryNode::restore(bool by_hand)
{
    if (!up() || backups_.empty())
        return;
    const bool latest = world_.happens(600);
    const Backup& backup = latest ? backups_.back() : backups_[world_.chance.below(backups_.size())];
    if (!by_hand || backup.erased == erased_people())
        put_back(backup, by_hand);
}

void RegistryNode::restore_latest()
{
    if (up() && !backups_.empty())
        put_back(backups_.back(), false);
}

void RegistryNode::put_back(const Backup& backup, bool by_hand)
{
    machine_.disk.keep_power();
    const auto head = store().log_head();
    end_life();
    const auto devices = certain(store().setting(registry::Admission::setting_name), "its devices");
    service_.reset();
    auto files = backup.database;
    for (auto& [name, bytes] : machine_.disk.image()) {
        if (!is_database(name))
            files[name] = bytes;
    }
    machine_.disk.load(files);
    auto store = certain(Store::open(machine_.options(std::string(file_name)), machine_.clock, machine_.ids),
                         "a backup");
    if (!by_hand)
        static_cast<void>(
            certain(registry::begin_again(store, devices, machine_.clock, machine_.ids), "begins"));
    by_hand_ = by_hand_ || by_hand;
    serve(certain(registry::Service::open(std::move(store), machine_.clock, machine_.ids), "serves again"));
    world_.note(fmt::format("registry goes back from {} to {}{}", head, this->store().log_head(),
                            by_hand ? ", by hand" : ""));
    acknowledged_ = this->store().log_end();
    world_.history.registry_restored();
    ++world_.counts.restores;
    for (const auto& parked : std::exchange(parked_, {}))
        parked.reply(std::nullopt);
}

void RegistryNode::steady()
{
    if (!machine_.disk.powered())
        go_down();
    machine_.disk.keep_power();
    boot();
}

void RegistryNode::end_life()
{
    LogLife life;
    for (std::uint64_t seq = 1; seq <= store().log_head(); ++seq)
        life.hashes.push_back(certain(store().log_hash_at(seq), "its log").value_or(crypto::Hash{}));
    world_.history.log_lived(std::move(life));
}

} // namespace montbrillant::simulation
