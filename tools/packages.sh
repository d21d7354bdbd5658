# shellcheck shell=sh
# Debian packages that a script needs: . tools/packages.sh; need_packages "to build" gcc cmake
#
# need_packages PURPOSE PACKAGE...
#   Installs with apt-get what is missing when it may (Debian and root). Otherwise it prints one
#   line with the packages and the command, and returns 1. On a system without apt it returns 1 too,
#   naming what is missing. What can be used already is never installed, whatever provided it.

# package_is_usable PACKAGE: by what the package is needed for; by dpkg where that is not known.
package_is_usable() {
    case $1 in
    cmake | gcc | g++ | clang | clang-format | pkg-config | python3 | valgrind | git)
        command -v "$1" >/dev/null 2>&1 ;;
    ninja-build) command -v ninja >/dev/null 2>&1 ;;
    libc6-dev) [ -e /usr/include/stdio.h ] ;;
    liblmdb-dev) pkg-config --exists lmdb 2>/dev/null ;;
    libxxhash-dev) pkg-config --exists libxxhash 2>/dev/null ;;
    libcmocka-dev) pkg-config --exists cmocka 2>/dev/null ;;
    libjansson-dev) pkg-config --exists jansson 2>/dev/null ;;
    libutf8proc-dev) pkg-config --exists libutf8proc 2>/dev/null ;;
    libgmime-3.0-dev) pkg-config --exists gmime-3.0 2>/dev/null ;;
    libarchive-dev) pkg-config --exists libarchive 2>/dev/null ;;
    *) dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed ;;
    esac
}

# Without recommended packages gcc comes without the C library's headers.
missing_packages() {
    for package in "$@"; do
        [ "$package" != gcc ] || package_is_usable libc6-dev || echo libc6-dev
        package_is_usable "$package" || echo "$package"
    done
}

# apt_get ARGUMENT...: quiet; its output is shown when it fails.
apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300 "$@" \
        >"$packages_log" 2>&1 </dev/null || {
        cat "$packages_log" >&2
        return 1
    }
}

# install_packages PACKAGE...: as root.
install_packages() {
    packages_log=$(mktemp) || return 1
    apt_get update && apt_get install --no-install-recommends "$@"
    installed=$?
    rm -f "$packages_log"
    return "$installed"
}

need_packages() {
    purpose=$1
    shift
    # shellcheck disable=SC2046 # Packages are words.
    set -- $(missing_packages "$@")
    [ $# -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "missing $purpose: $* (names of Debian packages; install what provides them here)" >&2
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        echo "missing $purpose: $*; run: sudo apt-get install --no-install-recommends $*" >&2
        return 1
    fi
    echo "installing $purpose: $*" >&2
    install_packages "$@" || {
        echo "could not install: $*" >&2
        return 1
    }
}
