#!/usr/bin/env python3
"""The reader of mail against Python's mailbox and email modules, on every file of real mail.

Each message that Python finds in a file of $WARMPATH_DATA/mail is looked for in what was stored, or
in the report of what was skipped, by the byte it begins at. Sender, recipients with their roles,
time, id and the message answered must agree; where they do not, one of EXPLANATIONS must say why.
Every file is read, or refused with a reason; a second import adds nothing. Counts are printed for
each corpus. Exit code 77: no data.

The program is $WARMPATH. Names and addresses of the data are never printed.
"""

import calendar
import collections
import email
import email.utils
import glob
import json
import mailbox
import os
import re
import sys
import time

from _tool import ask, data_file, run

MAIL = data_file("mail")
IDENTITY = re.compile(r"<[^<> \t\r\n]+>")
FAULTS = []

# Why what is stored may differ from what Python reads.
EXPLANATIONS = {
    "known": "the id was stored from an earlier message",
    "skipped": "left out, with a reason that Python's reading confirms",
    "no header": "Python splits at a line \"From \" in a body; no header follows",
    "list address": "the address is that of the list, which is nobody",
    "no brackets": "the address stands behind the name without brackets; Python joins them",
    "hashed": "no usable id; the source is a hash of the message",
}


def expect(is_true, what):
    if not is_true:
        FAULTS.append(what)


def header(message, name):
    value = message.get(name)
    return "" if value is None else re.sub(r"[\r\n]+", "", str(value))


def identity_of(message):
    text = header(message, "Message-ID").strip()
    found = IDENTITY.search(text)
    if found:
        return found.group(0)
    word = text.split(" ")[0]
    return "<%s>" % word if word and word[0] != "<" else ""


def answered(message):
    found = IDENTITY.search(header(message, "In-Reply-To"))
    ancestors = IDENTITY.findall(header(message, "References"))
    identity = found.group(0) if found else ancestors[-1] if ancestors else ""
    return "" if identity == identity_of(message) else identity


def time_of(text):
    """Python's time, None when it reads none."""
    try:
        parsed = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return calendar.timegm(parsed.utctimetuple())


def is_usable(address):
    local, _, domain = address.partition("@")
    return bool(local and domain and "@" not in domain and ".." not in domain and
                not domain.startswith(".") and not domain.endswith(".") and
                not re.search(r"[\s<>,;\"]", address))


def addresses(message, *names):
    """The usable addresses of headers, lower-cased, as Python reads them."""
    values = []
    for name in names:
        for value in message.get_all(name, []):
            text = re.sub(r"[\r\n]+", "", str(value))
            values.append(re.sub(r"(\S) at (\S)", r"\1@\2", text, count=1))
    found = (address.lower().rstrip(".") for _, address in email.utils.getaddresses(values))
    return [address for address in found if is_usable(address)]


def mentions(message, address, *names):
    """Whether headers name the address in any form, as text."""
    text = " ".join(header(message, name) for name in names).lower().replace(" at ", "@")
    return address in re.sub(r"\s|\"", "", text) or address in text


def list_text(message):
    return " ".join(header(message, name) for name in
                    ("List-Post", "List-Id", "X-BeenThere", "Mailing-List", "X-Mailing-List",
                     "Subject")).lower()


def is_list_address(message, address):
    local, _, domain = address.partition("@")
    text = list_text(message)
    return address in text or "<%s.%s>" % (local, domain) in text or "[%s]" % local in text


def messages_of(path, kind):
    """The messages of a file with the byte each begins at."""
    if kind == "eml":
        with open(path, "rb") as file:
            text = file.read()
        return [(0, email.message_from_bytes(text))]
    box = mailbox.mbox(path, create=False)
    keys = list(box.keys())
    # The offsets are not public; nothing else names a message's place.
    return [(box._toc[key][0], box[key]) for key in keys]  # pylint: disable=protected-access


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def confirm_skip(message, reason):
    """Whether Python's reading supports that a message was left out."""
    people = addresses(message, "To", "Cc", "Bcc")
    if reason in ("no recipients", "list post, use --lists"):
        return not any(not is_list_address(message, who) for who in people)
    if reason == "no header":
        return not message.keys()
    if reason == "no sender":
        return not addresses(message, "From", "Sender")
    if reason == "no date":
        return time_of(header(message, "Date")) is None or \
            not 0 <= time_of(header(message, "Date")) < 253402300800
    if reason == "sender is the list":
        return any(is_list_address(message, who) for who in addresses(message, "From", "Sender"))
    return False


class Corpus:
    """One folder: what the tool stored and skipped, and what Python makes of the same files."""

    def __init__(self, name, folder):
        self.name = name
        self.counts = collections.Counter()
        self.seen = set()
        database, report = name + ".warmpath", name + ".skipped"
        run("--db", database, "init")
        self.result = ask("--db", database, "import", "--lists", "--report", report, folder)
        with open(report, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        self.skipped = {(row["file"], row["byte"]): row["reason"] for row in rows}
        for row in rows:
            expect(row["line"] > 0 and row["seen"], "a skipped row without its place")
        lines = map(json.loads, run("--db", database, "dump", "-").splitlines())
        stored = [line for line in lines if line["type"] == "interaction"]
        self.stored = {line["id"]: line for line in stored}
        self.hashed = collections.Counter((line["from"].lower(), seconds(line["time"]))
                                          for line in stored if line["id"].startswith("xxh:"))
        again = ask("--db", database, "import", "--lists", folder)
        expect(again["total"]["new"] == 0, "%s: a second import adds rows" % name)
        run("--db", database, "check", "--deep")

    def count(self, what):
        expect(what in EXPLANATIONS or what.startswith("agree"), "not explained: " + what)
        self.counts[what] += 1

    def fault(self, path, byte, what):
        expect(False, "%s, byte %d: %s" % (os.path.basename(path), byte, what))

    def check_file(self, entry):
        path, rows = entry["path"], 0
        expect(entry["read"] == entry["new"] + entry["known"] + entry["skipped"] and
               sum(entry["reasons"].values()) == entry["skipped"], path + ": counts do not add up")
        if entry["format"] not in ("mbox", "eml"):
            self.check_refused(path, entry["problem"])
            return
        self.counts["files read"] += 1
        for byte, message in messages_of(path, entry["format"]):
            if message.get("From") is None and entry["format"] == "mbox" and \
               (path, byte) not in self.skipped:
                self.count("no header")
                continue
            rows += 1
            self.check_message(path, byte, message)
        expect(entry["read"] == rows, "%s: %d messages, Python has %d"
               % (os.path.basename(path), entry["read"], rows))

    def check_refused(self, path, problem):
        if os.path.getsize(path) == 0:
            self.counts["files empty"] += 1
            return
        self.counts["files refused"] += 1
        _, message = messages_of(path, "eml")[0]
        expect(problem == "format not recognised" and
               not addresses(message, "From", "Sender", "To", "Cc"),
               "%s: refused (%s), but Python finds people" % (os.path.basename(path), problem))

    def check_message(self, path, byte, message):
        self.counts["messages"] += 1
        reason = self.skipped.get((path, byte))
        if reason is not None:
            if confirm_skip(message, reason):
                self.count("skipped")
            else:
                self.fault(path, byte, "skipped, %s, but Python sees no cause" % reason)
            return
        identity = identity_of(message)
        if identity in self.seen:
            self.count("known")
            return
        self.seen.add(identity)
        line = self.stored.get(identity) if identity else None
        if line is None:
            self.check_hashed(path, byte, message)
            return
        self.check_sender(path, byte, message, line)
        self.check_recipients(path, byte, message, line)
        self.check_time(path, byte, message, line)
        if (line.get("reply_to") or "") != answered(message):
            self.fault(path, byte, "the message answered differs")
        else:
            self.count("agree: answered")

    def check_hashed(self, path, byte, message):
        sender, sent = addresses(message, "From"), time_of(header(message, "Date"))
        if sender and any(who == sender[0] and sent in (None, when)
                          for who, when in self.hashed):
            self.count("hashed")
        else:
            self.fault(path, byte, "neither stored nor skipped")

    def check_sender(self, path, byte, message, line):
        sender = addresses(message, "From") or addresses(message, "Sender")
        stored = line["from"].lower()
        if sender and sender[0] == stored:
            self.count("agree: sender")
        elif mentions(message, stored, "From", "Sender"):
            self.count("no brackets")
        else:
            self.fault(path, byte, "the sender differs")

    def check_recipients(self, path, byte, message, line):
        wanted = {}
        for role, name in (("to", "To"), ("cc", "Cc"), ("bcc", "Bcc")):
            for who in addresses(message, name):
                wanted.setdefault(who, role)
        stored = {who.lower(): role for role in ("to", "cc", "bcc") for who in line.get(role) or []}
        wanted.pop(line["from"].lower(), None)
        for who in wanted.keys() | stored.keys():
            if wanted.get(who) == stored.get(who):
                self.count("agree: recipient")
            elif who not in stored and is_list_address(message, who):
                self.count("list address")
            elif who not in wanted and mentions(message, who, "To", "Cc", "Bcc"):
                self.count("no brackets")
            else:
                self.fault(path, byte, "a recipient differs: %s, Python has %s"
                           % (stored.get(who), wanted.get(who)))

    def check_time(self, path, byte, message, line):
        stored, wanted = seconds(line["time"]), time_of(header(message, "Date"))
        if wanted == stored:
            self.count("agree: time")
        else:
            self.fault(path, byte, "the time differs by %s s" % (wanted and stored - wanted))


def check(name, folder):
    corpus = Corpus(name, folder)
    paths = sorted(path for path in glob.glob(folder + "/**", recursive=True)
                   if os.path.isfile(path))
    expect(sorted(entry["path"] for entry in corpus.result["files"]) == paths,
           "%s: not every file is accounted for" % name)
    for entry in corpus.result["files"]:
        corpus.check_file(entry)
    print(name, json.dumps(corpus.counts, sort_keys=True))
    return corpus.counts


archive = check("twisted-web", os.path.join(MAIL, "twisted-web"))
samples = check("samples", os.path.join(MAIL, "samples"))
expect(archive["agree: sender"] > 5000, "only %d messages agree" % archive["agree: sender"])
expect(samples["agree: recipient"] >= 12, "only %d recipients agree" % samples["agree: recipient"])
for explanation in EXPLANATIONS:
    expect(archive[explanation] + samples[explanation] > 0, "nothing is explained: " + explanation)
for fault in FAULTS[:40]:
    print("FAULT", fault)
print("%d faults" % len(FAULTS))
sys.exit(1 if FAULTS else 0)
