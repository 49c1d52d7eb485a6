// SPDX-License-Identifier: Apache-2.0
#pragma once

/// JSON behind one include, with limits: text from outside is parsed by `parse_json` only. Keys come out
/// sorted, so `dump` is canonical. Include it in .cpp files; headers take <nlohmann/json_fwd.hpp>.

#include "sync/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace montbrillant {

using Json = nlohmann::json;

struct JsonLimits {
    std::size_t bytes_max = 16U * 1024U * 1024U;
    int depth_max = 32;
};

/// Refuses what is too long, too deep, not UTF-8 or not JSON, and says at which byte.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::string where, JsonLimits limits = {});

/// Whether it nests deeper than that; strings do not count.
[[nodiscard]] bool json_is_deep(std::string_view text, int depth_max);

/// Compact, sorted keys, UTF-8 as is; bytes that are not UTF-8 become U+FFFD instead of throwing.
[[nodiscard]] std::string dump_json(const Json& value);
/// The same of a text, behind what `out` holds. False: it was not UTF-8.
[[nodiscard]] bool append_json(std::string& out, std::string_view text);

/// The member if it is there and a string; the `_or` forms give a default instead.
[[nodiscard]] std::optional<std::string> json_text(const Json& object, std::string_view key);
[[nodiscard]] std::string json_text_or(const Json& object, std::string_view key, std::string fallback);
[[nodiscard]] std::optional<std::int64_t> json_int(const Json& object, std::string_view key);
[[nodiscard]] std::int64_t json_int_or(const Json& object, std::string_view key, std::int64_t fallback);
[[nodiscard]] bool json_bool_or(const Json& object, std::string_view key, bool fallback);

} // namespace montbrillant
