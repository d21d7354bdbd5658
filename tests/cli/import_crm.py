"""Exports of HubSpot and Salesforce, made up from a known world, come out as that world.

Every file has the exact header of its product and the traps of real ones: localised labels, byte
order mark, semicolons, Windows-1252, footers, ids of 15 and 18 characters, several ids in a cell,
line feeds in cells, deleted rows, to-dos, future and private meetings, opt-outs, bad ids. The world
is made with a printed seed; what must be stored is computed from it here, not read back.
"""

import csv
import io
import json
import os
import random

from _tool import ask, expect, expect_import, run

SEED = int(os.environ.get("SEED", "20250314"))
FIRST = ["Ann", "Björn", "Chloé", "Dörte", "Esteban", "François", "Grace", "Héctor", "Ines", "Jörg"]
LAST = ["Lee", "Müller", "Núñez", "O'Neil", "Schröder", "Lefèvre", "Smith, Jr.", "van Dam"]
TITLES = ["VP Sales", "Leiter Einkauf", "CFO", "", "Buyer, direct", "Director de Ventas"]


def suffix(short):
    """The three characters that make an id of 15 one of 18."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    bits = [sum(1 << i for i in range(5) if "A" <= short[5 * part + i] <= "Z")
            for part in range(3)]
    return "".join(letters[b] for b in bits)


def salesforce_id(prefix, number):
    """An id of 18 characters with capitals here and there."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    tail = ""
    for _ in range(12):
        tail, number = digits[number % 62] + tail, number // 62
    return prefix + tail + suffix(prefix + tail)


def write(path, header, rows, delimiter=",", encoding="utf-8", line_end="\r\n", footer=""):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows(rows)
    with open(path, "wb") as file:
        file.write((text.getvalue() + footer).encode(encoding))


def make_world(rng):
    """Companies and contacts; numbers are those of HubSpot."""
    companies = [{"number": 500 + i, "id": salesforce_id("001", 7 ** 9 + 7919 * i),
                  "name": "Firma %d & Söhne" % i, "domain": "firm%d.example" % i}
                 for i in range(20)]
    contacts = []
    for i in range(150):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        contacts.append({"number": 1 + i, "id": salesforce_id("003", 5 ** 12 + 104729 * i),
                         "first": first, "last": last, "name": "%s %s" % (first, last),
                         "email": "" if i % 11 == 0 else "p%d@firm%d.example" % (i, i % 20),
                         "title": rng.choice(TITLES), "company": companies[i % 20],
                         "no_mail": i % 7 == 0, "no_call": i % 14 == 0 or i % 5 == 0})
    return companies, contacts


def records(kind):
    return [line for line in map(json.loads, run("dump").splitlines()) if line["type"] == kind]


def by_id(kind):
    """The records with an id: what all sources state of each."""
    out = {}
    for line in records(kind):
        if "id" in line:
            said = out.setdefault(line["id"], {})
            said.update((key, value) for key, value in line.items() if value is not None)
    return out


def expect_companies(companies, key):
    seen = {number: (said.get("name"), said.get("domain"))
            for number, said in by_id("company").items()}
    expect("companies", seen, {key(c): (c["name"], c["domain"]) for c in companies})


def expect_people(contacts, key):
    """Names, addresses, titles and employers are exactly those of the world."""
    people = [line for line in records("person") if line.get("id", "").startswith(("003", "hub"))]
    expect("people", {p["id"]: (p.get("email"), p.get("name")) for p in people},
           {key(c): (c["email"] or None, c["name"]) for c in contacts})
    # An employment names its company as its row did; the lines of companies say who is whom.
    domains = {"id:" + number: said["domain"] for number, said in by_id("company").items()}
    jobs = sorted((e["person"], domains.get(e["company"], e["company"]), e["title"])
                  for e in records("employment"))
    wanted = sorted((c["email"] or "id:" + key(c), c["company"]["domain"], c["title"] or None)
                    for c in contacts)
    expect("employments", sorted(jobs, key=str), sorted(wanted, key=str))


def expect_consent(contacts, key, is_shut):
    def decision(c):
        if not (c["no_mail"] or is_shut(c) or c["no_call"]):
            return None
        return ("out", "out" if is_shut(c) else None)
    said = {}
    for line in records("consent"):  # a line a matter
        said.setdefault(line["person"], {}).update(line)
    seen = {person: (both.get("introductions"), both.get("contact"))
            for person, both in said.items()}
    expect("consent", seen, {c["email"] or "id:" + key(c): decision(c)
                             for c in contacts if decision(c)})


# --- HubSpot ------------------------------------------------------------------------------------

HUBSPOT_CONTACTS = ("Record ID,First Name,Last Name,Email,Phone Number,Job Title,Company Name,"
                    "Contact owner,Lifecycle Stage,Lead Status,Create Date,Original Source,"
                    "Associated Company,Associated Company IDs").split(",")
HUBSPOT_GERMAN = ("Datensatz-ID,Vorname,Nachname,E-Mail,Telefonnummer,Jobtitel,"
                  "Name des Unternehmens,x,y,z,Erstellungsdatum,q,Zugehöriges Unternehmen,"
                  "IDs zugehöriger Unternehmen").split(",")
HUBSPOT_COMPANIES = ("Record ID,Company name,Website URL,Company owner,Create Date,"
                     "Company Domain Name,Industry,Phone Number").split(",")
HUBSPOT_DEALS = ("Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline,"
                 "Create Date,Associated Company IDs,Associated Contact IDs").split(",")


def hubspot_rows(contacts):
    return [[c["number"], c["first"], c["last"], c["email"], "+49\n30", c["title"], "ignored",
             "Bob", "lead", "", "2024-03-12 09:14", "ORGANIC", c["company"]["name"],
             c["company"]["number"]] for c in contacts]


def check_hubspot(companies, contacts):
    def key(record):
        return "hubspot:%d" % record["number"]
    run("--db", "hubspot.warmpath", "init", "--us", "us.example")
    os.environ["WARMPATH_DB"] = "hubspot.warmpath"
    write("hubspot/all-companies.csv", HUBSPOT_COMPANIES,
          [[c["number"], c["name"], "https://www." + c["domain"] + "/de", "Bob",
            "2024-03-12 09:14", c["domain"] if c["number"] % 2 else "", "", ""]
           for c in companies], encoding="utf-8-sig")
    write("hubspot/all-contacts.csv", HUBSPOT_CONTACTS, hubspot_rows(contacts[:100]))
    write("hubspot/alle-kontakte.csv", HUBSPOT_GERMAN, hubspot_rows(contacts[100:]) +
          [["1.01E+11", "", "Damaged"], ["", "", "Nobody"]], delimiter=";", line_end="\n")
    expect_import("dry run", ask("import", "--dry-run", "hubspot"), 172, 170, 2)
    report = ask("import", "hubspot")
    expect("tables", [f["table"] for f in report["files"]],
           ["hubspot companies", "hubspot contacts", "hubspot contacts"])
    expect_import("hubspot", report, 20 + 150 + 2, 20 + 150, 2)
    expect("reasons", report["total"]["reasons"], {"no address, profile or id": 2})
    expect("unkept", report["files"][0]["columns_not_kept"],
           "Company owner, Create Date, Industry, Phone Number")
    expect_companies(companies, key)
    expect_people(contacts, key)
    before = run("dump")
    expect_import("again", ask("import", "hubspot"), 172, 0, 2)
    expect("dump after the second import", run("dump"), before)
    # Small numbers of HubSpot are no ids of anything else.
    run("show", "id:101", code=(1, 3))
    run("show", "id:hubspot:101")
    write("deals.csv", HUBSPOT_DEALS,
          [[9, "Big", "Closed won", "2024-03-12 09:14", "Bob", "1.234,56 €", "p", "", 500, "1;2"],
           ["x", "Bad", "s", "", "", "", "", "", "", ""]])
    report = ask("import", "--dry-run", "deals.csv")
    expect("deals", (report["files"][0]["table"], report["total"]["reasons"].get("bad id")),
           ("hubspot deals", 1))


# --- Salesforce ---------------------------------------------------------------------------------

ACCOUNT = "Id,Name,Type,ParentId,Website,Industry,NumberOfEmployees,OwnerId".split(",")
CONTACT = ("Id,AccountId,LastName,FirstName,Name,Phone,MobilePhone,Email,Title,Department,"
           "ReportsToId,LeadSource,OwnerId,HasOptedOutOfEmail,DoNotCall,CreatedDate,"
           "LastActivityDate,IsDeleted").split(",")
USER = "Id,Username,Email,Name,Title,UserType".split(",")
TASK = ("Id,WhoId,WhatId,Subject,ActivityDate,Status,Priority,OwnerId,Type,TaskSubtype,CallType,"
        "CallDurationInSeconds,AccountId,CompletedDateTime,Description").split(",")
EVENT = ("Id,WhoId,WhatId,Subject,Location,StartDateTime,EndDateTime,DurationInMinutes,"
         "IsAllDayEvent,OwnerId,AccountId,IsPrivate,Type").split(",")
REPORT = "Account Name,Account ID,First Name,Last Name,Title,Email,Contact ID,Phone".split(",")
FOOTER = ('"All Contacts"\r\n'
          '"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved."\r\n'
          '"Confidential Information - Do Not Distribute"\r\n"Generated By:  Bob  3/14/2025"\r\n')


def task_rows(rng, contacts, users):
    """Tasks of all sorts, and the interactions that they are."""
    rows, wanted, skipped = [], [], {}
    sorts = [("", "Call", "Outbound", "call"), ("", "Call", "Inbound", "call"),
             ("", "Email", "", "mail"), ("Meeting", "Task", "", "meeting"),
             ("", "Task", "", None)]
    for i in range(200):
        kind, subtype, direction, meant = rng.choice(sorts)
        status = rng.choice(["Completed", "Completed", "Completed", "Not Started"])
        year = rng.choice([2023, 2024, 2024, 2999])
        who, owner, task = rng.choice(contacts), rng.choice(users), salesforce_id("00T", 999 + i)
        day = "%d-%02d-%02d" % (year, rng.randint(1, 12), rng.randint(1, 28))
        rows.append([task[:rng.choice([15, 18])], who["id"][:rng.choice([15, 18])], "",
                     "line\nfeed", day, status, "Normal", owner["id"], kind, subtype, direction, "",
                     "", "", "text, with \"quotes\""])
        reason = ("not completed" if status != "Completed" else
                  "no call, mail or meeting" if meant is None else
                  "has not taken place yet" if year == 2999 else None)
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
            continue
        ends = [owner["email"], who["email"] or "id:" + who["id"]]
        wanted.append(("salesforce:task:" + task, meant, day + "T00:00:00Z",
                       *(ends[::-1] if direction == "Inbound" else ends)))
    return rows, wanted, skipped


def event_rows(contacts, users):
    rows, wanted = [], []
    for i, who in enumerate(contacts[:40]):
        event = salesforce_id("00U", 31 ** 5 + i)
        rows.append([event, who["id"], "", "Lunch", "",
                     "2024-05-%02dT10:00:00.000Z" % (i % 28 + 1), "", 60, 0,
                     users[i % len(users)]["id"], "", int(i % 4 == 0), ""])
        wanted.append(("salesforce:event:" + event, "meeting", rows[-1][5][:19] + "Z",
                       users[i % len(users)]["email"], who["email"] or "id:" + who["id"]))
    return rows, wanted


def contact_row(contact):
    c = contact
    return [c["id"], c["company"]["id"][:15], c["last"], c["first"], "", "", "", c["email"],
            c["title"], "", "", "", "", int(c["no_mail"]), int(c["no_call"]), "", "", 0]


def check_salesforce(rng, companies, contacts):
    def key(record):
        return record["id"]
    users = [{"id": salesforce_id("005", 3 ** 9 + i), "email": "u%d@us.example" % i}
             for i in range(5)]
    run("--db", "salesforce.warmpath", "init", "--us", "us.example")
    os.environ["WARMPATH_DB"] = "salesforce.warmpath"
    write("salesforce/Account.csv", ACCOUNT,
          [[c["id"][:15], c["name"], "", "", c["domain"], "", "", ""] for c in companies])
    deleted = contact_row(dict(contacts[0], email="gone@x.example"))[:-1] + ["true"]
    write("salesforce/Contact.csv", CONTACT, [contact_row(c) for c in contacts] + [deleted])
    write("salesforce/User.csv", USER, [[u["id"][:15], u["email"] + ".prod", u["email"], "User",
                                         "", "Standard"] for u in users])
    expect_import("salesforce", ask("import", "salesforce"), 20 + 151 + 5, 175, 1)
    expect_companies(companies, key)
    expect_consent(contacts, key, lambda c: c["no_mail"] and c["no_call"])
    people = [p for p in records("person") if p.get("id", "").startswith("005")]
    expect("users", sorted((p["id"], p["email"], p["us"]) for p in people),
           sorted((u["id"], u["email"], True) for u in users))
    tasks, wanted, skipped = task_rows(rng, contacts, users)
    events, meetings = event_rows(contacts, users)
    write("Task.csv", TASK, tasks)
    write("Event.csv", EVENT, events)
    expect("dry run", ask("import", "--dry-run", "Task.csv", "Event.csv")["total"]["new"],
           len(wanted) + len(meetings))
    report = ask("import", "Task.csv", "Event.csv")
    expect_import("activities", report, 240, len(wanted) + len(meetings),
                  sum(skipped.values()))
    expect("tasks skipped", report["files"][0]["reasons"], skipped)
    emails = {"id:" + p["id"]: p["email"] for p in records("person") if p.get("email")}
    seen = [(x["id"], x["kind"], x["time"],
             *(emails.get(who, who) for who in [x["from"], *x["to"]]))
            for x in records("interaction")]
    expect("interactions", sorted(seen), sorted(wanted + meetings))
    private = {x["id"] for x in records("interaction") if x.get("private")}
    expect("private", private, {row[0] for row in meetings[::4]})


def check_report(companies, contacts):
    """The same contacts as a report in Windows-1252 with a footer."""
    run("--db", "report.warmpath", "init", "--us", "us.example")
    os.environ["WARMPATH_DB"] = "report.warmpath"
    write("accounts.csv", ACCOUNT, [[c["id"], c["name"], "", "", c["domain"], "", "", ""]
                                    for c in companies])
    run("import", "accounts.csv")
    write("report.csv", REPORT,
          [[c["company"]["name"], c["company"]["id"][:15], c["first"], c["last"], c["title"],
            c["email"], c["id"][:15], ""] for c in contacts],
          encoding="cp1252", footer="\r\n" + FOOTER)
    report = ask("import", "report.csv")
    expect("table", report["files"][0]["table"], "salesforce contact report")
    expect_import("report", report, 154, 150, 4)
    expect("reasons", report["total"]["reasons"], {"footer of a report": 4})
    expect_companies(companies, lambda c: c["id"])
    expect_people(contacts, lambda c: c["id"])


def check_deal_report():
    """The contact of a deal is named in one column, where the report has no two for it."""
    run("--db", "deals.warmpath", "init", "--us", "us.example")
    os.environ["WARMPATH_DB"] = "deals.warmpath"
    write("deals.csv", "Opportunity Name,Account Name,Stage,Contact Name,Email,Role".split(","),
          [["D1", "Acme", "Won", "Zoë Müller", "z@acme.example", "Buyer"],
           ["D2", "Acme", "Won", "No Address", "", ""]], encoding="cp1252")
    report = ask("import", "deals.csv")
    expect("table", report["files"][0]["table"], "salesforce opportunity report")
    expect("unkept", report["files"][0]["columns_not_kept"], None)
    expect("names", [(p.get("email"), p.get("name")) for p in records("person")],
           [("z@acme.example", "Zoë Müller")])


def main():
    print("seed", SEED)
    rng = random.Random(SEED)
    companies, contacts = make_world(rng)
    check_hubspot(companies, contacts)
    check_salesforce(rng, companies, contacts)
    check_report(companies, contacts)
    check_deal_report()
    for name in ("hubspot", "salesforce", "report", "deals"):
        run("--db", name + ".warmpath", "check", "--deep")


main()
