// SPDX-License-Identifier: Apache-2.0
#include "sync/base/json_view.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <string>

namespace montbrillant {
namespace {

constexpr JsonLimits limits{.bytes_max = 4096, .depth_max = 4};

constexpr std::array unusual{"{}",
                             "[]",
                             "null",
                             "true",
                             "0",
                             "-0",
                             "\"a\"",
                             "",
                             " ",
                             "{",
                             "}",
                             "nul",
                             "{\"a\":1,}",
                             "[1,2",
                             "[01]",
                             "[1.0]",
                             "[1e3]",
                             "[1e999]",
                             "[9223372036854775807]",
                             "[9223372036854775808]",
                             "[18446744073709551615]",
                             "[18446744073709551616]",
                             "[-9223372036854775808]",
                             "[-9223372036854775809]",
                             "{\"a\":1,\"a\":2}",
                             "{\"a\":{\"b\":[]}}",
                             "[[[[]]]]",
                             "[[[[[]]]]]",
                             "[[[[1]]]]",
                             "[[[[[1]]]]]",
                             "\xEF\xBB\xBF{}",
                             "\"\xFF\"",
                             "\"\xED\xA0\x80\"",
                             "\"\\ud800\"",
                             "\"\\ud800\\u0041\"",
                             "\"\\ud800x\"",
                             "\"\\ud800\\n\"",
                             "\"\\udc00\\ud800\"",
                             "\"\\ud800\\ud800\"",
                             "\"a\\udfff\"",
                             "\"\\u12\"",
                             "\"\\uZZZZ\"",
                             "\"\\udc00\"",
                             "\"\\ud83d\\ude00\"",
                             "\"\\u0000\"",
                             "\"\\u00e9 \\n\"",
                             "\"a\tb\"",
                             "\"\x7f\"",
                             "{} {}",
                             "{\"\":\"é محمد 王\"}",
                             "{1:2}",
                             "[1,,2]",
                             "// no",
                             "[1]\n",
                             "\"\\x\""};

/// What a view shows, as a tree. Fractions are not shown: nothing of ours holds any.
Json tree_of(JsonView view)
{
    if (const auto text = view.text())
        return std::string(*text);
    if (const auto number = view.integer())
        return *number;
    if (const auto truth = view.boolean())
        return *truth;
    if (view.is_array()) {
        Json list = Json::array();
        for (const auto& item : view.items())
            list.push_back(tree_of(item));
        return list;
    }
    if (!view.is_object())
        return nullptr;
    Json object = Json::object();
    for (const auto& [key, value] : view.members()) {
        CHECK(view.find(key));
        object[std::string(key)] = tree_of(view.find(key));
    }
    return object;
}

Json without_fractions(Json tree)
{
    if (tree.is_number_float())
        return nullptr;
    if (tree.is_number_unsigned())
        return tree.get<std::int64_t>();
    for (auto& part : tree) {
        if (tree.is_structured())
            part = without_fractions(part);
    }
    return tree;
}

void require_agreement(JsonText& view, const std::string& text)
{
    INFO(text);
    const auto seen = view.read(text, "here");
    const auto tree = parse_json(text, "here", limits);
    REQUIRE(seen.has_value() == tree.has_value());
    if (seen)
        CHECK(tree_of(*seen) == without_fractions(*tree));
    else
        CHECK(seen.error().text() == tree.error().text());
}

} // namespace

TEST_CASE("JSON is taken or refused with the same words, whether a tree is built of it or not")
{
    JsonText view(limits);
    for (const auto* text : unusual)
        require_agreement(view, text);
    require_agreement(view, std::string(limits.bytes_max + 1, ' '));
    require_agreement(view, std::string("[\0]", 3));
    require_agreement(view, std::string("[1]\0", 4));
}

TEST_CASE("a fact with any byte missing or another is taken or refused as the tree's parser does")
{
    JsonText view(limits);
    const std::string fact =
        R"({"actor":"kiosk","at":-15,"data":{"copy":1,"in":true,"n":"é\"\\","to":null,"x":["a","b"]},"v":1})";
    require_agreement(view, fact);
    for (std::size_t i = 0; i < fact.size(); ++i) {
        require_agreement(view, fact.substr(0, i));
        require_agreement(view, fact.substr(0, i) + fact.substr(i + 1));
        for (const char other : {'0', '"', '\\', ' ', '{', ']', ',', '\xC3', '\0', 'u'})
            require_agreement(view, fact.substr(0, i) + other + fact.substr(i + 1));
    }
}

TEST_CASE("what a JSON text does not hold is nothing, not an error")
{
    JsonText view(limits);
    const auto root = view.read(R"({"list":[1],"name":"a","number":2.5})", "here");
    REQUIRE(root);
    CHECK_FALSE(root->find("other"));
    CHECK_FALSE(root->find("other").find("more"));
    CHECK_FALSE(root->find("other").is_null());
    CHECK_FALSE(root->find("list").text());
    CHECK_FALSE(root->find("name").integer());
    CHECK_FALSE(root->find("number").integer());
    CHECK(root->find("number"));
    CHECK(root->find("name").items().empty());
    CHECK(root->find("list").members().empty());
    CHECK_FALSE(JsonView().text());
}

} // namespace montbrillant
