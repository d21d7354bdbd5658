#!/usr/bin/env python3
"""A damaged database is repaired: the new one passes the deep check, and nothing that the damage
did not touch is missing.

Two sources state people, companies, employments, ties, decisions, opportunities and interactions.
The file is damaged at random. When no record of truth was lost, the dump of the repaired file is
the dump of the file before, byte by byte; else every line that is missing is accounted for by
records that are lost. `check --deep --json` lists the faults of the damaged file, which is never
written. The audit log goes on where it was, or begins anew as it was set when all is built anew.

The program is $WARMPATH; `--seed N --cases N` replays.
"""

import json
import os
import random
import sys

import _tool

TRUTH = {"meta", "source", "person", "company", "identity", "employment", "interaction", "tie",
         "restated", "consent", "private", "opportunity", "role", "merge", "barrier", "suppressed",
         "recent"}
RECORDS_OF_RECENT = 64  # that a record of the table "recent" may hold
DB, BAD, NEW = "whole.warmpath", "bad.warmpath", "new.warmpath"


def rows(source):
    """Statements; the second source repeats some of the first and adds its own."""
    for i in range(source * 60, source * 60 + 140):
        yield {"type": "person", "email": "p%d@c%d.com" % (i, i % 9), "name": "Person %d" % i,
               "ids": ["n%d" % i]}
        yield {"type": "employment", "person": "id:n%d" % i, "company": "c%d.com" % (i % 9),
               "title": "Title %d" % (i % 5), "from": "2020-01-%02d" % (1 + i % 28)}
        yield {"type": "tie", "from": "id:n%d" % i, "to": "id:n%d" % (i - i % 10 + 10), "p": 0.25}
        if i % 7 == 0:
            yield {"type": "consent", "person": "id:n%d" % i, "introductions": "out"}
            yield {"type": "opportunity", "id": "d%d" % i, "name": "Deal %d" % i, "amount": i,
                   "company": "c%d.com" % (i % 9), "owner": "id:n%d" % i}
            yield {"type": "role", "opportunity": "d%d" % i, "person": "id:n%d" % i, "role": "Boss"}
    for i in range(source * 200, source * 200 + 500):
        yield {"type": "interaction", "id": "<m%d@x>" % i, "kind": "mail",
               "time": "2024-03-%02dT12:00:00Z" % (1 + i % 28),
               "from": "p%d@c%d.com" % (60 + i % 70, (60 + i % 70) % 9),
               "to": ["p%d@c%d.com" % (80 + i % 31, (80 + i % 31) % 9)]}


def build():
    _tool.run("--db", DB, "init", "--us", "c0.com")
    _tool.run("--db", DB, "audit", "changes")
    with open("gone.jsonl", "w", encoding="utf-8") as file:
        file.write(json.dumps({"type": "person", "email": "gone@c1.com", "name": "Gone"}) + "\n")
    _tool.run("--db", DB, "import", "gone.jsonl")
    _tool.run("--db", DB, "forget", "gone@c1.com")
    for source in (0, 1):
        with open("s%d.jsonl" % source, "w", encoding="utf-8") as file:
            for row in rows(source):
                file.write(json.dumps(row) + "\n")
        _tool.run("--db", DB, "import", "s%d.jsonl" % source)
    _tool.run("--db", DB, "merge", "p0@c0.com", "p100@c1.com")
    _tool.run("--db", DB, "barrier", "add", "p3@c3.com", "c5.com")


def damage(image, chance):
    """Damage a copy behind the meta pages; the list of free pages may be hit like all others."""
    image = bytearray(image)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(8192, len(image))
        if chance.random() < 0.3:
            at -= at % 4096
            image[at:at + 4096] = chance.randbytes(4096)
        else:
            image[at] ^= 1 << chance.randrange(8)
    return bytes(image)


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def facts(lines):
    """Lines without who states them, for when the records of sources are lost."""
    return {json.dumps({key: value for key, value in json.loads(line).items()
                        if key not in ("source", "sources")}) for line in lines}


def expect_log(report):
    """The log of a repaired file, of whose old one nothing was lost."""
    log = _tool.ask("--db", NEW, "audit", "verify")
    _tool.expect("the log is whole", (log["ok"], log["entries"]),
                 (True, 1 if report["rebuilt"] else report["saved"]["audit"]))
    _tool.expect("entries left", report["audit_entries_left"],
                 report["saved"]["audit"] if report["rebuilt"] else 0)


def repair_one(image, before, chance):
    """Repair a damaged copy; whether no truth was lost, and how many lines are missing."""
    damaged = damage(image, chance)
    write(BAD, damaged)
    report = _tool.ask("repair", BAD, NEW)
    if not {"audit", "meta", "recent"} & set(report["lost"]):
        expect_log(report)
    _tool.run("--db", NEW, "check", "--deep")
    _tool.expect("the damaged file", read(BAD) == damaged, True)
    faults = json.loads(_tool.run("--db", BAD, "check", "--deep", "--json", code=(0, 4)))["faults"]
    _tool.expect("faults are listed by both", bool(faults) or not report["faults"], True)
    after = _tool.run("--db", NEW, "dump", "-").splitlines()
    lost = {table: count for table, count in report["lost"].items() if table in TRUTH}
    missing = set(before) - set(after)
    if "source" in lost:
        missing = facts(before) - facts(after)
    if not lost and missing:
        _tool.fail("%d lines are missing and nothing was lost: %s" % (len(missing), report["lost"]))
    if not lost and set(after) != set(before):
        _tool.fail("there are lines that were not there before")
    most = None not in lost.values() and sum(lost.values()) + (
        RECORDS_OF_RECENT - 1) * lost.get("recent", 0)
    if lost and most is not False and len(missing) > 8 * most + 8:
        _tool.fail("%d lines are missing, records lost: %s" % (len(missing), lost))
    _tool.run("repair", BAD, NEW, code=4)  # what exists is left untouched
    return not lost, len(missing)


def main():
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    seed, cases = int(given.get("--seed", 19)), int(given.get("--cases", 6))
    build()
    before = _tool.run("--db", DB, "dump", "-").splitlines()
    image = read(DB)
    _tool.run("repair", DB, NEW)
    _tool.expect("a sound file", read_lines(NEW), before)
    whole, missing = 0, 0
    for case in range(cases):
        for name in (NEW, NEW + "-lock", BAD + "-lock"):
            remove(name)
        chance = random.Random("%d %d" % (seed, case))
        try:
            is_whole, count = repair_one(image, before, chance)
        except SystemExit as error:
            _tool.fail("seed %d, case %d: %s" % (seed, case, error))
        whole += is_whole
        missing += count
    print("%d damages repaired, %d of them without loss of truth; %d of %d lines lost (seed %d)" %
          (cases, whole, missing, cases * len(before), seed))


def read_lines(name):
    return _tool.run("--db", name, "dump", "-").splitlines()


def remove(name):
    if os.path.exists(name):
        os.remove(name)


main()
