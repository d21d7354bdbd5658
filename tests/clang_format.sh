#!/bin/sh
# All C files are formatted as .clang-format says. Other versions of clang-format lay out some
# constructs differently, so only the version the project is formatted with decides.
set -u
cd "$WARMPATH_SOURCE" || exit 1
for name in clang-format-14 clang-format; do
    if command -v "$name" >/dev/null 2>&1 && "$name" --version | grep -q 'version 14\.'; then
        find . -path ./build -prune -o -name '*.[ch]' -exec "$name" --dry-run --Werror {} +
        exit $?
    fi
done
echo "skipped: clang-format 14 is not installed"
exit 77
