#!/usr/bin/env python3
"""Opt-outs that are imported are applied, or the import says in which line one was not.

Each row of a table says what somebody does not want. Whoever it names, by whichever identity, has
opted out then; a row that names nobody is skipped as such, in the summary and in the report, in a
dry run as well. The program is $WARMPATH; the test runs in an empty directory of its own.
"""

import json
import os

from _tool import ask, expect, run

NOBODY = "opt-out that names nobody"


def database():
    for suffix in ("", "-lock"):
        if os.path.exists("db" + suffix):
            os.remove("db" + suffix)
    os.environ["WARMPATH_DB"] = "db"
    run("init")


def write(name, *lines):
    with open(name, "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return name


def load(name, *options):
    """What an import says of a file, and the lines of its report; a dry run must say the same."""
    said = []
    for how in (["--dry-run"], []):
        seen = ask("import", "--report", "report.jsonl", *how, *options, name)["files"][0]
        with open("report.jsonl", encoding="utf-8") as report:
            said.append((seen, [json.loads(line) for line in report]))
    expect(name + ": dry run", *said)
    return said[1]


def people():
    """Who opted out, by each of their identities: of introductions, of any contact."""
    lines = [json.loads(line) for line in run("dump", "-").splitlines()]
    return {line["person"]: sorted(key for key in ("introductions", "contact")
                                   if line.get(key) == "out")
            for line in lines if line["type"] == "consent"}


def choices(who):
    consent = ask("show", who)["consent"]
    return consent["introductions"], consent["contact"]


def check_nobody():
    """A row with an opt-out and without anybody is skipped by its line, and what else it says is
    kept."""
    for what, table, lines, kept in (
            ("contacts", "hubspot contacts",
             ("Record ID,Last Name,Email,Unsubscribed from all email", ",Lee,,true",
              "x,Lee,not an address,true", ",,,true", ",Lee,,false", "7,Lee,,true"), 1),
            ("deals", "salesforce opportunity report",
             ("Opportunity Name,Stage,Contact Name,Email,Email Opt Out", "Big,Open,Ann Lee,,1",
              "Small,Open,,,1", "Third,Open,Ann Lee,a b,1", "Fourth,Open,,,0",
              "Fifth,Open,Ann Lee,a@a.test,1"), 5),
            ("activities", "salesforce activity report",
             ("Subject,Date,Assigned,Status,Email,Do Not Call", "x,1/2/2020,Bo,Open,,1",
              "x,1/2/2020,Bo,Completed,,1", "Call,1/2/2020,Bo,Completed,a b,1",
              "x,1/2/2020,Bo,Open,,0", "x,1/2/2020,Bo,Open,a@a.test,1"), 0),
            ("roles", "salesforce contact roles",
             ("Id,OpportunityId,ContactId,Role,Email Opt Out", "x,006000000000001,,Buyer,1",
              "x,006000000000001,003,Buyer,1", "x,,,Buyer,1", "x,006000000000001,,Buyer,0",
              "x,006000000000001,003000000000001,Buyer,1"), 0),
            ("spreadsheet", None,
             ("Email,Name,Opt Out", ",Ann Lee,1", "nobody,Ann Lee,1", ",,1", ",Ann Lee,0",
              "a@a.test,Ann Lee,1"), 1)):
        database()
        seen, report = load(write(what + ".csv", *lines))
        expect(what + ": table", seen["table"], table)
        expect(what + ": counted", seen["reasons"].get(NOBODY), 3)
        expect(what + ": lines", [line["line"] for line in report if line["reason"] == NOBODY],
               [2, 3, 4])
        expect(what + ": who", "Ann Lee" in report[0]["seen"],
               what in ("deals", "spreadsheet"))
        expect(what + ": opted out", len(people()), 1)
        stored = ask("stats")
        expect(what + ": kept", stored["people"] if what != "deals" else
               sum('"type":"opportunity"' in line for line in run("dump", "-").splitlines()),
               max(kept, 1))


def check_names():
    """Whoever a row names by an address and an id has opted out by both."""
    database()
    load(write("activities.csv",
               "Subject,Date,Assigned Email,Assigned,Status,Type,Activity ID,Contact ID,Email,"
               "Do Not Call,Email Opt Out",
               "Call,1/2/2020,bo@us.test,Bo,Completed,Call,00T000000000001,003000000000001,"
               "a@a.test,1,1"))
    for who in ("a@a.test", "id:003000000000001"):
        expect("activity: " + who, choices(who), ("out", "out"))
    expect("activity: kept", ask("stats")["interactions"], 1)


def check_person_accounts():
    """Of accounts that are people the opt-outs are applied as those of contacts are."""
    header = ("Id,Name,Type,IsPersonAccount,PersonContactId,FirstName,LastName,PersonEmail,"
              "PersonTitle,PersonHasOptedOutOfEmail,PersonDoNotCall")
    rows = ("001000000000001,Acme,x,0,,,,,,0,0",
            "001000000000002,Ann Lee,x,1,003000000000002,Ann,Lee,ann@a.test,CFO,1,0",
            "001000000000003,Bo Lee,x,1,003000000000003,Bo,Lee,,,1,1",
            "001000000000004,Cy Lee,x,1,,Cy,Lee,cy@a.test,,0,0",
            "001000000000005,Di Lee,x,1,,Di,Lee,,,true,0",
            ",,x,1,,Ed,Lee,ed@a.test,,0,true")
    for columns in (header, header.upper(), header.replace("Type,", "Website,")):
        database()
        seen, report = load(write("accounts.csv", columns, *rows))
        expect("accounts: table", seen["table"], "salesforce accounts")
        expect("accounts: skipped", seen["reasons"], {NOBODY: 1})
        expect("accounts: lines", [line["line"] for line in report], [6])
        expect("accounts: decisions",
               {who: choices(who) for who in ("ann@a.test", "id:003000000000002", "cy@a.test",
                                              "id:003000000000003", "ed@a.test")},
               {"ann@a.test": ("out", "in"), "id:003000000000002": ("out", "in"),
                "cy@a.test": ("in", "in"), "id:003000000000003": ("out", "out"),
                "ed@a.test": ("out", "in")})
        expect("accounts: whose", (ask("show", "ann@a.test")["person"]["name"],
                                   ask("show", "ann@a.test")["person"]["title"]),
               ("Ann Lee", "CFO"))
        expect("accounts: companies", ask("stats")["companies"] >= 5, True)
    database()
    seen, report = load(write("accounts.csv", "Id,PersonHasOptedOutOfEmail", "001000000000001,1"))
    expect("accounts without people", (seen["table"], seen["reasons"]),
           ("salesforce accounts", {NOBODY: 1}))
    database()
    load(write("report.csv", "Account Name,Account Owner,Person Account: Email,"
               "Person Account: Email Opt Out,Person Account: Do Not Call",
               "Ann Lee,Bo,ann@a.test,1,1"))
    expect("report", choices("ann@a.test"), ("out", "out"))


def check_kinds_of_mail():
    """Who opted out of one kind of mail, by HubSpot's columns, is not asked for favours either."""
    for label in ("Opted out of email: One to One", "hs_email_optout_7610754",
                  "hs_email_optout_timestamp", "Opted out of all email"):
        for header, table in (("Record ID,Email,%s", "hubspot contacts"), ("Email,Name,%s", None)):
            database()
            seen, _ = load(write("kinds.csv", header % label, "1,a@a.test,Yes" if table else
                                 "a@a.test,Ann,Yes"))
            expect(label + ": table", seen["table"], table)
            expect(label, choices("a@a.test"), ("out", "in"))
    for label, decided in (("Do not allow Bulk Emails", ("out", "in")),
                           ("donotbulkemail", ("out", "in")),
                           ("Unsubscribed Time", ("out", "in")),
                           ("Unsubscribed from Emails", ("out", "in")),
                           ("Nie dzwonić", ("out", "in")),
                           ("Nie kontaktować się", ("out", "out"))):
        database()
        load(write("labels.csv", "Email,Name," + label, "a@a.test,Ann,1"))
        expect(label, choices("a@a.test"), decided)


def check_days():
    """No decision of a day that has not come holds against one that is made today; but an opt-out
    holds at once. A dump is loaded as it was."""
    database()
    day = "2999-01-01"
    lines = [{"introductions": "in", "contact": "in"}, {"introductions": "ask"},
             {"introductions": "out", "contact": "in"}, {"contact": "out", "sharing": "open"},
             {"sharing": "open"}, {"sharing": "closed"}]
    lines = [json.dumps({"type": "consent", "person": "p%d@a.test" % at, "since": day, **line})
             for at, line in enumerate(lines)]
    seen, report = load(write("days.jsonl", *lines))
    expect("days: skipped", seen["reasons"], {"has not taken place yet": 3})
    expect("days: lines", [line["line"] for line in report], [1, 2, 5])
    expect("days: notes", seen["notes"],
           {"decision of a day that has not come, other than an opt-out": 2})
    expect("days: out", people(),
           {"p2@a.test": ["introductions"], "p3@a.test": ["contact"], "p5@a.test": []})
    load(write("today.jsonl", '{"type":"person","email":"p0@a.test"}'))
    run("optout", "p0@a.test")
    expect("days: by hand", choices("p0@a.test"), ("out", "in"))
    for command in (["optin"], ["optout"], ["optin", "--ask"], ["sharing"]):
        run(*command[:1], "p0@a.test", *command[1:], *["open"] * (command == ["sharing"]),
            "--day", day, code=2)
    expect("days: by hand, still", choices("p0@a.test"), ("out", "in"))
    database()
    run("load", write("dump.jsonl", *lines))
    expect("days: loaded", choices("p0@a.test"), ("in", "in"))
    expect("days: loaded, ask", choices("p1@a.test"), ("ask", "in"))


def check_erased():
    """A row that names somebody who was erased brings nobody back by another of its identities."""
    for name, lines in (
            ("contacts", ("Id,LastName,Email,HasOptedOutOfEmail",
                          "003000000000001,Lee,new@a.test,1")),
            ("accounts", ("Id,PersonContactId,PersonEmail,PersonDoNotCall",
                          "001000000000001,003000000000001,new@a.test,1")),
            ("deals", ("Opportunity Name,Stage,Contact ID,Email,Role,Email Opt Out",
                       "Big,Open,003000000000001,new@a.test,Buyer,1")),
            ("spreadsheet", ("Email,E-mail 2 Address,Company,Connected On,Opt out",
                             "new@a.test,old@a.test,Acme ::: Beta,2020-01-02,1"))):
        database()
        load(write("before.csv", "Id,LastName,Email", "003000000000001,Lee,old@a.test"))
        run("forget", "old@a.test")
        seen, _ = load(write(name + ".csv", *lines), "--owner", "bo@us.test")
        expect("erased: " + name, seen["reasons"], {"erased": 1})
        expect("erased: %s: new address" % name, "new@a.test" in run("dump", "-"), False)


def check_signs():
    """A cell of any sign counts, but for those that stand for nothing."""
    yes = ["\u2705", "\u2714\ufe0f", "\u274c", "\u00d7", "\u2717", "\u2022", "*", "?", "x",
           "[x]", "N\u00e3o sei", "Do not allow", "2024-01-01"]
    no = ["", " ", "\u00a0", "-", "--", "\u2013", "\u2014", "\u2610", "\u25a1",
          "\u2b1c\ufe0f", "[ ]", "0000-00-00 00:00:00", "0.0",
          "N/A", "...", "No", "(no)", "0", "NEIN", "\u2014 no \u2014"]
    database()
    load(write("signs.csv", "Email,Do Not Contact",
               *("p%d@a.test,%s" % (at, cell) for at, cell in enumerate(yes + no))))
    expect("signs", {cell: "p%d@a.test" % at in people() for at, cell in enumerate(yes + no)},
           {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)})


def check_by_hand():
    """What somebody decided by hand is no statement of the file, in a dry run either."""
    database()
    load(write("person.jsonl", '{"type":"person","email":"a@a.test"}'))
    run("optin", "a@a.test")
    load(write("ask.jsonl", '{"type":"consent","person":"a@a.test","introductions":"ask"}'))
    expect("by hand", choices("a@a.test"), ("in", "in"))


check_nobody()
check_erased()
check_names()
check_person_accounts()
check_kinds_of_mail()
check_days()
check_signs()
check_by_hand()
