#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One thin wrapper per library: its header is included in the files named here, and in no other."""
import fnmatch
import re
import sys

from lintlib import Plant, includes, main

# Library, its headers, the files that may include them (fnmatch). A new wrapper is a new line here.
WRAPPERS = [
    ("libsodium", r"sodium(\.h|/)", ["sync/base/sodium.cpp", "sync/base/random.cpp"]),
    ("SQLite", r"sqlite3(ext)?\.h", ["sync/base/sqlite.cpp", "sync/base/sqlite_log.cpp"]),
    ("toml++", r"toml(\+\+/|\.hpp)", ["sync/base/toml.cpp"]),
    ("spdlog", r"spdlog/", ["sync/base/log.cpp"]),
    ("nlohmann-json in headers", r"nlohmann/json\.hpp", ["sync/base/json.hpp", "*.cpp"]),
    ("simdjson", r"simdjson\.h", ["sync/base/json_view.cpp"]),
    ("OpenSSL", r"openssl/", ["sync/base/tls.cpp", "sync/base/openssl.cpp", "badge/rfid/card_crypto.cpp"]),
    ("zstd", r"zstd\.h", ["sync/base/zstd.cpp"]),
    ("ICU", r"unicode/", ["sync/domain/*.cpp", "kiosk/i18n/*.cpp"]),
    ("libcurl", r"curl/", ["sync/client/curl.cpp", "sync/client/http.cpp"]),
    ("libpq", r"(postgresql/)?libpq", ["sync/registry/postgres.cpp"]),
    ("Boost", r"boost/", ["sync/registry/*.cpp"]),
    ("libnfc", r"nfc/|freefare\.h", ["badge/rfid/nfc.cpp"]),
    ("Pango and Cairo", r"(pango|cairo|fontconfig|glib|hb)(-\w+)?([./]\S*)?\.h|ft2build\.h|freetype/",
     ["badge/render/pango*.cpp", "badge/render/cairo*.cpp", "kiosk/ui/text*.cpp"]),
    ("libqrencode", r"qrencode\.h", ["badge/render/qr*.cpp", "kiosk/ui/qr*.cpp", "sync/registry/qr.cpp"]),
    ("TurboJPEG", r"turbojpeg\.h|jpeglib\.h", ["badge/render/*jpeg*.cpp"]),
    ("ZXing", r"ZXing/", ["badge/render/qr*.cpp", "badge/render/self_check.cpp"]),
    ("CUPS", r"cups/", ["badge/print/ipp.cpp", "badge/print/cups.cpp"]),
    ("libmodbus", r"modbus(/|\.h|-)", ["kiosk/lockers/modbus.cpp"]),
    ("SDL", r"SDL(2/|_\w+\.h|\.h)", ["kiosk/shell/*.cpp", "kiosk/ui/sdl_*.cpp"]),
    ("Dear ImGui", r"imgui", ["kiosk/shell/*.cpp", "kiosk/ui/*.cpp"]),
    ("CLI11", r"CLI/", ["sync/base/arguments.cpp", "*main.cpp"]),
    ("Catch2", r"catch2/", ["tests/support/catch.hpp"]),
]
WRAPPERS = [(library, re.compile(headers), files) for library, headers, files in WRAPPERS]
TESTS_MAY = "tests/"  # a test may talk to the library itself, as an oracle; only Catch2 has its wrapper there


def check(tree):
    found = []
    for name in tree.cpp():
        for line, path, _ in includes(tree.read(name)):
            for library, headers, files in WRAPPERS:
                oracle = name.startswith(TESTS_MAY) and name.endswith(".cpp") and library != "Catch2"
                if headers.match(path) and not oracle and not any(fnmatch.fnmatch(name, f) for f in files):
                    found.append(f"{name}:{line}: #include <{path}>: {library} is included by its wrapper only: "
                                 + ", ".join(files) + " (the map is at the top of tests/lint/wrappers.py)")
    return found


SOUND = {
    "sync/base/sqlite.cpp": "#include <sqlite3.h>\n", "badge/render/pango_text.cpp": "#include <pango/pangocairo.h>\n",
    "sync/store/store.cpp": '#include "sync/base/sqlite.hpp"\n#include <nlohmann/json.hpp>\n#include <string>\n',
    "sync/store/store.hpp": "#include <nlohmann/json_fwd.hpp>\n",
    "tests/support/catch.hpp": "#include <catch2/catch.hpp>\n",
    "tests/sync/store/store_test.cpp": '#include "tests/support/catch.hpp"\n#include <sqlite3.h>\n',
}


def _plant(file, header, library):
    return Plant(f"<{header}> in {file}", {file: f"// x\n#include <{header}>\n"},
                 f"{file}:2: #include <{header}>: {library}")


PLANTS = [
    _plant("sync/store/store.cpp", "sqlite3.h", "SQLite"),
    _plant("sync/base/bytes.cpp", "sodium.h", "libsodium"),
    _plant("sync/base/sodium.hpp", "sodium.h", "libsodium"),
    _plant("sync/store/store.hpp", "nlohmann/json.hpp", "nlohmann-json"),
    _plant("kiosk/desk/desk.cpp", "openssl/evp.h", "OpenSSL"),
    _plant("kiosk/desk/desk.cpp", "curl/curl.h", "libcurl"),
    _plant("sync/client/client.cpp", "boost/asio.hpp", "Boost"),
    _plant("badge/rfid/reader.cpp", "nfc/nfc.h", "libnfc"),
    _plant("badge/render/render.cpp", "cairo.h", "Pango and Cairo"),
    _plant("badge/render/render.cpp", "cairo-pdf.h", "Pango and Cairo"),
    _plant("kiosk/ui/screens.cpp", "pango/pangocairo.h", "Pango and Cairo"),
    _plant("kiosk/desk/print.cpp", "cups/ipp.h", "CUPS"),
    _plant("kiosk/desk/lockers.cpp", "modbus/modbus.h", "libmodbus"),
    _plant("kiosk/desk/lockers.cpp", "modbus.h", "libmodbus"),
    _plant("kiosk/ui/screens.cpp", "SDL2/SDL.h", "SDL"),
    _plant("kiosk/flow/flow.cpp", "imgui.h", "Dear ImGui"),
    _plant("kiosk/desk/desk.cpp", "CLI/CLI.hpp", "CLI11"),
    _plant("kiosk/desk/desk.cpp", "toml++/toml.h", "toml++"),
    _plant("tests/sync/store/store_test.cpp", "catch2/catch.hpp", "Catch2"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
