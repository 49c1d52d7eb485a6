// SPDX-License-Identifier: Apache-2.0
#include "sync/base/file_reader.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace montbrillant {
namespace {

constexpr std::size_t piece_bytes = 256U * 1024U;

} // namespace

FileReader::FileReader(FileDescriptor fd, std::string name)
    : fd_(std::move(fd)), name_(std::move(name)), piece_(piece_bytes)
{
    struct stat about{};
    if (::fstat(fd_.get(), &about) == 0 && S_ISREG(about.st_mode))
        size_ = static_cast<std::uint64_t>(about.st_size);
}

Result<FileReader> FileReader::open(const std::filesystem::path& path)
{
    FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid())
        return fail(ErrorKind::input, fmt::format("cannot be opened: {}", std::strerror(errno)),
                    path.string());
    struct stat about{};
    if (::fstat(fd.get(), &about) != 0)
        return fail(ErrorKind::input, fmt::format("cannot be read: {}", std::strerror(errno)), path.string());
    if (S_ISDIR(about.st_mode))
        return fail(ErrorKind::input, "is a folder: a file was expected", path.string());
    if (!S_ISREG(about.st_mode) && !S_ISFIFO(about.st_mode))
        return fail(ErrorKind::input, "is neither a file nor a pipe", path.string());
    return FileReader(std::move(fd), path.string());
}

FileReader FileReader::standard_input()
{
    return {FileDescriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)), "standard input"};
}

Result<std::string_view> FileReader::next()
{
    for (;;) {
        const ssize_t got = ::read(fd_.get(), piece_.data(), piece_.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ErrorKind::input, fmt::format("cannot be read: {}", std::strerror(errno)), name_);
        bytes_read_ += static_cast<std::uint64_t>(got);
        return std::string_view(piece_.data(), static_cast<std::size_t>(got));
    }
}

} // namespace montbrillant
