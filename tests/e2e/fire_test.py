#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three kiosks and their registry under fire: a wire that delays, cuts, swallows and refuses, clocks two days off, the
registry killed and put back to yesterday's backup, a full disk, a program of another protocol. Whatever was
acknowledged is in the log once, in order, and everybody ends with the same log."""

import glob
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import types
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from crash_test import check  # noqa: E402
from fault_proxy import FaultProxy  # noqa: E402
from house import DAY_ONE, Kiosk, Trouble, run_in_house, until  # noqa: E402

CLOCKS = {"K1": "+0", "K2": "+2d", "K3": "-2d"}
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")
DISK = "size=6m"  # room for a kiosk of this house, and not for much more


class Stand:
    """A kiosk without devices, its folder, and the wire between it and the registry."""

    def __init__(self, house, name):
        self.house = house
        self.name = name
        self.folder = house.work / name
        self.folder.mkdir()
        self.config = house.work / f"{name}.toml"
        self.wire = FaultProxy(house.registry_port)
        self.acknowledged = []
        self.config.write_text(house.config.read_text().replace(str(house.kiosk_data), str(self.folder)))
        token = house.registry_command("enrol-token", "--name", name).split()[0]
        house.command("enrol", house.registry_url.replace(str(house.registry_port), str(self.wire.port)), token,
                      data=self.folder)
        self.start()

    def start(self):
        clock = {"LD_PRELOAD": FAKETIME, "FAKETIME": CLOCKS[self.name], "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                 "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        world = types.SimpleNamespace(work=self.house.work, program=self.house.program, config=self.config,
                                      environment=self.house.environment)
        self.kiosk = Kiosk(world, clock if CLOCKS[self.name] != "+0" else None)
        self.house.kiosks.append(self.kiosk)
        self.kiosk.state()

    def command(self, *arguments):
        """Carried out by the running kiosk; exit code, JSON lines, words."""
        call = [self.house.program("montbrillant"), "--json", "--at", DAY_ONE, "--data", str(self.folder)]
        done = subprocess.run(call + [str(a) for a in arguments], capture_output=True, text=True, timeout=60,
                              env=self.house.environment)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return done.returncode, lines, done.stderr

    def check_in(self, person):
        exit_code, lines, words = self.command("checkin", person["registration_id"])
        if exit_code == 0:
            self.acknowledged.append(person["registration_id"])
        return exit_code, lines, words

    def status(self):
        return self.command("sync", "status")[1][0]

    def waiting(self):
        return self.status()["waiting"]

    def knows(self, person):
        return self.command("people", "show", person["registration_id"])[0] == 0

    def in_step(self, what):
        until(lambda: self.waiting() == 0, f"{self.name}: {what}", 120)


class Hall:
    def __init__(self, house):
        self.house = house
        self.stands = [Stand(house, name) for name in CLOCKS]
        self.arriving = iter([p for p in house.delegates if p["role"] == "delegate"])

    def everybody_works(self, people=2):
        for stand in self.stands:
            for _ in range(people):
                exit_code, _, words = stand.check_in(next(self.arriving))
                if exit_code != 0:
                    raise Trouble(f"{stand.name} did not check in: {words}")

    def everybody_in_step(self, what):
        for stand in self.stands:
            stand.in_step(what)

    def under(self, sentence, fault):
        """Work while each wire has the fault, and what waits arrives when it is healed."""
        for stand in self.stands:
            fault(stand.wire)
        self.everybody_works()
        for stand in self.stands:
            stand.wire.heal()
        self.everybody_in_step(sentence)
        check(True, f"{sentence}: everybody works, and all of it arrives afterwards")


def wires(hall):
    hall.under("a wire that takes its time", lambda wire: wire.delay(0.3))
    hall.under("a wire that is cut", lambda wire: wire.cut())
    hall.under("answers that break off", lambda wire: wire.cut_after(2500))
    hall.under("a wire that swallows everything", lambda wire: wire.black_hole())
    hall.under("nobody there", lambda wire: wire.refuse())


def one_person_at_two_desks(hall):
    """Neither hears of the other: both check the person in, and people must decide."""
    person = next(hall.arriving)
    first, second = hall.stands[:2]
    for stand in (first, second):
        stand.wire.refuse()
        check(stand.check_in(person)[0] == 0, f"{stand.name}, cut off, checks {person['registration_id']} in")
    for stand in (first, second):
        stand.wire.heal()
        stand.in_step("one person at two desks")
    open_ones = until(lambda: [c for c in hall.stands[2].command("sync", "conflicts")[1]
                               if person["registration_id"] in c["subjects"]], "the conflict reaches the third", 60)
    check(len(open_ones) >= 1, f"the third kiosk shows the task: {open_ones[0]['kind']}")


def registry_killed(hall):
    house = hall.house
    house.stop("registry", signal.SIGKILL)
    hall.everybody_works()
    house.start_registry()
    hall.everybody_in_step("the registry was killed")
    check(True, "a registry killed in the middle has everything again")


def registry_of_yesterday(hall, backup):
    house = hall.house
    hall.everybody_works(1)
    hall.everybody_in_step("before the restore")
    epochs = [stand.status()["log_epoch"] for stand in hall.stands]
    house.stop("registry")
    house.registry_command("restore", backup)
    house.start_registry()
    for stand, epoch in zip(hall.stands, epochs):
        until(lambda: stand.status()["log_epoch"] != epoch, f"{stand.name} takes the log anew", 120)
    hall.everybody_works(1) # whoever comes meanwhile is known
    hall.everybody_in_step("the registry is of yesterday")
    hall.everybody_works(1)
    hall.everybody_in_step("after the restore")
    check(True, "a registry put back to yesterday's backup gets back what it had forgotten")


def full_disk(hall):
    """The third kiosk's folder moves to a disk with no room left."""
    stand = hall.stands[2]
    if os.geteuid() != 0:
        print("skip a full disk: only root mounts a small one", flush=True)
        return
    stand.kiosk.quit()
    aside = stand.folder.with_suffix(".aside")
    stand.folder.rename(aside)
    stand.folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(stand.folder)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", str(stand.folder)], check=True)
        stand.start()
        ballast = stand.folder / "ballast"
        fill(ballast)
        exit_code, words = until_refused(hall, stand)
        check(exit_code == 3 and "space" in words, f"a full disk refuses in words: {words.strip()}")
        ballast.unlink()
        check(stand.check_in(next(hall.arriving))[0] == 0, "with room again the next person is checked in")
        stand.in_step("after the full disk")
        stand.kiosk.quit()
        subprocess.run(["cp", "-a", f"{stand.folder}/.", str(aside)], check=True)
    finally:
        stand.kiosk.kill()
        subprocess.run(["umount", str(stand.folder)], check=True)
    stand.folder.rmdir()
    aside.rename(stand.folder)
    stand.start()


def until_refused(hall, stand):
    """What is written in place already is used up first."""
    for _ in range(40):
        exit_code, lines, words = stand.check_in(next(hall.arriving))
        if exit_code != 0:
            return exit_code, words or str(lines)
    raise Trouble("a full disk took forty more check-ins")


def fill(file):
    with open(file, "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            pass


def another_protocol(hall):
    """A program of next year asks: it is told in words, and nothing of ours is disturbed."""
    trusting = ssl._create_unverified_context()  # pylint: disable=protected-access
    body = json.dumps({"protocol": 99, "token": "ABCD-EFGH-JKMN-PQRS", "public_key": "00" * 32}).encode()
    try:
        urllib.request.urlopen(urllib.request.Request(f"{hall.house.registry_url}/v1/enrol", body), context=trusting)
        raise Trouble("a program of protocol 99 was enrolled")
    except urllib.error.HTTPError as refused:
        answer = json.loads(refused.read())
        check(refused.code == 426 and answer["words"], f"protocol 99 is refused: {answer['words']}")


def log_of(house, data):
    """Facts in the order of the log, each with its device."""
    return [(fact["id"], fact["device"], fact["counter"], fact) for fact in house.facts(data)]


def everybody_agrees(hall):
    house = hall.house
    until(lambda: len({s.command("sync", "status")[1][0]["seq"] for s in hall.stands}) == 1,
          "every kiosk has the whole log", 60)
    for stand in hall.stands:
        stand.kiosk.quit()
    house.stop("registry")
    theirs = log_of(house, house.registry_data)
    check(len({fact[0] for fact in theirs}) == len(theirs), f"the log has each of its {len(theirs)} facts once")
    for stand in hall.stands:
        own = [fact[2] for fact in theirs if fact[1] == stand.name]
        check(own == list(range(1, len(own) + 1)), f"{stand.name}: {len(own)} facts, in the order it wrote them")
        checked_in = [f[3]["data"]["delegate"] for f in theirs
                      if f[1] == stand.name and f[3]["kind"] == "delegate.checked_in"]
        check(sorted(checked_in) == sorted(stand.acknowledged),
              f"{stand.name}: each of {len(stand.acknowledged)} acknowledged check-ins is in the log once")
        check([f[0] for f in log_of(house, stand.folder)] == [f[0] for f in theirs], f"{stand.name} has the same log")
        house.command("journal", "verify", data=stand.folder)
    house.command("journal", "verify")


def run(house):
    if not FAKETIME:
        raise Trouble("libfaketime is not installed: run scripts/setup")
    house.write_plain_config()
    house.prepare_event()
    house.start_registry()
    hall = Hall(house)
    for stand in hall.stands:
        until(lambda stand=stand: stand.knows(house.delegates[0]), f"{stand.name} knows the delegates", 60)
    check(True, "three kiosks, one clock right, one two days ahead, one two days behind")
    hall.everybody_works(1)
    hall.everybody_in_step("at first")
    backup = house.work / "yesterday.db"
    house.registry_command("backup", backup)
    wires(hall)
    one_person_at_two_desks(hall)
    registry_killed(hall)
    registry_of_yesterday(hall, backup)
    full_disk(hall)
    another_protocol(hall)
    everybody_agrees(hall)


if __name__ == "__main__":
    sys.exit(run_in_house(run, __doc__))
