# SPDX-License-Identifier: Apache-2.0
# One function per kind of target, so that every module looks alike.
include(GNUInstallDirs)

# Flags of every target of ours. Headers of libraries are IMPORTED targets, so warnings stay off there.
add_library(montbrillant_options INTERFACE)
target_include_directories(montbrillant_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(montbrillant_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-align$<$<CXX_COMPILER_ID:GNU>:=strict> -Wconversion -Wsign-conversion -Wimplicit-fallthrough
  $<$<CONFIG:Debug>:-Wnull-dereference> # optimized, GCC 12 sees null pointers in Asio, CLI11 and its own strings
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>) # std::stable_partition of GCC 12's library, from within
target_compile_definitions(montbrillant_options INTERFACE
  JSON_USE_IMPLICIT_CONVERSIONS=0
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>
  MONTBRILLANT_VERSION="${PROJECT_VERSION}")
define_property(TARGET PROPERTY MONTBRILLANT_OF_TESTS INITIALIZE_FROM_VARIABLE MONTBRILLANT_OF_TESTS)
if(MONTBRILLANT_SANITIZE)
  target_compile_options(montbrillant_options INTERFACE
    -fsanitize=${MONTBRILLANT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # -Wnull-dereference and -Wmaybe-uninitialized report the sanitizers' own branches (GCC bug 55578 and kin).
    -Wno-null-dereference $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(montbrillant_options INTERFACE -fsanitize=${MONTBRILLANT_SANITIZE})
  if(MONTBRILLANT_SANITIZE MATCHES address)
    # At every member these three are half of the compiler's work. The address sanitizer reports what the first two
    # would, and -Wcast-align every cast by which a pointer could come to stand where it may not.
    target_compile_options(montbrillant_options INTERFACE
      -fno-sanitize=null,object-size,alignment$<$<BOOL:$<TARGET_PROPERTY:MONTBRILLANT_OF_TESTS>>:,vptr>)
  endif()
endif()
if(NOT MONTBRILLANT_SANITIZE MATCHES address) # it watches the stack itself
  target_compile_options(montbrillant_options INTERFACE -fstack-protector-strong)
endif()
find_program(MOLD mold)
if(MOLD AND MONTBRILLANT_SANITIZE) # 60 programs of 140 MB each: it takes less than half the time
  target_link_options(montbrillant_options INTERFACE -fuse-ld=mold)
endif()

if(CMAKE_UNITY_BUILD)
  # Several files in one translation unit (the asan preset): GCC takes what is private to a file for private to a header.
  target_compile_options(montbrillant_options INTERFACE -Wno-subobject-linkage)
endif()

# montbrillant_precompile(montbrillant_store [PRECOMPILE "a.hpp"] [PRECOMPILE_AS montbrillant_desk]): what nearly every file
# of a room includes, compiled once, or taken from another target; most of a file's time is headers. Each file still
# includes what it uses. A unity build reads them once in eight files as it is, and would only lose.
function(montbrillant_precompile target)
  cmake_parse_arguments(arg "" "PRECOMPILE_AS" "PRECOMPILE" ${ARGN})
  if(CMAKE_UNITY_BUILD)
    return()
  endif()
  if(arg_PRECOMPILE)
    list(TRANSFORM arg_PRECOMPILE PREPEND "${PROJECT_SOURCE_DIR}/" REGEX "\\.hpp$")
    target_precompile_headers(${target} PRIVATE ${arg_PRECOMPILE})
  elseif(arg_PRECOMPILE_AS)
    target_precompile_headers(${target} REUSE_FROM ${arg_PRECOMPILE_AS})
  endif()
endfunction()

if(MONTBRILLANT_FUZZ)
  target_compile_options(montbrillant_options INTERFACE -fsanitize=fuzzer-no-link) # coverage for libFuzzer
endif()

# montbrillant_library(store SOURCES a.cpp HEADERS a.hpp PUBLIC montbrillant::base PRIVATE ... [PRECOMPILE "a.hpp" | PRECOMPILE_AS
# montbrillant_desk]): target montbrillant_store, alias montbrillant::store. The lint `headers` compiles headers alone.
function(montbrillant_library name)
  cmake_parse_arguments(arg "" "PRECOMPILE_AS" "SOURCES;HEADERS;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
  set(target montbrillant_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(montbrillant::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  target_link_libraries(${target} PUBLIC montbrillant_options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  montbrillant_precompile(${target} PRECOMPILE ${arg_PRECOMPILE} PRECOMPILE_AS ${arg_PRECOMPILE_AS})
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
