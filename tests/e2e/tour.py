#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tour: one delegate through the front door by touch, with real processes in every room.

Plays check-in (scan, confirm, staff release, print, bind a card), the locker (open, give back), a laptop (lend,
take back) and what goes wrong; writes every screen in six languages, the badge that the printer received, the
confirmation's QR code and journey.json with the milliseconds of every step."""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import postgres  # noqa: E402
from house import LAPTOPS, STAFF_CARD, STAFF_PIN, Trouble, until  # noqa: E402

CARD = "04A1B2C3D4E5F6"
OTHER_CARD = "04A1B2C3D4E5F7"


class Tour:
    def __init__(self, house, out, quick, offline):
        self.quick = quick
        self.offline = offline
        self.house = house
        self.out = out
        self.steps = []
        self.pictures = 0

    def step(self, name, act, machine=False):
        """One step; `machine`: the person waits for the machine and for nothing else; "door": on the way from the
        scan to the open door."""
        begin = time.monotonic()
        result = act()
        ms = round((time.monotonic() - begin) * 1000, 1)
        self.steps.append({"step": name, "ms": ms, "machine": machine})
        print(f"  {ms:8.1f} ms  {name}", flush=True)
        return result

    def shots(self, name):
        self.pictures += 1
        if self.quick:
            return
        self.kiosk.order(f"shots {self.out}/{self.pictures:02d}-{name}", 120)

    def place(self, uid):
        self.house.reader.order("remove")
        self.house.reader.order(f"insert {uid}")

    def lift(self):
        self.house.reader.order("remove")

    def say_where(self):
        try:
            print(self.kiosk.state(), file=sys.stderr)
        except (AttributeError, Trouble):
            pass

    # --- journeys ------------------------------------------------------------------------------------------
    def scan_to(self, code, wanted):
        self.kiosk.order(f"scan {code}")
        self.kiosk.wait(wanted)

    def check_in(self, code):
        kiosk = self.kiosk
        self.shots("attract")
        kiosk.press("button.open_language")
        kiosk.wait("screen language")
        self.shots("language")
        kiosk.press("button.back")
        kiosk.press("button.open_info")
        kiosk.wait("screen info")
        self.shots("info")
        kiosk.press("button.back")
        self.step("a wrong code is scanned", lambda: self.scan_to("MB1:NOT-A-CODE", "screen search"))
        self.shots("search-code-unreadable")
        for letter in "AN":
            kiosk.press(f"key.{letter}")
        kiosk.wait("idle")
        self.shots("search-typed")
        self.step("scan the confirmation", lambda: self.scan_to(code, "screen confirm"), machine="door")
        kiosk.wait("idle")
        time.sleep(0.3)  # the badge's picture is drawn beside, nobody waits for it
        self.shots("confirm")
        kiosk.press("button.confirm_yes")
        kiosk.wait("screen staff_release")
        self.shots("staff-release")
        self.step("staff release by badge, badge goes to the printer",
                  lambda: (self.place(STAFF_CARD), kiosk.wait("screen printing")), machine="door")
        printed = self.step("the badge is printed", self.printed, machine="door")
        self.lift()
        time.sleep(0.3)
        self.shots("take-card")
        self.step("a blank card is bound", lambda: (self.place(CARD), kiosk.wait("screen done")), machine="door")
        self.shots("done")
        self.lift()
        return printed

    def printed(self):
        sheet = until(lambda: self.house.sheets(), "the printer received the badge")
        self.kiosk.wait("screen take_card")
        return sheet[0]

    def locker(self):
        kiosk = self.kiosk
        kiosk.press("button.locker_wanted")
        kiosk.wait("locker tap")
        self.shots("locker-tap")
        time.sleep(0.3)  # the card was lifted: two missed looks of the reader
        self.step("badge on the light, the door opens", lambda: (self.place(CARD), kiosk.wait("locker opened")),
                  machine="door")
        self.shots("locker-opened")
        self.lift()
        door = kiosk.state()["door"]
        kiosk.press("button.locker_give_back")
        kiosk.wait("locker ask_empty")
        self.shots("locker-ask-empty")
        kiosk.press("button.locker_is_empty")
        kiosk.wait("locker close_door")
        self.shots("locker-close-door")
        self.house.bank.order(f"close {re.sub('[^0-9]', '', door)}")
        self.step("the door is closed, the locker is free again", lambda: kiosk.wait("locker given_back"))
        self.shots("locker-given-back")
        kiosk.press("button.end_session")
        kiosk.wait("screen attract")
        return door

    def laptop(self):
        kiosk = self.kiosk
        self.place(STAFF_CARD)
        kiosk.wait("screen staff_sign_in")
        self.lift()
        for digit in STAFF_PIN:
            kiosk.press(f"digit.{digit}")
        self.shots("staff-sign-in")
        self.step("PIN", lambda: (kiosk.press("button.pin_submit"), kiosk.wait("screen staff_menu")), machine=True)
        self.shots("staff-menu")
        kiosk.press("button.staff_lend")
        kiosk.wait("lend tap_badge")
        self.shots("lend-badge")
        self.place(CARD)
        kiosk.wait("lend scan_tag")
        self.lift()
        self.shots("lend-tag")
        kiosk.order(f"scan {LAPTOPS[0]}")
        kiosk.wait("lend terms")
        self.shots("lend-terms")
        self.step("the delegate accepts, the laptop is lent",
                  lambda: (kiosk.press("button.lend_accept"), kiosk.wait("lend lent")), machine=True)
        self.shots("lend-lent")
        kiosk.press("button.back")
        kiosk.press("button.staff_take_back")
        kiosk.wait("screen take_back")
        kiosk.order(f"scan {LAPTOPS[0]}")
        kiosk.wait("control button.take_back_complete")
        self.shots("take-back")
        self.step("the laptop is back", lambda: (kiosk.press("button.take_back_complete"), kiosk.wait("idle")),
                  machine=True)
        kiosk.press("button.back")
        kiosk.press("button.staff_lock")
        kiosk.wait("screen attract")

    def slow_printer(self, code):
        """The card is bound while the badge still prints."""
        kiosk = self.kiosk
        slow = self.house.work / "printer/faults/slow"
        slow.write_text("3")
        self.scan_to(code, "screen confirm")
        kiosk.press("button.confirm_yes")
        kiosk.wait("screen staff_release")
        self.place(STAFF_CARD)
        kiosk.wait("screen printing")
        self.lift()
        self.shots("printing")
        self.place(OTHER_CARD)
        self.step("a card is bound while a slow printer works", lambda: kiosk.wait("screen done", 20000))
        slow.unlink()
        self.lift()
        kiosk.press("button.end_session")
        kiosk.wait("screen attract")

    def without_anybody(self):
        """Screens that this meeting's rules or a tour's haste leave out."""
        for screen in ("verify-code", "timeout"):
            self.pictures += 1
            if not self.quick:
                self.kiosk.order(f"picture {screen.replace('-', '_')} {self.out}/{self.pictures:02d}-{screen}", 120)

    def refusals(self, code, badge_id):
        kiosk = self.kiosk
        self.step("the same confirmation again: go to the desk", lambda: self.scan_to(code, "screen desk_ticket"))
        self.shots("desk-ticket")
        kiosk.press("button.end_session")
        kiosk.wait("screen attract")
        self.step("the badge's own QR is no confirmation", lambda: self.scan_to(badge_id, "screen search"))
        self.shots("search-code-is-badge")
        kiosk.press("button.call_staff")
        kiosk.wait("screen help")
        self.shots("help")
        kiosk.press("button.back")
        kiosk.wait("screen search")
        kiosk.press("button.end_session")
        kiosk.wait("screen attract")

    def play(self):
        delegate = next(p for p in self.house.delegates if p["language"] == "fr" and p["role"] == "delegate")
        code = self.house.code_of(delegate["registration_id"], self.out / "confirmation.png")["qr"]
        other = next(p for p in self.house.delegates if p["language"] == "ar" and p["role"] == "delegate")
        other_code = self.house.code_of(other["registration_id"])["qr"]
        self.house.start_registry()
        self.house.enrol_kiosk()
        self.kiosk = self.step("the kiosk starts", lambda: self.house.kiosk())
        for device in ("reader", "printer", "bank", "registry"):
            self.kiosk.wait(f"device {device} ok")
        self.wait_for_people(delegate["registration_id"])
        if self.offline:
            self.house.stop("registry")
            self.step("the registry is stopped", lambda: self.kiosk.wait("device registry trouble", 60000))
        sheet = self.check_in(code)
        shutil.copy(sheet, self.out / "badge.pdf")
        badge_id = self.kiosk.state()["badge"]
        door = self.locker()
        self.laptop()
        self.slow_printer(other_code)
        self.refusals(code, badge_id)
        self.without_anybody()
        self.kiosk.quit()
        return delegate, badge_id, door

    def wait_for_people(self, delegate):
        """The first pull brings everybody; a kiosk that was scanned before would check in from the code alone."""
        until(lambda: self.house.knows(delegate), "the delegates reach the kiosk", 60)


def qr_of(pdf, work):
    """What a scanner reads from the sheet that the printer received."""
    picture = work / "badge"
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "-png", "-singlefile", str(pdf), str(picture)], check=True)
    read = subprocess.run(["zbarimg", "--nodbus", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", f"{picture}.png"],
                          capture_output=True, text=True, check=True)
    return read.stdout.strip().splitlines()


def check(truth, sentence):
    print(("  yes  " if truth else "  NO   ") + sentence, flush=True)
    if not truth:
        raise Trouble(sentence)


def verify(house, tour, out, delegate, badge_id, door):
    """What must hold when the tour is over, looked at from outside."""
    codes = qr_of(out / "badge.pdf", out)
    (out / "badge.png").replace(out / "badge-printed.png")
    check(badge_id in codes, "the printed badge's QR holds the opaque badge id")
    refused = house.command("checkin", badge_id, data=house.kiosk_data, refused_is_fine=True)[0]
    check(refused["outcome"] == "refused", "check-in refuses the badge id as a code")
    check(len(house.sheets()) == 2, "one sheet for each of two delegates")
    number = int(re.sub("[^0-9]", "", door))
    pulses = house.pulses()
    check(sum(pulses.values()) == 1 and pulses[number] == 1, f"one pulse, at door {door}")
    if tour.offline:
        house.start_registry()
    house.command("sync", "now", data=house.kiosk_data)
    house.stop("registry")
    compare_journals(house)
    machine = sum(step["ms"] for step in tour.steps if step["machine"] == "door")
    check(tour.quick or machine <= 1000, f"from scan to open door: {machine:.0f} ms of machine time")
    return machine


def compare_journals(house):
    kiosk = [fact["id"] for fact in house.facts(house.kiosk_data) if fact["device"] != "registry"]
    registry = [fact["id"] for fact in house.facts(house.registry_data) if fact["device"] != "registry"]
    check(len(kiosk) > 0 and sorted(kiosk) == sorted(registry) and len(set(registry)) == len(registry),
          f"the registry has every one of the kiosk's {len(kiosk)} facts once")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="build folder with bin/")
    parser.add_argument("--out", required=True, help="folder for pictures, badge.pdf and journey.json")
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--quick", action="store_true",
                        help="no pictures, and no claim of speed: for builds with sanitizers")
    parser.add_argument("--offline", action="store_true",
                        help="stop the registry for the whole journey, start it afterwards")
    postgres.add_option(parser)
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    with (tempfile.TemporaryDirectory(prefix="montbrillant-") as work,
          postgres.house_on(arguments.registry)(arguments.build, work, size=arguments.size) as house):
        tour = Tour(house, out, arguments.quick, arguments.offline)
        try:
            print("The house opens:", flush=True)
            tour.step("event, people, staff, laptops, staff card", house.open)
            print("The tour:", flush=True)
            delegate, badge_id, door = tour.play()
            print("Looked at from outside:", flush=True)
            machine = verify(house, tour, out, delegate, badge_id, door)
        except Trouble as trouble:
            print(f"The tour stopped: {trouble}", file=sys.stderr)
            tour.say_where()
            for log in sorted(pathlib.Path(work).glob("*.log")):
                shutil.copy(log, out / log.name)
            return 1
        finally:
            (out / "journey.json").write_text(json.dumps(
                {"steps": tour.steps, "pictures": len(list(out.glob("*.png")))}, indent=1) + "\n")
        print(f"{len(list(out.glob('*.png')))} pictures, badge.pdf and journey.json are in {arguments.out}; "
              f"{machine:.0f} ms from scan to open door.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
