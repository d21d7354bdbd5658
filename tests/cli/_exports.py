"""Small made-up exports of every format, all about the same few people, meetings and messages.

What two exports say overlaps and differs: they know the same people by other addresses, profiles
and ids, link identities that the other knows apart, spell names otherwise, name other employers and
titles, hold other copies of one message or meeting. A maker writes one export under a path and
returns the options it is imported with; everything follows from the dice it is given.
"""

import csv
import io
import json
import os
import zipfile

FIRST = ["Ann", "Bob", "Zoë", "Dörte", "Eve", "Fay"]
LAST = ["Lee", "O'Neil", "Müller", "van Dyk", "Poe", "Núñez"]
COMPANIES = [("acme.com", "Acme, Inc."), ("beta.de", "Beta GmbH"), ("us.com", "Us")]
TITLES = ["Head of Sales", "VP, Marketing", "CFO", ""]
OWNER = "own@us.com"
PARTS = ["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"]


def salesforce_id(prefix, number):
    return "%s%012dAAA" % (prefix, number)


def cast():
    """Everybody there is, by number, with all that any export can know of them."""
    people = []
    for number, (first, last) in enumerate(zip(FIRST, LAST)):
        domain, company = COMPANIES[number % len(COMPANIES)]
        people.append({
            "number": number, "first": first, "last": last,
            "names": ["%s %s" % (first, last), "%s, %s" % (last, first), first],
            "work": "p%d@%s" % (number, domain), "home": "P%d@gmail.com" % number,
            "slug": "p-%d" % number, "salesforce": salesforce_id("003", number),
            "hubspot": str(100 + number), "company": company})
    return people


PEOPLE = cast()


def some(dice, least=1):
    return dice.sample(PEOPLE, dice.randrange(least, len(PEOPLE) + 1))


def emails(dice, one):
    """One of the addresses or both; at times somebody else's by mistake."""
    found = dice.choice([[one["work"]], [one["home"]], [one["work"], one["home"]],
                         [one["home"], one["work"]]])
    if dice.random() < .05:
        found = found + [dice.choice(PEOPLE)["home"]]
    return found


def employer(dice, one):
    return dice.choice([one["company"], one["company"], "Other Ltd", ""]), dice.choice(TITLES)


def write(path, text, encoding="utf-8"):
    with open(path, "wb") as file:
        file.write(text.encode(encoding))


def table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def labelled(header, values):
    """A row with the values of some columns."""
    return [values.get(label, "") for label in header]


# --- mail ---------------------------------------------------------------------------------------

def message(dice, number):
    """A copy of a message: who has it sees other recipients and spellings than others do."""
    sender, to = PEOPLE[number % 6], PEOPLE[(number * 5 + 1) % 6]
    copied = PEOPLE[(number * 3 + 2) % 6]
    lines = ["From: %s <%s>" % (dice.choice(sender["names"][1:]).replace(",", ""), sender["work"]),
             "To: %s" % dice.choice([to["work"], "\"%s\" <%s>" % (to["names"][1], to["work"])]),
             "Date: Fri, %d Mar 2024 12:00:00 +0000" % (1 + 7 * (number % 4)),
             "Message-ID: <m%d@x>" % number]
    if dice.random() < .4:
        lines.append("%s: %s" % (dice.choice(["Cc", "Bcc"]), copied["home"]))
    if number % 3 == 2:
        lines.append("In-Reply-To: <m%d@x>" % (number - 1))
    if number % 7 == 6:
        lines.append("List-Id: <dev.acme.org>")
    if dice.random() < .1:
        lines.append("X-Gmail-Labels: " + dice.choice(["Spam", "Inbox", "Draft"]))
    return "\n".join(lines) + "\n\nbody\n"


def numbers(dice, most=12):
    """Numbers of messages, some twice."""
    return [dice.randrange(most) for _ in range(dice.randrange(1, 10))]


def make_mbox(dice, path):
    write(path, "".join("From x@y Fri Mar  1 12:00:00 2024\n%s\n" % message(dice, number)
                        for number in numbers(dice)))
    return dice.choice([[], ["--owner", OWNER], ["--lists"]])


def make_eml(dice, path):
    write(path, message(dice, dice.randrange(12)))
    return []


def make_maildir(dice, path):
    for part in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(path, part))
    for at, number in enumerate(numbers(dice)):
        name = dice.choice(["new/%d.x", "cur/%d.x:2,S", "cur/%d.x:2,T"]) % at
        write(os.path.join(path, name), message(dice, number))
    return []


# --- calendars and cards ------------------------------------------------------------------------

def event(dice, number):
    method = dice.choice(["REQUEST"] * 4 + ["REPLY"] * 3 + ["CANCEL", "PUBLISH"])
    lines = ["UID:m%d" % number, "DTSTART:202403%02dT1%d0000Z" % (4 + number, number),
             "DTSTAMP:202402%02dT000000Z" % dice.randrange(1, 4),
             "SEQUENCE:%d" % dice.randrange(3),
             "ORGANIZER:mailto:" + PEOPLE[number % 6]["work"]]
    if number % 2:
        lines.append("RRULE:FREQ=WEEKLY;COUNT=3")
    if number % 4 == 3:
        lines.append("CLASS:PRIVATE")
    for guest in dice.sample(PEOPLE, 1) if method == "REPLY" else some(dice):
        lines.append("ATTENDEE;CN=\"%s\";PARTSTAT=%s:mailto:%s" %
                     (dice.choice(guest["names"]), dice.choice(PARTS),
                      dice.choice([guest["work"], guest["home"]])))
    return "BEGIN:VCALENDAR\r\nMETHOD:%s\r\nBEGIN:VEVENT\r\n%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" \
        % (method, "\r\n".join(lines))


def make_ical(dice, path):
    write(path, "".join(event(dice, dice.randrange(6)) for _ in range(dice.randrange(1, 7))))
    return ["--owner", OWNER]


def make_vcard(dice, path):
    version = dice.choice(["2.1", "3.0", "4.0"])
    text = ""
    for one in some(dice):
        company, title = employer(dice, one)
        lines = ["VERSION:" + version, "FN:" + dice.choice(one["names"]).replace(",", "\\,")]
        lines += ["item%d.EMAIL:%s" % (at, email) for at, email in enumerate(emails(dice, one))]
        if company:
            lines.append("ORG:%s;Sales" % company.replace(",", "\\,"))
        if title:
            lines.append("TITLE:" + title.replace(",", "\\,"))
        if dice.random() < .3:
            lines.append("URL:https://www.linkedin.com/in/" + one["slug"])
        if version == "3.0" and dice.random() < .2:
            lines.append("CLASS:PRIVATE")
        if version == "4.0":
            lines.append("UID:urn:uuid:00000000-0000-4000-8000-%012d" % one["number"])
        if dice.random() < .3:
            lines.append("CATEGORIES:%s" % dice.choice(["Friends", "Fair 2024,vip"]))
        text += "BEGIN:VCARD\r\n%s\r\nEND:VCARD\r\n" % "\r\n".join(lines)
    write(path, text)
    return ["--owner", OWNER]


# --- LinkedIn -----------------------------------------------------------------------------------

def linkedin_tables(dice):
    """The tables of an archive, whose owner is always the same."""
    own = "https://www.linkedin.com/in/own-er"
    url = "https://www.linkedin.com/in/%s"
    connections, messages = [], []
    for one in some(dice):
        company, title = employer(dice, one)
        connections.append([one["first"], one["last"] + dice.choice(["", ", MBA"]),
                            url % one["slug"], dice.choice(["", one["home"]]), company, title,
                            "%02d Mar 2024" % (1 + one["number"])])
    for number in numbers(dice):
        one = PEOPLE[number % 6]
        ends = [("Own Er", own), (one["names"][0], url % one["slug"])]
        (sender, sender_url), (to, to_url) = ends if number % 2 else ends[::-1]
        messages.append(["c%d" % (number % 6), "", sender, sender_url, to, to_url,
                         "2024-03-%02d 10:00:00 UTC" % (1 + number), "", "x", "INBOX", "", "No",
                         "No"])
    return {
        "Connections.csv": "Notes:\n\"Some are missing\"\n\n" + table(
            ["First Name", "Last Name", "URL", "Email Address", "Company", "Position",
             "Connected On"], connections),
        "messages.csv": table(
            ["CONVERSATION ID", "CONVERSATION TITLE", "FROM", "SENDER PROFILE URL", "TO",
             "RECIPIENT PROFILE URLS", "DATE", "SUBJECT", "CONTENT", "FOLDER", "ATTACHMENTS",
             "IS MESSAGE DRAFT", "IS CONVERSATION DRAFT"], messages),
        "Invitations.csv": table(
            ["From", "To", "Sent At", "Message", "Direction", "inviterProfileUrl",
             "inviteeProfileUrl"],
            [["Own Er", "Asked", "3/14/25, 2:37 PM", "", "OUTGOING", own, url % "asked"]]),
        "Email Addresses.csv": table(["Email Address", "Confirmed", "Primary", "Updated On"],
                                     [[OWNER, "Yes", "Yes", ""]]),
        "Positions.csv": table(
            ["Company Name", "Title", "Description", "Location", "Started On", "Finished On"],
            [[dice.choice(["Us", "Beta GmbH"]), "VP", "", "", "Jul 2023",
              dice.choice(["", "Mar 2024"])]])}


def make_linkedin_folder(dice, path):
    os.mkdir(path)
    for name, text in linkedin_tables(dice).items():
        write(os.path.join(path, name), text)
    return []


def make_linkedin_zip(dice, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in linkedin_tables(dice).items():
            file.writestr(name, text)
    return []


# --- address books ------------------------------------------------------------------------------

GOOGLE = ["First Name", "Last Name", "Phonetic First Name", "Organization Name",
          "Organization Title", "Organization Department", "Labels", "E-mail 1 - Label",
          "E-mail 1 - Value", "Website 1 - Value"]
GOOGLE_OLD = ["Name", "Yomi Name", "Sensitivity", "Group Membership", "E-mail 1 - Type",
              "E-mail 1 - Value", "Organization 1 - Name", "Organization 1 - Title",
              "Organization 1 - Department"]
OUTLOOK = ["Title", "First Name", "Last Name", "Company", "Department", "Job Title", "Categories",
           "E-mail Address", "E-mail Type", "E-mail 2 Address", "E-mail 2 Type", "Private",
           "Sensitivity"]


def make_google(dice, path):
    rows = []
    for one in some(dice):
        company, title = employer(dice, one)
        rows.append(labelled(GOOGLE, {
            "First Name": one["first"], "Last Name": one["last"], "Organization Name": company,
            "Organization Title": title, "Organization Department": dice.choice(["", "Sales"]),
            "Labels": dice.choice(["* myContacts", "Friends ::: * myContacts"]),
            "E-mail 1 - Value": " ::: ".join(emails(dice, one)),
            "Website 1 - Value": dice.choice(["", "linkedin.com/in/" + one["slug"]])}))
    write(path, table(GOOGLE, rows), dice.choice(["utf-8", "utf-8-sig"]))
    return []


def make_google_old(dice, path):
    rows = []
    for one in some(dice):
        company, title = employer(dice, one)
        rows.append(labelled(GOOGLE_OLD, {
            "Name": dice.choice(one["names"]), "Organization 1 - Name": company,
            "Organization 1 - Title": title, "Group Membership": "* myContacts",
            "E-mail 1 - Value": " ::: ".join(emails(dice, one)),
            "Sensitivity": dice.choice(["", "", "Private"])}))
    write(path, table(GOOGLE_OLD, rows), "utf-16")
    return ["--owner", OWNER]


def make_outlook(dice, path):
    rows = []
    for one in some(dice):
        company, title = employer(dice, one)
        known = emails(dice, one) + [""]
        rows.append(labelled(OUTLOOK, {
            "First Name": one["first"], "Last Name": one["last"], "Company": company,
            "Job Title": title, "Department": dice.choice(["", "IT"]),
            "Categories": dice.choice(["", "Fair 2024;VIP"]), "E-mail Address": known[0],
            "E-mail Type": "SMTP", "E-mail 2 Address": known[1], "E-mail 2 Type": "SMTP",
            "Private": dice.choice(["False", "False", "True"]), "Sensitivity": "Normal"}))
    write(path, table(OUTLOOK, rows), "cp1252")
    return ["--owner", OWNER]


def make_csv(dice, path):
    rows = [[one["work"], dice.choice(one["names"]), *employer(dice, one), "k%d" % one["number"]]
            for one in some(dice)]
    write(path, table(["Mail", "Wer", "Firma", "Rolle", "Nr"], rows))
    return ["--map", "email=Mail,name=Wer,company=Firma,title=Rolle,id=Nr"]


# --- CRM ----------------------------------------------------------------------------------------

def make_hubspot(dice, path):
    os.mkdir(path)
    rows = [[one["hubspot"], one["first"], one["last"], emails(dice, one)[0],
             employer(dice, one)[1], dice.choice(["500", "501", ""])] for one in some(dice)]
    write(os.path.join(path, "contacts.csv"),
          table(["Record ID", "First Name", "Last Name", "Email", "Job Title",
                 "Associated Company IDs"], rows))
    write(os.path.join(path, "companies.csv"),
          table(["Record ID", "Company name", "Website URL", "Company owner",
                 "Company Domain Name"],
                [["500", "Acme, Inc.", "https://acme.com", "", dice.choice(["acme.com", ""])],
                 ["501", dice.choice(["Beta GmbH", "Beta"]), "", "", "beta.de"]]))
    if dice.random() < .5:
        write(os.path.join(path, "deals.csv"),
              table(["Record ID", "Deal Name", "Deal Stage", "Close Date", "Amount", "Pipeline",
                     "Associated Company IDs", "Associated Contact IDs"],
                    [["9", "Big", dice.choice(["Closed won", "Proposal"]), "2024-03-12 09:14",
                      dice.choice(["1250.5", "2000"]), "p", "500",
                      ";".join(row[0] for row in rows[:2])]]))
    return []


def make_salesforce(dice, path):
    os.mkdir(path)
    user = salesforce_id("005", 1)
    people = some(dice)
    person = dice.choice([[], ["PersonContactId", "PersonEmail", "PersonHasOptedOutOfEmail",
                               "PersonDoNotCall"]])
    tables = {
        "Account": (["Id", "Name", "Type", "ParentId", "Website"] + person,
                    [row + [""] * (4 if person else 0) for row in
                     [[salesforce_id("001", 0), "Acme, Inc.", "", "", "acme.com"],
                      [salesforce_id("001", 1), dice.choice(["Beta GmbH", "Beta"]), "", "", ""]]] +
                    [[salesforce_id("001", 2 + one["number"]), one["last"], "", "", "",
                      one["salesforce"], dice.choice(emails(dice, one) + [""]), dice.choice("01"),
                      dice.choice("01")] for one in people if person]),
        "Contact": (["Id", "AccountId", "LastName", "FirstName", "Email", "Title", "Department",
                     "HasOptedOutOfEmail", "DoNotCall"],
                    [[one["salesforce"], salesforce_id("001", one["number"] % 2), one["last"],
                      one["first"], dice.choice(emails(dice, one) + [""]), employer(dice, one)[1],
                      dice.choice(["", "Sales"]), dice.choice("001"), dice.choice("001")]
                     for one in people]),
        "User": (["Id", "Username", "Email", "Name", "Title", "UserType"],
                 [[user, OWNER + ".prod", OWNER, "Own Er", "", "Standard"]]),
        "Opportunity": (["Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "IsClosed",
                         "IsWon", "OwnerId"],
                        [[salesforce_id("006", 0), salesforce_id("001", 0), "Deal", "Proposal",
                          dice.choice(["10", "20"]), "2024-05-01", "0", "0", user]]),
        "OpportunityContactRole": (
            ["Id", "OpportunityId", "ContactId", "Role", "IsPrimary"],
            [[salesforce_id("00K", at), salesforce_id("006", 0), one["salesforce"],
              dice.choice(["Champion", "Buyer"]), dice.choice("01")]
             for at, one in enumerate(people[:2])]),
        "Task": (["Id", "WhoId", "WhatId", "ActivityDate", "Status", "OwnerId", "Type",
                  "TaskSubtype", "CallType", "CompletedDateTime"],
                 [[salesforce_id("00T", number), PEOPLE[number % 6]["salesforce"], "",
                   "2024-03-%02d" % (1 + number), "Completed", user, "",
                   dice.choice(["Call", "Email", "Task"]), dice.choice(["Inbound", "Outbound"]), ""]
                  for number in numbers(dice)]),
        "Event": (["Id", "WhoId", "WhatId", "StartDateTime", "OwnerId", "IsPrivate", "Type"],
                  [[salesforce_id("00U", number), dice.choice(PEOPLE)["salesforce"], "",
                    "2024-03-%02dT10:00:00.000Z" % (1 + number), user, dice.choice("001"),
                    "Meeting"] for number in range(3)]),
        "EventRelation": (["EventId", "RelationId", "Status", "RespondedDate"],
                          [[salesforce_id("00U", number), one["salesforce"],
                            dice.choice(["New", "Accepted", "Declined"]), ""]
                           for number in range(3) for one in some(dice)])}
    for name in dice.sample(list(tables), dice.randrange(2, len(tables) + 1)):
        write(os.path.join(path, name + ".csv"), table(*tables[name]))
    return []


def make_salesforce_report(dice, path):
    rows = [[one["company"], one["first"], one["last"], employer(dice, one)[1],
             emails(dice, one)[0], one["salesforce"][:15], "1"] for one in some(dice)]
    write(path, table(["Account Name", "First Name", "Last Name", "Title", "Email", "Contact ID",
                       "Phone"], rows) +
          "\r\n\"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved.\"\r\n", "cp1252")
    return []


# --- our own ------------------------------------------------------------------------------------

def statement(dice):
    one, other = dice.sample(PEOPLE, 2)
    company, title = employer(dice, one)
    return dice.choice([
        {"type": "person", "emails": emails(dice, one), "id": "j%d" % one["number"],
         "name": dice.choice(one["names"]), "title": title or None},
        {"type": "person", "linkedin": one["slug"], "emails": emails(dice, one)},
        {"type": "tie", "from": one["work"], "to": other["home"], "p": dice.choice([.25, .5, .75])},
        {"type": "tie", "from": one["work"], "to": other["work"], "cost": 700000, "both": True},
        {"type": "consent", "person": one["home"], "introductions": dice.choice(["in", "out"]),
         "since": dice.choice([None, "2024-02-01", "2024-02-02"])},
        {"type": "employment", "person": one["work"], "company": "name:" + (company or "Us"),
         "title": title or None, "from": dice.choice(["2022-01-01", "2023-01-01", None]),
         "to": dice.choice([None, "2024-01-31"])},
        {"type": "merge", "people": [one["work"], dice.choice([one["home"], other["work"]])]},
        {"type": "unmerge", "person": one["home"]},
        {"type": "company", "domain": "acme.com", "name": dice.choice(["Acme", "Acme, Inc."])},
        {"type": "interaction", "id": "j%d" % dice.randrange(4), "kind": "call",
         "time": "2024-03-0%dT00:00:00Z" % dice.randrange(1, 4), "from": one["work"],
         "to": [other["work"]], "revision": dice.randrange(2)}])


def make_jsonl(dice, path):
    write(path, "".join(json.dumps(statement(dice)) + "\n" for _ in range(dice.randrange(1, 12))))
    return []


def make_edges(dice, path):
    known = [one["salesforce"] for one in PEOPLE] + ["e1", "e2"]
    write(path, "".join("%s,%s,%s\n" % (*dice.sample(known, 2), dice.choice(["0.5", "0.25", "1.0"]))
                        for _ in range(dice.randrange(3, 9))))
    return dice.choice([[], ["--both"]]) + ["--format", "edges", "--weight", "p"]


MAKERS = {
    "mbox": make_mbox, "eml": make_eml, "maildir": make_maildir, "ical": make_ical,
    "vcard": make_vcard, "linkedin-folder": make_linkedin_folder,
    "linkedin.zip": make_linkedin_zip, "google.csv": make_google,
    "google-old.csv": make_google_old, "outlook.csv": make_outlook, "map.csv": make_csv,
    "hubspot": make_hubspot, "salesforce": make_salesforce,
    "salesforce-report.csv": make_salesforce_report, "lines.jsonl": make_jsonl,
    "edges": make_edges}
