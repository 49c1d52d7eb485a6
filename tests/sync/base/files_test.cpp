// SPDX-License-Identifier: Apache-2.0
// Plain files through a power cut. The system calls of sync/base/files.cpp go through the functions below,
// which keep a record: from it follows what a disk may hold if the power fails after any of them.
#include "sync/base/files.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cerrno>
#include <cstdarg>
#include <fcntl.h>
#include <map>
#include <set>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace montbrillant;

namespace {

struct Step {
    enum class What { make, write, sync, rename, sync_folder } what{};
    int inode = 0;
    std::string text;  ///< content written, or the name made, or the new name
    std::string other; ///< the name before a rename
};

struct Record {
    std::vector<Step> steps;
    std::map<int, int> inode_of; ///< by descriptor; 0: a folder
    int inodes = 1;              ///< 1 is the old file
    int calls = 0;
    int fail_at = 0; ///< the call that fails, 0: none
};

Record* record = nullptr;

/// Counts the call; true when it is the one that must fail.
bool fails()
{
    if (record == nullptr || ++record->calls != record->fail_at)
        return false;
    errno = EIO;
    return true;
}

int inode(int fd) { return record->inode_of.contains(fd) ? record->inode_of.at(fd) : -1; }

} // namespace

extern "C" {

int open(const char* path, int flags, ...)
{
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    if (fails())
        return -1;
    const int fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
    if (record != nullptr && fd >= 0) {
        const bool folder = (flags & O_DIRECTORY) != 0;
        record->inode_of[fd] = folder ? 0 : ++record->inodes;
        if (!folder)
            record->steps.push_back({Step::What::make, record->inodes, path, {}});
    }
    return fd;
}

ssize_t write(int fd, const void* data, size_t size)
{
    if (record == nullptr || inode(fd) < 0)
        return ::syscall(SYS_write, fd, data, size);
    if (fails())
        return -1;
    // Half at a time, as a system may.
    const size_t part = size > 1 ? size / 2 : size;
    record->steps.push_back(
        {Step::What::write, inode(fd), std::string(static_cast<const char*>(data), part), {}});
    return ::syscall(SYS_write, fd, data, part);
}

int fsync(int fd)
{
    if (fails())
        return -1;
    if (record != nullptr)
        record->steps.push_back(
            {inode(fd) == 0 ? Step::What::sync_folder : Step::What::sync, inode(fd), {}, {}});
    return static_cast<int>(::syscall(SYS_fsync, fd));
}

int rename(const char* from, const char* to) noexcept
{
    if (fails())
        return -1;
    if (record != nullptr)
        record->steps.push_back({Step::What::rename, 0, to, from});
    return static_cast<int>(::syscall(SYS_rename, from, to));
}

} // extern "C"

namespace {

/// What the file may hold after the first `done` steps and a power cut: names that were made or renamed since
/// the folder's sync are there or not, unsynced content is there, not, or in part.
std::set<std::string> possible(const std::vector<Step>& steps, std::size_t done, const std::string& name,
                               const std::string& old)
{
    std::map<int, std::string> synced{{1, old}};
    std::map<int, std::string> written{{1, old}};
    std::set<std::map<std::string, int>> folders{{{name, 1}}};
    std::map<std::string, int> now{{name, 1}};
    for (std::size_t i = 0; i < done; ++i) {
        const Step& step = steps[i];
        switch (step.what) {
        case Step::What::make: now[step.text] = step.inode; break;
        case Step::What::rename:
            now[step.text] = now.at(step.other);
            now.erase(step.other);
            break;
        case Step::What::write: written[step.inode] += step.text; break;
        case Step::What::sync: synced[step.inode] = written[step.inode]; break;
        case Step::What::sync_folder: folders.clear(); break;
        }
        folders.insert(now);
    }
    std::set<std::string> contents;
    for (const auto& folder : folders) {
        if (!folder.contains(name)) {
            contents.insert("(gone)");
            continue;
        }
        const int which = folder.at(name);
        contents.insert(synced[which]);
        contents.insert(written[which]);
        if (synced[which] != written[which])
            contents.insert(written[which].substr(0, written[which].size() / 2));
    }
    return contents;
}

struct Recording {
    Record kept;
    explicit Recording(int fail_at = 0)
    {
        kept.fail_at = fail_at;
        record = &kept;
    }
    ~Recording() { record = nullptr; }
};

std::string content(const std::filesystem::path& file) { return read_file(file, 1000).value(); }

} // namespace

TEST_CASE(
    "a file that is replaced is the old or the new one whenever the power fails, and the new one afterwards",
    "[rule6]")
{
    test::TemporaryFolder folder;
    const auto file = folder.path() / "event.key";
    REQUIRE(write_file(file, as_bytes("old keys"), 0600));
    std::vector<Step> steps;
    {
        Recording recording;
        REQUIRE(write_file(file, as_bytes("new keys, longer"), 0600));
        steps = recording.kept.steps;
    }
    REQUIRE(steps.size() >= 6); // made, written in pieces, synced, renamed, folder synced
    const std::set<std::string> whole{"old keys", "new keys, longer"};
    for (std::size_t done = 0; done <= steps.size(); ++done) {
        for (const auto& left : possible(steps, done, file.string(), "old keys")) {
            INFO("after step " << done);
            CHECK(whole.contains(left));
        }
    }
    CHECK(possible(steps, steps.size(), file.string(), "old keys") ==
          std::set<std::string>{"new keys, longer"});
    CHECK(content(file) == "new keys, longer");
    struct stat status{};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("whichever call fails while a file is replaced, it is said, and the file is the old or the new one")
{
    test::TemporaryFolder folder;
    const auto file = folder.path() / "event.key";
    int failures = 0;
    for (int call = 1;; ++call) {
        INFO("call " << call);
        REQUIRE(write_file(file, as_bytes("old keys"), 0600));
        Recording recording(call);
        const auto written = write_file(file, as_bytes("new keys, longer"), 0600);
        record = nullptr;
        if (written)
            break;
        ++failures;
        CHECK(written.error().kind == ErrorKind::storage);
        CHECK_THAT(written.error().text(), Catch::Contains("event.key") || Catch::Contains("folder"));
        CHECK((content(file) == "old keys" || content(file) == "new keys, longer"));
        CHECK_FALSE(std::filesystem::exists(folder.path() / "event.key.new")); // it may hold keys
    }
    CHECK(failures >= 6);
}

TEST_CASE("what was written and never committed goes away")
{
    test::TemporaryFolder folder;
    const auto file = folder.path() / "facts.jsonl";
    {
        auto writer = FileWriter::create(file);
        REQUIRE(writer);
        REQUIRE(writer->write(as_bytes("half")));
    }
    CHECK(std::filesystem::is_empty(folder.path()));
}
