#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How files look: licence line, #pragma once, no unfinished words, no stray spaces, lines and functions of a bounded
length, the agreed folders, one version, no path of somebody's machine."""
import re
import subprocess
import sys

from lintlib import CPP, Plant, main

FOLDERS = {"kiosk", "badge", "sync", "firmware-config", "tests", "scripts", ".ci"}
LINE = 120  # characters; clang-format breaks code at 110
FUNCTION = 70  # lines between the braces
TEST_CASE = 100
SPDX = "SPDX-License-Identifier: Apache-2.0"

# Pieces, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|not imple" r"mented|st" r"ub|place" r"holder|for n" r"ow)\b|"
                        r"\bin a re" r"al ", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w./])/(?:wo" r"rk|ro" r"ot|ho" r"me)/(?!\*)")
BINARY = (".png", ".pdf", ".ttf", ".otf", ".ttc", ".ico", ".jpg", ".bin", ".zst", ".gz", ".woff2")


def is_script(text):
    return text.startswith("#!")


def is_code(name, text):
    return name.endswith((*CPP, ".py", ".cmake")) or is_script(text)


def check_licence(name, text, lines):
    if is_code(name, text) and text.strip():
        head = lines[1:2] if is_script(text) else lines[:1]
        if not head or SPDX not in head[0]:
            yield f"{name}:{2 if is_script(text) else 1}: this line is: {'//' if name.endswith(CPP) else '#'} {SPDX}"
    if name.endswith((".hpp", ".h")) and "#pragma once" not in lines:
        yield f"{name}:1: #pragma once is missing"


def check_lines(name, text, lines):
    code = is_code(name, text)
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() and not name.endswith((".po", ".txt", ".csv")):
            yield f"{name}:{number}: spaces at the end of the line"
        if code and len(line) > LINE and not name.endswith(".cmake"):
            yield f"{name}:{number}: {len(line)} characters; at most {LINE}"
        if (code or name.endswith("CMakeLists.txt")) and (word := UNFINISHED.search(line)):
            yield f"{name}:{number}: '{word.group(0).strip()}': finish it, or say what it is in other words"
        if (path := MACHINE.search(line)) and not name.endswith(".po"):
            yield f"{name}:{number}: {path.group(0)} is a path of one machine"
    if text and not text.endswith("\n") and code:
        yield f"{name}:{len(lines)}: no newline at the end of the file"


def check_functions(name, lines):
    """Our format puts a function's braces alone in the first column, and nothing else's."""
    limit = TEST_CASE if name.startswith("tests/") else FUNCTION
    start = 0
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start - 1 > limit:
                yield f"{name}:{start}: a function of {number - start - 1} lines; at most {limit}"
            start = 0


def check_test_names(name, text):
    """CTest splits a list at it: two entries that match nothing, and pass."""
    for found in re.finditer(r'^TEST_CASE\("([^"]*;[^"]*)"', text, re.MULTILINE):
        yield f"{name}:{text.count(chr(10), 0, found.start()) + 1}: a test's name holds no semicolon"


def check_shell(tree, name, text):
    if re.match(r"#!.*\bbash\b", text):
        if not re.search(r"^set -euo pipefail$", text, re.MULTILINE):
            yield f"{name}:1: set -euo pipefail is missing"
        done = subprocess.run(["bash", "-n", str(tree.root / name)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield f"{name}:1: bash cannot read it: {done.stderr.strip()}"


def check_version(tree):
    lists, changes = (tree.read(f) if f in tree.files else "" for f in ("CMakeLists.txt", "CHANGELOG.md"))
    cmake = re.search(r"project\([^)]*VERSION\s+([\d.]+)", lists)
    newest = re.search(r"^## \[(\d[\d.]*)\]", changes, re.MULTILINE)
    if not cmake or not newest or cmake.group(1) != newest.group(1):
        yield (f"CHANGELOG.md:1: the newest version is {newest.group(1) if newest else 'missing'}, "
               f"and CMakeLists.txt says {cmake.group(1) if cmake else 'none'}")
    if "## [Unreleased]" not in changes:
        yield "CHANGELOG.md:1: the heading '## [Unreleased]' is missing"


def check(tree):
    found = [f"{f}:1: top-level folders are only: {', '.join(sorted(FOLDERS))}"
             for f in tree.files if "/" in f and f.split("/")[0] not in FOLDERS]
    found += check_version(tree)
    for name in tree.files:
        if name.endswith(BINARY):
            continue
        text = tree.read(name)
        lines = text.splitlines()
        found += check_licence(name, text, lines)
        found += check_lines(name, text, lines)
        found += check_shell(tree, name, text)
        if name.endswith(CPP):
            found += check_functions(name, lines)
            found += check_test_names(name, text)
    return found


HEAD = f"// {SPDX}\n"
SOUND = {
    "CMakeLists.txt": "project(montbrillant VERSION 0.1.0)\n",
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n",
    "sync/base/a.hpp": HEAD + "#pragma once\n",
    "sync/base/a.cpp": HEAD + "void a()\n{\n" + "    a();\n" * FUNCTION + "}\n",
    "scripts/setup": f"#!/bin/bash\n# {SPDX}\nset -euo pipefail\necho /usr/bin /proc/wo" "rk/x\n",
}


def _line(words):
    return {"sync/base/a.cpp": HEAD + words + "\n"}


PLANTS = [
    Plant("a source without its licence line", {"sync/base/a.cpp": "int a;\n"},
          "sync/base/a.cpp:1: this line is: // SPDX"),
    Plant("a script without its licence line", {"scripts/setup": "#!/bin/bash\ntrue\n"},
          "scripts/setup:2: this line is: #"),
    Plant("a script that goes on after an error", {"scripts/setup": f"#!/bin/bash\n# {SPDX}\ntrue\n"},
          "scripts/setup:1: set -euo pipefail is missing"),
    Plant("a script that bash cannot read", {"scripts/setup": f"#!/bin/bash\n# {SPDX}\nset -euo pipefail\nif true\n"},
          "scripts/setup:1: bash cannot read it"),
    Plant("a header without #pragma once", {"sync/base/a.hpp": HEAD}, "sync/base/a.hpp:1: #pragma once"),
    Plant("a space at the end of a line", _line("int a; "), "sync/base/a.cpp:2: spaces at the end"),
    Plant("a line that is too long", _line("// " + "x" * LINE), f"{LINE + 3} characters"),
    Plant("an unfinished word", _line("// TO" "DO later"), "a.cpp:2: 'TO" "DO'"),
    Plant("a st" "ub", _line("// a st" "ub of it"), "a.cpp:2: 'st" "ub'"),
    Plant("something good for n" "ow", _line("// enough for n" "ow"), "a.cpp:2: 'for n" "ow'"),
    Plant("a path of somebody's machine", {"sync/base/note.md": "see /ho" "me/ada/notes\n"},
          "note.md:1: /ho" "me/ is a path"),
    Plant("a function that fills two screens",
          {"sync/base/a.cpp": HEAD + "void a()\n{\n" + "    a();\n" * (FUNCTION + 1) + "}\n"},
          f"a.cpp:3: a function of {FUNCTION + 1} lines"),
    Plant("a folder that nobody agreed on", {"misc/a.md": "x\n"}, "misc/a.md:1: top-level folders"),
    Plant("a version that CHANGELOG.md does not know", {"CMakeLists.txt": "project(montbrillant VERSION 0.2.0)\n"},
          "the newest version is 0.1.0, and CMakeLists.txt says 0.2.0"),
    Plant("a change log that was forgotten", {"CHANGELOG.md": None}, "CHANGELOG.md:1: the newest version is missing"),
    Plant("a test whose name CTest splits", _line('TEST_CASE("in; out")'), "a.cpp:2: a test's name holds no semicolon"),
    Plant("a file without its last newline", {"sync/base/a.cpp": HEAD + "int a;"}, "no newline at the end"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
