// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Large files read piece by piece: memory does not grow with the file. One thread.

#include "sync/base/files.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

/// A file, a pipe or standard input, read once from its beginning.
class FileReader {
public:
    /// An absent, unreadable or special file, or a folder, is an input error in words. Waits for the writer
    /// of a named pipe.
    [[nodiscard]] static Result<FileReader> open(const std::filesystem::path& path);
    [[nodiscard]] static FileReader standard_input();

    /// The next bytes, good until the next call; empty at the end.
    [[nodiscard]] Result<std::string_view> next();
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
    /// The length of a regular file; nothing for a pipe.
    [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }

private:
    FileReader(FileDescriptor fd, std::string name);
    FileDescriptor fd_;
    std::string name_;
    std::vector<char> piece_;
    std::optional<std::uint64_t> size_;
    std::uint64_t bytes_read_ = 0;
};

} // namespace montbrillant
