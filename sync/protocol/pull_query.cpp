// SPDX-License-Identifier: Apache-2.0
// The requests whose data is in their address. Every value is of characters that need no escaping.
#include "sync/base/number.hpp"
#include "sync/protocol/messages.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace montbrillant::protocol {
namespace {

constexpr std::string_view pull_path = "/v1/sync/pull";
constexpr std::string_view snapshot_path = "/v1/sync/snapshot";

std::optional<std::uint64_t> bounded_number(std::string_view text, std::uint64_t max)
{
    const auto value = number_from<std::uint64_t>(text);
    return value && *value <= max ? value : std::nullopt;
}

tl::unexpected<Error> wrong(std::string what) { return fail(ErrorKind::input, std::move(what), "pull"); }

using Parameters = std::map<std::string_view, std::string_view>;

std::string_view value_of(const Parameters& values, std::string_view name, std::string_view fallback)
{
    const auto found = values.find(name);
    return found == values.end() ? fallback : found->second;
}

Result<Parameters> parameters(std::string_view target, std::string_view path)
{
    if (!target.starts_with(path))
        return wrong("not a pull");
    std::string_view query = target.substr(std::min(target.size(), path.size() + 1));
    Parameters out;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos ||
            !out.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second)
            return wrong("the query must be name=value, each name once");
    }
    return out;
}

Result<DeviceId> device_in(const Parameters& values)
{
    DeviceId device{std::string(value_of(values, "device", ""))};
    if (!is_device_name(device.str()))
        return wrong("\"device\" must be the name of a device");
    return device;
}

} // namespace

std::string write_place(const LogPlace& place)
{
    return fmt::format("{}:{}", place.seq, to_hex(place.log_hash));
}

std::optional<LogPlace> read_place(std::string_view text)
{
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto seq = bounded_number(text.substr(0, colon), std::numeric_limits<std::int64_t>::max());
    const auto raw = from_hex(text.substr(colon + 1));
    LogPlace place;
    if (!seq || !raw || raw->size() != place.log_hash.size())
        return std::nullopt;
    place.seq = *seq;
    std::copy(raw->begin(), raw->end(), place.log_hash.begin());
    return place;
}

std::string pull_target(const PullQuery& query)
{
    return fmt::format("{}?device={}&cursor={}&limit={}&wait={}", pull_path, query.device.str(),
                       write_place(query.cursor), query.limit, query.wait.count() / 1000);
}

std::string snapshot_target(const DeviceId& device)
{
    return fmt::format("{}?device={}", snapshot_path, device.str());
}

Result<DeviceId> read_snapshot_query(std::string_view target)
{
    MB_TRY(const auto values, parameters(target, snapshot_path));
    return device_in(values);
}

Result<PullQuery> read_pull_query(std::string_view target)
{
    MB_TRY(const auto values, parameters(target, pull_path));
    PullQuery query;
    MB_TRY(query.device, device_in(values));
    const auto cursor = read_place(value_of(values, "cursor", ""));
    if (!cursor)
        return wrong("\"cursor\" must be SEQ:HASH with 64 hex digits");
    query.cursor = *cursor;
    const auto limit = bounded_number(value_of(values, "limit", "500"), rows_per_pull_max);
    const auto wait_s =
        bounded_number(value_of(values, "wait", "0"), static_cast<std::uint64_t>(wait_max.count() / 1000));
    if (!limit || *limit == 0)
        return wrong(fmt::format("\"limit\" must be from 1 to {}", rows_per_pull_max));
    if (!wait_s)
        return wrong(fmt::format("\"wait\" must be from 0 to {} seconds", wait_max.count() / 1000));
    query.limit = static_cast<std::size_t>(*limit);
    query.wait = Millis(static_cast<std::int64_t>(*wait_s) * 1000);
    return query;
}

} // namespace montbrillant::protocol
