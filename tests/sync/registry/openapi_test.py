#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every answer of a running registry is what sync/protocol/openapi.yaml says, for every call and refusal in it.

openapi_test.py REGISTRY REPOSITORY. A second implementation of the device's side: hashes are hashlib's BLAKE2b and
signatures libsodium's, so that nothing of the program under test judges itself.
"""
import ctypes
import hashlib
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
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


class Caller:
    def __init__(self, port):
        self.port, self.registry, self.key = port, "", None

    def raw(self, method, target, body=b"", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        connection.request(method, target, body or None, headers or {})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.getheader("Content-Type"), data

    def call(self, method, target, body=b"", key=None, signature=None):
        """The answer, checked against the document."""
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if key is not None:
            text = f"montbrillant request 1\n{self.registry}\n{method}\n{target}\n{blake2b(body)}\n"
            headers["Montbrillant-Signature"] = signature or key.sign(text)
        status, kind, data = self.raw(method, target, body, headers)
        path = target.split("?")[0]
        operation = DOCUMENT["paths"][path][method.lower()]
        check(str(status) in operation["responses"], f"{method} {path} answers {status}, not in the document: {data}")
        content = resolve(operation["responses"][str(status)])["content"]
        check(kind.split(";")[0] in content, f"{method} {path} answers {kind}")
        if "json" not in kind:
            return status, data.decode()
        value = json.loads(data)
        validate(value, content["application/json"]["schema"], f"{method} {path} {status}")
        seen.add((path, status, value.get("error", "")))
        return status, value


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

    def push(self, caller, key, first=1, facts=None, **changes):
        facts = self.facts[first - 1:] if facts is None else facts
        body = {"protocol": 1, "device": self.device, "epoch": 1, "facts": facts, **changes}
        if facts and "head_signature" not in changes:
            counter = json.loads(facts[-1]["bytes"])["counter"]
            body["head_signature"] = key.sign(
                f"montbrillant head 1\n{caller.registry}\n{self.device}\n1\n{counter}\n{facts[-1]['hash']}\n")
        if not changes and facts:
            validate(body, {"$ref": "#/components/schemas/PushRequest"}, "our own push")
        return caller.call("POST", "/v1/sync/push", body, key)


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


def token(store, name):
    done = subprocess.run([REGISTRY, "enrol-token", "--store", store, "--name", name, "--json"], capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)["token"]


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
    caller.registry = answer["registry_id"]
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


def fork(caller, key):
    """The last: it shuts the device out."""
    clone = Chain("K1")
    clone.add("robot.waved", {"greeting": "from the clone"})
    check(clone.push(caller, key)[1]["error"] == "fork", "another fact under the same number is a fork")
    check(clone.push(caller, key, facts=[])[1]["error"] == "fork", "and the device is shut out")
    status, answer = caller.call("GET", f"/v1/sync/pull?device=K1&cursor=0:{ZERO}", b"", key)
    check((status, answer["error"]) == (409, "fork"), "for pulls too")


def others(caller):
    for path in ("/healthz", "/readyz"):
        check(caller.call("GET", path)[0] == 200, path)
    text = caller.call("GET", "/metrics")[1]
    check(re.search(r'^montbrillant_facts_total\{verdict="conflict"\} 1$', text, re.MULTILINE), text)
    check(re.search(r"^montbrillant_log_head 5$", text, re.MULTILINE), text)
    refusal = {"$ref": "#/components/schemas/Refusal"}
    for method, target, status in (("GET", "/v2", 404), ("PUT", "/v1/enrol", 405), ("GET", "/v1/sync/push", 405)):
        got, _, data = caller.raw(method, target)
        check(got == status, f"{method} {target}: {got}")
        validate(json.loads(data), refusal, f"{method} {target}")
    got, _, data = caller.raw("GET", "/healthz", headers={"X-Long": "x" * 9000})
    check(got == 431, f"a header of 9,000 bytes: {got}")
    validate(json.loads(data), refusal, "long header")


def main():
    vectors()
    with tempfile.TemporaryDirectory(prefix="openapi-") as folder:
        store, port_file = f"sqlite:{folder}/registry/registry.db", Path(folder) / "port"
        process = subprocess.Popen([REGISTRY, "serve", "--store", store, "--listen", "127.0.0.1:0",
                                    "--insecure-loopback", "--port-file", str(port_file), "--event",
                                    str(ROOT / "sync/domain/events/sg20-2017.toml")], stderr=subprocess.PIPE, text=True)
        try:
            for line in process.stderr:
                if "serving" in line:
                    break
            caller = Caller(int(port_file.read_text()))
            key, master = enrol(caller, store)
            chain = push(caller, key, master)
            pull(caller, key, chain)
            others(caller)
            fork(caller, key)
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            check(process.wait(timeout=20) == 0, "SIGTERM ends it with exit code 0")
        finally:
            process.kill()
    codes = set(DOCUMENT["components"]["schemas"]["Refusal"]["properties"]["error"]["enum"])
    # These need a full queue, a broken disk or a manager's command; the other tests have them.
    missing = codes - {error for _, _, error in seen} - {"not_found", "method", "busy", "storage", "revoked"}
    check(not missing, f"refusals that nothing brought about: {missing}")
    print(f"{len(seen)} kinds of answers are as the document says")


if __name__ == "__main__":
    main()
