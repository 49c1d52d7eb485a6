#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone.

A header that its own .cpp includes first has been proven by the build, unless that file was compiled with precompiled
headers before it. The others are compiled here, each as the only line of a file, with the flags of their folder; what
such a header includes first is compiled with nothing before it, and so proven too. The standard library comes
precompiled, as it is nearly all of such a file; so what a header uses of it is looked up among the headers that it and
its own includes name.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from lintlib import Plant, code_only, includes, main

# Names of the standard library and the headers that promise them (C++20, [headers]); others are not looked up.
PROMISES = [(re.compile(rf"\bstd::(?:{names})\b"), set(headers.split())) for names, headers in [
    ("string|to_string|stoi|getline", "string"), ("string_view", "string_view string"), ("vector", "vector"),
    ("optional|nullopt|nullopt_t", "optional"), ("variant|visit|monostate|get_if|holds_alternative", "variant"),
    ("map|multimap", "map"), ("set|multiset", "set"), ("unordered_map", "unordered_map"),
    ("unordered_set", "unordered_set"), ("deque", "deque"), ("list", "list"), ("array", "array map tuple"),
    ("span", "span"), ("tuple|tie", "tuple"), ("function", "functional"),
    ("unique_ptr|shared_ptr|weak_ptr|make_unique|make_shared", "memory"), ("filesystem", "filesystem"),
    ("thread|this_thread", "thread"), ("mutex|lock_guard|unique_lock|scoped_lock", "mutex"),
    ("condition_variable", "condition_variable"), ("atomic", "atomic"), ("chrono", "chrono"),
    ("u?int(?:8|16|32|64)_t", "cstdint"), ("runtime_error|logic_error", "stdexcept"),
    ("numeric_limits", "limits"), ("sort|find_if|any_of|all_of|min|max|clamp|copy|copy_n|equal|transform", "algorithm"),
    ("initializer_list", "initializer_list string vector map set array optional utility"),
    ("ostream|istream", "ostream istream iosfwd iostream sstream"),
    ("bit_cast|popcount", "bit"), ("from_chars|to_chars", "charconv"),
]]


def database(tree):
    file = tree.build / "compile_commands.json" if tree.build else None
    return json.loads(file.read_text()) if file is not None and file.exists() else []


def precompiled(tree):
    """Sources that saw other headers before their first line."""
    root = f"{tree.root.resolve()}/"
    return {os.path.realpath(entry["file"]).removeprefix(root) for entry in database(tree)
            if " -include " in entry["command"]}


def proven_by_build(tree, header, not_proven):
    own = re.sub(r"\.hpp$", ".cpp", header)
    if own not in tree.files or own in not_proven:
        return False
    first = next(includes(tree.read(own)), None)
    return first is not None and first[1] == header


def to_compile(tree, headers):
    """Those of them that no other one includes first."""
    firsts = {next((path for _, path, _ in includes(tree.read(h))), "") for h in headers}
    return [h for h in headers if h not in firsts]


def flags_by_folder(tree):
    """Folder -> compiler and flags of one of its files; without a build, plain C++20."""
    commands = {"": ["g++", "-std=c++20", f"-I{tree.root}"]}
    drop_next = False
    for entry in database(tree):
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


def is_standard(path):
    return "/" not in path and not path.endswith(".h")


def named(tree, header, seen):
    """Headers of the system and of libraries that a header and its own includes name."""
    if header in seen:
        return set()
    seen.add(header)
    found = set()
    for _, path, ours in includes(tree.read(header)):
        found |= named(tree, path, seen) if path in tree.files else set() if ours else {path}
    return found


def unpromised(tree, header):
    """What a header uses of the standard library although nothing that it includes promises it."""
    theirs = named(tree, header, set())
    for number, line in enumerate(code_only(tree.read(header)).splitlines(), 1):
        for name, promised in PROMISES:
            if (use := name.search(line)) and not promised & theirs:
                yield f"{header}:{number}: does not compile alone: {use.group(0)} needs <{min(promised)}>"


def precompile(tree, headers, flags, folder):
    """The standard library as one precompiled header; the compiler reads the text where it cannot use it."""
    standard = sorted({path for h in headers for _, path, _ in includes(tree.read(h)) if is_standard(path)})
    text = Path(folder) / "standard.hpp"
    text.write_text("".join(f"#include <{path}>\n" for path in standard))
    subprocess.run([*flags, "-x", "c++-header", str(text), "-o", f"{text}.gch"], cwd=tree.build or tree.root,
                   capture_output=True, check=False)
    return text


def compile_alone(tree, header, flags, standard):
    done = subprocess.run([*flags, "-include", str(standard), "-fsyntax-only", "-x", "c++", "-"],
                          input=f'#include "{header}"\n', text=True, cwd=tree.build or tree.root, capture_output=True,
                          check=False)
    if done.returncode == 0:
        return None
    first = next((l for l in done.stderr.splitlines() if "error" in l), done.stderr.strip()[:200])
    return f"{header}:1: does not compile alone: {first}"


def check(tree):
    headers = [f for f in tree.files if f.endswith(".hpp") and not f.startswith("tests/support/")]
    not_proven = precompiled(tree)
    unproven = [h for h in headers if not proven_by_build(tree, h, not_proven)]
    alone = to_compile(tree, unproven)
    commands = flags_by_folder(tree)
    print(f"{len(headers)} headers: {len(headers) - len(unproven)} proven by their own .cpp, {len(alone)} compiled "
          f"here, {len(unproven) - len(alone)} with them")
    found = [finding for header in unproven for finding in unpromised(tree, header)]
    with (tempfile.TemporaryDirectory() as folder,
          concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool):
        standard = precompile(tree, alone, next(reversed(commands.values())), folder)
        found += filter(None, pool.map(
            lambda h: compile_alone(tree, h, flags_for(h, commands), standard), alone))
    return found


SOUND = {
    "sync/base/a.hpp": "#pragma once\n#include <string>\ninline std::string a() { return {}; }\n",
    "sync/base/b.hpp": '#pragma once\n#include "sync/base/a.hpp"\ninline auto b() { return a(); }\n',
}
PLANTS = [
    Plant("a header that forgets an include",
          {"sync/base/a.hpp": "#pragma once\ninline std::string a() { return {}; }\n"},
          "sync/base/a.hpp:2: does not compile alone: std::string needs <string>"),
    Plant("a header that forgets another of ours",
          {"sync/base/b.hpp": "#pragma once\ninline auto b() { return a(); }\n"},
          "sync/base/b.hpp:1: does not compile alone"),
    Plant("a header that leans on what its .cpp included before it", {
        "sync/base/c.hpp": "#pragma once\ninline std::string c() { return {}; }\n",
        "sync/base/c.cpp": '#include <string>\n#include "sync/base/c.hpp"\n'},
          "sync/base/c.hpp:2: does not compile alone"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
