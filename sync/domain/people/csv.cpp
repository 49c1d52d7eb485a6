// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/csv.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace

void CsvReader::feed(std::string_view chunk)
{
    while (!head_done_ && !chunk.empty()) {
        head_ += chunk.front();
        chunk.remove_prefix(1);
        if (head_ == byte_order_mark) {
            head_done_ = true;
        } else if (!byte_order_mark.starts_with(head_)) {
            head_done_ = true;
            for (const char c : head_)
                take(c);
        }
    }
    while (!chunk.empty()) {
        if (const std::size_t run = plain_run(chunk); run > 0) {
            if (state_ == State::field_start)
                state_ = State::plain;
            line_open_ = true;
            previous_ = chunk[run - 1];
            keep(chunk.substr(0, run));
            chunk.remove_prefix(run);
        } else {
            take(chunk.front());
            chunk.remove_prefix(1);
        }
    }
}

void CsvReader::finish()
{
    if (!head_done_) {
        for (const char c : head_)
            take(c);
    }
    if (state_ == State::quoted)
        mark(fmt::format("a quote is opened here and never closed: {} bytes were taken for its text",
                         field_.bytes));
    if (line_open_)
        end_record();
}

/// How many bytes from here mean only themselves.
std::size_t CsvReader::plain_run(std::string_view text) const
{
    if (after_cr_ || state_ == State::quote_in_quoted)
        return 0;
    const std::string_view meaning = state_ == State::quoted ? "\"\r\n" : ",\"\r\n";
    return std::min(text.find_first_of(meaning), text.size());
}

void CsvReader::take(char c)
{
    if (c == '\r' || (c == '\n' && previous_ != '\r'))
        ++line_;
    previous_ = c;
    if (after_cr_) {
        after_cr_ = false;
        if (c == '\n')
            return;
    }
    line_open_ = true;
    if (state_ == State::quoted || state_ == State::quote_in_quoted)
        take_quoted(c);
    else
        take_outside(c);
}

void CsvReader::take_quoted(char c)
{
    const std::string_view text(&c, 1);
    if (state_ == State::quoted) {
        if (c == '"')
            state_ = State::quote_in_quoted;
        else
            keep(text);
    } else if (c == '"') {
        keep(text);
        state_ = State::quoted;
    } else {
        state_ = State::plain;
        if (c != ',' && c != '\r' && c != '\n')
            mark("text follows a closing quote");
        take_outside(c);
    }
}

void CsvReader::take_outside(char c)
{
    if (c == ',') {
        end_field();
    } else if (c == '\r' || c == '\n') {
        after_cr_ = c == '\r';
        end_record();
    } else if (c == '"' && state_ == State::field_start) {
        state_ = State::quoted;
    } else {
        if (c == '"')
            mark("a quote stands inside a field that is not quoted");
        state_ = State::plain;
        keep({&c, 1});
    }
}

void CsvReader::keep(std::string_view text)
{
    field_.bytes += text.size();
    field_.text += text.substr(0, field_bytes_kept - field_.text.size());
}

void CsvReader::mark(std::string what)
{
    if (record_.malformed.empty()) {
        record_.malformed = std::move(what);
        record_.malformed_column = record_.fields.size() + 1;
        record_.malformed_line = field_.line;
    }
}

void CsvReader::end_field()
{
    if (record_.fields.size() < columns_max)
        record_.fields.push_back(std::move(field_));
    else
        mark(fmt::format("there are more than {} columns", columns_max));
    field_ = {{}, 0, line_};
    state_ = State::field_start;
}

void CsvReader::end_record()
{
    end_field();
    on_record_(record_);
    record_ = {record_.row + 1, line_};
    line_open_ = false;
}

std::string csv_line(std::span<const std::string> fields)
{
    std::string out;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0)
            out += ',';
        const std::string& field = fields[i];
        const bool edge = !field.empty() && (field.front() == ' ' || field.back() == ' ');
        if (!edge && field.find_first_of(",\"\r\n") == std::string::npos) {
            out += field;
            continue;
        }
        out += '"';
        for (const char c : field)
            out.append(c == '"' ? 2 : 1, c);
        out += '"';
    }
    return out + "\r\n";
}

} // namespace montbrillant
