#!/usr/bin/env python3
"""The reader of mail boxes against Python's mailbox and email modules, on real mail.

Every message of the list archive in $WARMPATH_DATA/mail is accounted for; sender, time and the
message answered agree with what Python reads; a second import adds nothing. The odd samples must
be read without a crash, and every message of theirs must be counted too. Exit code 77: no data.

The program is $WARMPATH. Names and addresses of the data are never printed.
"""

import calendar
import collections
import email.utils
import glob
import json
import mailbox
import os
import re
import subprocess
import sys
import time

TOOL = os.environ.get("WARMPATH", "warmpath")
MAIL = os.path.join(os.environ.get("WARMPATH_DATA", "../shared/data"), "mail")
IDENTITY = re.compile(r"<[^<> \t\r\n]+>")
FAULTS = []


def expect(is_true, what):
    if not is_true:
        FAULTS.append(what)


def run(*arguments):
    done = subprocess.run([TOOL, *arguments], capture_output=True, check=False)
    expect(done.returncode == 0,
           "%s: exit code %d: %s" % (arguments[0], done.returncode, done.stderr[:200]))
    return done.stdout.decode("utf-8")


def import_json(database, *arguments):
    return json.loads(run("--db", database, "import", "--json", *arguments))


def header(message, name):
    value = message.get(name)
    return "" if value is None else str(value)


def first_identity(text):
    found = IDENTITY.search(text)
    return found.group(0) if found else ""


def answered(message):
    identity = first_identity(header(message, "In-Reply-To"))
    ancestors = IDENTITY.findall(header(message, "References"))
    return identity or (ancestors[-1] if ancestors else "")


def time_of(message):
    try:
        parsed = email.utils.parsedate_to_datetime(header(message, "Date"))
    except (TypeError, ValueError):
        return None
    return calendar.timegm(parsed.utctimetuple())


def address_of(message):
    text = header(message, "From").split(" (")[0]
    return text.replace(" at ", "@").strip().lower()


def is_real(message):
    """Python also splits at body lines that begin with "From "; those have no From header."""
    return message.get("From") is not None


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def check_counts(result):
    for entry in result["files"] + [result["total"]]:
        expect(entry["read"] == entry["new"] + entry["known"] + entry["skipped"],
               "%s: counts do not add up" % entry.get("path"))
        expect(sum(entry["reasons"].values()) == entry["skipped"],
               "%s: reasons do not add up" % entry.get("path"))


def check_archive():
    folder = os.path.join(MAIL, "twisted-web")
    boxes = {path: list(filter(is_real, mailbox.mbox(path)))
             for path in sorted(glob.glob(folder + "/*"))}
    run("--db", "archive.warmpath", "init")
    result = import_json("archive.warmpath", "--lists", folder)
    check_counts(result)
    for entry in result["files"]:
        expect(entry["read"] == len(boxes[entry["path"]]),
               "%s: %d messages, Python has %d"
               % (os.path.basename(entry["path"]), entry["read"], len(boxes[entry["path"]])))
    again = import_json("archive.warmpath", "--lists", folder)
    expect(again["total"]["new"] == 0, "the second import adds %d" % again["total"]["new"])
    expect(again["total"]["skipped"] == result["total"]["skipped"], "the second import skips more")
    run("--db", "archive.warmpath", "check", "--deep")
    lines = map(json.loads, run("--db", "archive.warmpath", "dump", "-").splitlines())
    stored = {line["id"]: line for line in lines if line["type"] == "interaction"}
    compare(boxes, stored, result["total"])


def compare(boxes, stored, total):
    counts = collections.Counter()
    seen = set()
    for messages in boxes.values():
        for message in messages:
            identity = first_identity(header(message, "Message-ID"))
            if not identity or identity in seen:
                counts["without id or again"] += 1
                continue
            seen.add(identity)
            counts["checked"] += 1
            line = stored.get(identity)
            if line is None:
                counts["left out"] += 1
                continue
            counts["sender differs"] += line["from"].lower() != address_of(message)
            counts["thread differs"] += (line.get("reply_to") or "") != answered(message)
            expected = time_of(message)
            counts["time differs"] += expected is not None and seconds(line["time"]) != expected
    print(dict(counts))
    for what in ("sender differs", "thread differs", "time differs"):
        expect(counts[what] == 0, "%d: %s" % (counts[what], what))
    expect(counts["left out"] <= total["skipped"], "messages are missing without a reason")
    expect(counts["checked"] > 5000, "only %d messages were compared" % counts["checked"])


def check_samples():
    folder = os.path.join(MAIL, "samples")
    run("--db", "samples.warmpath", "init")
    for options in ([], ["--lists"], ["--lists", "--owner", "me@us.com"]):
        result = import_json("samples.warmpath", *options, folder)
        check_counts(result)
        for entry in result["files"]:
            if entry["format"] != "mbox":
                continue
            count = len(mailbox.mbox(entry["path"]))
            expect(entry["read"] == count, "%s: %d messages, Python has %d"
                   % (os.path.basename(entry["path"]), entry["read"], count))
    run("--db", "samples.warmpath", "check", "--deep")


if not os.path.isdir(os.path.join(MAIL, "twisted-web")):
    print("no mail in %s: skipped" % MAIL)
    sys.exit(77)
check_archive()
check_samples()
for fault in FAULTS:
    print("FAULT", fault)
sys.exit(1 if FAULTS else 0)
