#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone.

A header that its own .cpp includes first has been proven by the build, unless that file was compiled behind others:
precompiled headers, or the files of one translation unit. The others are compiled here, each as the only line of a
file, with the flags of their folder; what such a header includes first is compiled with nothing before it, and so
proven too. The standard library comes precompiled, as it is nearly all of such a file; so what a header uses of it is
looked up among the headers that it and its own includes name. So does the largest of HUBS that it includes anyway.
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

# Where a header is read to its end, the compiler is stopped: it would go on to instantiate every template that a hub
# uses, for as long again.
READ = "the header compiles alone"

# Headers of ours that many others stand on, the largest first.
HUBS = ("sync/store/store.hpp", "sync/domain/state.hpp", "sync/domain/person.hpp", "sync/base/clock.hpp",
        "sync/base/result.hpp")


def database(tree):
    file = tree.build / "compile_commands.json" if tree.build else None
    return json.loads(file.read_text()) if file is not None and file.exists() else []


def built_alone(tree):
    """Sources whose first line was the first that the compiler saw."""
    root = f"{tree.root.resolve()}/"
    return {os.path.realpath(entry["file"]).removeprefix(root) for entry in database(tree)
            if " -include " not in entry["command"]}


def proven_by_build(tree, header, alone):
    own = re.sub(r"\.hpp$", ".cpp", header)
    if own not in tree.files or own not in alone:
        return False
    first = next(includes(tree.read(own)), None)
    return first is not None and first[1] == header


def flags_by_folder(tree):
    """Folder -> compiler and flags of one of its files; without a build, plain C++20. All define the same macros, as a
    precompiled header is good only for whoever does.
    """
    macros = {}
    commands = {"": ["g++", "-std=c++20", f"-I{tree.root}"]}
    drop_next = False
    for entry in database(tree):
        flags = []
        for word in shlex.split(entry["command"]):
            if drop_next or word in ("-o", "-c", "-include", "-MF", "-MT", "-MQ"):
                drop_next = not drop_next and word != "-c"
            elif not (word.startswith(("-fsanitize", "-O", "-g", "-W", "-MD", "-M", "-fpch"))
                      or word.endswith((".cpp", ".cxx", ".c", "ccache"))):
                if word.startswith("-D"):
                    macros[word.split("=")[0]] = word
                else:
                    flags.append(word)
        file = Path(entry["file"]).resolve()
        if "CMakeFiles" in file.parts: # several files in one, under the build's image of their folder
            folder = str(file.relative_to(tree.build.resolve())).split("/CMakeFiles")[0]
        elif file.is_relative_to(tree.root.resolve()):
            folder = str(file.relative_to(tree.root.resolve()).parent)
        else:
            continue
        commands.setdefault(folder, flags)
    return {folder: [*flags, "-pthread", *macros.values()] for folder, flags in commands.items()}


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


def standard_library(tree, headers):
    standard = sorted({path for h in headers for _, path, _ in includes(tree.read(h)) if is_standard(path)})
    return "".join(f"#include <{path}>\n" for path in standard)


def ours_below(tree, header, seen):
    """Headers of ours that a header includes, directly or not."""
    for _, path, _ in includes(tree.read(header)):
        if path in tree.files and path not in seen:
            seen.add(path)
            ours_below(tree, path, seen)
    return seen


def hub_of(tree, header):
    below = ours_below(tree, header, set())
    return next((hub for hub in HUBS if hub in below), "")


def to_compile(tree, headers, hubs):
    """Those of them that no other one includes first, with a hub before it that is theirs too."""
    proven = set()
    for header in headers:
        first = next((path for _, path, _ in includes(tree.read(header))), "")
        if first in tree.files and hubs[header] in {"", *ours_below(tree, first, set())}:
            proven.add(first)
    return [h for h in headers if h not in proven]


def compile_header(tree, flags, options, text=""):
    return subprocess.run([*flags, *options], input=text, text=True, cwd=tree.build or tree.root, capture_output=True,
                          check=False)


def precompile(tree, hub, flags, standard, folder):
    """The standard library and a hub as one precompiled header; the compiler reads the text where it cannot use it."""
    text = Path(folder) / f"{hub.replace('/', '_') or 'standard'}.hpp"
    text.write_text(standard + (f'#include "{hub}"\n' if hub else ""))
    compile_header(tree, flags, ["-x", "c++-header", str(text), "-o", f"{text}.gch"])
    return text


def compile_alone(tree, header, flags, before):
    done = compile_header(tree, flags, ["-include", str(before), "-fsyntax-only", "-Wfatal-errors", "-x", "c++", "-"],
                          f'#include "{header}"\nstatic_assert(false, "{READ}");\n')
    first = next((l for l in done.stderr.splitlines() if "error" in l), done.stderr.strip()[:200])
    if first.endswith(READ):
        return None
    return f"{header}:1: does not compile alone: {first}"


def check(tree):
    headers = [f for f in tree.files if f.endswith(".hpp") and not f.startswith("tests/support/")]
    by_build = built_alone(tree)
    unproven = [h for h in headers if not proven_by_build(tree, h, by_build)]
    hubs = {header: hub_of(tree, header) for header in unproven}
    alone = to_compile(tree, unproven, hubs)
    commands = flags_by_folder(tree)
    print(f"{len(headers)} headers: {len(headers) - len(unproven)} proven by their own .cpp, {len(alone)} compiled "
          f"here, {len(unproven) - len(alone)} with them")
    found = [finding for header in unproven for finding in unpromised(tree, header)]
    with (tempfile.TemporaryDirectory() as folder,
          concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool):
        standard = standard_library(tree, alone)
        before = {hub: pool.submit(precompile, tree, hub, flags_for(hub, commands) if hub else
                                   next(reversed(commands.values())), standard, folder)
                  for hub in {hubs[h] for h in alone}}
        found += filter(None, pool.map(lambda h: compile_alone(tree, h, flags_for(h, commands),
                                                               before[hubs[h]].result()), alone))
    return found


SOUND = {
    "sync/base/a.hpp": "#pragma once\n#include <string>\ninline std::string a() { return {}; }\n",
    "sync/base/b.hpp": '#pragma once\n#include "sync/base/a.hpp"\ninline auto b() { return a(); }\n',
}
PLANTS = [
    Plant("a header that leans on the hub of whoever includes it first", {
        "sync/base/result.hpp": "#pragma once\n#include <string>\nstruct Result { std::string text; };\n",
        "sync/base/c.hpp": "#pragma once\ninline Result c() { return {}; }\n",
        "sync/base/d.hpp": '#pragma once\n#include "sync/base/c.hpp"\n#include "sync/base/result.hpp"\n'},
          "sync/base/c.hpp:1: does not compile alone"),
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
