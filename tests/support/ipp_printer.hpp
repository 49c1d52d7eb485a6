// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A real IPP printer for tests: ippeveprinter in a folder of its own on a free port (ipp_printer.sh beside
/// this file says how). Nobody here wrote it. Dies with the object and with the test.

#include "sync/base/bytes.hpp"
#include "sync/base/child_process.hpp"
#include "sync/base/clock.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace montbrillant::test {

/// Empty when ippeveprinter and dbus-daemon are installed, else which one is missing.
[[nodiscard]] std::string ipp_printer_missing();

class IppPrinterProcess {
public:
    /// Finds a port; starts nothing yet: a printer that is away.
    explicit IppPrinterProcess(std::filesystem::path folder);
    ~IppPrinterProcess();
    IppPrinterProcess(const IppPrinterProcess&) = delete;
    IppPrinterProcess& operator=(const IppPrinterProcess&) = delete;

    /// Returns when it listens; throws std::runtime_error with its log when it does not.
    void start();
    /// Power cut. A sheet that is already in the path still comes out.
    void kill();

    [[nodiscard]] std::string uri() const;
    /// Job names of the sheets that came out, oldest first.
    [[nodiscard]] std::vector<std::string> sheets() const;
    [[nodiscard]] std::vector<std::filesystem::path> sheet_files() const;

    /// "media-empty,media-needed" holds sheets back; "" lets them go.
    void set_state(const std::string& reasons) const;
    void set_slow(const std::string& seconds) const;
    void set_fail(bool fails) const;

private:
    void set(const char* fault, const std::string& content) const;
    [[nodiscard]] bool listens() const;
    [[nodiscard]] bool try_start();

    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    bool has_run_ = false; // from then on its address is known and must stay
    SystemClock clock_;
    std::vector<ChildProcess> process_; // none or one
};

} // namespace montbrillant::test
