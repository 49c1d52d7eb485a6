# SPDX-License-Identifier: Apache-2.0
# libcups2-dev has no pkg-config file. Defines Cups::Cups.
find_path(Cups_INCLUDE_DIR cups/ipp.h)
find_library(Cups_LIBRARY cups)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Cups REQUIRED_VARS Cups_LIBRARY Cups_INCLUDE_DIR)
if(Cups_FOUND AND NOT TARGET Cups::Cups)
  add_library(Cups::Cups UNKNOWN IMPORTED)
  set_target_properties(Cups::Cups PROPERTIES
    IMPORTED_LOCATION "${Cups_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${Cups_INCLUDE_DIR}")
endif()
