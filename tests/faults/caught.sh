#!/bin/sh
# A negative control: a test program that was linked with a broken library must find it out.
#
#   caught.sh WHAT MESSAGE PROGRAM [ARG...]
#
# Passes only when the program prints a line with that text, by which it will fail, and does not end
# well. It need not go on then: a broken library can hang thousands of times. A program that fails
# for another reason proves nothing. What it keeps of failures is removed.
set -u
what=$1 message=$2
shift 2
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/warmpath-control.XXXXXX") || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT TERM
"$@" >"$TMPDIR/output" 2>&1 &
program=$!
while kill -0 "$program" 2>/dev/null; do
    if grep -qF "$message" "$TMPDIR/output"; then
        sleep 1 # for one that ends by itself
        kill -KILL "$program" 2>/dev/null
        break
    fi
    sleep 0.1
done
wait "$program" 2>/dev/null
seen=$?
if [ "$seen" -eq 77 ]; then
    cat "$TMPDIR/output"
    exit 77
fi
if [ "$seen" -ne 0 ] && grep -F -m 1 "$message" "$TMPDIR/output"; then
    echo "class 16: $what: caught, exit code $seen"
    exit 0
fi
echo "class 16: $what: not caught: exit code $seen, expected \"$message\""
tail -n 20 "$TMPDIR/output"
exit 1
