// SPDX-License-Identifier: Apache-2.0
#pragma once

/// TOML files (event profile, kiosk configuration, device maps) read strictly: a missing, mistyped or unknown
/// key is an error that names file, line, column and what was expected. The one wrapper of toml++.

#include "sync/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// A table of a parsed file. Getters note errors instead of returning them one by one; when all is read, call
/// `finish`, which reports the first error or the first key that nobody asked for.
class TomlTable {
public:
    [[nodiscard]] static Result<TomlTable> parse(std::string_view text, std::string file);
    [[nodiscard]] static Result<TomlTable> load(const std::filesystem::path& path);

    [[nodiscard]] std::string text(std::string_view key);
    [[nodiscard]] std::string text_or(std::string_view key, std::string fallback);
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max);
    [[nodiscard]] std::int64_t integer_or(std::string_view key, std::int64_t fallback, std::int64_t min,
                                          std::int64_t max);
    [[nodiscard]] bool boolean_or(std::string_view key, bool fallback);
    /// A local date "2017-09-04" or a text; given back as text in ISO 8601.
    [[nodiscard]] std::string date(std::string_view key);
    [[nodiscard]] std::vector<std::string> texts_or_empty(std::string_view key);
    /// The keys in this table, in the file's order.
    [[nodiscard]] std::vector<std::string> keys() const;
    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] TomlTable table(std::string_view key);
    [[nodiscard]] std::optional<TomlTable> table_if(std::string_view key);
    /// [[key]]: empty when absent.
    [[nodiscard]] std::vector<TomlTable> tables(std::string_view key);

    /// "file, line 3, column 7" of a key, or of the table.
    [[nodiscard]] std::string where(std::string_view key = {}) const;
    /// Notes an error of the caller's own about a value.
    void reject(std::string_view key, std::string what, std::string remedy = {});
    [[nodiscard]] Result<> finish();

private:
    struct Document;
    struct Node;
    TomlTable(std::shared_ptr<Document> document, std::shared_ptr<Node> node);
    std::shared_ptr<Document> document_;
    std::shared_ptr<Node> node_;
};

} // namespace montbrillant
