// SPDX-License-Identifier: Apache-2.0
#include "badge/print/printer.hpp"

#include "sync/base/files.hpp"

#include <algorithm>

namespace montbrillant {
namespace {

// Printers close an idle connection when they like; libcups would then wait half a minute to mend it.
constexpr Millis idle_connection_max{2000};

int rank(const ipp::Job& job)
{
    if (!job.ended())
        return 2;
    return job.state == ipp::JobState::completed ? 1 : 0;
}

bool safe_name(const std::string& name)
{
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    return !name.empty() && name.size() <= 120 && name.front() != '.' &&
           name.find_first_not_of(allowed) == std::string::npos;
}

} // namespace

IppPrinter::IppPrinter(ipp::Connection connection, PrinterSettings settings, Clock& clock)
    : connection_(std::move(connection)), settings_(std::move(settings)), clock_(clock)
{
}

ipp::Connection& IppPrinter::fresh()
{
    const MonoTime now = clock_.mono();
    if (now - used_ > idle_connection_max)
        connection_.close();
    used_ = now;
    return connection_;
}

ipp::Answer<ipp::PrinterAttributes> IppPrinter::status() { return fresh().printer(); }

ipp::Answer<int> IppPrinter::create_job(const PrintKey& key)
{
    return fresh().create_job(key.str(), settings_.user, settings_.media);
}

ipp::Answer<> IppPrinter::send(int job, const PrintKey&, BytesView pdf)
{
    return fresh().send_document(job, settings_.user, pdf);
}

ipp::Answer<ipp::Job> IppPrinter::job(int id) { return fresh().job(id, settings_.user); }

ipp::Answer<std::optional<ipp::Job>> IppPrinter::find(const PrintKey& key)
{
    std::optional<ipp::Job> best;
    for (const bool completed : {false, true}) {
        auto jobs = fresh().jobs(completed, settings_.user);
        if (!jobs)
            return tl::unexpected(std::move(jobs).error());
        for (auto& job : *jobs) {
            if (job.name == key.str() && job.user == settings_.user && (!best || rank(job) > rank(*best)))
                best = std::move(job);
        }
    }
    return best;
}

ipp::Answer<> IppPrinter::cancel(int job) { return fresh().cancel(job, settings_.user); }

ipp::Answer<int> IppPrinter::cancel_orphans()
{
    auto jobs = fresh().jobs(false, settings_.user);
    if (!jobs)
        return tl::unexpected(std::move(jobs).error());
    int cancelled = 0;
    for (const auto& job : *jobs) {
        if (job.user == settings_.user && job.lacks_document() && fresh().cancel(job.id, settings_.user))
            ++cancelled;
    }
    return cancelled;
}

FilePrinter::FilePrinter(std::filesystem::path folder, std::string user)
    : folder_(std::move(folder)), user_(std::move(user))
{
}

std::filesystem::path FilePrinter::file_of(const PrintKey& key) const
{
    return folder_ / (key.str() + ".pdf");
}

ipp::Answer<ipp::PrinterAttributes> FilePrinter::status()
{
    std::error_code error;
    if (!std::filesystem::is_directory(folder_, error))
        return tl::unexpected(
            ipp::Trouble{ipp::Trouble::Kind::lost, "the folder " + folder_.string() + " is not there"});
    return ipp::PrinterAttributes{
        .uuid = "file:" + folder_.string(), .up_time_s = 0, .accepting = true, .reasons = {}};
}

ipp::Answer<int> FilePrinter::create_job(const PrintKey& key)
{
    if (!safe_name(key.str()))
        return tl::unexpected(ipp::Trouble{ipp::Trouble::Kind::refused, "the key is no file name"});
    current_ = key;
    return ++last_job_;
}

ipp::Answer<> FilePrinter::send(int, const PrintKey& key, BytesView pdf)
{
    if (auto written = write_file(file_of(key), pdf, 0600); !written)
        return tl::unexpected(ipp::Trouble{ipp::Trouble::Kind::lost, written.error().text()});
    return {};
}

ipp::Answer<ipp::Job> FilePrinter::job(int id)
{
    auto found = find(current_);
    if (!found)
        return tl::unexpected(std::move(found).error());
    if (id != last_job_ || !*found)
        return tl::unexpected(ipp::Trouble{ipp::Trouble::Kind::not_found, "no such file"});
    return **std::move(found);
}

ipp::Answer<std::optional<ipp::Job>> FilePrinter::find(const PrintKey& key)
{
    if (auto reachable = status(); !reachable)
        return tl::unexpected(std::move(reachable).error());
    std::error_code error;
    if (!safe_name(key.str()) || !std::filesystem::exists(file_of(key), error))
        return std::nullopt;
    return ipp::Job{last_job_, key.str(), user_, ipp::JobState::completed, {}, {}};
}

ipp::Answer<> FilePrinter::cancel(int) { return {}; }

ipp::Answer<int> FilePrinter::cancel_orphans() { return 0; }

Result<std::unique_ptr<Printer>> open_printer(const PrinterSettings& settings, Clock& clock)
{
    constexpr std::string_view file = "file:";
    if (settings.uri.starts_with(file)) {
        std::string folder = settings.uri.substr(file.size());
        if (folder.starts_with("///"))
            folder.erase(0, 2);
        if (folder.empty() || folder.starts_with("//"))
            return fail(ErrorKind::input, "is not a folder's address", settings.uri, "write file:///folder");
        return std::make_unique<FilePrinter>(folder, settings.user);
    }
    MB_TRY(auto connection, ipp::Connection::to(settings.uri, settings.patience));
    return std::make_unique<IppPrinter>(std::move(connection), settings, clock);
}

} // namespace montbrillant
