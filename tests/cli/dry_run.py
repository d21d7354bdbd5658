#!/usr/bin/env python3
"""A dry run over several files says what importing them says, also where they overlap.

The same people stand in a table, in address books, calendars, mail and JSON lines, each with other
words beside. The program is $WARMPATH.
"""

import itertools

import _tool

FILES = {
    "table.csv": "First Name,Last Name,Email Address,Company,Position\n"
                 "Ann,Lee,ann@acme.com,Acme,VP\nBob,Ray,bob@us.com,Us,CEO\n",
    "other.csv": "Email Address,First Name,Last Name,Notes\n"
                 "ANN@acme.com,Anna,Lee,met in May\nnew@acme.com,New,One,\n",
    "cards.vcf": "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nEMAIL:ann@acme.com\nORG:Acme\nTITLE:VP\n"
                 "END:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Cid\nEMAIL:cid@acme.com\nEND:VCARD\n",
    "meeting.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20240304T100000Z\n"
                   "ORGANIZER;CN=Bob:mailto:bob@us.com\nATTENDEE;CN=Cid:mailto:cid@acme.com\n"
                   "END:VEVENT\nEND:VCALENDAR\n",
    "again.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20240304T100000Z\n"
                 "ORGANIZER:mailto:bob@us.com\nATTENDEE;CN=Cid:mailto:cid@acme.com\n"
                 "END:VEVENT\nEND:VCALENDAR\n",
    "mail.eml": "From: Ann <ann@acme.com>\nTo: bob@us.com\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n"
                "Message-ID: <m1@acme.com>\nSubject: x\n\n",
    "lines.jsonl": '{"type":"person","email":"dan@acme.com","name":"Dan"}\n'
                   '{"type":"interaction","id":"i1","kind":"mail","time":"2024-01-01T10:00:00Z",'
                   '"from":"dan@acme.com","to":["bob@us.com"]}\n',
}

for path, text in FILES.items():
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def counts(report):
    return {one["path"]: (one["new"], one["known"], one["skipped"]) for one in report["files"]}


number = 0
for first, second in itertools.permutations(FILES, 2):
    number += 1
    database = "db%d" % number
    _tool.run("--db", database, "init", "--us", "us.com")
    rest = [path for path in FILES if path not in (first, second)]
    order = [first, second] + rest
    rehearsed = counts(_tool.ask("--db", database, "import", "--dry-run", *order))
    _tool.expect("dry run of %s" % order, rehearsed,
                 counts(_tool.ask("--db", database, "import", *order)))

# What names somebody by one of several identities is known by all of them when it is read again.
ROLES = {
    "contacts.csv": "Id,LastName,Email,AccountId\n"
                    "0035g00000AbC01AAF,Ray,bob@us.com,0015g00000AbC01\n",
    "roles.csv": "Id,OpportunityId,ContactId,Role,IsPrimary\n"
                 "00K5g00000AbC01,0065g00000AbC01,0035g00000AbC01,Buyer,true\n",
    "deals.csv": "Id,AccountId,Name,StageName\n0065g00000AbC01,0015g00000AbC01,Deal,Open\n",
    "accounts.csv": "Id,Name,Type,Website\n0015g00000AbC01,Acme,,\n",
}
for path, text in ROLES.items():
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
_tool.run("--db", "roles", "init", "--us", "us.com")
_tool.expect("roles", counts(_tool.ask("--db", "roles", "import", "--dry-run", *ROLES)),
             {"contacts.csv": (1, 0, 0), "roles.csv": (1, 0, 0), "deals.csv": (0, 1, 0),
              "accounts.csv": (0, 1, 0)})
_tool.run("--db", "roles", "import", *ROLES)
_tool.expect("read again", counts(_tool.ask("--db", "roles", "import", "--dry-run", *ROLES)),
             dict.fromkeys(ROLES, (0, 1, 0)))

# Versions of an interaction that differ only in who took part: one of them counts, and which is
# told beforehand, in whatever order they come.
VERSIONS = ['{"type":"interaction","id":"v","kind":"call","time":"2024-01-01T10:00:00Z",'
            '"from":"%s","to":["%s"]%s}\n' % one for one in
            (("Cid@acme.com", "bob@us.com", ""), ("ann@acme.com", "eve@us.com", ""),
             ("ann@acme.com", "bob@us.com", ""), ("ann@acme.com", "id:7", ',"reply_to":"x"'))]
# An employment stated again in the row that makes the two of them one person.
JOINED = ['{"type":"person","email":"ann@acme.com","company":"acme.com","title":"CEO"}\n',
          '{"type":"person","email":"ann@home.org","id":"9"}\n',
          '{"type":"person","id":"9","emails":["ann@acme.com"],"company":"acme.com",'
          '"title":"CEO"}\n']
for rows in list(itertools.permutations(VERSIONS)) + list(itertools.permutations(JOINED)):
    number += 1
    database = "db%d" % number
    _tool.run("--db", database, "init", "--us", "us.com")
    for path, text in (("first.jsonl", rows[0]), ("all.jsonl", "".join(rows))):
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        told = counts(_tool.ask("--db", database, "import", "--dry-run", path))
        _tool.expect("%s of %s" % (path, rows), told,
                     counts(_tool.ask("--db", database, "import", path)))
