// SPDX-License-Identifier: Apache-2.0
#include "kiosk/ui/qr.hpp"

#include <memory>
#include <qrencode.h>

namespace montbrillant::ui {

QrModules qr_modules(const std::string& utf8)
{
    const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
        QRcode_encodeString8bit(utf8.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
    if (!code)
        return {};
    QrModules out{code->width, {}};
    const auto count = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
    out.dark.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        out.dark.push_back((code->data[i] & 1U) != 0);
    return out;
}

std::string wifi_text(const std::string& ssid, const std::string& passphrase)
{
    const auto escaped = [](const std::string& text) {
        std::string out;
        for (const char c : text) {
            if (std::string_view{"\\;,:\""}.find(c) != std::string_view::npos)
                out += '\\';
            out += c;
        }
        return out;
    };
    const std::string head = passphrase.empty() ? "WIFI:T:nopass;S:" : "WIFI:T:WPA;S:";
    return head + escaped(ssid) + (passphrase.empty() ? "" : ";P:" + escaped(passphrase)) + ";;";
}

} // namespace montbrillant::ui
