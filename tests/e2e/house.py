# SPDX-License-Identifier: Apache-2.0
"""The whole house on one machine: registry, printer, card reader, locker bank and kiosk as real processes on
loopback, with simulators where hardware is absent. Used by scripts/run, the tour and the end-to-end tests."""

import argparse
import csv
import io
import json
import os
import pathlib
import queue
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DAY_ONE = "2017-09-04T08:31:00+02:00"
STAFF_CARD = "04DEC0DE5A4701"
STAFF_PIN = "4711"
KIOSK = "K2"
LAPTOPS = ["LT-001", "LT-002", "LT-003"]


class Trouble(Exception):
    """Something of the house did not do as it should; the text says what."""


def until(condition, what, seconds=20):
    """Waits for a condition of another process; the only waiting there is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.01)
    raise Trouble(f"{what}: not within {seconds} s")


def free_port():
    """Below those that the system hands out: a server that is stopped and started again finds it free."""
    while True:
        with socket.socket() as probe:
            try:
                port = random.randrange(20000, 30000)
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Simulator:
    """A device that takes orders on a local socket, one line each, and answers one line."""

    def __init__(self, path):
        self.path = path

    def order(self, line):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(10)
            wire.connect(str(self.path))
            wire.sendall(line.encode() + b"\n")
            return wire.makefile().readline().strip()


class Kiosk:
    """A running montbrillant-kiosk that takes the orders of kiosk/shell/script.hpp."""

    def __init__(self, house, extra_environment=None):
        log = open(house.work / "kiosk.log", "ab")
        self.process = subprocess.Popen(
            [house.program("montbrillant-kiosk"), "--config", str(house.config), "--script", "-", "--at", DAY_ONE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1,
            env=house.environment | (extra_environment or {}))
        self.answers = queue.Queue()
        self.next_press = 0.0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put(None)

    def order(self, line, seconds=60):
        """The answer to one order; Trouble when the kiosk refuses it or died."""
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except (BrokenPipeError, OSError) as gone:
            raise Trouble(f"the kiosk is gone, at: {line}") from gone
        try:
            answer = self.answers.get(timeout=seconds)
        except queue.Empty:
            raise Trouble(f"no answer from the kiosk to: {line}") from None
        if answer is None:
            raise Trouble(f"the kiosk ended, at: {line}")
        answer = json.loads(answer)
        if not answer["ok"]:
            raise Trouble(f"{line}: {answer['why']} (screen {answer['screen']})")
        return answer

    def wait(self, what, ms=15000):
        return self.order(f"wait {what} {ms}", ms / 1000 + 10)

    def press(self, control):
        """A person's finger: a second touch within 250 ms would count as the first one's tremble."""
        self.wait(f"control {control}")
        time.sleep(max(0.0, self.next_press - time.monotonic()))
        answer = self.order(f"press {control}")
        self.next_press = time.monotonic() + 0.26
        return answer

    def state(self):
        return self.order("state")

    def quit(self):
        self.order("quit")
        self.process.wait(30)

    def kill(self):
        self.process.kill()
        self.process.wait()


class House:
    """Everything below `work`; `build` holds bin/. Use as a context manager: it leaves no process behind."""

    def __init__(self, build, work, people=300, size="1080x1920"):
        self.build = pathlib.Path(build).resolve()
        self.work = pathlib.Path(work)
        self.people = people
        self.size = size
        self.processes = {}
        self.environment = os.environ | {"SDL_VIDEODRIVER": os.environ.get("SDL_VIDEODRIVER", "dummy")}
        self.config = self.work / "kiosk.toml"
        self.registry_data = self.work / "registry"
        self.kiosk_data = self.work / "kiosk"
        self.reader = Simulator(self.work / "reader.ctl")
        self.bank = Simulator(self.work / "bank.ctl")
        self.tls = self.work / "tls"
        self.registry_port = free_port()
        self.registry_url = f"https://127.0.0.1:{self.registry_port}"
        self.printer_port = free_port()
        self.delegates = []
        self.kiosks = []

    def __enter__(self):
        self.work.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_):
        for kiosk in self.kiosks:
            kiosk.kill()
        for name in list(self.processes):
            self.stop(name)

    def program(self, name):
        return str(self.build / "bin" / name)

    def start(self, name, command, **options):
        log = open(self.work / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                                start_new_session=True, env=self.environment, **options)
        return self.processes[name]

    def stop(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name, None)
        if process is None or process.poll() is not None:
            return
        try:
            os.killpg(process.pid, how)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()

    # --- the command line --------------------------------------------------------------------------------
    def command(self, *arguments, data=None, stdin=None, refused_is_fine=False):
        """One call of `montbrillant`; its JSON lines."""
        call = [self.program("montbrillant"), "--json", "--at", DAY_ONE, "--data", str(data or self.registry_data)]
        if self.config.exists():
            call += ["--config", str(self.config)]
        done = subprocess.run(call + [str(a) for a in arguments], input=stdin, capture_output=True, text=True,
                              env=self.environment, timeout=120)
        if done.returncode not in ((0, 1) if refused_is_fine else (0,)):
            raise Trouble(f"montbrillant {' '.join(map(str, arguments))}: exit {done.returncode}\n"
                          f"{done.stdout}{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def exported_people(self):
        done = subprocess.run([self.program("montbrillant"), "--data", str(self.registry_data), "people", "export"],
                              capture_output=True, text=True, check=True, env=self.environment)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    # --- the parts ---------------------------------------------------------------------------------------
    def prepare_event(self):
        """The registry's folder: event, made-up people, staff with a PIN, laptops."""
        profile = ROOT / "sync/domain/events/sg20-2017.toml"
        self.command("event", "load", profile)
        sample = self.work / "people.csv"
        self.command("people", "sample", self.people, "--seed", 20, "--out", sample)
        self.command("people", "import", sample)
        everybody = self.exported_people()
        approved = [p for p in everybody if p["state"] == "approved"]
        self.staff = next(p for p in approved if p["category"] == "secretariat")["registration_id"]
        self.delegates = [p for p in approved if p["category"] != "secretariat"]
        self.others = [p for p in everybody if p["state"] != "approved"]
        self.command("staff", "add", self.staff, "--rights", "release", "lend", "manage")
        self.command("staff", "pin", self.staff, stdin=STAFF_PIN + "\n")
        self.command("checkin", self.staff)
        self.command("laptop", "add", *LAPTOPS, "--home", KIOSK)

    def bind_staff_card(self):
        """The staff badge's card, at a real reader, before the registry takes the folder."""
        self.reader.order("remove")
        enrol = subprocess.Popen(
            [self.program("montbrillant"), "--data", str(self.registry_data), "--config", str(self.config), "badge",
             "enrol", self.staff, "--device", f"pn532_uart:{self.work}/reader"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment)
        time.sleep(0)  # the reader opens meanwhile; a card that lies there already is a tap as well
        self.reader.order(f"insert {STAFF_CARD}")
        said, _ = enrol.communicate(timeout=60)
        self.reader.order("remove")
        if enrol.returncode != 0:
            raise Trouble(f"badge enrol: {said}")

    def code_of(self, delegate, picture=None):
        extra = ["--qr", picture] if picture else []
        return self.command("code", "mint", delegate, *extra)[0]

    def control_folder(self):
        return self.registry_data

    def store_arguments(self):
        return ["--store", f"sqlite:{self.registry_data}/montbrillant.db"]

    def start_registry(self):
        self.start("registry", [self.program("montbrillant-registry"), "serve", *self.store_arguments(), "--listen",
                                f"127.0.0.1:{self.registry_port}", "--tls-dir", str(self.tls)])
        until(lambda: self._listens(self.registry_port), "the registry listens")
        until(self._takes_commands, "the registry takes commands")

    def _takes_commands(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.control_folder() / "control.sock")) == 0

    @staticmethod
    def _listens(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def registry_command(self, *arguments, expect=0):
        """What `montbrillant-registry` prints for people; Trouble at another exit code than expected."""
        done = subprocess.run([self.program("montbrillant-registry"), *map(str, arguments), *self.store_arguments()],
                              capture_output=True, text=True, env=self.environment, timeout=120)
        if done.returncode != expect:
            raise Trouble(f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def enrol_kiosk(self, name=KIOSK):
        """Over TLS: the token holds the start of the registry's key."""
        token = self.registry_command("enrol-token", "--name", name).split()[0]
        self.command("enrol", self.registry_url, token, data=self.kiosk_data)

    def start_reader(self):
        self.start("reader", [self.program("montbrillant-sim-pn532"), "--link", str(self.work / "reader"), "--control",
                              str(self.reader.path)])
        until(self.reader.path.exists, "the reader's simulator")

    def start_bank(self):
        port_file = self.work / "bank.port"
        port_file.unlink(missing_ok=True)
        listen = f"127.0.0.1:{getattr(self, 'bank_port', 0)}"
        self.start("bank", [self.program("montbrillant-sim-bank"), "--listen", listen, "--port-file", str(port_file),
                            "--control", str(self.bank.path)])
        until(lambda: port_file.exists() and port_file.read_text().strip(), "the locker bank's simulator")
        self.bank_port = int(port_file.read_text())

    def start_printer(self):
        self.start("printer", [str(ROOT / "tests/support/ipp_printer.sh"), str(self.work / "printer"),
                               str(self.printer_port), "Badge printer"])
        until(lambda: self._listens(self.printer_port), "the printer")

    def sheets(self):
        return sorted((self.work / "printer/out").glob("*.pdf"))

    def pulses(self):
        """Physical pulses per door number."""
        counts = json.loads(self.bank.order("pulses"))["pulses"]
        return {number: count for number, count in enumerate(counts, 1)}

    def write_config(self):
        share = self.work / "share"
        if not share.exists():
            share.mkdir()
            shutil.copytree(ROOT / "badge/layout/layouts", share / "layouts")
        width, height = self.size.split("x")
        self.config.write_text(f"""\
data = "{self.kiosk_data}"
role = "all"
[screen]
width = {width}
height = {height}
[reader]
device = "pn532_uart:{self.work}/reader"
[printer]
uri = "ipp://localhost:{self.printer_port}/ipp/print"
name = "Printer 2"
[bank]
map = "{ROOT}/firmware-config/banks/sample-16.toml"
port = {self.bank_port}
[layout]
folder = "{share}"
[programs]
readerd = "{self.program('montbrillant-readerd')}"
""")

    def write_plain_config(self):
        """Of a kiosk without devices."""
        share = self.work / "share"
        share.mkdir()
        shutil.copytree(ROOT / "badge/layout/layouts", share / "layouts")
        self.config.write_text(f'data = "{self.kiosk_data}"\n[layout]\nfolder = "{share}"\n')

    def open(self):
        """All of it, ready for a kiosk."""
        self.start_reader()
        self.start_bank()
        self.start_printer()
        self.write_config()
        self.prepare_event()
        self.bind_staff_card()

    def kiosk(self, extra_environment=None):
        self.kiosks.append(Kiosk(self, extra_environment))
        return self.kiosks[-1]

    def knows(self, delegate):
        """Whether the running kiosk has this person's record."""
        shown = self.command("people", "show", delegate, data=self.kiosk_data, refused_is_fine=True)
        return shown and shown[0].get("registration_id")

    def facts(self, data):
        """The journal of a folder that no process holds."""
        rows = self.command("journal", "tail", "-n", 1000000, data=data)
        return [row["fact"] for row in rows]


def run_in_house(run, description):
    """The main of an end-to-end test: a small house, `run(house)` in it; on trouble the logs are shown."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--build", required=True, help="build folder with bin/")
    arguments = parser.parse_args()
    with (tempfile.TemporaryDirectory(prefix="montbrillant-") as work,
          House(arguments.build, work, people=200, size="540x960") as house):
        try:
            run(house)
        except Trouble as trouble:
            print(f"NO   {trouble}", file=sys.stderr)
            for log in sorted(pathlib.Path(work).glob("*.log")):
                print(f"--- {log.name}\n{log.read_text()[-4000:]}", file=sys.stderr)
            return 1
    return 0
