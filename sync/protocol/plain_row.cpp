// SPDX-License-Identifier: Apache-2.0
#include "sync/protocol/plain_row.hpp"

#include "sync/base/bytes.hpp"
#include "sync/base/number.hpp"

#include <algorithm>
#include <limits>

namespace montbrillant::protocol {
namespace {

constexpr std::size_t plain_text_bytes_max = 64;
constexpr std::size_t plain_key_bytes_max = 256;
constexpr std::size_t plain_digits_max = 18; ///< of any number that fits a signed 64-bit column

/// Printable ASCII needs no look at its encoding.
bool printable(char c) { return c >= ' ' && c <= '~'; }

/// Takes off the front of a line; after the first thing that is not as expected, nothing is.
class Scanner {
public:
    explicit Scanner(std::string_view line) : rest_(line) {}

    void expect(std::string_view text)
    {
        plain_ = plain_ && rest_.starts_with(text);
        if (plain_)
            rest_.remove_prefix(text.size());
    }
    [[nodiscard]] bool next_is(std::string_view text) const { return plain_ && rest_.starts_with(text); }
    void refuse_unless(bool good) { plain_ = plain_ && good; }
    [[nodiscard]] bool finished() const { return plain_ && rest_.empty(); }

    /// Up to the next quotation mark, which goes too; without an escape.
    std::string_view text(std::size_t bytes_max)
    {
        const auto end = rest_.find('"');
        const std::string_view out = rest_.substr(0, end);
        plain_ = plain_ && end != std::string_view::npos && out.size() <= bytes_max &&
                 std::all_of(out.begin(), out.end(), [](char c) { return printable(c) && c != '\\'; });
        if (plain_)
            rest_.remove_prefix(end + 1);
        return plain_ ? out : std::string_view();
    }

    /// Likewise, with quotation marks and backslashes in it.
    std::string escaped(std::size_t bytes_max)
    {
        std::string out;
        out.reserve(std::min(rest_.size(), bytes_max));
        std::size_t at = 0;
        for (; at < rest_.size() && rest_[at] != '"'; ++at) {
            char c = rest_[at];
            if (c == '\\') {
                c = ++at < rest_.size() ? rest_[at] : '\0';
                plain_ = plain_ && (c == '"' || c == '\\');
            }
            plain_ = plain_ && printable(c);
            out += c;
        }
        plain_ = plain_ && at < rest_.size() && out.size() <= bytes_max;
        if (plain_)
            rest_.remove_prefix(at + 1);
        return out;
    }

    Bytes hex(std::size_t bytes_max)
    {
        auto raw = from_hex(text(2 * bytes_max));
        plain_ = plain_ && raw;
        return plain_ ? std::move(*raw) : Bytes();
    }
    crypto::Hash hash()
    {
        crypto::Hash out{};
        const Bytes raw = hex(out.size());
        plain_ = plain_ && raw.size() == out.size();
        if (plain_)
            std::copy(raw.begin(), raw.end(), out.begin());
        return out;
    }
    template <class Id> Id id()
    {
        Id out{std::string(text(plain_text_bytes_max))};
        plain_ = plain_ && !out.empty();
        return out;
    }
    std::uint64_t number(std::uint64_t max)
    {
        const auto end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        const auto value = number_from<std::uint64_t>(rest_.substr(0, std::min(end, plain_digits_max + 1)));
        plain_ = plain_ && value && end <= plain_digits_max && rest_.front() != '0' && *value <= max;
        if (plain_)
            rest_.remove_prefix(end);
        return plain_ ? *value : 1;
    }

private:
    std::string_view rest_;
    bool plain_ = true;
};

} // namespace

std::optional<PullRow> read_plain_row(std::string_view line)
{
    constexpr std::uint64_t count_max = std::numeric_limits<std::int64_t>::max();
    Scanner in(line);
    PullRow row;
    in.expect(R"({"bytes":")");
    row.fact.bytes = in.escaped(fact_bytes_max);
    in.expect(R"(,"counter":)");
    row.counter = in.number(count_max);
    in.expect(R"(,"device":")");
    row.device = in.id<DeviceId>();
    in.expect(R"(,"epoch":)");
    row.epoch = static_cast<std::uint32_t>(in.number(std::numeric_limits<std::int32_t>::max()));
    in.expect(R"(,"hash":")");
    row.fact.hash = in.hash();
    in.expect(R"(,"log_hash":")");
    row.log_hash = in.hash();
    in.expect(R"(,"prev":")");
    row.fact.previous = in.hash();
    if (in.next_is(R"(,"record")")) {
        WireRecord record;
        in.expect(R"(,"record":{"delegate":")");
        record.delegate = in.id<DelegateId>();
        in.expect(R"(,"sealed":")");
        record.sealed = in.hex(sealed_bytes_max);
        in.expect(R"(,"wrapped_key":")");
        record.wrapped_key = in.hex(plain_key_bytes_max);
        in.expect("}");
        row.fact.record = std::move(record);
    }
    in.expect(R"(,"seq":)");
    row.seq = in.number(count_max);
    in.expect(R"(,"verdict":")");
    const auto verdict = verdict_from(in.text(plain_text_bytes_max));
    in.refuse_unless(verdict && *verdict != Verdict::conflict);
    in.expect("}");
    if (!in.finished())
        return std::nullopt;
    row.outcome.verdict = *verdict;
    return row;
}

} // namespace montbrillant::protocol
