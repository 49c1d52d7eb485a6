#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the kiosk at every journal transition: the journey goes on where it was, one sheet comes out, and a
lock gets at most one pulse per tap."""

import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import STAFF_CARD, Trouble, run_in_house, until  # noqa: E402

PRINT_POINTS = ["print.create_answered", "print.created", "print.sending", "print.document_sent", "print.sent"]
STORE_POINTS = ["store.before_commit", "store.committed"]
UNLOCK_POINTS = ["unlock.intended", "unlock.written", "unlock.fired", "unlock.finished"]


def place(house, uid):
    house.reader.order("remove")
    house.reader.order(f"insert {uid}")


def ready(kiosk):
    for device in ("reader", "printer", "bank"):
        kiosk.wait(f"device {device} ok", 20000)
    return kiosk


def released(house, kiosk, code):
    """From the scan to the moment after the staff release."""
    kiosk.order(f"scan {code}")
    kiosk.wait("screen confirm")
    kiosk.press("button.confirm_yes")
    kiosk.wait("screen staff_release")
    place(house, STAFF_CARD)


def printed_and_bound(house, kiosk, card):
    kiosk.wait("screen take_card", 30000)
    place(house, card)
    kiosk.wait("screen done")
    house.reader.order("remove")


def dies(kiosk, point):
    """The kiosk killed itself where it was told to."""
    try:
        kiosk.process.wait(30)
    except subprocess.TimeoutExpired:
        raise Trouble(f"the kiosk never came to {point}") from None
    if kiosk.process.returncode != -9:
        raise Trouble(f"at {point} the kiosk ended with {kiosk.process.returncode}")


def check(truth, sentence):
    print(("yes  " if truth else "NO   ") + sentence, flush=True)
    if not truth:
        raise Trouble(sentence)


def crash_in_check_in(house, code, point, card):
    before = len(house.sheets())
    kiosk = house.kiosk({"MONTBRILLANT_CRASH_AT": point})
    try:
        ready(kiosk)
        released(house, kiosk, code)
    except Trouble:
        pass  # it may die before the answer
    dies(kiosk, point)
    house.reader.order("remove")
    kiosk = ready(house.kiosk())
    kiosk.order(f"scan {code}")
    kiosk.wait("screen confirm")
    kiosk.press("button.confirm_yes")
    kiosk.wait("screen staff_release")
    place(house, STAFF_CARD)
    printed_and_bound(house, kiosk, card)
    kiosk.quit()
    check(len(house.sheets()) == before + 1, f"killed at {point}: one sheet, and the delegate has badge and card")


def crash_in_unlock(house, card, point):
    before = sum(house.pulses().values())
    kiosk = house.kiosk({"MONTBRILLANT_CRASH_AT": point})
    ready(kiosk)
    place(house, card)
    dies(kiosk, point)
    house.reader.order("remove")
    pulses = sum(house.pulses().values()) - before
    kiosk = ready(house.kiosk())
    time.sleep(1.0)  # nothing may fire because of the restart: give it the time to do so
    after = sum(house.pulses().values()) - before
    check(pulses <= 1 and after == pulses, f"killed at {point}: {pulses} pulse, none by the restart")
    place(house, card)
    kiosk.wait("locker opened") if after == 0 else kiosk.wait("screen locker")
    kiosk.wait("idle")
    state = kiosk.state()
    check(state["locker"] in ("opened", "already_open"), f"after {point} a new tap opens the locker: {state['locker']}")
    total = sum(house.pulses().values()) - before
    check(total == after + 1, "one pulse per tap")
    house.bank.order(f"close {''.join(filter(str.isdigit, state['door']))}")
    house.reader.order("remove")
    kiosk.quit()


def run(house):
    house.open()
    people = [p for p in house.delegates if p["role"] == "delegate"]
    codes = [house.code_of(p["registration_id"])["short"] for p in people[:len(PRINT_POINTS) + len(STORE_POINTS)]]
    house.start_registry()
    house.enrol_kiosk()
    kiosk = ready(house.kiosk())
    kiosk.wait("device registry ok")
    until(lambda: house.knows(people[0]["registration_id"]), "the delegates reach the kiosk", 60)
    kiosk.quit()
    for number, (point, code) in enumerate(zip(STORE_POINTS + PRINT_POINTS, codes)):
        crash_in_check_in(house, code, point, f"04A1B2C3D4E5{number:02X}")
    for point in UNLOCK_POINTS:
        crash_in_unlock(house, "04A1B2C3D4E500", point)


if __name__ == "__main__":
    sys.exit(run_in_house(run, __doc__))
