// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Asking a registry over HTTP. `Http` is what the rounds of sync need; `CurlHttp` is the one wrapper of
/// libcurl: one kept-alive connection, bounded in time and size, no redirects, no proxies, nothing but HTTP.
/// Errors are ErrorKind::network with words for staff; an answer of any status is no error.

#include "sync/base/clock.hpp"
#include "sync/base/result.hpp"

#include <memory>
#include <string>

namespace montbrillant {

struct HttpCall {
    std::string method; ///< "GET" or "POST"
    std::string target; ///< path and query
    std::string body;
    std::string signature; ///< hex, see sync/protocol/signing.hpp; empty: none
    Millis patience{15000};
};

struct HttpAnswer {
    int status = 0;
    std::string body;
};

class Http {
public:
    virtual ~Http() = default;
    [[nodiscard]] virtual Result<HttpAnswer> send(const HttpCall& call) = 0;
    /// Ends a call that is under way and every later one. Any thread.
    virtual void abort() = 0;
};

/// One thread at a time, but for `abort`.
class CurlHttp final : public Http {
public:
    /// `base` is "http://127.0.0.1:8317": keys and records travel in clear in this version, so any address
    /// but this machine's is refused.
    [[nodiscard]] static Result<std::unique_ptr<CurlHttp>> open(const std::string& base);
    ~CurlHttp() override;

    [[nodiscard]] Result<HttpAnswer> send(const HttpCall& call) override;
    void abort() override;

private:
    struct Impl;
    explicit CurlHttp(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace montbrillant
