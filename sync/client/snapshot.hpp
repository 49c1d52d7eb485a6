// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The registry's snapshot as a device takes it (`protocol::SnapshotHead`): asked for in ranges, decoded in
/// bounded memory, each row checked against the log's hash chain. It begins with the segment of the first row
/// that the device lacks, so an interrupted one is gone on with. Whatever is wrong with it is an error of the
/// network in words; the log can always be pulled instead. One thread at a time.

#include "sync/base/zstd.hpp"
#include "sync/client/http.hpp"
#include "sync/protocol/messages.hpp"
#include "sync/store/store.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace montbrillant {

[[nodiscard]] LoggedFact to_logged(protocol::PullRow&& row);

/// From bytes to rows.
class SnapshotReader {
public:
    static constexpr std::size_t batch_rows = 1000;

    /// The bytes will begin with row `first`; rows up to `from` are passed over, and its hash must be there.
    SnapshotReader(std::uint64_t first, const Cursor& from);

    void feed(std::string bytes);
    /// The next rows: a full batch, or what there was in the bytes so far. None: more bytes are wanted.
    [[nodiscard]] Result<std::vector<LoggedFact>> next();
    /// The last row so far; all bytes were whole lines in whole frames.
    [[nodiscard]] Result<> end(const protocol::LogPlace& expected) const;

private:
    [[nodiscard]] bool full(const std::vector<LoggedFact>& batch) const;
    [[nodiscard]] Result<> take_lines(std::vector<LoggedFact>& batch);
    [[nodiscard]] Result<> take(std::string_view line, std::vector<LoggedFact>& batch);

    zstd::Decoder decoder_;
    std::string bytes_;    ///< still compressed
    std::size_t used_ = 0; ///< of them
    std::string text_;     ///< begun lines
    std::size_t read_ = 0; ///< of it
    std::size_t batch_bytes_ = 0;
    Cursor from_;
    Cursor place_;
    bool linked_ = false; ///< the row before `place_ + 1` was seen, so the next can be checked
};

/// The head of a snapshot that begins with these bytes, and how many of them it takes. Nothing: it goes on.
[[nodiscard]] Result<std::optional<protocol::SnapshotHead>> snapshot_head_in(std::string_view bytes,
                                                                             std::size_t& size);

class SnapshotFetch {
public:
    /// A signed question to the registry.
    using Send = std::function<Result<HttpAnswer>(const HttpCall&)>;
    static constexpr std::size_t range_bytes = 1U << 20;

    explicit SnapshotFetch(const DeviceId& device) : target_(protocol::snapshot_target(device)) {}

    /// Nothing: the registry has none now.
    [[nodiscard]] Result<std::optional<protocol::SnapshotHead>> head(const Send& send);
    /// What follows begins behind this place; after `head`.
    void begin_after(const Cursor& place);
    /// The next rows; none: that was the last.
    [[nodiscard]] Result<std::vector<LoggedFact>> next(const Send& send);

private:
    [[nodiscard]] Result<std::optional<std::string>> range(const Send& send, std::uint64_t from,
                                                           std::uint64_t to);

    std::string target_;
    std::string etag_;
    protocol::SnapshotHead head_;
    std::uint64_t head_bytes_ = 0;
    std::uint64_t at_ = 0;
    std::uint64_t size_ = 0;
    std::optional<SnapshotReader> reader_;
};

} // namespace montbrillant
