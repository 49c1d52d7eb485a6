// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One request and one response, as the registry sees them: no sockets, no library.

#include <functional>
#include <string>

namespace montbrillant::registry {

struct HttpRequest {
    std::string method;    ///< "GET"
    std::string target;    ///< path and query as sent
    std::string signature; ///< value of Montbrillant-Signature, or empty
    std::string body;
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
};

/// The response is made on the thread that sends it, so that the writer does not spend its time on JSON.
using MakeResponse = std::function<HttpResponse()>;

} // namespace montbrillant::registry
