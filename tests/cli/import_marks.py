#!/usr/bin/env python3
"""Boxes that people ticked elsewhere hold here: opt-outs of Salesforce and HubSpot, and what an
address book of Outlook marks as private, from the file to the answers.

Ann of us.com has a tie to everybody below, and everybody has one to the target.
"""

import csv
import json
import os

import _tool

TARGET = "target@far.com"
DAY = "2024-03-01"


def write_table(name, header, *rows):
    with open(name, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return name


def database(name, people):
    """A new one, in which all of these people could introduce Ann to the target."""
    if os.path.exists(name):
        os.remove(name)
    os.environ["WARMPATH_DB"] = name
    _tool.run("init", "--us", "us.com")
    with open("ties.jsonl", "w", encoding="utf-8") as out:
        for person in people:
            for pair in (("ann@us.com", person), (person, TARGET)):
                tie = {"type": "tie", "from": pair[0], "to": pair[1], "p": .9}
                out.write(json.dumps(tie) + "\n")
    _tool.run("import", "ties.jsonl")


def introducers(*options):
    answer = _tool.run("path", "--to", TARGET, "--hops", "2", "-k", "50", "--day", DAY, "--json",
                       *options, code=(0, 1))
    return sorted(path["introducer"]["email"] for path in json.loads(answer)["paths"])


def can_reach(person, *options):
    answer = _tool.run("path", "--to", person, "--hops", "1", "--day", DAY, "--json", *options,
                       code=(0, 1))
    return len(json.loads(answer)["paths"]) > 0


def choices(person):
    consent = _tool.ask("show", person)["consent"]
    return consent["introductions"], consent["contact"]


# --- Salesforce ---------------------------------------------------------------------------------

BOXES = {"neither@a.com": (0, 0), "mail@a.com": (1, 0), "call@a.com": (0, 1), "both@a.com": (1, 1)}
EXPORTS = {
    "data loader": ("Id,LastName,Email,HasOptedOutOfEmail,DoNotCall", "00300000000000%d"),
    "report": ("Contact ID,Last Name,Email,Email Opt Out,Do Not Call,Account Name",
               "00300000000000%d")}

for kind, (header, number) in EXPORTS.items():
    def contacts(boxes, header=header, number=number):
        return write_table("contacts.csv", header.split(","),
                           *([number % i, "Lee", email, *ticked, "Acme"][:header.count(",") + 1]
                             for i, (email, ticked) in enumerate(boxes.items())))
    database("salesforce.wp", BOXES)
    _tool.run("import", contacts(BOXES))
    _tool.expect(kind + ": who introduces", introducers(), ["neither@a.com"])
    _tool.expect(kind + ": decisions", {person: choices(person) for person in BOXES},
                 {"neither@a.com": ("in", "in"), "mail@a.com": ("out", "in"),
                  "call@a.com": ("out", "in"), "both@a.com": ("out", "out")})
    _tool.expect(kind + ": who may be a target", [can_reach(person) for person in BOXES],
                 [True, True, True, False])
    _tool.run("import", contacts({person: (0, 0) for person in BOXES}))
    _tool.expect(kind + ": boxes that are not ticked say nothing", choices("both@a.com"),
                 ("out", "out"))

# --- HubSpot, in the languages of its labels ----------------------------------------------------

LABELS = {"Unsubscribed from all email": "true", "hs_email_optout": "true",
          "Von allen E-Mails abgemeldet": "Ja",
          "Canceló la suscripción a todos los correos electrónicos": "Sí",
          "Se canceló la suscripción a todos los correos electrónicos": "Verdadero",
          "Désabonné de tous les e-mails": "Oui", "Désinscrit de tous les e-mails": "Vrai"}

for label, ticked in LABELS.items():
    database("hubspot.wp", ["in@a.com", "out@a.com"])
    _tool.run("import", write_table("contacts.csv", ["Record ID", "Last Name", "Email", label],
                                    ["1", "Lee", "in@a.com", ""],
                                    ["2", "Lee", "out@a.com", ticked]))
    _tool.expect(label, (introducers(), choices("out@a.com")), (["in@a.com"], ("out", "in")))

# --- Outlook ------------------------------------------------------------------------------------

MARKS = {"open@b.com": ("False", "Normal"), "box@b.com": ("True", "Normal"),
         "kept@b.com": ("False", "Private"), "secret@b.com": ("False", "Confidential")}
book = write_table("outlook.csv", ["First Name", "Last Name", "Company", "E-mail Address",
                                   "E-mail Type", "Private", "Sensitivity"],
                   *(["Kim", "Lee", "", email, "SMTP", *mark] for email, mark in MARKS.items()))

database("outlook.wp", MARKS)
_tool.run("import", "--format", "outlook", "--owner", "ann@us.com", book)
_tool.expect("the owner's contacts", [can_reach(person, "--as", "ann@us.com") for person in MARKS],
             [True] * 4)
_tool.expect("for everybody", [can_reach(person) for person in MARKS], [True, False, False, False])
_tool.expect("who introduces", introducers("--from", "ann@us.com"), ["open@b.com"])

database("unowned.wp", [])
report = json.loads(_tool.run("import", "--format", "outlook", "--json", book))
_tool.expect_import("without an owner", report, 4, 1, 3)
_tool.run("show", "box@b.com", code=1)
