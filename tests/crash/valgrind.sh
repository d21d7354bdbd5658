#!/bin/sh
# Uninitialised memory, which the sanitizers do not see, and all else that valgrind finds, in a
# subset of the tests: those of the lower layers and of the parsers, queries by hand-written
# networks, and the tool with an import, queries and a deep check. Any report fails the test.
#
# By hand: valgrind -q --error-exitcode=9 build/dev/tests/store_record --cases 100
# Programs that were built with a sanitizer cannot be run by valgrind and are passed over.
set -u
build=$(dirname "$WARMPATH")
command -v valgrind >/dev/null 2>&1 || {
    echo "skipped: valgrind is not installed"
    exit 77
}
! grep -q -e __asan_init -e __tsan_init "$WARMPATH" || {
    echo "skipped: built with a sanitizer"
    exit 77
}
programs=0

# watch COMMAND...: under valgrind; what it says is shown when there was a report.
watch() {
    valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect "$@" >output.txt 2>&1 || {
        tail -n 60 output.txt
        echo "failed: valgrind $*"
        exit 1
    }
    programs=$((programs + 1))
}

for test in "$build"/tests/base_* "$build"/tests/format_* "$build"/tests/rules_* \
    "$build"/tests/store_* "$build"/tests/tools_* "$build"/tests/api_status \
    "$build"/tests/graph_batch "$build"/tests/graph_mend "$build"/tests/path_path_people; do
    [ -f "$test" ] && [ -x "$test" ] || continue
    case $test in
    *store_record) watch "$test" --cases 200 ;;
    *store_damage | *store_salvage) watch "$test" --cases 10 ;;
    *) watch "$test" ;;
    esac
done

WARMPATH_DB=$PWD/watched.warmpath
export WARMPATH_DB
cat >lines.jsonl <<'END'
{"type":"person","email":"ann@us.example","name":"Ann Lee"}
{"type":"person","email":"bob@acme.example","name":"Bob Moss","company":"acme.example"}
{"type":"tie","from":"ann@us.example","to":"bob@acme.example","p":0.5}
END
printf 'Name,Email\nCarol Ray,carol@beta.example\n' >table.csv
watch "$WARMPATH" init --us us.example
watch "$WARMPATH" import lines.jsonl table.csv
watch "$WARMPATH" path --to acme.example --day 2024-02-01
watch "$WARMPATH" find bob
watch "$WARMPATH" show bob@acme.example
watch "$WARMPATH" check --deep
watch "$WARMPATH" compact
echo "class 12: $programs programs under valgrind, 0 reports"
