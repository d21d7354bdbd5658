#!/bin/sh
# The mailboxes of warmpath-generate demo are what they claim: Python's mailbox and email modules,
# which share no code with us, read every message, name and date, and find the expected numbers.
set -u
command -v python3 >/dev/null 2>&1 || {
    echo "skipped: python3 is not installed"
    exit 77
}
"$WARMPATH_GENERATE" demo market || exit 1
exec python3 - <<'PYTHON'
import collections, email.header, email.utils, glob, json, mailbox, os

EXPECTED = {
    "amara.nwosu": 107,
    "dana": 411,
    "elin.aas": 205,
    "oskar.lindgren": 246,
    "claire.dubois": 840,
    "ingrid.solberg": 1006,
    "jonas.mueller": 1107,
    "jose.alvarez": 925,
    "lukasz.wisniewski": 1164,
    "marta.kowalczyk": 1114,
    "noah.bergstroem": 980,
    "priya.raman": 1110,
    "sofia.lindqvist": 653,
    "tom.ashworth": 1148,
}
EXPECTED_MESSAGES = 7831
EXPECTED_ROWS = {
    "company": 16,
    "person": 105,
    "employment": 3,
    "interaction": 80,
    "tie": 3,
    "consent": 1,
}

def decoded(text):
    return str(email.header.make_header(email.header.decode_header(text)))

rows = [json.loads(line) for line in open("market/people.jsonl", encoding="utf-8")]
names = {row["email"]: row["name"] for row in rows if row["type"] == "person"}
assert dict(collections.Counter(row["type"] for row in rows)) == EXPECTED_ROWS
assert len(names) == len(set(names.values())), "two people have the same name"

counts, copies, kinds, charsets = {}, {}, collections.Counter(), set()
quoted = 0
for path in sorted(glob.glob("market/*/*.mbox")):
    previous = 0
    owner = os.path.basename(path)[: -len(".mbox")]
    box = mailbox.mbox(path, create=False)
    counts[owner] = len(box)
    for message in box:
        assert not message.defects, (path, message.defects)
        quoted += ("\n" + message.get_payload()).count("\n>From ")
        kinds["list"] += "List-Id" in message
        kinds["bulk"] += message["Precedence"] == "bulk"
        kinds["automatic"] += "Auto-Submitted" in message
        kinds["reply"] += "In-Reply-To" in message
        if "Date" not in message:
            assert "Message-ID" not in message
            kinds["undated"] += 1
            continue
        time = email.utils.parsedate_to_datetime(message["Date"]).timestamp()
        assert previous <= time < 1774976400, (path, message["Date"])
        previous = time
        if "In-Reply-To" in message:
            assert message["References"].split()[-1] == message["In-Reply-To"]
        for field in ("From", "To", "Cc"):
            charsets |= {c for _, c in email.header.decode_header(message.get(field, "")) if c}
            for name, address in email.utils.getaddresses([message.get(field, "")]):
                name = decoded(name)
                if ", " in name:
                    name = " ".join(reversed(name.split(", ")))
                if name and address in names:
                    assert name == names[address], (name, address)
        facts = tuple(str(message[field]) for field in ("Date", "From", "To", "Subject"))
        assert copies.setdefault(message["Message-ID"], facts) == facts, "copies differ"

assert counts == EXPECTED, counts
assert len(copies) == EXPECTED_MESSAGES, len(copies)
assert charsets >= {"utf-8", "iso-8859-1"}, charsets
for kind in ("list", "bulk", "automatic", "reply", "undated"):
    assert kinds[kind] > 5, (kind, kinds)
assert quoted > 100, quoted
PYTHON
