// SPDX-License-Identifier: Apache-2.0
#include "sync/base/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace montbrillant {
namespace {

constexpr std::string_view held_by_another = "another process holds it";

tl::unexpected<Error> file_error(const std::filesystem::path& path, std::string_view doing)
{
    const int code = errno;
    return fail(code == ENOENT ? ErrorKind::input : ErrorKind::storage,
                fmt::format("{}: {}", doing, std::strerror(code)), path.string());
}

Result<> write_all(int fd, BytesView content, const std::filesystem::path& path)
{
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return file_error(path, "cannot be written");
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept
{
    if (this != &other) {
        close();
        fd_ = other.release();
    }
    return *this;
}

FileDescriptor::~FileDescriptor() { close(); }

int FileDescriptor::release() { return std::exchange(fd_, -1); }

void FileDescriptor::close()
{
    if (fd_ >= 0)
        ::close(release());
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max)
{
    const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid())
        return file_error(path, "cannot be opened");
    std::string content;
    std::array<char, 65536> chunk{};
    for (;;) {
        const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return file_error(path, "cannot be read");
        if (got == 0)
            return content;
        content.append(chunk.data(), static_cast<std::size_t>(got));
        if (content.size() > bytes_max)
            return fail(ErrorKind::input, fmt::format("larger than the {} bytes allowed", bytes_max),
                        path.string());
    }
}

Result<FileWriter> FileWriter::create(const std::filesystem::path& path, unsigned mode)
{
    std::filesystem::path beside = path;
    beside += ".new";
    FileDescriptor fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!fd.valid())
        return file_error(beside, "cannot be made");
    FileWriter writer(path, std::move(beside), std::move(fd));
    // The umask may have taken rights away, or an older file had more.
    if (::fchmod(writer.fd_.get(), mode) != 0)
        return file_error(writer.beside_, "cannot be given its rights");
    return writer;
}

FileWriter::~FileWriter()
{
    if (fd_.valid())
        ::unlink(beside_.c_str());
}

Result<> FileWriter::write(BytesView piece) { return write_all(fd_.get(), piece, beside_); }

Result<> FileWriter::commit()
{
    if (::fsync(fd_.get()) != 0)
        return file_error(beside_, "cannot be made durable");
    MB_CHECK(move_file(beside_, path_));
    fd_.close();
    return {};
}

Result<> write_file(const std::filesystem::path& path, BytesView content, unsigned mode)
{
    MB_TRY(auto writer, FileWriter::create(path, mode));
    MB_CHECK(writer.write(content));
    return writer.commit();
}

Result<> move_file(const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (::rename(from.c_str(), to.c_str()) != 0)
        return file_error(to, "cannot be replaced");
    const auto folder = to.has_parent_path() ? to.parent_path() : std::filesystem::path(".");
    const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid() || ::fsync(directory.get()) != 0)
        return file_error(folder, "the folder cannot be made durable");
    return {};
}

namespace {

Result<> overwrite(int fd, const std::filesystem::path& path)
{
    struct stat status{};
    if (::fstat(fd, &status) != 0)
        return file_error(path, "cannot be overwritten");
    const Bytes nothing(std::size_t{64} * 1024U);
    for (auto left = static_cast<std::size_t>(status.st_size); left > 0;) {
        const auto part = std::min(left, nothing.size());
        MB_CHECK(write_all(fd, BytesView(nothing).first(part), path));
        left -= part;
    }
    return ::fsync(fd) == 0 ? Result<>() : file_error(path, "cannot be overwritten");
}

} // namespace

Result<> replace_secret_file(const std::filesystem::path& path, BytesView content)
{
    const FileDescriptor before(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    MB_CHECK(write_file(path, content, 0600));
    return before.valid() ? overwrite(before.get(), path) : Result<>();
}

Result<> destroy_file(const std::filesystem::path& path)
{
    const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd.valid())
        return errno == ENOENT ? Result<>() : file_error(path, "cannot be overwritten");
    MB_CHECK(overwrite(fd.get(), path));
    return ::unlink(path.c_str()) == 0 ? Result<>() : file_error(path, "cannot be removed");
}

Result<FileLock> FileLock::take(const std::filesystem::path& path)
{
    FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd.valid())
        return file_error(path, "cannot be opened");
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorKind::storage, std::string(held_by_another), path.string());
    return FileLock(std::move(fd));
}

bool FileLock::is_held(const Error& error) { return error.what == held_by_another; }

} // namespace montbrillant
