#!/bin/bash
# Checks what ./sqrtn does where packages, tools or permission are missing, with stand-ins for the
# package manager: verify/wrapper.sh
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
for tool in awk bash cat dirname env flock grep head id mkdir readlink sed sort tail tee; do
  ln -s "$(command -v "$tool")" "$scratch/bin/"
done

# expect WHAT TEXT...: ./sqrtn must exit 2 and name every TEXT on standard error.
expect() {
  local what=$1 code=0 message text
  shift
  message=$(env -i PATH="$scratch/bin" SQRTN_BUILD_DIR="${build:-$scratch/build}" "$root/sqrtn" env 2>&1) || code=$?
  for text in "$@"; do
    [[ $code == 2 && $message == *"$text"* ]] || { printf '%s: exit %d: %s\n' "$what" "$code" "$message"; exit 1; }
  done
}

stand_in() { printf '#!/bin/bash\n%s\n' "$2" >"$scratch/bin/$1" && chmod +x "$scratch/bin/$1"; }

build=/dev/null/build expect "build folder cannot be made" "/dev/null/build" SQRTN_BUILD_DIR
expect "no package manager" "cmake was not found" libopenblas0-pthread

stand_in dpkg-query "for package in \"\${@:4}\"; do [[ \$package == libfmt-dev ]] || echo \"\$package installed\"; done"
stand_in apt-get "echo \"\$@\" >>$scratch/calls; echo no network; exit 1"
if [[ $(id -u) != 0 ]]; then stand_in sudo "exec \"\$@\""; fi
expect "packages cannot be fetched" "no network" "could not install: libfmt-dev"
grep -q -- '--no-install-recommends libfmt-dev$' "$scratch/calls"
grep -q -- 'update$' "$scratch/calls"

stand_in dpkg-query "echo libboost1.74-dev installed"
expect "another Boost is installed" "Boost 1.81 or newer cannot be installed beside libboost1.74-dev" "apt-get remove"

# The last line and the exit status of ./sqrtn test, with a ctest that says what it is told.
expect_result() {
  local counts=$1 expected_code=$2 expected_line=$3 code=0
  stand_in ctest "printf '<testsuite\n$counts\n>' >\"$scratch/build/release/tests.xml\"; [[ '$counts' == *'failures=\"0\"'* ]]"
  result=$(env -i PATH="$scratch/bin" SQRTN_BUILD_DIR="$scratch/build" "$root/sqrtn" test 2>&1) || code=$?
  [[ $code == "$expected_code" && ${result##*$'\n'} == "$expected_line" ]] ||
    { printf 'sqrtn test of %s: exit %d: %s\n' "$counts" "$code" "$result"; exit 1; }
}

stand_in dpkg-query "for package in \"\${@:4}\"; do echo \"\$package installed\"; done"
stand_in cmake "mkdir -p '$scratch/build/release'; : >'$scratch/build/release/build.ninja'"
for tool in ninja pkg-config c++; do stand_in "$tool" "exit 0"; done
for tool in nproc paste rm; do ln -s "$(command -v "$tool")" "$scratch/bin/"; done
expect_result 'tests="3"\nfailures="0"\ndisabled="0"\nskipped="0"' 0 "3 passed, 0 failed"
told='<testcase name="a.b" time="0">\n<skipped message="77"/>\n<system-out>skipped: no chromium\n</system-out>\n</testcase>'
silent='<testcase name="c.d" time="0">\n<skipped message="77"/>\n<system-out></system-out>\n</testcase>'
expect_result 'tests="9"\nfailures="2"\ndisabled="0"\nskipped="1"\n'"$told" 1 "6 passed, 2 failed"
[[ $result == *"skipped: a.b: no chromium"$'\n'"1 skipped, "* ]] || { echo "the skipped are not told: $result"; exit 1; }
expect_result 'tests="9"\nfailures="0"\ndisabled="0"\nskipped="2"\n'"$told\\n$silent" 1 "7 passed, 1 failed"

if [[ $(id -u) != 0 ]]; then
  rm "$scratch/bin/sudo"
  stand_in dpkg-query ":"
  expect "neither root nor sudo" "only root may install" "apt-get install --no-install-recommends g++"
fi
echo "wrapper: all well"
