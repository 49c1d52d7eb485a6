#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants the bugs of a table, one at a time, and sees that each is found.

mutants.py --check         every text of both tables stands exactly once in its file, and every test named exists
mutants.py --run TABLE     builds and runs each: of mutants.toml the simulator must break within --seeds seeds; of
                           rule_mutants.toml the test that is named must die
The tree is built as it is; of each bug only its own files are compiled, elsewhere, and linked before the sound ones.
Exit codes: 0 all found, 1 not all, 2 usage.
Example: tests/simulation/mutants.py --run mutants.toml --only "no dedupe"
"""
import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
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


def ninja(folder, *words):
    done = subprocess.run(["ninja", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit((done.stdout + done.stderr)[-3000:])
    return done.stdout.splitlines()


def build(root, preset, targets, jobs):
    """The tree's own build, which everything but the planted files is taken from."""
    folder = root / "build" / preset
    if not (folder / "build.ninja").is_file():
        subprocess.run(["cmake", "--preset", preset], cwd=root, check=True, stdout=subprocess.DEVNULL)
    ninja(folder, "-j", jobs, *targets)
    return folder


def planted(root, mutant):
    """File -> its text with the bug."""
    texts = {}
    for edit in mutant["edit"]:
        name = edit["file"]
        text = texts.get(name) or (root / name).read_text(encoding="utf-8")
        texts[name] = text.replace(edit["text"], edit["instead"], 1)
    return texts


def option(words, name, value):
    """The command with another value of that option."""
    at = words.index(name) + 1
    return words[:at] + [str(value)] + words[at + 1:]


def compile_planted(root, folder, commands, name, text, into):
    """The object of a planted file, by the command of the sound one; what the compiler says when it does not."""
    source, target = into / name, into / (name + ".o")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text, encoding="utf-8")
    sound = next(words for words in commands if words[-2:] == ["-c", str(root / name)])
    words = option(option(sound, "-o", target), "-MF", into / (name + ".d"))[:-1] + [str(source)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return target, done.stdout + done.stderr if done.returncode != 0 else ""


def link(folder, line, objects, program):
    """Beside the planted objects those of the libraries that define the same are not taken."""
    words = shlex.split(line.split("&&")[1])
    at = words.index("-o")
    words = words[:at] + [str(o) for o in objects] + option(words[at:], "-o", program)
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode != 0 else ""


def plant(root, folder, mutant, into):
    """The program with the bug in it; why there is none."""
    lines = ninja(folder, "-t", "commands", mutant.get("target", SIMULATOR))
    commands = [shlex.split(line) for line in lines if " -c " in line]
    objects = []
    for name, text in planted(root, mutant).items():
        target, trouble = compile_planted(root, folder, commands, name, text, into)
        if trouble:
            return None, trouble[-3000:]
        objects.append(target)
    program = into / mutant.get("target", SIMULATOR)
    return program, link(folder, lines[-1], objects, program)[-3000:]


def found(program, mutant, wanted):
    """What was seen of the bug; nothing when it was missed."""
    target = mutant.get("target", SIMULATOR)
    command = [str(program)]
    if target == SIMULATOR:
        for name in ("seed", "seeds", "kiosks", "acts"):
            command += ["--" + name, str(getattr(wanted, name))]
        command += ["--shrink"] if wanted.shrink else []
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
    small = re.search(r"smallest: .*?(--seed.*)", done.stdout)
    if not words:
        return f"it ends with {done.returncode}"
    return f"seed {words.group(2)}: {words.group(1)}" + (f"; smallest: {small.group(1)}" if small else "")


def run(root, wanted):
    caught, table = 0, mutants(wanted.run)
    chosen = [m for m in table if wanted.only in m["name"]]
    folder = build(root, wanted.preset, sorted({m.get("target", SIMULATOR) for m in chosen}), wanted.jobs)
    for number, mutant in enumerate(chosen, 1):
        with tempfile.TemporaryDirectory(prefix="mutant-") as into:
            program, trouble = plant(root, folder, mutant, Path(into))
            seen = "" if trouble else found(program, mutant, wanted)
        caught += bool(seen)
        word = f"DOES NOT BUILD: {trouble}" if trouble else f"caught: {seen}" if seen else "MISSED"
        print(f'mutant {number} of {len(chosen)}, "{mutant["name"]}": {word}', flush=True)
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
    parser.add_argument("--acts", type=int, default=650)
    parser.add_argument("--shrink", action="store_true", help="also the smallest meeting that shows it")
    parser.add_argument("--jobs", default=str(os.cpu_count() or 1))
    parser.add_argument("--timeout", type=int, default=600, help="seconds of one run")
    wanted = parser.parse_args()
    wanted.preset = wanted.preset or ("release" if wanted.run == "mutants.toml" else "dev")
    root = HERE.parent.parent
    return check(root) if wanted.check else run(root, wanted)


if __name__ == "__main__":
    sys.exit(main())
