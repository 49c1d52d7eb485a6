#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the table of scripts/bench, and its bench.json, from what Google Benchmark wrote.

A benchmark's counters are its figures; its label has its targets, one per "; ", in the form of tests/bench/report.hpp:
"FIGURE <= BOUND" or "FIGURE / FIGURE >= BOUND", where FIGURE is "name" or "benchmark:name".

Example: tests/bench/table.py --out bench.json search=build/release/bench-search.json
"""
import argparse
import json
import re
import sys
from pathlib import Path

TARGET = re.compile(r"(?P<above>[^\s]+)(?: / (?P<below>[^\s]+))? (?P<sign><=|>=) (?P<bound>[-+.\de]+)")
HOW = re.compile(r"/(?:iterations|repeats|threads|min_time|min_warmup_time):[^/]*|/(?:manual|real|process)_time")
NO_FIGURES = {"family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads", "iterations",
              "real_time", "cpu_time"}
HEADINGS = ("benchmark", "figure", "", "beside", "", "ratio", "target", "")


def read(text):
    """Benchmark -> its figures and its targets."""
    found = {}
    for run in json.loads(text)["benchmarks"]:
        if run.get("run_type") != "aggregate":
            figures = {k: v for k, v in run.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}
            found[HOW.sub("", run["name"])] = {
                "figures": {k: v for k, v in figures.items() if k not in NO_FIGURES},
                "label": run.get("label", ""), "error": run.get("error_message", "")}
    return found


def value_of(name, benchmark, every):
    """The figure that a target names, or None when that benchmark did not run."""
    where, _, figure = name.rpartition(":")
    return every.get(where or benchmark, {"figures": {}})["figures"].get(figure)


def judge(text, benchmark, every):
    part = TARGET.fullmatch(text)
    if not part:
        raise ValueError(f"{benchmark}: \"{text}\" is no target")
    above, below = (value_of(part[k], benchmark, every) if part[k] else None for k in ("above", "below"))
    result = {"target": text, "figure": part["above"], "value": above, "ratio": None, "met": None}
    if part["below"]:
        # Ours is the figure without another benchmark's name before it; the other one is the yardstick.
        ours, theirs = ("below", "above") if ":" in part["above"] else ("above", "below")
        result["figure"], result["yardstick"] = part[ours], part[theirs]
        result["value"], result["yardstick_value"] = ((below, above) if ours == "below" else (above, below))
        result["ratio"] = above / below if above is not None and below else None
    measured = result["ratio"] if part["below"] else above
    if measured is not None:
        bound = float(part["bound"])
        result["met"] = measured <= bound if part["sign"] == "<=" else measured >= bound
    result["bound"] = f"{part['sign']} {part['bound']}"
    return result


def number(value):
    return "-" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def rows_of(name, benchmarks):
    for benchmark, one in benchmarks.items():
        where = f"{name}: {benchmark}"
        if one["error"]:
            yield (where, "failed", "", one["error"], "", "", "", "")
        checks = one["checks"]
        bare = [f for f in one["figures"] if all(c["figure"] != f for c in checks)]
        for figure in bare:
            yield (where, figure, number(one["figures"][figure]), "", "", "", "", "")
        for check in checks:
            verdict = {None: "not run", True: "met", False: "missed"}[check["met"]]
            yield (where, check["figure"], number(check["value"]), check.get("yardstick", ""),
                   number(check["yardstick_value"]) if "yardstick" in check else "",
                   number(check["ratio"]) if "yardstick" in check else "", check["bound"], verdict)


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    right = {2, 4, 5}
    last = None
    for row in rows:
        shown = ("" if row[0] == last else row[0], *row[1:])
        last = row[0]
        cells = (c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(shown, widths)))
        print("  ".join(cells).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON to write")
    parser.add_argument("results", nargs="+", metavar="NAME=FILE", help="what Google Benchmark wrote")
    options = parser.parse_args()
    report, table = {}, [HEADINGS]
    for result in options.results:
        name, _, file = result.partition("=")
        text = Path(file).read_text(encoding="utf-8")
        benchmarks = read(text)
        for benchmark, one in benchmarks.items():
            targets = [t for t in one.pop("label").split("; ") if t]
            one["checks"] = [judge(t, benchmark, benchmarks) for t in targets]
        report[name] = {"machine": json.loads(text)["context"], "benchmarks": benchmarks}
        table += rows_of(name, benchmarks)
    print()
    print_table(table)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"\nfigures: {options.out}")


if __name__ == "__main__":
    sys.exit(main())
