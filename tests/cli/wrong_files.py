#!/usr/bin/env python3
"""Files that are not what they are called: one line says which file, what was seen and expected.

Also the variants of tables that are read all the same: semicolons, the line "sep=;" of Excel, old
ends of lines, UTF-16 with and without its mark. The program is $WARMPATH.
"""

import io
import os
import subprocess
import zipfile

import _tool

TABLE = "First Name,Last Name,Email Address,Company,Position\nAnn,Lee,ann@acme.com,Acme,VP\n"
CONNECTIONS = ("First Name,Last Name,URL,Email Address,Company,Position,Connected On\n" +
               "Ann,Lee,https://www.linkedin.com/in/ann-lee,,Acme,VP,01 Jan 2024\n" * 50)


def zipped(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


ARCHIVE = zipped("Connections.csv", CONNECTIONS)

REFUSED = [
    ("report.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a PDF, expected text"),
    ("noise.csv", bytes(range(256)) * 40, "binary, expected text"),
    ("list.json", b'[\n  {"type": "person"}\n]\n', "JSON, expected an object a line"),
    ("object.json", b'{\n  "type": "person"\n}\n', "JSON, expected an object a line"),
    ("page.csv", b"\n<!DOCTYPE html><html><title>Sign in</title></html>\n", "a web page or XML"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a document of old Excel"),
    ("book.xlsx", zipped("[Content_Types].xml", "<x/>"), "a workbook, expected it saved as CSV"),
    ("other.zip", zipped("photo.txt", "nothing"), "a ZIP without a table of LinkedIn"),
    ("cut.zip", ARCHIVE[:len(ARCHIVE) // 2], "expected a whole ZIP"),
    ("mail.mbox.gz", b"\x1f\x8b\x08\x00" + bytes(50), "compressed, expected plain text"),
    ("people.csv", b"Ann,Lee,ann@acme.com\nBob,Ray,bob@us.com\n", "format not recognised"),
]

READ = [
    ("semicolons.csv", TABLE.replace(",", ";").encode(), 1),
    ("sep.csv", ("sep=;\r\n" + TABLE.replace(",", ";").replace("\n", "\r\n")).encode(), 1),
    ("old_mac.csv", TABLE.replace("\n", "\r").encode(), 1),
    ("utf16.csv", TABLE.encode("utf-16"), 1),
    ("utf16le.csv", TABLE.encode("utf-16-le"), 1),
    ("utf16be.csv", TABLE.encode("utf-16-be"), 1),
    ("header.csv", TABLE.split("\n", maxsplit=1)[0].encode() + b"\n", 0),
    ("empty.csv", b"", 0),
]


def database():
    for name in ("db", "db-lock"):
        if os.path.exists(name):
            os.remove(name)
    _tool.run("--db", "db", "init", "--us", "us.com")


def write(name, content):
    with open(name, "wb") as out:
        out.write(content)


for name, content, words in REFUSED:
    database()
    write(name, content)
    done = subprocess.run([_tool.TOOL, "--db", "db", "import", "--quiet", name], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    _tool.expect(name, done.returncode, 3)
    said = [line for line in done.stderr.splitlines() if line.startswith("warmpath: import: ")]
    _tool.expect("%s: lines" % name, len(said), 1)
    _tool.expect("%s: %s" % (name, said[0]), name in said[0] and words in said[0], True)
for name, content, people in READ:
    database()
    write(name, content)
    report = _tool.ask("--db", "db", "import", name)
    _tool.expect(name, (report["total"]["new"], report["total"]["skipped"]), (people, 0))

# An address that no mail server takes is refused with its place.
database()
write("long.csv", (TABLE + "Bob,Ray,%s@us.com,Us,CEO\n" % ("x" * 65)).encode())
report = _tool.ask("--db", "db", "import", "--report", "skipped", "long.csv")
_tool.expect("65 letters", (report["total"]["new"], report["total"]["skipped"]), (1, 1))
with open("skipped", encoding="utf-8") as lines:
    _tool.expect("its place", '"line":3' in lines.read(), True)
