// SPDX-License-Identifier: Apache-2.0
#pragma once

/// An enrolment's QR code (ISO/IEC 18004, level M) as a black and white PNG, for a sheet or a screen that is
/// shown to a kiosk's scanner. The registry's own: it does not stand on the room that draws badges. Pure.

#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

#include <string>

namespace montbrillant::registry {

/// `module_px` pixels a module, four quiet modules around.
[[nodiscard]] Result<Bytes> qr_png(const std::string& text, unsigned module_px);

} // namespace montbrillant::registry
