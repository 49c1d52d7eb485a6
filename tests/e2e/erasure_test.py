#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A registry and an enrolled kiosk as real programs: nobody's name stands in any file at any time; what was copied
before an erasure opens, and with what the live folders hold afterwards nothing does. Looks for texts by its own means,
not by the product's."""

import base64
import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from crash_test import check  # noqa: E402
from house import ROOT, Trouble, run_in_house  # noqa: E402

PEOPLE = 150
PERSONAL = ("given_name", "family_name", "badge_name", "organization", "code", "contact_point")
SHORTEST = 5  # bytes; a shorter text stands in any file by chance


def forms(text):
    """The text as bytes, in each form in which a program may leave it."""
    raw = text.encode()
    yield raw
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        whole = encoded[(before * 8 + 5) // 6:(before + len(raw)) * 8 // 6]
        if len(whole) > SHORTEST + 1:
            yield whole


def texts_of(people, public):
    """Everything that is somebody's, and not in the profile, which is public."""
    texts = {person[field] for person in people for field in PERSONAL}
    texts |= {f"{p['given_name']} {p['family_name']}" for p in people}
    return sorted(t for t in texts if len(t.encode()) >= SHORTEST and t not in public)


def found(folder, texts):
    """Files of the folder in which a text stands."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    if len(files) < 4:
        raise Trouble(f"{folder} is no data folder: {files}")
    content = {file: file.read_bytes() for file in files}
    return sorted({file.name for text in texts for form in forms(text) for file in files if form in content[file]})


class Test:
    def __init__(self, house):
        self.house = house
        self.public = (ROOT / "sync/domain/events/sg20-2017.toml").read_text()
        self.folders = (house.registry_data, house.kiosk_data)

    def readable(self, folder):
        """How many people the program can read in a folder; of a live one a copy is looked at."""
        look = self.house.work / "look"
        shutil.rmtree(look, ignore_errors=True)
        shutil.copytree(folder, look, ignore=shutil.ignore_patterns("*.sock"))
        done = subprocess.run([self.house.program("montbrillant"), "--data", str(look), "people", "export"],
                              capture_output=True, text=True, env=self.house.environment, timeout=120)
        if done.returncode != 0:
            raise Trouble(f"people export: {done.stderr}")
        return [line.split(",")[0] for line in done.stdout.splitlines()[1:]]

    def with_live_keys(self, copy, live):
        """The sealed records of a copy beside the keys that the live folder has now."""
        mixed = self.house.work / "mixed"
        shutil.rmtree(mixed, ignore_errors=True)
        shutil.copytree(copy, mixed)
        for name in ("event.key", "keys.db", "keys.db-wal", "keys.db-shm"):
            (mixed / name).unlink(missing_ok=True)
            if (live / name).exists():
                shutil.copy(live / name, mixed / name)
        return self.readable(mixed)

    def sync(self):
        self.house.command("sync", "now", data=self.house.kiosk_data)


def prepare(test):
    house = test.house
    house.write_plain_config()
    house.prepare_event()
    people = house.exported_people()
    sheets = house.work / "sheets"
    sheets.mkdir()
    for person in house.delegates[:3]:
        house.command("checkin", person["registration_id"])
        house.command("badge", "print", person["registration_id"], "--printer", f"file://{sheets}")
    house.start_registry()
    house.enrol_kiosk()
    test.sync()
    return people, sheets


def sealed_at_rest(test, texts):
    for folder in test.folders:
        check(found(folder, texts) == [], f"none of {len(texts)} texts stands in a file of {folder.name}/, in any form")
    planted = test.house.kiosk_data / "planted"
    for form in forms(texts[-1]):
        planted.write_bytes(b"..." + form + b"...")
        if found(test.house.kiosk_data, texts) != ["planted"]:
            raise Trouble(f"the search does not see {form[:40]}")
    planted.unlink()
    check(True, "the search sees each form of a text that is planted")


def one_person(test, people, sheets):
    house = test.house
    gone = house.delegates[0]["registration_id"]
    copies = []
    for folder in test.folders:
        copy = house.work / f"{folder.name}-before"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.sock"))
        check(len(test.readable(copy)) == len(people), f"a copy of {folder.name}/ opens every record")
        copies.append(copy)
    check(len(list(sheets.glob("*.pdf"))) == 3, "three badges were printed into files")
    test.house.registry_command("people", "erase", gone)
    test.sync()
    for copy, live in zip(copies, test.folders):
        left = test.with_live_keys(copy, live)
        check(len(left) == len(people) - 1 and gone not in left, f"{live.name}/: only the one is unreadable")
    check(len(list(sheets.glob("*.pdf"))) == 2, "and their badge's file is gone")
    return copies


def whole_event(test, copies, texts, sheets):
    house = test.house
    test.house.registry_command("event", "erase", "--yes", expect=1)
    test.house.registry_command("event", "close")
    test.house.registry_command("event", "erase", "--yes", expect=1)
    check(len(test.readable(house.registry_data)) > 0, "an event is not erased before it is closed and its days over")
    test.house.registry_command("event", "erase", "--yes", "--now", "--why", "a test")
    test.sync()
    for copy, live in zip(copies, test.folders):
        check(test.with_live_keys(copy, live) == [], f"{live.name}/: of the records of before none opens")
        check(test.readable(live) == [] and found(live, texts) == [], f"{live.name}/: nobody is left in any file")
        certificate = live / "erasure-certificate.json"
        said = json.loads(certificate.read_text())
        check(said["checked"]["records_tried"] == said["erased"]["records"] > 0 and
              said["checked"]["records_opened"] == said["checked"]["texts_found"] == 0,
              f"{live.name}/: the certificate says so, of {said['erased']['records']} records")
        house.command("event", "verify-erasure", certificate)
        forged = house.work / "forged.json"
        forged.write_text(certificate.read_text().replace('"records_opened":0', '"records_opened":1'))
        try:
            house.command("event", "verify-erasure", forged)
        except Trouble:
            continue
        raise Trouble("a forged certificate is believed")
    check(not list(sheets.glob("*.pdf")), "and no badge is left in a file")
    token = test.house.registry_command("enrol-token", "--name", "K9").split()[0]
    late = subprocess.run([house.program("montbrillant"), "--data", str(house.work / "late"), "enrol",
                           house.registry_url, token], capture_output=True, text=True, env=house.environment,
                          timeout=60)
    check(late.returncode == 1, "no device joins an erased event")


def run(house):
    house.people = PEOPLE
    test = Test(house)
    people, sheets = prepare(test)
    texts = texts_of(people, test.public)
    sealed_at_rest(test, texts)
    copies = one_person(test, people, sheets)
    whole_event(test, copies, texts, sheets)
    print(f"{len(people)} people, {len(texts)} texts of theirs")


if __name__ == "__main__":
    sys.exit(run_in_house(run, __doc__))
