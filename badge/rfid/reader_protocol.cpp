// SPDX-License-Identifier: Apache-2.0
#include "badge/rfid/reader_protocol.hpp"

#include "sync/base/json.hpp"

#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr JsonLimits line_limits{.bytes_max = reader_line_max, .depth_max = 4};
constexpr int tier_max = 2;

Json as_json(const ReadyLine& line)
{
    return {{"event", "ready"}, {"firmware", line.firmware}, {"device", line.device}};
}
Json as_json(const TapLine& line)
{
    return {{"event", "tap"},    {"uid", line.card.uid.str()}, {"family", to_text(line.card.family)},
            {"tier", line.tier}, {"badge", nullptr},           {"issue", nullptr}};
}
Json as_json(const GoneLine& line) { return {{"event", "gone"}, {"uid", line.uid.str()}}; }
Json as_json(const ErrorLine& line)
{
    return {{"event", "error"}, {"what", line.what}, {"remedy", line.remedy}};
}
Json as_json(const BeatLine&) { return {{"event", "beat"}}; }

tl::unexpected<Error> bad(std::string_view event, std::string_view member)
{
    return fail(ErrorKind::input, fmt::format("the event \"{}\" has no valid \"{}\"", event, member),
                "reader");
}

Result<ReaderLine> parse_ready(const Json& object)
{
    auto firmware = json_text(object, "firmware");
    auto device = json_text(object, "device");
    if (!firmware)
        return bad("ready", "firmware");
    if (!device)
        return bad("ready", "device");
    return ReadyLine{std::move(*firmware), std::move(*device)};
}

Result<ReaderLine> parse_tap(const Json& object)
{
    const auto uid = card_uid_from_text(json_text_or(object, "uid", ""));
    const auto family = card_family_from_text(json_text_or(object, "family", ""));
    const auto tier = json_int(object, "tier");
    if (!uid)
        return bad("tap", "uid");
    if (!family)
        return bad("tap", "family");
    if (!tier || *tier < 0 || *tier > tier_max)
        return bad("tap", "tier");
    return TapLine{{*uid, *family}, static_cast<int>(*tier)};
}

Result<ReaderLine> parse_gone(const Json& object)
{
    const auto uid = card_uid_from_text(json_text_or(object, "uid", ""));
    if (!uid)
        return bad("gone", "uid");
    return GoneLine{*uid};
}

Result<ReaderLine> parse_error(const Json& object)
{
    auto what = json_text(object, "what");
    auto remedy = json_text(object, "remedy");
    if (!what)
        return bad("error", "what");
    if (!remedy)
        return bad("error", "remedy");
    return ErrorLine{std::move(*what), std::move(*remedy)};
}

Result<Json> parse_object(std::string_view text, std::string where)
{
    MB_TRY(Json object, parse_json(text, where, line_limits));
    if (!object.is_object())
        return fail(ErrorKind::input, "a line is one JSON object", std::move(where));
    return object;
}

} // namespace

std::string format_reader_line(const ReaderLine& line)
{
    return dump_json(std::visit([](const auto& event) { return as_json(event); }, line));
}

Result<ReaderLine> parse_reader_line(std::string_view text)
{
    MB_TRY(const Json object, parse_object(text, "reader"));
    const std::string event = json_text_or(object, "event", "");
    if (event == "beat")
        return BeatLine{};
    if (event == "tap")
        return parse_tap(object);
    if (event == "gone")
        return parse_gone(object);
    if (event == "ready")
        return parse_ready(object);
    if (event == "error")
        return parse_error(object);
    return fail(ErrorKind::input, "the line has no known \"event\"", "reader");
}

Result<ReaderCommand> parse_reader_command(std::string_view text)
{
    const std::string remedy = R"(send {"command":"quit"})";
    auto object = parse_object(text, "command");
    if (!object)
        return fail(ErrorKind::input, object.error().what, "command", remedy);
    const auto command = json_text(*object, "command");
    if (command == "quit")
        return ReaderCommand::quit;
    return fail(ErrorKind::input, fmt::format("the command \"{}\" is not known", command.value_or("")),
                "command", remedy);
}

} // namespace montbrillant
