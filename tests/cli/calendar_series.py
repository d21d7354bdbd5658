#!/usr/bin/env python3
"""A newer version of a series takes the place of the older one, whichever is imported first.

Two versions of what one UID names: the days on which the two people met must be those of the newer
version, from two files in either order, imported at once, from one file with both, and after a dump
is loaded. When the newer version is taken back the older one holds again. What `retain` leaves of a
series does not come back when the newer version is old.

The program is $WARMPATH.
"""

import json
import os

import _tool

WEEKLY = "DTSTART:20240304T100000Z\nRRULE:FREQ=WEEKLY;COUNT=4"
WEEKS = ["03-04", "03-11", "03-18", "03-25"]
GUESTS = "ORGANIZER:mailto:bob@us.com\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@acme.com"
FUTURE = "DTSTART:21240306T100000Z\nRRULE:FREQ=WEEKLY"
MOVED = ("RECURRENCE-ID:20240318T100000Z\nDTSTART:20240320T100000Z\n" + GUESTS)
NO_DAY = "\n".join("EXDATE:202403%sT100000Z" % day for day in ("04", "11", "18", "25"))

# What it is, the older version, the days of it, the newer version, the days of that.
CASES = [
    ("called off by its UID alone", (WEEKLY, GUESTS), WEEKS,
     ("METHOD:CANCEL", "SEQUENCE:1", "ORGANIZER:mailto:bob@us.com"), []),
    ("called off by whoever is named", (WEEKLY, GUESTS), WEEKS,
     ("METHOD:CANCEL", "SEQUENCE:1", "DTSTAMP:20240401T000000Z", "ATTENDEE:mailto:ann@acme.com"),
     []),
    ("called off with its first day", (WEEKLY, GUESTS), WEEKS,
     ("DTSTART:20240304T100000Z", "STATUS:CANCELLED", "SEQUENCE:1", GUESTS), []),
    ("called off with its rule", (WEEKLY, GUESTS), WEEKS,
     (WEEKLY, "STATUS:CANCELLED", "SEQUENCE:1", GUESTS), []),
    ("called off with a day ahead", (WEEKLY, GUESTS), WEEKS,
     ("METHOD:CANCEL", "SEQUENCE:1", "DTSTART:21240304T100000Z", GUESTS), []),
    ("called off in an older version", (WEEKLY, "SEQUENCE:1", GUESTS), WEEKS,
     ("METHOD:CANCEL", "SEQUENCE:0", "ORGANIZER:mailto:bob@us.com"), WEEKS),
    ("fewer", (WEEKLY, GUESTS), WEEKS, (WEEKLY[:-1] + "2", "SEQUENCE:1", GUESTS), WEEKS[:2]),
    ("more", (WEEKLY, GUESTS), WEEKS, (WEEKLY[:-1] + "5", "SEQUENCE:1", GUESTS),
     WEEKS + ["04-01"]),
    ("one excepted", (WEEKLY, GUESTS), WEEKS,
     (WEEKLY, "EXDATE:20240311T100000Z", "SEQUENCE:1", GUESTS), [WEEKS[0]] + WEEKS[2:]),
    ("all excepted", (WEEKLY, GUESTS), WEEKS, (WEEKLY, NO_DAY, "SEQUENCE:1", GUESTS), []),
    ("other days", (WEEKLY, GUESTS), WEEKS,
     ("DTSTART:20240305T100000Z\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2", "SEQUENCE:3", GUESTS),
     ["03-05", "03-19"]),
    ("put off beyond today", (WEEKLY, GUESTS), WEEKS, (FUTURE, "SEQUENCE:1", GUESTS), []),
    ("a newer stamp", (WEEKLY, "DTSTAMP:20240401T000000Z", GUESTS), WEEKS,
     (WEEKLY[:-1] + "3", "DTSTAMP:20240402T000000Z", GUESTS), WEEKS[:3]),
    ("modified later", (WEEKLY, "DTSTAMP:20240401T000000Z", GUESTS), WEEKS,
     (WEEKLY[:-1] + "3", "DTSTAMP:20240401T000000Z", "LAST-MODIFIED:20240402T000000Z", GUESTS),
     WEEKS[:3]),
    ("modified later, without stamps", (WEEKLY, "LAST-MODIFIED:20240401T000000Z", GUESTS), WEEKS,
     (WEEKLY[:-1] + "3", "LAST-MODIFIED:20240402T000000Z", GUESTS), WEEKS[:3]),
    ("a single meeting", (WEEKLY, GUESTS), WEEKS,
     ("DTSTART:20240305T100000Z", "SEQUENCE:1", GUESTS), ["03-05"]),
    ("a single meeting that repeats", ("DTSTART:20240305T100000Z", GUESTS), ["03-05"],
     (WEEKLY, "SEQUENCE:1", GUESTS), WEEKS),
    ("one that was changed stays", (WEEKLY, GUESTS, "END:VEVENT\nBEGIN:VEVENT\nUID:u", MOVED),
     ["03-04", "03-11", "03-20", "03-25"], (WEEKLY[:-1] + "2", "SEQUENCE:1", GUESTS),
     ["03-04", "03-11", "03-20"]),
    ("one that was changed is called off",
     (WEEKLY, GUESTS, "END:VEVENT\nBEGIN:VEVENT\nUID:u", MOVED),
     ["03-04", "03-11", "03-20", "03-25"],
     ("METHOD:CANCEL", "SEQUENCE:1", "ORGANIZER:mailto:bob@us.com"), []),
    ("one called off", (WEEKLY, GUESTS), WEEKS,
     ("METHOD:CANCEL", "SEQUENCE:1", "RECURRENCE-ID:20240311T100000Z", GUESTS),
     [WEEKS[0]] + WEEKS[2:]),
    ("one added", (WEEKLY, GUESTS), WEEKS,
     ("METHOD:ADD", "SEQUENCE:1", "DTSTART:20240327T100000Z", GUESTS), WEEKS + ["03-27"]),
]


def calendar(*events):
    parts = []
    for lines in events:
        method = [line for line in lines if line.startswith("METHOD")]
        parts += ["BEGIN:VCALENDAR"] + method + ["BEGIN:VEVENT", "UID:u"]
        parts += [line for line in lines if not line.startswith("METHOD")]
        parts += ["END:VEVENT", "END:VCALENDAR"]
    return "\n".join(parts) + "\n"


def write(name, text):
    with open(name, "w", encoding="utf-8") as out:
        out.write(text)


def database(*imports, name="db"):
    for file in (name, name + "-lock"):
        if os.path.exists(file):
            os.remove(file)
    _tool.run("--db", name, "init", "--us", "us.com")
    for paths in imports:
        _tool.run("--db", name, "import", *paths)


def days(name="db"):
    """The days on which they met, by the evidence."""
    text = _tool.run("--db", name, "explain", "bob@us.com", "ann@acme.com", "--json",
                     "--day", "2024-06-01", code=(0, 1, 3))
    found = json.loads(text)["contributions"] if text else []
    return sorted({one["time"][5:10] for one in found})


def dump(name="db"):
    return _tool.run("--db", name, "dump", "-")


def try_case(what, older, older_days, newer, newer_days):
    write("older.ics", calendar(older))
    write("newer.ics", calendar(newer))
    database(["older.ics"])
    alone = dump()
    _tool.expect(what + ": the older alone", days(), older_days)
    _tool.run("--db", "db", "import", "newer.ics")
    _tool.expect(what + ": the newer behind", days(), newer_days)
    _tool.run("--db", "db", "check", "--deep")
    whole = dump()
    _tool.expect(what + ": again", _tool.ask("--db", "db", "import", "older.ics",
                                             "newer.ics")["total"]["new"], 0)
    _tool.run("--db", "db", "import", "--undo", "newer.ics")
    _tool.expect(what + ": taken back", days(), older_days)
    _tool.run("--db", "db", "check", "--deep")
    _tool.expect_same_dump(what + ": taken back", dump(), alone)
    for imports in ([["newer.ics"], ["older.ics"]], [["newer.ics", "older.ics"]]):
        database(*imports)
        _tool.expect("%s: %s" % (what, imports), days(), newer_days)
        _tool.expect_same_dump("%s: %s" % (what, imports), dump(), whole)
    write("dump.jsonl", whole)
    database(name="loaded")
    _tool.run("--db", "loaded", "load", "dump.jsonl")
    _tool.expect(what + ": loaded", days("loaded"), newer_days)
    _tool.expect_same_dump(what + ": loaded", dump("loaded"), whole)
    both = []
    for order in ((older, newer), (newer, older)):
        write("both.ics", calendar(*order))
        database(["both.ics"])
        _tool.expect(what + ": in one file", days(), newer_days)
        both.append(dump())
    _tool.expect_same_dump(what + ": in one file", both[0], both[1])


def retained():
    """A newer version without a time of its own goes after what it keeps from coming back."""
    write("older.ics", calendar((WEEKLY, GUESTS)))
    write("newer.ics", calendar((WEEKLY[:-1] + "3", "SEQUENCE:1", GUESTS)))
    for removes in ([], ["--remove"]):
        database(["older.ics", "newer.ics"])
        _tool.run("--db", "db", "retain", "--before", "2024-03-12", *removes)
        left = [day for day in days() if day >= "03-12"]
        _tool.expect("after retain %s" % removes, left, ["03-18"])
        _tool.run("--db", "db", "retain", "--before", "2024-03-19", *removes)
        _tool.expect("later %s" % removes, [day for day in days() if day >= "03-19"], [])
        _tool.run("--db", "db", "retain", "--before", "2024-04-19", *removes)
        _tool.expect("nothing is left of the series %s" % removes,
                     '"type":"series"' in dump() or '"type": "series"' in dump(), False)


for case in CASES:
    try_case(*case)
retained()
print("%d cases" % len(CASES))
