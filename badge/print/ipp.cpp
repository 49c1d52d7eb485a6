// SPDX-License-Identifier: Apache-2.0
#include "badge/print/ipp.hpp"

#include "sync/base/files.hpp"

#include <algorithm>
#include <array>
#include <cups/cups.h>
#include <cups/http.h>
#include <cups/ipp.h>
#include <sys/mman.h>
#include <unistd.h>

namespace montbrillant::ipp {
namespace {

struct CloseHttp {
    void operator()(http_t* http) const { httpClose(http); }
};
struct DeleteIpp {
    void operator()(ipp_t* message) const { ippDelete(message); }
};
using Message = std::unique_ptr<ipp_t, DeleteIpp>;

std::string text_of(ipp_attribute_t* attribute)
{
    const char* text = attribute == nullptr ? nullptr : ippGetString(attribute, 0, nullptr);
    return text == nullptr ? std::string() : std::string(text);
}

std::vector<std::string> texts_of(ipp_attribute_t* attribute)
{
    std::vector<std::string> out;
    for (int i = 0; i < ippGetCount(attribute); ++i) {
        if (const char* text = ippGetString(attribute, i, nullptr))
            out.emplace_back(text);
    }
    return out;
}

ipp_attribute_t* find(const Message& message, const char* name)
{
    return ippFindAttribute(message.get(), name, IPP_TAG_ZERO);
}

void read_job_attribute(Job& job, ipp_attribute_t* attribute)
{
    const std::string_view name = ippGetName(attribute);
    if (name == "job-id")
        job.id = ippGetInteger(attribute, 0);
    else if (name == "job-name")
        job.name = text_of(attribute);
    else if (name == "job-originating-user-name")
        job.user = text_of(attribute);
    else if (name == "job-state")
        job.state = static_cast<JobState>(std::clamp(ippGetInteger(attribute, 0), 3, 9));
    else if (name == "job-state-reasons")
        job.reasons = texts_of(attribute);
    else if (name == "job-state-message")
        job.message = text_of(attribute);
}

// An attribute without a name stands between two jobs; the last ends with the message (RFC 8010, 3.1.2).
std::vector<Job> read_jobs(const Message& message)
{
    std::vector<Job> out;
    Job job;
    for (auto* at = ippFirstAttribute(message.get()); at != nullptr; at = ippNextAttribute(message.get())) {
        if (ippGetGroupTag(at) == IPP_TAG_JOB && ippGetName(at) != nullptr) {
            read_job_attribute(job, at);
        } else if (job.id != 0) {
            out.push_back(std::exchange(job, {}));
        }
    }
    if (job.id != 0)
        out.push_back(std::move(job));
    return out;
}

Trouble::Kind kind_of(ipp_status_t status)
{
    switch (static_cast<int>(status)) {
    case IPP_STATUS_ERROR_NOT_FOUND:
    case IPP_STATUS_ERROR_GONE: return Trouble::Kind::not_found;
    case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
    case IPP_STATUS_ERROR_TEMPORARY:
    case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
    case IPP_STATUS_ERROR_BUSY:
    case IPP_STATUS_ERROR_PRINTER_IS_DEACTIVATED:
    case IPP_STATUS_ERROR_TOO_MANY_JOBS: return Trouble::Kind::busy;
    default: return Trouble::Kind::refused;
    }
}

// libcups would ask on the terminal.
const char* no_password(const char*, http_t*, const char*, const char*, void*) { return nullptr; }

// libcups sends a document from a file: this one has no name and lives in memory.
FileDescriptor memory_file(BytesView content)
{
    FileDescriptor file(::memfd_create("badge", MFD_CLOEXEC));
    while (file.valid() && !content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written <= 0)
            return {};
        content = content.subspan(static_cast<std::size_t>(written));
    }
    if (file.valid())
        ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

constexpr std::array job_attributes{"job-id",    "job-name",          "job-originating-user-name",
                                    "job-state", "job-state-reasons", "job-state-message"};

} // namespace

bool Job::lacks_document() const
{
    return !ended() && std::ranges::any_of(reasons, [](const std::string& reason) {
        return reason == "job-data-insufficient" || reason == "job-incoming";
    });
}

struct Connection::Impl {
    std::string uri;
    std::string host;
    int port{};
    std::string resource;
    http_encryption_t encryption{};
    Millis patience{};
    std::unique_ptr<http_t, CloseHttp> http;

    bool connect()
    {
        if (http)
            return true;
        cupsSetPasswordCB2(no_password, nullptr);
        http.reset(httpConnect2(host.c_str(), port, nullptr, AF_UNSPEC, encryption, 1,
                                static_cast<int>(patience.count()), nullptr));
        if (!http)
            return false;
        httpSetTimeout(
            http.get(), static_cast<double>(patience.count()) / 1000, [](http_t*, void*) { return 0; },
            nullptr);
        return true;
    }

    Message request(ipp_op_t operation, const std::string& user) const
    {
        Message message(ippNewRequest(operation));
        ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", nullptr, uri.c_str());
        if (!user.empty())
            ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", nullptr,
                         user.c_str());
        return message;
    }

    Message job_request(ipp_op_t operation, int job, const std::string& user) const
    {
        Message message = request(operation, user);
        ippAddInteger(message.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
        return message;
    }

    template <std::size_t N> static void want(const Message& message, const std::array<const char*, N>& names)
    {
        ippAddStrings(message.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                      static_cast<int>(N), nullptr, names.data());
    }

    Answer<Message> ask(Message message, int document = -1)
    {
        if (!connect())
            return tl::unexpected(Trouble{Trouble::Kind::lost, cupsLastErrorString()});
        Message answer(cupsDoIORequest(http.get(), message.release(), resource.c_str(), document, -1));
        if (!answer) {
            http.reset();
            return tl::unexpected(Trouble{Trouble::Kind::lost, cupsLastErrorString()});
        }
        const ipp_status_t status = ippGetStatusCode(answer.get());
        if (status <= IPP_STATUS_OK_CONFLICTING)
            return answer;
        std::string words = text_of(find(answer, "status-message"));
        return tl::unexpected(
            Trouble{kind_of(status), words.empty() ? ippErrorString(status) : std::move(words)});
    }
};

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::to(const std::string& uri, Millis patience)
{
    std::array<char, 32> scheme{};
    std::array<char, 256> user{};
    std::array<char, 256> host{};
    std::array<char, 256> resource{};
    auto impl = std::make_unique<Impl>();
    const auto status =
        httpSeparateURI(HTTP_URI_CODING_ALL, uri.c_str(), scheme.data(), scheme.size(), user.data(),
                        user.size(), host.data(), host.size(), &impl->port, resource.data(), resource.size());
    const std::string_view kind = scheme.data();
    if (status < HTTP_URI_STATUS_OK || (kind != "ipp" && kind != "ipps"))
        return fail(ErrorKind::input, "is not a printer's address", uri,
                    "write ipp://host:631/ipp/print or ipps://…");
    impl->uri = uri;
    impl->host = host.data();
    impl->resource = resource.data();
    impl->encryption = kind == "ipps" ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED;
    impl->patience = patience;
    return Connection(std::move(impl));
}

Answer<PrinterAttributes> Connection::printer()
{
    Message message = impl_->request(IPP_OP_GET_PRINTER_ATTRIBUTES, {});
    Impl::want(message, std::array{"printer-uuid", "printer-up-time", "printer-is-accepting-jobs",
                                   "printer-state-reasons"});
    auto answer = impl_->ask(std::move(message));
    if (!answer)
        return tl::unexpected(std::move(answer).error());
    PrinterAttributes out;
    out.uuid = text_of(find(*answer, "printer-uuid"));
    if (auto* up_time = find(*answer, "printer-up-time"))
        out.up_time_s = ippGetInteger(up_time, 0);
    if (auto* accepting = find(*answer, "printer-is-accepting-jobs"))
        out.accepting = ippGetBoolean(accepting, 0) != 0;
    out.reasons = texts_of(find(*answer, "printer-state-reasons"));
    return out;
}

Answer<int> Connection::create_job(const std::string& name, const std::string& user, const std::string& media)
{
    Message message = impl_->request(IPP_OP_CREATE_JOB, user);
    ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", nullptr, name.c_str());
    if (!media.empty())
        ippAddString(message.get(), IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", nullptr, media.c_str());
    auto answer = impl_->ask(std::move(message));
    if (!answer)
        return tl::unexpected(std::move(answer).error());
    auto* id = find(*answer, "job-id");
    if (id == nullptr)
        return tl::unexpected(Trouble{Trouble::Kind::refused, "the printer gave the job no number"});
    return ippGetInteger(id, 0);
}

Answer<> Connection::send_document(int job, const std::string& user, BytesView pdf)
{
    const FileDescriptor document = memory_file(pdf);
    if (!document.valid())
        return tl::unexpected(Trouble{Trouble::Kind::refused, "no memory for the document"});
    Message message = impl_->job_request(IPP_OP_SEND_DOCUMENT, job, user);
    ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", nullptr,
                 "application/pdf");
    ippAddBoolean(message.get(), IPP_TAG_OPERATION, "last-document", 1);
    auto answer = impl_->ask(std::move(message), document.get());
    if (!answer)
        return tl::unexpected(std::move(answer).error());
    return {};
}

Answer<Job> Connection::job(int id, const std::string& user)
{
    Message message = impl_->job_request(IPP_OP_GET_JOB_ATTRIBUTES, id, user);
    Impl::want(message, job_attributes);
    auto answer = impl_->ask(std::move(message));
    if (!answer)
        return tl::unexpected(std::move(answer).error());
    auto jobs = read_jobs(*answer);
    if (jobs.empty())
        return tl::unexpected(Trouble{Trouble::Kind::not_found, "the printer says nothing about the job"});
    return std::move(jobs.front());
}

Answer<std::vector<Job>> Connection::jobs(bool completed, const std::string& user)
{
    Message message = impl_->request(IPP_OP_GET_JOBS, user);
    ippAddInteger(message.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", jobs_max);
    ippAddString(message.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", nullptr,
                 completed ? "completed" : "not-completed");
    Impl::want(message, job_attributes);
    auto answer = impl_->ask(std::move(message));
    if (!answer)
        return tl::unexpected(std::move(answer).error());
    return read_jobs(*answer);
}

Answer<> Connection::cancel(int job, const std::string& user)
{
    auto answer = impl_->ask(impl_->job_request(IPP_OP_CANCEL_JOB, job, user));
    if (!answer)
        return tl::unexpected(std::move(answer).error());
    return {};
}

void Connection::close() { impl_->http.reset(); }

} // namespace montbrillant::ipp
