// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One description of a value's members serves writing and reading: `members(io, value)` names each once, and
/// `io` is a MemberWriter or a MemberReader. For .cpp files of this room only.
///
///   io("badge", f.badge)      must be there when read, an id must not be empty
///   io.later("wiped", f.wiped) came after the first release: keeps its default when absent

#include "sync/base/json_view.hpp"
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
        add(key, value, true);
    }
    template <class T> void later(std::string_view key, const T& value) { add(key, value, false); }
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
    /// Less what a reader keeps by itself: members that may be absent and are as in `usual`, which wrote the
    /// default of the same type.
    [[nodiscard]] std::string text_beside(const MemberWriter& usual)
    {
        std::vector<Part> telling;
        telling.reserve(parts_.size());
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (parts_[i].required || value_of(parts_[i]) != usual.value_of(usual.parts_[i]))
                telling.push_back(parts_[i]);
        }
        parts_ = std::move(telling);
        return text();
    }

private:
    static constexpr std::size_t usual_members = 32;
    struct Part {
        std::string_view key;
        std::size_t from;
        std::size_t size;
        bool required;
    };

    template <class T> void add(std::string_view key, const T& value, bool required)
    {
        const auto from = values_.size();
        write(values_, value);
        parts_.push_back({key, from, values_.size() - from, required});
    }
    [[nodiscard]] std::string_view value_of(const Part& part) const
    {
        return std::string_view(values_).substr(part.from, part.size);
    }

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
    explicit MemberReader(JsonView object) : object_(object) {}

    template <class T> void operator()(std::string_view key, T& value)
    {
        const JsonView found = object_.find(key);
        if (!found || !read(found, value))
            note(key);
        if constexpr (Id<T>) {
            if (value.empty())
                note(key);
        }
    }
    template <class T> void later(std::string_view key, T& value)
    {
        const JsonView found = object_.find(key);
        if (found && !read(found, value))
            note(key);
    }
    template <class T> void inlined(T& value) { members(*this, value); }

    [[nodiscard]] const std::string& missing() const { return missing_; }

private:
    void note(std::string_view key)
    {
        if (missing_.empty())
            missing_ = inner_.empty() ? std::string(key) : fmt::format("{}.{}", key, inner_);
    }

    static bool read(JsonView json, std::string& value)
    {
        const auto text = json.text();
        if (text)
            value = *text;
        return text.has_value();
    }
    static bool read(JsonView json, bool& value)
    {
        const auto found = json.boolean();
        value = found.value_or(value);
        return found.has_value();
    }
    static bool read(JsonView json, unsigned& value)
    {
        const auto number = json.integer();
        if (!number || *number < 0 || *number > number_max)
            return false;
        value = static_cast<unsigned>(*number);
        return true;
    }
    static bool read(JsonView json, std::uint16_t& value)
    {
        unsigned wide = 0;
        const bool good = read(json, wide) && wide <= UINT16_MAX;
        value = static_cast<std::uint16_t>(wide);
        return good;
    }
    static bool read(JsonView json, WallTime& value)
    {
        const auto number = json.integer();
        value.ms = number.value_or(value.ms);
        return number.has_value();
    }
    template <class Tag> static bool read(JsonView json, TextId<Tag>& value)
    {
        const auto text = json.text();
        if (text)
            value = TextId<Tag>(std::string(*text));
        return text.has_value();
    }
    template <NamedEnum E> static bool read(JsonView json, E& value)
    {
        const auto text = json.text();
        const auto found = text ? named<E>(*text) : std::nullopt;
        value = found.value_or(value);
        return found.has_value();
    }
    static bool read(JsonView json, std::optional<unsigned>& value)
    {
        value.reset();
        return json.is_null() || read(json, value.emplace());
    }
    template <class Tag> static bool read(JsonView json, std::optional<TextId<Tag>>& value)
    {
        value.reset();
        const auto text = json.text();
        if (text && !text->empty())
            value.emplace(std::string(*text));
        return text || json.is_null();
    }
    /// A flag or right of a newer program has no effect here.
    template <class T> static bool read(JsonView json, std::set<T>& values)
    {
        values.clear();
        for (const auto& item : json.items()) {
            T value{};
            if (MemberReader reader(item); reader.read(item, value))
                values.insert(std::move(value));
        }
        return json.is_array();
    }
    template <class T> static bool read(JsonView json, std::vector<T>& values)
    {
        values.clear();
        bool good = json.is_array();
        for (const auto& item : json.items()) {
            MemberReader reader(item);
            good = reader.read(item, values.emplace_back()) && good;
        }
        return good;
    }
    template <class T> bool read(JsonView json, T& value)
    {
        MemberReader reader(json);
        members(reader, value);
        inner_ = reader.missing();
        return inner_.empty();
    }

    JsonView object_;
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
