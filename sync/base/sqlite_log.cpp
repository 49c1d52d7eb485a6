// SPDX-License-Identifier: Apache-2.0
#include "sync/base/sqlite_log.hpp"

#include "sync/base/bytes.hpp"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <new>
#include <optional>
#include <sqlite3.h>
#include <utility>

namespace montbrillant::sqlite {
namespace {

/// SQLite's VFS for Unix looks at the lowest 17 bits of a length and no further (os_unix.c, seekAndWriteFd).
constexpr std::size_t held_max = 96U * 1024U;

/// An open log. The file behind lies after it, in the memory that SQLite gives.
struct Log : sqlite3_file {
    Bytes held;
    sqlite3_int64 at = 0; ///< where `held` begins in the file
    /// From here on the file is not what was written: a write did not succeed. Only what follows on without a
    /// gap moves it, so that no page written over in between makes a whole of two halves.
    std::optional<sqlite3_int64> lost;

    [[nodiscard]] sqlite3_file* behind() { return reinterpret_cast<sqlite3_file*>(this + 1); }

    int write_behind(BytesView data, sqlite3_int64 offset)
    {
        const int code =
            behind()->pMethods->xWrite(behind(), data.data(), static_cast<int>(data.size()), offset);
        if (code != SQLITE_OK)
            lost = std::min(offset, lost.value_or(offset));
        return code;
    }
    int write_out()
    {
        const int code = held.empty() ? SQLITE_OK : write_behind(held, at);
        held.clear();
        return code;
    }
    int write(BytesView data, sqlite3_int64 offset)
    {
        if (lost && offset > *lost)
            return SQLITE_IOERR_WRITE;
        const int code = hold(data, offset);
        if (code == SQLITE_OK && lost)
            lost = std::max(*lost, offset + static_cast<sqlite3_int64>(data.size()));
        return code;
    }
    int hold(BytesView data, sqlite3_int64 offset)
    {
        const auto end = at + static_cast<sqlite3_int64>(held.size());
        const bool joins = !held.empty() && offset >= at && offset <= end;
        const std::size_t from = joins ? static_cast<std::size_t>(offset - at) : 0;
        if (!joins || from + data.size() > held_max) {
            if (const int code = write_out(); code != SQLITE_OK)
                return code;
            if (data.size() > held_max)
                return write_behind(data, offset);
            at = offset;
            held.assign(data.begin(), data.end());
            return SQLITE_OK;
        }
        held.resize(std::max(held.size(), from + data.size()));
        std::copy(data.begin(), data.end(), held.begin() + static_cast<std::ptrdiff_t>(from));
        return SQLITE_OK;
    }
};

Log& log_of(sqlite3_file* file) { return *static_cast<Log*>(file); }

int close(sqlite3_file* file)
{
    Log& log = log_of(file);
    const int written = log.write_out();
    const int closed = log.behind()->pMethods->xClose(log.behind());
    log.~Log();
    return written != SQLITE_OK ? written : closed;
}

int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset)
{
    Log& log = log_of(file);
    if (const int code = log.write_out(); code != SQLITE_OK)
        return code;
    if (log.lost && offset + size > *log.lost)
        return SQLITE_IOERR_READ;
    return log.behind()->pMethods->xRead(log.behind(), data, size, offset);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset)
{
    try {
        return log_of(file).write({static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)},
                                  offset);
    } catch (const std::bad_alloc&) { // no exception crosses SQLite
        return SQLITE_IOERR_NOMEM;
    }
}

template <auto Method, class... Arguments> int pass_on(sqlite3_file* file, Arguments... arguments)
{
    sqlite3_file* behind = log_of(file).behind();
    return (behind->pMethods->*Method)(behind, arguments...);
}

/// The same once the file behind has all that was written.
template <auto Method, class... Arguments> int write_out_first(sqlite3_file* file, Arguments... arguments)
{
    const int code = log_of(file).write_out();
    return code != SQLITE_OK ? code : pass_on<Method>(file, arguments...);
}

using Io = sqlite3_io_methods;
/// Version 1: a log is neither shared memory nor mapped.
constexpr Io log_methods{
    .iVersion = 1,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = write_out_first<&Io::xTruncate, sqlite3_int64>,
    .xSync = write_out_first<&Io::xSync, int>,
    .xFileSize = write_out_first<&Io::xFileSize, sqlite3_int64*>,
    .xLock = pass_on<&Io::xLock, int>,
    .xUnlock = pass_on<&Io::xUnlock, int>,
    .xCheckReservedLock = pass_on<&Io::xCheckReservedLock, int*>,
    .xFileControl = pass_on<&Io::xFileControl, int, void*>,
    .xSectorSize = pass_on<&Io::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&Io::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_log(sqlite3_vfs& behind, const char* name, sqlite3_file* file, int flags, int* got)
{
    auto* log = new (file) Log(); // without methods: SQLite closes what has some, opened or not
    const int code = behind.xOpen(&behind, name, log->behind(), flags, got);
    if (code == SQLITE_OK) {
        log->pMethods = &log_methods;
        return code;
    }
    if (log->behind()->pMethods != nullptr)
        log->behind()->pMethods->xClose(log->behind());
    log->~Log();
    return code;
}

std::string fresh_name()
{
    static std::atomic<unsigned> made = 0;
    return fmt::format("montbrillant-log-{}", ++made);
}

} // namespace

/// A copy of the VFS behind, `pAppData` included, but for how it opens logs.
struct LogVfs::Front : sqlite3_vfs {
    sqlite3_vfs* behind;

    explicit Front(sqlite3_vfs& vfs) : sqlite3_vfs(vfs), behind(&vfs)
    {
        pNext = nullptr;
        szOsFile += static_cast<int>(sizeof(Log));
        xOpen = open;
    }
    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* got)
    {
        sqlite3_vfs& behind = *static_cast<Front*>(vfs)->behind;
        return (flags & SQLITE_OPEN_WAL) != 0 ? open_log(behind, name, file, flags, got)
                                              : behind.xOpen(&behind, name, file, flags, got);
    }
};

LogVfs::LogVfs(std::unique_ptr<Front> front) : front_(std::move(front)), name_(fresh_name())
{
    front_->zName = name_.c_str();
    sqlite3_vfs_register(front_.get(), 0);
}

LogVfs::~LogVfs() { sqlite3_vfs_unregister(front_.get()); }

std::unique_ptr<LogVfs> LogVfs::in_front_of(const std::string& name)
{
    sqlite3_vfs* behind = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
    if (behind == nullptr)
        return nullptr;
    return std::unique_ptr<LogVfs>(new LogVfs(std::make_unique<Front>(*behind)));
}

} // namespace montbrillant::sqlite
