# SPDX-License-Identifier: Apache-2.0
"""Breaks one translation at a time and expects the compiler of the catalogs to name it."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

compiler, po = sys.argv[1], pathlib.Path(sys.argv[2])

BREAKS = {
    "missing": ("fr.po", 'msgid "help.title"\nmsgstr "Le personnel arrive"\n', "", "help.title is missing"),
    "empty": ("fr.po", 'msgstr "Le personnel arrive"', 'msgstr ""', "help.title is empty"),
    "fuzzy": ("ru.po", 'msgid "help.title"', '#, fuzzy\nmsgid "help.title"', "help.title is fuzzy"),
    "another name": ("es.po", "{desk}", "{desc}", "ticket.title: {names} differ"),
    "lost name": ("zh.po", "{password}", "", "done.wifi_pass: {names} differ"),
    "syntax": ("ar.po", 'msgid "help.title"', 'msgid help.title', ""),
    "extra": ("ar.po", 'msgid "help.title"', 'msgid "help.titel"\nmsgstr "x"\n\nmsgid "help.title"', "not in en.po"),
}


def run(folder):
    return subprocess.run([sys.executable, compiler, folder, folder / "out"], capture_output=True, text=True)


with tempfile.TemporaryDirectory() as temp:
    for name, (file, old, new, expected) in BREAKS.items():
        folder = pathlib.Path(temp) / name
        shutil.copytree(po, folder)
        good = run(folder)
        assert good.returncode == 0, good.stderr
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{name}: {old} is not in {file} any more"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        bad = run(folder)
        assert bad.returncode == 2, f"{name}: accepted"
        assert expected in bad.stderr, f"{name}: {bad.stderr}"
