#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""With the registry stopped a delegate is checked in all the same; when it is started again it gets every fact
once. A kiosk starts without its devices, says so, and recovers when they come."""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from crash_test import check, place, printed_and_bound, released  # noqa: E402
from house import run_in_house, until  # noqa: E402


def facts_of_kiosk(house, data):
    return sorted(fact["id"] for fact in house.facts(data) if fact["device"] == "K2")


def run(house):
    house.open()
    delegate = next(p for p in house.delegates if p["role"] == "delegate")
    code = house.code_of(delegate["registration_id"])["qr"]
    house.start_registry()
    house.enrol_kiosk()
    # Enrolled and never pulled: nobody is known here. Registry and devices are away at the start.
    for part in ("registry", "reader", "printer", "bank"):
        house.stop(part)
    kiosk = house.kiosk()
    for device in ("reader", "printer", "bank", "registry"):
        kiosk.wait(f"device {device} trouble", 20000)
    check(True, "the kiosk starts without any device and without the registry, and says so")
    kiosk.order(f"scan {code}")
    kiosk.wait("screen confirm")
    check(True, "a person unknown here is recognised by the signed code alone")
    kiosk.press("button.confirm_not_me")
    house.start_reader()
    house.start_bank()
    house.start_printer()
    house.start_registry()
    for device in ("reader", "printer", "bank", "registry"):
        kiosk.wait(f"device {device} ok", 70000)
    check(True, "each of them comes back by itself")
    until(lambda: house.knows(delegate["registration_id"]), "the delegates reach the kiosk", 60)
    house.stop("registry")
    kiosk.wait("device registry trouble", 60000)
    released(house, kiosk, code)
    printed_and_bound(house, kiosk, "04A1B2C3D4E5F6")
    check(True, "with the registry stopped: checked in, printed, card bound")
    time.sleep(0.4)  # the same card taps again only after the reader missed it
    place(house, "04A1B2C3D4E5F6")
    kiosk.wait("locker opened")
    house.reader.order("remove")
    check(True, "... and the locker opens")
    house.start_registry()
    kiosk.wait("device registry ok", 90000)
    kiosk.quit()
    house.command("sync", "now", data=house.kiosk_data)
    house.stop("registry")
    mine = facts_of_kiosk(house, house.kiosk_data)
    theirs = facts_of_kiosk(house, house.registry_data)
    check(len(mine) > 4 and mine == theirs and len(set(theirs)) == len(theirs),
          f"the registry has every one of the kiosk's {len(mine)} facts once")


if __name__ == "__main__":
    sys.exit(run_in_house(run, __doc__))
