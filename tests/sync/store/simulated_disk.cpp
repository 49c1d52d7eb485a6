// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/store/simulated_disk.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fmt/format.h>
#include <sqlite3.h>

namespace montbrillant::test {

namespace {

constexpr std::size_t sector = 512;
constexpr int locks = SQLITE_SHM_NLOCK;

int io_error(DiskCall call)
{
    switch (call) {
    case DiskCall::open: return SQLITE_CANTOPEN;
    case DiskCall::read: return SQLITE_IOERR_READ;
    case DiskCall::write: return SQLITE_IOERR_WRITE;
    case DiskCall::truncate: return SQLITE_IOERR_TRUNCATE;
    case DiskCall::sync: return SQLITE_IOERR_FSYNC;
    case DiskCall::size: return SQLITE_IOERR_FSTAT;
    case DiskCall::remove: return SQLITE_IOERR_DELETE;
    case DiskCall::access: return SQLITE_IOERR_ACCESS;
    case DiskCall::lock: return SQLITE_IOERR_LOCK;
    case DiskCall::shared_memory: return SQLITE_IOERR_SHMMAP;
    }
    return SQLITE_IOERR;
}

} // namespace

struct SimulatedDisk::Step {
    std::size_t at = 0;
    Bytes bytes;
    bool truncate = false; ///< to `at`
};

struct SimulatedDisk::File {
    Bytes content;
    Bytes synced;
    std::vector<Step> steps;  ///< since the last sync, oldest first
    bool folder_sync = false; ///< its first sync makes the folder durable
    // Locks of the rollback journal's kind, and the shared memory of WAL.
    int shared = 0;
    const Open* reserved = nullptr;
    const Open* exclusive = nullptr;
    std::vector<std::unique_ptr<Bytes>> memory;
    std::array<int, locks> shm_shared{};
    std::array<const Open*, locks> shm_exclusive{};
    int shm_users = 0;
};

struct SimulatedDisk::Open {
    SimulatedDisk* disk = nullptr;
    std::shared_ptr<File> file;
    std::string name;
    bool remove_at_close = false;
    int lock = SQLITE_LOCK_NONE;
    bool shm = false;
    std::array<bool, locks> holds_shared{};
};

namespace {

/// What SQLite allocates for a file: our pointer behind its method table.
struct Handle {
    sqlite3_file base;
    SimulatedDisk::Open* open;
};

SimulatedDisk::Open& opened(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->open; }

} // namespace

int SimulatedDisk::enter(DiskCall call)
{
    ++calls_;
    if (!powered_)
        return io_error(call);
    if (cut_at_ && calls_ >= *cut_at_)
        powered_ = false; // this call still does its work, unsynced
    if (fail_at_ && (calls_ == *fail_at_ || (lasting_ && calls_ > *fail_at_))) {
        if (!failed_)
            failed_ = call;
        return io_error(call);
    }
    return SQLITE_OK;
}

struct SimulatedDisk::Calls {
    /// What was written since the last sync is on the platter.
    static void settle(File& file)
    {
        for (const auto& step : file.steps) {
            const auto end = step.at + step.bytes.size();
            if (step.truncate || end > file.synced.size())
                file.synced.resize(end);
            std::copy(step.bytes.begin(), step.bytes.end(),
                      file.synced.begin() + static_cast<std::ptrdiff_t>(step.at));
        }
        file.steps.clear();
    }

    static SimulatedDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<SimulatedDisk*>(vfs->pAppData); }

    // --- a file --------------------------------------------------------------------------------------------
    static int close(sqlite3_file* file)
    {
        Open* open = reinterpret_cast<Handle*>(file)->open;
        unlock(file, SQLITE_LOCK_NONE);
        if (open->remove_at_close && open->disk->powered_)
            open->disk->names_.erase(open->name);
        delete open;
        return SQLITE_OK;
    }
    static int read(sqlite3_file* file, void* out, int size, sqlite3_int64 at)
    {
        Open& open = opened(file);
        if (const int code = open.disk->enter(DiskCall::read))
            return code;
        const Bytes& content = open.file->content;
        const auto from = std::min(static_cast<std::size_t>(at), content.size());
        const auto got = std::min(static_cast<std::size_t>(size), content.size() - from);
        std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(from), got,
                    static_cast<std::uint8_t*>(out));
        if (got == static_cast<std::size_t>(size))
            return SQLITE_OK;
        std::memset(static_cast<std::uint8_t*>(out) + got, 0, static_cast<std::size_t>(size) - got);
        return SQLITE_IOERR_SHORT_READ;
    }
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at)
    {
        Open& open = opened(file);
        if (const int code = open.disk->enter(DiskCall::write))
            return code;
        const auto from = static_cast<std::size_t>(at);
        const auto end = from + static_cast<std::size_t>(size);
        Bytes& content = open.file->content;
        if (end > content.size()) {
            if (open.disk->room_ && open.disk->bytes_used() + (end - content.size()) > *open.disk->room_)
                return SQLITE_FULL;
            content.resize(end);
        }
        const auto* bytes = static_cast<const std::uint8_t*>(data);
        std::copy_n(bytes, size, content.begin() + at);
        open.file->steps.push_back({from, Bytes(bytes, bytes + size), false});
        return SQLITE_OK;
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size)
    {
        Open& open = opened(file);
        if (const int code = open.disk->enter(DiskCall::truncate))
            return code;
        open.file->content.resize(static_cast<std::size_t>(size));
        open.file->steps.push_back({static_cast<std::size_t>(size), {}, true});
        return SQLITE_OK;
    }
    static int sync(sqlite3_file* file, int)
    {
        Open& open = opened(file);
        if (const int code = open.disk->enter(DiskCall::sync))
            return code;
        if (!open.disk->powered_)
            return SQLITE_IOERR_FSYNC; // the plug was pulled while it waited: nothing is promised
        settle(*open.file);
        if (std::exchange(open.file->folder_sync, false))
            open.disk->sync_folder();
        return SQLITE_OK;
    }
    static int size(sqlite3_file* file, sqlite3_int64* out)
    {
        Open& open = opened(file);
        if (const int code = open.disk->enter(DiskCall::size))
            return code;
        *out = static_cast<sqlite3_int64>(open.file->content.size());
        return SQLITE_OK;
    }

    // --- locks of the rollback journal's kind --------------------------------------------------------------
    static int lock(sqlite3_file* file, int wanted)
    {
        Open& open = opened(file);
        if (const int code = open.disk->enter(DiskCall::lock))
            return code;
        File& f = *open.file;
        if (open.lock >= wanted)
            return SQLITE_OK;
        if (f.exclusive != nullptr && f.exclusive != &open)
            return SQLITE_BUSY;
        if (open.lock == SQLITE_LOCK_NONE)
            ++f.shared;
        if (wanted >= SQLITE_LOCK_RESERVED) {
            if (f.reserved != nullptr && f.reserved != &open)
                return leave_shared(open, SQLITE_BUSY);
            f.reserved = &open;
        }
        if (wanted == SQLITE_LOCK_EXCLUSIVE) {
            if (f.shared > 1)
                return SQLITE_BUSY;
            f.exclusive = &open;
        }
        open.lock = wanted;
        return SQLITE_OK;
    }
    static int leave_shared(Open& open, int code)
    {
        if (open.lock == SQLITE_LOCK_NONE)
            --open.file->shared;
        return code;
    }
    static int unlock(sqlite3_file* file, int wanted)
    {
        Open& open = opened(file);
        File& f = *open.file;
        if (open.lock <= wanted)
            return SQLITE_OK;
        if (f.exclusive == &open)
            f.exclusive = nullptr;
        if (f.reserved == &open)
            f.reserved = nullptr;
        if (wanted == SQLITE_LOCK_NONE)
            --f.shared;
        open.lock = wanted;
        return SQLITE_OK;
    }
    static int check_reserved(sqlite3_file* file, int* out)
    {
        Open& open = opened(file);
        if (const int code = open.disk->enter(DiskCall::lock))
            return code;
        *out = open.file->reserved != nullptr ? 1 : 0;
        return SQLITE_OK;
    }

    // --- the shared memory of WAL --------------------------------------------------------------------------
    static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out)
    {
        Open& open = opened(file);
        *out = nullptr;
        if (const int code = open.disk->enter(DiskCall::shared_memory))
            return code;
        if (!std::exchange(open.shm, true))
            ++open.file->shm_users;
        auto& memory = open.file->memory;
        const auto index = static_cast<std::size_t>(region);
        if (memory.size() <= index && extend == 0)
            return SQLITE_OK;
        while (memory.size() <= index)
            memory.push_back(std::make_unique<Bytes>(static_cast<std::size_t>(size)));
        *out = memory[index]->data();
        return SQLITE_OK;
    }
    static int shm_lock(sqlite3_file* file, int first, int count, int flags)
    {
        Open& open = opened(file);
        File& f = *open.file;
        const auto from = static_cast<std::size_t>(first);
        const auto to = from + static_cast<std::size_t>(count);
        // Letting go never fails, as with the system's locks.
        if ((flags & SQLITE_SHM_UNLOCK) != 0) {
            for (auto i = from; i < to; ++i) {
                if (std::exchange(open.holds_shared[i], false))
                    --f.shm_shared[i];
                if (f.shm_exclusive[i] == &open)
                    f.shm_exclusive[i] = nullptr;
            }
            return SQLITE_OK;
        }
        if (open.disk->enter(DiskCall::lock) != SQLITE_OK)
            return SQLITE_IOERR_SHMLOCK;
        const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
        for (auto i = from; i < to; ++i) {
            const bool other = f.shm_exclusive[i] != nullptr && f.shm_exclusive[i] != &open;
            const int readers = f.shm_shared[i] - (open.holds_shared[i] ? 1 : 0);
            if (other || (!shared && readers > 0))
                return SQLITE_BUSY;
        }
        for (auto i = from; i < to; ++i) {
            if (!shared)
                f.shm_exclusive[i] = &open;
            else if (!std::exchange(open.holds_shared[i], true))
                ++f.shm_shared[i];
        }
        return SQLITE_OK;
    }
    static void shm_barrier(sqlite3_file*) {}
    static int shm_unmap(sqlite3_file* file, int)
    {
        Open& open = opened(file);
        if (std::exchange(open.shm, false) && --open.file->shm_users == 0)
            open.file->memory.clear();
        return SQLITE_OK;
    }

    static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
    static int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
    // What the unix VFS says too: bytes beside a write are not harmed by it.
    static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

    // --- the disk ------------------------------------------------------------------------------------------
    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags);
    static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder)
    {
        SimulatedDisk& disk = disk_of(vfs);
        if (const int code = disk.enter(DiskCall::remove))
            return code;
        if (disk.names_.erase(name) == 0)
            return SQLITE_IOERR_DELETE_NOENT;
        if (sync_folder != 0 && disk.powered_)
            disk.sync_folder();
        return SQLITE_OK;
    }
    static int access(sqlite3_vfs* vfs, const char* name, int, int* out)
    {
        SimulatedDisk& disk = disk_of(vfs);
        if (const int code = disk.enter(DiskCall::access))
            return code;
        const auto found = disk.names_.find(name);
        *out = found != disk.names_.end() && !found->second->content.empty() ? 1 : 0;
        return SQLITE_OK;
    }
    static int full_path(sqlite3_vfs*, const char* name, int size, char* out)
    {
        sqlite3_snprintf(size, out, "%s", name);
        return SQLITE_OK;
    }
    static int randomness(sqlite3_vfs* vfs, int size, char* out)
    {
        disk_of(vfs).random_.fill({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(size)});
        return size;
    }
    static int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
    static int time_now(sqlite3_vfs*, double* out)
    {
        *out = 2458000.5;
        return SQLITE_OK;
    }
    static int time_now_ms(sqlite3_vfs*, sqlite3_int64* out)
    {
        *out = 212371243200000;
        return SQLITE_OK;
    }
    static int last_error(sqlite3_vfs*, int, char*) { return 0; }
};

int SimulatedDisk::Calls::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                               int* out_flags)
{
    static const sqlite3_io_methods methods = {
        2,         close,          read,    write,       truncate,        sync,    size,     lock,
        unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock, shm_barrier,
        shm_unmap, nullptr,        nullptr};
    SimulatedDisk& disk = disk_of(vfs);
    file->pMethods = nullptr;
    if (const int code = disk.enter(DiskCall::open))
        return code;
    const std::string path = name == nullptr ? std::string() : std::string(name);
    std::shared_ptr<File> found;
    if (const auto known = disk.names_.find(path); !path.empty() && known != disk.names_.end())
        found = known->second;
    if (!found && (flags & SQLITE_OPEN_CREATE) == 0)
        return SQLITE_CANTOPEN;
    if (!found) {
        found = std::make_shared<File>();
        if (!path.empty())
            disk.names_[path] = found;
    }
    // As the unix VFS does (os_unix.c, isNewJrnl): whenever it may create it, also when the file is there.
    if ((flags & SQLITE_OPEN_CREATE) != 0 && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0)
        found->folder_sync = true;
    auto* handle = reinterpret_cast<Handle*>(file);
    handle->open = new Open{&disk, std::move(found), path, (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
    file->pMethods = &methods;
    if (out_flags != nullptr)
        *out_flags = flags;
    return SQLITE_OK;
}

SimulatedDisk::SimulatedDisk(std::uint64_t seed) : vfs_(std::make_unique<sqlite3_vfs>()), random_(seed)
{
    static std::atomic<unsigned> number{0};
    name_ = fmt::format("simulated-disk-{}", ++number);
    sqlite3_initialize();
    *vfs_ = {};
    vfs_->iVersion = 2;
    vfs_->szOsFile = sizeof(Handle);
    vfs_->mxPathname = 512;
    vfs_->zName = name_.c_str();
    vfs_->pAppData = this;
    vfs_->xOpen = Calls::open;
    vfs_->xDelete = Calls::remove;
    vfs_->xAccess = Calls::access;
    vfs_->xFullPathname = Calls::full_path;
    vfs_->xRandomness = Calls::randomness;
    vfs_->xSleep = Calls::sleep;
    vfs_->xCurrentTime = Calls::time_now;
    vfs_->xGetLastError = Calls::last_error;
    vfs_->xCurrentTimeInt64 = Calls::time_now_ms;
    sqlite3_vfs_register(vfs_.get(), 0);
}

SimulatedDisk::~SimulatedDisk() { sqlite3_vfs_unregister(vfs_.get()); }

void SimulatedDisk::fail_in(std::uint64_t calls, bool lasting)
{
    fail_at_ = calls_ + calls;
    lasting_ = lasting;
    failed_.reset();
}

void SimulatedDisk::mend()
{
    fail_at_.reset();
    lasting_ = false;
    room_.reset();
}

std::size_t SimulatedDisk::bytes_used() const
{
    std::size_t bytes = 0;
    for (const auto& [name, file] : names_)
        bytes += file->content.size();
    return bytes;
}

SimulatedDisk::Image SimulatedDisk::image() const
{
    Image files;
    for (const auto& [name, file] : names_)
        files[name] = file->content;
    return files;
}

void SimulatedDisk::each_file(
    const std::function<void(const std::string& name, BytesView content)>& visit) const
{
    for (const auto& [name, file] : names_)
        visit(name, file->content);
}

void SimulatedDisk::load(const Image& image)
{
    names_.clear();
    for (const auto& [name, bytes] : image) {
        auto file = std::make_shared<File>();
        file->content = file->synced = bytes;
        names_[name] = std::move(file);
    }
    durable_ = names_;
    cut_at_.reset();
    powered_ = true;
}

void SimulatedDisk::sync_folder() { durable_ = names_; }

/// Some of the sectors that were written since the last sync, in any order.
void SimulatedDisk::decide(File& file)
{
    struct Piece {
        std::size_t at;
        BytesView bytes;
        bool truncate;
    };
    std::vector<Piece> pieces;
    const std::uint64_t percent = std::array<std::uint64_t, 5>{0, 10, 50, 90, 100}[random_.below(5)];
    if (file.steps.empty())
        return; // all of it was synced
    for (const auto& step : file.steps) {
        if (step.truncate && random_.below(100) < percent)
            pieces.push_back({step.at, {}, true});
        for (std::size_t done = 0; done < step.bytes.size();) {
            const std::size_t at = step.at + done;
            const std::size_t length = std::min(sector - at % sector, step.bytes.size() - done);
            if (random_.below(100) < percent)
                pieces.push_back({at, BytesView(step.bytes).subspan(done, length), false});
            done += length;
        }
    }
    for (std::size_t i = pieces.size(); i > 1; --i)
        std::swap(pieces[i - 1], pieces[random_.below(i)]);
    Bytes left = std::move(file.synced);
    for (const auto& piece : pieces) {
        const std::size_t end = piece.at + piece.bytes.size();
        const std::size_t before = left.size();
        if (piece.truncate || end > before)
            left.resize(end);
        // A longer file whose content did not arrive shows zeros, or what was on the platter.
        if (piece.at > before && random_.below(2) == 0)
            random_.fill(MutableBytesView(left).subspan(before, piece.at - before));
        std::copy(piece.bytes.begin(), piece.bytes.end(),
                  left.begin() + static_cast<std::ptrdiff_t>(piece.at));
    }
    file.content = left;
    file.synced = std::move(left);
    file.steps.clear();
}

void SimulatedDisk::restore_power()
{
    for (auto& [name, file] : names_)
        decide(*file);
    for (auto& [name, file] : durable_) {
        if (!file->steps.empty())
            decide(*file); // deleted, and the deletion was not durable
    }
    // Each name that was made or deleted since the folder's last sync is there or not.
    std::map<std::string, std::shared_ptr<File>> left;
    for (const auto* side : {&names_, &durable_}) {
        for (const auto& [name, file] : *side) {
            const auto other = (side == &names_ ? durable_ : names_).find(name);
            const bool settled =
                other != (side == &names_ ? durable_ : names_).end() && other->second == file;
            if (settled || random_.below(2) == 0)
                left.try_emplace(name, file);
        }
    }
    for (auto& [name, file] : left) {
        file->shared = 0;
        file->reserved = file->exclusive = nullptr;
        file->memory.clear();
        file->shm_shared = {};
        file->shm_exclusive = {};
        file->shm_users = 0;
        file->folder_sync = false;
    }
    names_ = left;
    durable_ = std::move(left);
    cut_at_.reset();
    powered_ = true;
}

} // namespace montbrillant::test
