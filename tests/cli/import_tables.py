#!/usr/bin/env python3
"""Address books and LinkedIn archives, made here with the headers and traps of real exports, must
come out as exactly the people, employments and interactions that were put in.

Everything follows from the seeds below. The program is $WARMPATH; the test runs in an empty
directory of its own.
"""

import csv
import datetime
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import zipfile

from _tool import TOOL, expect, fail, run

GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,"
    "Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,"
    "Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,"
    "Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,"
    "Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,"
    "Relation 1 - Label,Relation 1 - Value,Website 1 - Label,Website 1 - Value,Event 1 - Label,"
    "Event 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value").split(",")
GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,"
    "Family Name Yomi,Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,"
    "Gender,Location,Billing Information,Directory Server,Mileage,Occupation,Hobby,Sensitivity,"
    "Priority,Subject,Notes,Language,Photo,Group Membership,E-mail 1 - Type,E-mail 1 - Value,"
    "E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Type,"
    "Organization 1 - Name,Organization 1 - Yomi Name,Organization 1 - Title,"
    "Organization 1 - Department,Website 1 - Type,Website 1 - Value").split(",")
OUTLOOK = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,"
    "Business Street 2,Business Street 3,Business City,Business State,Business Postal Code,"
    "Business Country/Region,Home Street,Home Street 2,Home Street 3,Home City,Home State,"
    "Home Postal Code,Home Country/Region,Other Street,Other Street 2,Other Street 3,Other City,"
    "Other State,Other Postal Code,Other Country/Region,Assistant's Phone,Business Fax,"
    "Business Phone,Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,"
    "Home Phone 2,ISDN,Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,"
    "TTY/TDD Phone,Telex,Account,Anniversary,Assistant's Name,Billing Information,Birthday,"
    "Business Address PO Box,Categories,Children,Directory Server,E-mail Address,E-mail Type,"
    "E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,E-mail 3 Address,"
    "E-mail 3 Type,E-mail 3 Display Name,Gender,Government ID Number,Hobby,Home Address PO Box,"
    "Initials,Internet Free Busy,Keywords,Language,Location,Manager's Name,Mileage,Notes,"
    "Office Location,Organizational ID Number,Other Address PO Box,Priority,Private,Profession,"
    "Referred By,Sensitivity,Spouse,User 1,User 2,User 3,User 4,Web Page").split(",")
OUTLOOK_WEB = (
    "Title,First Name,Middle Name,Last Name,Suffix,Given Name Yomi,Family Name Yomi,Home Street,"
    "Home City,Home State,Home Postal Code,Home Country,Company,Department,Job Title,"
    "Office Location,Business Street,Business City,Business State,Business Postal Code,"
    "Business Country,Other Street,Other City,Other State,Other Postal Code,Other Country,"
    "Assistant's Phone,Business Fax,Business Phone,Business Phone 2,Callback,Car Phone,"
    "Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,Mobile Phone,Other Fax,Other Phone,"
    "Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Anniversary,Birthday,E-mail Address,"
    "E-mail Type,E-mail 2 Address,E-mail 2 Type,E-mail 3 Address,E-mail 3 Type,Notes,Spouse,"
    "Web Page").split(",")
OUTLOOK_GERMAN = (
    "Anrede,Vorname,Weitere Vornamen,Nachname,Suffix,Firma,Abteilung,Position,"
    "E-Mail-Adresse,E-Mail-Typ,E-Mail: Angezeigter Name,E-Mail 2: Adresse,E-Mail 2: Typ,"
    "Privat,Vertraulichkeit,Webseite").split(",")

CONNECTIONS = ["First Name", "Last Name", "URL", "Email Address", "Company", "Position",
               "Connected On"]
PREAMBLE = ("Notes:\n\"When exporting your connection data, you may notice that some of the email "
            "addresses are missing. You will only see email addresses for connections who have "
            "allowed their connections to see or download them, \"\"really\"\".\"\n\n")
MESSAGES = ["CONVERSATION ID", "CONVERSATION TITLE", "FROM", "SENDER PROFILE URL", "TO",
            "RECIPIENT PROFILE URLS", "DATE", "SUBJECT", "CONTENT", "FOLDER", "ATTACHMENTS",
            "IS MESSAGE DRAFT", "IS CONVERSATION DRAFT"]
INVITATIONS = ["From", "To", "Sent At", "Message", "Direction", "inviterProfileUrl",
               "inviteeProfileUrl"]
NOBODY = {"Reactions_%d.csv": ["Date", "Type", "Link"],
          "Comments_%d.csv": ["Date", "Link", "Message"],
          "Shares_%d.csv": ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl",
                            "Visibility"],
          "Member_Follows_%d.csv": ["Date", "Status", "FullName"],
          "Company Follows.csv": ["Organization", "Followed On"],
          "Education.csv": ["School Name", "Start Date", "End Date", "Notes", "Degree Name",
                            "Activities"]}

FIRST = ["Ann", "Jörg", "Zoë", "Ola", "Bea", "Cid"]
LAST = ["Lee", "Müller", "Poe", "O'Neil", "van Dyk", "Núñez"]
COMPANIES = ["Acme, Inc.", "Beta GmbH", "Gamma \"G\" Ltd", "Delta; Sons", "Öko | Tab"]
TITLES = ["Head of Sales", "VP, Marketing", "Geschäftsführer", ""]
LONG_TEXT = "line one\nline \"two\", with; all | that\tbreaks\r\nline three"


# --- what must come out -------------------------------------------------------------------------

class Network:
    """The people, employments and interactions that were put in."""

    def __init__(self):
        self.people = {}
        self.employments = set()
        self.interactions = set()

    def person(self, identities, name):
        self.people[frozenset(identities)] = name or None

    def key(self, identity):
        for identities in self.people:
            if identity in identities:
                return identities
        fail("%s is nobody" % identity)
        return None

    def employment(self, identity, company, title, first=None, last=None):
        self.employments.add((self.key(identity), company, title or None, first, last))

    def interaction(self, source, kind, time, sender, to):
        self.interactions.add((source, kind, time, self.key(sender),
                               frozenset(self.key(one) for one in to)))


def identities_of(row):
    found = set(row.get("emails", []))
    found |= {row["email"]} if row.get("email") else set()
    slugs = row.get("linkedin") or []
    found |= {"linkedin:" + one for one in ([slugs] if isinstance(slugs, str) else slugs)}
    ids = row.get("ids") or row.get("id") or []
    return found | {"id:" + one for one in ([ids] if isinstance(ids, str) else ids)}


def stored(database):
    out = Network()
    rows = [json.loads(line) for line in run("--db", database, "dump").splitlines()]
    for row in rows:
        if row["type"] == "person":
            out.person(identities_of(row), row.get("name"))
    for row in rows:
        if row["type"] == "employment":
            company = row["company"]
            out.employment(row["person"], company[5:] if company.startswith("name:") else company,
                           row["title"], row["from"], row["to"])
        elif row["type"] == "interaction":
            out.interaction(row["id"], row["kind"], row["time"], row["from"],
                            row["to"] + row["cc"] + row["bcc"])
    return out


def difference(seen, expected):
    """In one line, the first of what is missing and of what is too much."""
    missing, more = expected - seen, seen - expected
    return "missing %d %s, too much %d %s" % (len(missing), sorted(map(str, missing))[:1],
                                              len(more), sorted(map(str, more))[:1])


def expect_network(what, database, expected):
    seen = stored(database)
    for part in ("people", "employments", "interactions"):
        has, wanted = getattr(seen, part), getattr(expected, part)
        if part == "people":
            has, wanted = set(has.items()), set(wanted.items())
        if has != wanted:
            fail("%s: %s: %s" % (what, part, difference(has, wanted)))
    run("--db", database, "check", "--deep")


def new_database(name):
    for suffix in ("", "-lock"):
        if os.path.exists(name + suffix):
            os.remove(name + suffix)
    run("--db", name, "init", "--us", "us.com")
    return name


def load(database, *arguments, code=0):
    result = json.loads(run("--db", database, "import", "--json", *arguments, code=code))
    for entry in result["files"] + [result["total"]]:
        expect("read of %s" % entry.get("path"), entry["read"],
               entry["new"] + entry["known"] + entry["skipped"])
        expect("reasons of %s" % entry.get("path"), sum(entry["reasons"].values()),
               entry["skipped"])
    return result


def load_twice(what, database, read, skipped, *arguments):
    """Import, with what a dry run said before, and again, which must add nothing."""
    dry = load(database, "--dry-run", *arguments)["total"]
    first = load(database, *arguments)["total"]
    expect(what + ": read", first["read"], read)
    expect(what + ": skipped", first["reasons"], skipped)
    expect(what + ": skipped in a dry run", dry["reasons"], skipped)
    again = load(database, *arguments)["total"]
    expect(what + ": new when repeated", again["new"], 0)
    return first


def write_table(path, header, rows, delimiter=",", encoding="utf-8", end="\r\n", quoted=False,
                preamble=""):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end,
                        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(rows)
    with open(path, "w", encoding=encoding, newline="") as file:
        file.write(preamble + text.getvalue())
    return path


# --- address books ------------------------------------------------------------------------------

def make_contact(chance, number):
    """What is known of somebody, before a format says it in its columns."""
    one = {"first": chance.choice(FIRST), "middle": chance.choice(["", "", "M."]),
           "last": chance.choice(LAST) + str(number), "company": chance.choice(COMPANIES + [""]),
           "title": chance.choice(TITLES), "slug": "", "private": chance.random() < .1,
           "emails": ["p%d@x%d.com" % (number, number % 7)]}
    if chance.random() < .3:
        one["emails"].append("P%d@Home.Example" % number)
    if chance.random() < .2:
        one["slug"] = "p-%d-%s" % (number, chance.choice(["lee", "müller"]))
    one["name"] = " ".join(part for part in (one["first"], one["middle"], one["last"]) if part)
    one["exchange"] = chance.random() < .1
    return one


def identities(one):
    found = {email.lower() for email in one["emails"]}
    return found | ({"linkedin:" + one["slug"]} if one["slug"] else set())


def profile_url(slug, chance):
    escaped = slug.replace("ü", "%C3%BC")
    return chance.choice(["https://www.linkedin.com/in/%s", "http://de.linkedin.com/in/%s/",
                          "www.linkedin.com/in/%s?trk=x", "linkedin.com/in/%s"]) % escaped


def fill(header, values):
    row = dict.fromkeys(header, "")
    row.update(values)
    return [row[label] for label in header]


def google_row(one, chance):
    values = {"First Name": one["first"], "Middle Name": one["middle"], "Last Name": one["last"],
              "Organization Name": one["company"], "Organization Title": one["title"],
              "Notes": LONG_TEXT, "Labels": "* myContacts ::: Friends",
              "E-mail 1 - Label": "* Work",
              "Address 1 - Formatted": "Street 1\nCity, ST"}
    if chance.random() < .5:
        values["E-mail 1 - Value"] = " ::: ".join(one["emails"])
    else:
        values.update(zip(("E-mail 1 - Value", "E-mail 2 - Value"), one["emails"]))
    if one["slug"]:
        values["Website 1 - Value"] = "https://x.org ::: " + profile_url(one["slug"], chance)
    return fill(GOOGLE, values)


def google_old_row(one, chance):
    values = {"Name": one["name"], "Given Name": one["first"], "Additional Name": one["middle"],
              "Family Name": one["last"], "Group Membership": "* myContacts",
              "E-mail 1 - Type": "* Work", "E-mail 1 - Value": " ::: ".join(one["emails"]),
              "Organization 1 - Name": one["company"], "Organization 1 - Title": one["title"]}
    if one["slug"]:
        values["Website 1 - Value"] = profile_url(one["slug"], chance)
    if one["private"]:
        values["Sensitivity"] = "Private"
    return fill(GOOGLE_OLD, values)


def outlook_values(one, chance):
    values = {"Title": "Dr.", "First Name": one["first"], "Middle Name": one["middle"],
              "Last Name": one["last"], "Company": one["company"], "Job Title": one["title"],
              "Notes": LONG_TEXT, "E-mail Address": one["emails"][0], "E-mail Type": "SMTP"}
    if len(one["emails"]) > 1:
        values.update({"E-mail 2 Address": one["emails"][1], "E-mail 2 Type": "SMTP"})
    if one["exchange"]:
        values.update({"E-mail 3 Type": "EX", "E-mail 3 Address":
                       "/o=Org/ou=Group/cn=Recipients/cn=person@inside"})
    if one["slug"]:
        values["Web Page"] = profile_url(one["slug"], chance)
    return values


def outlook_row(one, chance):
    values = outlook_values(one, chance)
    values["Private"] = "True" if one["private"] and chance.random() < .5 else "False"
    values["Sensitivity"] = "Private" if one["private"] else "Normal"
    return fill(OUTLOOK, values)


def outlook_web_row(one, chance):
    return fill(OUTLOOK_WEB, outlook_values(one, chance))


def outlook_german_row(one, chance):
    values = {"Anrede": "Frau", "Vorname": one["first"], "Weitere Vornamen": one["middle"],
              "Nachname": one["last"], "Firma": one["company"], "Position": one["title"],
              "E-Mail-Adresse": one["emails"][0], "E-Mail-Typ": "SMTP",
              "Privat": "Wahr" if one["private"] else "Falsch"}
    if len(one["emails"]) > 1:
        values.update({"E-Mail 2: Adresse": one["emails"][1], "E-Mail 2: Typ": "SMTP"})
    if one["slug"]:
        values["Webseite"] = profile_url(one["slug"], chance)
    return fill(OUTLOOK_GERMAN, values)


BOOKS = [("google", GOOGLE, google_row, False), ("google", GOOGLE_OLD, google_old_row, True),
         ("outlook", OUTLOOK, outlook_row, True), ("outlook", OUTLOOK_WEB, outlook_web_row, False),
         ("outlook", OUTLOOK_GERMAN, outlook_german_row, True)]


def check_book(seed):
    chance = random.Random(seed)
    name, header, make_row, has_private = BOOKS[seed % len(BOOKS)]
    encoding = ["utf-8", "utf-8-sig", "cp1252", "utf-16"][seed // len(BOOKS) % 4]
    people = [make_contact(chance, number) for number in range(60)]
    expected, rows, private = Network(), [], 0
    owner = chance.random() < .5
    expect("columns of Outlook", (len(OUTLOOK), len(OUTLOOK_WEB)), (92, 56))
    for one in people:
        rows.append(make_row(one, chance))
        if has_private and one["private"] and not owner:
            private += 1
            continue
        if has_private and one["private"]:
            expected.person({"me@us.com"}, None)  # who keeps the contact private
        expected.person(identities(one), one["name"])
        if one["company"]:
            expected.employment(one["emails"][0].lower(), one["company"], one["title"])
    rows.append([""] * len(header))
    rows.append(fill(header, {header[1]: "Nobody"}))
    path = write_table("book.csv", header, rows, chance.choice(",;\t|"), encoding,
                       chance.choice(["\r\n", "\n"]), chance.random() < .3)
    database = new_database("book.warmpath")
    skipped = {"blank row": 1, "no address, profile or id": 1}
    if private:
        skipped["private, use --owner"] = private
    options = ["--owner", "me@us.com"] if owner else []
    what = "%s, seed %d, %s" % (name, seed, encoding)
    load_twice(what, database, len(rows), skipped, path, *options)
    expect(what + ": format", load(database, "--dry-run", path)["files"][0]["format"], name)
    expect_network(what, database, expected)


# --- LinkedIn -----------------------------------------------------------------------------------

OWN = "own-er"
OWN_URL = "https://www.linkedin.com/in/own-er"


def day_text(style, day):
    return [day.strftime("%d %b %Y"), "%d-%s" % (day.day, day.strftime("%b-%y")),
            day.strftime("%d-%b-%y"),
            "%d/%d/%s, 3:04 PM" % (day.month, day.day, day.strftime("%y"))][style]


def make_connections(chance, people, expected):
    rows, skipped = [], {"blank row": 0, "no address, profile or id": 0}
    style = chance.randrange(4)
    for number, one in enumerate(people):
        day = datetime.date(2017, 1, 1) + datetime.timedelta(days=31 * number)
        last = one["last"] + chance.choice(["", "", ", MBA", ", PhD, CFA"])
        email = one["emails"][0] if chance.random() < .1 else ""
        one["known"] = {"linkedin:" + one["slug"]} | ({email.lower()} if email else set())
        rows.append([one["first"], last, profile_url(one["slug"], chance), email, one["company"],
                     one["title"], day_text(style, day)])
        expected.person(one["known"], "%s %s" % (one["first"], one["last"]))
        key = "linkedin:" + one["slug"]
        if one["company"]:
            expected.employment(key, one["company"], one["title"])
        expected.interaction("linkedin:connection:%s" % ":".join(sorted([OWN, one["slug"]])),
                             "connection", day.isoformat() + "T00:00:00Z", "own@us.com", [key])
        if number % 17 == 3:
            rows.append([""] * 6 + [day_text(style, day)])
            skipped["blank row"] += 1
        if number % 19 == 5:
            rows.append(["No", "Profile", "", "", "Acme", "", day_text(style, day)])
            skipped["no address, profile or id"] += 1
    return rows, skipped


def make_messages(chance, people, expected):
    rows, skipped = [], {"draft of a message": 0, "no address, profile or id": 0,
                         "no recipients": 0, "label Spam": 0}
    for number in range(80):
        others = chance.sample(people, chance.choice([1, 1, 1, 3]))
        is_out = chance.random() < .5
        sender = ("Own Er", OWN) if is_out else (others[0]["name"], others[0]["slug"])
        to = [(one["name"], one["slug"]) for one in others] if is_out else \
            [("Own Er", OWN)] + [(one["name"], one["slug"]) for one in others[1:]]
        time = datetime.datetime(2023, 6, 1) + datetime.timedelta(minutes=number * 977)
        row = ["2-%d==" % (number // 3), LONG_TEXT, sender[0], profile_url(sender[1], chance),
               ";".join(name for name, _ in to), ";".join(profile_url(slug, chance).split("?")[0]
                                                          for _, slug in to),
               time.strftime("%Y-%m-%d %H:%M:%S UTC"), "", LONG_TEXT,
               chance.choice(["INBOX", "ARCHIVE"]), "", "No", "No"]
        what = number % 16
        if what == 3:
            row[11 + number // 16 % 2] = "Yes"
            skipped["draft of a message"] += 1
        elif what == 5:
            row[3] = ""
            skipped["no address, profile or id"] += 1
        elif what == 7:
            row[5] = ""
            skipped["no recipients"] += 1
        elif what == 9:
            row[9] = "SPAM"
            skipped["label Spam"] += 1
        else:
            expected.interaction(
                "linkedin:message:%s:%d:%s" % (
                    row[0], time.replace(tzinfo=datetime.timezone.utc).timestamp(), sender[1]),
                "message", time.strftime("%Y-%m-%dT%H:%M:%SZ"), "linkedin:" + sender[1],
                ["linkedin:" + slug for _, slug in to])
        rows.append(row)
    return rows, skipped


def make_archive(seed, folder):
    """Write an archive; returns what must come of it, rows and reasons."""
    chance = random.Random(1000 + seed)
    expected = Network()
    people = [make_contact(chance, number) for number in range(40)]
    for one in people:
        one.update(slug="p-%d" % people.index(one), middle="",
                   name="%s %s" % (one["first"], one["last"]))
    expected.person({"own@us.com", "own@old.example", "linkedin:" + OWN}, "Own Er")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    rows, skipped = make_connections(chance, people, expected)
    header = CONNECTIONS + ([""] * 3 if seed % 3 == 2 else [])
    preamble = [PREAMBLE, "", "Notes:,,,,,,,,,\n\"Some, are missing\",,,,,,,,,\n,,,,,,,,,\n"]
    write_table(folder + "/Connections.csv", header,
                [row + [""] * (len(header) - len(row)) for row in rows],
                preamble=preamble[seed % 3], encoding="utf-8-sig" if seed % 2 else "utf-8")
    count = len(rows)

    rows, more = make_messages(chance, people, expected)
    write_table(folder + ("/messages_77.csv" if seed % 2 else "/messages.csv"), MESSAGES, rows,
                quoted=True, end="\n")
    count += len(rows)
    for reason, rows_skipped in more.items():
        skipped[reason] = skipped.get(reason, 0) + rows_skipped

    if seed % 4 != 0:
        invited = {"linkedin:asked-%d" % seed: "Asked One", "linkedin:asking-%d" % seed: "Zoë Two"}
        rows = [["Own Er", "Asked One", "3/14/25, 2:37 PM", LONG_TEXT, "OUTGOING", OWN_URL,
                 "https://www.linkedin.com/in/asked-%d" % seed],
                ["Zoë Two", "Own Er", "12/1/24, 2:37 AM", "", "INCOMING",
                 "https://www.linkedin.com/in/asking-%d" % seed, OWN_URL]]
        write_table(folder + "/Invitations.csv", INVITATIONS, rows)
        count += 2
        for identity, name in invited.items():
            expected.person({identity}, name)

    write_table(folder + "/Email Addresses.csv",
                ["Email Address", "Confirmed", "Primary", "Updated On"],
                [["own@old.example", "Yes", "No", "1/2/20, 3:04 PM"],
                 ["own@us.com", "Yes", "Yes", "1/2/20, 3:04 PM"],
                 ["not-own@us.com", "No", "No", ""]])
    write_table(folder + "/Profile.csv",
                "First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,"
                "Zip Code,Geo Location,Twitter Handles,Websites,Instant Messengers".split(","),
                [["Own", "Er, MBA", "", "", "", "VP", LONG_TEXT] + [""] * 6])
    write_table(folder + "/Positions.csv",
                "Company Name,Title,Description,Location,Started On,Finished On".split(","),
                [["Us Corp", "VP", LONG_TEXT, "", "Jul 2023", ""],
                 ["Old, Corp", "", "", "", "Jan 2019", "Jun 2023"], ["Old, Corp", "Clerk", "", "",
                                                                  "2015", "2016"]])
    expected.employment("own@us.com", "Us Corp", "VP", "2023-07-01")
    expected.employment("own@us.com", "Old, Corp", "", "2019-01-01", "2023-06-30")
    expected.employment("own@us.com", "Old, Corp", "Clerk", "2015-01-01", "2016-12-31")
    skipped["address not confirmed"] = 1
    count += 3 + 1 + 3
    for name, labels in NOBODY.items():
        write_table(folder + "/" + (name % seed if "%d" in name else name), labels,
                    [["x"] * len(labels)] * 2)
    skipped["names nobody"] = 2 * len(NOBODY)
    count += 2 * len(NOBODY)
    with open(folder + "/learning_coach_messages.csv", "w", encoding="utf-8") as file:
        file.write("No conversations found\n")
    return expected, count, {reason: rows for reason, rows in skipped.items() if rows}


def check_archive(seed):
    expected, count, skipped = make_archive(seed, "archive")
    names = sorted(os.listdir("archive"))
    with zipfile.ZipFile("archive.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.write("archive/" + name, chance_folder(seed) + name)
    dumps = []
    for path in ("archive", "archive.zip"):
        database = new_database("archive.warmpath")
        what = "%s, seed %d" % (path, seed)
        load_twice(what, database, count, skipped, path)
        expect_network(what, database, expected)
        dumps.append(run("--db", database, "dump").replace("/%s\"" % path, "/the archive\""))
    expect("seed %d: folder and ZIP" % seed, dumps[0], dumps[1])


def chance_folder(seed):
    return "" if seed % 2 else "Basic_LinkedInDataExport_03-05-2024/"


def check_connections_without_owner():
    """Nobody can be connected: people only, and a note that says so."""
    make_archive(1, "archive")
    database = new_database("alone.warmpath")
    shutil.copy("archive/Connections.csv", "Connections.csv")
    total = load(database, "Connections.csv")["total"]
    expect("connections without an owner", total["notes"].get("connection, use --owner"), 40)
    expect("interactions without an owner", len(stored(database).interactions), 0)
    expect("people without an owner", len(stored(database).people), 40)
    load(database, "Connections.csv", "--owner", "own@us.com")
    seen = stored(database)
    expect("interactions of the owner given", len(seen.interactions), 40)
    expect("their sender", {one[3] for one in seen.interactions}, {frozenset(["own@us.com"])})


# --- spreadsheets -------------------------------------------------------------------------------

def check_map():
    with open("kunden.txt", "w", encoding="cp1252") as file:
        file.write("Report of 2024\n\nMail;Voller Name;Firma;Seit;Nr;Ort\n"
                   "a@x.com;Müller, Jörg;Acme;05.03.2020;17;Köln\n"
                   "b@x.com; Zoë  Poe ;;;18;\n"
                   "bad;No Body;;;;\n")
    given = "email=Mail,name=Voller Name,company=Firma,from=Seit,id=Nr"
    with open("map", "w", encoding="utf-8") as file:
        file.write("# what is what\n" + given.replace(",", "\n") + "\n")
    expected = Network()
    expected.person({"a@x.com", "id:17"}, "Jörg Müller")
    expected.person({"b@x.com", "id:18"}, "Zoë Poe")
    expected.employment("a@x.com", "Acme", None, "2020-03-05")
    for option in (given, "map"):
        database = new_database("map.warmpath")
        first = load_twice("map", database, 3, {"no address, profile or id": 1}, "--map", option,
                           "kunden.txt")
        expect("notes", first["notes"], {"address without @": 1})
        expect_network("map", database, expected)
    entry = load(database, "--map", given, "kunden.txt", "--dry-run")["files"][0]
    expect("columns", [(one["name"], one["taken_as"], one["values"], one["not_kept"])
                       for one in entry["columns"]],
           [("Mail", "email", 3, 0), ("Voller Name", "name", 3, 0), ("Firma", "company", 1, 0),
            ("Seit", "from", 1, 0), ("Nr", "id", 2, 0), ("Ort", None, 1, 1)])
    # The same without a map: an id is not taken, since only the user knows whose it is.
    database = new_database("guess.warmpath")
    load(database, "--format", "csv", "kunden.txt")
    expect("people by guess", sorted(map(sorted, stored(database).people)),
           [["a@x.com"], ["b@x.com"]])


def check_declared():
    """What some spreadsheets write in front of a header is none, and hides none of two columns."""
    with open("declared.csv", "w", encoding="utf-8") as file:
        file.write("sep=;\nMail;Name\na@x.com;\"Lee; Ann\"\nb@x.com;Bob Poe\n")
    database = new_database("declared.warmpath")
    load_twice("declared", database, 2, {}, "declared.csv")
    expect("people", sorted(map(sorted, stored(database).people)), [["a@x.com"], ["b@x.com"]])
    for at, text in enumerate(["sep=;\nEmail\na@x.com\n", "\"sep=;\"\r\n\r\nEmail\r\na@x.com\r\n",
                               "\ufeffSEP=\t\rEmail\ra@x.com\r"]):
        path = "declared%d.csv" % at
        with open(path, "w", encoding="utf-16-le" if at == 2 else "utf-8", newline="") as file:
            file.write(text)
        database = new_database("declared.warmpath")
        load_twice("declared, one column, %d" % at, database, 1, {}, path)


def import_text(text, *options, code=0):
    """Import a table; its entry in the result, and the database."""
    with open("odd.csv", "w", encoding="utf-8", newline="") as file:
        file.write(text)
    database = new_database("odd.warmpath")
    return load(database, *options, "odd.csv", code=code)["files"][0], database


def check_odd_columns():
    """Nothing in a row is lost without being said."""
    for text, people, unkept in [
            ("Name,Email,,\r\nAnn,a@x.com,,\r\nBob,b@x.com\r\n", 2, None),
            ("Name,Email\r\nAnn,a@x.com,,,\r\n", 1, None),
            ("Name,Email,\r\nAnn,a@x.com,z\r\n", 1, "(no label)"),
            ("Name,Email\r\nAnn,a@x.com\r\nBob,b@x.com,z\r\n", 2, "(no label)"),
            ("Email,Email\r\na@x.com,b@x.com\r\n", 1, None),
            ("Email,Name,Name\r\na@x.com,Ann,Ann\r\n", 1, None),
            ("Email,Name,Name\r\na@x.com,Ann,Bob\r\n", 1, "Name"),
            ("Email,First Name,Last Name,Last Name\r\na@x.com,Ann,Lee,Poe\r\n", 1, "Last Name")]:
        entry, database = import_text(text)
        expect("columns not kept of %r" % text, entry["columns_not_kept"], unkept)
        expect("people of %r" % text, len(stored(database).people), people)
    further = "value of a column without label or of a further one of its kind"
    for text, notes in [("Record ID,First Name,Last Name,Email\r\n1,Ann,Lee,a@x.com,z\r\n", 1),
                        ("Record ID,Last Name,Email,Email\r\n1,Lee,a@x.com,b@x.com\r\n", 1),
                        ("Record ID,Last Name,Email,Email\r\n1,Lee,a@x.com,a@x.com\r\n", 0)]:
        entry, _ = import_text(text)
        expect("format of %r" % text, entry["format"], "hubspot")
        expect("notes of %r" % text, entry["notes"].get(further, 0), notes)


def check_domains():
    """A company's domain may be written as a web address."""
    text = ("Email,Company,Company Domain\r\na@x.com,Acme,https://www.Acme.com/about\r\n"
            "b@x.com,Beta,no domain\r\nc@x.com,Gamma,linkedin.com/company/gamma\r\n"
            "d@x.com,Delta,gmail.com\r\ne@x.com,Eps,www.Mailinator.com\r\n")
    entry, database = import_text(text)
    expect("notes", entry["notes"], {"domain that is no company's own": 4})
    companies = [json.loads(line) for line in run("--db", database, "dump", "-").splitlines()]
    expect("domains", sorted((one.get("name") or "", one.get("domain"))
                             for one in companies if one["type"] == "company"),
           [("", "us.com"), ("Acme", "acme.com"), ("Beta", None), ("Delta", None), ("Eps", None),
            ("Gamma", None)])


def check_usage():
    database = new_database("usage.warmpath")
    write_table("people.csv", ["email", "name"], [["a@x.com", "Ann"]])
    for option, code in (("mail=x", 2), ("email", 3), ("email=", 2), ("email=x,name", 2),
                         ("email=Nothing", 3)):
        run("--db", database, "import", "--map", option, "people.csv", code=code)
    run("--db", database, "import", "--format", "jsonl", "--map", "email=email", "people.csv",
        code=2)
    write_table("things.csv", ["sku", "price"], [["1", "2.50 EUR"]])
    run("--db", database, "import", "--format", "csv", "things.csv", code=3)
    run("--db", database, "import", "things.csv", code=3)
    expect("nothing stored", stored(database).people, {})


def check_zip():
    """A bomb is refused, and so is a ZIP of anything else; nothing is stored."""
    database = new_database("zip.warmpath")
    with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        nothing = b"\n" * (1 << 20)
        with file.open("Connections.csv", "w") as member:
            member.write((",".join(CONNECTIONS) + "\n").encode())
            for _ in range(200):
                member.write(nothing)
    with zipfile.ZipFile("other.zip", "w") as file:
        file.writestr("a.txt", "nothing\n")
    with open("other.zip", "rb") as file:
        whole = file.read()
    with open("cut.zip", "wb") as file:
        file.write(whole[:40])
    for path in ("bomb.zip", "other.zip", "cut.zip"):
        run("--db", database, "import", path, code=3)
    with zipfile.ZipFile("empty.zip", "w") as file:
        file.writestr("Connections.csv", "")
        file.writestr("messages.csv", "")
    total = load(database, "empty.zip")
    expect("an archive of empty tables", (len(total["files"]), total["total"]["read"]), (2, 0))
    with zipfile.ZipFile("outside.zip", "w") as file:
        file.writestr("../../outside/Connections.csv",
                      ",".join(CONNECTIONS) + "\nA,B,linkedin.com/in/ab,,,,05 Mar 2024\n")
    load(database, "outside.zip")
    expect("nothing outside", os.path.exists("../../outside"), False)
    expect("people", set(stored(database).people), {frozenset(["linkedin:ab"])})


def check_strict():
    database = new_database("strict.warmpath")
    with open("bad.csv", "w", encoding="utf-8") as file:
        file.write("email,name\na@x.com,Ann\n\"b@x.com\"x,Bob\nc@x.com,Cid\n")
    run("--db", database, "import", "--strict", "bad.csv", code=3)
    expect("nothing of a bad file", stored(database).people, {})
    expect("reasons", load(database, "bad.csv")["total"]["reasons"], {"quotes do not match": 1})
    expect("the good rows", len(stored(database).people), 2)


def check_resume():
    """Kill an import of a table again and again: in the end no row is lost or counted twice."""
    rows = 40000
    header = ["Email", "Name", "Company", "Notes"]
    path = write_table("long.csv", header,
                       [["p%d@x%d.com" % (number, number % 97), "Zoë P%d" % number, "",
                         "one\n\"two\""] for number in range(rows)], ";", "utf-16")
    database = new_database("long.warmpath")
    kills = resumed = 0
    for attempt in range(12):
        process = subprocess.Popen([TOOL, "--db", database, "import", path],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            process.wait(.1 + .1 * attempt)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL if attempt % 2 else signal.SIGINT)
            kills += 1
        resumed += b"resumed at byte" in process.communicate()[1]
        if process.returncode == 0:
            break
        # The program may end by SIGINT itself as long as it has not begun to import.
        if process.returncode not in (5, -signal.SIGKILL, -signal.SIGINT):
            fail("interrupted: exit code %d" % process.returncode)
    if process.returncode != 0:  # a slow machine
        run("--db", database, "import", path)
    total = load(database, path)["total"]
    expect("rows after %d kills" % kills, (total["new"], total["known"]), (0, rows))
    expect("people after %d kills" % kills, len(stored(database).people), rows)
    if kills > 3 and resumed == 0:
        fail("nothing was resumed after %d kills" % kills)
    print("%d kills, %d resumed" % (kills, resumed))


def main():
    """`--cases N`: books, and half as many archives."""
    cases = int(sys.argv[2]) if sys.argv[1:2] == ["--cases"] else 10
    check_resume()
    for seed in range(cases):
        check_book(seed)
    for seed in range(cases // 2):
        check_archive(seed)
    check_connections_without_owner()
    check_map()
    check_declared()
    check_odd_columns()
    check_domains()
    check_usage()
    check_zip()
    check_strict()


if __name__ == "__main__":
    main()
