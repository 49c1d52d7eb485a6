// SPDX-License-Identifier: Apache-2.0
#include "sync/base/json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {

// Counted before parsing: the parser itself recurses for nobody.
bool json_is_deep(std::string_view text, int depth_max)
{
    if (std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) <= depth_max)
        return false;
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > depth_max)
                return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

Result<Json> parse_json(std::string_view text, std::string where, JsonLimits limits)
{
    if (text.size() > limits.bytes_max)
        return fail(ErrorKind::input,
                    fmt::format("{} bytes are more than the {} allowed", text.size(), limits.bytes_max),
                    std::move(where));
    if (json_is_deep(text, limits.depth_max))
        return fail(ErrorKind::input, fmt::format("nested deeper than {} levels", limits.depth_max),
                    std::move(where));
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        return fail(ErrorKind::input, fmt::format("not JSON at byte {}", error.byte), std::move(where));
    } catch (const Json::out_of_range&) {
        // 1e999 is JSON by its grammar and no double.
        return fail(ErrorKind::input, "a number is out of range", std::move(where));
    }
}

std::string dump_json(const Json& value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool append_json(std::string& out, std::string_view text)
{
    const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (std::all_of(text.begin(), text.end(), plain)) {
        out.append(1, '"').append(text).append(1, '"');
        return true;
    }
    const Json value(text);
    try {
        out += value.dump();
        return true;
    } catch (const Json::type_error&) {
        out += dump_json(value);
        return false;
    }
}

std::optional<std::string> json_text(const Json& object, std::string_view key)
{
    if (!object.is_object())
        return std::nullopt;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string())
        return std::nullopt;
    return found->get<std::string>();
}

std::string json_text_or(const Json& object, std::string_view key, std::string fallback)
{
    return json_text(object, key).value_or(std::move(fallback));
}

std::optional<std::int64_t> json_int(const Json& object, std::string_view key)
{
    if (!object.is_object())
        return std::nullopt;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer())
        return std::nullopt;
    return found->get<std::int64_t>();
}

std::int64_t json_int_or(const Json& object, std::string_view key, std::int64_t fallback)
{
    return json_int(object, key).value_or(fallback);
}

bool json_bool_or(const Json& object, std::string_view key, bool fallback)
{
    if (!object.is_object())
        return fallback;
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

} // namespace montbrillant
