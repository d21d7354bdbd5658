#!/usr/bin/env python3
"""Encodings of files: found where bytes show them, said where they do not, and told.

Cards, calendars, edges and JSON lines in UTF-16 say what they say in UTF-8; tables, cards and
calendars in an encoding of one country are read by --encoding, and the summary says what a file was
read as. The program is $WARMPATH; the test runs in an empty directory of its own.
"""

import json
import os
import subprocess
import zipfile

import _tool
from _tool import expect, run

NAME = "Łukasz Żółć"
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:%s\r\nEMAIL:l@a.test\r\nTITLE:Księgowy\r\nEND:VCARD\r\n"
MEETING = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20240301T120000Z\r\n"
           "ORGANIZER;CN=%s:mailto:l@a.test\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:b@us.com\r\n"
           "END:VEVENT\r\nEND:VCALENDAR\r\n")
TABLE = "Imię;Nazwisko;E-mail\r\nŁukasz;Żółć;l@a.test\r\n"
LINE = '{"type":"person","email":"l@a.test","name":"%s"}\n'
EDGES = "src,dst,weight\n1,2,0.5\n2,3,0.25\n"


def database():
    for name in ("db", "db-lock"):
        if os.path.exists(name):
            os.remove(name)
    run("--db", "db", "init", "--us", "us.com")


def load(content, *arguments, code=0, name="file"):
    """Import bytes into a new database; what is said of the file."""
    database()
    with open(name, "wb") as file:
        file.write(content)
    said = run("--db", "db", "import", "--json", *arguments, name, code=code)
    return json.loads(said)["files"][0] if said else None


def names():
    lines = [json.loads(line) for line in run("--db", "db", "dump", "-").splitlines()]
    return sorted(said["name"] for line in lines if line["type"] == "person"
                  for said in [line] + line.get("names", []) if "name" in said)


def refused(what, words, content, *arguments, code=3, name="file"):
    """Nothing is stored, and one line says why."""
    database()
    with open(name, "wb") as file:
        file.write(content)
    done = subprocess.run([_tool.TOOL, "--db", "db", "import", "--quiet", *arguments, name],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    expect(what, done.returncode, code)
    said = [line for line in done.stderr.splitlines() if line.startswith("warmpath: import: ")]
    expect("%s: %s" % (what, done.stderr), len(said) == 1 and words in said[0], True)
    expect(what + ": stored", names(), [])


def summary():
    """What people are told of the file at hand when it is imported again."""
    return subprocess.run([_tool.TOOL, "--db", "db", "import", "file"], stderr=subprocess.PIPE,
                          text=True, check=True).stderr


def check_wide():
    """UTF-16 of either order, with its mark or without."""
    for encoding, expected in (("utf-16", "UTF-16LE"), ("utf-16-le", "UTF-16LE"),
                               ("utf-16-be", "UTF-16BE")):
        for form, text in (("vcard", CARD % NAME), ("ical", MEETING % NAME),
                           ("jsonl", LINE % NAME)):
            seen = load(text.encode(encoding))
            what = "%s in %s" % (form, encoding)
            expect(what, (seen["format"], seen["encoding"], seen["new"]), (form, expected, 1))
            expect(what + ": names", names(), [NAME])
            expect(what + " again", json.loads(run("--db", "db", "import", "--json", "file"))
                   ["total"]["new"], 0)
            seen = load(text.encode(encoding), "--format", form)
            expect(what + ", said", (seen["format"], names()), (form, [NAME]))
        seen = load(EDGES.encode(encoding))
        expect("edges", (seen["format"], seen["new"]), ("edges", 2))
        seen = load(TABLE.encode(encoding))
        expect("table", (seen["encoding"], names()), (expected, [NAME]))
    broken = (CARD % NAME).encode("utf-16").replace("Ż".encode("utf-16-le"), b"\x00\xd8")
    load(broken)
    expect("half a pair", names(), ["Łukasz \ufffdółć"])
    load((CARD % "Ann \U0001f600").encode("utf-16") + b"\x0a")
    expect("a pair, and half a unit", names(), ["Ann \U0001f600"])
    seen = load((CARD.replace("FN:", "FN;CHARSET=windows-1250:") % NAME).encode("utf-16"))
    expect("a charset that it is not in", names(), [NAME])
    expect("of a dump", load((LINE % NAME).encode())["encoding"], None)
    with open("wide.jsonl", "wb") as file:
        file.write(run("--db", "db", "dump", "-").encode("utf-16"))
    os.remove("db")
    run("--db", "db", "load", "wide.jsonl")
    expect("load", names(), [NAME])


def check_said():
    """An encoding that bytes do not show."""
    for encoding in ("windows-1250", "iso-8859-2"):
        for text in (TABLE, CARD % NAME, MEETING % NAME, LINE % NAME):
            seen = load(text.encode(encoding), "--encoding", encoding)
            expect(encoding, (seen["encoding"], seen["new"], names()), (encoding, 1, [NAME]))
    # Characters of several bytes, one of them across the ends of what is read at once.
    rows = "".join("%d;山田 太郎;p%d@a.test\r\n" % (i, i) for i in range(9000))
    seen = load(("Nr;Name;E-mail\r\n" + rows).encode("shift-jis"), "--encoding", "shift-jis")
    expect("shift-jis", (seen["new"], set(names())), (9000, {"山田 太郎"}))
    seen = load(TABLE.encode("utf-8"), "--encoding", "utf-8")
    expect("utf-8", names(), [NAME])
    load((CARD.replace("FN:", "FN;CHARSET=utf-8;ENCODING=QUOTED-PRINTABLE:") %
          "=C5=81ukasz").encode(), "--encoding", "windows-1250")
    expect("quoted-printable", names(), ["Łukasz"])


def check_refused():
    """Text in another encoding than said, and files that name theirs."""
    refused("no utf-8", "byte 3 is no utf-8, expected text in it", TABLE.encode("cp1250"),
            "--encoding", "utf-8")
    for mark in ("utf-8-sig", "utf-16"):
        expect(mark, load("".encode(mark))["problem"], "empty")
    refused("cut", "is no utf-16, expected text in it", (CARD % NAME).encode("utf-16")[:-1],
            "--encoding", "utf-16")
    refused("unknown", "--encoding: 'polish' is not known here", TABLE.encode(), "--encoding",
            "polish", code=2)
    refused("a slash", "is not known here", TABLE.encode(), "--encoding", "utf-8//IGNORE", code=2)
    mail = b"From: a@b.test\nTo: c@d.test\nDate: 1 Jan 2024 12:00:00 +0000\n\nhi\n"
    refused("mail", "mail, expected without --encoding", mail, "--encoding", "cp1250")
    refused("mail, said", "mail, expected without --encoding", mail, "--encoding", "cp1250",
            "--format", "eml")
    os.environ["TMPDIR"] = "/nowhere"
    refused("no place", "temporary file: No such file or directory, expected a place for it",
            (CARD % NAME).encode("utf-16"))
    del os.environ["TMPDIR"]
    with zipfile.ZipFile("made.zip", "w") as archive:
        archive.writestr("Connections.csv", "First Name,Last Name,URL\n")
    with open("made.zip", "rb") as file:
        refused("archive", "a ZIP, expected without --encoding", file.read(), "--encoding",
                "cp1250")


def check_told():
    """What was guessed is said."""
    table = "First Name,Last Name,Email\nJosé,Müller,j@a.test\n".encode("cp1252")
    expect("table", load(table)["encoding"], "Windows-1252")
    said = summary()
    expect("summary: " + said, "csv, in Windows-1252, 1 row read" in said and
           "--encoding" in said, True)
    for text in (CARD % "José", MEETING % "José"):
        seen = load(text.replace("ę", "e").encode("cp1252"))
        expect("notes", seen["notes"], {"text that is no UTF-8, read as Windows-1252": 1})
        expect("name", names(), ["José"])
        expect("hint", "say its --encoding" in summary(), True)
    load((CARD % NAME).encode())
    expect("no hint", "--encoding" in summary(), False)


check_wide()
check_said()
check_refused()
check_told()
