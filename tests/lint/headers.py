#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone.

A header that its own .cpp includes first has been proven by the build, unless that file was compiled with precompiled
headers before it. The others are compiled here, each as the only line of a file, with the flags of their folder.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from lintlib import Plant, includes, main


def precompiled(tree):
    """Sources that saw other headers before their first line."""
    database = tree.build / "compile_commands.json" if tree.build else None
    if database is None or not database.exists():
        return set()
    root = f"{tree.root.resolve()}/"
    return {os.path.realpath(entry["file"]).removeprefix(root) for entry in json.loads(database.read_text())
            if " -include " in entry["command"]}


def proven_by_build(tree, header, not_proven):
    own = re.sub(r"\.hpp$", ".cpp", header)
    if own not in tree.files or own in not_proven:
        return False
    first = next(includes(tree.read(own)), None)
    return first is not None and first[1] == header


def flags_by_folder(tree):
    """Folder -> compiler and flags of one of its files; without a build, plain C++20."""
    plain = ["g++", "-std=c++20", f"-I{tree.root}"]
    commands = {"": plain}
    database = tree.build / "compile_commands.json" if tree.build else None
    if database is None or not database.exists():
        return commands
    drop_next = False
    for entry in json.loads(database.read_text()):
        flags = []
        for word in shlex.split(entry["command"]):
            if drop_next or word in ("-o", "-c", "-include", "-MF", "-MT", "-MQ"):
                drop_next = not drop_next and word != "-c"
            elif not (word.startswith(("-fsanitize", "-O", "-g", "-W", "-MD", "-M", "-fpch"))
                      or word.endswith((".cpp", ".c", "ccache"))):
                flags.append(word)
        try:
            folder = str(Path(entry["file"]).resolve().relative_to(tree.root.resolve()).parent)
        except ValueError:
            continue
        commands.setdefault(folder, flags)
    return commands


def flags_for(header, commands):
    folder = header.rsplit("/", 1)[0]
    while folder and folder not in commands:
        folder = folder.rsplit("/", 1)[0] if "/" in folder else ""
    return commands[folder]


def compile_alone(tree, header, flags):
    done = subprocess.run([*flags, "-fsyntax-only", "-x", "c++", "-"], input=f'#include "{header}"\n', text=True,
                          cwd=tree.build or tree.root, capture_output=True, check=False)
    if done.returncode == 0:
        return None
    first = next((l for l in done.stderr.splitlines() if "error" in l), done.stderr.strip()[:200])
    return f"{header}:1: does not compile alone: {first}"


def check(tree):
    headers = [f for f in tree.files if f.endswith(".hpp") and not f.startswith("tests/support/")]
    not_proven = precompiled(tree)
    alone = [h for h in headers if not proven_by_build(tree, h, not_proven)]
    commands = flags_by_folder(tree)
    print(f"{len(headers)} headers: {len(headers) - len(alone)} proven by their own .cpp, {len(alone)} compiled here")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda h: compile_alone(tree, h, flags_for(h, commands)), alone)
    return [r for r in results if r]


SOUND = {
    "sync/base/a.hpp": "#pragma once\n#include <string>\ninline std::string a() { return {}; }\n",
    "sync/base/b.hpp": '#pragma once\n#include "sync/base/a.hpp"\ninline auto b() { return a(); }\n',
}
PLANTS = [
    Plant("a header that forgets an include",
          {"sync/base/a.hpp": "#pragma once\ninline std::string a() { return {}; }\n"},
          "sync/base/a.hpp:1: does not compile alone"),
    Plant("a header that leans on what its .cpp included before it", {
        "sync/base/c.hpp": "#pragma once\ninline std::string c() { return {}; }\n",
        "sync/base/c.cpp": '#include <string>\n#include "sync/base/c.hpp"\n'},
          "sync/base/c.hpp:1: does not compile alone"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
