#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may speak to the registry: a kiosk is enrolled from the picture of a QR code alone, over TLS; a token used twice,
a registry in its place, plain HTTP and a revoked certificate are refused, by curl as by the kiosk."""

import json
import subprocess
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from house import Trouble, run_in_house  # noqa: E402


def check(good, sentence):
    if not good:
        raise Trouble(f"NOT: {sentence}")
    print(f"  {sentence}", flush=True)


def outcome(house, *arguments, data):
    """Exit code and words of one call of `montbrillant`."""
    done = subprocess.run([house.program("montbrillant"), "--data", str(data), *map(str, arguments)],
                          capture_output=True, text=True, env=house.environment, timeout=60)
    return done.returncode, done.stdout + done.stderr


def curl(house, target, *options, scheme="https"):
    """Status (0: no answer), and the error of the body."""
    done = subprocess.run(["curl", "--silent", "--cacert", str(house.tls / "ca.pem"), "--write-out", "\n%{http_code}",
                           *options, f"{scheme}://127.0.0.1:{house.registry_port}{target}"],
                          capture_output=True, text=True, timeout=60)
    body, _, status = done.stdout.rpartition("\n")
    try:
        return int(status), json.loads(body).get("error", "")
    except ValueError:
        return int(status), ""


def enrol_by_picture(house):
    text = picture_text(house, "K2")
    check((house.work / "K2.png").stat().st_mode & 0o777 == 0o600, "the picture of the token is its owner's alone")
    check(text.startswith("montbrillant:enrol?"), "another program reads the QR code")
    code, words = outcome(house, "enrol", text, data=house.kiosk_data)
    check(code == 0, f"a kiosk is enrolled from the picture alone: {words.strip()}")
    code, words = outcome(house, "enrol", text, data=house.work / "second")
    check(code == 1 and "used already" in words, "the same token a second time is refused")
    house.command("sync", "now", data=house.kiosk_data)
    check(house.knows(house.delegates[0]["registration_id"]), "it has the people of the event")


def picture_text(house, name):
    picture = house.work / f"{name}.png"
    house.registry_command("enrol-token", "--name", name, "--qr", picture)
    return subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True,
                          check=True).stdout.strip()


def typed(house):
    token = house.registry_command("enrol-token", "--name", "K3").split()[0]
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    code, words = outcome(house, "enrol", house.registry_url, other, data=house.work / "k3")
    check(code == 1 and "not the registry" in words, "a token of another registry's key is not told to this one")
    code, words = outcome(house, "enrol", house.registry_url, token, data=house.work / "k3")
    check(code == 0, "the same token, typed whole, enrols")
    code, words = outcome(house, "enrol", "http://192.0.2.7:8317", token, data=house.work / "k4")
    check(code == 2 and "this machine alone" in words, "plain HTTP is refused outside loopback by the kiosk")
    refused = subprocess.run(
        [house.program("montbrillant-registry"), "serve", "--store", f"sqlite:{house.work}/other/registry.db",
         "--listen", "0.0.0.0:0", "--insecure-loopback"], capture_output=True, text=True, timeout=60)
    check(refused.returncode == 2 and "this machine alone" in refused.stderr, "and by the registry")


def by_curl(house):
    link = json.loads((house.kiosk_data / "registry-link.json").read_text())
    key = json.loads((house.kiosk_data / "event.key").read_text())["device_secret"][:64]
    der = bytes.fromhex("302e020100300506032b657004220420" + key)
    files = {"device.pem": link["certificate"].encode(), "device.der": der}
    for name, content in files.items():
        (house.work / name).write_bytes(content)
    identity = ["--cert", str(house.work / "device.pem"), "--key", str(house.work / "device.der"), "--key-type", "DER"]
    pull = f"/v1/sync/pull?device=K2&cursor=0:{'0' * 64}"
    check(curl(house, "/healthz") == (200, ""), "curl trusts the registry by its authority's certificate")
    check(curl(house, "/healthz", scheme="http") == (0, ""), "and gets no answer in clear")
    check(curl(house, pull, *identity) == (401, "signature"), "a certificate without a signature opens nothing")
    return identity


def revoked(house, identity):
    waiting = house.command("sync", "status", data=house.kiosk_data)[0]["waiting"]
    house.command("checkin", house.delegates[0]["registration_id"], data=house.kiosk_data)
    more = house.command("sync", "status", data=house.kiosk_data)[0]["waiting"]
    house.registry_command("device", "revoke", "K2")
    before = house.registry_command("device", "list")
    code, words = outcome(house, "sync", "now", data=house.kiosk_data)
    check(code == 1 and "keys wiped" in words, "a revoked kiosk is told so, and wipes its keys")
    after = next(line.split() for line in house.registry_command("device", "list").splitlines() if "K2" in line)
    check(more > waiting and int(after[3]) >= more and after[2] == "gone", "after it handed over what waited")
    check("revoked" in before, "until then it was let in for that")
    check(not (house.kiosk_data / "registry-link.json").exists(), "its certificate is erased")
    check(set(json.loads((house.kiosk_data / "event.key").read_text())["device_secret"]) == {"0"}, "and its key")
    body = house.work / "leave.json"
    body.write_text(json.dumps({"protocol": 1, "device": "K2", "epoch": 1, "last_counter": 0}))
    status, error = curl(house, "/v1/sync/leave", *identity, "--data", f"@{body}")
    check((status, error) == (401, "signature"), "a copy of the revoked certificate opens nothing")


def run(house):
    house.write_plain_config()
    house.prepare_event()
    house.start_registry()
    enrol_by_picture(house)
    typed(house)
    revoked(house, by_curl(house))


if __name__ == "__main__":
    sys.exit(run_in_house(run, __doc__))
