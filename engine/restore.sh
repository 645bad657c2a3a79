#!/bin/sh
# Restores the pinned engine library into a per-user folder that every checkout and project shares.
# usage: restore.sh <folder>    The library is then <folder>/libchdb.so
set -eu
target=$1
here=$(cd "$(dirname "$0")" && pwd)
package=@chdb/lib-linux-x64-gnu

[ -e "$target/libchdb.so" ] && exit 0
case "$(uname -s)-$(uname -m)" in
Linux-x86_64) ;;
*)
    echo "error: no pinned engine for $(uname -s) $(uname -m); set WEIR_ENGINE_LIB to a libchdb of the same version" >&2
    exit 1
    ;;
esac
if ! command -v npm >/dev/null 2>&1; then
    echo "error: npm is needed once to restore the engine ($package): install Node.js 20 or newer, or set WEIR_ENGINE_LIB to a libchdb.so" >&2
    exit 1
fi

parent=$(dirname "$target")
mkdir -p "$parent"
# Two builds at once: the second waits, then finds the library in place.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$target.lock"
    flock 9
    [ -e "$target/libchdb.so" ] && exit 0
fi

staging=$(mktemp -d "$parent/staging.XXXXXX")
trap 'rm -rf "$staging"' EXIT INT TERM
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$staging/"
echo "Restoring the engine ($package) into $target: about 560 MB, once"
if ! (cd "$staging" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); then
    echo "error: npm could not restore $package; check the network or the registry npm is configured for, then build again" >&2
    exit 1
fi
# A rename within one file system: the folder appears whole or not at all.
mv "$staging/node_modules/$package" "$target"
