#!/usr/bin/env python3
"""Exports of any two formats give one dump in any order, and each can be taken back.

For every pair of formats two exports are made up about the same people. Imported twice they add
nothing; in the other order they give the same bytes; the second taken back leaves those of the
first alone, and the other way round; a dump that is loaded gives the same dump.

The program is $WARMPATH. `--seed N --cases N` replays so many pairs. The two formats follow from
the seed: as many cases as there are pairs try each of them once, fewer are spread over them.
"""

import itertools
import os
import random
import shutil
import sys

import _exports
import _tool

PAIRS = list(itertools.combinations_with_replacement(_exports.MAKERS, 2))
STRIDE = 37  # has no divisor in common with the number of pairs


def remove(name):
    for path in (name, name + "-lock"):
        if os.path.exists(path):
            os.remove(path)


def database(*imports):
    remove("db")
    _tool.run("--db", "db", "init", "--us", "us.com")
    for one in imports:
        load(one)


def load(one):
    """Import what a maker made; the counts."""
    path, options = one
    result = _tool.ask("--db", "db", "import", *options, path)
    if path.endswith(".jsonl"):
        _tool.expect("keys not kept of " + path, result["files"][0]["columns_not_kept"], None)
    return result["total"]


def dump():
    return _tool.run("--db", "db", "dump", "-")


def make(seed):
    dice = random.Random(seed)
    made = []
    for at, name in enumerate(dice.sample(PAIRS[seed * STRIDE % len(PAIRS)], 2)):
        folder = "ab"[at]
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        path = os.path.join(folder, name)
        made.append((path, _exports.MAKERS[name](dice, path)))
    return made


def try_pair(seed):
    first, second = make(seed)
    what = "seed %d, %s and %s" % (seed, first[0], second[0])
    database(first)
    alone = dump()
    load(second)
    whole = dump()
    for one in (first, second):
        _tool.expect("%s: %s again" % (what, one[0]), load(one)["new"], 0)
    _tool.expect_same_dump(what + ": twice", dump(), whole)
    _tool.run("--db", "db", "check", "--deep")
    _tool.run("--db", "db", "import", "--undo", second[0])
    _tool.expect_same_dump("%s: without %s" % (what, second[0]), dump(), alone)
    database(second)
    alone = dump()
    load(first)
    _tool.expect_same_dump(what + ": in the other order", dump(), whole)
    _tool.run("--db", "db", "import", "--undo", first[0])
    _tool.expect_same_dump("%s: without %s" % (what, first[0]), dump(), alone)
    with open("dump.jsonl", "w", encoding="utf-8") as out:
        out.write(whole)
    remove("db")
    _tool.run("--db", "db", "load", "dump.jsonl")
    read = _tool.ask("--db", "db", "import", "--dry-run", "dump.jsonl")
    _tool.expect(what + ": keys not kept", read["files"][0]["columns_not_kept"], None)
    _tool.expect_same_dump(what + ": loaded", dump(), whole)


def main():
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    first, cases = int(given.get("--seed", 1)), int(given.get("--cases", 6))
    for seed in range(first, first + cases):
        try_pair(seed)
    print("%d pairs of formats from seed %d" % (cases, first))


if __name__ == "__main__":
    main()
