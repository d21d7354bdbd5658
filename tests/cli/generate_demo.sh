#!/bin/sh
# warmpath-generate demo: the same arguments give the same bytes on every machine, other seeds and
# days give others, and wrong usage is refused in one line.
set -u

# fail MESSAGE
fail() {
    echo "failed: $1"
    exit 1
}

# sum_of DIRECTORY: one checksum of all files, names included.
sum_of() {
    (cd "$1" && find . -type f | LC_ALL=C sort | while read -r file; do
        echo "$file"
        cat "$file"
    done) | cksum
}

"$WARMPATH_GENERATE" demo one || fail "demo"
"$WARMPATH_GENERATE" demo two --seed 1 --day 2026-03-31 || fail "demo with the defaults given"
"$WARMPATH_GENERATE" demo three --seed 2 || fail "demo with a seed"
"$WARMPATH_GENERATE" demo four --day 2020-02-29 || fail "demo with a day"

sum=$(sum_of one)
[ "$sum" = "1542134158 7283932" ] || fail "the bytes changed: $sum"
[ "$(sum_of two)" = "$sum" ] || fail "two runs differ"
[ "$(sum_of three)" != "$sum" ] || fail "the seed changes nothing"
[ "$(sum_of four)" != "$sum" ] || fail "the day changes nothing"
! grep -rhE '^Date: .* 2020 ' four | grep -qvE ' (Jan|Feb) 2020 ' || fail "mail after the last day"

# Files that exist are replaced, not added to.
"$WARMPATH_GENERATE" demo three || fail "demo into a directory that exists"
[ "$(sum_of three)" = "$sum" ] || fail "what was there before is still there"

# refuse CODE WORD ARGUMENT...: exit code, and one line on stderr that names the fault.
refuse() {
    expected=$1 word=$2
    shift 2
    "$WARMPATH_GENERATE" "$@" >out 2>err
    code=$?
    [ "$code" -eq "$expected" ] || fail "$*: exit code $code, expected $expected"
    [ ! -s out ] || fail "$*: something on stdout"
    [ "$(wc -l <err)" -eq 1 ] || fail "$*: not one line on stderr"
    grep -qe "$word" err || fail "$*: $(cat err)"
}

touch file
refuse 2 directory demo
refuse 2 directory demo a b
refuse 2 --day demo a --day 2026-02-30
refuse 2 --day demo a --day 1972-01-01
refuse 2 --seed demo a --seed x
refuse 2 wrong demo a --wrong
refuse 2 command
refuse 2 command nonsense
refuse 5 file demo file
refuse 5 missing demo missing/deeper
"$WARMPATH_GENERATE" --help | grep -q '^Usage: ' || fail "--help"
exit 0
