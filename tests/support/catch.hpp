// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Catch2 behind one include: a later major version is a change of this file only.
#include <catch2/catch.hpp>
