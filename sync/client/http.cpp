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

constexpr std::string_view go_on = "the device goes on by itself and tries again";

/// What only a person mends is said so; it is tried again like the rest, for they may be at it.
std::optional<Error> mistrust(CURLcode code, std::string_view detail, const std::string& where)
{
    switch (static_cast<int>(code)) {
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return Error{ErrorKind::network, "another registry answers there, or its key was changed", where,
                     "check the address; after a change of its key enrol this device again"};
    case CURLE_PEER_FAILED_VERIFICATION:
        return Error{ErrorKind::network,
                     fmt::format("another registry answers there, of another authority: {}", detail), where,
                     "check the address; with new files in --tls-dir, enrol this device again"};
    case CURLE_SSL_CERTPROBLEM:
        return Error{ErrorKind::network, fmt::format("this device's certificate cannot be used: {}", detail),
                     where, "enrol this device again"};
    }
    const auto mentions = [detail](std::string_view word) {
        return detail.find(word) != std::string_view::npos;
    };
    // TLS 1.3 tells a client only afterwards that its certificate was not taken.
    if (mentions("alert") && (mentions("unknown ca") || mentions("certificate") || mentions("decrypt")))
        return Error{ErrorKind::network,
                     fmt::format("the registry does not take this device's certificate: {}", detail), where,
                     "enrol this device again"};
    if (mentions("CONNECT"))
        return Error{ErrorKind::network,
                     fmt::format("the proxy does not let this device through: {}", detail), where,
                     "check [registry] proxy in the configuration"};
    return std::nullopt;
}

tl::unexpected<Error> unreachable(CURLcode code, std::string_view detail, const std::string& where)
{
    if (auto error = mistrust(code, detail, where))
        return tl::unexpected(std::move(*error));
    const auto words = [&]() -> std::string {
        switch (static_cast<int>(code)) {
        case CURLE_SSL_CONNECT_ERROR: return "what answers there speaks no TLS 1.3";
        case CURLE_COULDNT_RESOLVE_PROXY: return "the name of the proxy is not known";
        case CURLE_PROXY: return "the proxy does not let this device through";
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
    return fail(ErrorKind::network, words(), where, std::string(go_on));
}

/// 127.0.0.0/8 as numbers: "127.0.0.1.example" is a name of somebody's.
bool is_this_machine(const std::string& host)
{
    in_addr address{};
    const bool numeric = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
    return host == "localhost" || host == "[::1]" || (numeric && ntohl(address.s_addr) >> 24U == 127);
}

constexpr const char* like_this = "write it like https://192.0.2.7:8317";

struct Base {
    std::string text; ///< "https://192.0.2.7:8317", without a path
    bool secure = false;
    bool here = false; ///< this machine
};

Result<Base> checked_base(const std::string& text)
{
    const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
    const auto wrong = [&text](std::string what, std::string remedy) {
        return fail(ErrorKind::input, std::move(what), text, std::move(remedy));
    };
    if (text.size() > 2000 || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
        return wrong("is not the address of a registry", like_this);
    const auto part = [&url](CURLUPart which) {
        char* value = nullptr;
        if (curl_url_get(url.get(), which, &value, CURLU_DEFAULT_PORT) != CURLUE_OK)
            return std::string();
        const std::unique_ptr<char, FreeText> owner(value);
        return std::string(value);
    };
    const bool secure = part(CURLUPART_SCHEME) == "https";
    if (!secure && part(CURLUPART_SCHEME) != "http")
        return wrong("a registry is asked over https", like_this);
    if (part(CURLUPART_PATH) != "/" || !part(CURLUPART_QUERY).empty() || !part(CURLUPART_USER).empty())
        return wrong("must be a host and a port only", like_this);
    const auto host = part(CURLUPART_HOST);
    if (!secure && !is_this_machine(host))
        return wrong("plain HTTP is for this machine alone", like_this);
    return Base{fmt::format("{}://{}:{}", secure ? "https" : "http", host, part(CURLUPART_PORT)), secure,
                is_this_machine(host)};
}

curl_blob blob_of(const std::string& text)
{
    return {const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
}

CURLcode forgive_dates(CURL*, void* context, void*)
{
    tls::ignore_dates(context);
    return CURLE_OK;
}

Result<> start_curl()
{
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK)
        return fail(ErrorKind::network, "libcurl cannot be used", curl_easy_strerror(started));
    return {};
}

std::unique_ptr<curl_slist, FreeHeaders> headers_of(const HttpCall& call)
{
    curl_slist* list = curl_slist_append(nullptr, "Content-Type: application/json");
    list = curl_slist_append(list, "Expect:"); // a pause of a second for large pushes otherwise
    for (const auto& [name, value] : {std::pair(protocol::signature_header, &call.signature),
                                      std::pair(std::string_view("Range"), &call.range),
                                      std::pair(std::string_view("If-Match"), &call.if_match)}) {
        if (!value->empty())
            list = curl_slist_append(list, fmt::format("{}: {}", name, *value).c_str());
    }
    return std::unique_ptr<curl_slist, FreeHeaders>(list);
}

/// Of the answer; empty when it has none.
std::string header_in(CURL* easy, const char* name)
{
    curl_header* header = nullptr;
    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : "";
}

/// PEM of the certificate that the other end showed first.
std::string shown_certificate(CURL* easy)
{
    curl_certinfo* shown = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &shown) != CURLE_OK || shown == nullptr ||
        shown->num_of_certs < 1)
        return {};
    constexpr std::string_view field = "Cert:";
    for (const curl_slist* line = shown->certinfo[0]; line != nullptr; line = line->next) {
        if (std::string_view(line->data).starts_with(field))
            return line->data + field.size();
    }
    return {};
}

} // namespace

struct CurlHttp::Impl {
    std::string base;
    Options options;
    std::string pin; ///< as libcurl wants it
    bool secure = false;
    std::array<char, CURL_ERROR_SIZE> detail{};
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
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, secure ? "https" : "http");
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(easy, CURLOPT_PROXY, options.proxy.c_str());
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
        if (call.range.empty()) // a part of an encoding is nothing
            curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "zstd, gzip");
        detail.front() = '\0';
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail.data());
        if (secure)
            prepare_tls(call);
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

    [[nodiscard]] std::string words_of(CURLcode code) const
    {
        return detail.front() == '\0' ? curl_easy_strerror(code) : detail.data();
    }

    void prepare_tls(const HttpCall& call)
    {
        curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_3});
        curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, pin.c_str());
        curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &forgive_dates);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L); // the key is pinned, whatever it is called
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options.authority.empty() ? 0L : 1L);
        curl_blob authority = blob_of(options.authority);
        if (!options.authority.empty())
            curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &authority);
        if (call.certificate.empty())
            return;
        curl_blob certificate = blob_of(call.certificate);
        curl_blob key = blob_of(options.key);
        certificate.flags = CURL_BLOB_COPY; // the connection outlives the call
        curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &certificate);
        curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key);
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

Result<std::unique_ptr<CurlHttp>> CurlHttp::open(const std::string& base, Options options)
{
    MB_CHECK(start_curl());
    MB_TRY(const auto checked, checked_base(base));
    if (checked.secure && !options.pin)
        return fail(ErrorKind::input, "the key of this registry is not known here", base,
                    "enrol this device with the text of the QR code, or the whole token");
    auto impl = std::make_unique<Impl>();
    impl->base = checked.text;
    impl->secure = checked.secure;
    impl->options = std::move(options);
    if (checked.here)
        impl->options.proxy.clear();
    if (impl->options.pin)
        impl->pin = tls::curl_pin(*impl->options.pin);
    return std::unique_ptr<CurlHttp>(new CurlHttp(std::move(impl)));
}

Result<tls::Pin> CurlHttp::key_at(const std::string& base, const std::string& proxy)
{
    MB_CHECK(start_curl());
    MB_TRY(const auto checked, checked_base(base));
    if (!checked.secure)
        return fail(ErrorKind::input, "plain HTTP has no key", base, like_this);
    Impl asking;
    asking.base = checked.text;
    asking.secure = true;
    asking.options.proxy = checked.here ? "" : proxy;
    const HttpCall call{"GET", "/healthz", "", "", Millis(15000)};
    asking.prepare(call, nullptr);
    curl_easy_setopt(asking.easy, CURLOPT_PINNEDPUBLICKEY, nullptr);
    curl_easy_setopt(asking.easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(asking.easy, CURLOPT_CONNECT_ONLY, 1L);
    if (const CURLcode code = curl_easy_perform(asking.easy); code != CURLE_OK)
        return unreachable(code, asking.words_of(code), asking.base);
    return tls::pin_of_certificate(shown_certificate(asking.easy), asking.base);
}

Result<HttpAnswer> CurlHttp::send(const HttpCall& call)
{
    const auto headers = headers_of(call);
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
        return unreachable(*code, impl_->words_of(*code), impl_->base);
    long status = 0;
    curl_easy_getinfo(impl_->easy, CURLINFO_RESPONSE_CODE, &status);
    return HttpAnswer{static_cast<int>(status), std::move(impl_->received), header_in(impl_->easy, "ETag"),
                      header_in(impl_->easy, "Content-Range")};
}

void CurlHttp::abort()
{
    impl_->aborted.store(true);
    curl_multi_wakeup(impl_->multi);
}

} // namespace montbrillant
