// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Small files: configuration, keys, images. Every read is bounded.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <filesystem>
#include <string>

namespace montbrillant {

/// Owns one file descriptor; closes it.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    ~FileDescriptor();

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }
    [[nodiscard]] int release();
    void close();

private:
    int fd_ = -1;
};

[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max);

/// Writes a file piece by piece beside the target; `commit` syncs it, renames it onto the target and syncs
/// the folder. So the target is the old or the new one, whole, whenever the power fails, and the new one once
/// `commit` has returned. Without a commit what was written goes away with the object.
class FileWriter {
public:
    [[nodiscard]] static Result<FileWriter> create(const std::filesystem::path& path, unsigned mode = 0644);
    FileWriter(FileWriter&&) noexcept = default;
    FileWriter& operator=(FileWriter&&) = delete;
    ~FileWriter();

    [[nodiscard]] Result<> write(BytesView piece);
    [[nodiscard]] Result<> commit();

private:
    FileWriter(std::filesystem::path path, std::filesystem::path beside, FileDescriptor fd)
        : path_(std::move(path)), beside_(std::move(beside)), fd_(std::move(fd))
    {
    }
    std::filesystem::path path_;
    std::filesystem::path beside_;
    FileDescriptor fd_;
};

/// All of it by a FileWriter. `mode` is octal, 0600 for keys.
[[nodiscard]] Result<> write_file(const std::filesystem::path& path, BytesView content, unsigned mode = 0644);

/// `write_file` for secrets (0600): afterwards the bytes of the file that was there before are overwritten on
/// the disk, as far as the file system writes in place; a flash disk may keep copies of its own.
[[nodiscard]] Result<> replace_secret_file(const std::filesystem::path& path, BytesView content);
/// Overwrites the file's bytes and removes it. No file is no error.
[[nodiscard]] Result<> destroy_file(const std::filesystem::path& path);
/// Renames within one folder; durable when it returns.
[[nodiscard]] Result<> move_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// An exclusive flock on `path` (made if absent) for the life of the object; an error names the file when
/// another process holds it.
class FileLock {
public:
    [[nodiscard]] static Result<FileLock> take(const std::filesystem::path& path);
    /// Whether the error is `take`'s because another process has the lock.
    [[nodiscard]] static bool is_held(const Error& error);

private:
    explicit FileLock(FileDescriptor fd) : fd_(std::move(fd)) {}
    FileDescriptor fd_;
};

} // namespace montbrillant
