#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants the bugs of a table into a copy of the tree, one at a time, and sees that each is found.

mutants.py --check         every text of both tables stands exactly once in its file, and every test named exists
mutants.py --run TABLE     builds and runs each: of mutants.toml the simulator must break within --seeds seeds; of
                           rule_mutants.toml the test that is named must die
The copy, with its builds, is kept in build/mutants and used again. Exit codes: 0 all found, 1 not all, 2 usage.
Example: tests/simulation/mutants.py --run mutants.toml --only "no dedupe"
"""
import argparse
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = ("mutants.toml", "rule_mutants.toml")
SIMULATOR = "montbrillant-simulate"


def mutants(table):
    return tomllib.loads((HERE / table).read_text(encoding="utf-8"))["mutant"]


def test_names(root):
    names = ""
    for file in sorted((root / "tests").rglob("*_test.cpp")):
        # Adjacent literals are one name.
        names += re.sub(r'"\s*\n\s*"', "", file.read_text(encoding="utf-8"))
    return set(re.findall(r'TEST_CASE\(\s*"([^"]*)"', names))


def check(root):
    tests, findings = test_names(root), []
    for table in TABLES:
        place = f"tests/simulation/{table}"
        for mutant in mutants(table):
            if "test" in mutant and mutant["test"] not in tests:
                findings.append(f'{place}: {mutant["name"]}: there is no test "{mutant["test"]}"')
            for edit in mutant["edit"]:
                file = root / edit["file"]
                times = file.read_text(encoding="utf-8").count(edit["text"]) if file.is_file() else 0
                if times != 1:
                    findings.append(f'{place}: {mutant["name"]}: its text stands {times} times in {edit["file"]}: '
                                    + edit["text"].splitlines()[0].strip())
    print("\n".join(findings) if findings else "mutants: every text is where it is to be planted")
    return 1 if findings else 0


def tracked(root):
    git = ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z", "--cached", "--others",
           "--exclude-standard"]
    try:
        listed = subprocess.run(git, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(p.relative_to(root)) for p in root.rglob("*")]
        listed = [n for n in listed if not n.startswith((".git/", "build/"))]
    return [n for n in listed if n and (root / n).is_file()]


def write_if_other(path, data):
    """Keeps the time of a file that is as it should be: only what changed is built again."""
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def lay_out(root, copy, mutant):
    planted = {}
    for edit in mutant["edit"]:
        name = edit["file"]
        text = planted.get(name) or (root / name).read_text(encoding="utf-8")
        planted[name] = text.replace(edit["text"], edit["instead"], 1)
    for name in tracked(root):
        if name in planted:
            write_if_other(copy / name, planted[name].encode())
        else:
            write_if_other(copy / name, (root / name).read_bytes())
        (copy / name).chmod((root / name).stat().st_mode)


def build(copy, preset, target, jobs):
    # The copy lies as the tree does, so that objects of the tree's own build are found again.
    env = dict(os.environ, CCACHE_BASEDIR="/", CCACHE_NOHASHDIR="1", CCACHE_SLOPPINESS="pch_defines,time_macros")
    launcher = []
    if any((Path(p) / "ccache").is_file() for p in env.get("PATH", "").split(":")):
        launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    commands = [["cmake", "--build", "--preset", preset, "--parallel", jobs, "--target", target]]
    if not (copy / "build" / preset / "build.ninja").is_file():
        commands.insert(0, ["cmake", "--preset", preset, *launcher])
    for command in commands:
        done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stdout + done.stderr)[-3000:]
    return ""


def program(copy, preset, target):
    if target == SIMULATOR:
        return copy / "build" / preset / "bin" / target
    return next((copy / "build" / preset / "tests").rglob(target))


def found(copy, mutant, wanted):
    """What was seen of the bug; nothing when it was missed."""
    target = mutant.get("target", SIMULATOR)
    command = [str(program(copy, wanted.preset, target))]
    if target == SIMULATOR:
        command += ["--seed", str(wanted.seed), "--seeds", str(wanted.seeds), "--kiosks", str(wanted.kiosks)]
    else:
        command += [mutant["test"].replace(",", "\\,")] # to Catch2 a comma is between two tests
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=wanted.timeout)
    except subprocess.TimeoutExpired:
        return "it never ends" if target == SIMULATOR else ""
    if "No test cases matched" in done.stdout:
        raise SystemExit(f'{target} has no test "{mutant["test"]}"')
    if done.returncode == 0:
        return ""
    if target != SIMULATOR:
        return f'{target} dies: "{mutant["test"]}"'
    words = re.search(r"VIOLATION: (.*)\n.*--seed (\d+)", done.stdout)
    return f"seed {words.group(2)}: {words.group(1)}" if words else f"it ends with {done.returncode}"


def run(root, wanted):
    copy, caught, table = root / "build" / "mutants", 0, mutants(wanted.run)
    chosen = [m for m in table if wanted.only in m["name"]]
    for mutant in chosen:
        lay_out(root, copy, mutant)
        trouble = build(copy, wanted.preset, mutant.get("target", SIMULATOR), wanted.jobs)
        seen = "" if trouble else found(copy, mutant, wanted)
        caught += bool(seen)
        word = f"caught: {seen}" if seen else f"DOES NOT BUILD: {trouble}" if trouble else "MISSED"
        print(f'mutant "{mutant["name"]}": {word}', flush=True)
    print(f"mutants caught {caught} of {len(chosen)}")
    return 0 if chosen and caught == len(chosen) else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true")
    what.add_argument("--run", metavar="TABLE", choices=TABLES)
    parser.add_argument("--only", default="", help="mutants whose name contains this")
    parser.add_argument("--preset", help="of CMake; release for the simulator, dev for tests")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--kiosks", type=int, default=8)
    parser.add_argument("--jobs", default=str(os.cpu_count() or 1))
    parser.add_argument("--timeout", type=int, default=600, help="seconds of one run")
    wanted = parser.parse_args()
    wanted.preset = wanted.preset or ("release" if wanted.run == "mutants.toml" else "dev")
    root = HERE.parent.parent
    return check(root) if wanted.check else run(root, wanted)


if __name__ == "__main__":
    sys.exit(main())
