#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""C++ looks as clang-format-19 writes it; scripts/format mends it."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

from lintlib import CPP, SKIPPED, Plant, main

REPOSITORY = Path(__file__).resolve().parents[2]


def check(tree):
    files = [str(tree.root / f) for f in tree.files if f.endswith(CPP)]
    command = [REPOSITORY / "scripts/format", "--check", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    first = {}
    for path, line in re.findall(r"^(\S+):(\d+):\d+: (?:error|warning)", done.stderr, re.MULTILINE):
        first.setdefault(path.removeprefix(str(tree.root) + "/"), line)
    found = [f"{path}:{line}: would be changed by scripts/format" for path, line in sorted(first.items())]
    if done.returncode not in (0, 1) or (done.returncode == 1) != bool(found):
        found.append(f"scripts/format:1: exit {done.returncode}: {done.stderr.strip()[:300]}")
    return found


STYLE = (REPOSITORY / ".clang-format").read_text(encoding="utf-8")
SOUND = {".clang-format": STYLE, "sync/base/a.cpp": "int a()\n{\n    const int b = 1;\n    return b;\n}\n"}
PLANTS = [
    Plant("a tab and a brace in the wrong place", {"sync/base/a.cpp": "int a() {\n\treturn 1;\n}\n"},
          "sync/base/a.cpp:1: would be changed"),
    Plant("one bad file among good ones",
          {f"sync/base/b{n}.cpp": "int  b;\n" if n == 17 else "int b;\n" for n in range(40)},
          "sync/base/b17.cpp:1: would be changed"),
]

if __name__ == "__main__":
    if not shutil.which("clang-format-19"):
        print("clang-format-19 is not installed: skipped")
        sys.exit(SKIPPED)
    sys.exit(main(check, SOUND, PLANTS))
