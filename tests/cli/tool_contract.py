#!/usr/bin/env python3
"""The tool's contract, as a table of cases.

The cases are in tool_contract.cases, which explains their form. Each runs a command and looks at
its exit code, stdout and stderr.

The program is $WARMPATH. Everything happens in a directory of its own that is removed at the end.
"""

import json
import math
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import unicodedata

TOOL = os.environ.get("WARMPATH", "warmpath")

PEOPLE = [
    {"type": "company", "domain": "us.com", "name": "Us", "us": True},
    {"type": "company", "domain": "acme.com", "name": "Acme", "id": "A1"},
    {"type": "company", "domain": "beta.org", "name": "Beta"},
    {"type": "company", "domain": "empty.net", "name": "Empty"},
    {"type": "person", "email": "ann@us.com", "name": "Ann Lee", "id": "42"},
    {"type": "person", "email": "bob@us.com", "name": "Bob Jones"},
    {"type": "person", "email": "carol@acme.com", "emails": ["carol@home.example"],
     "linkedin": "carol-smith", "name": "Carol Smith", "company": "acme.com", "title": "VP Sales"},
    {"type": "person", "email": "dave@acme.com", "name": "Dave Müller"},
    {"type": "employment", "person": "dave@acme.com", "company": "acme.com", "title": "Engineer",
     "from": "2021-03-01", "to": None},
    {"type": "person", "email": "eve@beta.org", "name": "Eve Stone"},
    {"type": "person", "email": "sam1@beta.org", "name": "Sam Hill"},
    {"type": "person", "email": "sam2@beta.org", "name": "Sam Hill"},
    {"type": "person", "email": "odd@beta.org", "name": "=Odd, \u202eeman\u202c"},
    {"type": "person", "id": "lone", "name": "Lone Wolf"},
]


def interactions():
    number = 0
    talks = [("ann@us.com", "bob@us.com", 6), ("bob@us.com", "carol@acme.com", 5),
             ("ann@us.com", "eve@beta.org", 2), ("eve@beta.org", "dave@acme.com", 3),
             ("bob@us.com", "odd@beta.org", 2)]
    for one, other, count in talks:
        for day in range(1, count + 1):
            for sender, to in ((one, other), (other, one)):
                number += 1
                yield {"type": "interaction", "id": "<m%d@x>" % number, "kind": "mail",
                       "time": "2024-02-%02dT12:00:00Z" % day, "from": sender, "to": [to],
                       "cc": [], "bcc": [], "valence": 0, "reply_to": None}
    # One-way: Ann wrote to a person who never answered.
    yield {"type": "interaction", "id": "cold", "kind": "mail", "time": "2024-02-03T12:00:00Z",
           "from": "ann@us.com", "to": ["sam1@beta.org"]}
    yield {"type": "tie", "from": "bob@us.com", "to": "id:lone", "p": 0.37}


def width(line):
    total = 0
    for char in line:
        if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
            continue
        total += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return total


def parse_cases(text):
    for block in re.split(r"\n\s*\n", text):
        case = {"command": None, "code": 0, "out": [], "err": [], "docs": [],
                "no_out": False, "no_err": False, "any_lines": False}
        for line in block.strip("\n").split("\n"):
            if line.startswith("$ "):
                case["command"] = line[2:]
            elif line.startswith("= "):
                case["code"] = int(line[2:])
            elif line.startswith("> "):
                case["out"].append(line[2:])
            elif line.startswith("! "):
                case["err"].append(line[2:])
            elif line.startswith("? "):
                case["docs"].append(line[2:])
            elif line == ">-":
                case["no_out"] = True
            elif line == "!-":
                case["no_err"] = True
            elif line == "!*":
                case["any_lines"] = True
            elif line and not line.startswith("#"):
                sys.exit("a line of the table is not understood: " + line)
        if case["command"]:
            yield case


def match_in_order(patterns, lines):
    """The first pattern that matches no line after those matched before; None: all do."""
    at = 0
    for pattern in patterns:
        while at < len(lines) and not re.search(pattern, lines[at]):
            at += 1
        if at == len(lines):
            return pattern
        at += 1
    return None


def check_docs(case, out):
    try:
        d = json.loads(out)
    except ValueError as error:
        return ["stdout is no JSON: %s" % error]
    problems = []
    for expression in case["docs"]:
        try:
            if not eval(expression, {"d": d, "math": math}):
                problems.append("not true: " + expression)
        except (KeyError, IndexError, TypeError) as error:
            problems.append("%s: %r" % (expression, error))
    return problems


def problems_of(case, code, out, err):
    problems = []
    out_lines, err_lines = out.split("\n")[:-1], err.split("\n")[:-1]
    if code != case["code"]:
        problems.append("exit code %d, expected %d" % (code, case["code"]))
    for name, patterns, lines in (("stdout", case["out"], out_lines),
                                  ("stderr", case["err"], err_lines)):
        missing = match_in_order(patterns, lines)
        if missing is not None:
            problems.append("%s has no line like %s" % (name, missing))
    if case["no_out"] and out:
        problems.append("stdout is not empty")
    if case["no_err"] and err:
        problems.append("stderr is not empty")
    if case["code"] != 0 and not case["any_lines"]:
        if len(err_lines) != 1 or not err_lines[0].startswith("warmpath: "):
            problems.append("stderr is not one line that begins with 'warmpath: '")
    if case["docs"]:
        problems += check_docs(case, out)
    elif not re.search("dump|csv|svg|dot|--man|json", case["command"]):
        problems += ["wider than 80 columns: " + line for line in out_lines if width(line) > 80]
    return problems


def run_cases(text, environment):
    failed = total = 0
    for case in parse_cases(text):
        total += 1
        done = subprocess.run(["sh", "-c", case["command"]], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        problems = problems_of(case, done.returncode, out, err)
        if problems:
            failed += 1
            print("FAILED $ %s\n  %s" % (case["command"], "\n  ".join(problems)))
            print("  stdout: %s\n  stderr: %s" % (out[:1500], err[:600]))
    return failed, total


def on_terminal(arguments, environment):
    """What a command prints on a terminal of 80 columns."""
    master, slave = pty.openpty()
    process = subprocess.Popen([TOOL] + arguments, env=environment, stdin=slave, stdout=slave,
                               stderr=slave, close_fds=True)
    os.close(slave)
    pieces = []
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    process.wait()
    os.close(master)
    return b"".join(pieces).decode("utf-8")


def check_terminal(environment):
    """Colours on a terminal only, and never the escape or bidirectional controls of a name."""
    problems = []
    arguments = ["path", "--to", "acme.com", "--day", "2024-03-01"]
    plain = {key: value for key, value in environment.items() if key != "NO_COLOR"}
    plain["TERM"] = "xterm"
    if "\033[" not in on_terminal(arguments, plain):
        problems.append("no colours on a terminal")
    if "\033[" in on_terminal(arguments + ["--no-color"], plain):
        problems.append("colours in spite of --no-color")
    if "\033[" in on_terminal(arguments, dict(plain, NO_COLOR="1")):
        problems.append("colours in spite of NO_COLOR")
    if "\u202e" in on_terminal(["show", "odd@beta.org"], plain):
        problems.append("a bidirectional control reached the terminal")
    if "rows" not in on_terminal(["import", "people.jsonl"], plain):
        problems.append("no account of an import on a terminal")
    return problems


def check_interrupt(environment):
    """An interrupt in the middle of an import: code 5, and the database is whole."""
    subprocess.run([TOOL, "-q", "--db", "i.warmpath", "init"], env=environment, check=True)
    process = subprocess.Popen([TOOL, "--db", "i.warmpath", "import", "--format", "edges", "-"],
                               env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    try:
        for number in range(30000):
            process.stdin.write(b"a%d b%d 0.5\n" % (number, number))
        process.stdin.flush()  # more than a pipe holds: the tool is reading by now
        process.send_signal(signal.SIGINT)
        for number in range(200000):
            process.stdin.write(b"c%d d%d 0.5\n" % (number, number))
        process.stdin.close()
    except BrokenPipeError:
        pass
    process.stdin = None
    _, err = process.communicate(timeout=60)
    problems = []
    if process.returncode != 5 or b"interrupted" not in err:
        problems.append("interrupt: code %d, %r" % (process.returncode, err[-300:]))
    checked = subprocess.run([TOOL, "--db", "i.warmpath", "check"], env=environment,
                             stdout=subprocess.DEVNULL)
    if checked.returncode != 0:
        problems.append("interrupt: the database has faults")
    return problems


def main():
    if not os.path.exists(TOOL):
        print("no tool at $WARMPATH: skipped")
        return 77
    tool = os.path.abspath(TOOL)
    with open(os.path.splitext(os.path.abspath(__file__))[0] + ".cases", encoding="utf-8") as file:
        cases = file.read()
    with tempfile.TemporaryDirectory() as directory:
        os.mkdir(os.path.join(directory, "bin"))
        os.symlink(tool, os.path.join(directory, "bin", "warmpath"))
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("WARMPATH_DB", "COLUMNS")}
        environment["PATH"] = os.path.join(directory, "bin") + ":" + environment["PATH"]
        environment["NO_COLOR"] = "1"
        os.chdir(directory)
        globals()["TOOL"] = tool
        with open("people.jsonl", "w", encoding="utf-8") as file:
            for row in PEOPLE + list(interactions()):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        failed, total = run_cases(cases, environment)
        problems = check_interrupt(environment)
        try:
            problems += check_terminal(environment)
        except OSError as error:
            print("no pseudo-terminal (%s): what a terminal shows is not checked" % error)
        os.chdir("/")
    for problem in problems:
        print("FAILED " + problem)
    print("%d cases, %d failed; %d other problems" % (total, failed, len(problems)))
    return 1 if failed or problems else 0


if __name__ == "__main__":
    sys.exit(main())
