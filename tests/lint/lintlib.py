# SPDX-License-Identifier: Apache-2.0
"""What every lint shares: the tree, C++ without its comments, reading our CMake calls, the report.

A lint is a function check(tree) that returns findings "path:line: what is wrong; what to do", and a list of
plants: small trees with one violation each. `LINT.py --root DIR` checks; `LINT.py --self-test` lays each plant
into a temporary folder and fails unless the lint finds it, and finds nothing in the sound tree beside it.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, NamedTuple

CPP = (".cpp", ".hpp", ".h")
SKIPPED = 77  # CTest's SKIP_RETURN_CODE


class Plant(NamedTuple):
    sentence: str  # what the lint catches
    files: dict  # path -> text, laid over the sound tree; None removes the file
    finding: str  # part of the finding that must come


class Tree:
    """The files git knows of or would add; without git, all files but build/ and hidden folders."""

    def __init__(self, root: Path, build: Path | None = None):
        self.root, self.build = root, build
        self.files = sorted(self._list())

    def _list(self):
        git = ["git", "-c", "safe.directory=*", "-C", str(self.root), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
        try:
            done = subprocess.run(git, capture_output=True, check=False)
        except FileNotFoundError:
            done = None
        if done is not None and done.returncode == 0:
            names = [n for n in done.stdout.decode().split("\0") if n]
        else:
            names = [str(p.relative_to(self.root)) for p in self.root.rglob("*") if p.is_file()]
            names = [n for n in names if not n.startswith((".git/", "build/"))]
        return {n for n in names if (self.root / n).is_file()}

    def cpp(self):
        return [f for f in self.files if f.endswith(CPP)]

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8", errors="replace")


_CPP_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\\\s]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def code_only(text: str) -> str:
    """C++ with comments and the insides of literals blanked; line numbers stay."""
    def blank(match):
        token = match.group(0)
        return re.sub(r"[^\n]", " ", token) if token[0] == "/" else '"' + "\n" * token.count("\n") + '"'
    # A digit separator (10'000) is not a literal.
    return _CPP_TOKEN.sub(blank, re.sub(r"(?<=\d)'(?=\d)", "", text))


_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.MULTILINE)


def includes(text: str):
    """(line, path, is ours) of each include; those in comments too, which nobody writes."""
    for match in _INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(2), match.group(1) == '"'


class Target(NamedTuple):
    name: str  # as linked: montbrillant::base, montbrillant-readerd, test_base
    kind: str  # library, program, test
    file: str  # the CMakeLists.txt
    line: int
    sources: list
    headers: list
    public: list
    private: list


_CALL = re.compile(r"\bmontbrillant_(library|program|test)\s*\(([^()]*)\)")
_KEYWORDS = {"SOURCES", "HEADERS", "PUBLIC", "PRIVATE", "LINK", "LABEL", "TIMEOUT", "DEPENDS", "NO_INSTALL",
             "PRECOMPILE", "PRECOMPILE_AS"}


def targets(tree: Tree) -> list:
    """Every montbrillant_library, _program and _test of the tree. Items with a CMake variable are left out."""
    found = []
    for name in (f for f in tree.files if f.endswith("CMakeLists.txt")):
        text = re.sub(r"#[^\n]*", "", tree.read(name))
        folder = str(Path(name).parent)
        for call in _CALL.finditer(text):
            words = call.group(2).split()
            parts, current = {}, ""
            for word in words[1:]:
                if word in _KEYWORDS:
                    current = word
                elif "$" not in word:
                    parts.setdefault(current, []).append(word)
            place = lambda key: [str(Path(folder, w)) if folder != "." else w for w in parts.get(key, [])]
            kind = call.group(1)
            label = {"library": "montbrillant::", "program": "", "test": "test_"}[kind] + words[0]
            found.append(Target(label, kind, name, text.count("\n", 0, call.start()) + 1, place("SOURCES"),
                                place("HEADERS"), parts.get("PUBLIC", []),
                                parts.get("PRIVATE", []) + parts.get("LINK", [])))
    return found


def listed_packages(tree: Tree) -> set:
    lines = (re.sub(r"#.*", "", l).strip() for l in tree.read("scripts/apt-packages.txt").splitlines())
    return {l for l in lines if l}


def _lay(folder: Path, files: dict):
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if text.startswith("#!") else 0o644)


def _self_test(check: Callable, sound: dict, plants: list) -> int:
    failures = 0
    for plant in [Plant("nothing in a sound tree", {}, "")] + plants:
        with tempfile.TemporaryDirectory(prefix="lint-") as scratch:
            _lay(Path(scratch), sound | {k: v for k, v in plant.files.items() if v is not None})
            _lay(Path(scratch), {k: v for k, v in plant.files.items() if v is None})
            found = check(Tree(Path(scratch)))
        good = any(plant.finding in f for f in found) if plant.finding else not found
        print(("caught: " if good else "NOT CAUGHT: ") + plant.sentence)
        if not good:
            failures += 1
            print("  expected: " + (plant.finding or "no finding"), *("  found: " + f for f in found), sep="\n")
    print(f"{len(plants)} plants, {failures} failures")
    return 1 if failures or not plants else 0


def main(check: Callable, sound: dict, plants: list) -> int:
    options = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    options.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    options.add_argument("--build", type=Path, help="the build folder, for lints that look at what was built")
    options.add_argument("--self-test", action="store_true", help="prove on planted violations that the lint catches")
    asked = options.parse_args()
    if asked.self_test:
        return _self_test(check, sound, plants)
    tree = Tree(asked.root, asked.build)
    found = check(tree)
    for finding in found:
        print(finding)
    print(f"{len(found)} findings in {len(tree.files)} files")
    return 1 if found else 0
