#!/bin/sh
# A load test, small enough for every run: 20 000 people and 200 000 ties with hubs. Everything is
# counted, an import again adds nothing, the deep check is clean, and the best introductions from
# several of us to several people of one company are those that a plain computation over the whole
# list finds: for each last introducer the cheapest way of at most three ties, .223 for a second
# intermediary, nobody of either side between. Seconds and peak memory are printed, not judged:
# they say little on a busy machine or in a build with sanitizers.
set -u
people=20000
ties=200000
sources=20
targets=20
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

# measure COMMAND...: run it and say on stderr how long it took and how much memory it held.
measure() {
    python3 -c '
import resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print("%-10s %6.2f s, peak %4.0f MB" % (sys.argv[2], time.monotonic() - start, peak),
      file=sys.stderr)
sys.exit(code)' "$@"
}

# value FILE EXPRESSION: of the JSON document d in the file.
value() {
    python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"
}

# expect WHAT SEEN EXPECTED
expect() {
    [ "$2" = "$3" ] || fail "$1: $2, expected $3"
}

"$WARMPATH_GENERATE" edges --people $people --ties $ties --shape hubs --seed 3 >ties.csv ||
    fail "warmpath-generate edges"

# The first few are ours; the last few, who are no hubs, work at the company.
{
    seq 1 $sources | sed 's/.*/{"type":"person","id":"&","us":true}/'
    seq $((people - targets + 1)) $people |
        sed 's/.*/{"type":"employment","person":"id:&","company":"acme.example"}/'
} >people.jsonl

"$WARMPATH" --quiet init || fail "init"
"$WARMPATH" import --json people.jsonl >report.json || fail "import people.jsonl"
measure "$WARMPATH" import --format edges --weight p --json ties.csv >report.json ||
    fail "import ties.csv"
expect "first import" "$(value report.json '[d["total"][k] for k in ("read", "new", "known")]')" \
    "[$ties, $ties, 0]"
measure "$WARMPATH" import --format edges --weight p --json ties.csv >report.json ||
    fail "import ties.csv again"
expect "second import" "$(value report.json '[d["total"][k] for k in ("read", "new", "known")]')" \
    "[$ties, 0, $ties]"

# count_lines COMMAND...: of what the command prints, each line once.
count_lines() {
    "$@" | sort -u | wc -l | tr -d ' '
}

# Everybody named: in a tie or in people.jsonl.
names() {
    awk -F, -v ours=$sources -v first=$((people - targets + 1)) -v last=$people '
        { print $1; print $2 }
        END {
            for (i = 1; i <= ours; i++) print i
            for (i = first; i <= last; i++) print i
        }' ties.csv
}

pairs() {
    awk -F, '{ print $1 < $2 ? $1 "," $2 : $2 "," $1 }' ties.csv
}

"$WARMPATH" stats --json >stats.json || fail "stats"
expect "people" "$(value stats.json 'd["people"]')" "$(count_lines names)"
expect "ties" "$(value stats.json 'd["ties"]')" "$(count_lines pairs)"
expect "companies" "$(value stats.json 'd["companies"]')" 1
expect "interactions" "$(value stats.json 'd["interactions"]')" 0

# Each introducer with the cost and ties of its best path, cheapest first. A tie is visible from
# p = .05 on; a path is kept up to the cost of .02.
expected_paths() {
    awk -F, -v people=$people -v sources=$sources -v targets=$targets '
        function is_ours(i) { return i <= sources }
        function is_target(i) { return i > people - targets }
        function better(i, cost, hops) {
            if (!(i in best) || cost < best[i]) { best[i] = cost; ties[i] = hops }
        }
        $3 + 0 >= .05 {
            cost = sprintf("%.0f", -log($3) * 1e6) + 0
            if (is_target($2) && !is_target($1)) { last[$1 "," $2] = cost }
            else if (is_ours($1) && !is_ours($2)) {
                if (!($2 in one) || cost < one[$2]) one[$2] = cost
            }
            else if (!is_ours($2) && !is_target($1)) { between[$1 "," $2] = cost }
        }
        END {
            for (tie in between) {
                split(tie, ends, ",")
                if (!(ends[1] in one)) continue
                cost = one[ends[1]] + between[tie] + 223000
                if (!(ends[2] in two) || cost < two[ends[2]]) two[ends[2]] = cost
            }
            for (tie in last) {
                split(tie, ends, ",")
                w = ends[1]
                if (is_ours(w)) { better(w, last[tie], 1); continue }
                if (w in one) better(w, one[w] + last[tie], 2)
                if (w in two) better(w, two[w] + last[tie], 3)
            }
            for (w in best) if (best[w] <= 3912023) print best[w], ties[w], w
        }' ties.csv | sort -n -k 1,1 -k 2,2 -k 3,3
}

expected_paths >all.txt
[ "$(wc -l <all.txt)" -ge 100 ] || fail "there are only $(wc -l <all.txt) introducers"

# A small k ends the search early; a large one finds all that the bounds admit.
for k in 10 1000; do
    measure "$WARMPATH" path --to acme.example -k $k --hops 3 --json >paths.json || fail "path"
    expect "the search for $k" "$(value paths.json 'd["complete"]')" True
    value paths.json '"\n".join("%d %d %s" % (p["cost"], p["hops"], p["introducer"]["id"])
                                for p in d["paths"])' | sort -n -k 1,1 -k 2,2 -k 3,3 >seen.txt
    head -n $k all.txt >expected.txt
    cmp -s seen.txt expected.txt || fail "-k $k: other paths than expected:
$(diff seen.txt expected.txt)"
done

# A single pair over any number of ties costs what `reach` says.
measure "$WARMPATH" reach --from id:1 --hops any --plain --json >reach.json || fail "reach"
"$WARMPATH" path --from id:1 --to "id:$people" --hops any --plain -k 1 --json >path.json ||
    fail "path over any number of ties"
expect "path and reach" "$(value path.json 'd["paths"][0]["cost"]')" \
    "$(value reach.json "[p['cost'] for p in d['people'] if p['id'] == '$people'][0]")"

measure "$WARMPATH" check --deep >check.txt || fail "check: $(cat check.txt)"
exit 0
