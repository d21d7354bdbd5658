#!/usr/bin/env python3
"""Recurrence rules against libical: random ones, and what they name up to today.

A start that its rule does not name is an occurrence for us and none for libical, so it is added to
what libical finds; rules with a COUNT begin on a day that they name. The seed is printed and can be
given as the argument. Exit code 77: libical is not installed.
"""

import collections
import datetime
import json
import random
import sys
import time

import _libical
import _tool

RULES = 200
OCCURRENCES_MAX = 1000
NOW = int(time.time())
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Nothing takes place while the test runs, in zones of half hours either.
MINUTES = [minute for minute in range(60) if (minute - NOW // 60) % 30 > 2]
ZONES = (None, "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata")


def some(dice, values, most):
    return ",".join(str(value) for value in sorted(dice.sample(values, dice.randint(1, most))))


def weekdays(dice, is_numbered, last=7):
    days = dice.sample(DAYS[:last], dice.randint(1, 3))
    if is_numbered:
        days = [str(dice.choice((1, 2, 3, 4, -1, -2))) + day for day in days]
    return ",".join(days)


def rule_of(dice):
    """What occurs in calendars. Left out is what libical reads differently from RFC 5545:
    BYMONTHDAY of a year without months, positions among times of day, weeks of the year, weeks
    that begin on other days than Monday, and Sundays of every second week."""
    unit = dice.choice(("DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "YEARLY", "HOURLY"))
    parts = ["FREQ=" + unit, "INTERVAL=%d" % dice.choice((1, 1, 1, 2, 3, 5))]
    choice = dice.random()
    if dice.random() < .3 or (unit == "YEARLY" and choice < .3):
        parts.append("BYMONTH=" + some(dice, range(1, 13), 4))
    if unit in ("MONTHLY", "YEARLY") and choice < .3:
        parts.append("BYMONTHDAY=" + some(dice, list(range(1, 32)) + [-1, -2, -5], 3))
    elif unit in ("MONTHLY", "YEARLY") and choice < .6:
        parts.append("BYDAY=" + weekdays(dice, True))
    elif unit == "MONTHLY" and choice < .8:
        parts += ["BYDAY=" + weekdays(dice, False), "BYSETPOS=" + some(dice, (1, 2, -1, -2), 2)]
    elif unit == "YEARLY" and choice < .7:
        parts = parts[:2] + ["BYYEARDAY=" + some(dice, list(range(1, 367)) + [-1, -100], 3)]
    elif unit in ("DAILY", "WEEKLY") and choice < .6:
        parts.append("BYDAY=" + weekdays(dice, False, 6))
    elif unit in ("DAILY", "WEEKLY", "MONTHLY") and choice > .9:
        parts += ["BYHOUR=" + some(dice, range(4, 24), 3), "BYMINUTE=" + some(dice, MINUTES, 2)]
    return ";".join(parts)


def start_of(dice, rule):
    """Not at night, when clocks change, and in UTC where hours are counted."""
    day = datetime.date(2012, 1, 1) + datetime.timedelta(dice.randint(0, 3600))
    day = day.strftime("%Y%m%d")
    minute = dice.choice(sorted({0, 15, 30, 59} & set(MINUTES)))
    clock = "T%02d%02d00" % (dice.randint(4, 23), minute)
    zone = dice.choice(ZONES)
    if zone and "HOUR" not in rule:
        return ";TZID=%s:%s%s" % (zone, day, clock)
    if "HOUR" not in rule and dice.random() < .3:
        return ";VALUE=DATE:" + day
    return ":%s%sZ" % (day, clock)


def event_of(dice, number):
    """The text of an event, its rule and its start."""
    rule = rule_of(dice)
    start = start_of(dice, rule)
    if dice.random() < .3:
        rule += ";COUNT=%d" % dice.randint(1, 40)
    return "\r\n".join(("BEGIN:VEVENT", "UID:%d" % number, "DTSTART" + start, "RRULE:" + rule,
                        "ORGANIZER:mailto:o@x.test", "ATTENDEE:mailto:a@x.test",
                        "END:VEVENT", "")), rule, start


def stored_times():
    found = collections.defaultdict(set)
    for line in map(json.loads, _tool.run("--db", "rules.warmpath", "dump", "-").splitlines()):
        if line["type"] == "interaction":
            at = datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%SZ")
            at = at.replace(tzinfo=datetime.timezone.utc).timestamp()
            found[line["id"].split("/")[0]].add(int(at))
    return found


def compare(events, expected, stored, counts):
    for number, (_, rule, start) in enumerate(events):
        event = expected[str(number)]
        if event["start"] not in event["occurrences"] and "COUNT" in rule:
            counts["COUNT from a start that is not named"] += 1
            continue
        wanted = set(sorted(set(event["occurrences"]) | {event["start"]})[-OCCURRENCES_MAX:])
        counts["rules"] += 1
        counts["occurrences"] += len(wanted)
        if stored[str(number)] != wanted:
            counts["differ"] += 1
            differing = sorted(stored[str(number)] ^ wanted)
            print("FAULT %s from %s: %d, libical %d, first difference %s" %
                  (rule, start, len(stored[str(number)]), len(wanted),
                   time.strftime("%FT%TZ", time.gmtime(differing[0]))))


def main():
    if _libical.load() is None:
        print("skipped: libical is not installed")
        sys.exit(77)
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else NOW
    print("seed %d" % seed)
    dice = random.Random(seed)
    events = [event_of(dice, number) for number in range(RULES)]
    with open("rules.ics", "w", encoding="utf-8") as file:
        file.write("BEGIN:VCALENDAR\r\n" + "".join(event[0] for event in events) +
                   "END:VCALENDAR\r\n")
    _tool.run("--db", "rules.warmpath", "init")
    _tool.run("--db", "rules.warmpath", "import", "rules.ics")
    libical = _libical.Reader(NOW)
    expected = {event["values"]["UID"]: event for event in libical.events("rules.ics", 200)}
    libical.stop()
    counts = collections.Counter()
    compare(events, expected, stored_times(), counts)
    print(dict(counts))
    sys.exit(1 if counts["differ"] or counts["rules"] < RULES / 2 else 0)


main()
