// SPDX-License-Identifier: Apache-2.0
#include "sync/client/http.hpp"

#include "sync/protocol/messages.hpp"
#include "sync/protocol/signing.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <curl/curl.h>
#include <fmt/format.h>

namespace montbrillant {
namespace {

constexpr Millis connect_patience{5000};
constexpr int poll_ms = 1000;

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
    void operator()(char* text) const { curl_free(text); }
};
struct FreeHeaders {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

tl::unexpected<Error> unreachable(CURLcode code, std::string_view detail, const std::string& where)
{
    const auto words = [&]() -> std::string {
        switch (static_cast<int>(code)) {
        case CURLE_COULDNT_CONNECT: return "the registry does not listen";
        case CURLE_COULDNT_RESOLVE_HOST: return "the name of the registry is not known";
        case CURLE_OPERATION_TIMEDOUT: return "the registry did not answer in time";
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_PARTIAL_FILE: return "the connection to the registry broke before its answer was whole";
        case CURLE_SEND_ERROR: return "the connection to the registry broke";
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL: return "what answers there is no registry";
        }
        return fmt::format("the registry cannot be asked: {}", detail);
    };
    return fail(ErrorKind::network, words(), where, "the device goes on by itself and tries again");
}

/// 127.0.0.0/8 as numbers: "127.0.0.1.example" is a name of somebody's.
bool is_this_machine(const std::string& host)
{
    in_addr address{};
    const bool numeric = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
    return host == "localhost" || host == "[::1]" || (numeric && ntohl(address.s_addr) >> 24U == 127);
}

/// "http://127.0.0.1:8317", without a path.
Result<std::string> checked_base(const std::string& text)
{
    const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
    const auto wrong = [&text](std::string what, std::string remedy) {
        return fail(ErrorKind::input, std::move(what), text, std::move(remedy));
    };
    if (text.size() > 2000 || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
        return wrong("is not the address of a registry", "write it like http://127.0.0.1:8317");
    const auto part = [&url](CURLUPart which) {
        char* value = nullptr;
        if (curl_url_get(url.get(), which, &value, CURLU_DEFAULT_PORT) != CURLUE_OK)
            return std::string();
        const std::unique_ptr<char, FreeText> owner(value);
        return std::string(value);
    };
    if (part(CURLUPART_SCHEME) != "http")
        return wrong("this version speaks plain HTTP only", "write it like http://127.0.0.1:8317");
    if (part(CURLUPART_PATH) != "/" || !part(CURLUPART_QUERY).empty() || !part(CURLUPART_USER).empty())
        return wrong("must be a host and a port only", "write it like http://127.0.0.1:8317");
    const auto host = part(CURLUPART_HOST);
    if (!is_this_machine(host))
        return wrong("plain HTTP is for this machine alone", "use a registry at 127.0.0.1");
    return fmt::format("http://{}:{}", host, part(CURLUPART_PORT));
}

} // namespace

struct CurlHttp::Impl {
    std::string base;
    CURLM* multi = nullptr;
    CURL* easy = nullptr;
    std::atomic<bool> aborted{false};
    std::string received;
    bool too_large = false;

    Impl() : multi(curl_multi_init()), easy(curl_easy_init()) {}
    ~Impl()
    {
        curl_easy_cleanup(easy);
        curl_multi_cleanup(multi);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    static std::size_t receive(char* data, std::size_t size, std::size_t count, void* self)
    {
        auto* impl = static_cast<Impl*>(self);
        impl->too_large = impl->received.size() + size * count > protocol::answer_bytes_max;
        if (impl->too_large)
            return 0;
        impl->received.append(data, size * count);
        return size * count;
    }

    void prepare(const HttpCall& call, curl_slist* headers)
    {
        curl_easy_reset(easy);
        received.clear();
        too_large = false;
        curl_easy_setopt(easy, CURLOPT_URL, (base + call.target).c_str());
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_patience.count()));
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.patience.count()));
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Impl::receive);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
        if (call.method == "POST") {
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
        }
    }

    /// The transfer's own code, or nothing when it was aborted.
    std::optional<CURLcode> perform()
    {
        for (;;) {
            int running = 0;
            curl_multi_perform(multi, &running);
            int left = 0;
            if (const CURLMsg* message = curl_multi_info_read(multi, &left); message != nullptr)
                return message->data.result;
            if (running == 0 || aborted.load())
                return std::nullopt;
            curl_multi_poll(multi, nullptr, 0, poll_ms, nullptr);
        }
    }
};

CurlHttp::CurlHttp(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CurlHttp::~CurlHttp() = default;

Result<std::unique_ptr<CurlHttp>> CurlHttp::open(const std::string& base)
{
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK)
        return fail(ErrorKind::network, "libcurl cannot be used", curl_easy_strerror(started));
    auto impl = std::make_unique<Impl>();
    MB_TRY(impl->base, checked_base(base));
    return std::unique_ptr<CurlHttp>(new CurlHttp(std::move(impl)));
}

Result<HttpAnswer> CurlHttp::send(const HttpCall& call)
{
    curl_slist* list = curl_slist_append(nullptr, "Content-Type: application/json");
    list = curl_slist_append(list, "Expect:"); // a pause of a second for large pushes otherwise
    if (!call.signature.empty())
        list = curl_slist_append(list,
                                 fmt::format("{}: {}", protocol::signature_header, call.signature).c_str());
    const std::unique_ptr<curl_slist, FreeHeaders> headers(list);
    if (impl_->aborted.load())
        return fail(ErrorKind::network, "ended", impl_->base);
    impl_->prepare(call, headers.get());
    curl_multi_add_handle(impl_->multi, impl_->easy);
    const auto code = impl_->perform();
    curl_multi_remove_handle(impl_->multi, impl_->easy);
    if (!code)
        return fail(ErrorKind::network, "ended", impl_->base);
    if (impl_->too_large)
        return fail(ErrorKind::network, "the answer of the registry is too large", impl_->base + call.target);
    if (*code != CURLE_OK)
        return unreachable(*code, curl_easy_strerror(*code), impl_->base);
    long status = 0;
    curl_easy_getinfo(impl_->easy, CURLINFO_RESPONSE_CODE, &status);
    return HttpAnswer{static_cast<int>(status), std::move(impl_->received)};
}

void CurlHttp::abort()
{
    impl_->aborted.store(true);
    curl_multi_wakeup(impl_->multi);
}

} // namespace montbrillant
