#!/bin/sh
# The public header compiles alone as C11 and as C++17, each public function has a comment, and the
# libraries export what the header declares and nothing else. Runs in an empty directory with CC,
# CXX (may be empty), NM, SHARED, STATIC and WARMPATH_SOURCE set.
set -u
header=$WARMPATH_SOURCE/include/warmpath.h
failures=0

fail() {
    echo "header: $*"
    failures=$((failures + 1))
}

# compile COMPILER OPTION...: a source file that includes the header and nothing else.
compile() {
    "$@" -Wall -Wextra -Wpedantic -Wshadow -Werror -I "$WARMPATH_SOURCE/include" -c -o alone.o ||
        fail "does not compile alone: $*"
}

check_compiles() {
    echo '#include "warmpath.h"' >alone.c
    compile "$CC" -std=c11 -Wstrict-prototypes -Wconversion alone.c
    if [ -n "$CXX" ]; then
        compile "$CXX" -std=c++17 -Wold-style-cast -x c++ alone.c
    else
        echo "header: no C++ compiler, C++17 is not tried"
    fi
}

# A declaration begins with WP_API; the line above it must end a documentation comment.
check_comments() {
    awk '/^WP_API(_STATUS)? / && above !~ /\*\/$/ { print FNR ": " $0; bare = 1 }
         { above = $0 }
         END { exit bare }' "$header" || fail "public functions without a comment"
}

declared_names() {
    sed -n 's/^WP_API[A-Z_]* \([^(]*[ *]\)*\(wp_[a-z0-9_]*\)(.*/\2/p' "$header" | sort -u >declared
    [ "$(grep -cE '^WP_API(_STATUS)? ' "$header")" -eq "$(wc -l <declared)" ] ||
        fail "a WP_API line declares no function, or one twice"
    [ -s declared ] || fail "declares no function"
}

# Names that begin with an underscore belong to the tool chain (sanitizers, coverage).
check_shared() {
    "$NM" -D --defined-only "$SHARED" | awk '$NF !~ /^_/ { print $NF }' | sort -u >exported
    if ! diff declared exported >difference; then
        sed -n 's/^< /declared but not exported: /p; s/^> /exported but not declared: /p' difference
        fail "the shared library does not export exactly what the header declares"
    fi
}

check_static() {
    "$NM" -g --defined-only "$STATIC" | awk 'NF == 3 && $3 !~ /^_/ { print $3 }' >external
    if grep -Ev '^(wp_[a-z0-9_]+|wpi_[a-z0-9]+_[a-z0-9_]+)$' external; then
        fail "external names above are neither wp_... nor wpi_MODULE_..."
    fi
}

check_compiles
check_comments
declared_names
check_shared
check_static
[ "$failures" -eq 0 ] || exit 1
echo "header: $(wc -l <declared) public functions, all documented and exported"
