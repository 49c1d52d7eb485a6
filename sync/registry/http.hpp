// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One request and one response, as the registry sees them: no sockets, no library.

#include "sync/base/tls.hpp"

#include <functional>
#include <optional>
#include <string>

namespace montbrillant::registry {

struct HttpRequest {
    std::string method;    ///< "GET"
    std::string target;    ///< path and query as sent
    std::string signature; ///< value of Montbrillant-Signature, or empty
    std::string body;
    std::string authorization{}; ///< value of Authorization, or empty
    bool secure = false;         ///< it came over TLS
    std::optional<tls::DeviceCertificate>
        certificate{}; ///< of the device at the other end; its dates unjudged
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
};

/// The response is made on the thread that sends it, so that the writer does not spend its time on JSON.
using MakeResponse = std::function<HttpResponse()>;

} // namespace montbrillant::registry
