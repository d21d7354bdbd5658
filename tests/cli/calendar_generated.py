#!/usr/bin/env python3
"""A generated address book and calendar: exactly what was put in comes out.

The people of the book are imported twice, the calendar three times: as a dry run, for real, and
again. What is stored is compared as a whole with what the generator put in, so nothing is missing
and nothing is there that was not asked for. Everything is computed from a fixed seed.

The program is $WARMPATH.
"""

import collections
import datetime
import json
import os
import quopri
import random

import _tool

PEOPLE, EVENTS = 60, 200
PARTS = (("ACCEPTED", "to"), ("TENTATIVE", "tentative"), ("NEEDS-ACTION", "unanswered"),
         ("DECLINED", "declined"))
GIVEN = ("Ann", "Jörg", "Zoë", "Łukasz", "Bob", "Иван", "李")
FAMILY = ("Lee", "Müller", "O'Neill", "Nováková", "Smith; Jr", "Van, Dyk")
DICE = random.Random(7)
UTC = datetime.timezone.utc


def fold(text):
    """Folded after every 40 bytes, also inside of characters."""
    data = text.encode("utf-8")
    pieces = [data[i:i + 40] for i in range(0, len(data), 40)]
    return b"\r\n ".join(pieces) + b"\r\n"


def escape(text):
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def quoted(text):
    """Quoted-printable in Latin-1 with soft breaks, as version 2.1 has it."""
    data = quopri.encodestring(text.encode("latin-1"), quotetabs=True).replace(b"=20", b" ")
    return data.replace(b"\n", b"").replace(b" ", b"=20=\r\n")


def person(number):
    given, family = DICE.choice(GIVEN), DICE.choice(FAMILY)
    out = {"email": "p%d@c%d.test" % (number, number % 7), "name": "%s %s" % (given, family),
           "given": given, "family": family, "version": DICE.choice(("2.1", "3.0", "4.0"))}
    if number % 3 == 0:
        out["company"] = "Company %d, Ltd; Co" % (number % 5)
        out["title"] = "Head of №%d" % number
    if number % 4 == 0:
        out["more"] = "second%d@home.test" % number
    if number % 5 == 0:
        out["linkedin"] = "slug-%d" % number
    if any(ord(letter) > 255 for letter in out["name"]) and out["version"] == "2.1":
        out["version"] = "3.0"
    return out


def card(who):
    """The card of a person, in one of the three dialects."""
    lines = [b"BEGIN:VCARD\r\n", b"VERSION:%s\r\n" % who["version"].encode()]
    if who["version"] == "2.1":
        name = quoted(escape(who["family"]).replace("\\,", ",")) + b";" + quoted(who["given"])
        lines.append(b"N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:" + name + b"\r\n")
        lines.append(b"PHOTO;ENCODING=BASE64;JPEG:\r\n AAAA\r\n BBBB\r\n\r\n")
    else:
        lines.append(fold("FN:" + escape(who["name"])))
        lines.append(fold("N:%s;%s;;;" % (escape(who["family"]), escape(who["given"]))))
        lines.append(fold("PHOTO;ENCODING=b;TYPE=JPEG:" + "QUJD" * 100))
    if "more" in who:
        lines.append(fold("EMAIL;TYPE=HOME:" + who["more"]))
    main = {"2.1": "EMAIL;INTERNET;PREF:", "3.0": "item1.EMAIL;type=INTERNET,pref:",
            "4.0": "EMAIL;PREF=1:"}[who["version"]]
    lines.append(fold(main + who["email"]))
    if "linkedin" in who:
        lines.append(fold("X-SOCIALPROFILE;type=linkedin:https://www.linkedin.com/in/%s/" %
                          who["linkedin"]))
    if "company" in who:
        lines.append(fold("ORG:%s;Some Unit" % escape(who["company"])))
        lines.append(fold("TITLE:" + escape(who["title"])))
    return b"".join(lines) + b"END:VCARD\r\n"


def stamp(time):
    return time.strftime("%Y%m%dT%H%M%SZ")


def event_lines(uid, start, organizer, guests, more=()):
    lines = ["BEGIN:VEVENT", "UID:" + uid, "DTSTART:" + stamp(start), "DTSTAMP:20240101T000000Z",
             "ORGANIZER;CN=%s:mailto:%s" % (organizer["given"], organizer["email"])]
    for who, state in guests:
        lines.append("ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=%s;CN=\"%s\":MAILTO:%s" %
                     (state, who["name"].replace('"', ""), who["email"]))
    lines.append("ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:room@c1.test")
    return b"".join(map(fold, lines + list(more) +
                        ["BEGIN:VALARM", "ATTENDEE:mailto:alarm@c1.test", "END:VALARM",
                         "END:VEVENT"]))


def meeting(start, organizer, guests):
    """As it is dumped."""
    out = {"time": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "from": organizer["email"]}
    states = dict(PARTS)
    for who, state in guests:
        if who is not organizer:
            out.setdefault(states[state], []).append(who["email"])
    return {key: sorted(value) if isinstance(value, list) else value for key, value in out.items()}


def calendar(people):
    """The text of a calendar, and what follows from it by source id."""
    expected, text = {}, [b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\n"]
    for number in range(EVENTS):
        start = datetime.datetime(2022, 1, 3, 9, tzinfo=UTC) + \
            datetime.timedelta(hours=37 * number)
        chosen = DICE.sample(people, DICE.randint(2, 8))
        guests = [(who, DICE.choice(PARTS)[0]) for who in chosen]
        organizer, uid = chosen[0], "event-%d@c1.test" % number
        if number % 10 != 0:
            text.append(event_lines(uid, start, organizer, guests))
            expected[uid] = meeting(start, organizer, guests)
            continue
        # A series of five weeks, of which the second is excepted and the third was moved.
        weeks = [start + datetime.timedelta(weeks=week) for week in range(5)]
        moved = weeks[2] + datetime.timedelta(hours=3)
        series = event_lines(uid, start, organizer, guests,
                             ("RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE:" + stamp(weeks[1])))
        change = event_lines(uid, moved, organizer, guests[:2],
                             ("RECURRENCE-ID:" + stamp(weeks[2]), "SEQUENCE:1"))
        text += [series, change] if number % 20 == 0 else [change, series]
        for week in (0, 3, 4):
            expected[uid + "/" + stamp(weeks[week])] = meeting(weeks[week], organizer, guests)
        expected[uid + "/" + stamp(weeks[2])] = meeting(moved, organizer, guests[:2])
    return b"".join(text) + b"END:VCALENDAR\r\n", expected


# What is left out: the event, the reason.
LEFT_OUT = (
    (b"BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n", "no event"),
    (b"BEGIN:VEVENT\r\nUID:u\r\nDTSTART:20240101\r\nEND:VEVENT\r\n", "no attendees"),
    (b"BEGIN:VEVENT\r\nUID:v\r\nDTSTART:20240101\r\nATTENDEE:mailto:p1@c1.test\r\nEND:VEVENT\r\n",
     "no organizer, use --owner"),
    (b"BEGIN:VEVENT\r\nUID:w\r\nDTSTART:22990101\r\nORGANIZER:mailto:p1@c1.test\r\n"
     b"ATTENDEE:mailto:p2@c2.test\r\nEND:VEVENT\r\n", "has not taken place yet"),
    (b"BEGIN:VEVENT\r\nUID:x\r\nDTSTART:never\r\nEND:VEVENT\r\n", "bad value"),
    (b"BEGIN:VEVENT\r\nUID:y\r\n", "record without end"),
)


def check_book(people):
    with open("book.vcf", "wb") as file:
        file.write(b"".join(map(card, people)))
    report = _tool.ask("--db", "book.warmpath", "import", "book.vcf")
    _tool.expect_import("book", report, PEOPLE, PEOPLE)
    _tool.expect("format", report["files"][0]["format"], "vcard")
    report = _tool.ask("--db", "book.warmpath", "import", "book.vcf")
    _tool.expect_import("book again", report, PEOPLE, 0)
    stored, jobs = {}, {}
    for line in map(json.loads, _tool.run("--db", "book.warmpath", "dump", "-").splitlines()):
        if line["type"] == "person":
            emails = [line["email"]] + list(line.get("emails") or [])
            key = next(email for email in emails if email.startswith("p"))
            stored[key] = (line["name"], sorted(emails), line.get("linkedin"))
        elif line["type"] == "employment":
            jobs.setdefault(line["person"], []).append((line["company"], line.get("title")))
    wanted = {who["email"]: (who["name"], sorted(filter(None, (who["email"], who.get("more")))),
                             who.get("linkedin")) for who in people}
    for email in wanted:
        _tool.expect("person " + email, stored.get(email), wanted[email])
    _tool.expect("people", len(stored), len(wanted))
    for who in people:
        if "company" in who:
            said = [job for email in (who["email"], who.get("more"))
                    for job in jobs.get(email, [])]
            _tool.expect("employment of " + who["email"], (who["company"], who["title"]) in
                         [(company.replace("name:", "", 1), title) for company, title in said],
                         True)


def stored_meetings(database):
    stored = {}
    for line in map(json.loads, _tool.run("--db", database, "dump", "-").splitlines()):
        if line["type"] != "interaction" or line["kind"] == "answer":
            continue
        _tool.expect("kind", line["kind"], "meeting")
        entry = {"time": line["time"], "from": line["from"]}
        for part in ("to", "tentative", "unanswered", "declined"):
            who = line.get(part) or []
            if who:
                entry[part] = sorted([who] if isinstance(who, str) else who)
        stored[line["id"]] = entry
    return stored


def check_calendar(people):
    text, expected = calendar(people)
    text = text[:-len(b"END:VCALENDAR\r\n")] + b"".join(event for event, _ in LEFT_OUT)
    with open("calendar.ics", "wb") as file:
        file.write(text)
    rows = EVENTS + EVENTS // 10 + len(LEFT_OUT)
    _tool.run("--db", "calendar.warmpath", "init")
    import_it = ("--db", "calendar.warmpath", "import", "calendar.ics")
    rehearsed = _tool.ask(*import_it, "--dry-run")
    report = _tool.ask(*import_it)
    _tool.expect_import("calendar", report, rows, EVENTS + EVENTS // 10, len(LEFT_OUT))
    _tool.expect("dry run", rehearsed["total"], report["total"])
    _tool.expect("reasons", report["total"]["reasons"],
                 dict(collections.Counter(reason for _, reason in LEFT_OUT)))
    report = _tool.ask(*import_it)
    _tool.expect_import("calendar again", report, rows, 0, len(LEFT_OUT))
    stored = stored_meetings("calendar.warmpath")
    for source in expected:
        _tool.expect("meeting " + source, stored.get(source), expected[source])
    _tool.expect("meetings", len(stored), len(expected))
    _tool.run("--db", "calendar.warmpath", "check", "--deep")


def check_strict():
    """A bad event stops a strict import and leaves nothing; the message names its place."""
    _tool.run("--db", "strict.warmpath", "init")
    report = json.loads(_tool.run("--db", "strict.warmpath", "import", "--strict", "--json",
                                  "calendar.ics", code=3))
    problem = report["files"][0]["problem"]
    if "DTSTART is 'never'" not in problem:
        _tool.fail("strict: %s, expected the bad value" % problem)
    _tool.expect("strict", len(stored_meetings("strict.warmpath")), 0)


def import_text(database, name, text, *options):
    """Import one text into a database, which is created when absent; the totals."""
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(text.replace("\n", "\r\n"))
    if not os.path.exists(database):
        _tool.run("--db", database, "init")
    return _tool.ask("--db", database, "import", name, *options)["total"]


SINGLE = """BEGIN:VCALENDAR
METHOD:%s
BEGIN:VEVENT
UID:one
DTSTART:20240301T120000Z
DTSTAMP:20240201T000000Z
ORGANIZER:mailto:ann@us.test
ATTENDEE;PARTSTAT=%s:mailto:bob@acme.test
%sEND:VEVENT
END:VCALENDAR
"""


def check_path(database, is_there):
    _tool.run("--db", database, "path", "--from", "ann@us.test", "--to", "bob@acme.test", "--day",
              "2024-03-02", code=0 if is_there else 1)


def check_what_leads_nowhere():
    """A meeting leads somewhere; a private one, a declined one, one called off do not."""
    cases = (("PUBLISH", "ACCEPTED", "", True), ("PUBLISH", "DECLINED", "", False),
             ("PUBLISH", "ACCEPTED", "CLASS:PRIVATE\n", False),
             ("PUBLISH", "ACCEPTED", "CLASS:CONFIDENTIAL\n", False),
             ("PUBLISH", "ACCEPTED", "STATUS:CANCELLED\n", False),
             ("CANCEL", "ACCEPTED", "", False))
    for number, (method, state, more, is_there) in enumerate(cases):
        database = "single%d.warmpath" % number
        import_text(database, "single.ics", SINGLE % (method, state, more))
        check_path(database, is_there)


def check_replies():
    """A reply makes no meeting, and one from somebody who is not invited changes none; a proposal
    is none."""
    reply = SINGLE % ("REPLY", "ACCEPTED", "")
    total = import_text("reply.warmpath", "reply.ics", reply)
    _tool.expect("reply", (total["new"], total["skipped"]), (1, 0))
    import_text("reply.warmpath", "single.ics", SINGLE % ("REQUEST", "DECLINED", ""))
    check_path("reply.warmpath", False)
    total = import_text("reply.warmpath", "later.ics", reply.replace(
        "UID:one", "SEQUENCE:9\nUID:one"))
    _tool.expect("later reply", total["skipped"], 0)
    check_path("reply.warmpath", True)
    import_text("reply.warmpath", "other.ics", reply.replace("bob@", "eve@"))
    total = import_text("reply.warmpath", "counter.ics", SINGLE % ("COUNTER", "ACCEPTED", ""))
    _tool.expect("counter", total["reasons"], {"nothing agreed on": 1})
    _tool.expect("meetings", list(stored_meetings("reply.warmpath")), ["one"])
    _tool.run("--db", "reply.warmpath", "path", "--from", "ann@us.test", "--to", "eve@acme.test",
              code=1)


def check_owner():
    """Private cards need an owner, meetings without an organizer are theirs."""
    card_text = "BEGIN:VCARD\nFN:Bob\nEMAIL:bob@acme.test\nCLASS:PRIVATE\nEND:VCARD\n"
    total = import_text("owner.warmpath", "private.vcf", card_text)
    _tool.expect("private card", total["reasons"], {"private, use --owner": 1})
    total = import_text("owner.warmpath", "private.vcf", card_text, "--owner", "ann@us.test")
    _tool.expect("private card of Ann's", (total["new"], total["skipped"]), (1, 0))
    event = SINGLE.replace("ORGANIZER:mailto:ann@us.test\n", "") % ("PUBLISH", "ACCEPTED", "")
    total = import_text("owner.warmpath", "single.ics", event)
    _tool.expect("no organizer", total["reasons"], {"no organizer, use --owner": 1})
    import_text("owner.warmpath", "single.ics", event, "--owner", "ann@us.test")
    _tool.expect("meeting of Ann's", stored_meetings("owner.warmpath")["one"]["from"],
                 "ann@us.test")


def main():
    people = [person(number) for number in range(PEOPLE)]
    _tool.run("--db", "book.warmpath", "init")
    check_book(people)
    check_calendar(people)
    check_strict()
    check_what_leads_nowhere()
    check_replies()
    check_owner()


main()
