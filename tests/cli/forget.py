#!/usr/bin/env python3
"""Erasing through the tool: what is left, what comes back, and what the audit log says of it.

Somebody is erased from three imports. The dump must be that of a database into which the same files
were imported with her suppressed from the beginning, and that of one whose files never named her;
imports, loads of an old dump and a restored backup must leave her out until that is lifted; no file
may hold a byte of her. The audit log is compared with SHA-256 of Python, and each entry is damaged.

The program is $WARMPATH.
"""

import hashlib
import json
import os
import shutil
import struct
import subprocess

import _tool

WHO = ["carol.jones@acme.com", "cj@gmail.com", "linkedin:carol-jones-17"]
TEXTS = ["carol.jones@acme.com", "cj@gmail.com", "carol-jones-17", "Carol Jones", "Jones", "Carol",
         "Head of Widgets", "CARXY-88"]


def rows(with_her):
    her = [
        {"type": "person", "email": WHO[0], "emails": [WHO[1]], "linkedin": "carol-jones-17",
         "id": "CARXY-88", "name": "Carol Jones", "company": "acme.com", "title": "Head of Widgets",
         "names": [{"name": "Jones, Carol", "count": 3}]},
        {"type": "interaction", "id": "<1.carol.jones@acme.com>", "kind": "mail",
         "time": "2024-03-01T12:00:00Z", "from": WHO[0], "to": ["ann@us.com"]},
        {"type": "interaction", "id": "m5", "kind": "meeting", "time": "2024-03-05T12:00:00Z",
         "from": "ann@us.com", "to": [WHO[1]]},
        {"type": "tie", "from": "ann@us.com", "to": WHO[0], "p": 0.5, "both": True},
        {"type": "tie", "from": "bob@us.com", "to": WHO[1], "p": 0.25},
        {"type": "consent", "person": WHO[0], "introductions": "out", "since": "2024-01-01"},
        {"type": "private", "person": WHO[1], "owner": "bob@us.com"},
        {"type": "role", "opportunity": "006", "person": WHO[0], "role": "Champion"},
    ] if with_her else []
    to = ["ann@us.com"] + ([WHO[0]] if with_her else [])
    deal = {"type": "opportunity", "id": "006", "name": "Deal", "amount": 10, "company": "acme.com"}
    if with_her:
        deal["owner"] = WHO[1]
    return her + [
        {"type": "company", "domain": "acme.com", "name": "Acme"},
        {"type": "person", "email": "ann@us.com", "name": "Ann Lee", "us": True},
        {"type": "person", "email": "bob@us.com", "name": "Bob Ray", "us": True},
        {"type": "person", "email": "dave@acme.com", "name": "Dave Carolson"},
        {"type": "interaction", "id": "m2", "kind": "mail", "time": "2024-03-02T12:00:00Z",
         "from": "dave@acme.com", "to": to, "cc": ["bob@us.com"]},
        {"type": "interaction", "id": "m3", "kind": "mail", "time": "2024-03-03T12:00:00Z",
         "from": "ann@us.com", "to": ["dave@acme.com"], "reply_to": "m2"},
        deal,
    ]


def write(name, lines):
    with open(name, "w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")


def database(name, *arguments):
    for end in ("", "-lock"):
        if os.path.exists(name + end):
            os.remove(name + end)
    _tool.run("--db", name, "init", "--us", "us.com")
    for file in arguments:
        _tool.run("--db", name, "import", "--source", "file", file)
    return name


def dump(name):
    """The lines of a dump without suppressions, and those."""
    _tool.run("--db", name, "check", "--deep")
    lines = _tool.run("--db", name, "dump", "-").splitlines()
    suppressed = [line for line in lines if json.loads(line)["type"] == "suppressed"]
    return [line for line in lines if line not in suppressed], suppressed


def count_bytes(*names):
    """How often any form of her texts stands in files."""
    hits = 0
    for name in names:
        with open(name, "rb") as file:
            data = file.read()
        for text in TEXTS:
            for form in (text, text.lower(), text.lower().replace("-", " ")):
                for coded in (form.encode(), form.encode("utf-16-le"), form.encode("utf-16-be")):
                    # Another person is called so in part, which is his to be called.
                    hits += data.count(coded) - data.count(coded + b"son")
    return hits


def erase():
    write("with.jsonl", rows(True))
    write("without.jsonl", rows(False))
    name = database("net.warmpath", "with.jsonl")
    old, _ = dump(name)
    write("old.dump", [json.loads(line) for line in old])
    _tool.run("--db", name, "backup", "old.backup")
    _tool.expect("her strings are found", count_bytes(name) > 0, True)
    tried = json.loads(_tool.run("--db", name, "forget", "--dry-run", WHO[0], "--json"))
    _tool.expect("a dry run", (tried["people"], tried["dry_run"]), (1, True))
    _tool.expect("a dry run changes nothing", dump(name)[0], old)
    done = json.loads(_tool.run("--db", name, "forget", WHO[0], "--json"))
    _tool.expect("forget", {key: done[key] for key in
                            ("people", "identities", "interactions_removed",
                             "interactions_changed", "pending")},
                 {"people": 1, "identities": 4, "interactions_removed": 2,
                  "interactions_changed": 1, "pending": 0})
    _tool.expect("bytes left", count_bytes(name, name + "-lock"), 0)
    for who in WHO + ["id:CARXY-88"]:
        _tool.run("--db", name, "show", who, code=1)
    return name


def compare(name):
    never, _ = dump(database("never.warmpath", "without.jsonl"))
    left, suppressed = dump(name)
    _tool.expect("the dump of a database that never saw her", left, never)
    _tool.expect("suppressions", len(suppressed), 4)
    report = json.loads(_tool.run("--db", name, "import", "--source", "file", "with.jsonl",
                                  "--json"))
    _tool.expect("rows skipped as erased", report["total"]["reasons"].get("erased"), 8)
    _tool.expect("an import again", dump(name), (left, suppressed))
    _tool.expect("bytes after it", count_bytes(name, name + "-lock"), 0)


def carry(name):
    """The list holds for old dumps and restored backups."""
    left, suppressed = dump(name)
    _tool.run("--db", name, "forget", "--list", "erased.jsonl")
    _tool.expect("the list", count_bytes("erased.jsonl"), 0)
    _tool.run("--db", "loaded.warmpath", "init", "--us", "us.com")
    _tool.run("--db", "loaded.warmpath", "forget", "--apply", "erased.jsonl")
    _tool.run("--db", "loaded.warmpath", "load", "old.dump")
    _tool.expect("an old dump loaded", dump("loaded.warmpath"), (left, suppressed))
    _tool.expect("its bytes", count_bytes("loaded.warmpath"), 0)
    with open("erased.jsonl", encoding="utf-8") as file:
        long_first = '{"type": "person", "name": "%s"}\n%s' % ("x" * 3000000, file.read())
    _tool.run("--db", "piped.warmpath", "init")
    subprocess.run([_tool.TOOL, "--db", "piped.warmpath", "forget", "--apply", "-"], text=True,
                   input=long_first, stderr=subprocess.DEVNULL, check=True)
    _tool.expect("a list from a pipe", dump("piped.warmpath")[1], suppressed)
    shutil.copy("old.backup", "restored.warmpath")
    done = json.loads(_tool.run("--db", "restored.warmpath", "forget", "--apply", "erased.jsonl",
                                "--json"))
    _tool.expect("erased from a backup", done["people"], 1)
    _tool.expect("a restored backup", dump("restored.warmpath"), (left, suppressed))
    _tool.expect("its bytes", count_bytes("restored.warmpath"), 0)
    _tool.run("--db", name, "dump", "new.dump")
    _tool.run("--db", "moved.warmpath", "load", "new.dump")
    _tool.expect("a dump carries the list", dump("moved.warmpath"), (left, suppressed))
    report = json.loads(_tool.run("--db", "moved.warmpath", "import", "with.jsonl", "--json"))
    _tool.expect("and it holds there", report["total"]["reasons"].get("erased"), 8)


def export():
    """Everything held about her, and nothing but escaped text on the page."""
    name = database("exported.warmpath", "with.jsonl")
    write("hostile.jsonl", [{"type": "person", "email": WHO[0], "names": ["<script>x</script>"]}])
    _tool.run("--db", name, "import", "hostile.jsonl")
    _tool.run("--db", name, "barrier", "add", "acme.com", WHO[1])
    _tool.run("--db", name, "barrier", "add", "bob@us.com", "acme.com")
    _tool.run("--db", name, "audit", "changes")
    _tool.run("--db", name, "private", "dave@acme.com", WHO[0], "--owner",
              WHO[0])
    document = _tool.ask("--db", name, "person-export", WHO[0])
    _tool.expect("known as", sorted(document["known_as"]), sorted(WHO + ["id:CARXY-88"]))
    _tool.expect("parts", {key: len(document[key]) for key in document
                           if isinstance(document[key], list)},
                 {"known_as": 4, "stated": 7, "employments": 1, "decisions": 1, "groups": 0,
                  "private_ties": 2,
                  "barriers": 1, "computed_ties": 6, "stated_strengths": 3, "opportunities": 2,
                  "audit_log": 1, "interactions": 3})
    _tool.expect("kept apart from", document["barriers"][0]["from"], "acme.com")
    _tool.expect("logged as an owner", document["audit_log"][0]["action"], "private")
    _tool.expect("kinds", [row["part"] for row in document["interactions"]], ["from", "to", "to"])
    _tool.run("--db", name, "person-export", WHO[0], "--output", "carol.html")
    with open("carol.html", encoding="utf-8") as file:
        page = file.read()
    for text in TEXTS[:4] + ["Head of Widgets", "Champion", "ann@us.com", "&lt;script&gt;"]:
        _tool.expect("the page has what is held", text in page, True)
    _tool.expect("no script on the page", "<script" in page, False)
    _tool.expect("mode of the page", os.stat("carol.html").st_mode & 0o077, 0)
    hidden = _tool.run("--db", name, "person-export", WHO[0], "--hide-others")
    _tool.expect("others are hidden", ("ann@us.com" in hidden, "another person" in hidden),
                 (False, True))
    _tool.run("--db", name, "person-export", "nobody@acme.com", code=1)


def formats():
    """Every reader leaves her out, and says so; others in the same row are stored."""
    name = database("formats.warmpath")
    _tool.run("--db", name, "forget", WHO[0], "id:CARXY-88")
    files = {
        "one.eml": "From: ann@us.com\nTo: carol.jones@acme.com, dave@acme.com\nMessage-ID: <e1>\n"
                   "Date: Fri, 1 Mar 2024 12:00:00 +0000\n\n",
        "two.eml": "From: carol.jones@acme.com\nTo: ann@us.com\nMessage-ID: <e2>\n"
                   "Date: Fri, 1 Mar 2024 12:00:00 +0000\n\n",
        "three.eml": "From: ann@us.com\nTo: carol.jones@acme.com\nMessage-ID: <e3>\n"
                     "Date: Fri, 1 Mar 2024 12:00:00 +0000\n\n",
        "edges.csv": "CARXY-88,17,0.5\n17,18,0.5\n",
        "card.vcf": "BEGIN:VCARD\nVERSION:3.0\nFN:Carol Jones\nEMAIL:carol.jones@acme.com\n"
                    "END:VCARD\n",
        "cal.ics": "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:u1\nDTSTART:20240301T120000Z\n"
                   "ORGANIZER:mailto:ann@us.com\n"
                   "ATTENDEE;CN=Carol Jones;PARTSTAT=ACCEPTED:mailto:carol.jones@acme.com\n"
                   "ATTENDEE;CN=Dave;PARTSTAT=ACCEPTED:mailto:dave@acme.com\nEND:VEVENT\n"
                   "END:VCALENDAR\n",
        "people.csv": "Name,E-mail,Company\nCarol Jones,carol.jones@acme.com,Acme\n"
                      "Eve Moss,eve@acme.com,Acme\n",
    }
    expected = {"one.eml": (1, 0), "two.eml": (0, 1), "three.eml": (0, 1), "edges.csv": (1, 1),
                "card.vcf": (0, 1), "cal.ics": (1, 0), "people.csv": (1, 1)}
    for file, text in files.items():
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        options = ["--format", "edges"] if file == "edges.csv" else []
        tried = _tool.ask("--db", name, "import", "--dry-run", *options, file)["total"]
        report = _tool.ask("--db", name, "import", *options, file)["total"]
        _tool.expect(file, (report["new"], report["reasons"].get("erased", 0)), expected[file])
        _tool.expect("a dry run of " + file, tried["reasons"].get("erased", 0), expected[file][1])
    left, _ = dump(name)
    _tool.expect("of her", sum("carol" in line.lower() or "CARXY" in line for line in left), 0)
    _tool.expect("of others", sum('"dave@acme.com"' in line for line in left) >= 2, True)


def lift():
    name = database("lifted.warmpath")
    for who in WHO + ["id:CARXY-88"]:
        _tool.run("--db", name, "forget", who)
    _tool.run("--db", name, "import", "--source", "file", "with.jsonl")
    _tool.expect("suppressed from the beginning", dump(name)[0],
                 dump(database("never.warmpath", "without.jsonl"))[0])
    _tool.run("--db", name, "forget", "--lift", "dave@acme.com", code=3)
    for who in WHO + ["id:CARXY-88"]:
        _tool.run("--db", name, "forget", "--lift", who)
    _tool.run("--db", name, "import", "--source", "file", "with.jsonl")
    _tool.expect("lifted", dump(name)[0], dump(database("again.warmpath", "with.jsonl"))[0])


def defer():
    name = database("deferred.warmpath", "with.jsonl")
    done = _tool.ask("--db", name, "forget", "--defer", WHO[0])
    _tool.expect("bytes left", count_bytes(name) > 0, True)
    _tool.expect("pending, with a deadline", (done["pending"], len(done["due"])), (1, 10))
    _tool.run("--db", name, "backup", "clean.backup")
    _tool.expect("bytes in a backup", count_bytes("clean.backup"), 0)
    _tool.run("--db", name, "compact")
    _tool.expect("bytes afterwards", count_bytes(name), 0)
    done = _tool.ask("--db", name, "forget", "nobody@acme.com")
    _tool.expect("pending afterwards", (done["pending"], done["due"]), (0, None))


def hash_of(before, entry):
    """SHA-256 of the hash before, the number and the fields, little-endian."""
    actions = {"mode": 1, "consent": 2, "erase": 8, "lift": 9, "export": 10, "ask-person": 16,
               "ask-company": 17, "ask-name": 18, "ask-all": 19}
    seconds = int(__import__("calendar").timegm(
        __import__("time").strptime(entry["time"], "%Y-%m-%dT%H:%M:%SZ")))
    user = 0xffffffff if entry["user"] is None else entry["user"]
    fields = struct.pack("<QqBIIII", entry["number"], seconds, actions[entry["action"]], user,
                         entry["actor"] or 0, entry["subject"] or 0, entry["object"] or 0)
    return hashlib.sha256(before + fields).digest()


def audit():
    name = database("audited.warmpath", "with.jsonl")
    _tool.run("--db", name, "audit", "head", code=1)
    _tool.run("--db", name, "audit", "all")
    _tool.run("--db", name, "optout", "dave@acme.com")
    number = _tool.ask("--db", name, "show", WHO[0])["person"]["number"]
    noted = _tool.run("--db", name, "audit", "head").strip()
    _tool.run("--db", name, "path", "--to", "acme.com", code=(0, 1))
    _tool.run("--db", name, "find", "dave", "--as", WHO[0])
    _tool.run("--db", name, "reach")
    _tool.run("--db", name, "backup", "audited.backup")
    _tool.run("--db", name, "person-export", WHO[0])
    _tool.run("--db", name, "forget", WHO[0])
    shown = _tool.ask("--db", name, "audit", "show")
    _tool.expect("mode", shown["mode"], "all")
    _tool.expect("actions", [entry["action"] for entry in shown["entries"]],
                 ["mode", "consent", "ask-person", "ask-company", "ask-name", "ask-all", "export",
                  "export", "erase"])
    _tool.expect("of whom", (shown["entries"][2]["subject"], shown["entries"][7]["subject"],
                             shown["entries"][8]["subject"]), (number, number, number))
    _tool.expect("for whom", [entry["actor"] for entry in shown["entries"]][3:6],
                 [None, number, None])
    _tool.expect("by whom", {entry["user"] for entry in shown["entries"]}, {os.getuid()})
    before = bytes(32)
    for entry in shown["entries"]:
        before = hash_of(before, entry)
        _tool.expect("hash of entry %d" % entry["number"], entry["hash"], before.hex())
    _tool.expect("bytes in the log", sum(json.dumps(shown).count(text) for text in TEXTS), 0)
    _tool.run("--db", name, "audit", "verify", "--head", noted)
    _tool.expect("verified", _tool.ask("--db", name, "audit", "verify"),
                 {"ok": True, "entries": 9, "broken": None})
    other = noted[:-1] + ("0" if noted[-1] != "0" else "1")
    _tool.run("--db", name, "audit", "verify", "--head", other, code=4)
    _tool.run("--db", name, "audit", "verify", "--head", "10:" + noted.split(":")[1], code=4)
    _tool.expect("about one person", [entry["action"] for entry in _tool.ask(
        "--db", name, "audit", "show", "--person", "dave@acme.com")["entries"]], ["consent"])


def main():
    name = erase()
    compare(name)
    carry(name)
    lift()
    defer()
    export()
    formats()
    audit()


main()
