#!/usr/bin/env python3
"""Attendees of Salesforce events stand in a table of their own, EventRelation.csv.

Whichever of the two tables comes first, in two imports or in a folder, the meeting has the contact
of the event and the others who were asked, in the parts they answered; taking the second table back
leaves the contact alone. The program is $WARMPATH.
"""

import json
import os

import _tool

OWNER, COLLEAGUE = "005000000000001AAA", "005000000000002AAA"
CONTACT, SECOND, LEAD = "003000000000001AAA", "003000000000002AAA", "00Q000000000001EAA"
EVENT, INVITED = "00U000000000001EAA", "00U000000000002EAA"

EVENTS = """Id,WhoId,WhatId,Subject,StartDateTime,OwnerId,IsPrivate,Type
%s,%s,,Kickoff,2024-03-01T00:00:00.000Z,%s,false,Meeting
%s,,,Review,2024-03-01T00:00:00.000Z,%s,false,Meeting
""" % (EVENT, CONTACT, OWNER, INVITED, OWNER)
RELATIONS = "EventId,RelationId,Status,RespondedDate\n" + "".join(
    "%s,%s,%s,\n" % row for row in [(EVENT, CONTACT, "New"), (EVENT, SECOND, "Accepted"),
                                    (EVENT, COLLEAGUE, "Declined"), (EVENT, LEAD, "New"),
                                    (EVENT, "001000000000001AAA", ""),
                                    (INVITED, LEAD, "Accepted")])


def database(*imports):
    for name in ("db", "db-lock"):
        if os.path.exists(name):
            os.remove(name)
    _tool.run("--db", "db", "init", "--us", "us.com")
    for path in imports:
        _tool.run("--db", "db", "import", path)
    _tool.run("--db", "db", "check", "--deep")


def facts():
    """What is stored, whichever source states it."""
    lines = map(json.loads, _tool.run("--db", "db", "dump", "-").splitlines())
    kept = [line for line in lines if line["type"] != "source"]
    for line in kept:
        line.pop("source", None)
        line.pop("sources", None)
    return sorted({json.dumps(line, sort_keys=True) for line in kept})


def weights(who):
    """What each meeting weighs between the owner and somebody, from her side."""
    code = 0 if who != COLLEAGUE else (0, 3)
    text = _tool.run("--db", "db", "explain", "id:" + OWNER, "id:" + who, "--day", "2024-03-01",
                     "--json", code=code)
    rows = json.loads(text)["contributions"] if text else []
    return sorted(row["weight"] for row in rows if row["direction"] == "in")


for folder in ("events", "relations", "both"):
    os.mkdir(folder)
for path, rows in (("events/Event.csv", EVENTS), ("relations/EventRelation.csv", RELATIONS),
                   ("both/Event.csv", EVENTS), ("both/EventRelation.csv", RELATIONS)):
    with open(path, "w", encoding="utf-8") as out:
        out.write(rows)

database("events/Event.csv", "relations/EventRelation.csv")
report = _tool.ask("--db", "db", "import", "relations/EventRelation.csv")["total"]
_tool.expect("again", (report["new"], report["skipped"], report["reasons"]),
             (0, 1, {"not a person": 1}))
whole = facts()
_tool.expect_near("contact", weights(CONTACT)[0], 4 / 2)  # four besides the owner
_tool.expect_near("who accepted", weights(SECOND)[0], 4 / 2)
_tool.expect_near("who is asked", weights(LEAD)[0], 1 / 2)
_tool.expect_near("who alone is invited", weights(LEAD)[1], 4)
_tool.expect("who declined", [one for one in weights(COLLEAGUE) if one > 0], [])
database("relations/EventRelation.csv", "events/Event.csv")
_tool.expect("attendees first", facts(), whole)
database("both")
_tool.expect("in one folder", facts(), whole)
database("relations/EventRelation.csv", "events/Event.csv")
_tool.run("--db", "db", "import", "--undo", "relations/EventRelation.csv")
_tool.expect("attendees taken back", weights(CONTACT), [4.0])
