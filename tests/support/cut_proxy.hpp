// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Between libpq and a server's Unix socket: passes everything on until it is told to break a connection at
/// the worst moment.

#include "sync/base/files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

namespace montbrillant::test {

class CutProxy {
public:
    enum class Cut {
        none,
        answer_to_commit, ///< the server has committed; whoever asked never hears of it
        before_commit,    ///< what the client sends next, with a commit in it, does not arrive
    };
    /// `server`: the folder with the server's socket.
    explicit CutProxy(std::filesystem::path server);
    CutProxy(const CutProxy&) = delete;
    CutProxy& operator=(const CutProxy&) = delete;
    ~CutProxy();

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    void cut_next(Cut cut) { cut_ = cut; }
    [[nodiscard]] int cuts() const { return cuts_; }

private:
    void accept();
    void pass(FileDescriptor client);
    [[nodiscard]] bool cuts_here(Cut which, std::string_view bytes);

    std::filesystem::path server_;
    TemporaryFolder folder_;
    FileDescriptor listener_;
    FileDescriptor end_; ///< an eventfd
    std::atomic<Cut> cut_{Cut::none};
    std::atomic<int> cuts_{0};
    std::mutex mutex_;
    std::vector<std::thread> threads_;
};

} // namespace montbrillant::test
