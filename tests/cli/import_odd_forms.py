#!/usr/bin/env python3
"""Files in the less usual forms of their format: what the summary of an import says of each.

The forms of a format that programs have written over the years are read, or the summary says what
was not taken; nothing is left out without a word. The program is $WARMPATH; the test runs in an
empty directory of its own.
"""

import base64
import email.header
import json
import mailbox
import os
import zipfile

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


def load(name, text, *arguments):
    """Write a file, import it into a new database, and return what is said of it."""
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return load_file(name, *arguments)[0]


def load_file(name, *arguments):
    """What is said of each file of an import into a new database."""
    for suffix in ("", "-lock"):
        if os.path.exists("odd.warmpath" + suffix):
            os.remove("odd.warmpath" + suffix)
    run("--db", "odd.warmpath", "init")
    return json.loads(run("--db", "odd.warmpath", "import", "--json", *arguments, name))["files"]


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


def stored(kind):
    lines = map(json.loads, run("--db", "odd.warmpath", "dump", "-").splitlines())
    return [line for line in lines if line["type"] == kind]


def check_names_and_titles():
    """Columns whose label means two things are told apart by their place."""
    load("french.csv", "Titre;Prénom;Nom;Société;Titre;Adresse de messagerie\n"
                       "Mme;Ann;Lee;Acme;Directrice;ann@a.test\n")
    expect("French title", [row["title"] for row in stored("employment")], ["Directrice"])
    load("german.csv", "Name;Vorname;E-Mail\nMüller;Jörg;j@a.test\nZoë Poe;Zoë;z@a.test\n")
    expect("German names", [row["name"] for row in stored("person")], ["Jörg Müller", "Zoë Poe"])
    load("whole.csv", "Name,First Name,Last Name,Email\nBob Poe,Robert,,b@a.test\n")
    expect("whole name", [row["name"] for row in stored("person")], ["Bob Poe"])


MESSAGES = "CONVERSATION ID,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,FOLDER\n"
MESSAGE = "%s,Ann,linkedin.com/in/ann,Bo,linkedin.com/in/bo,2023-06-11 15:33:58 UTC,INBOX\n"


def check_keys():
    """A key that the database could not hold is refused by the reader, with its place."""
    cases = (
        ("messages.csv", MESSAGES + MESSAGE % "one" + MESSAGE % "t\x07wo" + MESSAGE % ("x" * 401),
         [(3, "line 3, column 1: 't wo' of 4 bytes, "
              "expected at most 400 without control characters"),
          (4, "line 4, column 1: '%s' of 401 bytes, "
              "expected at most 400 without control characters" % ("x" * 40))]),
        ("ids.csv", "Nr,Name\nA1,Ann\nB\x0b1,Bo\n",
         [(3, "line 3, column 1: 'B 1' of 3 bytes, "
              "expected at most 512 without control characters")]))
    with open("map.txt", "w", encoding="utf-8") as file:
        file.write("id=Nr\nname=Name\n")
    for name, text, expected in cases:
        more = ("--map", "map.txt") if name == "ids.csv" else ()
        for dry in ((), ("--dry-run",)):
            seen = load(name, text, "--report", "report.jsonl", *more, *dry)
            expect(name + ": new", seen["new"], 1)
            expect(name + ": reasons", seen["reasons"], {"bad id": len(expected)})
            with open("report.jsonl", encoding="utf-8") as file:
                rows = [json.loads(line) for line in file]
            expect(name + ": places", [(row["line"], row["seen"]) for row in rows], expected)


def check_empty_members():
    """A table of no bytes in an archive is an empty one, not an unknown one."""
    with zipfile.ZipFile("archive.zip", "w") as file:
        file.writestr("messages.csv", MESSAGES + MESSAGE % "one")
        file.writestr("Reactions.csv", "")
        file.writestr("photo.jpg", b"\xff\xd8\xff\xe0")
    expect("problems", [(entry["read"], entry["problem"]) for entry in load_file("archive.zip")],
           [(1, None), (0, "empty"), (0, "format not recognised")])


def check_wrapped_events():
    """Events inside a component of somebody's own are read; the component is no event."""
    event = ("BEGIN:VEVENT\nUID:%s\nDTSTART:20240301T120000Z\nORGANIZER:mailto:a@b.test\n"
             "ATTENDEE:mailto:c@d.test\nEND:VEVENT\n")
    seen = load("own.ics", "BEGIN:VCALENDAR\nBEGIN:X-SHELF\nNAME:x\n" + event % "one" +
                event % "two" + "END:X-SHELF\nBEGIN:VTODO\n" + event % "three" +
                "END:VCALENDAR\n")
    expect("events", seen["new"], 3)
    expect("no events", seen["reasons"], {"no event": 1, "record without end": 1})


def contacts(delimiter=","):
    return ("Record ID,First Name,Last Name,Email,Unsubscribed from all email\r\n"
            "101,Ann,Lee,ann@a.test,true\r\n").replace(",", delimiter)


def check_wide_tables():
    """A spreadsheet's Unicode text of a CRM's table is that table, with ids and opt-outs."""
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"):
        with open("wide.txt", "wb") as file:
            file.write(contacts("\t").encode(encoding))
        expect(encoding, load_file("wide.txt")[0]["table"], "hubspot contacts")
        expect(encoding + ": consent", [row["introductions"] for row in stored("consent")],
               ["out"])


def check_closed_deals():
    """A deal that is closed is not open, whatever its stage is called."""
    head = "Opportunity Name,Stage,Closed,Won\r\n"
    rows = (("Abandoned,1,", "lost"), ("Closed Won,1,", "won"), ("Closed Lost,1,", "lost"),
            ("Verbally won,0,", None), ("Abandoned,,", None), ("Closed Won,,", "won"),
            ("Won over,1,0", "lost"), ("Closed Lost,,0", "lost"), ("Any,,1", "won"))
    load("deals.csv", head + "".join("D%d,%s\r\n" % (i, row[0]) for i, row in enumerate(rows)))
    expect("states", [row.get("state") for row in sorted(
        stored("opportunity"), key=lambda row: row["name"])], [row[1] for row in rows])


def check_large_amounts():
    """The Data Loader writes ten million and more with an exponent."""
    head = "Id,Name,StageName,Amount,IsClosed,IsWon\r\n"
    load("deals.csv", head + "0065g00000Opp00AAB,Big,Open,1.25E7,false,false\r\n")
    expect("amount", [row["amount"] for row in stored("opportunity")], [12500000])


def check_stray_bytes():
    """One text that a program cut in a character does not make another encoding of all."""
    with open("cut.csv", "wb") as file:
        file.write("Name,Email\nJörg Müller,j@a.test\nZoë ".encode() + b"\xc3,z@a.test\n")
    expect("row", load_file("cut.csv")[0]["reasons"], {"bytes are no text": 1})
    expect("names", [row["name"] for row in stored("person")], ["Jörg Müller"])


def check_unseen_blanks():
    """What cannot be seen around an address, a profile or a domain makes nobody else of it."""
    head = "Name,Email,LinkedIn,Company,Domain\n"
    for blank in ("\u00a0", "\u200b", "\ufeff", "\u3000"):
        load("blanks.csv", head + "Ann,{0}ann@a.test{0},https://www.linkedin.com/in/ann{0},"
             "Acme,{0}acme.test{0}\n".format(blank))
        expect("person", [(row["email"], row["linkedin"]) for row in stored("person")],
               [("ann@a.test", "ann")])
        expect("company", [row["domain"] for row in stored("company")], ["acme.test"])
        load("blanks.csv", contacts().replace("ann@a.test", blank + "ann@a.test" + blank))
        expect("contact", [row["email"] for row in stored("person")], ["ann@a.test"])
        load("blanks.vcf", "BEGIN:VCARD\nFN:Ann\nEMAIL:ann@a.test%s\nEND:VCARD\n" % blank)
        expect("card", [row["email"] for row in stored("person")], ["ann@a.test"])


def check_several_addresses():
    """All addresses of a cell are taken, or the summary says that some are not."""
    for cell in ("a@a.test;b@a.test", "a@a.test | b@a.test", "\"a@a.test\nb@a.test\"",
                 "\"a@a.test\r\nb@a.test\""):
        seen = load("cells.csv", "Name,Email\nAnn,%s\n" % cell)
        expect(cell, [[row["email"], *row["emails"]] for row in stored("person")],
               [["a@a.test", "b@a.test"]])
        expect(cell + ": notes", seen["notes"], {})
    for cell in ("a@a.test / b@a.test", "a@a.test and b@a.test", "a@a.test b@a.test"):
        expect(cell, load("cells.csv", "Name,Email\nAnn,%s\n" % cell)["notes"],
               {"address not usable": 1})


def check_names_of_messages():
    """Degrees are no part of a name in messages and invitations, as they are none in contacts."""
    load("messages.csv", (MESSAGES + MESSAGE % "one").replace(",Ann,", ",\"Ann Lee, MBA, PhD\","))
    expect("sender", [row["name"] for row in stored("person")], ["Ann Lee", "Bo"])


def check_lead_report():
    """A report of leads calls the company otherwise, and has a footer as others do."""
    seen = load("leads.csv", "First Name,Last Name,Title,Company / Account,Email,Lead ID\r\n"
                "Ann,Lee,CFO,Acme,ann@a.test,00Q5g00000Lead1EAB\r\n\r\n\"Generated By: Bob\"\r\n")
    expect("table", (seen["table"], seen["reasons"]),
           ("salesforce contact report", {"footer of a report": 1}))
    expect("job", [(row["company"], row["title"]) for row in stored("employment")],
           [("name:Acme", "CFO")])
    expect("id", [row["id"] for row in stored("person")], ["00Q5g00000Lead1EAB"])


def check_twins_in_an_archive():
    """Of two equal tables the second is read from its beginning, not from where the first was."""
    rows = "".join("A,B,linkedin.com/in/a%d,01 Jan 2024\n" % i for i in range(3000))
    with zipfile.ZipFile("twins.zip", "w") as file:
        for name in ("one.csv", "two.csv"):
            file.writestr(name, "First Name,Last Name,URL,Connected On\n" + rows)
    expect("notes", [entry["notes"] for entry in load_file("twins.zip")],
           [{"connection, use --owner": 3000}] * 2)


def decisions():
    """What people of the database opted out of."""
    return sorted(key for line in stored("consent") for key in line if line[key] == "out")


def check_opt_outs():
    """An opt-out is kept, whatever table a header is taken for, and whichever columns it lacks."""
    mail, both = ["introductions"], ["contact", "introductions"]
    for head, row, table, expected in (
            ("Record ID,Email,Unsubscribed from all email", "101,a@a.test,true",
             "hubspot contacts", mail),
            ("Record ID,First Name,Company Name,Do not call", "101,Ann,Acme,Yes",
             "hubspot contacts", mail),
            ("Record ID,First Name,Email,Company Name", "101,Ann,a@a.test,Acme",
             "hubspot contacts", []),
            ("Id,HasOptedOutOfEmail,DoNotCall", "003000000000001,1,true",
             "salesforce contacts", both),
            ("Id,Name,Type,Email,HasOptedOutOfEmail", "003000000000001,Ann,x,a@a.test,1",
             "salesforce contacts", mail),
            ("Contact ID,Account Name,Account Owner,Email Opt Out", "003000000000001,Acme,Bo,1",
             "salesforce contact report", mail),
            ("Opportunity Name,Stage,Email,Email Opt Out,Do Not Call", "Big,Open,a@a.test,1,1",
             "salesforce opportunity report", both),
            ("Subject,Date,Assigned,Status,Email,Do Not Call", "x,1/2/2020,Bo,Open,a@a.test,1",
             "salesforce activity report", mail),
            ("Account Name,First Name,Email,Email Opt Out", "Acme,Ann,a@a.test,1", None, mail),
            ("id,first_name,email,Unsubscribed", "7,Ann,a@a.test,2023-01-02", None, mail),
            ("Email,Do Not Contact", "a@a.test,x", None, both),
            ("Email Address,UNSUB_TIME", "a@a.test,2023-02-02 00:00:00", None, mail),
            ("Email,Opt Out,Do not call", "a@a.test,No,0", None, []),
            ("Email,Email Opt Out,hs_email_optout", "a@a.test,false,true", None, mail)):
        seen = load("optouts.csv", "%s\n%s\n" % (head, row))
        expect(head + ": table", seen["table"], table)
        expect(head, decisions(), expected)
    load("optouts.csv", "Mail,Do not call,Newsletter\na@a.test,1,weg\n",
         "--map", "email=Mail,no mail=Newsletter")
    expect("mapped", decisions(), both)


def start_in(zone, *lines):
    """When a meeting at nine o'clock in a zone began, in UTC, and what the import notes."""
    text = ("BEGIN:VCALENDAR\n%sBEGIN:VEVENT\nUID:one\nDTSTART;TZID=%s:20240725T090000\n"
            "ORGANIZER:mailto:a@b.test\nATTENDEE:mailto:c@d.test\nEND:VEVENT\nEND:VCALENDAR\n")
    notes = load("zone.ics", text % ("".join(lines), zone))["notes"]
    return [row["time"][11:16] for row in stored("interaction")], notes


def check_zones_of_windows():
    """The names of Windows, the long ones as well, and offsets are zones without a VTIMEZONE."""
    for zone, expected in (
            ("Eastern Standard Time", "13:00"), ("w. europe standard time", "07:00"),
            ("India Standard Time", "03:30"), ("UTC-11", "20:00"), ("GMT-5", "14:00"),
            ("UTC+02", "07:00"), ("GMT+0200", "07:00"), ("Etc/GMT-2", "07:00"),
            ("\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\"", "07:00"),
            ("\"(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien\"", "07:00"),
            ("\"(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna\"", "07:00"),
            ("\"(GMT-06:00) Central Time (US and Canada)\"", "14:00"),
            ("\"(UTC) Dublin, Edinburgh, Lisbon, London\"", "08:00")):
        expect(zone, start_in(zone), ([expected], {}))
    own = ("BEGIN:VTIMEZONE\nTZID:Eastern Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
           "TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n")
    expect("its own", start_in("Eastern Standard Time", own), (["06:00"], {}))
    unknown = (["09:00"], {"time zone unknown, read as UTC": 1})
    for zone in ("Customized Time Zone", "\"(UTC+01:00) Nowhere\"", "\"(UTC+1\"", "UTC+2x"):
        expect(zone, start_in(zone), unknown)
    os.environ["TZDIR"] = os.path.join(os.getcwd(), "none")
    expect("without zones", start_in("Eastern Standard Time"), unknown)
    del os.environ["TZDIR"]


def check_days_of_two_readings():
    """A day that the user's column may mean otherwise is told of, as in other tables."""
    for day, expected, notes in (
            ("01/03/2019", "2019-01-03", {"date of two readings, month taken first": 1}),
            ("1/3/19", "2019-01-03", {"date of two readings, month taken first": 1}),
            ("13/03/2019", "2019-03-13", {}), ("03/03/2019", "2019-03-03", {}),
            ("01.03.2019", "2019-03-01", {}), ("2019-03", "2019-03-01", {}),
            ("2019-03-01T00:00:00Z", "2019-03-01", {})):
        seen = load("jobs.csv", "Mail,Firm,Start\na@a.test,Acme,%s\n" % day,
                    "--map", "email=Mail,company=Firm,from=Start")
        expect(day, [row["from"] for row in stored("employment")], [expected])
        expect(day + ": notes", seen["notes"], notes)


def check_clocks_of_mail():
    """The time of day is read as programs write it, or the summary says that it is not."""
    unread = {"date without a time that can be read, midnight taken": 1}
    for date, expected, notes in (
            ("Mon, 1 Jan 2024 12:00:00 +0100", "11:00:00", {}),
            ("Mon, 1 Jan 2024 12.00.00 +0100", "11:00:00", {}),
            ("1 Jan 2024 12.34 GMT", "12:34:00", {}),
            ("Mon, 1 Jan 2024 12:00:00.000 +0100", "11:00:00", {}),
            ("Mon,1 Jan 2024 12:00:00+0100", "11:00:00", {}),
            ("Mon, 1 Jan 2024 12:00:00 +01:00 (CET)", "11:00:00", {}),
            ("Mon, 1 Jan 2024 12:00:00 EST", "17:00:00", {}),
            ("Monday, January 1, 2024 1:00 PM", "13:00:00", {}),
            ("Mon, 1 Jan 2024 12:00:60 +0000", "12:00:59", {}),
            ("2024-01-01T12:00:00Z", "12:00:00", {}),
            ("Mon Jan  1 12:00:00 2024", "12:00:00", {}),
            ("Mon, 1 Jan 2024 00:00:00 +0100", "23:00:00", {}),
            ("Mon, 1 Jan 2024 noon", "00:00:00", unread), ("Mon, 1 Jan 2024", "00:00:00", unread)):
        seen = load("date.eml", "From: a@b.test\nTo: c@d.test\nDate: %s\n\nhi\n" % date)
        expect(date, [row["time"][11:19] for row in stored("interaction")], [expected])
        expect(date + ": notes", seen["notes"], notes)


def meeting(*lines):
    return ("BEGIN:VEVENT\nUID:one\nORGANIZER:mailto:a@b.test\nATTENDEE:mailto:c@d.test\n%s\n"
            "END:VEVENT\n" % "\n".join(lines))


def meetings(*events):
    """When the meetings of a calendar began."""
    load("series.ics", "BEGIN:VCALENDAR\n" + "".join(events) + "END:VCALENDAR\n")
    return sorted(row["time"][5:16] for row in stored("interaction") if row["kind"] == "meeting")


def check_occurrences_by_day():
    """An occurrence that is named by its day takes the place of the one planned at a time."""
    zone = ";TZID=Europe/Berlin:"
    series = meeting("DTSTART" + zone + "20240325T090000", "RRULE:FREQ=DAILY;COUNT=3")
    days = meeting("DTSTART;VALUE=DATE:20240325", "RRULE:FREQ=DAILY;COUNT=3")
    by_day = "RECURRENCE-ID;VALUE=DATE:20240326"
    off = meeting("STATUS:CANCELLED", by_day)
    moved = meeting(by_day, "DTSTART:20240326T140000Z", "SEQUENCE:1")
    rest = ["03-25T08:00", "03-27T08:00"]
    for events in ((series, moved), (moved, series)):
        expect("moved", meetings(*events), [rest[0], "03-26T14:00", rest[1]])
        expect("called off", meetings(*events, off.replace("UID", "SEQUENCE:2\nUID")), rest)
    whole = meeting("RECURRENCE-ID" + zone + "20240326T090000", "DTSTART;VALUE=DATE:20240326")
    expect("whole day now", meetings(whole, series), [rest[0], "03-26T00:00", rest[1]])
    expect("days", meetings(days, moved), ["03-25T00:00", "03-26T14:00", "03-27T00:00"])
    local = meeting("RECURRENCE-ID" + zone + "20240326T000000", "DTSTART;VALUE=DATE:20240328")
    expect("local midnight", meetings(days, local), ["03-25T00:00", "03-27T00:00", "03-28T00:00"])


def name_of(written):
    """The name that is stored of a sender who is written so."""
    load("name.eml", "From: %s <a@b.test>\nTo: c@d.test\nDate: 1 Jan 2024 12:00:00 +0000\n\nhi\n" %
         written)
    return [name["name"] for row in stored("person") for name in row.get("names", [])]


def check_cut_names():
    """Encoded words are one text, also with paddings between them and cut within characters."""
    for name in ("Jörg Müller", "Александра Константиновна Преображенская-Вознесенская", "山田 太郎"):
        expect("as Python writes it", name_of(email.header.Header(name, "utf-8").encode()), [name])
        text = name.encode()
        for step in (3, 4, 7):
            words = ["=?utf-8?B?%s?=" % base64.b64encode(text[i:i + step]).decode()
                     for i in range(0, len(text), step)]
            expect("in words of %d" % step, name_of("\n ".join(words)), [name])
            expect("in quotes", name_of("\"%s\"" % " ".join(words)), [name])
    for words in ("=?utf-8?Q?J=C3?= =?UTF-8*de?B?tnJnIE0=?= =?utf-8?q?=C3=BCller?=",
                  "=?utf-8?B?SsO2cmc=?= =?iso-8859-1?Q?_M=FCller?=",
                  "=?utf-8?B?SsO2cmc=?= Müller"):
        expect(words, name_of(words), ["Jörg Müller"])


def check_cards():
    """Addresses of cards may be mailto: URIs, and there may be several names of a kind."""
    load("card.vcf", "BEGIN:VCARD\nVERSION:4.0\nN:Lee\\, Sr;Ann;Mary,Jo;;\n"
         "EMAIL;VALUE=uri:mailto:ann%2Bx@a.test?subject=hi\nEND:VCARD\n")
    expect("card", [(row["email"], row["name"]) for row in stored("person")],
           [("ann+x@a.test", "Ann Mary Jo Lee, Sr")])


def check_folders_of_maildirs():
    """What is trash is told by the name of a folder, however programs lay folders out."""
    names = {"Mail/Work": None, "Mail/Trash": "label Trash", "Mail/Work/Drafts": "label Drafts",
             "Mail/Junk E-mail": "label Spam", "Mail/Box": None, "Mail/Sent&-Done": None,
             "Mail/Box/.Work.Entw&APw-rfe": "label Drafts",
             "Mail/Box/.Gel&APY-schte Elemente": "label Trash", "Mail/Box/.&Bad": None}
    for number, name in enumerate(names):
        for part in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(name, part))
        with open(os.path.join(name, "cur", "%d.x:2,S" % number), "w", encoding="utf-8") as file:
            file.write(message("", number, "text")[1:])
    seen = {entry["path"]: list(entry["reasons"]) for entry in load_file("Mail")}
    for name, reason in names.items():
        expect(name, seen[name], [] if reason is None else [reason])


def check_names_of_guests():
    """A comma in a name is part of it, quoted or behind a backslash."""
    for name in ("\"Lee, Ann\"", "Lee\\, Ann", "\"Lee\\, Ann\""):
        meetings(meeting("DTSTART:20240301T120000Z", "ATTENDEE;CN=%s:mailto:ann@a.test" % name))
        expect(name, [entry["name"] for row in stored("person") for entry in row.get("names", [])],
               ["Ann Lee"])


def check_deleted_mail():
    """What was deleted in a box that was not compacted since is left out, and drafts."""
    for status, reason in (("X-Mozilla-Status: 0009", "label Trash"),
                           ("X-Status: AD", "label Trash"), ("X-Status: T", "label Drafts"),
                           ("X-Mozilla-Status: 0011", None),
                           ("X-Mozilla-Status: 8001", None), ("X-Status: AF", None),
                           ("Status: RO", None)):
        text = message("From - Sat Jan 06 01:05:34 1996\n" + status, 1, "text")
        expect(status, list(load("status.mbox", text)["reasons"]),
               [] if reason is None else [reason])


def check_quoted_addresses():
    """An address with a blank in it is not that of whoever is called as its last word."""
    seen = load("quoted.eml", "From: a@b.test\nTo: <\"odd local\"@b.test>, <\"Ann Lee\" d@b.test>\n"
                "Date: 1 Jan 2024 12:00:00 +0000\n\nhi\n")
    expect("recipients", [row["to"] for row in stored("interaction")], [["d@b.test"]])
    expect("notes", seen["notes"], {"address not usable": 1})


check_boxes()
check_quoted_addresses()
check_deleted_mail()
check_names_of_guests()
check_folders_of_maildirs()
check_cards()
check_cut_names()
check_occurrences_by_day()
check_clocks_of_mail()
check_days_of_two_readings()
check_zones_of_windows()
check_opt_outs()
check_wide_tables()
check_closed_deals()
check_large_amounts()
check_stray_bytes()
check_unseen_blanks()
check_several_addresses()
check_names_of_messages()
check_lead_report()
check_twins_in_an_archive()
check_wrapped_events()
check_keys()
check_empty_members()
check_names_and_titles()
check_ragged_rows()
check_unknown_envelopes()
