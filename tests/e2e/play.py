#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The house with a window to touch, and a terminal to play the hardware: cards on the reader, doors of the
locker bank, the network."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import postgres  # noqa: E402
from house import DAY_ONE, STAFF_CARD, STAFF_PIN, Trouble  # noqa: E402

HELP = f"""\
  card                 a blank card on the reader; the same card again is the same delegate's badge
  staff                the staff badge on the reader (PIN {STAFF_PIN})
  lift                 nothing lies on the reader any more
  close N              somebody closes locker door N
  registry off | on    the outside line goes down, comes back
  quit
"""
CARD = "04A1B2C3D4E5F6"


def place(house, uid):
    house.reader.order("remove")
    return house.reader.order(f"insert {uid}")


def obey(house, line):
    words = line.split()
    if line == "card":
        return place(house, CARD)
    if line == "staff":
        return place(house, STAFF_CARD)
    if line == "lift":
        return house.reader.order("remove")
    if len(words) == 2 and words[0] == "close":
        return house.bank.order(line)
    if line == "registry off":
        house.stop("registry")
        return "ok"
    if line == "registry on":
        house.start_registry()
        return "ok"
    return HELP


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="build folder with bin/")
    postgres.add_option(parser)
    arguments = parser.parse_args()
    os.environ.setdefault("SDL_VIDEODRIVER", "x11" if os.environ.get("DISPLAY") else "wayland")
    with (tempfile.TemporaryDirectory(prefix="montbrillant-") as work,
          postgres.house_on(arguments.registry)(arguments.build, work, size="720x1280") as house):
        house.open()
        delegate = house.delegates[0]
        typed = house.code_of(delegate["registration_id"])["short"]
        house.start_registry()
        house.enrol_kiosk()
        kiosk = subprocess.Popen([house.program("montbrillant-kiosk"), "--config", str(house.config), "--at", DAY_ONE],
                                 env=house.environment, stderr=open(house.work / "kiosk.log", "ab"))
        print(f"{delegate['badge_name']} ({delegate['organization']}) arrives. Type the name at the kiosk, or the "
              f"code {typed}.")
        print(HELP, end="", flush=True)
        for line in sys.stdin:
            if line.strip() == "quit" or kiosk.poll() is not None:
                break
            print(obey(house, line.strip()), flush=True)
        kiosk.terminate()
        kiosk.wait(10)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"The house does not open: {trouble}")
