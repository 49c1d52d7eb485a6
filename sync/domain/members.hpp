// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One description of a value's members serves writing and reading: `members(io, value)` names each once, and
/// `io` is a MemberWriter or a MemberReader. For .cpp files of this room only.
///
///   io("badge", f.badge)      must be there when read, an id must not be empty
///   io.later("wiped", f.wiped) came after the first release: keeps its default when absent

#include "sync/base/json.hpp"
#include "sync/domain/facts.hpp"
#include "sync/domain/state.hpp"

#include <fmt/format.h>

namespace montbrillant {

/// Enumerations that are written by name.
template <class Enum> std::optional<Enum> named(std::string_view name) = delete;
template <> inline std::optional<Category> named(std::string_view name) { return category_from(name); }
template <> inline std::optional<Role> named(std::string_view name) { return role_from(name); }
template <> inline std::optional<Flag> named(std::string_view name) { return flag_from(name); }
template <> inline std::optional<Registration> named(std::string_view n) { return registration_from(n); }
template <> inline std::optional<Language> named(std::string_view name) { return language_from_code(name); }
template <> inline std::optional<Right> named(std::string_view name) { return right_from(name); }
template <> inline std::optional<Choice> named(std::string_view name) { return choice_from(name); }
template <> inline std::optional<IssueReason> named(std::string_view n) { return issue_reason_from(n); }
inline std::string_view name_of(Language language) { return language_code(language); }

template <class T>
concept NamedEnum = std::is_enum_v<T>;

class MemberWriter {
public:
    template <class T> using Of = const T&;
    static constexpr bool reads = false;

    template <class T> void operator()(std::string_view key, const T& value)
    {
        object_.emplace(std::string(key), json(value));
    }
    template <class T> void later(std::string_view key, const T& value) { (*this)(key, value); }
    /// Members of an inner value stand in the same object.
    template <class T> void inlined(const T& value) { members(*this, value); }

    [[nodiscard]] Json take() { return std::move(object_); }

    static Json json(const std::string& value) { return value; }
    static Json json(bool value) { return value; }
    static Json json(unsigned value) { return value; }
    static Json json(const WallTime& value) { return value.ms; }
    template <class Tag> static Json json(const TextId<Tag>& value) { return value.str(); }
    template <NamedEnum E> static Json json(const E& value) { return std::string(name_of(value)); }
    static Json json(const LockerNo& no) { return {{"bank", no.bank.str()}, {"door", no.door}}; }
    static Json json(const std::optional<unsigned>& value) { return value ? Json(*value) : Json(nullptr); }
    template <class Tag> static Json json(const std::optional<TextId<Tag>>& value)
    {
        return value ? Json(value->str()) : Json(nullptr);
    }
    template <class T> static Json json(const std::set<T>& values) { return list(values); }
    template <class T> static Json json(const std::vector<T>& values) { return list(values); }
    template <class T> static Json json(const T& value)
    {
        MemberWriter inner;
        members(inner, value);
        return inner.take();
    }

private:
    template <class Range> static Json list(const Range& values)
    {
        Json out = Json::array();
        for (const auto& value : values)
            out.push_back(json(value));
        return out;
    }
    Json object_ = Json::object();
};

/// Remembers the first member that is missing or of another type.
class MemberReader {
public:
    template <class T> using Of = T&;
    static constexpr bool reads = true;
    explicit MemberReader(const Json& object) : object_(object) {}

    template <class T> void operator()(std::string_view key, T& value)
    {
        const Json* found = find(key);
        if (found == nullptr || !read(*found, value))
            note(key);
        if constexpr (requires {
                          value.empty();
                          value.str();
                      }) {
            if (value.empty())
                note(key);
        }
    }
    template <class T> void later(std::string_view key, T& value)
    {
        const Json* found = find(key);
        if (found != nullptr && !read(*found, value))
            note(key);
    }
    template <class T> void inlined(T& value) { members(*this, value); }

    [[nodiscard]] const std::string& missing() const { return missing_; }

private:
    static constexpr unsigned number_max = 1'000'000;

    [[nodiscard]] const Json* find(std::string_view key) const
    {
        if (!object_.is_object())
            return nullptr;
        const auto found = object_.find(key);
        return found == object_.end() ? nullptr : &*found;
    }
    void note(std::string_view key)
    {
        if (missing_.empty())
            missing_ = inner_.empty() ? std::string(key) : fmt::format("{}.{}", key, inner_);
    }

    static bool read(const Json& json, std::string& value)
    {
        if (json.is_string())
            value = json.get<std::string>();
        return json.is_string();
    }
    static bool read(const Json& json, bool& value)
    {
        if (json.is_boolean())
            value = json.get<bool>();
        return json.is_boolean();
    }
    static bool read(const Json& json, unsigned& value)
    {
        if (!json.is_number_integer() || json.get<std::int64_t>() < 0 ||
            json.get<std::int64_t>() > number_max)
            return false;
        value = json.get<unsigned>();
        return true;
    }
    static bool read(const Json& json, WallTime& value)
    {
        if (json.is_number_integer())
            value.ms = json.get<std::int64_t>();
        return json.is_number_integer();
    }
    template <class Tag> static bool read(const Json& json, TextId<Tag>& value)
    {
        if (json.is_string())
            value = TextId<Tag>(json.get<std::string>());
        return json.is_string();
    }
    template <NamedEnum E> static bool read(const Json& json, E& value)
    {
        const auto found = json.is_string() ? named<E>(json.get<std::string>()) : std::nullopt;
        value = found.value_or(value);
        return found.has_value();
    }
    bool read(const Json& json, LockerNo& no)
    {
        MemberReader reader(json);
        unsigned door = 0;
        reader("bank", no.bank);
        reader("door", door);
        if (door > UINT16_MAX)
            reader.note("door");
        no.door = static_cast<std::uint16_t>(door);
        inner_ = reader.missing();
        return inner_.empty();
    }
    static bool read(const Json& json, std::optional<unsigned>& value)
    {
        value.reset();
        return json.is_null() || read(json, value.emplace());
    }
    template <class Tag> static bool read(const Json& json, std::optional<TextId<Tag>>& value)
    {
        value.reset();
        if (json.is_string() && !json.get<std::string>().empty())
            value.emplace(json.get<std::string>());
        return json.is_string() || json.is_null();
    }
    /// A flag or right of a newer program has no effect here.
    template <class T> static bool read(const Json& json, std::set<T>& values)
    {
        values.clear();
        for (const auto& item : json) {
            T value{};
            if (MemberReader reader(item); reader.read(item, value))
                values.insert(std::move(value));
        }
        return json.is_array();
    }
    template <class T> static bool read(const Json& json, std::vector<T>& values)
    {
        values.clear();
        bool good = json.is_array();
        for (const auto& item : json) {
            MemberReader reader(item);
            good = reader.read(item, values.emplace_back()) && good;
        }
        return good;
    }
    template <class T> bool read(const Json& json, T& value)
    {
        MemberReader reader(json);
        members(reader, value);
        inner_ = reader.missing();
        return inner_.empty();
    }

    const Json& object_;
    std::string missing_;
    std::string inner_; ///< what was missing in the value read last
};

template <class Io> void members(Io& io, typename Io::template Of<Participation> p)
{
    io("category", p.category);
    io("confirmed_by", p.confirmed_by);
    io("delegation", p.delegation);
    io("flags", p.flags);
    io("language", p.language);
    io("role", p.role);
    io("state", p.state);
}

} // namespace montbrillant
