#!/bin/sh
# tools/demo refuses wrong arguments in one line, before it builds anything.
set -u
demo=$WARMPATH_SOURCE/tools/demo

# fail MESSAGE
fail() {
    echo "failed: $1"
    exit 1
}

# refuse CODE WORD ARGUMENT...
refuse() {
    expected=$1 word=$2
    shift 2
    "$demo" "$@" >out 2>err </dev/null
    code=$?
    [ "$code" -eq "$expected" ] || fail "$*: exit code $code, expected $expected"
    [ ! -s out ] || fail "$*: something on stdout"
    [ "$(wc -l <err)" -eq 1 ] || fail "$*: not one line on stderr"
    grep -qe "$word" err || fail "$*: $(cat err)"
}

touch "it's mail.mbox"
refuse 2 mailbox --us us.example --to acme.example
refuse 2 --us "it's mail.mbox" --to acme.example
refuse 2 --to "it's mail.mbox" --us us.example
refuse 2 --us "it's mail.mbox" --us
refuse 2 --wrong --wrong
refuse 3 absent absent.mbox --us us.example --to acme.example
"$demo" --help | grep -q '^On your own mail: tools/demo MAILBOX' || fail "--help"
exit 0
