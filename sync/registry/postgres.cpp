// SPDX-License-Identifier: Apache-2.0
#include "sync/registry/postgres.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

namespace montbrillant::postgres {
namespace {

// pg_type.dat of PostgreSQL: these numbers are fixed for ever.
constexpr unsigned oid_bytea = 17;
constexpr unsigned oid_int8 = 20;
constexpr unsigned oid_text = 25;
constexpr unsigned oid_bytea_array = 1001;
constexpr unsigned oid_text_array = 1009;
constexpr unsigned oid_int8_array = 1016;
constexpr int binary = 1;

template <class T> void append(std::string& to, T value)
{
    for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8)
        to += static_cast<char>((static_cast<std::uint64_t>(value) >> static_cast<unsigned>(shift)) & 0xFFU);
}

/// libpq's words end in a newline and may go on for lines.
std::string first_line(const char* words)
{
    const std::string_view text = words == nullptr ? "" : words;
    const std::string_view line = text.substr(0, text.find('\n'));
    return line.empty() ? "no reason given" : std::string(line);
}

/// True when there is something to read or write, false when time ran out.
bool wait_for(int socket, short events, Millis patience)
{
    pollfd wanted{socket, events, 0};
    return ::poll(&wanted, 1, static_cast<int>(patience.count())) != 0;
}

void say_nothing(void* /*unused*/, const char* /*words*/) {}

} // namespace

Values& Values::integer(std::int64_t value)
{
    types_.push_back(oid_int8);
    append(data_.emplace_back(), value);
    return *this;
}

Values& Values::text(std::string_view value)
{
    types_.push_back(oid_text);
    data_.emplace_back(value);
    return *this;
}

Values& Values::bytes(BytesView value)
{
    types_.push_back(oid_bytea);
    data_.emplace_back(value.begin(), value.end());
    return *this;
}

/// PostgreSQL's array_recv: dimensions, whether there are nulls, element type, length, lower bound, elements.
Values& Values::array(unsigned array_type, unsigned type, std::size_t count, bool nulls)
{
    types_.push_back(array_type);
    std::string& data = data_.emplace_back();
    append(data, std::int32_t{count == 0 ? 0 : 1});
    append(data, std::int32_t{nulls ? 1 : 0});
    append(data, type);
    if (count != 0) {
        append(data, static_cast<std::int32_t>(count));
        append(data, std::int32_t{1});
    }
    return *this;
}

void Values::element(std::optional<BytesView> value)
{
    std::string& data = data_.back();
    append(data, value ? static_cast<std::int32_t>(value->size()) : std::int32_t{-1});
    if (value)
        data.append(value->begin(), value->end());
}

Values& Values::integers(const std::vector<std::int64_t>& values)
{
    array(oid_int8_array, oid_int8, values.size(), false);
    for (const auto value : values) {
        append(data_.back(), std::int32_t{sizeof value});
        append(data_.back(), value);
    }
    return *this;
}

Values& Values::texts(const std::vector<std::optional<std::string_view>>& values)
{
    array(oid_text_array, oid_text, values.size(), true);
    for (const auto& value : values)
        element(value ? std::optional(as_bytes(*value)) : std::nullopt);
    return *this;
}

Values& Values::blobs(const std::vector<std::optional<BytesView>>& values)
{
    array(oid_bytea_array, oid_bytea, values.size(), true);
    for (const auto& value : values)
        element(value);
    return *this;
}

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }

int Rows::count() const { return PQntuples(result_.get()); }

bool Rows::is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }

BytesView Rows::bytes(int row, int column) const
{
    const void* data = PQgetvalue(result_.get(), row, column);
    return {static_cast<const std::uint8_t*>(data),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const
{
    const BytesView raw = bytes(row, column);
    assert(!raw.empty() && raw.size() <= sizeof(std::int64_t));
    std::uint64_t value = (raw.front() & 0x80U) != 0 && raw.size() > 1 ? ~std::uint64_t{0} : 0;
    for (const auto byte : raw)
        value = value << 8U | byte;
    return static_cast<std::int64_t>(value);
}

std::string Rows::text(int row, int column) const { return to_text(bytes(row, column)); }

std::int64_t Rows::changed() const
{
    const std::string_view digits = PQcmdTuples(result_.get());
    std::int64_t count = 0;
    for (const char digit : digits)
        count = count * 10 + (digit - '0');
    return count;
}

Result<std::string> public_address(const std::string& address)
{
    struct Free {
        void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
    };
    char* words = nullptr;
    const std::unique_ptr<PQconninfoOption, Free> options(PQconninfoParse(address.c_str(), &words));
    PQfreemem(words); // it may repeat a password
    if (!options)
        return fail(ErrorKind::input, "this is no address of a PostgreSQL database", "--store",
                    "write postgresql://USER@HOST:5432/NAME");
    std::map<std::string_view, std::string_view> said;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr)
            said.emplace(option->keyword, option->val);
    }
    const auto port = said.contains("port") ? fmt::format(":{}", said["port"]) : std::string();
    return fmt::format("postgresql://{}{}/{}", said["host"], port, said["dbname"]);
}

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Connection::Connection(pg_conn* connection, const Options& options)
    : connection_(connection), patience_(options.answer_patience)
{
}

Result<Connection> Connection::open(const Options& options)
{
    MB_TRY(auto where, public_address(options.address));
    const auto patience = std::to_string(std::max<std::int64_t>(2, options.connect_patience.count() / 1000));
    // The address comes last: what it says counts.
    constexpr std::array<const char*, 8> names{
        "application_name", "connect_timeout",  "keepalives_idle", "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "dbname",          nullptr};
    const std::array<const char*, 8> values{"montbrillant-registry", patience.c_str(), "5", "2", "3", "10000",
                                            options.address.c_str(), nullptr};
    Connection opened(PQconnectdbParams(names.data(), values.data(), 1), options);
    opened.where_ = std::move(where);
    PGconn* raw = opened.connection_.get();
    if (PQstatus(raw) != CONNECTION_OK)
        return fail(ErrorKind::network, "PostgreSQL is not reached: " + first_line(PQerrorMessage(raw)),
                    opened.where_, "start it, or name another with --store");
    PQsetNoticeProcessor(raw, say_nothing, nullptr);
    PQsetClientEncoding(raw, "UTF8");
    PQsetnonblocking(raw, 1);
    return opened;
}

void Connection::queue(std::string_view sql, Values values)
{
    queued_.push_back({std::string(sql), std::move(values)});
}

tl::unexpected<Error> Connection::gone(std::string_view words)
{
    lost_ = true;
    return fail(ErrorKind::network, fmt::format("the connection to PostgreSQL is lost: {}", words), where_);
}

tl::unexpected<Error> Connection::failed()
{
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        return gone(words_.empty() ? first_line(PQerrorMessage(connection_.get())) : words_);
    return fail(ErrorKind::storage, fmt::format("PostgreSQL refuses: {}", words_), where_);
}

void Connection::note(const pg_result* result)
{
    if (!words_.empty())
        return;
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    sql_state_ = state == nullptr ? "" : state;
    const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    words_ = first_line(words == nullptr ? PQresultErrorMessage(result) : words);
}

/// Whether the next result can be taken without waiting; false when the other end says nothing any more.
bool Connection::readable()
{
    PGconn* raw = connection_.get();
    for (;;) {
        const int unsent = PQflush(raw);
        if (unsent < 0)
            return false;
        if (PQisBusy(raw) == 0)
            return true;
        if (!wait_for(PQsocket(raw), static_cast<short>(unsent == 0 ? POLLIN : POLLIN | POLLOUT), patience_))
            return false;
        if (PQconsumeInput(raw) == 0)
            return PQisBusy(raw) == 0;
    }
}

bool Connection::send(const Queued& queued, std::vector<bool>& preparing)
{
    PGconn* raw = connection_.get();
    const auto& types = queued.values.types_;
    const auto count = static_cast<int>(types.size());
    auto found = prepared_.find(queued.sql);
    if (found == prepared_.end()) {
        found = prepared_.emplace(queued.sql, fmt::format("s{}", named_++)).first;
        fresh_.push_back(queued.sql);
        if (PQsendPrepare(raw, found->second.c_str(), queued.sql.c_str(), count, types.data()) == 0)
            return false;
        preparing.push_back(true);
    }
    std::vector<const char*> values;
    std::vector<int> lengths;
    for (const auto& data : queued.values.data_) {
        values.push_back(data.data());
        lengths.push_back(static_cast<int>(data.size()));
    }
    const std::vector<int> formats(types.size(), binary);
    preparing.push_back(false);
    return PQsendQueryPrepared(raw, found->second.c_str(), count, values.data(), lengths.data(),
                               formats.data(), binary) != 0;
}

Result<std::vector<Rows>> Connection::receive(const std::vector<bool>& preparing)
{
    PGconn* raw = connection_.get();
    std::vector<Rows> results;
    for (std::size_t at = 0;;) {
        if (!readable())
            return gone("no answer");
        Rows rows(PQgetResult(raw));
        if (!rows.result_) {
            if (PQstatus(raw) != CONNECTION_OK)
                return failed();
            ++at; // the end of one statement's results
            continue;
        }
        switch (PQresultStatus(rows.result_.get())) {
        case PGRES_PIPELINE_SYNC: return results;
        case PGRES_PIPELINE_ABORTED: break;
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
            if (at < preparing.size() && !preparing[at])
                results.push_back(std::move(rows));
            break;
        default: note(rows.result_.get());
        }
    }
}

Result<std::vector<Rows>> Connection::finish()
{
    const auto queued = std::move(queued_);
    queued_.clear();
    fresh_.clear();
    words_.clear();
    sql_state_.clear();
    PGconn* raw = connection_.get();
    if (lost_ || PQenterPipelineMode(raw) == 0)
        return gone("it was closed");
    std::vector<bool> preparing;
    bool sent = true;
    for (const auto& one : queued)
        sent = sent && send(one, preparing);
    if (!sent || PQpipelineSync(raw) == 0)
        return gone(first_line(PQerrorMessage(raw)));
    auto results = receive(preparing);
    if (!results)
        return results;
    PQexitPipelineMode(raw);
    if (words_.empty())
        return results;
    for (const auto& sql : fresh_) // whether it was prepared is not known: it gets another name
        prepared_.erase(sql);
    return failed();
}

Result<Rows> Connection::run(std::string_view sql, Values values)
{
    queue(sql, std::move(values));
    MB_TRY(auto results, finish());
    return std::move(results.back());
}

Result<> Connection::execute(const std::string& script)
{
    PGconn* raw = connection_.get();
    words_.clear();
    if (lost_ || PQsendQuery(raw, script.c_str()) == 0)
        return gone("it was closed");
    for (;;) {
        if (!readable())
            return gone("no answer");
        const Rows rows(PQgetResult(raw));
        if (!rows.result_)
            break;
        const auto status = PQresultStatus(rows.result_.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
            note(rows.result_.get());
    }
    return words_.empty() ? Result<>() : failed();
}

Result<std::vector<std::string>> Connection::notices(int wake, Millis patience)
{
    PGconn* raw = connection_.get();
    std::array<pollfd, 2> wanted{{{PQsocket(raw), POLLIN, 0}, {wake, POLLIN, 0}}};
    ::poll(wanted.data(), wanted.size(), static_cast<int>(patience.count()));
    if (PQconsumeInput(raw) == 0)
        return gone(first_line(PQerrorMessage(raw)));
    std::vector<std::string> payloads;
    for (;;) {
        PGnotify* notice = PQnotifies(raw);
        if (notice == nullptr)
            return payloads;
        payloads.emplace_back(notice->extra);
        PQfreemem(notice);
    }
}

} // namespace montbrillant::postgres
