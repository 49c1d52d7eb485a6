// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of libpq: a connection, statements prepared on first use, several of them in one round
/// trip (pipeline mode), notices. No policy. Values travel in binary form. A connection belongs to one thread
/// at a time. No call waits for longer than its patience; a connection that kept us waiting is lost.

#include "sync/base/bytes.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace montbrillant::postgres {

/// Parameters of a statement, in order: $1, $2, ... An array is one parameter.
class Values {
public:
    Values& integer(std::int64_t value);  ///< int8
    Values& text(std::string_view value); ///< without a zero byte
    Values& bytes(BytesView value);       ///< bytea
    Values& integers(const std::vector<std::int64_t>& values);
    Values& texts(const std::vector<std::optional<std::string_view>>& values);
    Values& blobs(const std::vector<std::optional<BytesView>>& values);

private:
    friend class Connection;
    Values& array(unsigned array_type, unsigned type, std::size_t count, bool nulls);
    void element(std::optional<BytesView> value);

    std::vector<unsigned> types_;
    std::vector<std::string> data_;
};

/// What a statement gave.
class Rows {
public:
    [[nodiscard]] int count() const;
    [[nodiscard]] bool is_null(int row, int column) const;
    [[nodiscard]] std::int64_t integer(int row, int column) const; ///< int2, int4, int8, bool
    [[nodiscard]] std::string text(int row, int column) const;
    /// Of a bytea or text; lives as long as the Rows.
    [[nodiscard]] BytesView bytes(int row, int column) const;
    /// How many rows a statement without a result changed.
    [[nodiscard]] std::int64_t changed() const;

private:
    friend class Connection;
    struct Clear {
        void operator()(pg_result* result) const;
    };
    explicit Rows(pg_result* result) : result_(result) {}
    std::unique_ptr<pg_result, Clear> result_;
};

/// "postgresql://host:5432/name": an address for people, without whatever is secret in it.
[[nodiscard]] Result<std::string> public_address(const std::string& address);

class Connection {
public:
    struct Options {
        std::string
            address; ///< postgresql://..., as libpq reads it; what it leaves out comes from PG* variables
        Millis connect_patience{5000};
        Millis answer_patience{30000}; ///< without a byte from the server
    };
    [[nodiscard]] static Result<Connection> open(const Options& options);

    /// Waits to be sent by `finish`.
    void queue(std::string_view sql, Values values = {});
    /// What is queued is not sent.
    void forget() { queued_.clear(); }
    /// Sends what is queued in one go; the results in the same order. After an error nothing behind the
    /// failed statement was carried out, and an open transaction must be rolled back.
    [[nodiscard]] Result<std::vector<Rows>> finish();
    [[nodiscard]] Result<Rows> run(std::string_view sql, Values values = {});
    /// Statements without values or results, parted by semicolons.
    [[nodiscard]] Result<> execute(const std::string& script);

    /// The other end is gone: what was under way may or may not have been carried out.
    [[nodiscard]] bool lost() const { return lost_; }
    /// SQLSTATE of the last statement that failed; empty when none did.
    [[nodiscard]] const std::string& sql_state() const { return sql_state_; }
    /// Payloads of what was notified on channels that this session listens to. Waits until there is one, the
    /// file descriptor `wake` can be read, or the patience ends: then none.
    [[nodiscard]] Result<std::vector<std::string>> notices(int wake, Millis patience);

private:
    struct Close {
        void operator()(pg_conn* connection) const;
    };
    struct Queued {
        std::string sql;
        Values values;
    };
    explicit Connection(pg_conn* connection, const Options& options);
    [[nodiscard]] bool send(const Queued& queued, std::vector<bool>& preparing);
    [[nodiscard]] bool readable();
    [[nodiscard]] Result<std::vector<Rows>> receive(const std::vector<bool>& preparing);
    [[nodiscard]] tl::unexpected<Error> failed();
    [[nodiscard]] tl::unexpected<Error> gone(std::string_view words);
    void note(const pg_result* result);

    std::unique_ptr<pg_conn, Close> connection_;
    std::string where_;
    Millis patience_;
    std::vector<Queued> queued_;
    std::map<std::string, std::string, std::less<>> prepared_; ///< by text: the name it has at the server
    unsigned named_ = 0;
    std::vector<std::string> fresh_; ///< texts prepared in this round trip
    std::string sql_state_;
    std::string words_; ///< of the first statement that failed in this round trip
    bool lost_ = false;
};

} // namespace montbrillant::postgres
