#!/bin/sh
# Uninitialised memory, which the sanitizers do not see, and all else that valgrind finds, in a
# subset: the containers and byte readers that everything stands on, and the tool creating a
# database and importing into it. Any report fails the test.
#
# By hand: valgrind -q --error-exitcode=9 build/dev/tests/base_bytes
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

watch "$build/tests/base_bytes"
watch "$build/tests/base_containers"

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
echo "class 12: $programs programs under valgrind, 0 reports"
