#!/usr/bin/env python3
"""Imports taken back leave the others, and what was said by hand, as if they had never been.

A history mixes imports of small exports of every format, also again, with their undoing in any
order and with what people say by hand. A dump is the same lines by hand and those of the imports
that remain, whatever happened in which order: so no import and no undoing changes a line by hand,
and a database that is loaded with the lines by hand alone, and then given the imports that remain
in another order, gives the same dump and the same answers.

A step by hand may name somebody whom only an import knows that is taken back later. What was said
stays then, and its people with it, since a hand says what it says of an address or id and not of
an import: an opt-out holds when the same export comes again.

The program is $WARMPATH. `--seed N --cases N` replays so many histories.
"""

import json
import os
import random
import shutil
import sys

import _exports
import _tool

DAY = "2024-04-01"
EXPORTS = 4
STEPS = 16


def remove(name):
    for path in (name, name + "-lock"):
        if os.path.exists(path):
            os.remove(path)


def by_hand(dump):
    """The lines of a dump that no import states."""
    kept = []
    for line in dump.splitlines(True):
        row = json.loads(line)
        if row["type"] != "source" and "source" not in row and "sources" not in row:
            kept.append(line)
    return kept


def make_gone(dice, path):
    """An export about somebody who is forgotten, and whom no other export names."""
    one = dice.choice(_exports.PEOPLE)
    gone = ["gone@acme.com", "gone@gmail.com"]
    rows = [{"type": "person", "emails": gone[:dice.randrange(1, 3)], "name": "Gone Girl",
             "company": "Acme, Inc."},
            {"type": "interaction", "id": "g1", "kind": "mail", "time": "2024-03-01T12:00:00Z",
             "from": gone[0], "to": [one["work"], _exports.OWNER]},
            {"type": "tie", "from": gone[1], "to": one["home"], "p": .5}]
    _exports.write(path, "".join(json.dumps(row) + "\n" for row in rows))
    return []


def identities(said):
    """Who is in a dump, as commands name them; but for the one who is forgotten at times."""
    found = []
    for line in said.splitlines():
        row = json.loads(line)
        for key, prefix in (("email", ""), ("id", "id:"), ("linkedin", "linkedin:")):
            if row["type"] == "person":
                some = row.get(key + "s", []) + [row.get(key)]
                found += [prefix + one for one in some if one and "gone" not in one]
    return found


def anybody(dice, known):
    """Somebody who is there, or may be."""
    one = dice.choice(_exports.PEOPLE)
    return dice.choice(known if known and dice.random() < .9 else [one["home"], _exports.OWNER])


def company(dice):
    return dice.choice(["acme.com", "beta.de", "us.com", "Acme, Inc.", "Beta GmbH", "Other Ltd"])


def statement(dice, known):
    """The words of a command that says something by hand."""
    one, other = anybody(dice, known), anybody(dice, known)
    any_one = dice.choice([one, one, one, "gone@acme.com"])
    day = ["--day", "2024-03-%02d" % dice.randrange(1, 29)]
    kinds = {
        "merge": [["merge", one, other]],
        "unmerge": [["unmerge", one], ["unmerge", one, other]],
        "introductions": [["optout", any_one, *day], ["optin", one, *day],
                          ["optin", one, "--ask", *day]],
        "contact": [["optout", any_one, "--contact", *day], ["optin", one, "--contact", *day]],
        "private": [["private", any_one, "--owner", other], ["private", one, other, "--owner", one],
                    ["private", other, any_one, "--owner", other]],
        "sharing": [["sharing", one, name] for name in ("open", "closed", "team:a")],
        "group": [["group", "add", "team:a", who] for who in (any_one, company(dice))],
        "barrier": [["barrier", "add", any_one, who] for who in (company(dice), other, "team:a")],
        "company": [["company", "alias", company(dice), dice.choice(["Acme", "Other Ltd"])],
                    ["company", "domain", company(dice), dice.choice(["acme.org", "beta.de"])],
                    ["company", "parent", company(dice), company(dice)]],
        "record": [["record", kind, "--from", any_one, "--to", other, "--time",
                    "2024-03-%02dT12:00:00Z" % dice.randrange(1, 29)]
                   for kind in ("mail", "call", "ask", "connection")],
        "forget": [["forget", "gone@acme.com"]]}
    return dice.choice(kinds[dice.choice(list(kinds))])


def opposite(row):
    """The words that take back what a line by hand says; None: there are none."""
    if row["type"] == "merge":
        return ["unmerge", *row["people"]]
    if row["type"] == "private":
        return ["private", row["person"], *([] if row.get("whole") else [row["owner"]]), "--owner",
                row["owner"], "--off"]
    if row["type"] == "member":
        return ["group", "remove", row["group"], row.get("person") or row["company"]]
    if row["type"] == "company" and "domain" in row:
        said = [("alias", one) for one in row.get("aliases", [])]
        said += [("domain", one) for one in row.get("domains", [])]
        said += [("parent", row["parent"])] if "parent" in row else []
        return ["company", said[0][0], row["domain"], said[0][1], "--off"] if said else None
    if row["type"] == "barrier" and "person" in row and "other_company" in row:
        return ["barrier", "remove", row["person"], row["other_company"]]
    return None


class Step:
    """What is done; for an import also its export, and what was said by hand after it."""
    def __init__(self, words, path=None):
        self.words, self.path, self.said = words, path, []


class History:
    """Steps that are taken in "db", and what is left of them there."""
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.made, self.inside, self.steps, self.said = {}, {}, [], []
        makers = {**_exports.MAKERS, "gone.jsonl": make_gone}
        for at in range(EXPORTS):
            name = self.dice.choice(list(_exports.MAKERS)) if at > 0 else "gone.jsonl"
            folder = "e%d" % at
            shutil.rmtree(folder, ignore_errors=True)
            os.mkdir(folder)
            path = os.path.join(folder, name)
            self.made[path] = makers[name](self.dice, path)
        self.begin()

    def begin(self):
        """Somebody has stated things of all types by hand already."""
        _exports.make_jsonl(self.dice, "begin.jsonl")
        with open("begin.jsonl", "a", encoding="utf-8") as out:
            out.write(json.dumps({"type": "company", "domain": "us.com", "us": True}) + "\n")
        self.take(Step(["load", "begin.jsonl"]))

    def take(self, step, code=0):
        self.steps.append(step)
        _tool.run("--db", "db", *step.words, code=code)
        self.whole = _tool.run("--db", "db", "dump", "-")
        said = by_hand(self.whole)
        if step.path is not None:
            _tool.expect_same_dump(self.what(), "".join(said), "".join(self.said))
        self.said = step.said = said

    def what(self):
        return "; ".join(" ".join(step.words) for step in self.steps)

    def take_back(self, path):
        self.take(Step(["import", "--undo", path], path))
        del self.inside[path]

    def bring(self, path):
        step = Step(["import", *self.made[path], path], path)
        self.take(step)
        self.inside.setdefault(path, step)

    def go_on(self):
        kind = self.dice.random() * (1 if len(self.steps) > 3 else .5)
        if kind < .3:
            self.bring(self.dice.choice(list(self.made)))
        elif kind < .45 and self.inside:
            self.take_back(self.dice.choice(list(self.inside)))
        else:
            words = self.say()
            if words[0] == "record":
                words += ["--id", "h%d" % len(self.steps)]
            self.take(Step(words), code=(0, 1, 3))

    def say(self):
        back = [words for words in map(opposite, map(json.loads, self.said)) if words]
        if back and self.dice.random() < .2:
            return self.dice.choice(back)
        return statement(self.dice, identities(self.whole))

    def end(self):
        """Whoever is forgotten is in no import in the end."""
        gone = next(iter(self.made))
        if gone in self.inside:
            self.take_back(gone)


def without_numbers(value):
    """An answer without the numbers of a file; what is equally good is in the order of its text."""
    if isinstance(value, dict):
        return {key: without_numbers(one) for key, one in value.items()
                if key != "number" and not (key in ("from", "to") and isinstance(one, int))}
    if isinstance(value, list):
        return sorted((without_numbers(one) for one in value), key=json.dumps)
    return value


def answers(name):
    """What questions about everybody get for an answer."""
    found = []
    for words in (["who", "acme.com"], ["who", "beta.de"], ["find", "a"], ["find", "lee"],
                  ["reach", "--from", _exports.OWNER], ["path", "--to", "acme.com"]):
        text = _tool.run("--db", name, *words, "--day", DAY, "--json", code=(0, 1, 3))
        found.append((words, without_numbers(json.loads(text)) if text else None))
    return found


def rebuild(history):
    """The database of what was said by hand and the imports that remain, in another order."""
    remove("other")
    with open("said.jsonl", "w", encoding="utf-8") as out:
        out.writelines(history.said)
    _tool.run("--db", "other", "load", "said.jsonl")
    remain = list(history.inside.values())
    history.dice.shuffle(remain)
    for step in remain:
        _tool.run("--db", "other", *step.words)


def replay(history):
    """The steps again without the imports that do not remain; False: one by hand said something
    else without them."""
    remove("other")
    for step in history.steps:
        if step.path is None:
            _tool.run("--db", "other", *step.words, code=(0, 1, 3))
            if by_hand(_tool.run("--db", "other", "dump", "-")) != step.said:
                return False
        elif step is history.inside.get(step.path):
            _tool.run("--db", "other", *step.words)
    return True


def compare(what, history):
    _tool.expect_same_dump(what, history.whole, _tool.run("--db", "other", "dump", "-"))
    for (words, seen), (_, expected) in zip(answers("db"), answers("other")):
        _tool.expect("%s: %s" % (what, " ".join(words)), seen, expected)
    _tool.run("--db", "other", "check", "--deep")


def try_history(seed):
    """Whether the steps could be repeated one by one."""
    remove("db")
    history = History(seed)
    for _ in range(STEPS):
        history.go_on()
    history.end()
    what = "seed %d, %s" % (seed, history.what())
    _tool.run("--db", "db", "check", "--deep")
    rebuild(history)
    compare(what + ": rebuilt", history)
    is_same = replay(history)
    if is_same:
        compare(what + ": replayed", history)
    return is_same


def main():
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    first, cases = int(given.get("--seed", 1)), int(given.get("--cases", 8))
    replayed = sum(try_history(seed) for seed in range(first, first + cases))
    print("%d histories from seed %d, %d of them replayed" % (cases, first, replayed))


if __name__ == "__main__":
    main()
