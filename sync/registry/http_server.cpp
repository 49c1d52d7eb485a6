// SPDX-License-Identifier: Apache-2.0
#include <utility> // before asio: Boost 1.74 uses std::exchange without it

#include "sync/base/log.hpp"
#include "sync/protocol/messages.hpp"
#include "sync/protocol/signing.hpp"
#include "sync/registry/http_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace montbrillant::registry {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = net::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t header_bytes_max = 8192;
constexpr std::size_t read_buffer_bytes = 65536;
constexpr std::size_t drained_bytes_max = 32U << 20;
constexpr Millis drained_patience{2000};
constexpr Millis stop_patience{3000};
constexpr std::uint64_t slowest_bytes_per_s = 8192; ///< of a line that an answer still gets through

/// A TCP connection with or without TLS: one Conversation for both, and one set of Beast's templates.
class Stream {
public:
    using executor_type = beast::tcp_stream::executor_type;

    Stream(tcp::socket socket, net::ssl::context* context) : tcp_(std::move(socket))
    {
        if (context != nullptr)
            tls_.emplace(tcp_, *context);
    }
    [[nodiscard]] executor_type get_executor() { return tcp_.get_executor(); }
    [[nodiscard]] beast::tcp_stream& below() { return tcp_; }
    [[nodiscard]] net::ssl::stream<beast::tcp_stream&>* tls() { return tls_ ? &*tls_ : nullptr; }

    template <class Buffers, class Handler> void async_read_some(const Buffers& buffers, Handler&& handler)
    {
        if (tls_)
            tls_->async_read_some(buffers, std::forward<Handler>(handler));
        else
            tcp_.async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler> void async_write_some(const Buffers& buffers, Handler&& handler)
    {
        if (tls_)
            tls_->async_write_some(buffers, std::forward<Handler>(handler));
        else
            tcp_.async_write_some(buffers, std::forward<Handler>(handler));
    }

private:
    beast::tcp_stream tcp_;
    std::optional<net::ssl::stream<beast::tcp_stream&>> tls_;
};

/// An answer's own text, and pieces that it shares with others: nothing of those is copied.
struct AnswerBody {
    struct value_type {
        std::string text;
        std::vector<Piece> pieces;
    };
    static std::uint64_t size(const value_type& body)
    {
        std::uint64_t bytes = body.text.size();
        for (const auto& piece : body.pieces)
            bytes += piece.bytes.size();
        return bytes;
    }
    class writer {
    public:
        using const_buffers_type = net::const_buffer;
        template <bool is_request, class Fields>
        writer(const http::header<is_request, Fields>& /*header*/, const value_type& body) : body_(body)
        {
        }
        void init(error_code& failed) { failed = {}; }
        boost::optional<std::pair<const_buffers_type, bool>> get(error_code& failed)
        {
            failed = {};
            const std::string_view bytes = at_ == 0 ? body_.text : body_.pieces[at_ - 1].bytes;
            const bool more = at_++ < body_.pieces.size();
            return std::pair(const_buffers_type(bytes.data(), bytes.size()), more);
        }

    private:
        const value_type& body_;
        std::size_t at_ = 0; ///< the text, then the pieces
    };
};

class Conversation;

/// What conversations share with their server.
struct Shared {
    HttpServer::Options options;
    HttpServer::BodyLimit body_limit;
    HttpServer::Handler handler;
    std::mutex mutex;
    std::condition_variable empty;
    std::set<Conversation*> conversations;
    bool draining = false;
};

void run(net::io_context& io)
{
    for (;;) {
        try {
            io.run();
            return;
        } catch (const std::exception& error) {
            log::error("a request ended in an exception: {}", error.what());
        }
    }
}

/// Whether an Accept-Encoding names zstd, and does not weigh it with nothing (RFC 9110, section 12.5.3).
bool takes_zstd(beast::string_view header)
{
    for (const auto& [name, parameters] : http::ext_list(header)) {
        if (!beast::iequals(name, "zstd"))
            continue;
        const auto weight =
            parameters.begin() == parameters.end() ? beast::string_view("1") : parameters.begin()->second;
        return weight.find_first_of("123456789") != beast::string_view::npos;
    }
    return false;
}

HttpResponse refusal(int status, std::string_view code, std::string words)
{
    return {status, protocol::write(protocol::Refusal{status, std::string(code), std::move(words), {}})};
}

class Conversation : public std::enable_shared_from_this<Conversation> {
public:
    Conversation(tcp::socket socket, net::ssl::context* context, Shared& shared)
        : stream_(std::move(socket), context), buffer_(read_buffer_bytes), shared_(shared)
    {
    }
    ~Conversation()
    {
        const std::lock_guard lock(shared_.mutex);
        shared_.conversations.erase(this);
        if (shared_.conversations.empty())
            shared_.empty.notify_all();
    }
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    void start()
    {
        net::post(stream_.get_executor(), [self = shared_from_this()] {
            if (self->stream_.tls() != nullptr)
                self->shake_hands();
            else
                self->read_header();
        });
    }
    /// Ends a connection that waits for its next request.
    void end_if_idle()
    {
        auto self = weak_from_this().lock(); // nothing: it is ending just now
        if (!self)
            return;
        net::post(stream_.get_executor(), [self = std::move(self)] {
            if (self->idle_)
                self->stream_.below().close();
        });
    }

private:
    /// The right to answer once. Whoever holds it, on whatever thread, the conversation lives and ends on its
    /// own.
    class Ticket {
    public:
        explicit Ticket(std::shared_ptr<Conversation> conversation) : conversation_(std::move(conversation))
        {
        }
        ~Ticket()
        {
            leave([](Conversation&) {});
        }
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;
        void answer(MakeResponse make)
        {
            leave([make = std::move(make)](Conversation& conversation) { conversation.write(make()); });
        }

    private:
        template <class Work> void leave(Work work)
        {
            auto conversation = std::move(conversation_);
            if (!conversation)
                return;
            auto executor = conversation->stream_.get_executor();
            net::post(executor, [conversation = std::move(conversation), work = std::move(work)] {
                work(*conversation);
            });
        }
        std::shared_ptr<Conversation> conversation_;
    };

    void shake_hands()
    {
        stream_.below().expires_after(shared_.options.request_patience);
        stream_.tls()->async_handshake(
            net::ssl::stream_base::server, [self = shared_from_this()](error_code failed) {
                if (failed) {
                    log::info("no TLS: {}", failed.message());
                    self->drain_ = true; // what the client sent already must not take the alert's words away
                    return self->end();
                }
                self->peer_ = tls::peer_device(self->stream_.tls()->native_handle());
                self->read_header();
            });
    }

    void read_header()
    {
        {
            const std::lock_guard lock(shared_.mutex);
            if (shared_.draining)
                return;
        }
        idle_ = true;
        parser_.emplace();
        parser_->header_limit(header_bytes_max);
        // Not boost::none: in 1.74 every length is larger than none.
        parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
        stream_.below().expires_after(shared_.options.idle_patience);
        http::async_read_header(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](error_code failed, std::size_t) { self->on_header(failed); });
    }

    void on_header(error_code failed)
    {
        idle_ = false;
        if (failed == http::error::header_limit)
            return refuse(431, protocol::code::too_large, "the header of the request is too large");
        if (failed.category() == http::make_error_code(http::error::bad_method).category() &&
            failed != http::error::end_of_stream && failed != http::error::partial_message)
            return refuse(400, protocol::code::malformed, "this is not an HTTP request");
        if (failed)
            return; // closed by the other end, or it kept us waiting
        const auto& header = parser_->get();
        const std::string target(header.target());
        const std::size_t limit = shared_.body_limit(target);
        if (const auto length = parser_->content_length(); length && *length > limit)
            return refuse(413, protocol::code::too_large, "the body of the request is too large");
        parser_->body_limit(limit); // for chunked bodies
        stream_.below().expires_after(shared_.options.request_patience);
        if (beast::iequals(header[http::field::expect], "100-continue"))
            return write_continue();
        read_body();
    }

    void write_continue()
    {
        auto go_on = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
        http::async_write(stream_, *go_on,
                          [self = shared_from_this(), go_on](error_code failed, std::size_t) {
                              if (!failed)
                                  self->read_body();
                          });
    }

    void read_body()
    {
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](error_code failed, std::size_t) {
                             if (failed == http::error::body_limit)
                                 return self->refuse(413, protocol::code::too_large,
                                                     "the body of the request is too large");
                             if (failed)
                                 return;
                             self->handle();
                         });
    }

    void handle()
    {
        auto message = parser_->release();
        keep_alive_ = message.keep_alive();
        head_only_ = message.method() == http::verb::head;
        HttpRequest request;
        request.method = std::string(message.method_string());
        request.target = std::string(message.target());
        const auto name = protocol::signature_header;
        request.signature = std::string(message[boost::string_view(name.data(), name.size())]);
        request.authorization = std::string(message[http::field::authorization]);
        request.conditions = {std::string(message[http::field::range]),
                              std::string(message[http::field::if_match]),
                              std::string(message[http::field::if_range])};
        request.takes_zstd = takes_zstd(message[http::field::accept_encoding]);
        request.secure = stream_.tls() != nullptr;
        request.certificate = peer_;
        request.body = std::move(message.body());
        stream_.below().expires_never(); // the answer may take a whole long-poll
        auto ticket = std::make_shared<Ticket>(shared_from_this());
        shared_.handler(std::move(request), [ticket](MakeResponse make) { ticket->answer(std::move(make)); });
    }

    /// Answers what was not read to its end; the connection ends after it.
    void refuse(int status, std::string_view code, std::string words)
    {
        keep_alive_ = false;
        drain_ = true;
        write(refusal(status, code, std::move(words)));
    }

    void write(HttpResponse answer)
    {
        {
            const std::lock_guard lock(shared_.mutex);
            keep_alive_ = keep_alive_ && !shared_.draining && !head_only_;
        }
        response_.emplace(static_cast<http::status>(answer.status), 11);
        response_->set(http::field::content_type, answer.content_type);
        response_->set(http::field::cache_control, "no-store");
        for (const auto& [name, value] : answer.headers)
            response_->set(name, value);
        if (!head_only_)
            response_->body() = {std::move(answer.body), std::move(answer.pieces)};
        const auto seconds = AnswerBody::size(response_->body()) / slowest_bytes_per_s;
        response_->keep_alive(keep_alive_);
        response_->prepare_payload();
        stream_.below().expires_after(shared_.options.request_patience +
                                      Millis(static_cast<std::int64_t>(seconds) * 1000));
        http::async_write(stream_, *response_, [self = shared_from_this()](error_code failed, std::size_t) {
            if (failed)
                return;
            if (self->keep_alive_)
                return self->read_header();
            self->finish();
        });
    }

    void finish()
    {
        if (auto* tls = stream_.tls(); tls != nullptr) {
            stream_.below().expires_after(drained_patience);
            tls->async_shutdown([self = shared_from_this()](error_code) { self->end(); });
        } else {
            end();
        }
    }

    void end()
    {
        error_code ignored;
        stream_.below().socket().shutdown(tcp::socket::shutdown_send, ignored);
        if (drain_)
            drain(0);
    }

    /// Closing with unread bytes would reset the connection and could take our answer with it.
    void drain(std::size_t so_far)
    {
        if (so_far == 0)
            stream_.below().expires_after(drained_patience);
        buffer_.clear();
        stream_.below().async_read_some(
            buffer_.prepare(read_buffer_bytes),
            [self = shared_from_this(), so_far](error_code failed, std::size_t got) {
                if (!failed && so_far + got < drained_bytes_max)
                    self->drain(so_far + got);
            });
    }

    Stream stream_;
    beast::flat_buffer buffer_;
    Shared& shared_;
    std::optional<tls::DeviceCertificate> peer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::optional<http::response<AnswerBody>> response_;
    bool idle_ = true;
    bool keep_alive_ = false;
    bool head_only_ = false;
    bool drain_ = false;
};

} // namespace

struct HttpServer::Impl {
    Shared shared;                        ///< outlives the conversations, which io_context destroys
    std::optional<net::ssl::context> tls; ///< outlives the conversations too
    net::io_context io;
    /// While a long-poll is parked its conversation has nothing to do here, and run() must not think all is
    /// done.
    net::executor_work_guard<net::io_context::executor_type> work{io.get_executor()};
    tcp::acceptor acceptor{io};
    std::vector<std::thread> threads;
    std::uint16_t port = 0;

    [[nodiscard]] Result<> listen()
    {
        error_code failed;
        const auto address = net::ip::make_address(shared.options.address, failed);
        if (failed)
            return fail(ErrorKind::input, "is not a numeric address", shared.options.address);
        const tcp::endpoint endpoint(address, shared.options.port);
        const auto where = shared.options.address + ":" + std::to_string(shared.options.port);
        acceptor.open(endpoint.protocol(), failed);
        if (!failed)
            acceptor.set_option(net::socket_base::reuse_address(true), failed);
        if (!failed)
            acceptor.bind(endpoint, failed);
        if (!failed)
            acceptor.listen(net::socket_base::max_listen_connections, failed);
        if (failed)
            return fail(ErrorKind::network, "cannot listen: " + failed.message(), where);
        port = acceptor.local_endpoint().port();
        return {};
    }

    void accept()
    {
        acceptor.async_accept(net::make_strand(io), [this](error_code failed, tcp::socket socket) {
            if (failed == net::error::operation_aborted || !acceptor.is_open())
                return;
            if (!failed)
                take(std::move(socket));
            accept();
        });
    }

    void take(tcp::socket socket)
    {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        auto conversation = std::make_shared<Conversation>(std::move(socket), tls ? &*tls : nullptr, shared);
        {
            const std::lock_guard lock(shared.mutex);
            if (!shared.draining && shared.conversations.size() < shared.options.connections_max) {
                shared.conversations.insert(conversation.get());
            } else {
                log::warn("connection closed: {} are open", shared.conversations.size());
                return; // the conversation ends outside the lock's reach: it holds no request
            }
        }
        conversation->start();
    }
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const Options& options, BodyLimit body_limit,
                                                      Handler handler)
{
    auto impl = std::make_unique<Impl>();
    impl->shared.options = options;
    impl->shared.body_limit = std::move(body_limit);
    impl->shared.handler = std::move(handler);
    if (options.identity) {
        impl->tls.emplace(net::ssl::context::tls_server);
        MB_CHECK(tls::be_server(impl->tls->native_handle(), *options.identity));
    }
    MB_CHECK(impl->listen());
    impl->accept();
    for (unsigned i = 0; i < options.threads; ++i)
        impl->threads.emplace_back([io = &impl->io] { run(*io); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::~HttpServer() { stop(); }

std::uint16_t HttpServer::port() const { return impl_->port; }

std::size_t HttpServer::connections() const
{
    const std::lock_guard lock(impl_->shared.mutex);
    return impl_->shared.conversations.size();
}

void HttpServer::drain()
{
    net::post(impl_->acceptor.get_executor(), [impl = impl_.get()] {
        error_code ignored;
        impl->acceptor.close(ignored);
    });
    const std::lock_guard lock(impl_->shared.mutex);
    impl_->shared.draining = true;
    for (Conversation* conversation : impl_->shared.conversations)
        conversation->end_if_idle();
}

void HttpServer::stop()
{
    if (impl_->threads.empty())
        return;
    drain();
    {
        std::unique_lock lock(impl_->shared.mutex);
        impl_->shared.empty.wait_for(lock, stop_patience,
                                     [this] { return impl_->shared.conversations.empty(); });
    }
    impl_->io.stop();
    for (auto& thread : impl_->threads)
        thread.join();
    impl_->threads.clear();
}

bool is_loopback(const std::string& address)
{
    error_code failed;
    const auto parsed = net::ip::make_address(address, failed);
    return !failed && parsed.is_loopback();
}

bool is_everywhere(const std::string& address)
{
    error_code failed;
    const auto parsed = net::ip::make_address(address, failed);
    return !failed && parsed.is_unspecified();
}

} // namespace montbrillant::registry
