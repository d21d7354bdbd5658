#!/usr/bin/env python3
"""Who opted out follows from what is stated, in any order, against a model of a dozen lines.

Imports of several formats state identities that are one person's, and decisions: lines of JSON with
a day, boxes of tables without. They come in any order, twice, are rehearsed and are taken back;
between them somebody decides by hand. After each step what holds of every identity, and who is in
the middle of a path or at its end, must be what the model says: of one identity the later decision,
of one day the stricter; of one person the strictest.

The program is $WARMPATH; `--seed N --cases N` replays.
"""

import json
import os
import random
import sys

from _tool import ask, expect, run

ADDRESSES = ["%s@x.test" % name for name in ("ann", "bo", "cy")]
IDS = ["00300000000000%dAAA" % number for number in (1, 2)]
WHO = ADDRESSES + ["id:" + number for number in IDS]
MATTERS = ("introductions", "contact")
RANK = {"in": 1, "ask": 2, "out": 3}
TARGET, US = "target@far.test", "own@us.com"
DAY = "2024-06-01"


def write(name, lines):
    with open(name, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


def make_lines(dice, name):
    """Lines of JSON: who is one person, and decisions with a day or none."""
    lines, links, decisions = [], [], []
    for _ in range(dice.randrange(1, 5)):
        if dice.random() < .3:
            both = dice.sample(ADDRESSES, 2)
            lines.append({"type": "person", "emails": both})
            links.append(both)
            continue
        matter = dice.choice(MATTERS)
        choice = dice.choice(["in", "out"] + ["ask"] * (matter == "introductions"))
        day = dice.choice([None, "2024-01-01", "2024-02-01", "2024-03-01"])
        lines.append({"type": "consent", "person": dice.choice(WHO), matter: choice,
                      **({"since": day} if day else {})})
        decisions.append((lines[-1]["person"], matter, choice, day))
    write(name, [json.dumps(line) for line in lines])
    return links, decisions


# Tables of two identities and two boxes; those of addresses alone, and those of one and an id.
TABLES = {
    "E-mail Address,E-mail 2 Address,Opt out,Do not call": "%s,%s,%s,%s",
    "Record ID,Email,Additional email addresses,Unsubscribed from all email,Do not call":
        "{number},%s,%s,%s,%s"}
ID_TABLES = {
    "Email,Id,LastName,HasOptedOutOfEmail,DoNotCall": "%s,%s,Lee,%s,%s",
    "PersonEmail,PersonContactId,Id,PersonHasOptedOutOfEmail,PersonDoNotCall":
        "%s,%s,001{number:012d},%s,%s",
    "Opportunity Name,Stage,Email,Contact ID,Email Opt Out,Do Not Call":
        "D{number},Open,%s,%s,%s,%s",
    "Subject,Date,Assigned,Status,Email,Contact ID,Email Opt Out,Do Not Call":
        "Call,1/2/2020,Bo,Open,%s,%s,%s,%s"}


def make_table(dice, name):
    """A table with boxes, of a spreadsheet or a CRM."""
    header = dice.choice(list(TABLES) + list(ID_TABLES))
    lines, links, decisions = [header], [], []
    for _ in range(dice.randrange(1, 4)):
        boxes = [dice.choice("001"), dice.choice("001")]
        one, other = dice.sample(ADDRESSES, 2)
        second = other if header in TABLES else dice.choice(IDS)
        row = TABLES.get(header) or ID_TABLES[header]
        lines.append(row.format(number=dice.randrange(10 ** 9)) % (one, second, *boxes))
        # An activity that says nothing of consent says nothing here.
        if "1" in boxes or not header.startswith("Subject"):
            links.append([one, second if header in TABLES else "id:" + second])
        if "1" in boxes:
            decisions.append((one, "introductions", "out", None))
        if boxes == ["1", "1"]:
            decisions.append((one, "contact", "out", None))
    write(name, lines)
    return links, decisions


class Model:
    def __init__(self):
        self.links = {}    # by source
        self.stated = {}   # by source: {(identity, matter): (choice, day)}

    def people(self):
        """Identities that are one person's."""
        groups = [{one} for one in WHO]
        for both in sum(self.links.values(), []):
            found = [group for group in groups if group & set(both)]
            groups = [group for group in groups if group not in found] + [set().union(*found)]
        return groups

    def take(self, name, links, decisions):
        self.links[name], self.stated[name] = links, {}
        for who, matter, *made in decisions:
            self.stated[name][who, matter] = max(made, self.stated[name].get((who, matter), made),
                                                 key=self.by_day)

    def undo(self, name):
        del self.links[name], self.stated[name]

    @staticmethod
    def by_day(made):
        return made[1] or "", RANK[made[0]]

    def of_identity(self, who, matter):
        made = [stated[who, matter] for stated in self.stated.values() if (who, matter) in stated]
        return max(made, key=self.by_day)[0] if made else "in"

    def decide(self, who, matter, choice):
        """By hand: of the identity, and of others of the person that any stricter one is of."""
        hand = self.stated.setdefault("hand", {})
        group = next(group for group in self.people() if who in group)
        others = [one for one in group if one != who and any(
            RANK[stated[one, matter][0]] > RANK[choice] for stated in self.stated.values()
            if (one, matter) in stated)]
        for one in [who] + others:
            hand[one, matter] = (choice, DAY)

    def holds(self):
        """{identity: (introductions, contact)}"""
        out = {}
        for group in self.people():
            choices = tuple(max((self.of_identity(one, matter) for one in group), key=RANK.get)
                            for matter in MATTERS)
            out.update({one: choices for one in group})
        return out


def check(what, model):
    holds = model.holds()
    for who in WHO:
        consent = ask("show", who)["consent"]
        expect("%s: %s" % (what, who), (consent["introductions"], consent["contact"]), holds[who])
    answer = json.loads(run("path", "--from", US, "--to", TARGET, "--hops", "2", "-k", "50",
                            "--day", DAY, "--json", code=(0, 1)))
    seen = {path["introducer"]["number"] for path in answer["paths"]}
    expect(what + ": introducers",
           sorted(who for who in WHO if ask("show", who)["person"]["number"] in seen),
           sorted(who for who in WHO if holds[who][0] != "out" and holds[who][1] != "out"))
    for who in WHO:
        found = json.loads(run("path", "--from", US, "--to", who, "--hops", "1", "--day", DAY,
                               "--json", code=(0, 1)))["paths"]
        expect("%s: path to %s" % (what, who), len(found) > 0, holds[who][1] != "out")


def load(what, name):
    """A dry run reads and skips as the import does. Of decisions that one file states of somebody
    several times it counts those as new that an earlier one overrides."""
    told, done = ask("import", "--dry-run", name)["total"], ask("import", name)["total"]
    expect(what + ": dry run of " + name, [told[key] for key in ("read", "reasons", "notes")],
           [done[key] for key in ("read", "reasons", "notes")])
    expect(what + ": again " + name, ask("import", name)["total"]["new"], 0)


def database():
    for suffix in ("", "-lock"):
        if os.path.exists("db" + suffix):
            os.remove("db" + suffix)
    os.environ["WARMPATH_DB"] = "db"
    run("init", "--us", "us.com")
    write("ties.jsonl", [json.dumps({"type": "tie", "from": a, "to": b, "p": .9})
                         for who in WHO for a, b in ((US, who), (who, TARGET))])
    run("import", "ties.jsonl")


def try_case(seed):
    dice = random.Random(seed)
    database()
    model, made = Model(), {}
    for at in range(dice.randrange(2, 5)):
        name = "%d.%s" % (at, dice.choice(["jsonl", "csv"]))
        made[name] = (make_lines if name.endswith("jsonl") else make_table)(dice, name)
    what = "seed %d" % seed
    for _ in range(dice.randrange(3, 9)):
        name, way = dice.choice(list(made)), dice.random()
        if way < .25:
            who, matter = dice.choice(WHO), dice.choice(MATTERS)
            choice = dice.choice(["in", "out"])
            run("opt" + choice, who, "--day", DAY, *["--contact"] * (matter == "contact"))
            model.decide(who, matter, choice)
            what += ", %s %s %s" % (who, matter, choice)
        elif name in model.links:
            run("import", "--undo", name)
            model.undo(name)
            what += ", undo " + name
        else:
            load(what, name)
            model.take(name, *made[name])
            what += ", " + name
        check(what, model)
    run("check", "--deep")


def main():
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    first, cases = int(given.get("--seed", 1)), int(given.get("--cases", 6))
    for seed in range(first, first + cases):
        try_case(seed)
    print("%d histories from seed %d" % (cases, first))


if __name__ == "__main__":
    main()
