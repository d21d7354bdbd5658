#!/bin/sh
# Run a command in a new, empty directory, which is removed afterwards: in_scratch.sh COMMAND ARG...
# TMPDIR decides where it lies. The command's exit code is passed on.
set -u
scratch=$(mktemp -d "${TMPDIR:-/tmp}/warmpath-test.XXXXXX") || exit 1
trap 'cd / && rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
cd "$scratch" || exit 1
"$@"
