// SPDX-License-Identifier: Apache-2.0
#pragma once

/// IPP straight to a printer (RFC 8010, RFC 8011; Create-Job + Send-Document): the one wrapper of libcups,
/// without cupsd. No policy: each method is one request and its answer. One thread owns a Connection; a
/// request blocks at most `patience` for the connection and again for each silence of the printer.

#include "sync/base/bytes.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace montbrillant::ipp {

/// Why there is no good answer.
struct Trouble {
    enum class Kind {
        lost,      ///< no answer: what became of the request is not known
        busy,      ///< the printer says "later"
        not_found, ///< the printer does not know the job
        refused,   ///< the printer says no
    };
    Kind kind{};
    std::string words; ///< the printer's or the system's own
};
template <class T = void> using Answer = tl::expected<T, Trouble>;

/// job-state, RFC 8011, 5.3.7.
enum class JobState { pending = 3, held, processing, stopped, canceled, aborted, completed };

struct Job {
    int id{};
    std::string name; ///< job-name
    std::string user; ///< job-originating-user-name
    JobState state{};
    std::vector<std::string> reasons; ///< job-state-reasons
    std::string message;              ///< job-state-message

    [[nodiscard]] bool ended() const { return state >= JobState::canceled; }
    /// Created, but its document never came whole (RFC 8011, 5.3.8): it blocks the printer.
    [[nodiscard]] bool lacks_document() const;
};

struct PrinterAttributes {
    std::string uuid;                 ///< survives a restart of the printer
    std::int64_t up_time_s{};         ///< starts again with it
    bool accepting = true;            ///< printer-is-accepting-jobs
    std::vector<std::string> reasons; ///< printer-state-reasons as sent: "media-empty-error"
};

class Connection {
public:
    /// ipp://host:port/path or ipps://. Nothing is sent before the first request.
    [[nodiscard]] static Result<Connection> to(const std::string& uri, Millis patience);

    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    [[nodiscard]] Answer<PrinterAttributes> printer();
    /// The id of the new job. `user` is the requesting-user-name.
    [[nodiscard]] Answer<int> create_job(const std::string& name, const std::string& user,
                                         const std::string& media);
    /// The whole document of a job, application/pdf, as its last one.
    [[nodiscard]] Answer<> send_document(int job, const std::string& user, BytesView pdf);
    [[nodiscard]] Answer<Job> job(int id, const std::string& user);
    /// Of every user, at most `jobs_max`.
    [[nodiscard]] Answer<std::vector<Job>> jobs(bool completed, const std::string& user);
    [[nodiscard]] Answer<> cancel(int job, const std::string& user);
    /// The next request connects anew.
    void close();

    static constexpr int jobs_max = 500;

private:
    struct Impl;
    explicit Connection(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace montbrillant::ipp
