#!/usr/bin/env python3
"""Calendars in any order give one dump, and one that is taken back leaves nothing of itself.

Invitations, answers, counters and cancellations of a few meetings, single and recurring, are dealt
out to files: versions of one meeting in different files, answers before, behind and without what
they answer. Each shuffle of the imports, each import twice, and all files in one import must give
the same bytes; taking one file back those of the others alone.

The program is $WARMPATH; `--seed N --cases N` replays.
"""

import itertools
import os
import random
import sys

import _tool

PEOPLE = ["ann@acme.com", "bob@us.com", "Cid@acme.com", "eve@us.com", "dan@gmail.com"]
PARTS = ["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"]
METHODS = ["REQUEST"] * 4 + ["REPLY"] * 5 + ["CANCEL", "COUNTER", "PUBLISH"]


def event(dice, meeting):
    """One event with its method, at times repeating, at times one occurrence of the series,
    called off at times by its UID alone."""
    method = dice.choice(METHODS)
    series = meeting % 2 == 1
    one = series and dice.random() < .3
    day = 4 + 7 * dice.randrange(3) if one else 4
    lines = ["UID:m%d" % meeting, "DTSTART:202403%02dT1%d0000Z" % (day, meeting),
             "DTSTAMP:202402%02dT%02d0000Z" % (dice.randrange(1, 4), dice.randrange(3)),
             "SEQUENCE:%d" % dice.randrange(3), "ORGANIZER:mailto:bob@us.com"]
    if series and not one and dice.random() < .8:
        lines.append("RRULE:FREQ=WEEKLY;COUNT=%d;INTERVAL=%d" % (dice.randrange(2, 5),
                                                                 dice.choice((1, 1, 2))))
    if dice.random() < .2:
        lines.append("LAST-MODIFIED:20240203T%02d0000Z" % dice.randrange(3))
    if method == "CANCEL" and dice.random() < .5:
        lines = [line for line in lines if not line.startswith(("DTSTART", "RRULE", "RECURR"))]
    if one:
        lines.append("RECURRENCE-ID:202403%02dT1%d0000Z" % (day, meeting))
    guests = dice.sample(PEOPLE, 1 if method == "REPLY" else dice.randrange(1, len(PEOPLE)))
    for guest in guests:
        lines.append("ATTENDEE;CN=%s;PARTSTAT=%s:mailto:%s" %
                     (guest.split("@", maxsplit=1)[0], dice.choice(PARTS), guest))
    return "BEGIN:VCALENDAR\nMETHOD:%s\nBEGIN:VEVENT\n%s\nEND:VEVENT\nEND:VCALENDAR\n" % (
        method, "\n".join(lines))


def deal(dice):
    """The texts of a few files by their names."""
    count = dice.randrange(2, 5)
    texts = {"f%d.ics" % number: "" for number in range(count)}
    for _ in range(dice.randrange(4, 14)):
        name = dice.choice(list(texts))
        texts[name] += event(dice, dice.randrange(4))
    return {name: text for name, text in texts.items() if text}


def database(imports):
    for name in ("db", "db-lock"):
        if os.path.exists(name):
            os.remove(name)
    _tool.run("--db", "db", "init", "--us", "us.com")
    for paths in imports:
        _tool.run("--db", "db", "import", *paths)


def dump():
    _tool.run("--db", "db", "check", "--deep")
    return _tool.run("--db", "db", "dump", "-")


def try_deal(seed):
    dice = random.Random(seed)
    texts = deal(dice)
    names = sorted(texts)
    for name, text in texts.items():
        with open(name, "w", encoding="utf-8") as out:
            out.write(text)
    database([[name] for name in names])
    whole = dump()
    for name in names:
        again = _tool.ask("--db", "db", "import", name)["total"]
        _tool.expect("seed %d: %s again" % (seed, name), again["new"], 0)
    _tool.expect_same_dump("seed %d: twice" % seed, dump(), whole)
    shuffled = dice.sample(names, len(names))
    database([[name] for name in shuffled])
    _tool.expect_same_dump("seed %d: order %s" % (seed, shuffled), dump(), whole)
    database([shuffled])
    _tool.expect_same_dump("seed %d: in one import" % seed, dump(), whole)
    for left_out in names:
        rest = [name for name in names if name != left_out]
        database([[name] for name in shuffled])
        _tool.run("--db", "db", "import", "--undo", left_out)
        taken_back = dump()
        database([[name] for name in rest])
        _tool.expect_same_dump("seed %d: without %s" % (seed, left_out), taken_back, dump())
    for name in names:
        os.remove(name)


def known_answer():
    """An answer that comes first counts once the meeting is there, and goes with its file."""
    text = ("BEGIN:VCALENDAR\nMETHOD:%s\nBEGIN:VEVENT\nUID:u\nDTSTART:20240304T100000Z\n"
            "DTSTAMP:20240301T1%d0000Z\nORGANIZER:mailto:bob@us.com\n"
            "ATTENDEE;PARTSTAT=%s:mailto:ann@acme.com\nEND:VEVENT\nEND:VCALENDAR\n")
    for name, values in (("reply.ics", ("REPLY", 1, "ACCEPTED")),
                         ("meeting.ics", ("REQUEST", 0, "NEEDS-ACTION"))):
        with open(name, "w", encoding="utf-8") as out:
            out.write(text % values)
    database([["reply.ics"]])
    _tool.run("--db", "db", "explain", "bob@us.com", "ann@acme.com", "--day", "2024-03-10", code=3)
    _tool.run("--db", "db", "import", "meeting.ics")

    def weights():
        found = _tool.ask("--db", "db", "explain", "bob@us.com", "ann@acme.com", "--day",
                          "2024-03-10")
        return [one["weight"] for one in found["contributions"]]

    _tool.expect("accepted", weights(), [4.0, 4.0])
    _tool.run("--db", "db", "import", "--undo", "reply.ics")
    _tool.expect("unanswered", weights(), [1.0, 1.0])


def series_answer():
    """An answer to a series reaches its days, but for those answered later by themselves."""
    text = ("BEGIN:VCALENDAR\nMETHOD:%s\nBEGIN:VEVENT\nUID:u\n%sDTSTAMP:2024030%dT100000Z\n"
            "ORGANIZER:mailto:bob@us.com\nATTENDEE;PARTSTAT=%s:mailto:ann@acme.com\n"
            "END:VEVENT\nEND:VCALENDAR\n")
    start = "DTSTART:20240304T100000Z\n"
    rule = start + "RRULE:FREQ=WEEKLY;COUNT=3\n"
    day = "RECURRENCE-ID:20240311T100000Z\n"
    files = {"series.ics": ("REQUEST", rule, 1, "NEEDS-ACTION"),
             "whole.ics": ("REPLY", start, 3, "ACCEPTED"),
             "with_rule.ics": ("REPLY", rule, 3, "ACCEPTED"),
             "older.ics": ("REPLY", day, 2, "DECLINED"),
             "newer.ics": ("REPLY", day, 4, "DECLINED")}
    for name, values in files.items():
        with open(name, "w", encoding="utf-8") as out:
            out.write(text % values)

    def weights():
        found = _tool.ask("--db", "db", "explain", "bob@us.com", "ann@acme.com", "--day",
                          "2024-04-10")
        days = {one["time"][5:10]: one["weight"] for one in found["contributions"]}
        return [days[day] for day in sorted(days)]

    for whole in ("whole.ics", "with_rule.ics"):
        for one, expected in (("older.ics", [4.0, 4.0, 4.0]), ("newer.ics", [4.0, 0.0, 4.0])):
            dumps = []
            for order in itertools.permutations(("series.ics", whole, one)):
                database([[name] for name in order])
                _tool.expect("%s" % (order,), weights(), expected)
                dumps.append(dump())
                _tool.expect_same_dump("%s" % (order,), dumps[-1], dumps[0])
            _tool.run("--db", "db", "import", "--undo", one)
            _tool.expect("without " + one, weights(), [4.0, 4.0, 4.0])
            _tool.run("--db", "db", "import", "--undo", whole)
            _tool.expect("without both", weights(), [1.0, 1.0, 1.0])
            _tool.run("--db", "db", "check", "--deep")


known_answer()
series_answer()
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
first, cases = int(given.get("--seed", 1)), int(given.get("--cases", 4))
for number in range(first, first + cases):
    try_deal(number)
print("%d deals from seed %d" % (cases, first))
