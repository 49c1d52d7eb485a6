#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every program and script answers --help at once, with exit code 0, an example and no network, device or data."""
import os
import re
import subprocess
import sys
import tempfile

from lintlib import Plant, main, targets

SCRIPTS_WITHOUT = {".ci/run"}  # takes no options
SECONDS = 20


def ask(place, command, root):
    with tempfile.TemporaryDirectory(prefix="help-") as empty:
        bare = {"PATH": os.environ["PATH"], "HOME": empty, "XDG_DATA_HOME": empty, "LC_ALL": "C.UTF-8"}
        sanitizers = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        try:
            done = subprocess.run([*command, "--help"], capture_output=True, text=True, timeout=SECONDS, check=False,
                                  stdin=subprocess.DEVNULL, cwd=root, env=bare | sanitizers)
        except (OSError, subprocess.TimeoutExpired) as error:
            return [f"{place}: --help: {error}"]
        left = os.listdir(empty)
    found = []
    if done.returncode != 0:
        found.append(f"{place}: --help exits with {done.returncode}: {(done.stderr or done.stdout).strip()[:300]}")
    elif not re.search(r"\bexamples?\b", done.stdout, re.IGNORECASE):
        found.append(f"{place}: --help shows no example")
    if left:
        found.append(f"{place}: --help wrote {', '.join(left)}")
    return found


def check(tree):
    found = []
    for name in (f for f in tree.files if f.startswith(("scripts/", ".ci/")) and f not in SCRIPTS_WITHOUT):
        if tree.read(name).startswith("#!"):
            if not os.access(tree.root / name, os.X_OK):
                found.append(f"{name}:1: is not executable")
            found += ask(f"{name}:1", [str(tree.root / name)] if os.access(tree.root / name, os.X_OK) else
                         ["bash", str(tree.root / name)], tree.root)
    for target in (t for t in targets(tree) if t.kind == "program"):
        program = (tree.build or tree.root) / "bin" / target.name
        place = f"{target.file}:{target.line}: {target.name}"
        if program.exists():
            found += ask(place, [str(program)], tree.root)
        else:
            found.append(f"{place}: is not built")
    return found


def _script(body):
    return {"bin/montbrillant": "#!/bin/sh\n" + body + "\n"}


SOUND = {"scripts/go": "#!/bin/sh\necho Example: go\n",
         "kiosk/cli/CMakeLists.txt": "montbrillant_program(montbrillant LINK x)\n",
         "bin/montbrillant": "#!/bin/sh\n[ $1 = --help ] && echo 'Examples: montbrillant search Li'\n"}
PLANTS = [
    Plant("a program whose help has no example", _script("echo Usage"), "montbrillant: --help shows no example"),
    Plant("a program that fails at --help", _script("echo example; exit 2"), "--help exits with 2"),
    Plant("a program that leaves something behind at --help", _script("echo example; touch $XDG_DATA_HOME/x"),
          "--help wrote x"),
    Plant("a program that was not built", {"bin/montbrillant": None}, "montbrillant: is not built"),
    Plant("a script whose help has no example", {"scripts/go": "#!/bin/sh\necho go\n"},
          "scripts/go:1: --help shows no example"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
