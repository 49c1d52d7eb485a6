#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles po/{ar,zh,en,fr,ru,es}.po into id.hpp and catalog.cpp: an enum of message ids and one checked table.

usage: compile_catalogs.py PO_DIR OUT_DIR

en.po defines the ids. The build stops (exit 2, file and id named) when a language lacks an id, has one more,
leaves a text empty or fuzzy, uses other {names} than English, or has another number of plural forms than
its Plural-Forms header says. msgfmt -c has checked the syntax before.
"""
import pathlib
import re
import subprocess
import sys

LANGUAGES = ["ar", "zh", "en", "fr", "ru", "es"]  # the order of all_languages in sync/base/language.hpp
PLURAL_FORMS = re.compile(r"nplurals=(\d);\s*plural=([n0-9%=!<>&|?: ()]+);")


def stop(message):
    print(f"compile_catalogs: {message}", file=sys.stderr)
    sys.exit(2)


def unquote(text):
    body = text.strip()
    if not (body.startswith('"') and body.endswith('"')):
        raise ValueError(text)
    escapes = {"n": "\n", "t": "\t"}
    return re.sub(r"\\(.)", lambda m: escapes.get(m[1], m[1]), body[1:-1])


def parse(path):
    """{msgid: [forms]}, header; a text without plural has one form and is marked by the second set."""
    entries, plural_ids, fuzzy = {}, set(), False
    msgid, forms, target = None, [], None

    def close():
        if msgid is None:
            return
        if fuzzy and msgid:
            stop(f"{path.name}: {msgid} is fuzzy")
        if msgid in entries:
            stop(f"{path.name}: {msgid} occurs twice")
        entries[msgid] = forms

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#,"):
            close()
            msgid, forms, target = None, [], None
            fuzzy = "fuzzy" in line
        elif not line.strip() or line.startswith("#"):
            continue
        elif line.startswith("msgid "):
            close()
            if msgid is not None:
                fuzzy = False
            msgid, forms, target = unquote(line[6:]), [], "id"
        elif line.startswith("msgid_plural "):
            plural_ids.add(msgid)
            target = "plural"
        elif line.startswith("msgstr"):
            forms.append(unquote(line[line.index('"'):]))
            target = "text"
        elif line.startswith('"'):
            if target == "text":
                forms[-1] += unquote(line)
            elif target == "id":
                msgid += unquote(line)
        else:
            stop(f"{path.name}:{number}: not understood: {line}")
    close()
    header = entries.pop("", [""])[0]
    return entries, plural_ids, header


def names_in(text):
    if text.count("{") != len(re.findall(r"\{[a-z_]+\}", text)):
        return None
    return set(re.findall(r"\{([a-z_]+)\}", text))


def check(language, entries, plural_ids, header, reference):
    found = PLURAL_FORMS.search(header)
    if not found:
        stop(f"{language}.po: no Plural-Forms header")
    count, ids = int(found[1]), reference[0]
    for missing in ids.keys() - entries.keys():
        stop(f"{language}.po: {missing} is missing")
    for extra in entries.keys() - ids.keys():
        stop(f"{language}.po: {extra} is not in en.po")
    for msgid, forms in entries.items():
        if (msgid in plural_ids) != (msgid in reference[1]):
            stop(f"{language}.po: {msgid} is a plural in one language only")
        if len(forms) != (count if msgid in plural_ids else 1):
            stop(f"{language}.po: {msgid} has {len(forms)} forms")
        expected = set().union(*(names_in(f) or set() for f in ids[msgid]))
        for form in forms:
            names = names_in(form)
            if not form.strip():
                stop(f"{language}.po: {msgid} is empty")
            # A plural form may say "one minute" in words and leave {n} out, nothing else.
            if names is None or not expected - ({"n"} if msgid in plural_ids else set()) <= names <= expected:
                stop(f"{language}.po: {msgid}: {{names}} differ from English")
    return found[2].strip()


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main():
    if len(sys.argv) != 3:
        stop(__doc__)
    po, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for language in LANGUAGES:
        if subprocess.run(["msgfmt", "-c", "-o", "/dev/null", po / f"{language}.po"]).returncode:
            sys.exit(2)
    reference = parse(po / "en.po")
    ids = list(reference[0])
    for msgid in ids:
        if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", msgid):
            stop(f"en.po: {msgid} is no id: use lower case, underscores and dots")
    catalogs, rules = {}, {}
    for language in LANGUAGES:
        entries, plural_ids, header = parse(po / f"{language}.po")
        rules[language] = check(language, entries, plural_ids, header, reference)
        catalogs[language] = entries
    out.mkdir(parents=True, exist_ok=True)
    (out / "id.hpp").write_text(id_header(ids), encoding="utf-8")
    (out / "catalog.cpp").write_text(tables(ids, catalogs, rules), encoding="utf-8")


def id_header(ids):
    names = "".join(f"    {i.replace('.', '_')},\n" for i in ids)
    return f"""// SPDX-License-Identifier: Apache-2.0
// Made by compile_catalogs.py from en.po.
#pragma once

#include <cstddef>
#include <cstdint>

namespace montbrillant::i18n {{

enum class Id : std::uint16_t {{
{names}}};
inline constexpr std::size_t id_count = {len(ids)};

}} // namespace montbrillant::i18n
"""


def tables(ids, catalogs, rules):
    parts = ["""// SPDX-License-Identifier: Apache-2.0
// Made by compile_catalogs.py from po/*.po.
#include "kiosk/i18n/catalog.hpp"

namespace montbrillant::i18n {

namespace {

using Row = std::array<std::string_view, forms_max>;
"""]
    for language in LANGUAGES:
        rows = []
        for msgid in ids:
            forms = ", ".join(literal(f) for f in catalogs[language][msgid])
            rows.append(f"    Row{{{forms}}},\n")
        parts.append(f"\nconstexpr std::array<Row, id_count> rows_{language}{{{{\n{''.join(rows)}}}}};\n")
    parts.append("""
} // namespace

std::string_view catalog_form(Language language, Id id, std::size_t form)
{
    const auto row = static_cast<std::size_t>(id);
    switch (language) {
""")
    parts += [f"    case Language::{lang}: return rows_{lang}.at(row).at(form);\n" for lang in LANGUAGES]
    parts.append("""    }
    return {};
}

std::size_t catalog_plural(Language language, unsigned long n)
{
    switch (language) {
""")
    for language in LANGUAGES:
        rule = re.sub(r"\b(\d+)\b", r"\1U", rules[language])
        parts.append(f"    case Language::{language}: return static_cast<std::size_t>({rule});\n")
    parts.append("""    }
    return 0 * n;
}

std::string_view id_name(Id id)
{
    static constexpr std::array<std::string_view, id_count> names{{
""")
    parts += [f"        {literal(i)},\n" for i in ids]
    parts.append("""    }};
    return names.at(static_cast<std::size_t>(id));
}

} // namespace montbrillant::i18n
""")
    return "".join(parts)


if __name__ == "__main__":
    main()
