#!/usr/bin/env python3
"""Maildirs: found by a walk, one entry each; what is being delivered, trashed or a draft is left
out, and so is what mail programs keep beside the messages. The program is $WARMPATH.
"""

import json
import os

from _tool import ask, expect, run

MESSAGE = "From: ann@acme.com\nTo: bob@us.com\nDate: Fri, 1 Mar 2024 12:00:00 +0000\n" \
          "Message-ID: <%s@x>\n\nbody\n"


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make(folder, names):
    for part in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(folder, part), exist_ok=True)
    for name in names:
        put(os.path.join(folder, name), MESSAGE % name.replace("/", ".").replace(":", "."))


make("mail/box", ["cur/1.a.host,S=120:2,S", "cur/2.b.host:2,ST", "cur/3.c.host:2,DS",
                  "new/4.d.host",
                  "tmp/5.e.host", "cur/.hidden"])
put("mail/box/cur/6.f.host:2,", "")
put("mail/box/dovecot-uidlist", "1 2\n2 3\n3 4\n")
make("mail/box/.Sent", ["cur/1.a:2,S", "cur/2.b;2,T"])
make("mail/box/.Work.Drafts", ["cur/1.d:2,"])
make("mail/box/.Trash", ["new/1.t"])
os.makedirs("mail/box/.cache/x")
put("mail/single/one.eml", MESSAGE % "single")

run("init", "--us", "us.com", "--db", "db")
report = ask("--db", "db", "import", "--report", "skipped.jsonl", "mail")
files = {entry["path"]: entry for entry in report["files"]}
expect("entries", sorted(files), ["mail/box", "mail/box/.Sent", "mail/box/.Trash",
                                  "mail/box/.Work.Drafts", "mail/single/one.eml"])
expect("formats", {entry["format"] for path, entry in files.items() if "box" in path}, {"maildir"})
expect("the box", {key: files["mail/box"][key] for key in ("read", "new", "skipped", "reasons")},
       {"read": 5, "new": 2, "skipped": 3,
        "reasons": {"label Trash": 1, "label Drafts": 1, "no header": 1}})
expect("Sent", (files["mail/box/.Sent"]["new"], files["mail/box/.Sent"]["reasons"]),
       (1, {"label Trash": 1}))
expect("Drafts", files["mail/box/.Work.Drafts"]["reasons"], {"label Drafts": 1})
expect("Trash", files["mail/box/.Trash"]["reasons"], {"label Trash": 1})
with open("skipped.jsonl", encoding="utf-8") as lines:
    places = sorted(json.loads(line)["file"] for line in lines)
expect("the report names messages", places,
       ["mail/box/.Sent/cur/2.b;2,T", "mail/box/.Trash/new/1.t", "mail/box/.Work.Drafts/cur/1.d:2,",
        "mail/box/cur/2.b.host:2,ST", "mail/box/cur/3.c.host:2,DS", "mail/box/cur/6.f.host:2,"])

again = ask("--db", "db", "import", "mail")
expect("again", (again["total"]["new"], again["total"]["known"]), (0, 4))

# Strict: the empty file stops it, and the messages before it stay, each being a file of its own.
run("init", "--db", "strict")
run("--db", "strict", "import", "--strict", "mail", code=3)
expect("strict", ask("--db", "strict", "stats")["interactions"], 1)
os.remove("mail/box/cur/6.f.host:2,")
expect("strict without it", ask("--db", "strict", "import", "--strict", "mail")["total"]["new"], 3)

# Counts do not depend on where batches end: 12 000 messages are two of them.
make("many", ["cur/%05d:2,S" % i for i in range(12000)])
run("init", "--db", "many-db")
expect("many", ask("--db", "many-db", "import", "many")["total"]["new"], 12000)
