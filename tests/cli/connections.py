#!/usr/bin/env python3
"""A connection is stored once, whenever it becomes known whose list it is in.

The connections of a LinkedIn archive are imported alone, without an owner and with one, and with
the whole archive, which names the owner's profile; also from an old export without profiles. In
every order the dump is that of the first one, and a dry run says what the import does.

The program is $WARMPATH.
"""

import csv
import itertools
import os

import _tool

HEADER = ["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"]
ROWS = [["Ann", "Lee", "https://www.linkedin.com/in/ann-lee", "", "Acme", "CEO", "04 Mar 2023"],
        ["Cid", "Ray", "https://www.linkedin.com/in/cid", "cid@acme.com", "Acme", "CTO",
         "05 Mar 2023"]]
ALONE = ["archive/Connections.csv"]
OWNED = ["--owner", "bob@us.com", "archive/Connections.csv"]
OLD = ["--owner", "bob@us.com", "old.csv"]
WHOLE = ["archive"]


def write(name, rows):
    with open(name, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


def make():
    os.mkdir("archive")
    write("archive/Connections.csv", [HEADER] + ROWS)
    write("old.csv", [HEADER, ROWS[1][:2] + [""] + ROWS[1][3:]])
    write("archive/Email Addresses.csv", [["Email Address", "Confirmed", "Primary", "Updated On"],
                                          ["bob@us.com", "Yes", "Yes", "1/2/20"]])
    write("archive/Invitations.csv", [
        ["From", "To", "Sent At", "Message", "Direction", "inviterProfileUrl", "inviteeProfileUrl"],
        ["Bob Us", "Ann Lee", "3/14/25, 2:37 PM", "", "OUTGOING",
         "https://www.linkedin.com/in/bob-us", "https://www.linkedin.com/in/ann-lee"]])


def database(imports):
    for name in ("db", "db-lock"):
        if os.path.exists(name):
            os.remove(name)
    _tool.run("--db", "db", "init", "--us", "us.com")
    for one in imports:
        tried = _tool.ask("--db", "db", "import", "--dry-run", *one)["total"]
        done = _tool.ask("--db", "db", "import", *one)["total"]
        if one is not OLD:  # whose rows name her otherwise
            _tool.expect("dry run of %s" % one, (tried["new"], tried["known"]),
                         (done["new"], done["known"]))
    _tool.run("--db", "db", "check", "--deep")
    return _tool.run("--db", "db", "dump", "-")


def count(dump):
    return len({line.split('"id":', 1)[1].split(",", 1)[0] for line in dump.splitlines()
                if '"connection"' in line})


make()
for what, kinds in (("owner learnt", [OWNED, WHOLE]), ("alone first", [ALONE, OWNED, WHOLE]),
                    ("without profiles", [OLD, WHOLE])):
    dumps = [database(order) for order in itertools.permutations(kinds)]
    for other in dumps[1:]:
        _tool.expect_same_dump(what, other, dumps[0])
    _tool.expect(what, count(dumps[0]), 2)
    again = _tool.ask("--db", "db", "import", *kinds[0])["total"]
    _tool.expect(what + ", again", again["new"], 0)
_tool.expect_same_dump("the owner told later", database([ALONE, OWNED]), database([OWNED]))
print("%d rows in every order" % len(ROWS))
