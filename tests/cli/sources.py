#!/usr/bin/env python3
"""Imports in any order give one dump, and one that is taken back leaves none of itself behind.

Three sources name the same people in different ways: one links the identities that the others know
apart. Every order of importing them, and importing some twice, must give the same bytes; taking one
back those that the other two give; a dump that is loaded the same dump. A private tie is none for
who, explain and reach; a merge by hand can be taken back.

The program is $WARMPATH.
"""

import itertools
import json
import os

import _tool

FILES = {
    "crm.jsonl": [
        {"type": "person", "id": "42", "email": "ann@acme.com", "name": "Ann Lee",
         "company": "Acme", "title": "VP"},
        {"type": "company", "domain": "acme.com", "name": "Acme"},
        {"type": "opportunity", "id": "006", "name": "Deal", "amount": 1250.5, "currency": "EUR",
         "company": "Acme", "owner": "bob@us.com", "stage": "Proposal"},
        {"type": "role", "opportunity": "006", "person": "id:42", "role": "Champion"},
        {"type": "tie", "from": "bob@us.com", "to": "id:42", "p": 0.25},
        {"type": "consent", "person": "id:42", "introductions": "in", "since": "2024-02-01"},
        {"type": "employment", "person": "id:42", "company": "Acme", "from": "2022-01-01",
         "to": "2023-12-31"},
    ],
    "mail.jsonl": [
        {"type": "person", "email": "ann@acme.com", "names": [{"name": "Lee, Ann", "count": 3}]},
        {"type": "interaction", "id": "m1", "kind": "mail", "time": "2024-03-01T12:00:00Z",
         "from": "ann@gmail.com", "to": ["bob@us.com"]},
        {"type": "interaction", "id": "m2", "kind": "mail", "time": "2024-03-02T12:00:00Z",
         "from": "bob@us.com", "to": ["ann@acme.com"], "cc": ["eve@us.com"], "reply_to": "m1"},
        {"type": "tie", "from": "bob@us.com", "to": "ann@gmail.com", "p": 0.75},
        {"type": "employment", "person": "bob@us.com", "company": "acme.com",
         "from": "2023-01-01", "to": "2023-06-30"},
        {"type": "employment", "person": "bob@us.com", "company": "us.com"},
    ],
    "profiles.jsonl": [
        {"type": "person", "linkedin": "ann-lee", "emails": ["ann@acme.com", "ann@gmail.com"]},
        {"type": "interaction", "id": "m2", "kind": "mail", "time": "2024-03-02T12:00:00Z",
         "from": "bob@us.com", "to": ["ann@acme.com"], "reply_to": "m1", "revision": 1},
        {"type": "consent", "person": "ann@gmail.com", "introductions": "out"},
        {"type": "employment", "person": "eve@us.com", "company": "name:Acme",
         "from": "2024-01-01"},
        {"type": "employment", "person": "eve@us.com", "company": "us.com"},
    ],
}


def database(name, *files):
    if os.path.exists(name):
        os.remove(name)
    _tool.run("--db", name, "init", "--us", "us.com")
    for file in files:
        _tool.run("--db", name, "import", file)
    return name


def dump(name):
    _tool.run("--db", name, "check", "--deep")
    return _tool.run("--db", name, "dump", "-")


def show(name, who, *options):
    return json.loads(_tool.run("--db", name, "show", who, "--json", "--day", "2024-03-10",
                                *options))


for path, rows in FILES.items():
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)

whole = dump(database("all", *FILES))
for order in itertools.permutations(FILES):
    _tool.expect("order %s" % (order,), dump(database("other", *order)), whole)
_tool.expect("some twice", dump(database("other", *FILES, "crm.jsonl", "mail.jsonl")), whole)
for path in FILES:
    again = json.loads(_tool.run("--db", "other", "import", "--json", path))["total"]
    _tool.expect("%s again" % path, again["new"], 0)
for left_out in FILES:
    rest = [path for path in FILES if path != left_out]
    name = database("other", *FILES)
    _tool.run("--db", name, "import", "--undo", left_out)
    _tool.expect("without %s" % left_out, dump(name), dump(database("rest", *rest)))

with open("dump.jsonl", "w", encoding="utf-8") as out:
    out.write(whole)
if os.path.exists("loaded"):
    os.remove("loaded")
_tool.run("--db", "loaded", "load", "dump.jsonl")
_tool.expect("dump, load, dump", dump("loaded"), whole)

ann = show("all", "id:42")
_tool.expect("identities of one person", ann["identities"],
             ["ann@acme.com", "ann@gmail.com", "id:42", "linkedin:ann-lee"])
_tool.expect("the stricter decision", ann["consent"]["introductions"], "out")
_tool.expect("sources", len(show("all", "id:42", "--as", "audit")["sources"]), 3)
_tool.expect("sources as everybody sees them", ann["sources"], None)
_tool.expect("sources as a person sees them", show("all", "id:42", "--as", "id:42")["sources"],
             None)
acme = show("all", "acme.com", "--as", "audit")
_tool.expect("sources of a company", [os.path.basename(name) for name in acme["sources"]],
             ["crm.jsonl", "mail.jsonl", "profiles.jsonl"])
_tool.expect("deals with a company", [deal["name"] for deal in acme["opportunities"]], ["Deal"])
_tool.run("--db", "other", "company", "parent", "acme.com", "us.com")
_tool.run("--db", "other", "company", "alias", "acme.com", "Acme Limited")
acme = show("other", "acme.com")
_tool.expect("who owns it", acme["parent"], "us.com")
_tool.expect("further names", acme["aliases"], ["Acme Limited"])
_tool.expect("her part", ann["opportunities"][0]["part"], "Champion")
_tool.expect("the strongest statement", ann["ties"][0]["to"]["email"], "bob@us.com")

# Each interaction names who states it.
named = {one["source"]: [os.path.basename(name) for name in one["sources"]] for one in json.loads(
    _tool.run("--db", "all", "show", "id:42", "--as", "audit", "--json", "--day",
              "2024-03-10"))["interactions"]}
_tool.expect("sources of interactions", named.get("m2"), ["mail.jsonl", "profiles.jsonl"])
said = json.loads(_tool.run("--db", "all", "explain", "bob@us.com", "ann@acme.com", "--as", "audit",
                            "--json", "--day", "2024-03-10"))["contributions"]
_tool.expect("sources of contributions",
             {one["source"]: [os.path.basename(name) for name in one["sources"]]
              for one in said if one["source"]},
             {"m1": ["mail.jsonl"], "m2": ["mail.jsonl", "profiles.jsonl"]})

# They worked together from January to June 2023, five whole months, which the day fades.
explained = json.loads(_tool.run("--db", "all", "explain", "bob@us.com", "ann@acme.com", "--json",
                                 "--day", "2024-03-10"))
together = [one for one in explained["contributions"] if one["kind"] == "together"]
_tool.expect("worked together", [(one["company"], one["direction"], one["source"], one["time"])
                                 for one in together],
             [("Acme", way, None, "2023-06-30T00:00:00Z") for way in ("out", "in")])
_tool.expect_near("its weight", together[0]["weight"], 3.0)
_tool.run("--db", "all", "explain", "bob@us.com", "ann@acme.com")
_tool.run("--db", "all", "private", "ann@acme.com", "bob@us.com", "--owner", "bob@us.com")
_tool.run("--db", "all", "who", "ann@acme.com", "--day", "2024-03-10", code=1)
_tool.expect("private ties in show", show("all", "id:42")["tie_count"], 0)
_tool.run("--db", "all", "private", "ann@acme.com", "bob@us.com", "--owner", "bob@us.com", "--off")
_tool.expect("no longer private", show("all", "id:42")["tie_count"], 1)

before = _tool.run("--db", "all", "dump", "-")
_tool.run("--db", "all", "merge", "bob@us.com", "eve@us.com")
_tool.expect("merged", len(show("all", "eve@us.com")["identities"]), 2)
_tool.run("--db", "all", "unmerge", "bob@us.com", "eve@us.com")
_tool.expect("unmerged", len(show("all", "eve@us.com")["identities"]), 1)
_tool.expect("nothing is left of the merge", _tool.run("--db", "all", "dump", "-"), before)
_tool.run("--db", "all", "unmerge", "ann@gmail.com")
_tool.expect("apart from what rows say", show("all", "ann@gmail.com")["identities"],
             ["ann@gmail.com"])
_tool.run("--db", "all", "check", "--deep")

# What an import says of who is whom is its own; that somebody stands apart it cannot say.
with open("said.jsonl", "w", encoding="utf-8") as out:
    out.write('{"type":"merge","people":["ann@acme.com","eve@us.com"]}\n'
              '{"type":"unmerge","person":"carl@us.com"}\n')
name = database("other", *FILES)
before = dump(name)
tried = json.loads(_tool.run("--db", name, "import", "--dry-run", "--json", "said.jsonl"))["total"]
told = json.loads(_tool.run("--db", name, "import", "--json", "said.jsonl"))["total"]
for what, counts in (("a dry run", tried), ("an import", told)):
    _tool.expect(what + " of what is said by hand",
                 (counts["new"], counts["known"], counts["reasons"]),
                 (0, 1, {"said by hand, use load": 1}))
_tool.expect("merged by an import", len(show(name, "eve@us.com")["identities"]), 5)
_tool.run("--db", name, "import", "--undo", "said.jsonl")
_tool.expect("nothing is left of it", dump(name), before)

# A setting goes with the dump, and the report says what it leaves out.
small = database("small")
report = json.loads(_tool.run("--db", small, "import", "--worked-together-max", "2", "--json",
                              *FILES))
_tool.expect("companies too large", report["companies_too_large"], 1)
_tool.run("--db", small, "import", "--worked-together-max", "2", "--dry-run", "crm.jsonl", code=2)
_tool.run("--db", small, "import", "--worked-together-max", "2001", "crm.jsonl", code=2)
with open("dump.jsonl", "w", encoding="utf-8") as out:
    out.write(dump(small))
os.remove("loaded")
_tool.run("--db", "loaded", "load", "dump.jsonl")
_tool.expect("dump, load, dump with a setting", dump("loaded"), dump(small))
_tool.expect("the setting", '{"type":"setting","worked_together_max":2}' in dump("loaded"), True)
