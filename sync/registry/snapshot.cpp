// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/snapshot.hpp"

#include "sync/base/number.hpp"
#include "sync/base/zstd.hpp"
#include "sync/registry/service.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant::registry {
namespace {

constexpr int level = 3;
constexpr std::size_t rows_per_read = 250; ///< records can be large
constexpr std::string_view media_type = "application/zstd";

struct Span {
    std::size_t from{};
    std::size_t to{}; ///< behind the last byte
};

/// The one range that is asked for, within `size` bytes; an empty one when it begins behind the end. Nothing
/// when the header is none, or not of this kind: then it does not count.
std::optional<Span> range_in(std::string_view header, std::size_t size)
{
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit))
        return std::nullopt;
    header.remove_prefix(unit.size());
    const auto dash = header.find('-');
    if (dash == std::string_view::npos)
        return std::nullopt;
    const auto first = number_from<std::size_t>(header.substr(0, dash));
    const auto last = number_from<std::size_t>(header.substr(dash + 1));
    const bool open = dash + 1 == header.size();
    if (dash == 0 && last)
        return Span{size - std::min(size, *last), size};
    if (!first || (!last && !open) || (last && *last < *first))
        return std::nullopt;
    if (*first >= size)
        return Span{size, size};
    return Span{*first, open ? size : std::min(size - 1, *last) + 1};
}

/// A weak tag says only that it is about the same: no bytes can be counted on it.
bool names(std::string_view list, std::string_view etag)
{
    const auto at = list.find(etag);
    return list == "*" || (at != std::string_view::npos && !list.substr(0, at).ends_with("W/"));
}

HttpResponse refused(const Snapshot& snapshot, int status, std::string_view code, std::string words)
{
    HttpResponse response = refusal_response({status, std::string(code), std::move(words), {}});
    response.headers = {{"ETag", snapshot.etag()}};
    return response;
}

} // namespace

Snapshot::Snapshot(std::vector<Frame> frames, std::uint64_t end_seq, std::string etag)
    : frames_(std::move(frames)), end_seq_(end_seq), etag_(std::move(etag))
{
    for (const auto& frame : frames_)
        bytes_ += frame->size();
}

HttpResponse Snapshot::part(int status, std::size_t from, std::size_t to) const
{
    HttpResponse response{status, {}, std::string(media_type)};
    response.headers = {{"ETag", etag_}, {"Accept-Ranges", "bytes"}};
    if (status == 206)
        response.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", from, to - 1, bytes_));
    std::size_t at = 0;
    for (const auto& frame : frames_) {
        const std::size_t begin = std::max(at, from);
        const std::size_t end = std::min(at + frame->size(), to);
        if (begin < end)
            response.pieces.push_back({frame, std::string_view(*frame).substr(begin - at, end - begin)});
        at += frame->size();
    }
    return response;
}

HttpResponse Snapshot::answer(const Conditions& conditions) const
{
    if (!conditions.if_match.empty() && !names(conditions.if_match, etag_))
        return refused(*this, 412, protocol::code::changed, "it is another snapshot now: begin it again");
    const bool same = conditions.if_range.empty() || conditions.if_range == etag_;
    const auto range = same ? range_in(conditions.range, bytes_) : std::nullopt;
    if (!range)
        return part(200, 0, bytes_);
    if (range->from < range->to)
        return part(206, range->from, range->to);
    auto response = refused(*this, 416, protocol::code::range,
                            fmt::format("the snapshot ends before that: it has {} bytes", bytes_));
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", bytes_));
    return response;
}

SnapshotMaker::SnapshotMaker(std::string registry_id, const Options& options)
    : registry_id_(std::move(registry_id)), options_(options)
{
}

void SnapshotMaker::drop()
{
    segments_.clear();
    end_ = {};
    content_ = {};
    bytes_ = 0;
    full_ = false;
    published_ = 0;
    current_.reset();
}

Result<> SnapshotMaker::check(Ledger& ledger)
{
    MB_TRY(auto log_epoch, ledger.log_epoch());
    const KeyStore& keys = ledger.key_store();
    const bool other = log_epoch != log_epoch_ || ledger.log_end().seq < end_.seq;
    if (other || keys.erased().size() != erased_ || keys.event_erased())
        drop();
    log_epoch_ = std::move(log_epoch);
    erased_ = keys.erased().size();
    return {};
}

/// The rows behind `end`, which then is their last; nothing when they do not follow it.
Result<Snapshot::Frame> SnapshotMaker::segment(Ledger& ledger, Cursor& end) const
{
    std::string lines;
    for (const std::uint64_t to = end.seq + options_.segment_rows; end.seq < to;) {
        const auto most = std::min<std::uint64_t>(rows_per_read, to - end.seq);
        MB_TRY(auto rows, ledger.log_after(end.seq, static_cast<std::size_t>(most)));
        for (auto& row : rows) {
            if (row.seq != end.seq + 1 || row.log_hash != crypto::blake2b(end.log_hash, row.fact.hash))
                return Snapshot::Frame(); // a database put back by hand: another log
            end = {row.seq, row.log_hash};
            lines += protocol::write(to_row(std::move(row)));
            lines += '\n';
        }
        if (rows.empty())
            return Snapshot::Frame();
    }
    MB_TRY(auto frame, zstd::compress(lines, level));
    return std::make_shared<const std::string>(std::move(frame));
}

bool SnapshotMaker::more(Ledger& ledger) const
{
    return !full_ && ledger.log_end().seq >= end_.seq + options_.segment_rows &&
           !ledger.key_store().event_erased();
}

bool SnapshotMaker::much_longer() const
{
    return segments_.size() > published_ && segments_.size() * growth >= published_ * (growth + 1);
}

bool SnapshotMaker::due(Ledger& ledger) const
{
    return more(ledger) || much_longer() || ledger.key_store().erased().size() != erased_ ||
           (ledger.key_store().event_erased() && current_);
}

Result<bool> SnapshotMaker::work(Ledger& ledger)
{
    MB_CHECK(check(ledger));
    if (!more(ledger)) {
        if (much_longer())
            MB_CHECK(publish());
        return false;
    }
    Cursor end = end_;
    MB_TRY(auto frame, segment(ledger, end));
    if (!frame) {
        drop();
        return false;
    }
    full_ =
        bytes_ + frame->size() > options_.bytes_max || segments_.size() == protocol::snapshot_segments_max;
    if (full_)
        return true;
    content_ = crypto::blake2b(content_, as_bytes(*frame));
    bytes_ += frame->size();
    end_ = end;
    segments_.push_back(std::move(frame));
    return true;
}

Result<> SnapshotMaker::publish()
{
    protocol::SnapshotHead head;
    head.registry_id = registry_id_;
    head.log_epoch = log_epoch_;
    head.end = {end_.seq, end_.log_hash};
    head.segment_rows = options_.segment_rows;
    for (const auto& segment : segments_)
        head.segments.push_back(segment->size());
    MB_TRY(auto first, zstd::compress(protocol::write(head) + '\n', level));
    std::vector<Snapshot::Frame> frames{std::make_shared<const std::string>(std::move(first))};
    frames.insert(frames.end(), segments_.begin(), segments_.end());
    auto etag = fmt::format("\"{}-{}-{}\"", log_epoch_, end_.seq, to_hex(content_).substr(0, 32));
    current_ = std::make_shared<const Snapshot>(std::move(frames), end_.seq, std::move(etag));
    published_ = segments_.size();
    return {};
}

} // namespace montbrillant::registry
