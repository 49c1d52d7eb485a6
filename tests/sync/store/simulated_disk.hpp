// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A disk in memory that loses its power, fills up and fails, as an sqlite3_vfs: `Database::Options::vfs` is
/// its name. It promises what a disk under a POSIX file system promises and no more:
///
///  - What was synced is there after a power cut. Everything else survives at random: each write is torn into
///    the 512-byte sectors that it touches, and any subset of them, in any order, reaches the platter; a
///    file's length may have grown without its content (zeros or rubbish stand there); a truncation may be
///    lost.
///  - A created or deleted name is durable only once its folder was synced, which happens exactly where
///  SQLite's
///    own unix VFS does it: with the first sync of a journal or WAL, and with a delete that asks for it.
///  - Shared memory and locks are gone after a cut.
///
/// One thread. The object must outlive every database on it.

#include "sync/base/bytes.hpp"
#include "sync/base/random.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace montbrillant::test {

enum class DiskCall { open, read, write, truncate, sync, size, remove, access, lock, shared_memory };

class SimulatedDisk {
public:
    /// Registers the VFS under a name of its own.
    explicit SimulatedDisk(std::uint64_t seed);
    ~SimulatedDisk();
    SimulatedDisk(const SimulatedDisk&) = delete;
    SimulatedDisk& operator=(const SimulatedDisk&) = delete;

    [[nodiscard]] const std::string& vfs() const { return name_; }
    /// How often SQLite has called so far, dead calls included.
    [[nodiscard]] std::uint64_t calls() const { return calls_; }

    // --- power ---------------------------------------------------------------------------------------------
    /// The power fails in the `calls`-th call from now on: that call does its work at random, and every later
    /// one fails until `restore_power`.
    void cut_power_in(std::uint64_t calls) { cut_at_ = calls_ + calls; }
    void keep_power() { cut_at_.reset(); }
    [[nodiscard]] bool powered() const { return powered_; }
    /// Every database on the disk must be closed. Cuts the power if it is on, decides what survives, and
    /// switches it on again.
    void restore_power();

    // --- copies --------------------------------------------------------------------------------------------
    /// Every file with all that was written so far, by name: a copy of the disk while it runs.
    using Image = std::map<std::string, Bytes>;
    [[nodiscard]] Image image() const;
    /// The same file by file, without a copy.
    void each_file(const std::function<void(const std::string& name, BytesView content)>& visit) const;
    /// Every database on the disk must be closed. From now on it holds these files and no others.
    void load(const Image& image);

    // --- faults --------------------------------------------------------------------------------------------
    /// The `calls`-th call from now on fails as an I/O error; with `lasting` so does every later one.
    void fail_in(std::uint64_t calls, bool lasting = false);
    /// So many bytes fit on the disk; nothing: no limit.
    void set_room(std::optional<std::size_t> bytes) { room_ = bytes; }
    void mend();
    /// What the failed call was, once one failed.
    [[nodiscard]] std::optional<DiskCall> failed() const { return failed_; }

    [[nodiscard]] std::size_t bytes_used() const;

    struct File;  ///< shared by all that have it open
    struct Open;  ///< one handle
    struct Calls; ///< the functions that SQLite calls

private:
    struct Step; ///< a write or truncation that was not synced
    friend struct Calls;

    /// 0, or SQLite's code for the call that must fail.
    [[nodiscard]] int enter(DiskCall call);
    void decide(File& file);
    void sync_folder();

    std::string name_;
    std::unique_ptr<sqlite3_vfs> vfs_;
    SeededRandom random_;
    std::map<std::string, std::shared_ptr<File>> names_;   ///< as everybody sees them
    std::map<std::string, std::shared_ptr<File>> durable_; ///< as a power cut would leave them at least
    std::uint64_t calls_ = 0;
    std::optional<std::uint64_t> cut_at_;
    std::optional<std::uint64_t> fail_at_;
    bool lasting_ = false;
    bool powered_ = true;
    std::optional<std::size_t> room_;
    std::optional<DiskCall> failed_;
};

} // namespace montbrillant::test
