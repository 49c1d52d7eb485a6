// SPDX-License-Identifier: Apache-2.0
#include "sync/client/snapshot.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::size_t decoded_bytes = 1U << 17; ///< at a time
constexpr std::size_t head_range_bytes = 1U << 14;
constexpr std::size_t head_bytes_max = protocol::snapshot_line_bytes_max;
constexpr Millis range_patience{15000}; ///< and a second more for each
constexpr std::size_t bytes_per_second = 8192;

tl::unexpected<Error> wrong(std::string what)
{
    return fail(ErrorKind::network, std::move(what), "the registry's snapshot");
}

template <class T> Result<T> readable(Result<T> read)
{
    if (!read)
        return wrong(read.error().text());
    return read;
}

} // namespace

LoggedFact to_logged(protocol::PullRow&& row)
{
    LoggedFact logged{row.seq, row.log_hash, std::move(row.outcome), {}};
    logged.fact = {std::move(row.device), row.epoch,     row.counter, std::move(row.fact.bytes),
                   row.fact.previous,     row.fact.hash, {}};
    if (row.fact.record)
        logged.fact.record =
            SealedRecord{std::move(row.fact.record->delegate), std::move(row.fact.record->wrapped_key),
                         std::move(row.fact.record->sealed)};
    return logged;
}

SnapshotReader::SnapshotReader(std::uint64_t first, const Cursor& from)
    : from_(from), place_{first - 1, {}}, linked_(first == 1)
{
}

void SnapshotReader::feed(std::string bytes)
{
    bytes_.erase(0, used_);
    used_ = 0;
    bytes_ = bytes_.empty() ? std::move(bytes) : bytes_ + bytes;
}

bool SnapshotReader::full(const std::vector<LoggedFact>& batch) const
{
    return batch.size() >= batch_rows || batch_bytes_ >= protocol::batch_bytes_wanted;
}

Result<std::vector<LoggedFact>> SnapshotReader::next()
{
    std::vector<LoggedFact> batch;
    batch_bytes_ = 0;
    for (;;) {
        MB_CHECK(take_lines(batch));
        if (full(batch))
            return batch;
        std::string_view in = std::string_view(bytes_).substr(used_);
        const std::size_t text_before = text_.size();
        const std::size_t bytes_before = in.size();
        MB_CHECK(readable(decoder_.step(in, text_, decoded_bytes)));
        used_ = bytes_.size() - in.size();
        if (text_.size() == text_before && in.size() == bytes_before)
            return batch;
    }
}

Result<> SnapshotReader::take_lines(std::vector<LoggedFact>& batch)
{
    while (!full(batch)) {
        const auto end = text_.find('\n', read_);
        const auto length = (end == std::string::npos ? text_.size() : end) - read_;
        if (length > protocol::snapshot_line_bytes_max)
            return wrong(fmt::format("a line of more than {} bytes after row {}",
                                     protocol::snapshot_line_bytes_max, place_.seq));
        if (end == std::string::npos)
            break;
        MB_CHECK(take(std::string_view(text_).substr(read_, length), batch));
        batch_bytes_ += length;
        read_ = end + 1;
    }
    if (read_ == text_.size() || read_ > decoded_bytes) {
        text_.erase(0, read_);
        read_ = 0;
    }
    return {};
}

Result<> SnapshotReader::take(std::string_view line, std::vector<LoggedFact>& batch)
{
    MB_TRY(auto row, readable(protocol::read_pull_row(line)));
    const bool follows = !linked_ || row.log_hash == crypto::blake2b(place_.log_hash, row.fact.hash);
    if (row.seq != place_.seq + 1 || !follows)
        return wrong(fmt::format("row {} does not follow row {}", row.seq, place_.seq));
    place_ = {row.seq, row.log_hash};
    linked_ = true;
    if (row.seq == from_.seq && row.log_hash != from_.log_hash)
        return wrong("it is of another log");
    if (row.seq > from_.seq)
        batch.push_back(to_logged(std::move(row)));
    return {};
}

Result<> SnapshotReader::end(const protocol::LogPlace& expected) const
{
    if (!decoder_.at_end_of_frame() || read_ != text_.size() || place_.seq != expected.seq ||
        place_.log_hash != expected.log_hash)
        return wrong(fmt::format("it ends after row {} and should have {}", place_.seq, expected.seq));
    return {};
}

Result<std::optional<protocol::SnapshotHead>> snapshot_head_in(std::string_view bytes, std::size_t& size)
{
    zstd::Decoder decoder;
    std::string text;
    const std::size_t all = bytes.size();
    for (;;) {
        const std::size_t before = bytes.size() + text.size();
        const std::size_t text_before = text.size();
        MB_CHECK(readable(decoder.step(bytes, text, head_bytes_max - text.size() + 1)));
        if (decoder.at_end_of_frame() && bytes.size() < all)
            break;
        if (text.size() > head_bytes_max)
            return wrong("its head is too long");
        if (text.size() == text_before && bytes.size() + text.size() == before)
            return std::optional<protocol::SnapshotHead>();
    }
    if (!text.ends_with('\n'))
        return wrong("its head is no line");
    text.pop_back();
    size = all - bytes.size();
    MB_TRY(auto head, readable(protocol::read_snapshot_head(text)));
    return std::optional(std::move(head));
}

/// Bytes [from, to) of the one snapshot that was begun with; fewer at its end. Nothing: there is none.
Result<std::optional<std::string>> SnapshotFetch::range(const Send& send, std::uint64_t from,
                                                        std::uint64_t to)
{
    HttpCall call{"GET", target_, "", "",
                  range_patience + Millis(1000 * static_cast<std::int64_t>((to - from) / bytes_per_second))};
    call.range = fmt::format("bytes={}-{}", from, to - 1);
    call.if_match = etag_;
    MB_TRY(auto answer, send(call));
    if (answer.status != 206) {
        const auto refusal = protocol::read_refusal(answer.status, answer.body);
        if (refusal.code == protocol::code::no_snapshot)
            return std::optional<std::string>();
        return wrong(answer.status == 200 ? "ranges of it cannot be had" : refusal.words);
    }
    const auto expected = fmt::format("bytes {}-{}/", from, from + answer.body.size() - 1);
    if (answer.body.empty() || answer.body.size() > to - from ||
        !answer.content_range.starts_with(expected) || answer.etag.empty() ||
        (!etag_.empty() && answer.etag != etag_))
        return wrong("another part of it came than was asked for");
    etag_ = answer.etag;
    return std::optional(std::move(answer.body));
}

Result<std::optional<protocol::SnapshotHead>> SnapshotFetch::head(const Send& send)
{
    std::string bytes;
    while (bytes.size() < head_bytes_max) {
        MB_TRY(const auto more, range(send, bytes.size(), bytes.size() + head_range_bytes));
        if (!more)
            return std::optional<protocol::SnapshotHead>();
        bytes += *more;
        std::size_t size = 0;
        MB_TRY(auto head, snapshot_head_in(bytes, size));
        if (!head)
            continue;
        if (head->format != 1)
            return std::optional<protocol::SnapshotHead>(); // of a newer registry, which can be pulled
        head_ = *head;
        head_bytes_ = size;
        return head;
    }
    return wrong("its head is too long");
}

void SnapshotFetch::begin_after(const Cursor& place)
{
    const auto segment = std::min<std::uint64_t>(place.seq / head_.segment_rows, head_.segments.size());
    at_ = head_bytes_;
    size_ = head_bytes_;
    for (std::uint64_t i = 0; i < head_.segments.size(); ++i) {
        at_ += i < segment ? head_.segments[i] : 0;
        size_ += head_.segments[i];
    }
    reader_.emplace(segment * head_.segment_rows + 1, place);
}

Result<std::vector<LoggedFact>> SnapshotFetch::next(const Send& send)
{
    for (;;) {
        MB_TRY(auto batch, reader_->next());
        if (!batch.empty())
            return batch;
        if (at_ == size_) {
            MB_CHECK(reader_->end(head_.end));
            return batch;
        }
        MB_TRY(auto bytes, range(send, at_, std::min<std::uint64_t>(size_, at_ + range_bytes)));
        if (!bytes)
            return wrong("there is none any more");
        at_ += bytes->size();
        reader_->feed(std::move(*bytes));
    }
}

} // namespace montbrillant
