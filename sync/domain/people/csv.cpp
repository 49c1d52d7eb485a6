// SPDX-License-Identifier: Apache-2.0
#include "sync/domain/people/csv.hpp"

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
    for (const char c : chunk)
        take(c);
}

void CsvReader::finish()
{
    if (!head_done_) {
        for (const char c : head_)
            take(c);
    }
    if (state_ == State::quoted)
        mark("a quote is opened here and never closed");
    if (line_open_)
        end_record();
}

void CsvReader::take(char c)
{
    if (after_cr_) {
        after_cr_ = false;
        if (c == '\n')
            return;
    }
    line_open_ = true;
    switch (state_) {
    case State::quoted:
        if (c == '"')
            state_ = State::quote_in_quoted;
        else
            keep(c);
        return;
    case State::quote_in_quoted:
        if (c == '"') {
            keep(c);
            state_ = State::quoted;
        } else {
            state_ = State::plain;
            if (c != ',' && c != '\r' && c != '\n')
                mark("text follows a closing quote");
            take_outside(c);
        }
        return;
    case State::field_start:
    case State::plain: take_outside(c); return;
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
        keep(c);
    }
}

void CsvReader::keep(char c)
{
    ++field_.bytes;
    if (field_.text.size() < field_bytes_kept)
        field_.text += c;
}

void CsvReader::mark(std::string what)
{
    if (record_.malformed.empty()) {
        record_.malformed = std::move(what);
        record_.malformed_column = record_.fields.size() + 1;
    }
}

void CsvReader::end_field()
{
    if (record_.fields.size() < columns_max)
        record_.fields.push_back(std::move(field_));
    else
        mark(fmt::format("there are more than {} columns", columns_max));
    field_ = {};
    state_ = State::field_start;
}

void CsvReader::end_record()
{
    end_field();
    on_record_(record_);
    record_ = {record_.row + 1, {}, {}, 0};
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
