#!/bin/sh
# The story of the demonstration holds: three friends of the firm and a friend's friend introduce it
# to Meridian; the investor, who would be the best, has opted out and is used by no path; at
# Harbourline it is the engineer who is known, not sales.
set -u
day=2026-03-31
WARMPATH_DB=$PWD/network.warmpath
export WARMPATH_DB

# fail MESSAGE
fail() {
    echo "failed: $1"
    exit 1
}

command -v python3 >/dev/null 2>&1 || {
    echo "skipped: python3 is not installed"
    exit 77
}
"$WARMPATH_GENERATE" demo market --day "$day" || fail "warmpath-generate demo"
"$WARMPATH" init --us halden.example || fail "init"
"$WARMPATH" --quiet import market/people.jsonl market/mail market/friends >import.txt ||
    fail "import: $(cat import.txt)"

# paths_to TARGET: "introducer hops" a path, best first.
paths_to() {
    "$WARMPATH" path --to "$1" --day "$day" --json >paths.json || fail "path --to $1"
    python3 -c '
import json
for path in json.load(open("paths.json"))["paths"]:
    print(path["introducer"]["email"], path["hops"])'
}

# expect WHAT SEEN EXPECTED
expect() {
    [ "$2" = "$3" ] || fail "$1:
$2
expected:
$3"
}

friends="oskar.lindgren@tessera.example 2
elin.aas@westfjord.example 2
victor@roboforum.example 2
amara.nwosu@penrose.example 3"

expect "Meridian" "$(paths_to meridian.example)" "$friends"
! grep -q dana@larkspur.example paths.json || fail "a path leads through somebody who opted out"

expect "Harbourline" "$(paths_to harbourline.example | head -n 1)" \
    "lukasz.wisniewski@halden.example 1"
! grep -q priya.raman paths.json || fail "unanswered letters made a path"

# Her consent decides, nothing else: with it she is the best.
"$WARMPATH" optin dana@larkspur.example || fail "optin"
expect "Meridian with the investor" "$(paths_to meridian.example)" "dana@larkspur.example 2
$friends"
"$WARMPATH" optout dana@larkspur.example || fail "optout"
expect "Meridian without her again" "$(paths_to meridian.example)" "$friends"

# Both addresses of one person are one person.
"$WARMPATH" show oskar@lindgren.example --day "$day" --json >show.json || fail "show"
grep -q oskar.lindgren@tessera.example show.json ||
    fail "the private address is somebody else"

"$WARMPATH" check --deep >check.txt 2>&1 || fail "check: $(cat check.txt)"
exit 0
