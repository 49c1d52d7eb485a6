#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every answer of a running registry is what sync/protocol/openapi.yaml says; every error in it is brought about.

openapi_test.py REGISTRY REPOSITORY. A second implementation of the device's side over TLS: requests are curl's, hashes
hashlib's BLAKE2b, signatures libsodium's and certificates openssl's, so that nothing of the program under test judges
itself.
"""
import ctypes
import hashlib
import json
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path

import yaml

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import jsonschema

REGISTRY, ROOT = sys.argv[1], Path(sys.argv[2])
DOCUMENT = yaml.safe_load((ROOT / "sync/protocol/openapi.yaml").read_text(encoding="utf-8"))
ZERO = "0" * 64
SODIUM = ctypes.CDLL("libsodium.so.23")
SODIUM.sodium_init()
seen = set()


def check(good, sentence):
    if not good:
        sys.exit(f"FAILED: {sentence}")


def blake2b(*parts: bytes) -> str:
    return hashlib.blake2b(b"".join(parts), digest_size=32).hexdigest()


class Key:
    def __init__(self, seed: bytes):
        self.public, self.secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(self.public, self.secret, seed)

    def sign(self, text: str) -> str:
        out, data = ctypes.create_string_buffer(64), text.encode()
        SODIUM.crypto_sign_detached(out, None, data, ctypes.c_ulonglong(len(data)), self.secret)
        return out.raw.hex()


def seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    """XChaCha20-Poly1305: a nonce of 24 bytes, then the ciphertext and its tag."""
    nonce, out = hashlib.sha256(plain).digest()[:24], ctypes.create_string_buffer(len(plain) + 16)
    long = ctypes.c_ulonglong
    SODIUM.crypto_aead_xchacha20poly1305_ietf_encrypt(out, None, plain, long(len(plain)), context, long(len(context)),
                                                      None, nonce, key)
    return nonce + out.raw


def record(master: bytes, person: dict) -> dict:
    delegate, key = person["registration_id"], b"3" * 32
    return {"delegate": delegate, "wrapped_key": seal(master, key, f"key/{delegate}".encode()).hex(),
            "sealed": seal(key, json.dumps(person).encode(), f"person/{delegate}".encode()).hex()}


def resolve(node):
    """A $ref of a response stands for the response itself."""
    while isinstance(node, dict) and "$ref" in node:
        target = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def validate(value, schema, place):
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": DOCUMENT["components"], **schema}
    errors = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
    check(not errors, f"{place}: {errors[0].message if errors else ''} in {json.dumps(value)[:300]}")


def path_of(target):
    """The document's name of what is asked."""
    path = target.split("?")[0]
    return "/v1/reports/{name}" if path.startswith("/v1/reports/") else path


class Caller:
    """curl, with the device's certificate if it has one."""

    def __init__(self, folder, port):
        self.folder, self.port, self.registry, self.certificate = Path(folder), port, "", None

    def raw(self, method, target, body=b"", headers=None, certificate=None, scheme="https"):
        sent = self.folder / "body"
        sent.write_bytes(body)
        command = ["curl", "--silent", "--show-error", "--max-time", "40", "--cacert", str(self.folder / "tls/ca.pem"),
                   "--tlsv1.3", "--request", method, "--write-out", r"\n%{http_code} %{content_type}"]
        for name, value in (headers or {}).items():
            command += ["--header", f"{name}: {value}"]
        if body:
            command += ["--data-binary", f"@{sent}"]
        if certificate:
            command += ["--cert", str(certificate), "--key", str(self.folder / "device.key")]
        done = subprocess.run(command + [f"{scheme}://localhost:{self.port}{target}"], capture_output=True, check=False)
        data, _, end = done.stdout.rpartition(b"\n")
        status, _, kind = end.decode().partition(" ")
        return int(status), kind, data

    def call(self, method, target, body=b"", key=None, signature=None, token=None, certificate="", more=None):
        """The answer, checked against the document."""
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **(more or {})}
        if key is not None:
            text = f"montbrillant request 1\n{self.registry}\n{method}\n{target}\n{blake2b(body)}\n"
            headers["Montbrillant-Signature"] = signature or key.sign(text)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        shown = self.certificate if certificate == "" else certificate
        status, kind, data = self.raw(method, target, body, headers, shown)
        path = path_of(target)
        operation = DOCUMENT["paths"][path][method.lower()]
        check(str(status) in operation["responses"], f"{method} {path} answers {status}, not in the document: {data}")
        response = resolve(operation["responses"][str(status)])
        content = response["content"]
        check(kind.split(";")[0] in content, f"{method} {path} answers {kind}")
        if kind == "application/zstd":
            return status, data
        if "json" not in kind:
            check(re.search(content[kind.split(";")[0]]["schema"].get("pattern", ""), data.decode()), f"{path}: {data}")
            return status, data.decode()
        value = json.loads(data)
        validate(value, content["application/json"]["schema"], f"{method} {path} {status}")
        if status >= 400:
            seen.add((path, status, value["error"]))
        return status, value

    def error(self, wanted, *arguments, **how):
        """The call is refused with this code."""
        status, answer = self.call(*arguments, **how)
        got = answer.get("error") if isinstance(answer, dict) else ""
        check(got == wanted, f"{arguments[:2]} is refused as {wanted}, not {status} {answer}")
        return answer


def documented_errors():
    """(path, status, code) of every error that the document names."""
    for path, operations in DOCUMENT["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                media = resolve(response)["content"].get("application/json", {})
                for code, example in media.get("examples", {}).items():
                    value = resolve(example)["value"]
                    validate(value, media["schema"], f"example {code}")
                    check(value["error"] == code, f"example {code}")
                    yield path, int(status), code


class Chain:
    """A device's facts as vectors/facts.json describes them."""

    def __init__(self, device):
        self.device, self.facts, self.prev = device, [], ZERO

    def add(self, kind, data, record=None):
        counter = len(self.facts) + 1
        envelope = {"actor": "kiosk", "at": 1504510200000, "counter": counter, "data": data, "device": self.device,
                    "epoch": 1, "id": f"015e4b7c-b8c0-7000-8000-{counter:012d}", "kind": kind, "mono": counter, "v": 1}
        text = json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        fact = {"bytes": text, "prev": self.prev, "hash": blake2b(bytes.fromhex(self.prev), text.encode())}
        if record:
            fact["record"] = record
        self.facts.append(fact)
        self.prev = fact["hash"]

    def push(self, caller, key, first=1, facts=None, how=None, **changes):
        facts = self.facts[first - 1:] if facts is None else facts
        body = {"protocol": 1, "device": self.device, "epoch": 1, "facts": facts, **changes}
        if facts and "head_signature" not in changes:
            counter = json.loads(facts[-1]["bytes"])["counter"]
            body["head_signature"] = key.sign(
                f"montbrillant head 1\n{caller.registry}\n{self.device}\n1\n{counter}\n{facts[-1]['hash']}\n")
        if not changes and facts:
            validate(body, {"$ref": "#/components/schemas/PushRequest"}, "our own push")
        return caller.call("POST", "/v1/sync/push", body, key, **(how or {}))


def unpacked(frames):
    """Each frame of zstd, unpacked by libzstd."""
    zstd, size = ctypes.CDLL("libzstd.so.1"), ctypes.c_size_t
    zstd.ZSTD_findFrameCompressedSize.restype = zstd.ZSTD_decompress.restype = size
    zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    texts = []
    while frames:
        packed = zstd.ZSTD_findFrameCompressedSize(frames, size(len(frames)))
        out = ctypes.create_string_buffer(zstd.ZSTD_getFrameContentSize(frames, size(len(frames))))
        got = zstd.ZSTD_decompress(out, size(len(out)), frames, size(packed))
        check(got == len(out), "a frame of the snapshot can be unpacked")
        texts.append((packed, out.raw))
        frames = frames[packed:]
    return texts


def vectors():
    prev, log = ZERO, ZERO
    for fact in json.loads((ROOT / "sync/protocol/vectors/facts.json").read_text(encoding="utf-8"))["facts"]:
        check(fact["prev"] == prev, "the facts of the vectors follow each other")
        check(blake2b(bytes.fromhex(prev), fact["bytes"].encode()) == fact["hash"], "a fact's hash is BLAKE2b")
        log = blake2b(bytes.fromhex(log), bytes.fromhex(fact["hash"]))
        check(log == fact["log_hash"], "the log's hash is BLAKE2b")
        prev = fact["hash"]
    doc = json.loads((ROOT / "sync/protocol/vectors/signatures.json").read_text(encoding="utf-8"))
    key = Key(bytes.fromhex(doc["seed"]))
    check(key.public.raw.hex() == doc["public_key"], "the vectors' key is libsodium's")
    for vector in [*doc["requests"], doc["head"]]:
        check(key.sign(vector["text"]) == vector["signature"], "the vectors' signatures are libsodium's")


def registry(store, *arguments):
    done = subprocess.run([REGISTRY, *arguments, "--store", store, "--json"], capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)


def token(store, name):
    return registry(store, "enrol-token", "--name", name)["token"]


def write_key(folder, key):
    """The device's key as openssl and curl read it (RFC 8410)."""
    der = bytes.fromhex("302e020100300506032b657004220420") + key.secret.raw[:32]
    (folder / "device.der").write_bytes(der)
    subprocess.run(["openssl", "pkey", "-inform", "DER", "-in", str(folder / "device.der"), "-out",
                    str(folder / "device.key")], check=True)


def certificate(folder, device, epoch, name, days=14):
    """One that the registry's authority signs, by another program; 0 days: it has expired."""
    request, out = folder / "request.pem", folder / name
    subprocess.run(["openssl", "req", "-new", "-key", str(folder / "device.key"), "-subj",
                    f"/CN={device}/serialNumber={epoch}", "-out", str(request)], check=True)
    subprocess.run(["openssl", "x509", "-req", "-in", str(request), "-CA", str(folder / "tls/ca.pem"), "-CAkey",
                    str(folder / "tls/ca.key"), "-days", str(days), "-set_serial", "7", "-out", str(out)], check=True,
                   capture_output=True)
    return out


def enrol(caller, store):
    word, key = token(store, "K1"), Key(b"1" * 32)
    request = {"protocol": 1, "token": word, "public_key": key.public.raw.hex()}
    for change, status, error in (({"protocol": 9}, 426, "protocol"), ({"public_key": "ab"}, 400, "malformed"),
                                  ({"token": "0000-0000-0000-0000"}, 401, "token")):
        got, answer = caller.call("POST", "/v1/enrol", {**request, **change})
        check((got, answer["error"]) == (status, error), f"enrolment with {change}: {got} {answer}")
    check(caller.call("POST", "/v1/enrol", b"x" * 20000)[0] == 413, "a body of 20,000 bytes is too large")
    status, answer = caller.call("POST", "/v1/enrol", request)
    check(status == 200 and answer["device"] == "K1" and answer["epoch"] == 1, f"enrolment: {answer}")
    check(caller.call("POST", "/v1/enrol", request)[1]["keys"] == answer["keys"], "a lost answer comes again")
    other = {**request, "public_key": Key(b"2" * 32).public.raw.hex()}
    check(caller.call("POST", "/v1/enrol", other)[0] == 401, "a used token is no token")
    caller.registry, caller.certificate = answer["registry_id"], caller.folder / "device.pem"
    caller.certificate.write_text(answer["tls"]["certificate"], encoding="utf-8")
    write_key(caller.folder, key)
    return key, bytes.fromhex(answer["keys"]["master"])


def push(caller, key, master):
    chain = Chain("K1")
    part = {"category": "member_state", "confirmed_by": "", "delegation": "CHE", "flags": [], "language": "fr",
            "role": "delegate", "state": "approved"}
    chain.add("delegate.registered", {"delegate": "R-1", "participation": part, "provisional": False},
              record(master, {"registration_id": "R-1", "badge_name": "Zoé", "category": "member_state",
                              "role": "delegate", "state": "approved", "language": "fr"}))
    chain.add("delegate.checked_in", {"delegate": "R-1", "identified_by": "code", "released_by": None})
    chain.add("delegate.checked_in", {"delegate": "R-1", "identified_by": "code", "released_by": None})
    chain.add("robot.waved", {"greeting": "鑰匙 “é”\n"})
    chain.add("delegate.checked_in", {"delegate": 5})
    check(chain.push(caller, key, facts=[])[1]["last_counter"] == 0, "at first the registry has nothing")
    status, answer = chain.push(caller, key, first=3)
    check((status, answer["error"], answer["expect"]) == (409, "gap", 1), f"a gap: {answer}")
    status, answer = chain.push(caller, key)
    verdicts = [outcome["verdict"] for outcome in answer["outcomes"]]
    check(verdicts == ["accepted", "accepted", "conflict", "accepted", "rejected"], f"verdicts: {verdicts}")
    check(answer["last_counter"] == 5 and answer["last_hash"] == chain.prev, "it says where it stands")
    check(chain.push(caller, key)[1]["outcomes"] == answer["outcomes"], "a repeated push has its stored outcomes")
    for changes, status, error in (({"protocol": 2}, 426, "protocol"), ({"epoch": 2}, 400, "malformed"),
                                   ({"head_signature": "0" * 128}, 401, "signature"),
                                   ({"device": 7}, 400, "malformed")):
        got, answer = chain.push(caller, key, **changes)
        check((got, answer["error"]) == (status, error), f"push with {changes}: {got} {answer}")
    twisted = [{**chain.facts[0], "hash": ZERO}]
    check(chain.push(caller, key, facts=twisted)[0] == 400, "bytes that do not match their hash are refused")
    check(Chain("K9").push(caller, key, facts=[])[1]["error"] == "device", "an unknown device is told so")
    check(caller.call("POST", "/v1/sync/push", b" " * (5 << 20), key)[0] == 413, "5 MiB are too large")
    return chain


def pull(caller, key, chain):
    def ask(cursor, rest="", **how):
        return caller.call("GET", f"/v1/sync/pull?device=K1&cursor={cursor}{rest}", b"", key, **how)
    status, page = ask(f"0:{ZERO}", "&limit=2")
    check(len(page["rows"]) == 2 and page["more"], "a page is as long as asked")
    check(page["rows"][0].get("record") == chain.facts[0]["record"], "a record comes back as it went")
    rows, log = [], ZERO
    place = {"seq": 0, "log_hash": ZERO}
    while True:
        page = ask(f"{place['seq']}:{place['log_hash']}", "&limit=2")[1]
        rows, place = rows + page["rows"], page["next"]
        if not page["more"]:
            break
    check([row["seq"] for row in rows] == list(range(1, len(rows) + 1)), "seq has no gap")
    check([row["bytes"] for row in rows] == [fact["bytes"] for fact in chain.facts], "bytes come back as they went")
    for row in rows:
        log = blake2b(bytes.fromhex(log), bytes.fromhex(row["hash"]))
        check(log == row["log_hash"], "the log's chain holds")
    head = f"{place['seq']}:{place['log_hash']}"
    check(ask(head, "&wait=1")[1]["rows"] == [], "nothing new after waiting")
    check(ask(f"5:{ZERO}")[1]["error"] == "reset", "a cursor of another log is told so")
    check(ask(f"99:{ZERO}")[1]["error"] == "reset", "a cursor beyond the log is told so")
    check(ask("5")[0] == 400 and ask(head, "&limit=501")[0] == 400, "a malformed question is told so")
    check(ask(head, signature="0" * 128)[1]["error"] == "signature", "a forged signature is told so")
    target = "/v1/sync/snapshot?device=K1"
    caller.error("no_snapshot", "GET", target, key=key)
    caller.error("signature", "GET", target, key=key, signature="0" * 128)
    caller.error("malformed", "GET", target + "_", key=key)


def snapshot(caller, key, chain):
    """The log in one piece, by K4, which makes it long enough for one."""
    target = "/v1/sync/snapshot?device=K4"
    for start in range(1, 1000, 200):
        for number in range(200):
            chain.add("robot.waved", {"greeting": f"{start + number}"})
        check(chain.push(caller, key, first=start + 1)[0] == 200, "200 facts")
    status = 404
    while status == 404:
        status, whole = caller.call("GET", target, key=key)
    (head_bytes, line), *segments = unpacked(whole)
    head = json.loads(line)
    validate(head, {"$ref": "#/components/schemas/SnapshotHead"}, "the head of the snapshot")
    check(head["registry_id"] == caller.registry and [size for size, _ in segments] == head["segments"], f"{head}")
    rows, log = [json.loads(line) for _, text in segments for line in text.splitlines()], ZERO
    for row in rows:
        validate(row, {"$ref": "#/components/schemas/PullRow"}, "a row of the snapshot")
        log = blake2b(bytes.fromhex(log), bytes.fromhex(row["hash"]))
        check(log == row["log_hash"], "the log's chain holds")
    check([row["seq"] for row in rows] == list(range(1, len(rows) + 1)), "seq has no gap")
    check(head["end"] == {"seq": len(rows), "log_hash": log} and len(rows) % head["segment_rows"] == 0, "its end")
    first = caller.call("GET", f"/v1/sync/pull?device=K4&cursor=0:{ZERO}&limit=5", key=key)[1]["rows"]
    check(rows[:5] == first, "its rows are those of a pull")
    status, part = caller.call("GET", target, key=key, more={"Range": f"bytes={head_bytes}-{head_bytes + 99}"})
    check((status, part) == (206, whole[head_bytes:head_bytes + 100]), f"a part of it: {status}")
    caller.error("range", "GET", target, key=key, more={"Range": f"bytes={len(whole)}-"})
    caller.error("changed", "GET", target, key=key, more={"Range": "bytes=0-9", "If-Match": '"other"'})
    how = {"Range": "bytes=0-9", "If-Range": '"other"'}
    check(caller.call("GET", target, key=key, more=how)[0] == 200, "all of another state")


def identity(caller, key, chain):
    """What proves a device: its signature and its certificate, both."""
    pull_target = f"/v1/sync/pull?device=K1&cursor=0:{ZERO}"
    renewal = {"protocol": 1, "device": "K1", "epoch": 1}
    leaving = {**renewal, "last_counter": 5}
    expired = certificate(caller.folder, "K1", 1, "expired.pem", days=0)
    other = certificate(caller.folder, "K2", 1, "other.pem")
    for path, body in (("/v1/renew", renewal), ("/v1/sync/leave", leaving), ("/v1/sync/push", chain)):
        def ask(device="K1", path=path, body=body, **how):
            if path == "/v1/sync/push":
                signer = how.pop("key")
                return Chain(device).push(caller, signer, facts=[], how=how)[1]["error"]
            return caller.call("POST", path, {**body, "device": device}, **how)[1]["error"]
        check(ask("K9", key=key) == "device", f"{path}: an unknown device")
        check(ask(key=key, signature="0" * 128) == "signature", f"{path}: a forged signature")
        check(ask(key=key, certificate=None) == "certificate", f"{path}: no certificate")
        check(ask(key=key, certificate=other) == "certificate", f"{path}: another device's certificate")
        if path != "/v1/renew":
            check(ask(key=key, certificate=expired) == "expired", f"{path}: an expired certificate")
            caller.error("malformed", "POST", path, b"{}", key=key)
            caller.error("protocol", "POST", path, {**leaving, "protocol": 9, "facts": []}, key=key)
    for path, body in (("/v1/renew", renewal), ("/v1/sync/leave", leaving)):
        caller.error("too_large", "POST", path, b"x" * 20000, key=key)
        caller.error("malformed", "POST", path, b"[]", key=key)
        caller.error("protocol", "POST", path, {**body, "protocol": 9}, key=key)
    for target in (pull_target, "/v1/sync/snapshot?device=K1"):
        caller.error("device", "GET", target.replace("K1", "K9"), key=key)
        caller.error("certificate", "GET", target, key=key, certificate=None)
        caller.error("expired", "GET", target, key=key, certificate=expired)
    caller.error("in_service", "POST", "/v1/sync/leave", leaving, key=key)
    status, answer = caller.call("POST", "/v1/renew", renewal, key=key, certificate=expired)
    check(status == 200, f"an expired certificate is renewed with the signature: {answer}")
    caller.certificate.write_text(answer["certificate"], encoding="utf-8")
    check(caller.call("GET", pull_target, key=key)[0] == 200, "and the new one is good")
    check(caller.raw("GET", "/healthz", scheme="http")[0] == 0, "plain HTTP gets no answer")


def organizer(caller, store):
    tokens = {scope: registry(store, "token", "add", "--name", scope, "--scope", scope)["token"]
              for scope in ("people", "reports", "conflicts", "metrics")}
    for target, scope in (("/v1/people", "people"), ("/v1/reports/arrivals", "reports"),
                          ("/v1/conflicts", "conflicts"), ("/metrics", "metrics")):
        caller.error("authorization", "GET", target)
        caller.error("authorization", "GET", target, token="mbt_" + "0" * 32)
        caller.error("scope", "GET", target, token=tokens["people" if scope != "people" else "metrics"])
        check(caller.call("GET", target, token=tokens[scope])[0] == 200, f"{target} with its scope")
    text = caller.call("GET", "/metrics", token=tokens["metrics"])[1]
    check(re.search(r'^montbrillant_facts_total\{verdict="conflict"\} 1$', text, re.MULTILINE), text)
    check(re.search(r"^montbrillant_devices 1$", text, re.MULTILINE), text)
    page = caller.call("GET", "/v1/people?limit=1", token=tokens["people"])[1]
    check([p["registration_id"] for p in page["people"]] == ["R-1"] and page["people"][0]["checked_in"], f"{page}")
    check(caller.call("GET", "/v1/people?after=R-1", token=tokens["people"])[1]["people"] == [], "after the last: none")
    caller.error("malformed", "GET", "/v1/people?limit=0", token=tokens["people"])
    caller.error("malformed", "GET", "/v1/reports/roster?format=pdf", token=tokens["reports"])
    caller.error("not_found", "GET", "/v1/reports/everything", token=tokens["reports"])
    rows = caller.call("GET", "/v1/reports/roster", token=tokens["reports"])[1]["rows"]
    check(rows == [["CHE", "R-1", "Zoé", "member_state", "delegate", "yes"]], f"the roster: {rows}")
    table = caller.call("GET", "/v1/reports/roster?format=csv", token=tokens["reports"])[1]
    check(table.startswith("delegation,registration_id,") and "R-1" in table, table)
    conflicts = caller.call("GET", "/v1/conflicts", token=tokens["conflicts"])[1]["conflicts"]
    check([(c["kind"], c["open"], c["device"]) for c in conflicts] == [("double_check_in", True, "K1")], f"{conflicts}")
    check(len(caller.call("GET", "/today")[1]["sessions"]) > 0, "today's sessions are for everybody")
    check("BEGIN:VEVENT\r\n" in caller.call("GET", "/today.ics")[1], "and the calendar")
    facts = subprocess.run([REGISTRY, "token", "list", "--store", store], capture_output=True, text=True, check=True)
    check(all(token not in facts.stdout for token in tokens.values()), "a token is shown once")
    registry(store, "token", "revoke", "people")
    caller.error("authorization", "GET", "/v1/people", token=tokens["people"])
    tokens["people"] = registry(store, "token", "add", "--name", "again", "--scope", "people")["token"]
    return tokens


def import_people(caller, store):
    word = registry(store, "token", "add", "--name", "crm", "--scope", "import")["token"]
    other = registry(store, "token", "add", "--name", "other", "--scope", "people")["token"]
    target = "/v1/people:import"
    head = "registration_id,family_name,badge_name,category,role,state,delegation,language\n"
    good = (head + "R-77,Lima,Ana Lima,member_state,delegate,approved,PRT,en\n").encode()
    bad = (head + "R-78,Li,Bo Li,martian,delegate,approved,CHN,zh\n"
           "R-79,Oz,Cy Oz,member_state,delegate,approved,TUR,en\n").encode()
    caller.error("authorization", "POST", target, good)
    caller.error("scope", "POST", target, good, token=other)
    caller.error("malformed", "POST", target, bad, token=word)
    caller.error("malformed", "POST", target + "?skip_bad=perhaps", good, token=word)
    caller.error("too_large", "POST", target, b"x" * (5 << 20), token=word)
    taken = caller.call("POST", target, good, token=word)[1]
    check((taken.get("imported"), taken.get("bad_rows")) == (1, 0), f"imported: {taken}")
    check(caller.call("POST", target, good, token=word)[1]["unchanged"] == 1, "the same again changes nothing")
    taken = caller.call("POST", target + "?skip_bad=true", bad, token=word)[1]
    check((taken["imported"], taken["bad_rows"]) == (1, 1), f"the good rows of it: {taken}")
    return target, good.replace(b"Ana Lima", b"Ana Lima Reis"), word


def others(caller):
    for path in ("/healthz", "/readyz"):
        check(caller.call("GET", path)[0] == 200, path)
    refusal = {"$ref": "#/components/schemas/Refusal"}
    for method, target, status, error in (("GET", "/v2", 404, "not_found"), ("PUT", "/v1/enrol", 405, "method"),
                                          ("GET", "/v1/sync/push", 405, "method"), ("POST", "/today", 405, "method"),
                                          ("POST", "/v1/people", 405, "method")):
        got, _, data = caller.raw(method, target)
        check((got, json.loads(data)["error"]) == (status, error), f"{method} {target}: {got}")
        validate(json.loads(data), refusal, f"{method} {target}")
    got, _, data = caller.raw("GET", "/healthz", headers={"X-Long": "x" * 9000})
    check((got, json.loads(data)["error"]) == (431, "too_large"), f"a header of 9,000 bytes: {got}")


def full_disk(caller, process, key, chain, tokens, store, importing):
    """The registry's files may not grow: what must be written is refused, what was written is still read."""
    word = token(store, "K3")
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    chain.add("robot.waved", {"greeting": "not now"})
    caller.error("storage", "GET", "/readyz")
    caller.error("storage", "POST", "/v1/enrol",
                 {"protocol": 1, "token": word, "public_key": Key(b"3" * 32).public.raw.hex()})
    check(chain.push(caller, key, first=6)[1]["error"] == "storage", "a push is not taken")
    target, people, word = importing
    caller.error("storage", "POST", target, people, token=word)
    caller.error("storage", "GET", "/v1/people", token=tokens["people"])
    caller.error("storage", "GET", "/v1/reports/roster", token=tokens["reports"])
    check(caller.call("GET", f"/v1/sync/pull?device=K1&cursor=0:{ZERO}", key=key)[0] == 200, "pulls go on")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
    check(caller.call("GET", "/readyz")[0] == 200, "with room again it is ready")
    check(chain.push(caller, key, first=6)[0] == 200, "and takes what was refused")


def revocation(caller, process, store, key, chain):
    pull_target = f"/v1/sync/pull?device=K1&cursor=0:{ZERO}"
    renewal = {"protocol": 1, "device": "K1", "epoch": 1}
    registry(store, "device", "revoke", "K1")
    caller.error("revoked", "GET", pull_target, key=key)
    caller.error("revoked", "GET", "/v1/sync/snapshot?device=K1", key=key)
    caller.error("revoked", "POST", "/v1/renew", renewal, key=key)
    chain.add("robot.waved", {"greeting": "goodbye"})
    expect = caller.error("gap", "POST", "/v1/sync/leave", {**renewal, "last_counter": 7}, key=key)["expect"]
    check(expect == 7, "it is told what lacks")
    check(chain.push(caller, key, first=7)[0] == 200, "a revoked device hands over what it wrote")
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    caller.error("storage", "POST", "/v1/sync/leave", {**renewal, "last_counter": 7}, key=key)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
    check(caller.call("POST", "/v1/sync/leave", {**renewal, "last_counter": 7}, key=key)[0] == 200, "and leaves")
    caller.error("wipe", "GET", pull_target, key=key)
    caller.error("wipe", "GET", "/v1/sync/snapshot?device=K1", key=key)
    caller.error("wipe", "POST", "/v1/renew", renewal, key=key)
    caller.error("wipe", "POST", "/v1/sync/leave", {**renewal, "last_counter": 7}, key=key)
    check(chain.push(caller, key, facts=[])[1]["error"] == "wipe", "a push too")


def fork(caller, store):
    """A device whose disk was cloned is shut out."""
    word, key = token(store, "K4"), Key(b"4" * 32)
    request = {"protocol": 1, "token": word, "public_key": key.public.raw.hex()}
    caller.certificate.write_text(caller.call("POST", "/v1/enrol", request)[1]["tls"]["certificate"], encoding="utf-8")
    write_key(caller.folder, key)
    chain, clone = Chain("K4"), Chain("K4")
    chain.add("robot.waved", {"greeting": "hello"})
    check(chain.push(caller, key)[0] == 200, "a fact")
    snapshot(caller, key, chain)
    clone.add("robot.waved", {"greeting": "from the clone"})
    check(clone.push(caller, key)[1]["error"] == "fork", "another fact under the same number is a fork")
    check(clone.push(caller, key, facts=[])[1]["error"] == "fork", "and the device is shut out")
    same = {"protocol": 1, "device": "K4", "epoch": 1}
    caller.error("fork", "GET", f"/v1/sync/pull?device=K4&cursor=0:{ZERO}", key=key)
    caller.error("fork", "GET", "/v1/sync/snapshot?device=K4", key=key)
    caller.error("fork", "POST", "/v1/renew", same, key=key)
    caller.error("fork", "POST", "/v1/sync/leave", {**same, "last_counter": 1}, key=key)
    again = {**request, "token": token(store, "K4"), "epoch": 1}
    caller.error("fork", "POST", "/v1/enrol", again)


class Server:
    def __init__(self, folder):
        self.folder, self.store = folder, f"sqlite:{folder}/registry/registry.db"
        self.start()

    def start(self):
        port_file = Path(self.folder) / "port"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen([REGISTRY, "serve", "--store", self.store, "--listen", "127.0.0.1:0",
                                         "--tls-dir", f"{self.folder}/tls", "--port-file", str(port_file), "--event",
                                         str(ROOT / "sync/domain/events/sg20-2017.toml")],
                                        stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "serving" in line:
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        return int(port_file.read_text(encoding="utf-8"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(timeout=20) == 0, "SIGTERM ends it with exit code 0")


def crowded(caller, server):
    """As many devices as a registry takes: written into its list while it is away."""
    server.stop()
    with sqlite3.connect(f"{server.folder}/registry/registry.db") as database:
        kept, = database.execute("SELECT value FROM setting WHERE key = 'registry.admission'").fetchone()
        text = kept.decode() if isinstance(kept, bytes) else kept
        listed = json.loads(text)
        listed["devices"] += [{**listed["devices"][0], "name": f"X{n}"} for n in range(1000)]
        text = json.dumps(listed)
        database.execute("UPDATE setting SET value = ? WHERE key = 'registry.admission'",
                         (text.encode() if isinstance(kept, bytes) else text,))
    database.close()
    caller.port = server.start()
    caller.error("busy", "POST", "/v1/enrol", {"protocol": 1, "token": token(server.store, "NEW"),
                                               "public_key": Key(b"5" * 32).public.raw.hex()})


def erased(caller, store):
    for command in (["close"], ["erase", "--yes", "--now", "--why", "a test"]):
        subprocess.run([REGISTRY, "event", *command, "--store", store], check=True, capture_output=True)
    caller.error("erased", "POST", "/v1/enrol", {"protocol": 1, "token": token(store, "K8"),
                                                 "public_key": Key(b"8" * 32).public.raw.hex()})


def main():
    vectors()
    with tempfile.TemporaryDirectory(prefix="openapi-") as folder:
        server = Server(folder)
        store = server.store
        try:
            port = int((Path(folder) / "port").read_text(encoding="utf-8"))
            caller = Caller(folder, port)
            key, master = enrol(caller, store)
            chain = push(caller, key, master)
            pull(caller, key, chain)
            identity(caller, key, chain)
            tokens = organizer(caller, store)
            others(caller)
            importing = import_people(caller, store)
            full_disk(caller, server.process, key, chain, tokens, store, importing)
            revocation(caller, server.process, store, key, chain)
            fork(caller, store)
            crowded(caller, server)
            erased(caller, store)
            server.stop()
        finally:
            server.process.kill()
    missing = sorted(set(documented_errors()) - seen)
    check(not missing, f"errors of the document that nothing brought about: {missing}")
    print(f"curl brought about each of {len(seen)} documented errors")


if __name__ == "__main__":
    main()
