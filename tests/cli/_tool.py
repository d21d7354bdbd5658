"""What the tests that drive the tool on real data share: running it, and failing in one line.

The environment names the tool (WARMPATH) and the folder of the data (WARMPATH_DATA). A test is run
in an empty directory, where its databases lie. Messages name people by number alone.
"""

import json
import math
import os
import subprocess
import sys

TOOL = os.environ.get("WARMPATH", "warmpath")
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get("WARMPATH_DATA") or os.path.join(SOURCE, "..", "shared", "data")


def fail(message):
    sys.exit("failed: " + message)


def expect(what, seen, expected):
    if seen != expected:
        fail("%s: %s, expected %s" % (what, seen, expected))


def expect_same_dump(what, seen, expected):
    """Two dumps; the first line that one of them lacks is shown."""
    for one, other in ((seen, expected), (expected, seen)):
        known = set(other.splitlines())
        for line in one.splitlines():
            if line not in known:
                fail("%s: %s: %s" % (what, "too much" if one is seen else "lacks", line))
    expect(what, seen == expected, True)


def expect_near(what, seen, expected, relative=1e-6):
    if seen is None or not math.isclose(seen, expected, rel_tol=relative, abs_tol=1e-300):
        fail("%s: %r, expected %r" % (what, seen, expected))


def data_file(*names):
    """The path of a file of the data; the test is skipped when it is absent."""
    path = os.path.join(DATA, *names)
    if not os.path.exists(path):
        print("skipped: %s is absent (see WARMPATH_DATA)" % "/".join(names))
        sys.exit(77)
    return path


def run(*arguments, code=0):
    """Run the tool, expect its exit code (one, or one of several), return what it printed."""
    done = subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode not in (code if isinstance(code, tuple) else (code,)):
        fail("%s: exit code %d, expected %s: %s" %
             (" ".join(arguments), done.returncode, code, (done.stderr + done.stdout)[:500]))
    return done.stdout


def ask(*arguments):
    """The JSON document that the tool answers with."""
    return json.loads(run(*arguments, "--json"))


def expect_import(what, report, read, new, skipped=0):
    total = report["total"]
    seen = {key: total[key] for key in ("read", "new", "known", "skipped")}
    expect(what, seen, {"read": read, "new": new, "known": read - new - skipped,
                        "skipped": skipped})


def strength_of(inbound, outbound):
    """z and s by the model."""
    z = .8 * math.sqrt(inbound) + .2 * math.sqrt(min(outbound, 4 * inbound))
    return z, z / (z + 1.34)


def cost_of(strength):
    """The cost of a tie without breaches in micro-nats; None: it cannot be used."""
    p = min(.98, strength)
    return max(20203, round(-math.log(p) * 1e6)) if p > 0 else None


def contribution_of(weight, age_days):
    return weight * (2 ** (-age_days / 30) + 30 / 365 * 2 ** (-age_days / 365))
