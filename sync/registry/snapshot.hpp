// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The log in one piece, for a device's first start: `protocol::SnapshotHead`, then rows 1 to N as a pull
/// gives them, compressed. It *is* the log, so a device checks its chain as in any page, and goes on by
/// pulling wherever it was interrupted.
///
/// Held in memory, a frame for each `segment_rows` rows, so that a longer snapshot has the frames of the one
/// before and any number of answers share them. Made while the registry has nothing else to do, a segment at
/// a time; until the first is whole, and whenever it was dropped, there is none and devices pull.
///
/// It is dropped and made again when somebody is erased, for what is sealed in it would outlive them; when
/// the log is another one; and for good when the event is erased. Nodes of one registry have one each: the
/// same content has the same ETag.

#include "sync/registry/http.hpp"
#include "sync/registry/ledger.hpp"

#include <memory>
#include <string>
#include <vector>

namespace montbrillant::registry {

/// Never changes.
class Snapshot {
public:
    using Frame = std::shared_ptr<const std::string>;
    Snapshot(std::vector<Frame> frames, std::uint64_t end_seq, std::string etag);

    [[nodiscard]] std::uint64_t end_seq() const { return end_seq_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] const std::string& etag() const { return etag_; } ///< with its quotes
    /// All of it, or the one range of bytes that is asked for (RFC 9110, sections 13 and 14). Any thread.
    [[nodiscard]] HttpResponse answer(const Conditions& conditions) const;

private:
    [[nodiscard]] HttpResponse part(int status, std::size_t from, std::size_t to) const;

    std::vector<Frame> frames_;
    std::uint64_t end_seq_;
    std::string etag_;
    std::size_t bytes_ = 0;
};

/// Belongs to the thread of the Ledger.
class SnapshotMaker {
public:
    struct Options {
        std::uint64_t segment_rows = 1000;
        std::size_t bytes_max = 256U << 20; ///< it ends there, and the rest is pulled
    };
    explicit SnapshotMaker(std::string registry_id) : SnapshotMaker(std::move(registry_id), Options()) {}
    SnapshotMaker(std::string registry_id, const Options& options);

    /// Drops what may not be given out any more. Before each use, and in each turn of the registry.
    [[nodiscard]] Result<> check(Ledger& ledger);
    /// Whether `work` would do something.
    [[nodiscard]] bool due(Ledger& ledger) const;
    /// Makes one segment, if the log has one beyond the last. False: there is nothing more to do now.
    [[nodiscard]] Result<bool> work(Ledger& ledger);
    /// Nothing: there is none.
    [[nodiscard]] const std::shared_ptr<const Snapshot>& current() const { return current_; }

private:
    /// A new one is given out when it is so much longer: devices in the middle of the old one begin it anew.
    static constexpr std::size_t growth = 8;

    void drop();
    [[nodiscard]] bool more(Ledger& ledger) const;
    [[nodiscard]] bool much_longer() const;
    [[nodiscard]] Result<Snapshot::Frame> segment(Ledger& ledger, Cursor& end) const;
    [[nodiscard]] Result<> publish();

    std::string registry_id_;
    Options options_;
    std::vector<Snapshot::Frame> segments_;
    Cursor end_;             ///< of the last segment
    crypto::Hash content_{}; ///< a chain over the frames
    std::size_t bytes_ = 0;
    bool full_ = false;
    std::size_t published_ = 0; ///< segments of `current_`
    std::shared_ptr<const Snapshot> current_;
    std::size_t erased_ = 0;
    std::string log_epoch_;
};

} // namespace montbrillant::registry
