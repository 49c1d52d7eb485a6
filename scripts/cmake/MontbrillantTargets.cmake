# SPDX-License-Identifier: Apache-2.0
# One function per kind of target, so that every module looks alike.
include(GNUInstallDirs)

# Flags of every target of ours. Headers of libraries are IMPORTED targets, so warnings stay off there.
add_library(montbrillant_options INTERFACE)
target_include_directories(montbrillant_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(montbrillant_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Wconversion -Wsign-conversion -Wimplicit-fallthrough
  $<$<CONFIG:Debug>:-Wnull-dereference> # optimized, GCC 12 sees null pointers in Asio, CLI11 and its own strings
  -fstack-protector-strong)
target_compile_definitions(montbrillant_options INTERFACE
  JSON_USE_IMPLICIT_CONVERSIONS=0
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>
  MONTBRILLANT_VERSION="${PROJECT_VERSION}")
if(MONTBRILLANT_SANITIZE)
  target_compile_options(montbrillant_options INTERFACE
    -fsanitize=${MONTBRILLANT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # -Wnull-dereference and -Wmaybe-uninitialized report the sanitizers' own branches (GCC bug 55578 and kin).
    -Wno-null-dereference -Wno-maybe-uninitialized)
  target_link_options(montbrillant_options INTERFACE -fsanitize=${MONTBRILLANT_SANITIZE})
endif()

if(MONTBRILLANT_FUZZ)
  target_compile_options(montbrillant_options INTERFACE -fsanitize=fuzzer-no-link) # coverage for libFuzzer
endif()

# montbrillant_library(store SOURCES a.cpp HEADERS a.hpp PUBLIC montbrillant::base PRIVATE ...)
# Target montbrillant_store, alias montbrillant::store. Headers are verified to compile alone by the lint preset.
function(montbrillant_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(target montbrillant_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(montbrillant::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  target_link_libraries(${target} PUBLIC montbrillant_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

# montbrillant_program(montbrillant-readerd SOURCES main.cpp LINK montbrillant::rfid)
function(montbrillant_program name)
  cmake_parse_arguments(arg "NO_INSTALL" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE montbrillant_options ${arg_LINK})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  if(NOT arg_NO_INSTALL)
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()
