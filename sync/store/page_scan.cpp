// SPDX-License-Identifier: Apache-2.0
#include "sync/store/page_scan.hpp"

#include "sync/base/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_map>

namespace montbrillant {
namespace {

constexpr std::size_t usual_page = 4096; // ours, when no header says so
constexpr std::size_t wal_header = 32;
constexpr std::size_t frame_header = 24;
constexpr std::size_t payload_max = 16U * 1024U * 1024U; // larger than any row of ours

std::uint32_t big_endian(BytesView bytes, std::size_t at, std::size_t size)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8U | bytes[at + i];
    return value;
}

bool is_page_size(std::size_t size) { return size >= 512 && size <= 65536 && (size & (size - 1)) == 0; }

/// Reads forward in a buffer; past its end it fails and stays failed.
class Reader {
public:
    explicit Reader(BytesView bytes) : bytes_(bytes) {}

    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (int i = 0; i < 9 && at_ < bytes_.size(); ++i) {
            const std::uint8_t byte = bytes_[at_++];
            if (i == 8)
                return value << 8U | byte;
            value = value << 7U | (byte & 0x7FU);
            if ((byte & 0x80U) == 0)
                return value;
        }
        failed_ = true;
        return 0;
    }
    BytesView take(std::uint64_t size)
    {
        if (failed_ || size > bytes_.size() - at_) {
            failed_ = true;
            return {};
        }
        const auto part = bytes_.subspan(at_, static_cast<std::size_t>(size));
        at_ += static_cast<std::size_t>(size);
        return part;
    }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] std::size_t at() const { return at_; }

private:
    BytesView bytes_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

ScannedValue value_of(std::uint64_t type, Reader& body)
{
    static constexpr std::array<std::size_t, 10> sizes{0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    using Type = ScannedValue::Type;
    if (type == 0)
        return {};
    if (type >= 12) {
        const BytesView bytes = body.take((type - 12) / 2);
        return {type % 2 == 0 ? Type::blob : Type::text, 0, to_text(bytes)};
    }
    if (type >= sizes.size())
        return {Type::other, 0, {}};
    const BytesView bytes = body.take(sizes[type]);
    if (type == 7)
        return {Type::other, 0, {}};
    if (type >= 8)
        return {Type::integer, static_cast<std::int64_t>(type - 8), {}};
    std::uint64_t number = !bytes.empty() && (bytes[0] & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (const auto byte : bytes)
        number = number << 8U | byte;
    return {Type::integer, static_cast<std::int64_t>(number), {}};
}

std::optional<ScannedRow> row_of(BytesView payload)
{
    Reader header(payload);
    const std::uint64_t header_size = header.varint();
    if (header.failed() || header_size > payload.size() || header_size < header.at())
        return std::nullopt;
    Reader body(payload.subspan(static_cast<std::size_t>(header_size)));
    ScannedRow row;
    while (header.at() < header_size) {
        const std::uint64_t type = header.varint();
        if (header.failed())
            return std::nullopt;
        row.push_back(value_of(type, body));
    }
    if (body.failed() || header.at() != header_size)
        return std::nullopt;
    return row;
}

/// A file of pages; reads beyond its end give nothing.
class Source {
public:
    static Result<Source> open(const std::filesystem::path& file)
    {
        Source source;
        source.name_ = file.string();
        source.fd_ = FileDescriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        if (!source.fd_.valid())
            return errno == ENOENT ? Result<Source>(std::move(source)) : source.error();
        struct stat status{};
        if (::fstat(source.fd_.get(), &status) != 0)
            return source.error();
        source.size_ = static_cast<std::uint64_t>(status.st_size);
        return source;
    }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// A place that the disk cannot read is damaged like any other: zeros.
    [[nodiscard]] Bytes read(std::uint64_t at, std::size_t size) const
    {
        Bytes bytes(size);
        std::size_t done = 0;
        while (fd_.valid() && done < size) {
            const ssize_t got =
                ::pread(fd_.get(), bytes.data() + done, size - done, static_cast<off_t>(at + done));
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                break;
            done += static_cast<std::size_t>(got);
        }
        return bytes;
    }

private:
    [[nodiscard]] tl::unexpected<Error> error() const
    {
        return fail(ErrorKind::storage, fmt::format("cannot be read: {}", std::strerror(errno)), name_);
    }
    std::string name_;
    FileDescriptor fd_;
    std::uint64_t size_ = 0;
};

class Scan {
public:
    Scan(Source database, Source wal) : database_(std::move(database)), wal_(std::move(wal))
    {
        find_page_size();
        find_frames();
    }

    Result<> all(const std::function<Result<>(const ScannedRow&)>& visit)
    {
        const std::uint64_t pages = (database_.size() + page_ - 1) / page_;
        const std::uint64_t frames = frame_count();
        // What a WAL says of the size is believed as far as there are bytes.
        const std::uint64_t last = std::max(pages, std::min(last_page_, pages + frames));
        for (std::uint64_t page = 1; page <= last; ++page)
            MB_CHECK(rows(current(page), page == 1, visit));
        for (std::uint64_t frame = frames; frame-- > 0;)
            MB_CHECK(rows(frame_page(frame), false, visit));
        for (const auto& [page, frame] : newest_) {
            if (page <= pages)
                MB_CHECK(rows(database_.read((page - 1) * page_, page_), page == 1, visit));
        }
        return {};
    }

    /// Commits of this WAL's generation behind the last one that holds.
    [[nodiscard]] std::uint64_t commits_cut_off() const
    {
        const std::uint64_t frames = frame_count();
        const Bytes newest = wal_.read(frames > sound_frames_ ? frame_at(sound_frames_) : 0, frame_header);
        std::uint64_t commits = 0;
        for (std::uint64_t frame = sound_frames_; frame < frames; ++frame) {
            const Bytes head = wal_.read(frame_at(frame), frame_header);
            // The header's salt when it can be read; else whatever salt the frames share.
            const Bytes& salt = header_holds_ ? salt_ : newest;
            const std::size_t at = header_holds_ ? 0 : 8;
            if (std::equal(head.begin() + 8, head.begin() + 16,
                           salt.begin() + static_cast<std::ptrdiff_t>(at)) &&
                big_endian(head, 4, 4) != 0 && big_endian(head, 0, 4) != 0)
                ++commits;
        }
        return commits;
    }

private:
    void find_page_size()
    {
        const Bytes head = database_.read(0, 100);
        auto size = static_cast<std::size_t>(big_endian(head, 16, 2));
        size = size == 1 ? 65536 : size;
        const Bytes wal_head = wal_.read(0, wal_header);
        const std::size_t wal_size = big_endian(wal_head, 8, 4);
        // A destroyed header may hold any number; the text at its start tells.
        const bool sound = std::memcmp(head.data(), "SQLite format 3", 15) == 0 && is_page_size(size);
        page_ = sound ? size : is_page_size(wal_size) ? wal_size : usual_page;
    }
    [[nodiscard]] std::uint64_t frame_count() const
    {
        const std::uint64_t size = wal_.size();
        return size < wal_header ? 0 : (size - wal_header) / (frame_header + page_);
    }
    [[nodiscard]] std::uint64_t frame_at(std::uint64_t frame) const
    {
        return wal_header + frame * (frame_header + page_);
    }
    [[nodiscard]] Bytes frame_page(std::uint64_t frame) const
    {
        return wal_.read(frame_at(frame) + frame_header, page_);
    }

    struct Checksum {
        std::uint32_t first = 0;
        std::uint32_t second = 0;
        void add(BytesView bytes, bool big)
        {
            for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
                first += word(bytes, i, big) + second;
                second += word(bytes, i + 4, big) + first;
            }
        }
        static std::uint32_t word(BytesView bytes, std::size_t at, bool big)
        {
            if (big)
                return big_endian(bytes, at, 4);
            return static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1]) << 8U |
                   static_cast<std::uint32_t>(bytes[at + 2]) << 16U |
                   static_cast<std::uint32_t>(bytes[at + 3]) << 24U;
        }
        [[nodiscard]] bool is(BytesView bytes, std::size_t at) const
        {
            return first == big_endian(bytes, at, 4) && second == big_endian(bytes, at + 4, 4);
        }
    };

    /// Which frame holds the newest image of a page, over all whole commits.
    void find_frames()
    {
        const Bytes head = wal_.read(0, wal_header);
        const std::uint32_t magic = big_endian(head, 0, 4);
        const bool big = (magic & 1U) != 0;
        Checksum sum;
        sum.add(BytesView(head).first(24), big);
        header_holds_ = (magic & ~1U) == 0x377F0682U && sum.is(head, 24);
        if (!header_holds_)
            return;
        salt_.assign(head.begin() + 16, head.begin() + 24);
        std::unordered_map<std::uint64_t, std::uint64_t> open; // since the last commit
        for (std::uint64_t frame = 0; frame < frame_count(); ++frame) {
            const Bytes bytes = wal_.read(frame_at(frame), frame_header + page_);
            sum.add(BytesView(bytes).first(8), big);
            sum.add(BytesView(bytes).subspan(frame_header), big);
            const bool same_salt = std::equal(bytes.begin() + 8, bytes.begin() + 16, head.begin() + 16);
            if (!same_salt || !sum.is(bytes, 16))
                return;
            open[big_endian(bytes, 0, 4)] = frame;
            if (const std::uint64_t pages = big_endian(bytes, 4, 4); pages != 0) {
                last_page_ = pages;
                sound_frames_ = frame + 1;
                for (const auto& [page, at] : open)
                    newest_[page] = at;
                open.clear();
            }
        }
    }
    [[nodiscard]] Bytes current(std::uint64_t page) const
    {
        const auto found = newest_.find(page);
        return found == newest_.end() ? database_.read((page - 1) * page_, page_) : frame_page(found->second);
    }

    Result<> rows(const Bytes& page, bool first,
                  const std::function<Result<>(const ScannedRow&)>& visit) const
    {
        const std::size_t head = first ? 100 : 0;
        const std::uint8_t type = page[head];
        const bool interior = type == 2;
        if (type != 2 && type != 10 && type != 13)
            return {};
        const std::size_t pointers = head + (interior ? 12 : 8);
        const std::size_t count = big_endian(page, head + 3, 2);
        for (std::size_t i = 0; i < count && pointers + 2 * i + 2 <= page.size(); ++i) {
            const std::size_t cell = big_endian(page, pointers + 2 * i, 2);
            if (cell < pointers || cell >= page.size())
                continue;
            const auto payload = payload_of(BytesView(page).subspan(cell), type);
            const auto row = payload ? row_of(*payload) : std::nullopt;
            if (row && !row->empty())
                MB_CHECK(visit(*row));
        }
        return {};
    }

    [[nodiscard]] std::optional<Bytes> payload_of(BytesView cell, std::uint8_t type) const
    {
        Reader reader(cell);
        if (type == 2)
            reader.take(4);
        const std::uint64_t size = reader.varint();
        if (type == 13)
            reader.varint();
        if (reader.failed() || size == 0 || size > payload_max)
            return std::nullopt;
        const std::size_t usable = page_;
        const std::size_t local_max = type == 13 ? usable - 35 : (usable - 12) * 64 / 255 - 23;
        const std::size_t local_min = (usable - 12) * 32 / 255 - 23;
        std::size_t local = static_cast<std::size_t>(size);
        if (local > local_max) {
            local = local_min + (local - local_min) % (usable - 4);
            local = local <= local_max ? local : local_min;
        }
        const BytesView start = reader.take(local);
        Bytes payload(start.begin(), start.end());
        if (payload.size() < size && !reader.failed()) {
            const BytesView link = reader.take(4);
            if (!reader.failed())
                append_chain(payload, static_cast<std::size_t>(size), big_endian(link, 0, 4));
        }
        return payload.size() == size ? std::optional(std::move(payload)) : std::nullopt;
    }
    void append_chain(Bytes& payload, std::size_t size, std::uint64_t page) const
    {
        // As many pages as the payload needs and no more: a circle ends.
        while (page != 0 && payload.size() < size) {
            const Bytes content = current(page);
            const std::size_t part = std::min(size - payload.size(), page_ - 4);
            payload.insert(payload.end(), content.begin() + 4,
                           content.begin() + 4 + static_cast<std::ptrdiff_t>(part));
            page = big_endian(content, 0, 4);
        }
    }

    Source database_;
    Source wal_;
    std::size_t page_ = usual_page;
    std::uint64_t last_page_ = 0;
    std::uint64_t sound_frames_ = 0; ///< up to the last whole commit
    bool header_holds_ = false;
    Bytes salt_;
    std::unordered_map<std::uint64_t, std::uint64_t> newest_;
};

} // namespace

Result<> scan_pages(const std::filesystem::path& file,
                    const std::function<Result<>(const ScannedRow&)>& visit)
{
    MB_TRY(auto database, Source::open(file));
    MB_TRY(auto wal, Source::open(file.string() + "-wal"));
    return Scan(std::move(database), std::move(wal)).all(visit);
}

Result<> check_before_opening(const std::filesystem::path& file)
{
    const auto damaged = [&file](const std::string& what) {
        return fail(ErrorKind::storage, file.filename().string() + " " + what, std::string(damage_mark));
    };
    MB_TRY(auto database, Source::open(file));
    if (database.size() == 0)
        return damaged("is missing or empty");
    const Bytes head = database.read(0, 16);
    if (std::memcmp(head.data(), "SQLite format 3", 16) != 0)
        return damaged("does not begin as a database does");
    MB_TRY(auto wal, Source::open(file.string() + "-wal"));
    if (wal.size() == 0)
        return {};
    const auto cut_off = Scan(std::move(database), std::move(wal)).commits_cut_off();
    if (cut_off >= 2)
        return damaged(fmt::format("has a write-ahead log that is broken before {} commits", cut_off));
    return {};
}

} // namespace montbrillant
