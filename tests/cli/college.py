#!/usr/bin/env python3
"""CollegeMsg: 59 835 private messages of 1 899 students, as direct messages on real days.

Strengths come from the messages here, not from statements, so what is asked on a day in the middle
sees the past as it was. `reach` is compared, person by person, with a search by levels over costs
computed straight from the messages; and with the same file imported in pieces in another order.
A cost may differ by a micro-nat for each tie: the tool keeps evidence in single precision.
"""

import json
import random
import sys
from collections import defaultdict
from datetime import datetime, timezone

sys.dont_write_bytecode = True

from _tool import (ask, contribution_of, cost_of, data_file, expect,  # noqa: E402
                   expect_import, fail, run, strength_of)

SEED = 4
DAYS = ["2004-04-20", "2004-05-15", "2004-07-31"]
SOURCES = 4
PIECES = 5
P_MIN_COST = 2995732  # .05
SCORE_MIN_COST = 3912023  # .02
RELAY = 223000  # for each intermediary beyond the first
DAY_SECONDS = 86400


def read_messages():
    with open(data_file("messages", "CollegeMsg.txt"), encoding="utf-8") as stream:
        rows = [line.split() for line in stream]
    return [(number, a, b, int(time)) for number, (a, b, time) in enumerate(rows)]


def write_lines(path, messages):
    with open(path, "w", encoding="utf-8") as stream:
        for number, a, b, time in messages:
            text = datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            stream.write(json.dumps({
                "type": "interaction", "id": "college %d" % number, "kind": "message",
                "time": text, "from": "id:" + a, "to": ["id:" + b]}) + "\n")


def load(database, pieces):
    run("--db", database, "init")
    for number, piece in enumerate(pieces):
        path = "%s-%d.jsonl" % (database, number)
        write_lines(path, piece)
        report = ask("--db", database, "import", "--format", "jsonl", path)
        expect_import("%s, piece %d" % (database, number), report, len(piece), len(piece))
    run("--db", database, "check", "--deep")


def costs_on(messages, day):
    """from -> {to: cost} at 00:00 of the day, from what happened up to its end."""
    start = int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=timezone.utc).timestamp())
    given = defaultdict(float)
    for _, a, b, time in messages:
        if a != b and time < start + DAY_SECONDS:
            given[a, b] += contribution_of(1.0, (start - time) / DAY_SECONDS)
    costs = defaultdict(dict)
    for (b, a), inbound in given.items():  # somebody written to may ask, also without an answer
        costs[a][b] = cost_of(strength_of(inbound, given.get((a, b), 0))[1])
    return costs


def levels_from(source, costs, hops_max, relay, tie_max):
    """Person -> the cheapest cost within the hops; an intermediary is passed, then paid for."""
    best, level = {}, {source: 0}
    for hop in range(1, hops_max + 1):
        following = {}
        for person, cost in level.items():
            for other, tie in costs[person].items():
                total = cost + tie + (relay if hop > 2 else 0)
                if tie <= tie_max and other != source and total < following.get(other, 1e99):
                    following[other] = total
        for person, cost in following.items():
            best[person] = min(cost, best.get(person, 1e99))
        level = following
    return best


def check_reach(what, found, expected, hops_max, cost_max):
    """Compare; people on the very bound of cost may be there or not."""
    seen = {person["id"]: person["cost"] for person in found["people"]}
    for person in sorted(seen.keys() | expected.keys()):
        known = expected.get(person, 1e99)
        if person not in seen and known + hops_max <= cost_max:
            fail("%s: person %s is missing, expected cost %d" % (what, person, known))
        if person in seen and abs(seen[person] - known) > hops_max:
            fail("%s: person %s: cost %d, expected %.0f" % (what, person, seen[person], known))
    return len(seen)


def check_day(day, messages, people):
    costs, reached = costs_on(messages, day), 0
    for source in people:
        for hops_max in (2, 3, 5):
            arguments = ("reach", "--from", "id:" + source, "--day", day,
                         "--hops", str(hops_max))
            what = "%s from %s, %d hops" % (day, source, hops_max)
            found = ask("--db", "straight", *arguments)
            expected = levels_from(source, costs, hops_max, RELAY, P_MIN_COST)
            reached += check_reach(what, found, expected, hops_max, SCORE_MIN_COST)

            found = ask("--db", "straight", *arguments, "--plain")
            expected = levels_from(source, costs, hops_max, 0, 1e99)
            reached += check_reach(what + ", plain", found, expected, hops_max, 1e99)

            other = ask("--db", "shuffled", *arguments, "--plain")
            expected = {person["id"]: person["cost"] for person in found["people"]}
            check_reach(what + ", shuffled", other, expected, hops_max, 1e99)
    return reached


def main():
    dice = random.Random(SEED)
    messages = read_messages()
    load("straight", [messages])
    shuffled = dice.sample(messages, len(messages))
    load("shuffled", [shuffled[i::PIECES] for i in range(PIECES)])
    for database in ("straight", "shuffled"):
        stats = ask("--db", database, "stats")
        seen = [stats[key] for key in ("people", "interactions", "ties")]
        pairs = {frozenset(message[1:3]) for message in messages if message[1] != message[2]}
        expect(database, seen, [len({person for m in messages for person in m[1:3]}),
                                len(messages), len(pairs)])
    early = sorted({m[1] for m in messages[:len(messages) // 4]})
    reached = sum(check_day(day, messages, dice.sample(early, SOURCES)) for day in DAYS)
    if reached == 0:
        fail("nobody was within reach of anybody")
    print("%d costs compared" % reached)


if __name__ == "__main__":
    main()
