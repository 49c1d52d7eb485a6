// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A printer as the print job needs it: it takes a document under a job-name and can be asked later what
/// became of that name. One thread owns a Printer.

#include "badge/print/ipp.hpp"
#include "sync/base/clock.hpp"
#include "sync/base/ids.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace montbrillant {

struct PrinterSettings {
    std::string uri;                   ///< ipp://host:631/ipp/print, ipps://…, file:///folder
    std::string user = "montbrillant"; ///< requesting-user-name: the device's id, different at every kiosk
    std::string media = "iso_a6_105x148mm"; ///< as the layout says
    Millis patience{5000};
};

class Printer {
public:
    virtual ~Printer() = default;
    [[nodiscard]] virtual ipp::Answer<ipp::PrinterAttributes> status() = 0;
    [[nodiscard]] virtual ipp::Answer<int> create_job(const PrintKey& key) = 0;
    [[nodiscard]] virtual ipp::Answer<> send(int job, const PrintKey& key, BytesView pdf) = 0;
    [[nodiscard]] virtual ipp::Answer<ipp::Job> job(int id) = 0;
    /// Our job of that name: rather one that has not ended, then a completed one, then any.
    [[nodiscard]] virtual ipp::Answer<std::optional<ipp::Job>> find(const PrintKey& key) = 0;
    [[nodiscard]] virtual ipp::Answer<> cancel(int job) = 0;
    /// Cancels every job of ours whose document never came; gives their number. Jobs are sent one at a time,
    /// so whoever calls this between two jobs has none of those to lose.
    [[nodiscard]] virtual ipp::Answer<int> cancel_orphans() = 0;
    /// It never forgets a name, restarted or not.
    [[nodiscard]] virtual bool remembers_for_ever() const { return false; }
};

/// A network printer.
class IppPrinter final : public Printer {
public:
    IppPrinter(ipp::Connection connection, PrinterSettings settings, Clock& clock);

    [[nodiscard]] ipp::Answer<ipp::PrinterAttributes> status() override;
    [[nodiscard]] ipp::Answer<int> create_job(const PrintKey& key) override;
    [[nodiscard]] ipp::Answer<> send(int job, const PrintKey& key, BytesView pdf) override;
    [[nodiscard]] ipp::Answer<ipp::Job> job(int id) override;
    [[nodiscard]] ipp::Answer<std::optional<ipp::Job>> find(const PrintKey& key) override;
    [[nodiscard]] ipp::Answer<> cancel(int job) override;
    [[nodiscard]] ipp::Answer<int> cancel_orphans() override;

private:
    ipp::Connection& fresh();

    ipp::Connection connection_;
    PrinterSettings settings_;
    Clock& clock_;
    MonoTime used_{};
};

/// A folder that gets one KEY.pdf per badge.
class FilePrinter final : public Printer {
public:
    FilePrinter(std::filesystem::path folder, std::string user);

    [[nodiscard]] ipp::Answer<ipp::PrinterAttributes> status() override;
    [[nodiscard]] ipp::Answer<int> create_job(const PrintKey& key) override;
    [[nodiscard]] ipp::Answer<> send(int job, const PrintKey& key, BytesView pdf) override;
    [[nodiscard]] ipp::Answer<ipp::Job> job(int id) override;
    [[nodiscard]] ipp::Answer<std::optional<ipp::Job>> find(const PrintKey& key) override;
    [[nodiscard]] ipp::Answer<> cancel(int job) override;
    [[nodiscard]] ipp::Answer<int> cancel_orphans() override;
    [[nodiscard]] bool remembers_for_ever() const override { return true; }

private:
    [[nodiscard]] std::filesystem::path file_of(const PrintKey& key) const;

    std::filesystem::path folder_;
    std::string user_;
    int last_job_ = 0;
    PrintKey current_;
};

/// By the scheme of `settings.uri`. A printer that is away is no error here. `clock` must outlive it.
[[nodiscard]] Result<std::unique_ptr<Printer>> open_printer(const PrinterSettings& settings, Clock& clock);

} // namespace montbrillant
