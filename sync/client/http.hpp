// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Asking a registry over HTTP. `Http` is what the rounds of sync need; `CurlHttp` is the one wrapper of
/// libcurl: one kept-alive connection, bounded in time and size, no redirects, no proxy but the configured
/// one. Errors are ErrorKind::network with words for staff; an answer of any status is no error.
///
/// Over https the registry is known by its key, which was pinned at the enrolment: the key must be that one
/// (CURLOPT_PINNEDPUBLICKEY), and its certificate must be signed by the authority that came with it. By what
/// name or address it is reached does not matter then, and neither do the dates in its certificate: a kiosk
/// whose clock stands in 1970 or 2031 must reach its registry, not least to learn the time, and a date proves
/// nothing that the pinned key does not. A registry that wants to be believed no longer changes its key.
/// The registry judges the dates of devices' certificates by its own clock.

#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"
#include "sync/base/tls.hpp"

#include <memory>
#include <optional>
#include <string>

namespace montbrillant {

struct HttpCall {
    std::string method; ///< "GET" or "POST"
    std::string target; ///< path and query
    std::string body;
    std::string signature; ///< hex, see sync/protocol/signing.hpp; empty: none
    Millis patience{15000};
    std::string certificate{}; ///< PEM, of this device; empty: none. Another one makes a new connection
    std::string range{};    ///< value of Range; empty: none. Then the bytes come as they are, not compressed
    std::string if_match{}; ///< value of If-Match; empty: none
};

struct HttpAnswer {
    int status = 0;
    std::string body;
    std::string etag{};          ///< as sent, with its quotes
    std::string content_range{}; ///< of a part
};

class Http {
public:
    virtual ~Http() = default;
    [[nodiscard]] virtual Result<HttpAnswer> send(const HttpCall& call) = 0;
    /// Ends a call that is under way and every later one. Any thread.
    virtual void abort() = 0;
    /// Whether a call mostly waits for another machine: a round then has its own work done meanwhile, and
    /// calls `send` on a thread of its own, one call at a time as ever.
    [[nodiscard]] virtual bool waits() const { return false; }
};

/// One thread at a time, but for `abort`.
class CurlHttp final : public Http {
public:
    struct Options {
        std::optional<tls::Pin> pin; ///< of the registry's key; https needs it
        std::string authority;       ///< PEM; empty at an enrolment, which has the pin alone
        std::string key;             ///< PEM: the device's own, for its certificate
        std::string proxy; ///< "http://proxy.example:3128"; empty: none, whatever the environment says
    };
    /// `base` is "https://192.0.2.7:8317" or "https://[2001:db8::7]:8317"; "http://127.0.0.1:8317" on the
    /// registry's own machine: in clear, any other address is refused. This machine is asked without a proxy.
    [[nodiscard]] static Result<std::unique_ptr<CurlHttp>> open(const std::string& base, Options options);
    [[nodiscard]] static Result<std::unique_ptr<CurlHttp>> open(const std::string& base)
    {
        return open(base, Options());
    }
    /// The key of whatever answers at an https address, whoever it is: to be compared with what a person was
    /// given. Nothing is told to it.
    [[nodiscard]] static Result<tls::Pin> key_at(const std::string& base, const std::string& proxy);
    ~CurlHttp() override;

    [[nodiscard]] Result<HttpAnswer> send(const HttpCall& call) override;
    void abort() override;
    [[nodiscard]] bool waits() const override { return true; }

private:
    struct Impl;
    explicit CurlHttp(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace montbrillant
