#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks an exported journal with nothing but what montbrillant(1) says of its format."""
import hashlib
import json
import sys


def blake2b(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).hexdigest()


def main():
    chains, log, place = {}, bytes(32).hex(), 0
    with open(sys.argv[1], encoding="utf-8") as lines:
        for number, text in enumerate(lines, 1):
            row = json.loads(text)
            chain = (row["device"], row["epoch"])
            counter, previous = chains.get(chain, (0, bytes(32).hex()))
            wanted = blake2b(bytes.fromhex(previous), row["bytes"].encode())
            if row["counter"] != counter + 1 or row["previous"] != previous or row["hash"] != wanted:
                sys.exit(f"line {number}: fact {row['counter']} of {row['device']} breaks its chain")
            if json.loads(row["bytes"]) != row["fact"]:
                sys.exit(f"line {number}: the fact is not its bytes")
            chains[chain] = (row["counter"], row["hash"])
            if row["seq"] is not None:
                place, log = place + 1, blake2b(bytes.fromhex(log), bytes.fromhex(row["hash"]))
                if row["seq"] != place or row["log_hash"] != log:
                    sys.exit(f"line {number}: the log breaks at {row['seq']}")
    print(f"{sum(c for c, _ in chains.values())} facts hold")


if __name__ == "__main__":
    main()
