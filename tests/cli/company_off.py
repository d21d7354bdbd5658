#!/usr/bin/env python3
"""What `company` says by hand and takes back again leaves nothing behind.

A history states further names, domains and owners of companies that imports state as well, and
takes some of that back by any identity of the company. The same database is then built without
what was taken back: dump, `show` and `find` must be the same, also when an import is undone and
when all else is taken back.

What is taken back is told from the list of what was said and the graph that links make, searched
anew each time: of a domain, what joins it with the company as that is without it; of a further name
and an owner, what was said of any identity of the company.

The program is $WARMPATH. `--seed N --cases N` replays so many histories.
"""

import json
import os
import random
import re
import subprocess
import sys

import _tool

STEPS = 14
IMPORTED = ["a.com", "b.com", "c.com", "d.com", "e.com", "id:77"]
NEW = ["f.com", "g.com"]
ALIASES = ["Acme Intl", "Beta Two", "Rest of All", "Gamma"]
ROWS = {
    "one.jsonl": [
        {"type": "company", "domain": "a.com", "name": "Acme", "aliases": ["Acme Intl"]},
        {"type": "company", "domain": "b.com", "name": "Beta", "parent": "a.com"},
        {"type": "company", "domain": "c.com", "domains": ["d.com"], "name": "Gamma"},
        {"type": "company", "id": "77", "name": "Numbered"},
        {"type": "person", "email": "ann@a.com", "name": "Ann Lee"},
        {"type": "person", "email": "eva@e.com", "name": "Eva King"},
        {"type": "person", "email": "fay@f.com", "name": "Fay Moss"},
        {"type": "employment", "person": "ann@a.com", "company": "a.com", "from": "2019-01-01"},
        {"type": "employment", "person": "bob@b.com", "company": "b.com", "from": "2018-01-01",
         "to": "2021-01-01"},
        {"type": "employment", "person": "linkedin:cy", "company": "name:Acme Intl",
         "from": "2018-06-01"},
        {"type": "employment", "person": "linkedin:dee", "company": "name:Beta Two",
         "from": "2018-06-01"}],
    "two.jsonl": [
        {"type": "company", "domain": "b.com", "domains": ["e.com"], "aliases": ["Beta Two"]},
        {"type": "company", "domain": "d.com", "parent": "a.com"},
        {"type": "company", "domain": "a.com", "name": "Acme", "aliases": ["Rest of All"]}]}
LINKS = {"one.jsonl": [("c.com", "d.com")], "two.jsonl": [("b.com", "e.com")]}


def remove(name):
    for path in (name, name + "-lock"):
        if os.path.exists(path):
            os.remove(path)


def begin(name, has_rules):
    remove(name)
    _tool.run("-q", "--db", name, "init", "--us", "us.com")
    for path in ROWS:
        _tool.run("-q", "--db", name, "import", path)
    if has_rules:
        _tool.run("-q", "--db", name, "barrier", "add", "a.com", "e.com")
        _tool.run("-q", "--db", name, "group", "add", "team:x", "c.com", "id:77")


def company_of(start, links, without=None):
    """The identities that links make one with one of them."""
    found, due = set(), [start]
    while due:
        at = due.pop()
        if at in found or at == without:
            continue
        found.add(at)
        due += [b if a == at else a for a, b in links if at in (a, b)]
    return found


class Model:
    """What was said and not taken back, in its order: (what, identity, value)."""
    def __init__(self):
        self.said = []
        self.rows = [link for links in LINKS.values() for link in links]

    def links(self):
        return self.rows + [(one, other) for what, one, other in self.said if what == "domain"]

    def known(self):
        return IMPORTED + sorted({value for what, _, value in self.said
                                  if what == "domain" and value in NEW} | {"f.com"})

    def meant(self, what, identity, value):
        """What taking it back takes out of what was said."""
        company = company_of(identity, self.links())
        if what == "alias":
            return [at for at in self.said if at[0] == what and at[1] in company and at[2] == value]
        if what == "parent":
            parents = company_of(value, self.links())
            return [at for at in self.said
                    if at[0] == what and at[1] in company and at[2] in parents]
        if value not in company:
            return []
        rest = None if value == identity else company_of(identity, self.links(), value)
        return [at for at in self.said if at[0] == what and value in at[1:] and
                (rest is None or (at[1] if at[2] == value else at[2]) in rest)]

    def say(self, statement):
        what, identity, _ = statement
        if what == "parent":
            company = company_of(identity, self.links())
            self.said = [at for at in self.said if at[0] != what or at[1] not in company]
        if statement not in self.said and (what, *statement[:0:-1]) not in self.said:
            self.said.append(statement)

    def take_back(self, statement):
        gone = self.meant(*statement)
        self.said = [at for at in self.said if at not in gone]
        return len(gone) > 0


def anything(dice, model):
    what = dice.choice(["alias", "domain", "domain", "parent"])
    identity = dice.choice(model.known())
    if what == "alias":
        return what, identity, dice.choice(ALIASES)
    value = dice.choice(IMPORTED[:5] + NEW)
    return (what, identity, value) if value != identity else anything(dice, model)


def sometimes_said(dice, model):
    """Something that was said, perhaps by another identity or the other way round."""
    if not model.said or dice.random() < .2:
        return anything(dice, model)
    what, identity, value = dice.choice(model.said)
    if what == "domain" and dice.random() < .3 and value in model.known() and ":" not in identity:
        identity, value = value, identity
    elif dice.random() < .4:
        identity = dice.choice(sorted(company_of(identity, model.links())))
    return what, identity, value


def without_numbers(value):
    if isinstance(value, dict):
        return {key: without_numbers(one) for key, one in value.items() if key != "number"}
    if isinstance(value, list):
        return sorted((without_numbers(one) for one in value), key=json.dumps)
    return value


def compare(what, names, known):
    first, second = names
    _tool.expect_same_dump(what, *(_tool.run("--db", name, "dump", "-") for name in names))
    for words in [["find", text] for text in ALIASES + NEW] + [["show", one] for one in known]:
        seen, expected = (_tool.run("--db", name, *words, "--json", "--day", "2024-03-01",
                                    code=(0, 1)) for name in (first, second))
        _tool.expect("%s: %s" % (what, " ".join(words)),
                     *(without_numbers(json.loads(text)) for text in (seen, expected)))
    for name in names:
        _tool.run("--db", name, "check", "--deep")


def say(name, statement):
    """Whether it was taken: an owner may not be owned by the company, which must be known."""
    done = subprocess.run([_tool.TOOL, "-q", "--db", name, "company", *statement],
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0 and not re.search("expected another company|unknown", done.stderr):
        _tool.fail("%s: %s" % (" ".join(statement), done.stderr))
    return done.returncode == 0


def go_on(dice, model):
    """One step, in words, and whether it took something back."""
    if dice.random() < .55:
        statement = anything(dice, model)
        if say("db", statement):
            model.say(statement)
        return " ".join(statement), False
    statement = sometimes_said(dice, model)
    is_meant = model.take_back(statement)
    _tool.run("--db", "db", "company", *statement, "--off", code=0 if is_meant else 3)
    return " ".join((*statement, "--off")), is_meant


def compare_undone(what, model):
    for name in ("db", "twin", "bare"):
        _tool.run("-q", "--db", name, "import", "--undo", "two.jsonl")
    model.rows = LINKS["one.jsonl"]
    compare(what + "; undone", ("db", "twin"), model.known())


def take_all_back(dice, model):
    while model.said:
        statement = dice.choice(model.said)
        model.take_back(statement)
        _tool.run("--db", "db", "company", *statement, "--off")


def try_history(seed):
    """How many statements were taken back."""
    dice, model, steps = random.Random(seed), Model(), []
    has_rules = dice.random() < .3
    for name in ("db", "twin", "bare"):
        begin(name, has_rules)
    for _ in range(STEPS):
        steps.append(go_on(dice, model))
    what = "seed %d, %s" % (seed, "; ".join(words for words, _ in steps))
    # Without what was taken back, a domain that it brought may be unknown, or an owner that an
    # import names be in the way.
    if all(say("twin", statement) for statement in model.said):
        compare(what, ("db", "twin"), model.known())
        compare_undone(what, model)
        take_all_back(dice, model)
        compare(what + "; all taken back", ("db", "bare"), IMPORTED)
    return sum(is_off for _, is_off in steps)


def main():
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    first, cases = int(given.get("--seed", 1)), int(given.get("--cases", 3))
    for path, rows in ROWS.items():
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
    taken = sum(try_history(seed) for seed in range(first, first + cases))
    print("%d histories from seed %d, %d statements taken back" % (cases, first, taken))


if __name__ == "__main__":
    main()
