// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A pseudo-terminal under a stable name: what a USB-serial reader behind a udev symlink looks like.

#include "sync/base/bytes.hpp"
#include "sync/base/files.hpp"
#include "sync/base/result.hpp"

#include <filesystem>

namespace montbrillant::pn532 {

class Pty {
public:
    /// `link` may be empty: then only the kernel's own name is there, and it changes with every replug.
    explicit Pty(std::filesystem::path link) : link_(std::move(link)) {}
    ~Pty() { unplug(); }
    Pty(const Pty&) = delete;
    Pty& operator=(const Pty&) = delete;

    /// Makes a new terminal, raw, and replaces the link in one step.
    [[nodiscard]] Result<> plug();
    /// The terminal hangs up for whoever has it open, and the link is gone.
    void unplug();
    [[nodiscard]] bool plugged() const { return master_.valid(); }

    /// For poll; -1 when unplugged.
    [[nodiscard]] int fd() const { return master_.get(); }
    /// Where a host opens it: the link, or the kernel's name.
    [[nodiscard]] const std::filesystem::path& path() const { return link_.empty() ? terminal_ : link_; }

    [[nodiscard]] Bytes read();
    /// What does not fit the kernel's buffer is lost, as on a line that nobody reads.
    void write(BytesView bytes);

private:
    std::filesystem::path link_;
    std::filesystem::path terminal_;
    FileDescriptor master_;
    FileDescriptor keeper_; // our own opening of the other side: without one, reading the master fails
};

} // namespace montbrillant::pn532
