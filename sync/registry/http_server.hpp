// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The one wrapper of Boost.Beast: HTTP/1.1 over TLS 1.3 (sync/base/tls.hpp says how), or in clear, with
/// limits on headers, bodies, time and connections. It knows no route. The handler is called on the I/O
/// threads and must not block; it may answer later from any thread, once. A dropped `Respond` closes the
/// connection.

#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"
#include "sync/registry/http.hpp"

#include <cstdint>
#include <memory>

namespace montbrillant::registry {

class HttpServer {
public:
    struct Options {
        std::string address = "127.0.0.1";           ///< numeric
        std::uint16_t port = 0;                      ///< 0: any free one, see `port()`
        std::optional<tls::ServerIdentity> identity; ///< nothing: plain HTTP
        unsigned threads = 2;
        std::size_t connections_max = 1024;
        Millis idle_patience{75000}; ///< between two requests of a connection
        /// For a whole request once its first byte could come, and for an answer, with a second more for
        /// each 8 KiB of it.
        Millis request_patience{20000};
    };
    using Respond = std::function<void(MakeResponse)>;
    using Handler = std::function<void(HttpRequest, Respond)>;
    /// The largest body of a request to `target`.
    using BodyLimit = std::function<std::size_t(std::string_view target)>;

    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const Options& options,
                                                                   BodyLimit body_limit, Handler handler);
    ~HttpServer();
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;
    /// No new connections or requests; what is being answered may finish.
    void drain();
    /// Waits a little for `drain`, then closes all and joins the threads.
    void stop();

private:
    struct Impl;
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Whether the numeric address is of this machine only (127.0.0.0/8, ::1).
[[nodiscard]] bool is_loopback(const std::string& address);
/// Whether it stands for every address of this machine (0.0.0.0, ::).
[[nodiscard]] bool is_everywhere(const std::string& address);

} // namespace montbrillant::registry
