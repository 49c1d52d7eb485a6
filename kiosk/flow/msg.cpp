// SPDX-License-Identifier: Apache-2.0
#include "kiosk/flow/msg.hpp"

#include "sync/base/one_of_body.hpp"

namespace montbrillant {

MB_COMPILE_ONE_OF(flow::Msg)
MB_COMPILE_ONE_OF(flow::Cmd)

} // namespace montbrillant
