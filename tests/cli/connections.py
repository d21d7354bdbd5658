#!/usr/bin/env python3
"""Connections: what an import says of them does not depend on what came before, and counts once.

The connections of one person are told by his table alone, without an owner, with his address and as
an older table without profiles, by his archive, which names his profile, by one that does not, and
by the archive of somebody he knows. After any imports of these, some of them twice, and taking some
of them back, the database says what one says that imports the rest alone; so do ties, whose
strength is that of one connection. A dry run says what the import then does.

The program is $WARMPATH. `--seed N --cases N` replays so many histories.
"""

import csv
import os
import random
import sys

import _tool

HEADER = ["First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"]
URL = "https://www.linkedin.com/in/"
ANN = ["Ann", "Lee", URL + "ann-lee", "", "Acme", "CEO", "04 Mar 2023"]
CID = ["Cid", "Ray", URL + "cid", "cid@acme.com", "Acme", "CTO", "05 Mar 2023"]
BOB = ["Bob", "Us", URL + "bob-us", "", "Us", "", "04 Mar 2023"]
IMPORTS = {
    "alone": ["alone/Connections.csv"],
    "owned": ["--owner", "bob@us.com", "owned/Connections.csv"],
    "older": ["--owner", "bob@us.com", "older.csv"],
    "archive": ["archive"],
    "archive, owned": ["--owner", "bob@home.com", "second"],
    "archive without profile": ["third"],
    "of the other": ["other"],
}
PAIRS = [("linkedin:bob-us", "linkedin:ann-lee"), ("linkedin:bob-us", "linkedin:cid"),
         ("bob@us.com", "linkedin:ann-lee"), ("bob@us.com", "cid@acme.com")]


def write(name, rows):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


def write_archive(folder, rows, email, ends):
    write(folder + "/Connections.csv", [HEADER] + rows)
    write(folder + "/Email Addresses.csv", [["Email Address", "Confirmed", "Primary", "Updated On"],
                                            [email, "Yes", "Yes", "1/2/20"]])
    if ends is not None:
        write(folder + "/Invitations.csv", [
            ["From", "To", "Sent At", "Message", "Direction", "inviterProfileUrl",
             "inviteeProfileUrl"],
            ["", "", "3/14/25, 2:37 PM", "", "OUTGOING", URL + ends[0], URL + ends[1]]])


def make():
    write("alone/Connections.csv", [HEADER, ANN, CID])
    write("owned/Connections.csv", [HEADER, ANN, CID])
    write("older.csv", [HEADER, CID[:2] + [""] + CID[3:]])
    write_archive("archive", [ANN, CID], "bob@us.com", ("bob-us", "ann-lee"))
    write_archive("second", [ANN], "bob@us.com", ("bob-us", "ann-lee"))
    write_archive("third", [CID, ANN[:6] + ["03 Mar 2023"]], "bob@us.com", None)
    write_archive("other", [BOB], "ann@acme.com", ("ann-lee", "cid"))


def begin(name):
    for path in (name, name + "-lock"):
        if os.path.exists(path):
            os.remove(path)
    _tool.run("--db", name, "init", "--us", "us.com")


def load(name, which):
    counts = []
    for options in (["--dry-run"], []):
        total = _tool.ask("--db", name, "import", *options, *IMPORTS[which])["total"]
        counts.append({key: total[key] for key in ("read", "new", "known", "skipped")})
    _tool.expect("dry run of %s into %s" % (which, name), counts[0], counts[1])
    return counts[1]["new"]


def describe(name):
    """All that is stated, and what follows for ties."""
    text = _tool.run("--db", name, "dump", "-")
    for one, other in PAIRS:
        shown = _tool.run("--db", name, "explain", one, other, "--day", "2023-04-01", "--json",
                          code=(0, 1, 3))
        text += "%s %s: %s\n" % (one, other, strength(shown))
    return text


def strength(shown):
    """What a tie is worth, without what differs by the order of numbers."""
    if not shown.startswith("{"):
        return None
    tie = _tool.json.loads(shown)
    return {key: tie[key] for key in ("inbound", "outbound", "p", "cost", "tier")}


def try_history(seed):
    dice = random.Random(seed)
    begin("db")
    there, story = set(), []
    for _ in range(dice.randrange(2, 9)):
        which = dice.choice(sorted(there) if there and dice.random() < .35 else list(IMPORTS))
        is_undo = which in there and dice.random() < .7
        story.append(("undo " if is_undo else "") + which)
        if is_undo:
            _tool.run("--db", "db", "import", "--undo", IMPORTS[which][-1])
            there.remove(which)
        elif which in there:
            _tool.expect("seed %d: %s: new again" % (seed, story), load("db", which), 0)
        else:
            load("db", which)
            there.add(which)
    _tool.run("--db", "db", "check", "--deep")
    begin("alike")
    for which in dice.sample(sorted(there), len(there)):
        load("alike", which)
    _tool.expect_same_dump("seed %d: %s" % (seed, "; ".join(story)), describe("db"),
                           describe("alike"))


def once():
    """However many tell of a connection, it is worth one."""
    begin("db")
    load("db", "archive")
    one = describe("db").splitlines()[-len(PAIRS):]
    for which in ("owned", "older", "of the other", "archive, owned"):
        load("db", which)
    _tool.expect("ties when all are imported", describe("db").splitlines()[-len(PAIRS):], one)


def counted():
    """Under two ids it is counted as it is stored, twice, and one of the two weighs."""
    begin("db")
    _tool.expect("new by table and archive", [load("db", "owned"), load("db", "archive")], [2, 2])
    _tool.expect("stored", _tool.ask("--db", "db", "stats")["interactions"], 4)
    shown = _tool.ask("--db", "db", "explain", "bob@us.com", "cid@acme.com", "--day", "2023-04-01")
    _tool.expect("weights", sorted(one["weight"] for one in shown["contributions"]),
                 [0, 0, 1.2, 1.2])


def main():
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    first, cases = int(given.get("--seed", 1)), int(given.get("--cases", 12))
    make()
    once()
    counted()
    for seed in range(first, first + cases):
        try_history(seed)
    print("%d histories from seed %d" % (cases, first))


if __name__ == "__main__":
    main()
