#!/bin/bash
# Checks that flags which relax arithmetic are refused wherever they come from, and harmless ones are not:
# verify/flags.sh CXX.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
unset CXXFLAGS
export CXX=$1

configure() { env "$1" cmake -G Ninja -S . -B "$folder/build" "${@:2}" 2>&1 && rm -rf -- "$folder/build"; }

refused() {
  flag=$1
  if text=$(configure "${@:2}"); then echo "accepted: ${*:2}"; exit 1; fi
  [[ $(tr -s '\n ' '  ' <<<"$text") == *"refuses $flag"* ]] || { echo "${*:2}: $text"; exit 1; }
  rm -rf -- "$folder/build"
}

for flag in -ffast-math -Ofast -ffinite-math-only -fassociative-math -fno-signed-zeros; do
  refused "$flag" CXXFLAGS="-O2 $flag"
  refused "$flag" NONE= -DCMAKE_CXX_FLAGS="$flag"
  refused "$flag" NONE= -DCMAKE_CXX_FLAGS_RELEASE="-O2 $flag"
  refused "$flag" NONE= -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG="$flag"
done
configure CXXFLAGS="-fno-math-errno -fno-fast-math" -DSQRTN_BUILD_PROGRAMS=OFF -DCMAKE_CXX_FLAGS_DEBUG=-ffast-math \
  >"$folder/log" || {
  cat "$folder/log"
  exit 1
}
