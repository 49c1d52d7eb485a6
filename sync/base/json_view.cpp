// SPDX-License-Identifier: Apache-2.0
#include "sync/base/json_view.hpp"

#include <bit>
#include <simdjson.h>

namespace montbrillant {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

struct Place {
    const void* document;
    std::size_t place;
};
static_assert(sizeof(element) == sizeof(Place));

element element_at(const void* document, std::size_t place)
{
    return std::bit_cast<element>(Place{document, place});
}

} // namespace

struct JsonText::Parser {
    simdjson::dom::parser dom;
};

JsonText::JsonText(JsonLimits limits) : limits_(limits), parser_(std::make_unique<Parser>()) {}
JsonText::~JsonText() = default;

JsonView JsonText::parse(std::string_view text)
{
    // Its own depth counts the level of the first value, too.
    const std::size_t depth = static_cast<std::size_t>(limits_.depth_max) + 1;
    if (parser_->dom.max_depth() != depth && parser_->dom.allocate(text.size(), depth) != simdjson::SUCCESS)
        return {};
    element found;
    if (parser_->dom.parse(text.data(), text.size()).get(found) != simdjson::SUCCESS)
        return {};
    const auto [document, place] = std::bit_cast<Place>(found);
    return {document, place};
}

Result<JsonView> JsonText::read(std::string_view text, std::string_view where)
{
    // simdjson counts no level that is empty. Such texts go the long way, as does whatever it does not take:
    // the tree's parser has the last word.
    if (text.size() <= limits_.bytes_max && !json_is_deep(text, limits_.depth_max)) {
        if (const JsonView root = parse(text))
            return root;
    }
    MB_TRY(const Json tree, parse_json(text, std::string(where), limits_));
    const JsonView root = parse(dump_json(tree));
    if (!root)
        return fail(ErrorKind::input, "a number is out of range", std::string(where));
    return root;
}

bool JsonView::is_null() const { return document_ != nullptr && element_at(document_, place_).is_null(); }
bool JsonView::is_object() const { return document_ != nullptr && element_at(document_, place_).is_object(); }
bool JsonView::is_array() const { return document_ != nullptr && element_at(document_, place_).is_array(); }

std::optional<std::string_view> JsonView::text() const
{
    std::string_view value;
    if (document_ == nullptr || element_at(document_, place_).get_string().get(value) != simdjson::SUCCESS)
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> JsonView::integer() const
{
    if (document_ == nullptr)
        return std::nullopt;
    const element value = element_at(document_, place_);
    switch (value.type()) {
    case element_type::INT64: return value.get_int64().value_unsafe();
    case element_type::UINT64: return static_cast<std::int64_t>(value.get_uint64().value_unsafe());
    default: return std::nullopt;
    }
}

std::optional<bool> JsonView::boolean() const
{
    bool value = false;
    if (document_ == nullptr || element_at(document_, place_).get_bool().get(value) != simdjson::SUCCESS)
        return std::nullopt;
    return value;
}

JsonView JsonView::find(std::string_view key) const
{
    JsonView found;
    simdjson::dom::object object;
    if (document_ == nullptr || element_at(document_, place_).get_object().get(object) != simdjson::SUCCESS)
        return found;
    for (auto member = object.begin(); member != object.end(); ++member) {
        if (member.key_equals(key)) {
            const auto [document, place] = std::bit_cast<Place>(member.value());
            found = {document, place};
        }
    }
    return found;
}

std::vector<JsonView::Member> JsonView::members() const
{
    std::vector<Member> all;
    simdjson::dom::object object;
    if (document_ == nullptr || element_at(document_, place_).get_object().get(object) != simdjson::SUCCESS)
        return all;
    for (const auto member : object) {
        const auto [document, place] = std::bit_cast<Place>(member.value);
        all.push_back({member.key, JsonView(document, place)});
    }
    return all;
}

std::vector<JsonView> JsonView::items() const
{
    std::vector<JsonView> all;
    simdjson::dom::array array;
    if (document_ == nullptr || element_at(document_, place_).get_array().get(array) != simdjson::SUCCESS)
        return all;
    all.reserve(array.size());
    for (const auto item : array) {
        const auto [document, place] = std::bit_cast<Place>(item);
        all.push_back(JsonView(document, place));
    }
    return all;
}

} // namespace montbrillant
