#!/usr/bin/env python3
"""What an import promises, on data made here: every row is accounted for, twice adds nothing, a
strict import is all or nothing, an interrupted one goes on, hostile files do no harm.

The program is $WARMPATH; the test runs in an empty directory of its own.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time

TOOL = os.environ.get("WARMPATH", "warmpath")
FAULTS = []
NUMBER = [0]


def expect(is_true, what):
    if not is_true:
        FAULTS.append(what)
        print("FAULT", what)


def write(path, text):
    with open(path, "wb") as file:
        file.write(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def new_database():
    NUMBER[0] += 1
    path = "db%d.warmpath" % NUMBER[0]
    subprocess.run([TOOL, "--db", path, "init", "--us", "us.com"], check=True,
                   capture_output=True)
    return path


def run(database, *arguments, given=None):
    return subprocess.run([TOOL, "--db", database, *arguments], capture_output=True, input=given,
                          check=False, timeout=120)


def load(database, *arguments, code=0, given=None):
    done = run(database, "import", "--json", *arguments, given=given)
    expect(done.returncode == code, "import %s: exit code %d, expected %d: %s"
           % (arguments, done.returncode, code, done.stderr[-300:]))
    if not done.stdout:
        return None
    result = json.loads(done.stdout)
    for entry in result["files"] + [result["total"]]:
        expect(entry["read"] == entry["new"] + entry["known"] + entry["skipped"],
               "counts do not add up: %s" % entry)
        expect(sum(entry["reasons"].values()) == entry["skipped"],
               "reasons do not add up: %s" % entry)
    return result


def stats(database):
    return json.loads(run(database, "stats", "--json").stdout)


def counts(entry):
    return entry["new"], entry["known"], entry["skipped"]


def message(number, sender, to, extra="", day=None):
    return ("From %s  Thu Nov  1 11:19:12 2001\nFrom: %s\nTo: %s\n"
            "Date: Thu, %d Nov 2001 11:19:12 +0000\nMessage-ID: <%s@x>\n%s\nbody\n"
            "From here on nothing counts\n\n"
            % (sender, sender, to, day or 1 + number % 28, number, extra))


def check_mail():
    box = write("box", message(1, "ann@acme.com", "bob@us.com") +
                message(2, "bob@us.com", "ann@acme.com", "In-Reply-To: <1@x>\n") +
                message(3, "x@y.com", "bob@us.com", "X-Gmail-Labels: Spam\n") +
                message(4, "nobody", "bob@us.com") +
                message(2, "bob@us.com", "ann@acme.com"))
    database = new_database()
    result = load(database, "--report", "report", box)
    expect(result["files"][0]["format"] == "mbox", "format is guessed")
    expect(counts(result["total"]) == (2, 1, 2), "mail: %s" % result["total"])
    expect(result["total"]["reasons"] == {"label Spam": 1, "no sender": 1}, "reasons of mail")
    with open("report", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    expect([line["reason"] for line in lines] == ["label Spam", "no sender"], "report")
    expect(set(lines[0]) == {"file", "line", "byte", "reason", "seen"}, "keys of the report")
    expect(counts(load(database, box)["total"]) == (0, 3, 2), "mail again")
    with open(box, "rb") as file:
        expect(counts(load(new_database(), "-", given=file.read())["total"]) == (2, 1, 2),
               "mail from standard input")
    expect(counts(load(new_database(), "--dry-run", box)["total"]) == (2, 1, 2), "dry run")
    dry = new_database()
    load(dry, "--dry-run", box)
    expect(stats(dry)["people"] == 0, "a dry run writes nothing")


def check_folder():
    os.makedirs("folder/b/.hidden")
    write("folder/b/2", "From: ann@acme.com\nTo: bob@us.com\nDate: Thu, 1 Nov 2001 11:19:12 +0000"
          "\nMessage-ID: <f2@x>\n\nbody\n")
    write("folder/a", message(9, "ann@acme.com", "bob@us.com"))
    write("folder/c", "nothing that anybody knows\n")
    write("folder/d", "")
    write("folder/.e", "hidden")
    os.mkfifo("folder/pipe")
    result = load(new_database(), "folder")
    found = [(entry["path"], entry["format"], entry["new"]) for entry in result["files"]]
    expect(found == [("folder/a", "mbox", 1), ("folder/b/2", "eml", 1), ("folder/c", None, 0),
                     ("folder/d", None, 0), ("folder/pipe", None, 0)], "walk: %s" % found)
    load(new_database(), "folder/c", code=3)
    load(new_database(), "folder/a", "nowhere", code=3)


def check_lists():
    """Posts that were stored without --lists keep being stored without; the import says so."""
    box = write("lists", message(31, "ann@acme.com", "bob@us.com", "List-Id: <dev.acme.org>\n") +
                message(32, "bob@us.com", "ann@acme.com", "List-Id: <dev.acme.org>\n"
                        "In-Reply-To: <31@x>\n") +
                message(33, "bob@us.com", "ann@acme.com"))
    line = b"2 posts are stored already without their list evidence; "
    note = "list evidence, stored before without --lists"
    database = new_database()
    load(database, box)
    done = run(database, "import", "--lists", box)
    expect(done.returncode == 0 and line in done.stderr, "late --lists: %s" % done.stderr)
    for arguments in (("--lists",), ("--lists", "--dry-run")):
        result = load(database, *arguments, box)
        expect(counts(result["total"]) == (0, 3, 0), "late --lists: %s" % result["total"])
        expect(result["total"]["notes"] == {note: 2}, "note: %s" % result["total"]["notes"])
    database = new_database()
    for _ in range(2):
        result = load(database, "--lists", box)
        expect(result["total"]["notes"] == {}, "early --lists: %s" % result["total"]["notes"])


JSONL = [
    {"type": "tie", "from": "id:1", "to": "ann@acme.com", "p": 0.37},
    {"type": "interaction", "id": "<m1@x>", "kind": "mail", "time": "2024-03-01T12:00:00Z",
     "from": "ann@acme.com", "to": ["bob@us.com"], "cc": [], "bcc": []},
    {"type": "interaction", "kind": "meeting", "time": "2024-03-02", "from": "ann@acme.com",
     "to": ["bob@us.com"], "declined": ["id:1"]},
    {"type": "employment", "person": "ann@acme.com", "company": "acme.com", "title": "VP",
     "from": "2021-03-01"},
    {"type": "person", "email": "ann@acme.com", "emails": ["ann@home.org"], "name": "Ann Lee",
     "names": [{"name": "A. Lee", "count": 3}], "later": True},
    {"type": "person", "id": "1", "company": "Acme"},
    {"type": "company", "domain": "acme.com", "name": "Acme"},
    {"type": "consent", "person": "id:1", "introductions": "out", "since": "2024-01-01"},
]


def check_jsonl():
    text = "\n".join(json.dumps(row) for row in JSONL) + "\n"
    path = write("good.jsonl", text)
    database = new_database()
    expect(counts(load(database, path)["total"]) == (8, 0, 0), "json lines")
    expect(counts(load(database, path)["total"]) == (0, 8, 0), "json lines again")
    expect(stats(database)["people"] == 3, "people of json lines")
    load(database, write("dumped", message(1, "ann@acme.com", "bob@us.com")))
    before = run(database, "dump", "-").stdout
    expect(b'"format":"mbox"' in before, "the dump says of which format a source is")
    load(database, path)
    expect(run(database, "dump", "-").stdout == before, "importing twice changes the dump")
    write("dump.jsonl", before)
    copy = "copy.warmpath"
    done = run(copy, "load", "dump.jsonl")
    expect(done.returncode == 0, "load: %s" % done.stderr[-300:])
    expect(run(copy, "dump", "-").stdout == before, "dump, load, dump")
    bad = write("bad.jsonl", text + 'bad\n{"type":"planet"}\n{"type":"person","email":"x"}\n'
                '{"type":"tie","from":"id:1","to":"id:1","p":1}\n\n' + "[" * 100000 + "\n" +
                "x" * 3000000 + "\n")
    result = load(new_database(), bad, code=3)
    expect(counts(result["total"]) == (8, 0, 6), "bad json lines: %s" % result["total"])


def tie_line(p, **more):
    return json.dumps({"type": "tie", "from": "a@x.org", "to": "b@x.org", "p": p, **more}) + "\n"


def check_contradictions():
    """Ties of which a file says one thing and then another count by what it says in the end."""
    cases = [([.5, .5, .25, .5], {}, (1, 3), (0, 4)),
             ([.5, .25], {}, (2, 0), (0, 2)),
             ([.5, .25, .5], {"both": True}, (1, 2), (0, 3)),
             ([.25, .5, .125], {}, (3, 0), (0, 3))]
    for strengths, more, first, again in cases:
        database = new_database()
        write("ties", "".join(tie_line(p, **more) for p in strengths))
        for expected in (first, again, again):
            entry = load(database, "ties")["files"][0]
            expect((entry["new"], entry["known"]) == expected,
                   "%s %s: %d new, %d known, expected %d, %d"
                   % (strengths, more, entry["new"], entry["known"], *expected))
        write("ties", tie_line(.75, **more))
        expect(load(database, "ties")["total"]["new"] == 1, "a changed tie is new")


def check_unkept():
    """What is read and not kept is named once, whatever the format."""
    files = {
        "card.vcf": ("BEGIN:VCARD\nVERSION:3.0\nPRODID:x\nFN:Ann Lee\nN:Lee;Ann;;;\nTEL:1\n"
                     "EMAIL:a@x.org\nORG:Acme;Sales\nitem1.TEL:2\nTITLE:VP\nROLE:Boss\n"
                     "URL:https://x.org\nCATEGORIES:vip\nX-ODD:1\nEND:VCARD\n",
                     "TEL, ORG (department), URL, CATEGORIES, X-ODD"),
        "plain.vcf": ("BEGIN:VCARD\nVERSION:4.0\nFN:Ann Lee\nEMAIL:a@x.org\nORG:Acme;\n"
                      "URL:https://www.linkedin.com/in/ann\nREV:1\nEND:VCARD\n", None),
        "event.ics": ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20240301T120000Z\n"
                      "DTSTART:20240301T120000Z\nSUMMARY:s\nORGANIZER:mailto:a@x.org\n"
                      "ATTENDEE:mailto:b@x.org\nLOCATION:l\nSEQUENCE:1\nEND:VEVENT\n"
                      "END:VCALENDAR\n", "SUMMARY, LOCATION"),
        "lines": ('{"type":"person","email":"a@x.org","phone":"1","title":null}\n'
                  '{"type":"person","email":"b@x.org","phone":"2","tags":[],"fax":null}\n',
                  "phone, tags")}
    for name, (text, unkept) in files.items():
        write(name, text)
        entry = load(new_database(), name)["files"][0]
        expect(entry["columns_not_kept"] == unkept, "%s: not kept: %s" % (name, entry))


def check_strict():
    text = "\n".join(json.dumps(row) for row in JSONL) + "\n"
    path = write("strict.jsonl", text + "bad\n")
    database = new_database()
    done = run(database, "import", "--strict", path)
    expect(done.returncode == 3, "strict: exit code %d" % done.returncode)
    expect(b"strict.jsonl:9" in done.stderr, "strict names file and line: %s" % done.stderr)
    expect(stats(database)["people"] == 0, "strict: something was written")
    # What only the database can refuse: nobody has more than a thousand identities.
    many = [{"type": "person", "email": "a@b.com", "ids": ["%d-%d" % (i, j) for j in range(60)]}
            for i in range(18)]
    path = write("conflict.jsonl", "\n".join(json.dumps(row) for row in many) + "\n")
    database = new_database()
    load(database, "--strict", path, code=3)
    expect(stats(database)["people"] == 0, "strict conflict: something was written")
    result = load(database, path, code=3)
    expect(counts(result["total"]) == (1, 15, 2), "a conflict is a skipped row: %s"
           % result["total"])
    expect(stats(database)["people"] == 1, "identities of one person")
    # Spam is left out on purpose; it is no bad row.
    box = write("spam", message(3, "x@y.com", "bob@us.com", "X-Gmail-Labels: Spam\n"))
    load(new_database(), "--strict", box)


def check_edges():
    database = new_database()
    path = write("edges", "# a graph\nsrc,dst,weight\na,b,0.5\nb,c,0.25\nc,c,0.1\nd\na,b,2\n")
    result = load(database, "--format", "edges", "--weight", "p", path, code=3)
    expect(counts(result["total"]) == (2, 0, 3), "edges: %s" % result["total"])
    expect(counts(load(database, "--format", "edges", "--weight", "p", path, code=3)["total"]) ==
           (0, 2, 3), "edges again")
    path = write("contrary", "a,b,0.5\nb,a,0.75\na,b,0.25\nc,d,0.5\n")
    database = new_database()
    for expected in ((4, 0, 0), (0, 4, 0)):
        result = load(database, "--format", "edges", "--weight", "p", path)
        expect(counts(result["total"]) == expected, "contrary edges: %s" % result["total"])
    path = write("pairs", "1 2\n2 3\n3 1\n")
    database = new_database()
    expect(counts(load(database, "--both", path)["total"]) == (3, 0, 0), "both directions")
    lines = run(database, "dump", "-").stdout.decode().splitlines()
    ties = [json.loads(line) for line in lines if json.loads(line)["type"] == "tie"]
    directions = sum(2 if tie.get("both") else 1 for tie in ties)
    expect(directions == 6, "six directions, not %d" % directions)
    expect(run(database, "check", "--deep").returncode == 0, "check of edges")


def check_resume():
    """Kill an import again and again; in the end nothing is lost and nothing counted twice."""
    rows = 120000
    with open("long", "w", encoding="ascii") as file:
        for number in range(rows):
            file.write(message(number, "p%d@a.com" % (number % 700), "q%d@b.com" % (number % 900)))
    database = new_database()
    delay, kills, resumed = 0.15, 0, False
    for attempt in range(12):
        process = subprocess.Popen([TOOL, "--db", database, "import", "long"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(delay * (1 + attempt % 3))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL if attempt % 2 else signal.SIGINT)
            kills += 1
        resumed = b"resumed at byte" in process.communicate()[1] or resumed
        # The program may end by SIGINT itself as long as it has not begun to import.
        expect(process.returncode in (0, 5, -signal.SIGKILL, -signal.SIGINT),
               "interrupted: exit code %d" % process.returncode)
    run(database, "import", "long")
    expect(resumed or kills < 3, "nothing was resumed after %d kills" % kills)
    expect(stats(database)["interactions"] == rows,
           "%d interactions after %d kills" % (stats(database)["interactions"], kills))
    result = load(database, "long")
    expect(counts(result["total"]) == (0, rows, 0), "after resuming: %s" % result["total"])
    print("%d kills, resumed: %s" % (kills, resumed))


# A sanitizer needs far more memory than the tool itself.
with open(TOOL, "rb") as executable:
    IS_SANITIZED = b"__asan_init" in executable.read()


def limit_memory():
    # The map of the database is address space, so the limit is on data alone.
    resource.setrlimit(resource.RLIMIT_DATA, (256 << 20, 256 << 20))


def check_hostile():
    random.seed(7)
    noise = bytes(random.randrange(256) for _ in range(200000))
    start = b"From a@b Thu Nov  1 11:19:12 2001\n"
    files = {
        "giant_line": b"x" * 30000000,
        "giant_header": start + b"To: " + b"a@b, " * 3000000,
        "colons": start + b"From: a@b.com\nTo: " + b"a:" * 100000 + b"\n\n",
        "brackets": start + b"From: " + b"<" * 200000 + b"\n\n",
        "nuls": start + b"From: a@b.com\nTo: c\0d@e.com\n\n" + b"\0" * 100000,
        "noise": noise,
        "noise_mail": start + noise,
        "noise_json": b'{"type":' + noise,
        "many": start + b"From: a@b.com\nTo: " +
                b", ".join(b"p%d@c.com" % i for i in range(10001)) + b"\n\n",
    }
    database = new_database()
    for name, data in files.items():
        write(name, data)
        for form in ("mbox", "eml", "jsonl", "edges"):
            done = subprocess.run([TOOL, "--db", database, "import", "--format", form, name],
                                  capture_output=True, check=False, timeout=60,
                                  preexec_fn=None if IS_SANITIZED else limit_memory)
            expect(done.returncode in (0, 3), "%s as %s: exit code %d: %s"
                   % (name, form, done.returncode, done.stderr[-200:]))
    result = load(new_database(), "many")
    expect(result["total"]["reasons"] == {"too many recipients": 1}, "too many recipients")
    expect(run(database, "check", "--deep").returncode == 0, "check after hostile files")


for check in (check_mail, check_lists, check_folder, check_jsonl, check_contradictions,
              check_unkept, check_strict, check_edges, check_resume, check_hostile):
    check()
sys.exit(1 if FAULTS else 0)
