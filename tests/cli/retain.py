#!/usr/bin/env python3
"""Retention through the tool: strengths stay, ids go, and a dump carries what is left.

The program is $WARMPATH.
"""

import json

import _tool

DAY = "2024-03-10"


def strengths(name, day):
    """What ties say on a day, without counts of messages."""
    seen = {}
    for who in ("ann@us.com", "bob@us.com"):
        for tie in _tool.ask("--db", name, "explain", who, "carol@acme.com", "--day", day).items():
            seen[who, tie[0]] = tie[1]
    return {key: seen[key] for key in seen
            if key[1] in ("inbound", "outbound", "z", "strength", "trust", "p")}


def expect_same(what, seen, expected):
    for key, value in expected.items():
        _tool.expect_near("%s: %s" % (what, key[1]), seen[key], value, 1e-9)


def lines(name):
    return [json.loads(line) for line in _tool.run("--db", name, "dump", "-").splitlines()]


def count_ids(name):
    with open(name, "rb") as file:
        return file.read().count(b"<old-")


def main():
    name = "net.warmpath"
    with open("mail.jsonl", "w", encoding="utf-8") as file:
        for i in range(40):
            month, who = 1 + i % 12, ("ann@us.com", "bob@us.com")[i % 2]
            ends = (who, "carol@acme.com") if i % 3 else ("carol@acme.com", who)
            row = {"type": "interaction", "id": "<old-%d>" % i, "kind": "mail",
                   "time": "%d-%02d-05T12:00:00Z" % (2022 + i % 2, month), "from": ends[0],
                   "to": [ends[1]], "valence": 0.5 if i == 7 else -0.25 if i == 9 else 0}
            file.write(json.dumps(row) + "\n")
        file.write(json.dumps({"type": "interaction", "id": "<new>", "kind": "meeting",
                               "time": "2024-03-01T12:00:00Z", "from": "ann@us.com",
                               "to": ["carol@acme.com"], "reply_to": "<old-5>"}) + "\n")
    _tool.run("--db", name, "init", "--us", "us.com")
    _tool.run("--db", name, "import", "mail.jsonl")
    days = (DAY, "2024-03-11", "2025-09-01")
    before = {day: strengths(name, day) for day in days}
    old = lines(name)
    tried = _tool.ask("--db", name, "retain", "--older-than", "60", "--day", DAY, "--dry-run")
    _tool.expect("a dry run", (tried["taken"], tried["answered"], tried["dry_run"]), (39, 1, True))
    _tool.expect("a dry run changes nothing", lines(name), old)
    done = _tool.ask("--db", name, "retain", "--older-than", "60", "--day", DAY)
    _tool.expect("reduced", (done["taken"], done["answered"], done["summaries"]), (39, 1, 2))
    _tool.run("--db", name, "check", "--deep")
    for day in days:
        expect_same("on " + day, strengths(name, day), before[day])
    _tool.expect("interactions left", sorted(row["kind"] for row in lines(name)
                                             if row["type"] == "interaction"),
                 ["mail", "meeting", "summary", "summary"])
    _tool.expect("ids left in the file", count_ids(name), 2)  # the one answered, and by what
    again = _tool.ask("--db", name, "retain", "--before", "2024-01-10")
    _tool.expect("again", again["taken"], 0)
    _tool.run("--db", name, "dump", "reduced.dump")
    _tool.run("--db", "loaded.warmpath", "load", "reduced.dump")
    _tool.expect("a dump loaded", lines("loaded.warmpath"), lines(name))
    for day in days:
        expect_same("loaded, on " + day, strengths("loaded.warmpath", day), before[day])
    removed = _tool.ask("--db", name, "retain", "--before", "2024-01-10", "--remove")
    _tool.expect("removed", (removed["taken"], removed["removed"]), (3, True))
    _tool.expect("interactions after removing", [row["kind"] for row in lines(name)
                                                 if row["type"] == "interaction"], ["meeting"])
    _tool.run("--db", name, "check", "--deep")
    _tool.run("--db", name, "retain", code=2)
    _tool.run("--db", name, "retain", "--before", "2024-01-10", "--older-than", "3", code=2)


main()
