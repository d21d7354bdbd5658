#!/usr/bin/env python3
"""The Enron mail, imported as JSON lines and explained, against a computation of its own.

The rows of one message share sender and time; 79 thousand rows are said twice, cc and bcc hold the
same people, people write to themselves. The data do not say what answers what, so a message to
somebody who wrote within the seven days before is taken as the reply to the latest such message.
The lines are written in random order (with a fixed seed): a reply then often comes before what it
answers, and evidence of the past after that of later days.

What the tool counts and explains is compared with sums straight over the messages.
"""

import csv
import json
import random
import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone

sys.dont_write_bytecode = True

from _tool import (ask, contribution_of, cost_of, data_file, expect,  # noqa: E402
                   expect_import, expect_near, fail, run, strength_of)

SEED = 20010514
PAIRS = 200
DAYS = ["1999-12-31", "2000-09-15", "2001-05-14", "2001-10-26", "2002-06-21", "2003-06-21"]
ROLES = ["to", "cc", "bcc"]  # strongest first
ROLE_WEIGHT = {"to": 1.0, "cc": .5, "bcc": .25}


def read_people():
    with open(data_file("enron", "enron_nodes.csv"), encoding="utf-8") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


def read_messages():
    """One dictionary a message, by time: from, time, to/cc/bcc (as said, without repeats)."""
    messages = {}
    with open(data_file("enron", "enron_edges.csv"), encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            key = (row["Time"], row["src"])
            time = datetime.strptime(row["Time"], "%Y-%m-%d %H:%M:%S")
            message = messages.setdefault(key, {
                "id": "enron %s %s" % (row["src"], row["Time"]), "from": row["src"],
                "time": time.replace(tzinfo=timezone.utc), "to": [], "cc": [], "bcc": [],
                "reply_to": None, "author": None})
            if row["dst"] not in message[row["Reciptype"]]:
                message[row["Reciptype"]].append(row["dst"])
    return [messages[key] for key in sorted(messages)]


def others_of(message):
    """Person -> role: everybody but the sender, each in the strongest role."""
    others = {}
    for role in ROLES:
        for person in message[role]:
            if person != message["from"]:
                others.setdefault(person, role)
    return others


def find_replies(messages):
    latest = {}  # (from, to) -> message
    for message in messages:
        others = others_of(message)
        answered = [latest[other, message["from"]] for other in others
                    if (other, message["from"]) in latest]
        answered = [m for m in answered if message["time"] - m["time"] <= timedelta(days=7)]
        if answered:
            last = max(answered, key=lambda m: (m["time"], m["id"]))
            message["reply_to"], message["author"] = last["id"], last["from"]
        for other in others:
            latest[message["from"], other] = message


def evidence_of(messages):
    """(from, to) -> [(time, source, weight)], by time."""
    evidence = defaultdict(list)
    for message in messages:
        others = others_of(message)
        for other, role in others.items():
            weight = ROLE_WEIGHT[role] / len(others) ** .5
            if other == message["author"]:
                weight *= 1.5
            evidence[message["from"], other].append((message["time"], message["id"], weight))
    return evidence


def write_lines(path, people, messages, dice):
    """JSON lines in random order, some twice; the number of lines and of different ones."""
    def address(number):
        return people[number]["Email"] + "@enron.com"

    lines = [json.dumps({"type": "person", "email": address(number), "id": number,
                         "name": row["Name"], "title": row["Note"]})
             for number, row in people.items()]
    for message in messages:
        row = {"type": "interaction", "id": message["id"], "kind": "mail",
               "time": message["time"].strftime("%Y-%m-%dT%H:%M:%SZ"),
               "from": address(message["from"]), "valence": 0, "reply_to": message["reply_to"]}
        row.update({role: [address(person) for person in message[role]] for role in ROLES})
        lines.append(json.dumps(row))
    count = len(lines)
    lines += lines[len(people)::50]
    dice.shuffle(lines)
    # People first: a line that names an unknown address creates the person, and then it is known.
    lines.sort(key=lambda line: '"type": "interaction"' in line)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
    return len(lines), count


def check_import(people, messages, evidence, dice):
    read, new = write_lines("enron.jsonl", people, messages, dice)
    run("init")
    arguments = ("import", "--format", "jsonl", "enron.jsonl")
    expect_import("first import", ask(*arguments), read, new)
    expect_import("second import", ask(*arguments), read, 0)
    stats = ask("stats")
    expect("people", stats["people"], len(people))
    expect("interactions", stats["interactions"], len(messages))
    expect("ties", stats["ties"], len({frozenset(pair) for pair in evidence}))
    expect("companies", stats["companies"], 1)
    run("check", "--deep")


def sum_of(rows, day):
    """Contributions at 00:00 of the day of what happened up to its end, and their sum."""
    known = {}
    for time, source, weight in rows:
        if time < day + timedelta(days=1):
            age_days = (day - time).total_seconds() / 86400
            known[source] = (weight, contribution_of(weight, age_days))
    return known, sum(contribution for _, contribution in known.values())


def check_rows(what, seen, known):
    sources = [row["source"] for row in seen]
    expect(what + ": number of sources", len(sources), len(known))
    expect(what + ": other sources", sorted(set(sources) ^ set(known)), [])
    for row in seen:
        weight, contribution = known[row["source"]]
        expect(what + ": kind", row["kind"], "mail")
        expect_near("%s: weight of %s" % (what, row["source"]), row["weight"], weight)
        expect_near("%s: %s" % (what, row["source"]), row["contribution"], contribution)


def check_tie(what, found, inbound, outbound):
    expect_near(what + ": inbound", found["inbound"], inbound)
    expect_near(what + ": outbound", found["outbound"], outbound)
    z, strength = strength_of(inbound, outbound)
    expect_near(what + ": z", found["z"], z)
    expect_near(what + ": strength", found["strength"], strength)
    expect_near(what + ": p", found["p"], min(.98, strength))
    expect(what + ": trust", found["trust"], 1)
    expect(what + ": stated", found["stated"], None)
    cost = cost_of(strength)
    if cost is None or found["cost"] is None:
        expect(what + ": cost", found["cost"], cost)
        expect(what + ": tier", found["tier"], "cold")
    elif abs(found["cost"] - cost) > 1:
        fail("%s: cost %d, expected %d" % (what, found["cost"], cost))


def check_explained(a, b, evidence, day):
    """Whether there was anything to explain."""
    what = "explain id:%s id:%s --day %s" % (a, b, day.date())
    out, outbound = sum_of(evidence.get((a, b), ()), day)
    come, inbound = sum_of(evidence.get((b, a), ()), day)
    arguments = ("explain", "id:" + a, "id:" + b, "--day", str(day.date()))
    if not out and not come:
        run(*arguments, "--json", code=(1, 3))
        return False
    found = ask(*arguments)
    expect(what + ": day", found["day"], str(day.date()))
    expect(what + ": people", (found["from"]["id"], found["to"]["id"]), (a, b))
    rows = {"out": [], "in": []}
    for row in found["contributions"]:
        rows[row["direction"]].append(row)
    times = [row["time"] for row in found["contributions"]]
    expect(what + ": order by time", times, sorted(times))
    for direction, known, given in (("out", out, "outbound"), ("in", come, "inbound")):
        check_rows(what, rows[direction], known)
        expect_near("%s: sum of what is listed" % what,
                    sum(row["contribution"] for row in rows[direction]), found[given])
    check_tie(what, found, inbound, outbound)
    return True


def day_of(time):
    return time.replace(hour=0, minute=0, second=0)


def choose(people, evidence, dice):
    """Pairs that met, some that did not; each with a day on which one wrote, and another."""
    fixed = [datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=timezone.utc) for day in DAYS]
    pairs = dice.sample(sorted(evidence), PAIRS - PAIRS // 10)
    # Half of those that met are asked about from the side of the one written to.
    pairs = [pair if dice.random() < .5 else pair[::-1] for pair in pairs]
    pairs += [tuple(dice.sample(sorted(people), 2)) for _ in range(PAIRS // 10)]
    for a, b in pairs:
        rows = evidence.get((a, b), []) + evidence.get((b, a), [])
        if rows:
            yield a, b, day_of(dice.choice(rows)[0])
        yield a, b, dice.choice(fixed)


def main():
    dice = random.Random(SEED)
    people, messages = read_people(), read_messages()
    find_replies(messages)
    evidence = evidence_of(messages)
    check_import(people, messages, evidence, dice)
    explained = [check_explained(a, b, evidence, day)
                 for a, b, day in choose(people, evidence, dice)]
    if sum(explained) < PAIRS:
        fail("only %d ties could be explained, expected %d" % (sum(explained), PAIRS))
    replies = sum(message["reply_to"] is not None for message in messages)
    print("%d messages (%d replies), %d of %d ties explained" %
          (len(messages), replies, sum(explained), len(explained)))


if __name__ == "__main__":
    main()
