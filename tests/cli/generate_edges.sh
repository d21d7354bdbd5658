#!/bin/sh
# warmpath-generate edges: as many lines as asked for, the same every time, no self-loops, no
# duplicates where none are allowed, weights within bounds, hubs where hubs were asked for.
set -u

# fail MESSAGE
fail() {
    echo "failed: $1"
    exit 1
}

# check_lines SHAPE FILE PEOPLE TIES
check_lines() {
    awk -F, -v people="$3" -v ties="$4" -v shape="$1" '
        NF != 3 || $1 == $2 || $1 < 1 || $1 > people || $2 < 1 || $2 > people { bad = bad NR " " }
        $3 !~ /^0\.[0-9][0-9][0-9][0-9]$/ || $3 < .02 || $3 > .98 { bad = bad NR " " }
        seen[$1 "," $2]++ && shape != "rmat" { bad = bad NR " " }
        END {
            if (NR != ties)
                bad = bad "count " NR
            if (bad != "") { print substr(bad, 1, 200); exit 1 }
        }' "$2" || fail "$1: lines above are wrong"
}

# same_sum FILE CKSUM
same_sum() {
    [ "$(cksum <"$1")" = "$2" ] || fail "$1: the bytes changed: $(cksum <"$1")"
}

# most_ties FILE: of the person with most ties out.
most_ties() {
    cut -d , -f 1 "$1" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }'
}

for shape in uniform hubs rmat; do
    "$WARMPATH_GENERATE" edges --people 3000 --ties 20000 --shape "$shape" --seed 7 >"$shape" ||
        fail "$shape"
    "$WARMPATH_GENERATE" edges --people 3000 --ties 20000 --shape "$shape" --seed 8 >other ||
        fail "$shape with another seed"
    ! cmp -s "$shape" other || fail "$shape: the seed changes nothing"
    check_lines "$shape" "$shape" 3000 20000
done
same_sum uniform "1430693200 325116"
same_sum hubs "4283488897 319639"
same_sum rmat "2030668300 321724"

[ "$(most_ties uniform)" -eq 7 ] || fail "uniform: somebody has more than ties/people"
[ "$(most_ties hubs)" -gt 200 ] || fail "hubs: there are none"
[ "$(most_ties rmat)" -gt 100 ] || fail "rmat: there are no hubs"

# Without weights, as many as there can be: everybody knows everybody.
for shape in uniform hubs; do
    "$WARMPATH_GENERATE" edges --people 20 --ties 380 --shape "$shape" --weights none >full
    [ "$(grep -cE '^[0-9]+,[0-9]+$' full)" -eq 380 ] || fail "$shape: lines are not src,dst"
    [ "$(sort -u full | wc -l)" -eq 380 ] || fail "$shape: duplicates in the complete graph"
done
[ "$("$WARMPATH_GENERATE" edges --people 0 --ties 0 | wc -c)" -eq 0 ] || fail "no ties: output"

# refuse WORD ARGUMENT...
refuse() {
    word=$1
    shift
    "$WARMPATH_GENERATE" edges "$@" >out 2>err
    code=$?
    [ "$code" -eq 2 ] || fail "$*: exit code $code, expected 2"
    [ ! -s out ] || fail "$*: something on stdout"
    [ "$(wc -l <err)" -eq 1 ] || fail "$*: not one line on stderr"
    grep -qe "$word" err || fail "$*: $(cat err)"
}

refuse both --people 5
refuse both --ties 5
refuse --people --people -5 --ties 1
refuse --people --people 4294967296 --ties 1
refuse --ties --people 5 --ties 21
refuse --ties --people 1 --ties 1 --shape rmat
refuse --shape --people 5 --ties 2 --shape star
refuse --weights --people 5 --ties 2 --weights cost
refuse argument --people 5 --ties 2 file

# A full disk is reported.
if [ -c /dev/full ]; then
    "$WARMPATH_GENERATE" edges --people 100 --ties 900 2>err >/dev/full
    code=$?
    [ "$code" -eq 5 ] || fail "a full disk: exit code $code"
    grep -q stdout err || fail "a full disk: $(cat err)"
fi
exit 0
