// SPDX-License-Identifier: Apache-2.0
#pragma once

/// QR symbols on the glass (ISO/IEC 18004, error correction M): the only wrapper of libqrencode in the kiosk.

#include <string>
#include <vector>

namespace montbrillant::ui {

/// Row by row, true is dark, without the quiet zone; empty when the text is too long for a symbol.
struct QrModules {
    int size = 0;
    std::vector<bool> dark;
};

[[nodiscard]] QrModules qr_modules(const std::string& utf8);

/// The text of a Wi-Fi symbol ("WIFI:T:WPA;S:...;P:...;;"), special characters escaped as phones expect.
[[nodiscard]] std::string wifi_text(const std::string& ssid, const std::string& passphrase);

} // namespace montbrillant::ui
