#!/usr/bin/env python3
"""A dry run says what the import then does, for exports of any two formats.

Exports are made up about the same people, each imported behind the other and once more; before each
import a dry run of it must give the same counts, file by file. Beside them stands what depends on
earlier rows of the same file: newer versions of a meeting or series, employments at companies known
by another name, and ties that a file states twice.

The program is $WARMPATH; `--seed N --cases N` replays.
"""

import itertools
import json
import os
import random
import shutil
import sys

import _exports
import _tool

PAIRS = list(itertools.product(_exports.MAKERS, repeat=2))
STRIDE = 37  # has no divisor in common with the number of pairs

EVENT = ("BEGIN:VEVENT\nUID:u%d\nDTSTART:202403%02dT100000Z\nSEQUENCE:%d\nSTATUS:%s\n"
         "ORGANIZER:mailto:bob@us.com\n%sEND:VEVENT\n")
GUESTS = ["ATTENDEE;PARTSTAT=ACCEPTED:mailto:%s\n" % who
          for who in ("ann@acme.com", "cid@acme.com", "eve@us.com")]


def counts(report):
    return [(one["path"], one["new"], one["known"], one["skipped"]) for one in report["files"]]


def expect_told(what, *arguments):
    told = counts(_tool.ask("--db", "db", "import", "--dry-run", *arguments))
    _tool.expect(what, told, counts(_tool.ask("--db", "db", "import", *arguments)))


def database():
    for name in ("db", "db-lock"):
        if os.path.exists(name):
            os.remove(name)
    _tool.run("--db", "db", "init", "--us", "us.com")


def write(name, text):
    with open(name, "w", encoding="utf-8") as out:
        out.write(text)


def write_versions(dice, name):
    """Versions of a few meetings in any order; which guests there are follows from how many."""
    events = [EVENT % (dice.randrange(3), 4, dice.randrange(3),
                       dice.choice(["CONFIRMED", "CONFIRMED", "CANCELLED"]),
                       "".join(GUESTS[:dice.randrange(1, 4)]))
              for _ in range(dice.randrange(2, 9))]
    write(name, "BEGIN:VCALENDAR\n" + "".join(events) + "END:VCALENDAR\n")


def write_lines(dice, name):
    """Companies by domain and name, people by several identities, jobs, and ties stated twice."""
    lines = [{"type": "person", "email": "a@x.org", "id": "1"},
             {"type": "person", "email": "b@x.org", "id": "2"}]
    for _ in range(dice.randrange(3, 20)):
        person = dice.choice(["a@x.org", "b@x.org", "id:1", "id:2"])
        company = dice.choice(["acme.com", "Acme", "beta.com", "Beta"])
        lines.append(dice.choice([
            {"type": "company", "domain": "acme.com", "name": "Acme"},
            {"type": "company", "domain": "beta.com", "name": "Beta"},
            {"type": "person", "email": "b@x.org", "id": "2", "company": company},
            {"type": "employment", "person": person, "company": company,
             "title": dice.choice([None, "CEO"])},
            {"type": "employment", "person": person, "company": company, "title": "CEO"},
            {"type": "interaction", "id": "m%d" % dice.randrange(3), "kind": "call",
             "time": "2024-01-01T00:00:00Z", "from": "a@x.org",
             "to": ["b@x.org", "c@x.org", "d@x.org"][:dice.randrange(1, 4)],
             "revision": dice.randrange(3)},
            {"type": "tie", "from": "a@x.org", "to": dice.choice(["b@x.org", "c@x.org"]),
             "p": dice.choice([.25, .5]), "both": dice.random() < .3}]))
    write(name, "".join(json.dumps(line) + "\n" for line in lines))


def write_series(dice, name):
    """Meetings of a series by JSON lines, whose revisions of it go their own ways."""
    lines = [{"type": "person", "email": "a@x.org", "id": "1"}]
    for _ in range(dice.randrange(3, 12)):
        revision = dice.randrange(4)
        lines.append({"type": "interaction", "id": "m%d" % dice.randrange(2), "kind": "meeting",
                      "time": "2024-01-01T00:00:00Z", "from": "b@x.org",
                      "to": [dice.choice(["a@x.org", "id:1", "c@x.org"])],
                      "revision": dice.randrange(2),
                      **({"series_revision": revision} if revision > 0 else {})})
    write(name, "".join(json.dumps(line) + "\n" for line in lines))


def write_occurrences(dice, name):
    """Versions of a series, of its occurrences, and of the whole without guests."""
    events = []
    for _ in range(dice.randrange(2, 7)):
        guests = "".join(GUESTS[:dice.randrange(0, 4)])
        day = dice.choice([4, 11, 18])
        which = dice.choice(["DTSTART:20240304T100000Z\nRRULE:FREQ=WEEKLY;COUNT=%d\n" %
                             dice.randrange(1, 4),
                             "RECURRENCE-ID:202403%02dT100000Z\nDTSTART:202403%02dT100000Z\n" %
                             (day, day + dice.randrange(2))])
        events.append("BEGIN:VEVENT\nUID:s\n%sSEQUENCE:%d\nORGANIZER:mailto:bob@us.com\n%s"
                      "END:VEVENT\n" % (which, dice.randrange(3), guests))
    write(name, "BEGIN:VCALENDAR\n" + "".join(events) + "END:VCALENDAR\n")


def write_edges(dice, name):
    write(name, "".join("%d,%d,%s\n" % (*dice.sample(range(3), 2), dice.choice(["0.25", "0.5"]))
                        for _ in range(dice.randrange(2, 9))))


WRITERS = [("versions.ics", write_versions), ("lines.jsonl", write_lines),
           ("edges.csv", write_edges)]
SERIES_WRITERS = [("series.jsonl", write_series), ("occurrences.ics", write_occurrences)]


def try_rows(seed, writers):
    dice = random.Random(seed)
    database()
    names = []
    for name, writer in writers:
        for number in range(2):
            names.append("%d-%s" % (number, name))
            writer(dice, names[-1])
    dice.shuffle(names)
    for name in names + names:
        options = ["--format", "edges", "--weight", "p"] if name.endswith("csv") else []
        expect_told("seed %d: %s" % (seed, name), *options, name)


def try_pair(seed):
    dice = random.Random(seed)
    database()
    made = []
    for at, name in enumerate(PAIRS[seed * STRIDE % len(PAIRS)]):
        folder = "ab"[at]
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        path = os.path.join(folder, name)
        made.append((path, _exports.MAKERS[name](dice, path)))
    for path, options in made + made:
        expect_told("seed %d: %s" % (seed, path), *options, path)


def across_batches():
    """A tie stated twice, in different transactions of one import, changes nothing again."""
    tie = {"type": "tie", "from": "a@x.org", "to": "b@x.org", "p": .5}
    calls = [{"type": "interaction", "id": "m%d" % number, "kind": "call", "from": "a@x.org",
              "time": "2024-01-01T00:00:00Z", "to": ["b@x.org"]} for number in range(4000)]
    database()
    write("long.jsonl", "".join(json.dumps(line) + "\n" for line in
                                [tie] + calls + [dict(tie, p=.25)]))
    expect_told("first", "long.jsonl")
    expect_told("again", "long.jsonl")
    _tool.expect("nothing is new", _tool.ask("--db", "db", "import", "long.jsonl")["total"]["new"],
                 0)


def beside_others():
    """What a file says last of a tie holds, also when another source states the tie."""
    tie = {"type": "tie", "from": "a@x.org", "to": "b@x.org"}
    database()
    write("twice.jsonl", "".join(json.dumps(dict(tie, **more)) + "\n" for more in
                                 ({"p": .5, "both": True}, {"p": .25})))
    for source in ("one", "other", "one", "other"):
        expect_told("by " + source, "--source", source, "twice.jsonl")
    said = [json.loads(line) for line in _tool.run("--db", "db", "dump", "-").splitlines()]
    _tool.expect("what holds", [one["p"] for one in said
                                if one["type"] == "tie" and one["from"] == "a@x.org"], [.25, .25])


def beside_others_who_met():
    """A tie that another source states, too, is known again also behind a meeting of the two."""
    def met(*to):
        return {"type": "interaction", "id": "m", "kind": "call", "time": "2024-01-01T00:00:00Z",
                "from": "a@x.org", "to": to}
    tie = {"type": "tie", "from": "a@x.org", "to": "b@x.org", "p": .5}
    database()
    for name, rows in (("other.jsonl", [tie, met("b@x.org")]),
                       ("met.jsonl", [met("b@x.org", "c@x.org"), tie, tie])):
        write(name, "".join(json.dumps(row) + "\n" for row in rows))
        expect_told(name, name)
    _tool.expect("met.jsonl", _tool.ask("--db", "db", "import", "met.jsonl")["total"]["new"], 0)


def employed_by_name():
    """A job at a company that a name alone tells is known again of whoever becomes one with her."""
    rows = [{"type": "person", "email": "a@x.org", "company": "name:Acme, Inc.", "title": "CEO"},
            {"type": "person", "emails": ["b@x.org", "a@x.org"], "company": "name:ACME, Inc."}]
    database()
    write("joined.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    expect_told("joined", "joined.jsonl")
    database()
    rows[1:] = [{"type": "person", "emails": ["b@x.org", "a@x.org"]},
                {"type": "person", "email": "b@x.org", "company": "name:Acme, Inc."}]
    write("behind.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    expect_told("behind", "behind.jsonl")


def titled_twice():
    """Of two titles of one job a source keeps the longer one, else the first in byte order."""
    def job(title):
        return {"type": "employment", "person": "a@x.org", "company": "acme.com", "title": title}
    for titles in (["Head of Sales", "CFO", None], ["CFO", "Head of Sales", "CFO"],
                   ["CFO", "CEO", "CTO", "CFO"], [None, "CEO", None, "CFO", "Head", "CEO"]):
        for name in ("titles.jsonl", "others.jsonl"):
            write(name, "".join(json.dumps(job(title)) + "\n" for title in titles))
        database()
        expect_told("titles", "titles.jsonl")
        expect_told("titles again", "titles.jsonl")
        database()
        expect_told("of two files", "titles.jsonl", "others.jsonl")
    for name, title in (("titles.jsonl", "Head of Sales"), ("others.jsonl", "CFO")):
        write(name, json.dumps(job(title)) + "\n" + json.dumps(job("CFO")) + "\n")
    database()
    expect_told("another source keeps another", "titles.jsonl", "others.jsonl")


def named_twice():
    """A row that gives an identity twice brings one person."""
    database()
    write("named.jsonl", '{"type":"person","emails":["a@x.org","b@x.org","A@x.org"]}\n')
    expect_told("named twice", "named.jsonl")
    expect_told("named twice, again", "named.jsonl")


across_batches()
beside_others()
beside_others_who_met()
employed_by_name()
titled_twice()
named_twice()
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
first, cases = int(given.get("--seed", 1)), int(given.get("--cases", 4))
for case in range(first, first + cases):
    try_rows(case, WRITERS)
    try_rows(case, SERIES_WRITERS)
    try_pair(case)
print("%d cases from seed %d" % (cases, first))
