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

#include <algorithm>
#include <concepts>
#include <fmt/format.h>
#include <vector>

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

/// No count of this product is larger.
inline constexpr unsigned number_max = 1'000'000;

/// An id, which must not be empty where it must be there.
template <class T>
concept Id = requires(const T& value) {
    value.empty();
    value.str();
};

/// Writes the canonical text (sorted keys, no spaces) without a tree of nodes in between: every fact and
/// every changed entity goes through here. Remembers whether a MemberReader would give all of it
/// back as it was.
class MemberWriter {
public:
    template <class T> using Of = const T&;
    static constexpr bool reads = false;

    MemberWriter() { parts_.reserve(usual_members); }

    template <class T> void operator()(std::string_view key, const T& value)
    {
        if constexpr (Id<T>)
            exact_ = exact_ && !value.empty();
        later(key, value);
    }
    template <class T> void later(std::string_view key, const T& value)
    {
        const auto from = values_.size();
        write(values_, value);
        parts_.push_back({key, from, values_.size() - from});
    }
    /// Members of an inner value stand in the same object.
    template <class T> void inlined(const T& value) { members(*this, value); }

    [[nodiscard]] bool exact() const { return exact_; }
    /// The object of what was written so far.
    [[nodiscard]] std::string text()
    {
        std::string out;
        append_to(out);
        return out;
    }

private:
    static constexpr std::size_t usual_members = 32;
    struct Part {
        std::string_view key;
        std::size_t from;
        std::size_t size;
    };

    void append_to(std::string& out)
    {
        std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.key < b.key; });
        out.reserve(out.size() + values_.size() + parts_.size() * key_bytes_usual);
        out += '{';
        for (const Part& part : parts_) {
            out.append(1, '"').append(part.key).append("\":").append(values_, part.from, part.size);
            out += ',';
        }
        close(out, '}');
    }
    static constexpr std::size_t key_bytes_usual = 20;
    /// In place of the last comma, if anything was written.
    static void close(std::string& out, char end)
    {
        if (out.back() == ',')
            out.back() = end;
        else
            out += end;
    }

    template <std::convertible_to<std::string_view> T> void write(std::string& out, const T& value)
    {
        exact_ = append_json(out, value) && exact_;
    }
    void write(std::string& out, const bool& value) { out += value ? "true" : "false"; }
    template <std::integral T> void write(std::string& out, const T& value)
    {
        const fmt::format_int digits(value);
        out.append(digits.data(), digits.size());
    }
    void write(std::string& out, const unsigned& value)
    {
        exact_ = exact_ && value <= number_max;
        write(out, std::uint64_t{value});
    }
    void write(std::string& out, const WallTime& value) { write(out, value.ms); }
    void write(std::string& out, const MonoTime& value) { write(out, value.ms); }
    template <Id T> void write(std::string& out, const T& value) { write(out, value.str()); }
    template <NamedEnum E> void write(std::string& out, const E& value) { write(out, name_of(value)); }
    template <class T> void write(std::string& out, const std::optional<T>& value)
    {
        if constexpr (Id<T>)
            exact_ = exact_ && !(value && value->empty());
        if (value)
            write(out, *value);
        else
            out += "null";
    }
    template <class T> void write(std::string& out, const std::set<T>& values) { list(out, values); }
    template <class T> void write(std::string& out, const std::vector<T>& values) { list(out, values); }
    template <class T> void write(std::string& out, const T& value)
    {
        MemberWriter inner;
        members(inner, value);
        inner.append_to(out);
        exact_ = exact_ && inner.exact_;
    }
    template <class Range> void list(std::string& out, const Range& values)
    {
        out += '[';
        for (const auto& value : values) {
            write(out, value);
            out += ',';
        }
        close(out, ']');
    }

    std::string values_;
    std::vector<Part> parts_;
    bool exact_ = true;
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
        if constexpr (Id<T>) {
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
    static bool read(const Json& json, std::uint16_t& value)
    {
        unsigned wide = 0;
        const bool good = read(json, wide) && wide <= UINT16_MAX;
        value = static_cast<std::uint16_t>(wide);
        return good;
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

template <class Io> void members(Io& io, typename Io::template Of<LockerNo> no)
{
    io("bank", no.bank);
    io("door", no.door);
}

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
