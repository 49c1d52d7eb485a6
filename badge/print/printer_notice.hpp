// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a printer says about itself, as sentences for staff: the thing, the place, the remedy. Keywords are
/// printer-state-reasons (RFC 8011, 5.4.12) with the severity suffix taken off.

#include <string>
#include <vector>

namespace montbrillant {

struct PrinterNotice {
    enum class Severity {
        attention, ///< still prints; soon it will not
        trouble,   ///< does not print until somebody comes
    };
    std::string keyword; ///< "media-empty"
    Severity severity{};
    std::string text; ///< "Printer: no paper. Put badges into the tray under the slot; …"

    friend bool operator==(const PrinterNotice&, const PrinterNotice&) = default;
};

/// One notice per sentence, the worst first; "none" and mere reports give none. `place` is the printer's name
/// as staff know it.
[[nodiscard]] std::vector<PrinterNotice> notices_from(const std::vector<std::string>& reasons,
                                                      const std::string& place);

/// The printer does not answer.
[[nodiscard]] PrinterNotice notice_of_silence(const std::string& place);

/// It answers, and says "later".
[[nodiscard]] PrinterNotice notice_of_waiting(const std::string& place, const std::string& words);

[[nodiscard]] bool has_trouble(const std::vector<PrinterNotice>& notices);

} // namespace montbrillant
