// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Reading a JSON object strictly: every getter checks type and limit, the first complaint is kept, and
/// `finish` returns it. Values after a complaint are empty. Include in .cpp files only.

#include "sync/base/bytes.hpp"
#include "sync/base/json_view.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <limits>

namespace montbrillant::protocol {

class Fields {
public:
    Fields(JsonView object, std::string where) : object_(object), where_(std::move(where))
    {
        if (!object_.is_object())
            complain("an object is expected");
    }

    [[nodiscard]] bool has(std::string_view key) const { return bool(object_.find(key)); }

    [[nodiscard]] std::string text(std::string_view key, std::size_t bytes_max)
    {
        const auto value = object_.find(key).text();
        if (!value || value->size() > bytes_max)
            complain(fmt::format("\"{}\" must be a text of at most {} bytes", key, bytes_max));
        return std::string(value.value_or(std::string_view()));
    }
    [[nodiscard]] std::string text_or_empty(std::string_view key, std::size_t bytes_max)
    {
        return has(key) ? text(key, bytes_max) : std::string();
    }
    template <class Id> [[nodiscard]] Id id(std::string_view key)
    {
        Id value(text(key, 64));
        if (value.empty())
            complain(fmt::format("\"{}\" is empty", key));
        return value;
    }
    [[nodiscard]] std::uint64_t number(std::string_view key, std::uint64_t min, std::uint64_t max)
    {
        const auto value = object_.find(key).integer();
        if (!value || *value < 0 || static_cast<std::uint64_t>(*value) < min ||
            static_cast<std::uint64_t>(*value) > max) {
            complain(fmt::format("\"{}\" must be a whole number from {} to {}", key, min, max));
            return min;
        }
        return static_cast<std::uint64_t>(*value);
    }
    /// Within what a signed 64-bit column holds.
    [[nodiscard]] std::uint64_t count(std::string_view key, std::uint64_t min)
    {
        return number(key, min, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    }
    [[nodiscard]] std::uint32_t epoch(std::string_view key)
    {
        return static_cast<std::uint32_t>(number(key, 1, std::numeric_limits<std::int32_t>::max()));
    }
    [[nodiscard]] std::int64_t time(std::string_view key)
    {
        const auto value = object_.find(key).integer();
        if (!value)
            complain(fmt::format("\"{}\" must be milliseconds since 1970", key));
        return value.value_or(0);
    }
    [[nodiscard]] bool boolean(std::string_view key)
    {
        const auto value = object_.find(key).boolean();
        if (!value)
            complain(fmt::format("\"{}\" must be true or false", key));
        return value.value_or(false);
    }
    template <std::size_t N> [[nodiscard]] std::array<std::uint8_t, N> hex(std::string_view key)
    {
        std::array<std::uint8_t, N> out{};
        const auto raw = from_hex(object_.find(key).text().value_or(std::string_view()));
        if (!raw || raw->size() != N)
            complain(fmt::format("\"{}\" must be {} hex digits", key, 2 * N));
        else
            std::copy(raw->begin(), raw->end(), out.begin());
        return out;
    }
    [[nodiscard]] Bytes hex_bytes(std::string_view key, std::size_t bytes_max)
    {
        auto raw = from_hex(text(key, 2 * bytes_max));
        if (!raw)
            complain(fmt::format("\"{}\" must be hex digits", key));
        return std::move(raw).value_or(Bytes{});
    }
    /// None when it is missing.
    [[nodiscard]] std::vector<JsonView> list(std::string_view key, std::size_t size_max)
    {
        const JsonView found = object_.find(key);
        std::vector<JsonView> items = found.items();
        if (!found.is_array() || items.size() > size_max) {
            complain(fmt::format("\"{}\" must be a list of at most {}", key, size_max));
            items.clear();
        }
        return items;
    }
    /// Nothing when it is missing.
    [[nodiscard]] JsonView object(std::string_view key)
    {
        const JsonView found = object_.find(key);
        if (!found.is_object())
            complain(fmt::format("\"{}\" must be an object", key));
        return found;
    }
    void complain(std::string what)
    {
        if (complaint_.empty())
            complaint_ = std::move(what);
    }
    /// Takes over the complaint of an inner object.
    void adopt(const Fields& inner)
    {
        if (!inner.complaint_.empty())
            complain(fmt::format("{}: {}", inner.where_, inner.complaint_));
    }
    [[nodiscard]] Result<> finish() const
    {
        if (complaint_.empty())
            return {};
        return fail(ErrorKind::input, complaint_, where_);
    }

private:
    JsonView object_;
    std::string where_;
    std::string complaint_;
};

} // namespace montbrillant::protocol
