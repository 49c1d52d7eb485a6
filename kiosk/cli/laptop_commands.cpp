// SPDX-License-Identifier: Apache-2.0
#include "kiosk/cli/command_line.hpp"
#include "kiosk/cli/decision.hpp"
#include "sync/base/json.hpp"
#include "sync/protocol/messages.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace montbrillant {
namespace {

constexpr std::size_t tag_bytes_max = 32;

struct LaptopOptions {
    std::vector<std::string> tags;
    std::string tag;
    std::string id;
    std::string staff;
    std::string condition = "complete";
    std::string instead;
    std::string home;
};

bool is_tag(const std::string& tag)
{
    return !tag.empty() && tag.size() <= tag_bytes_max &&
           std::all_of(tag.begin(), tag.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Result<int> add(CommandHost& host, Output& output, const LaptopOptions& options)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto event, profile_of(*store));
    if (!options.home.empty() && !protocol::is_device_name(options.home))
        return fail(ErrorKind::input, "is no name of a device", options.home);
    const DeviceId home = options.home.empty() ? store->identity()->device : DeviceId(options.home);
    Draft draft;
    draft.actor = "staff";
    for (const auto& tag : std::set<std::string>(options.tags.begin(), options.tags.end())) {
        if (!is_tag(tag))
            return fail(ErrorKind::input, "is no asset tag: 1 to 32 printable characters without spaces",
                        tag);
        if (store->view().laptops.find(LaptopTag(tag)) == nullptr)
            draft.facts.push_back(fact::LaptopAdded{LaptopTag(tag), home});
    }
    const std::size_t added = draft.facts.size();
    if (added > 0)
        MB_CHECK(store->commit(draft));
    const std::size_t known = options.tags.size() - added;
    output.say({{"added", added}, {"known", known}},
               fmt::format("{} laptops added, {} known already", added, known));
    return 0;
}

Result<int> join(CommandHost& host, Output& output, const LaptopOptions& options)
{
    MB_TRY(Desk* const desk, host.desk());
    const auto offer = desk->join_queue(DelegateId(options.id));
    if (!offer)
        return error_of(offer.error(), options.id);
    output.say({{"ticket", offer->ticket}, {"place", offer->place}},
               fmt::format("ticket {}, place {}", offer->ticket, offer->place));
    return 0;
}

Result<int> queue(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    std::size_t place = 0;
    for (const auto& waiting : store->view().laptop_queue().waiting) {
        ++place;
        output.say({{"place", place}, {"delegate", waiting.delegate.str()}, {"ticket", waiting.ticket}},
                   fmt::format("{:>3} {:<12} {}", place, waiting.ticket, waiting.delegate.str()));
    }
    return 0;
}

Result<int> issue(CommandHost& host, Output& output, const LaptopOptions& options)
{
    MB_TRY(Desk* const desk, host.desk());
    if (options.tag.empty())
        return fail(ErrorKind::input, "is empty: an asset tag was expected", "TAG");
    const auto offer =
        desk->lend(DelegateId(options.staff), DelegateId(options.id), LaptopTag(options.tag), true);
    if (!offer)
        return error_of(offer.error(), options.tag);
    output.say({{"laptop", options.tag}, {"delegate", options.id}, {"due", offer->due}},
               fmt::format("{} is lent to {} until {}", options.tag, options.id, offer->due));
    return 0;
}

Result<int> take_back(CommandHost& host, Output& output, const LaptopOptions& options)
{
    MB_TRY(Desk* const desk, host.desk());
    const bool faulty = options.condition != "complete";
    const auto back =
        desk->take_back(DelegateId(options.staff), LaptopTag(options.tag), faulty, options.condition);
    if (!back)
        return error_of(back.error(), options.tag);
    output.say({{"laptop", options.tag}, {"returned", true}, {"repair", faulty}},
               fmt::format("{} is back{}", options.tag, faulty ? ", for repair" : ""));
    return 0;
}

Result<int> swap(CommandHost& host, Output& output, const LaptopOptions& options)
{
    const command::SwapLaptop wish{
        LaptopTag(options.tag), LaptopTag(options.instead), DelegateId(options.staff), options.condition, {}};
    MB_TRY(const Decision decided, carry_out(host, wish, options.staff, options.tag));
    output.say({{"laptop", options.tag}, {"instead", options.instead}, {"repair", true}},
               fmt::format("{} goes to repair, {} goes on in its place", options.tag, options.instead));
    return 0;
}

Result<int> leave(CommandHost& host, Output& output, const LaptopOptions& options)
{
    MB_TRY(const Decision decided,
           carry_out(host, command::LeaveLaptopQueue{DelegateId(options.id)}, options.id, options.id));
    output.say({{"delegate", options.id}, {"left", true}}, options.id + " waits no more");
    return 0;
}

/// Loans whose due time has passed, longest first.
Result<int> overdue(CommandHost& host, Output& output)
{
    MB_TRY(Store* const store, host.store());
    MB_TRY(const auto profile, profile_of(*store));
    const LocalTime now = local_time(profile->time_zone, host.clock().wall());
    const std::string moment = fmt::format("{} {}", now.date.str(), now.time.str());
    std::multimap<std::string, std::pair<std::string, std::string>> late;
    store->view().laptops.each([&](const LaptopTag& tag, const Laptop& laptop) {
        if (!laptop.borrower.empty() && !laptop.due.empty() && laptop.due < moment)
            late.emplace(laptop.due, std::pair(tag.str(), laptop.borrower.str()));
    });
    for (const auto& [due, loan] : late)
        output.say({{"laptop", loan.first}, {"delegate", loan.second}, {"due", due}},
                   fmt::format("{:<12} {:<12} was due {}", loan.first, loan.second, due));
    return 0;
}

} // namespace

void add_laptop_commands(const CommandTree& tree)
{
    const Subcommand laptop = add_group(tree, "laptop", "Loaner laptops, first come, first served",
                                        "--data demo laptop issue LT-007 R-000001 --staff R-000009");
    const auto options = std::make_shared<LaptopOptions>();
    const Subcommand add_some =
        add_command(tree, laptop, "add", "Takes laptops into the inventory of this desk",
                    "--data demo laptop add LT-001 LT-002 LT-003 --home K1", with(options, add));
    add_some.option("TAG", options->tags, "Asset tags").required();
    add_some.option("--home", options->home,
                    "The device that has them, and lends them while offline; this one by default");
    add_command(tree, laptop, "join", "Joins the queue and gets a ticket", "--data demo laptop join R-000001",
                with(options, join))
        .option("ID", options->id, "Registration id")
        .required();
    add_command(tree, laptop, "queue", "Who waits, in order", "--data demo laptop queue", queue);
    const Subcommand issue_one =
        add_command(tree, laptop, "issue", "Lends a laptop",
                    "--data demo laptop issue LT-007 R-000001 --staff R-000009", with(options, issue));
    issue_one.option("TAG", options->tag, "Asset tag").required();
    issue_one.option("ID", options->id, "Registration id of the borrower").required();
    issue_one.option("--staff", options->staff, "Registration id of who lends it").required();
    const Subcommand swap_one =
        add_command(tree, laptop, "swap", "Exchanges a faulty laptop; the loan goes on",
                    "--data demo laptop swap LT-007 LT-008 --staff R-000009", with(options, swap));
    swap_one.option("TAG", options->tag, "The faulty one").required();
    swap_one.option("NEWTAG", options->instead, "The one in its place").required();
    swap_one.option("--staff", options->staff, "Registration id of who exchanges it").required();
    add_command(tree, laptop, "leave", "Leaves the queue", "--data demo laptop leave R-000001",
                with(options, leave))
        .option("ID", options->id, "Registration id")
        .required();
    add_command(tree, laptop, "overdue", "Loans whose time is over", "--data demo laptop overdue", overdue);
    const Subcommand return_one =
        add_command(tree, laptop, "return", "Takes a laptop back, whoever brings it",
                    "--data demo laptop return LT-007 --staff R-000009", with(options, take_back));
    return_one.option("TAG", options->tag, "Asset tag").required();
    return_one.option("--staff", options->staff, "Registration id of who takes it").required();
    return_one.option("--condition", options->condition, "Anything but \"complete\" sends it to repair")
        .sized(0, 400);
}

} // namespace montbrillant
