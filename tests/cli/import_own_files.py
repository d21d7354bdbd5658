#!/usr/bin/env python3
"""What a directory may hold besides exports: the database that is written, and names of any bytes.

Neither the database nor its lock is opened again: closing them would drop the locks of the process
that imports; and no command writes its answer into their place. The source of a file whose name is
no text is named by what can be read of it, and is taken back by its path. The program is $WARMPATH.
"""

import os
import shutil
import subprocess

import _tool

TABLE = b"Email,Name\n%s,Ann Lee\n"


def write(name, content):
    with open(name, "wb") as out:
        out.write(content)


def opened(*arguments):
    """How often a run of the tool opens a file named 'db' or 'db-lock'; None: it cannot be told."""
    if shutil.which("strace") is None:
        return None
    done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=openat,open", _tool.TOOL,
                           *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    return sum("/db\"" in line or "db-lock\"" in line for line in done.stderr.splitlines())


def check_own_database():
    os.mkdir("all")
    _tool.run("--db", "all/db", "init", "--us", "us.com")
    os.link("all/db", "all/linked")
    write("all/rows.csv", TABLE % b"ann@us.com")
    files = {os.path.basename(file["path"]): file["problem"]
             for file in _tool.ask("--db", "all/db", "import", "all")["files"]}
    itself = "the database itself, expected an export"
    _tool.expect("a directory", files, {"db": itself, "db-lock": itself, "linked": itself,
                                        "rows.csv": None})
    _tool.run("--db", "all/db", "import", "--format", "mbox", "all/db", code=3)
    alone, beside = (opened("--db", "all/db", "import", "--dry-run", path)
                     for path in ("all/rows.csv", "all"))
    _tool.expect("opened", beside, alone)


def check_names():
    _tool.run("--db", "names", "init", "--us", "us.com")
    before = _tool.run("--db", "names", "dump")
    for name, shown in ((b"two\nlines.csv", "two lines.csv"), (b"caf\xe9.csv", "café.csv")):
        write(name, TABLE % b"ann@acme.com")
        _tool.run("--db", "names", "import", os.fsdecode(name))
        sources = _tool.ask("--db", "names", "sources")["sources"]
        _tool.expect("sources", [os.path.basename(source["name"]) for source in sources], [shown])
        _tool.run("--db", "names", "import", "--undo", os.fsdecode(name))
        _tool.expect_same_dump(shown, _tool.run("--db", "names", "dump"), before)
    _tool.run("--db", "names", "import", "--source", "a\nb", "caf\udce9.csv", code=2)


def check_overwriting():
    """No command writes what it says into the place of the database."""
    _tool.run("--db", "kept", "init", "--us", "us.com")
    write("rows.csv", TABLE % b"ann@us.com")
    _tool.run("--db", "kept", "import", "rows.csv")
    for name in ("kept", "kept-lock"):
        _tool.run("--db", "kept", "dump", name, code=2)
        _tool.run("--db", "kept", "import", "--report", name, "rows.csv", code=2)
        _tool.run("--db", "kept", "reach", "--csv", name, code=2)
    _tool.run("--db", "kept", "check", "--deep")


check_own_database()
check_overwriting()
check_names()
