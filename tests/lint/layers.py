#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Arrows point down only: who may include and link whom, by folder, and that what is included is linked."""
import re
import sys

from lintlib import Plant, includes, main, targets

KIOSK_BELOW_CLI = {
    "sync/base", "sync/domain", "sync/store", "sync/protocol", "sync/client", "firmware-config",
    "badge/layout", "badge/render", "badge/print", "badge/rfid",
    "kiosk/i18n", "kiosk/lockers", "kiosk/flow", "kiosk/ui", "kiosk/desk"}

# Module -> what it may include. The registry and the kiosk meet on the wire only.
MAY = {
    "sync/base": set(),
    "sync/domain": {"sync/base"},
    "sync/store": {"sync/base", "sync/domain"},
    "sync/protocol": {"sync/base", "sync/domain"},
    "sync/client": {"sync/base", "sync/domain", "sync/store", "sync/protocol"},
    "sync/registry": {"sync/base", "sync/domain", "sync/store", "sync/protocol"},
    "badge/layout": {"sync/base"},
    "badge/render": {"sync/base", "badge/layout"},
    "badge/print": {"sync/base", "badge/layout", "badge/render"},
    "badge/rfid": {"sync/base"},
    "firmware-config": {"sync/base"},
    "kiosk/i18n": {"sync/base"},
    "kiosk/lockers": {"sync/base", "firmware-config"},
    "kiosk/flow": {"sync/base", "sync/domain"},
    "kiosk/ui": {"sync/base", "sync/domain", "kiosk/flow", "kiosk/i18n"},
    "kiosk/desk": KIOSK_BELOW_CLI - {"kiosk/ui", "kiosk/desk", "sync/protocol"},
    "kiosk/cli": KIOSK_BELOW_CLI,
    "kiosk/shell": KIOSK_BELOW_CLI | {"kiosk/cli"},
}


def module_of(path: str) -> str:
    if path.startswith("tests/"):
        return "tests"
    return next((m for m in MAY if path.startswith(m + "/")), "")


def edge(place: str, here: str, there: str, how: str):
    if here == there or here == "tests":
        return []
    if there == "tests":
        return [f"{place}: {how}: nothing stands on tests/"]
    if there in MAY.get(here, set()):
        return []
    allowed = ", ".join(sorted(MAY.get(here, []))) or "nothing of ours"
    return [f"{place}: {how}: {here} may not stand on {there} (it may stand on: {allowed})"]


def check_includes(tree):
    for name in tree.cpp():
        here = module_of(name)
        if not here:
            yield f"{name}:1: in no module of the map; the map is at the top of tests/lint/layers.py"
            continue
        for line, path, ours in includes(tree.read(name)):
            there = module_of(path)
            if ours and not there:
                yield f'{name}:{line}: #include "{path}": ours are written from the repository root; a library\'s in <>'
            elif there:
                yield from edge(f"{name}:{line}", here, there, f"#include {path}")


def owners(every):
    """Header -> target that lists it; folder -> its only library."""
    header = {h: t for t in every for h in t.headers}
    folders = {}
    for target in every:
        if target.kind == "library":
            folders.setdefault(target.file, []).append(target)
    return header, {f.rsplit("/", 1)[0]: ts[0] for f, ts in folders.items() if len(ts) == 1}


def reach(target, by_name):
    """What the target links: its own list, and the public lists below it."""
    seen, work = set(), list(target.public + target.private)
    while work:
        name = work.pop()
        if name not in seen:
            seen.add(name)
            work += by_name[name].public if name in by_name else []
    return seen


def check_links(tree):
    every = targets(tree)
    by_name = {t.name: t for t in every}
    header, folder = owners(every)
    for target in every:
        place, here = f"{target.file}:{target.line}", module_of(target.file)
        for name in target.public + target.private:
            if name in by_name:
                yield from edge(place, here, module_of(by_name[name].file), f"{target.name} links {name}")
            elif name.startswith("montbrillant::"):
                yield f"{place}: {target.name} links {name}, which no montbrillant_library defines"
        linked = reach(target, by_name) | {target.name}
        for source in target.sources + target.headers:
            if source not in tree.files:
                continue
            for line, path, ours in includes(tree.read(source)):
                owner = (header.get(path) or folder.get(path.rsplit("/", 1)[0])) if ours else None
                if owner and owner.kind == "library" and owner.name not in linked:
                    yield f"{source}:{line}: includes {path}, and {target.name} ({place}) does not link {owner.name}"


def check_cycles(tree):
    links = {t.name: [l for l in t.public + t.private] for t in targets(tree)}
    done, path = set(), []

    def visit(name):
        if name in path:
            yield "CMakeLists.txt:1: targets link in a circle: " + " -> ".join(path[path.index(name):] + [name])
        elif name not in done and name in links:
            path.append(name)
            for below in links[name]:
                yield from visit(below)
            path.pop()
            done.add(name)
    for name in links:
        yield from visit(name)


def check_orphans(tree):
    lists = {f.rsplit("/", 1)[0] if "/" in f else "": tree.read(f) for f in tree.files if f.endswith("CMakeLists.txt")}
    for name in (f for f in tree.files if f.endswith(".cpp")):
        folder, base = name.rsplit("/", 1)[0], name.rsplit("/", 1)[1]
        above = [folder.rsplit("/", n)[0] for n in range(folder.count("/") + 1)] + [""]
        if not any(re.search(rf"(?<![\w-]){re.escape(base)}", lists.get(f, "")) for f in above):
            yield f"{name}:1: no CMakeLists.txt names it: add it to a target or remove it"


def check(tree):
    return [f for part in (check_includes, check_links, check_cycles, check_orphans) for f in part(tree)]


SOUND = {
    "sync/base/bytes.hpp": "", "sync/base/bytes.cpp": '#include "sync/base/bytes.hpp"\n',
    "sync/base/CMakeLists.txt": "montbrillant_library(base SOURCES bytes.cpp HEADERS bytes.hpp)",
    "sync/store/store.hpp": '#include "sync/base/bytes.hpp"\n#include <sqlite3.h>\n',
    "sync/store/store.cpp": '#include "sync/store/store.hpp"\n',
    "sync/store/CMakeLists.txt":
        "montbrillant_library(store\n  SOURCES store.cpp HEADERS store.hpp # the journal\n  PUBLIC montbrillant::base)",
    "kiosk/flow/flow.cpp": '#include "sync/base/bytes.hpp"\n',
    "kiosk/flow/CMakeLists.txt": "montbrillant_library(flow SOURCES flow.cpp PRIVATE montbrillant::base)",
    "tests/sync/store_test.cpp": '#include "sync/store/store.hpp"\n',
    "tests/sync/CMakeLists.txt": "montbrillant_test(store LABEL unit SOURCES store_test.cpp LINK montbrillant::store)",
}
PLANTS = [
    Plant("an include that points up", {"sync/base/bytes.cpp": '\n#include "sync/store/store.hpp"\n'},
          "sync/base/bytes.cpp:2: #include sync/store/store.hpp: sync/base may not stand on sync/store"),
    Plant("an include that points sideways", {"kiosk/flow/flow.cpp": '#include "sync/store/store.hpp"\n'},
          "kiosk/flow may not stand on sync/store"),
    Plant("a registry that knows the kiosk", {"sync/registry/main.cpp": '#  include <kiosk/flow/flow.hpp>\n'},
          "sync/registry may not stand on kiosk/flow"),
    Plant("a program that stands on tests", {"sync/base/bytes.cpp": '#include "tests/support/fake.hpp"\n'},
          "nothing stands on tests/"),
    Plant("an include that is not written from the root", {"sync/base/bytes.cpp": '#include "bytes.hpp"\n'},
          "from the repository root"),
    Plant("a folder that the map does not know", {"kiosk/extra/a.cpp": ""}, "in no module of the map"),
    Plant("a link that points up", {"sync/base/CMakeLists.txt":
          "montbrillant_library(base SOURCES bytes.cpp HEADERS bytes.hpp PRIVATE montbrillant::store)"},
          "montbrillant::base links montbrillant::store: sync/base may not stand on sync/store"),
    Plant("targets that link in a circle", {"sync/base/CMakeLists.txt":
          "montbrillant_library(base SOURCES bytes.cpp HEADERS bytes.hpp PRIVATE montbrillant::store)"},
          "in a circle: montbrillant::base -> montbrillant::store -> montbrillant::base"),
    Plant("an include whose target is not linked", {"kiosk/flow/CMakeLists.txt":
          "montbrillant_library(flow SOURCES flow.cpp)"}, "does not link montbrillant::base"),
    Plant("a link to a library that is not there", {"tests/sync/CMakeLists.txt":
          "montbrillant_test(store SOURCES store_test.cpp LINK montbrillant::stor)"}, "which no montbrillant_library"),
    Plant("a source file that no target builds", {"kiosk/flow/lost.cpp": ""}, "no CMakeLists.txt names it"),
]

if __name__ == "__main__":
    sys.exit(main(check, SOUND, PLANTS))
