// SPDX-License-Identifier: Apache-2.0
#include "sync/base/toml.hpp"

#include "sync/base/files.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <sstream>
#include <toml++/toml.h>

namespace montbrillant {

struct TomlTable::Document {
    std::string file;
    toml::table root;
    std::optional<Error> first_error;
    std::vector<std::shared_ptr<Node>> nodes;
};

struct TomlTable::Node {
    const toml::table* table = nullptr; ///< null for a table that should be there and is not
    std::set<std::string, std::less<>> asked;
};

namespace {

std::string at(const std::string& file, const toml::source_region& source)
{
    if (!source.begin)
        return file;
    return fmt::format("{}, line {}, column {}", file, source.begin.line, source.begin.column);
}

constexpr std::size_t file_bytes_max = 1024U * 1024U;

} // namespace

TomlTable::TomlTable(std::shared_ptr<Document> document, std::shared_ptr<Node> node)
    : document_(std::move(document)), node_(std::move(node))
{
    document_->nodes.push_back(node_);
}

Result<TomlTable> TomlTable::parse(std::string_view text, std::string file)
{
    auto document = std::make_shared<Document>();
    document->file = std::move(file);
    try {
        document->root = toml::parse(text, document->file);
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::input, std::string(error.description()), at(document->file, error.source()));
    }
    auto node = std::make_shared<Node>();
    node->table = &document->root;
    return TomlTable(std::move(document), std::move(node));
}

Result<TomlTable> TomlTable::load(const std::filesystem::path& path)
{
    MB_TRY(const std::string text, read_file(path, file_bytes_max));
    return parse(text, path.string());
}

namespace {

const toml::node* find(const toml::table* table, std::string_view key)
{
    return table == nullptr ? nullptr : table->get(key);
}

} // namespace

std::string TomlTable::where(std::string_view key) const
{
    if (const toml::node* node = find(node_->table, key))
        return at(document_->file, node->source());
    return node_->table == nullptr ? document_->file : at(document_->file, node_->table->source());
}

void TomlTable::reject(std::string_view key, std::string what, std::string remedy)
{
    if (!document_->first_error)
        document_->first_error = Error{ErrorKind::input, std::move(what), where(key), std::move(remedy)};
}

std::string TomlTable::text(std::string_view key)
{
    if (!has(key)) {
        reject(key, fmt::format("\"{}\" is missing", key), "a text was expected");
        return {};
    }
    return text_or(key, {});
}

std::string TomlTable::text_or(std::string_view key, std::string fallback)
{
    node_->asked.emplace(key);
    const toml::node* node = find(node_->table, key);
    if (node == nullptr)
        return fallback;
    if (const auto* value = node->as_string())
        return value->get();
    reject(key, fmt::format("\"{}\" must be a text in quotes", key));
    return fallback;
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t min, std::int64_t max)
{
    if (!has(key)) {
        reject(key, fmt::format("\"{}\" is missing", key),
               fmt::format("a whole number from {} to {} was expected", min, max));
        return min;
    }
    return integer_or(key, min, min, max);
}

std::int64_t TomlTable::integer_or(std::string_view key, std::int64_t fallback, std::int64_t min,
                                   std::int64_t max)
{
    node_->asked.emplace(key);
    const toml::node* node = find(node_->table, key);
    if (node == nullptr)
        return fallback;
    const auto* value = node->as_integer();
    if (value == nullptr || value->get() < min || value->get() > max) {
        reject(key, fmt::format("\"{}\" must be a whole number from {} to {}", key, min, max));
        return fallback;
    }
    return value->get();
}

bool TomlTable::boolean_or(std::string_view key, bool fallback)
{
    node_->asked.emplace(key);
    const toml::node* node = find(node_->table, key);
    if (node == nullptr)
        return fallback;
    if (const auto* value = node->as_boolean())
        return value->get();
    reject(key, fmt::format("\"{}\" must be true or false", key));
    return fallback;
}

std::string TomlTable::date(std::string_view key)
{
    node_->asked.emplace(key);
    const toml::node* node = find(node_->table, key);
    if (node != nullptr && node->is_date()) {
        std::ostringstream out;
        out << node->as_date()->get();
        return out.str();
    }
    reject(key, fmt::format("\"{}\" must be a date such as 2017-09-04, without quotes", key));
    return {};
}

std::vector<std::string> TomlTable::texts_or_empty(std::string_view key)
{
    node_->asked.emplace(key);
    const toml::node* node = find(node_->table, key);
    std::vector<std::string> out;
    if (node == nullptr)
        return out;
    if (const auto* array = node->as_array()) {
        for (const auto& item : *array) {
            if (const auto* value = item.as_string())
                out.push_back(value->get());
            else
                reject(key, fmt::format("\"{}\" must be a list of texts", key));
        }
        return out;
    }
    reject(key, fmt::format("\"{}\" must be a list of texts", key));
    return out;
}

std::vector<std::string> TomlTable::keys() const
{
    std::vector<std::pair<toml::source_position, std::string>> found;
    if (node_->table != nullptr) {
        for (const auto& [key, value] : *node_->table)
            found.emplace_back(value.source().begin, std::string(key.str()));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> out;
    for (auto& [position, key] : found)
        out.push_back(std::move(key));
    return out;
}

bool TomlTable::has(std::string_view key) const { return find(node_->table, key) != nullptr; }

TomlTable TomlTable::table(std::string_view key)
{
    if (auto found = table_if(key))
        return *found;
    reject(key, fmt::format("the section [{}] is missing", key));
    return {document_, std::make_shared<Node>()};
}

std::optional<TomlTable> TomlTable::table_if(std::string_view key)
{
    node_->asked.emplace(key);
    const toml::node* node = find(node_->table, key);
    if (node == nullptr)
        return std::nullopt;
    auto child = std::make_shared<Node>();
    child->table = node->as_table();
    if (child->table == nullptr)
        reject(key, fmt::format("\"{}\" must be a section", key));
    return TomlTable(document_, std::move(child));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key)
{
    node_->asked.emplace(key);
    std::vector<TomlTable> out;
    const toml::node* node = find(node_->table, key);
    if (node == nullptr)
        return out;
    const auto* array = node->as_array();
    if (array == nullptr) {
        reject(key, fmt::format("\"{0}\" must be sections [[{0}]]", key));
        return out;
    }
    for (const auto& item : *array) {
        auto child = std::make_shared<Node>();
        child->table = item.as_table();
        if (child->table == nullptr)
            reject(key, fmt::format("\"{0}\" must be sections [[{0}]]", key));
        out.push_back(TomlTable(document_, std::move(child)));
    }
    return out;
}

Result<> TomlTable::finish()
{
    if (document_->first_error)
        return fail(*document_->first_error);
    for (const auto& node : document_->nodes) {
        if (node->table == nullptr)
            continue;
        for (const auto& [key, value] : *node->table) {
            if (!node->asked.contains(key.str()))
                return fail(ErrorKind::input, fmt::format("\"{}\" is not known here", key.str()),
                            at(document_->file, value.source()), "remove it or correct its spelling");
        }
    }
    return {};
}

} // namespace montbrillant
