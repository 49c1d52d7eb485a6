#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the build looks for and the tests start comes from a package that scripts/apt-packages.txt lists."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lintlib import Plant, listed_packages, main

PACKAGES_CMAKE = "scripts/cmake/MontbrillantPackages.cmake"

# What MontbrillantPackages.cmake names -> Debian package, and a file of it that proves the pair.
LIBRARIES = {
    "Threads": ("g++", None),
    "PkgConfig": ("pkgconf", None),
    "Python3": ("python3", None),
    "CLI11": ("libcli11-dev", "/usr/include/CLI/CLI.hpp"),
    "tl-expected": ("libexpected-dev", "/usr/include/tl/expected.hpp"),
    "simdjson": ("libsimdjson-dev", "/usr/include/simdjson.h"),
    "nlohmann_json": ("nlohmann-json3-dev", "/usr/include/nlohmann/json.hpp"),
    "fmt": ("libfmt-dev", "/usr/include/fmt/format.h"),
    "spdlog": ("libspdlog-dev", "/usr/include/spdlog/spdlog.h"),
    "tomlplusplus": ("libtomlplusplus-dev", "/usr/include/toml++/toml.h"),
    "SQLite3": ("libsqlite3-dev", "/usr/include/sqlite3.h"),
    "CURL": ("libcurl4-openssl-dev", None),
    "OpenSSL": ("libssl-dev", "/usr/include/openssl/evp.h"),
    "ICU": ("libicu-dev", "/usr/include/unicode/coll.h"),
    "Boost": ("libboost-dev", None),
    "SDL2": ("libsdl2-dev", "/usr/include/SDL2/SDL.h"),
    "ZXing": ("libzxing-dev", "/usr/include/ZXing/ReadBarcode.h"),
    "Cups": ("libcups2-dev", "/usr/include/cups/ipp.h"),
    "Gettext": ("gettext", "/usr/bin/msgfmt"),
    "Catch2": ("catch2", "/usr/include/catch2/catch.hpp"),
    "PostgreSQL": ("libpq-dev", "/usr/include/postgresql/libpq-fe.h"),
    "rapidcheck": ("librapidcheck-dev", "/usr/include/rapidcheck.h"),
    "benchmark": ("libbenchmark-dev", "/usr/include/benchmark/benchmark.h"),
    # pkg-config modules
    "libsodium": ("libsodium-dev", "/usr/include/sodium.h"),
    "libzstd": ("libzstd-dev", "/usr/include/zstd.h"),
    "libnfc": ("libnfc-dev", "/usr/include/nfc/nfc.h"),
    "libfreefare": ("libfreefare-dev", "/usr/include/freefare.h"),
    "libmodbus": ("libmodbus-dev", "/usr/include/modbus/modbus.h"),
    "libturbojpeg": ("libturbojpeg0-dev", "/usr/include/turbojpeg.h"),
    "libqrencode": ("libqrencode-dev", "/usr/include/qrencode.h"),
    "libsystemd": ("libsystemd-dev", "/usr/include/systemd/sd-daemon.h"),
    "pangocairo": ("libpango1.0-dev", "/usr/include/pango-1.0/pango/pangocairo.h"),
    "pangoft2": ("libpango1.0-dev", "/usr/include/pango-1.0/pango/pangoft2.h"),
    "cairo-pdf": ("libcairo2-dev", "/usr/include/cairo/cairo-pdf.h"),
    "fontconfig": ("libpango1.0-dev", None),  # which depends on libfontconfig-dev
    # find_library, find_path, find_program
    "imgui": ("libimgui-dev", "/usr/include/imgui/imgui.h"),
    "imgui.h": ("libimgui-dev", "/usr/include/imgui/imgui.h"),
    "stb": ("libstb-dev", None),
    "freetype": ("libfreetype-dev", "/usr/include/freetype2/freetype/freetype.h"),
    "xgettext": ("gettext", "/usr/bin/xgettext"),
}

# Program that a script, a test or the code starts -> package.
PROGRAMS = {
    "cmake": "cmake", "ctest": "cmake", "g++": "g++", "ninja": "ninja-build", "python3": "python3", "ccache": "ccache",
    "clang-format-19": "clang-format-19", "clang-tidy-19": "clang-tidy-19", "shellcheck": "shellcheck", "git": "git",
    "msgfmt": "gettext", "msgmerge": "gettext", "xgettext": "gettext", "msginit": "gettext", "msgcat": "gettext",
    "ippeveprinter": "cups-ipp-utils", "ipptool": "cups-ipp-utils", "ippfind": "cups-ipp-utils",
    "dbus-daemon": "dbus-daemon", "dbus-run-session": "dbus-daemon", "Xvfb": "xvfb", "xvfb-run": "xvfb",
    "xdotool": "xdotool", "xwd": "x11-apps", "xauth": "xauth", "pdftoppm": "poppler-utils",
    "pdffonts": "poppler-utils", "pdftotext": "poppler-utils", "pdfinfo": "poppler-utils",
    "pdftocairo": "poppler-utils", "pdfimages": "poppler-utils",
    "zbarimg": "zbar-tools", "openssl": "openssl", "curl": "curl", "sqlite3": "sqlite3", "qrencode": "qrencode",
    "convert": "imagemagick", "compare": "imagemagick", "socat": "socat", "strace": "strace", "gdb": "gdb",
    "psql": "postgresql-client", "initdb": "postgresql", "xmllint": "libxml2-utils", "jq": "jq", "faketime": "faketime",
    "eatmydata": "eatmydata", "valgrind": "valgrind", "lsof": "lsof", "ffmpeg": "ffmpeg",
}

# Python module that a script imports -> package.
MODULES = {"pymodbus": "python3-pymodbus", "serial": "python3-serial", "serial_asyncio": "python3-serial-asyncio",
           "PIL": "python3-pil", "numpy": "python3-numpy", "yaml": "python3-yaml", "requests": "python3-requests",
           "reportlab": "python3-reportlab", "cryptography": "python3-cryptography", "psycopg2": "python3-psycopg2",
           "jsonschema": "python3-jsonschema"}

_NAMED = re.compile(r"\bfind_(?:package|library|path|program)\s*\(([^()]*)\)|\bpkg_check_modules\s*\(([^()]*)\)")
_NOT_MODULES = {"REQUIRED", "IMPORTED_TARGET", "QUIET", "NO_CMAKE_PATH", "GLOBAL"}


def build_names(text: str):
    """(line, name) of what CMake looks for: packages, pkg-config modules, libraries, headers, programs."""
    text = re.sub(r"#[^\n]*", "", text)
    for call in _NAMED.finditer(text):
        line = text.count("\n", 0, call.start()) + 1
        words = (call.group(1) or call.group(2)).split()
        if call.group(2):
            names = [re.sub(r"[<>=].*", "", w) for w in words[1:] if w not in _NOT_MODULES]
        else:
            names = [words[0] if call.group(0).startswith("find_package") else
                     words[2] if len(words) > 2 and words[1] == "NAMES" else words[1]]
        yield from ((line, n) for n in names)


def owner(path: str, package: str):
    """The package of a file of this machine if it is another one; "" when dpkg or the file is not here."""
    if not shutil.which("dpkg-query") or not Path(path).exists():
        return ""
    for name in (path, path.removeprefix("/usr"), str(Path(path).resolve())):
        done = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found = done.stdout.split(":")[0]
            return "" if found.startswith(package) else found  # python3-minimal is python3
    return ""


def check_build(tree, listed):
    if PACKAGES_CMAKE not in tree.files:
        yield f"{PACKAGES_CMAKE}:1: is not here; this lint reads what the build looks for in it"
        return
    for line, name in build_names(tree.read(PACKAGES_CMAKE)):
        package, proof = LIBRARIES.get(name, (None, None))
        if not package:
            yield f"{PACKAGES_CMAKE}:{line}: {name}: which Debian package brings it? Add it to tests/lint/packages.py"
        elif package not in listed:
            yield f"{PACKAGES_CMAKE}:{line}: {name} comes from {package}, which scripts/apt-packages.txt lacks"
        elif proof and (other := owner(proof, package)):
            yield f"{PACKAGES_CMAKE}:{line}: {name}: {proof} comes from {other}, not from {package}"


_WORD = {p: re.compile(rf"(?<![\w./+-]){re.escape(p)}(?![\w+-]|\.[a-z])") for p in PROGRAMS}
_QUOTED = {p: re.compile(rf'"(?:/usr/s?bin/)?{re.escape(p)}"') for p in PROGRAMS}
_PROSE = re.compile(r"#(?![!]).*|\"\"\".*?\"\"\"", re.DOTALL)


def _is_shell(name, text):
    return text.startswith("#!") and "sh" in text.split("\n", 1)[0]


def started(tree):
    """(file, program): as a word in a shell script; as a whole string in Python and C++."""
    for name in tree.files:
        if name.startswith("tests/lint/") or not (name.endswith((".cpp", ".py")) or Path(name).suffix == ""):
            continue
        text = tree.read(name)
        if _is_shell(name, text):
            code = re.sub(r"<<'(\w+)'.*?\n\1\n", "\n", text, flags=re.DOTALL)
            code = re.sub(r"(^|\s)#.*|\"[^\"]* [^\"]*\"|'[^']* [^']*'", " ", code)
            yield from ((name, p) for p, word in _WORD.items() if word.search(code))
        elif name.endswith((".py", ".cpp")):
            yield from ((name, p) for p, word in _QUOTED.items() if word.search(text))


def check_programs(tree, listed):
    for name, program in started(tree):
        package = PROGRAMS[program]
        if package not in listed:
            yield f"{name}:1: starts {program} of {package}, which scripts/apt-packages.txt lacks"
    for program in sorted({p for _, p in started(tree)}):
        found = shutil.which(program, path="/usr/bin:/usr/sbin:/bin:/sbin")
        if found and (other := owner(found, PROGRAMS[program])):
            yield f"tests/lint/packages.py:1: {program} comes from {other}, not from {PROGRAMS[program]}"


def check_modules(tree, listed):
    for name in (f for f in tree.files if f.endswith(".py")):
        for line, text in enumerate(tree.read(name).splitlines(), 1):
            match = re.match(r"\s*(?:import|from)\s+(\w+)", text)
            package = MODULES.get(match.group(1)) if match else None
            if package and package not in listed:
                yield f"{name}:{line}: imports {match.group(1)} of {package}, which scripts/apt-packages.txt lacks"


def check_elsewhere(tree):
    for name in tree.files:
        if name.endswith("CMakeLists.txt"):
            for line, thing in build_names(tree.read(name)):
                if thing not in LIBRARIES and thing not in PROGRAMS:
                    yield f"{name}:{line}: looks for {thing}: libraries are found once, in {PACKAGES_CMAKE}"


def check(tree):
    listed = listed_packages(tree)
    return [*check_build(tree, listed), *check_programs(tree, listed), *check_modules(tree, listed),
            *check_elsewhere(tree)]


SOUND = {
    "scripts/apt-packages.txt": "# section build\nlibsodium-dev # seals\nlibzxing-dev\ncups-ipp-utils\npoppler-utils\n",
    PACKAGES_CMAKE: "find_package(ZXing CONFIG REQUIRED) # reads QR\n"
                    "pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0)\n",
    "tests/badge/print/print_test.cpp": 'auto path = "/usr/sbin/ippeveprinter";\n',
    "scripts/look": "#!/bin/bash\n# ffmpeg is not needed\necho 'not gdb either'\npdftoppm -r 300 x.pdf\n",
}
PLANTS = [
    Plant("a library whose package is not listed", {"scripts/apt-packages.txt":
          "libzxing-dev\ncups-ipp-utils\npoppler-utils\n"},
          "libsodium comes from libsodium-dev, which"),
    Plant("a package that is only a comment", {"scripts/apt-packages.txt":
          "libsodium-dev\n# libzxing-dev\ncups-ipp-utils\npoppler-utils\n"}, "ZXing comes from libzxing-dev, which"),
    Plant("a library that nobody placed", {PACKAGES_CMAKE: "find_package(Mystery)\n"}, "Mystery: which Debian package"),
    Plant("a test that starts a program of no listed package", {"scripts/apt-packages.txt":
          "libsodium-dev\nlibzxing-dev\npoppler-utils\n"}, "print_test.cpp:1: starts ippeveprinter of cups-ipp-utils"),
    Plant("a script that starts a program of no listed package",
          {"scripts/look": "#!/bin/bash\nx=$(zbarimg -q a.png)\n"}, "scripts/look:1: starts zbarimg of zbar-tools"),
    Plant("a Python module of no listed package", {"tests/devices/bank.py": "import os\nimport pymodbus\n"},
          "tests/devices/bank.py:2: imports pymodbus of python3-pymodbus"),
    Plant("a library looked for in a corner", {"kiosk/ui/CMakeLists.txt": "\nfind_package(Qt6 REQUIRED)\n"},
          "kiosk/ui/CMakeLists.txt:2: looks for Qt6"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
