// SPDX-License-Identifier: Apache-2.0
#pragma once

/// RFC 4180 (comma-separated values) as a stream: chunks in, records out, memory bounded whatever comes. Line
/// ends may be CRLF, LF or CR; a UTF-8 byte order mark is dropped. What the RFC does not allow is marked on
/// the record and never repaired in silence. One thread.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace montbrillant {

struct CsvField {
    std::string text;    ///< at most `field_bytes_kept` bytes
    std::size_t bytes{}; ///< how long it really was
    std::size_t line{};  ///< of the text file, where it begins; 1-based
};

struct CsvRecord {
    std::size_t row{};  ///< 1-based, as a spreadsheet counts; the header is row 1, blank lines count
    std::size_t line{}; ///< of the text file, where it begins; ahead of `row` after a field of several lines
    std::vector<CsvField> fields{}; ///< a blank line is one empty field
    std::string malformed{};        ///< what is wrong with the record's form; empty: nothing
    std::size_t malformed_column{}; ///< 1-based
    std::size_t malformed_line{};

    [[nodiscard]] bool blank() const { return fields.size() == 1 && fields.front().bytes == 0; }
};

class CsvReader {
public:
    using OnRecord = std::function<void(const CsvRecord&)>;
    explicit CsvReader(OnRecord on_record) : on_record_(std::move(on_record)) {}

    void feed(std::string_view chunk);
    /// The end of the file: a last line without line end, or a quote that never closes, comes out now.
    void finish();

    static constexpr std::size_t field_bytes_kept = 4096;
    static constexpr std::size_t columns_max = 256;

private:
    enum class State { field_start, plain, quoted, quote_in_quoted };

    [[nodiscard]] std::size_t plain_run(std::string_view text) const;
    void take(char c);
    void take_quoted(char c);
    void take_outside(char c);
    void keep(std::string_view text);
    void mark(std::string what);
    void end_field();
    void end_record();

    OnRecord on_record_;
    CsvRecord record_{1, 1};
    CsvField field_{{}, 0, 1};
    State state_ = State::field_start;
    std::string head_; ///< the first bytes, until it is clear whether they are a byte order mark
    bool head_done_ = false;
    bool after_cr_ = false;  ///< the last record ended with CR: an LF that follows belongs to it
    bool line_open_ = false; ///< something of the present record was seen
    char previous_ = 0;
    std::size_t line_ = 1;
};

/// One record with CRLF; fields are quoted where they must be.
[[nodiscard]] std::string csv_line(std::span<const std::string> fields);

} // namespace montbrillant
