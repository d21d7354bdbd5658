#!/usr/bin/env python3
"""A newer version of a series takes the place of the older one, whichever is imported first.

Two versions of what one UID names: the days on which the two people met must be those of the newer
version, from two files in either order, imported at once, from one file with both, and after a dump
is loaded. When the newer version is taken back the older one holds again. What `retain` leaves of a
series does not come back when the newer version is old, nor what was called off before it came.

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
CHANGED = (WEEKLY, GUESTS, "END:VEVENT\nBEGIN:VEVENT\nUID:u", MOVED)
CHANGED_DAYS = ["03-04", "03-11", "03-20", "03-25"]
SINGLE = "DTSTART:20240305T100000Z"
AHEAD = "DTSTART:21240305T100000Z"
STAMPS = ("DTSTAMP:20240401T000000Z", "DTSTAMP:20240402T000000Z")
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
    ("all excepted, by the stamp", (WEEKLY, STAMPS[0], GUESTS), WEEKS,
     (WEEKLY, NO_DAY, STAMPS[1], GUESTS), []),
    ("put off, by the stamp", (WEEKLY, STAMPS[0], GUESTS), WEEKS, (FUTURE, STAMPS[1], GUESTS), []),
    ("put off, by an older stamp", (WEEKLY, STAMPS[1], GUESTS), WEEKS, (FUTURE, STAMPS[0], GUESTS),
     WEEKS),
    ("put off to one day", (WEEKLY, STAMPS[0], GUESTS), WEEKS, (AHEAD, STAMPS[1], GUESTS), []),
    ("a single meeting put off", (SINGLE, STAMPS[0], GUESTS), ["03-05"],
     (AHEAD, STAMPS[1], GUESTS), []),
    ("a single meeting put off in an older version", (SINGLE, STAMPS[1], GUESTS), ["03-05"],
     (AHEAD, STAMPS[0], GUESTS), ["03-05"]),
    ("nobody is left", (WEEKLY, STAMPS[0], GUESTS), WEEKS,
     (WEEKLY, STAMPS[1], "ORGANIZER:mailto:bob@us.com"), []),
    ("nobody is left, nor an organizer", (WEEKLY, STAMPS[0], GUESTS), WEEKS,
     (WEEKLY, STAMPS[1]), []),
    ("nobody but the organizer is left", (WEEKLY, STAMPS[0], GUESTS), WEEKS,
     (WEEKLY, STAMPS[1], "ORGANIZER:mailto:bob@us.com", "ATTENDEE:mailto:bob@us.com"), []),
    ("nobody was there in an older version", (WEEKLY, STAMPS[1], GUESTS), WEEKS,
     (WEEKLY, STAMPS[0]), WEEKS),
    ("somebody comes in", (WEEKLY, STAMPS[0]), [], (WEEKLY, STAMPS[1], GUESTS), WEEKS),
    ("nobody is left of a single meeting", (SINGLE, "SEQUENCE:1", GUESTS), ["03-05"],
     (SINGLE, "SEQUENCE:2", "ORGANIZER:mailto:bob@us.com"), []),
    ("guests without addresses are left", (SINGLE, "SEQUENCE:1", GUESTS), ["03-05"],
     (SINGLE, "SEQUENCE:2", "ATTENDEE;CN=Ann:invalid:nomail"), ["03-05"]),
    ("a single meeting called off", (SINGLE, GUESTS), ["03-05"],
     (SINGLE, "STATUS:CANCELLED", GUESTS), []),
    ("one put off", (WEEKLY, GUESTS), WEEKS,
     ("RECURRENCE-ID:20240318T100000Z", AHEAD, GUESTS), [WEEKS[0], WEEKS[1], WEEKS[3]]),
    ("one without guests", (WEEKLY, GUESTS), WEEKS,
     ("RECURRENCE-ID:20240318T100000Z\nDTSTART:20240320T100000Z",),
     [WEEKS[0], WEEKS[1], WEEKS[3]]),
    ("one that was changed stays", CHANGED, CHANGED_DAYS,
     (WEEKLY[:-1] + "3", "SEQUENCE:1", GUESTS), CHANGED_DAYS[:3]),
    ("one that was changed goes with its rule", CHANGED, CHANGED_DAYS,
     (WEEKLY[:-1] + "2", "SEQUENCE:1", GUESTS), WEEKS[:2]),
    ("one that was changed is excepted", CHANGED, CHANGED_DAYS,
     (WEEKLY, "EXDATE:20240318T100000Z", "SEQUENCE:1", GUESTS), [WEEKS[0], WEEKS[1], WEEKS[3]]),
    ("one that was changed was excepted before", CHANGED + ("SEQUENCE:2",), CHANGED_DAYS,
     (WEEKLY, "EXDATE:20240318T100000Z", "SEQUENCE:1", GUESTS),
     [WEEKS[0], WEEKS[1], "03-20", WEEKS[3]]),
    ("one that was changed gives way to a single meeting", CHANGED, CHANGED_DAYS,
     (SINGLE, "SEQUENCE:1", GUESTS), ["03-05"]),
    ("one that was changed has guests of its own", CHANGED, CHANGED_DAYS,
     (WEEKLY, "SEQUENCE:1"), ["03-20"]),
    ("one that was brought forward", (WEEKLY.replace(";COUNT=4", ""), STAMPS[0], GUESTS,
      "END:VEVENT\nBEGIN:VEVENT\nUID:u", "RECURRENCE-ID:21240306T100000Z\n" + SINGLE, GUESTS),
     None, (WEEKLY, STAMPS[1], GUESTS), [WEEKS[0], "03-05"] + WEEKS[1:]),
    ("one that was changed is called off", CHANGED, CHANGED_DAYS,
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
    if older_days is None:
        older_days = days()
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


def retained_before():
    """What is called off stays so when the older version is imported behind a retention."""
    write("older.ics", calendar((WEEKLY, GUESTS)))
    write("newer.ics", calendar(("METHOD:CANCEL", "SEQUENCE:1", "ORGANIZER:mailto:bob@us.com")))
    for removes in ([], ["--remove"]):
        database(["newer.ics"])
        _tool.run("--db", "db", "retain", "--before", "2024-03-01", *removes)
        _tool.run("--db", "db", "import", "older.ics")
        _tool.expect("called off before %s" % removes, days(), [])


def counted():
    """What is called off is no interaction, whether it was stored before or not."""
    write("older.ics", calendar((WEEKLY, GUESTS)))
    write("newer.ics", calendar(("METHOD:CANCEL", "SEQUENCE:1", "ORGANIZER:mailto:bob@us.com")))
    database(["newer.ics"])
    _tool.expect("a cancel alone", _tool.ask("--db", "db", "stats")["interactions"], 0)
    database(["older.ics"], ["newer.ics"])
    _tool.expect("a cancel behind", _tool.ask("--db", "db", "stats")["interactions"], 4)
    write("older.ics", calendar((SINGLE, GUESTS)))
    database(["older.ics"], ["newer.ics"])
    _tool.expect("in place of a meeting", _tool.ask("--db", "db", "stats")["interactions"], 0)
    _tool.run("--db", "db", "import", "--undo", "newer.ics")
    _tool.expect("taken back", _tool.ask("--db", "db", "stats")["interactions"], 1)


for case in CASES:
    try_case(*case)
counted()
retained()
retained_before()
print("%d cases" % len(CASES))
