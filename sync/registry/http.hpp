// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One request and one response, as the registry sees them: no sockets, no library.

#include "sync/base/tls.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace montbrillant::registry {

/// Which part of a resource is wanted, and of which state of it: the headers of these names, or empty.
struct Conditions {
    std::string range;
    std::string if_match;
    std::string if_range;
};

struct HttpRequest {
    std::string method;    ///< "GET"
    std::string target;    ///< path and query as sent
    std::string signature; ///< value of Montbrillant-Signature, or empty
    std::string body;
    std::string authorization{}; ///< value of Authorization, or empty
    bool secure = false;         ///< it came over TLS
    std::optional<tls::DeviceCertificate>
        certificate{}; ///< of the device at the other end; its dates unjudged
    Conditions conditions{};
    bool takes_zstd = false; ///< by its Accept-Encoding
};

/// Bytes that several answers share.
struct Piece {
    std::shared_ptr<const std::string> owner;
    std::string_view bytes; ///< within the owner's
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers{}; ///< further ones
    std::vector<Piece> pieces{};                                ///< the rest of the body
};
/// The value of a further header, or empty.
[[nodiscard]] inline std::string header_of(const HttpResponse& response, std::string_view name)
{
    for (const auto& [key, value] : response.headers) {
        if (key == name)
            return value;
    }
    return {};
}
/// The body in one text, for who is no socket.
[[nodiscard]] inline std::string whole_body(const HttpResponse& response)
{
    std::string body = response.body;
    for (const auto& piece : response.pieces)
        body += piece.bytes;
    return body;
}

/// The response is made on the thread that sends it, so that the writer does not spend its time on JSON.
using MakeResponse = std::function<HttpResponse()>;

} // namespace montbrillant::registry
