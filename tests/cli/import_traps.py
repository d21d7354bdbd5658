#!/usr/bin/env python3
"""Traps of real exports, one a function: what is put in, and what must come out.

Cards with several names, companies or titles; drafts that an old LinkedIn archive tells by their
folder alone; jobs that end before they begin. The program is $WARMPATH.
"""

import json
import os

import _tool


def imported(name, text, *options):
    """The report and the dump of a database into which one file was imported."""
    for old in ("db", "db-lock"):
        if os.path.exists(old):
            os.remove(old)
    _tool.run("--db", "db", "init", "--us", "us.com")
    with open(name, "w", encoding="utf-8", newline="") as out:
        out.write(text)
    report = _tool.ask("--db", "db", "import", *options, name)["files"][0]
    _tool.run("--db", "db", "check", "--deep")
    return report, [json.loads(line) for line in _tool.run("--db", "db", "dump").splitlines()]


def check_preferred_texts():
    """PREF decides between several, the order in the card between equals; what is left is told."""
    report, rows = imported("a.vcf", "\r\n".join([
        "BEGIN:VCARD", "VERSION:4.0", "FN;PREF=2:Lee, Second", "FN;PREF=1:First Choice",
        "N:Choice;First;;;", "EMAIL:ann@d.com", "ORG;PREF=2:Dee", "ORG;PREF=1:Eee",
        "TITLE:Chief", "TITLE:Head", "TITLE:Chief", "END:VCARD", ""]))
    _tool.expect("name", [row["name"] for row in rows if row["type"] == "person"],
                 ["First Choice"])
    _tool.expect("post", [(row["company"], row["title"]) for row in rows
                          if row["type"] == "employment"], [("name:Eee", "Chief")])
    _tool.expect("left", report["columns_not_kept"], "FN, ORG, TITLE")


def check_drafts_by_folder():
    """An old table of messages ends at FOLDER: drafts are told by that."""
    ann, bob = ("https://www.linkedin.com/in/" + slug for slug in ("ann", "bob"))
    head = ("CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,"
            "DATE,SUBJECT,CONTENT,FOLDER")
    rows = [",".join(["c1", "", "Ann", ann, "Bob", bob, "2024-01-0%d 10:00:00 UTC" % day, "", "",
                      folder]) for day, folder in enumerate(("INBOX", "DRAFTS", "Draft"), 1)]
    report, rows = imported("messages.csv", "\r\n".join([head, *rows, ""]))
    _tool.expect("reasons", report["reasons"], {"draft of a message": 2})
    _tool.expect("messages", [row["time"] for row in rows if row["type"] == "interaction"],
                 ["2024-01-01T10:00:00Z"])


def check_days_turned_round():
    """A job that ends before it begins keeps company and title, and the days are told as lost."""
    report, rows = imported("jobs.csv", "Email,Company,Title,S,E\r\n"
                            "ann@d.com,Dee,Chief,2021-01-01,2020-01-01\r\n",
                            "--map", "email=Email,company=Company,title=Title,from=S,to=E")
    _tool.expect("jobs", (report["new"], report["notes"]), (1, {"date not usable": 1}))
    report, positions = imported("Positions.csv", "Company Name,Title,Description,Location,"
                                 "Started On,Finished On\r\nDee,Chief,,,Jul 2023,Jun 2022\r\n",
                                 "--owner", "ann@d.com")
    _tool.expect("positions", (report["new"], report["notes"]), (1, {"date not usable": 1}))
    for found in (rows, positions):
        _tool.expect("job", [(row["title"], row["from"], row["to"]) for row in found
                             if row["type"] == "employment"], [("Chief", None, None)])


check_preferred_texts()
check_days_turned_round()
check_drafts_by_folder()
