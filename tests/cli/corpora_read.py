#!/usr/bin/env python3
"""Every file of the calendar and vCard corpora is read, or left out with a reason that says where.

Prints a line a corpus: files, records, new and known ones, skipped ones by reason, files that were
not recognised. The files are the good, odd and hostile samples of six libraries; the formats are
guessed. Memory must stay small, and importing calendars once more must add nothing. (The address
books contradict each other about titles, so that each of them changes what the one before said.)
Exit code 77: no data.

The program is $WARMPATH.
"""

import collections
import json
import os
import resource

import _tool

MEMORY_KIB_MAX = 1 << 20  # of any one run; sanitizers need most of it


def check_file(entry):
    name = os.path.basename(entry["path"])
    is_empty = os.path.getsize(entry["path"]) == 0
    if entry["format"] is None and entry["problem"] is None and not is_empty:
        _tool.fail("%s: neither a format nor a reason" % name)
    _tool.expect(name + ": rows", entry["read"],
                 entry["new"] + entry["known"] + entry["skipped"])


def check_report(path, skipped):
    """Each skipped record has a line of the report, with its place and what was seen."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    _tool.expect("lines of the report", len(rows), skipped)
    for row in rows:
        if row["line"] < 1 or row["byte"] < 0 or not row["reason"] or not row["seen"]:
            _tool.fail("%s: no place or reason: %s" % (os.path.basename(row["file"]), row))


def read_corpus(folder, name, is_steady):
    database = name + ".warmpath"
    _tool.run("--db", database, "init")
    options = ("--db", database, "import", "--json", "--report", "skipped.jsonl",
               os.path.join(folder, name))
    report = json.loads(_tool.run(*options))
    for entry in report["files"]:
        check_file(entry)
    total = report["total"]
    check_report("skipped.jsonl", total["skipped"])
    again = json.loads(_tool.run(*options))
    if is_steady:
        # A reply read before its meeting counts the second time: the third must add nothing.
        again = json.loads(_tool.run(*options))
        _tool.expect(name + ": new in a third import", again["total"]["new"], 0)
    _tool.run("--db", database, "check", "--deep")
    problems = collections.Counter(entry["problem"] for entry in report["files"]
                                   if entry["problem"])
    print("%s: %d files, %d records, %d new, %d known, %d skipped %s; not read: %s" % (
        name, len(report["files"]), total["read"], total["new"], total["known"],
        total["skipped"], total["reasons"], dict(problems)))


def main():
    for kind in ("calendar", "vcard"):
        folder = _tool.data_file(kind)
        for name in sorted(os.listdir(folder)):
            read_corpus(folder, name, kind == "calendar")
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if used > MEMORY_KIB_MAX:
        _tool.fail("%d KiB of memory, expected at most %d" % (used, MEMORY_KIB_MAX))


main()
