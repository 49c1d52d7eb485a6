// SPDX-License-Identifier: Apache-2.0
#include "sync/base/hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace montbrillant {

void keep_memory_private()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // Also where core_pattern names a program, which the limit of 0 does not stop (core(5)).
    ::prctl(PR_SET_DUMPABLE, 0);
}

} // namespace montbrillant
