#!/usr/bin/env python3
"""Files in the less usual forms of their format: what the summary of an import says of each.

The forms of a format that programs have written over the years are read, or the summary says what
was not taken; nothing is left out without a word. The program is $WARMPATH; the test runs in an
empty directory of its own.
"""

import json
import mailbox
import os

from _tool import expect, run

# Envelope lines, and whether prose could not look so.
ENVELOPES = (
    "From a@b.test Sat Jan  6 01:05:34 1996",
    "From a@b.test Sat Jan  6 01:05:34 1996 remote from HOST",
    "From a@b.test Sat, 6 Jan 1996 01:05:34 +0100",
    "From a@b.test 1996-01-06T01:05:34Z",
    "From a@b.test 1996-01-06 01:05",
    "From a@b.test Sat Jan  6 01:05:34 MET DST 1996",
    "From \"a b\"@b.test Sat Jan  6 01:05 1996",
    "From MAILER-DAEMON Sat Jan  6 01:05:34 1996",
    "From - Sat Jan 06 01:05:34 1996",
    "From a@b.test",
    "From ",
)


def load(name, text, *arguments, code=0):
    """Write a file, import it into a new database, and return what is said of it."""
    mode = "wb" if isinstance(text, bytes) else "w"
    with open(name, mode, **({} if mode == "wb" else {"encoding": "utf-8"})) as file:
        file.write(text)
    for suffix in ("", "-lock"):
        if os.path.exists("odd.warmpath" + suffix):
            os.remove("odd.warmpath" + suffix)
    run("--db", "odd.warmpath", "init")
    shown = run("--db", "odd.warmpath", "import", "--json", *arguments, name, code=code)
    return json.loads(shown)["files"][0]


def message(envelope, number, body):
    return ("%s\nFrom: a@b.test\nTo: c@d.test\nDate: Sat, 6 Jan 1996 01:05:34 +0000\n"
            "Message-ID: <%d@b.test>\n\n%s\n\n" % (envelope, number, body))


def check_boxes():
    """A box of each envelope line splits where Python's reader splits it, body or not."""
    for number, envelope in enumerate(ENVELOPES):
        name = "box%d.mbox" % number
        text = "".join(message(envelope, i, "From here on it rains") for i in range(3))
        seen = load(name, text)
        expect(name + ": format", seen["format"], "mbox")
        # Python takes every line "From " for an envelope line, so bodies are quoted for it.
        with open(name, "w", encoding="utf-8") as file:
            file.write(text.replace("\nFrom here", "\n>From here"))
        expect(name + ": messages", seen["new"], len(mailbox.mbox(name)))
        expect(name + ": notes", seen["notes"], {})


def check_unknown_envelopes():
    text = "".join(message("From a@b.test 6.1.96 1:05" if i else "From a@b.test", i, "text")
                   for i in range(3))
    expect("dates nobody writes", load("known.mbox", text)["new"], 3)
    text = text.replace(" 1:05\nFrom:", " 1:05\nWritten-By:")
    seen = load("unknown.mbox", text)
    expect("lines taken as text", seen["notes"],
           {"line like the beginning of a message, taken as text": 2})


def check_ragged_rows():
    """A row of any width is read, the first one as every other; what has no label is told of."""
    rows = ["Ann Lee,ann@a.test", "Bo,bo@a.test,Acme,Boss", "Cy,cy@a.test,Acme"]
    seen = [load("rows%d.csv" % i, "\n".join(["Name,Email,Company"] + rows[i:] + rows[:i]) + "\n")
            for i in range(len(rows))]
    for entry in seen:
        expect("format", entry["format"], "csv")
        expect("people", entry["new"], 3)
        expect("values without a label", entry["columns_not_kept"], seen[0]["columns_not_kept"])
    expect("told", seen[0]["columns_not_kept"], "(no label)")


check_boxes()
check_ragged_rows()
check_unknown_envelopes()
