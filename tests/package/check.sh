#!/bin/sh
# Install the build tree into a scratch prefix and build and run a client against it, by pkg-config
# and by find_package, shared and static. Runs in an empty directory with CMAKE, GENERATOR, CC,
# CFLAGS, BUILD, LIBDIR, PKG_CONFIG and WARMPATH_SOURCE set.
set -eu
here=$WARMPATH_SOURCE/tests/package
prefix=$PWD/prefix
libdir=$prefix/${LIBDIR:?}

install_tree() {
    "$CMAKE" --install "$BUILD" --prefix "$prefix" >install.log
    for file in include/warmpath.h "$LIBDIR/libwarmpath.a" "$LIBDIR/pkgconfig/warmpath.pc" \
        "$LIBDIR/libwarmpath.so.0" "$LIBDIR/cmake/warmpath/warmpathConfig.cmake"; do
        [ -e "$prefix/$file" ] || { echo "package: $file is not installed"; exit 1; }
    done
    if [ -n "${WARMPATH:-}" ]; then
        "$prefix/bin/warmpath" --help >help.txt
        [ -s "$prefix/share/man/man1/warmpath.1" ]
    fi
}

# run NAME PROGRAM: with a database of its own.
run() {
    LD_LIBRARY_PATH=$libdir "$2" "$1.warmpath" >"$1.out"
    echo "package: $1: $(cat "$1.out")"
}

# shellcheck disable=SC2046,SC2086 # Flags are words.
by_pkg_config() {
    export PKG_CONFIG_PATH="$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
    "$CC" $CFLAGS -o pc_shared "$here/client.c" $("$PKG_CONFIG" --cflags --libs warmpath)
    "$CC" $CFLAGS -o pc_static "$here/client.c" \
        $("$PKG_CONFIG" --static --cflags --libs warmpath | sed 's/-lwarmpath/-l:libwarmpath.a/')
    run pc_shared ./pc_shared
    run pc_static ./pc_static
}

by_find_package() {
    "$CMAKE" -S "$here" -B client -G "$GENERATOR" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$CFLAGS" >configure.log
    "$CMAKE" --build client >build.log
    run cmake_shared client/client_shared
    run cmake_static client/client_static
}

install_tree
by_pkg_config
by_find_package
