#!/bin/bash
# Checks what ./sqrtn does before anything is built, and where packages, tools or permission are missing, with stand-ins
# for the package manager: verify/wrapper.sh COMMAND, which is the built one
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

# answer ARGUMENT...: what ./sqrtn prints of itself on a fresh clone, where it must leave nothing.
answer() {
  env -i PATH="$scratch/bin" SQRTN_BUILD_DIR="$scratch/fresh" "$root/sqrtn" "$@"
  [[ ! -e $scratch/fresh ]] || { echo "sqrtn $*: it has built"; exit 1; }
}

# same WHAT ONE OTHER: the two must be equal.
same() {
  [[ $2 == "$3" ]] || { printf '%s: these differ:\n%s\n%s\n' "$@"; exit 1; }
}

# "Judge: run verify", a line a group, of the help of the built command.
groups=$("$1" --help | awk '
  /^[A-Z][A-Za-z ]*:$/ { group = $0 ~ /^(Options|Examples):/ ? "" : $0; if (group) order[++n] = group }
  group && /^  [a-z]/ { names[group] = names[group] " " $1 }
  END { for (i = 1; i <= n; ++i) print order[i] names[order[i]] }')
same "subcommands of ./sqrtn --help and of the built command" \
  "$(answer --help | grep -E '^[A-Z][A-Za-z ]*:  ' | sed 's/   */ /g')" "$groups"
same "./sqrtn help and ./sqrtn --help" "$(answer help)" "$(answer --help)"
same "./sqrtn -h and ./sqrtn --help" "$(answer -h)" "$(answer --help)"
same "./sqrtn --version and CITATION.cff" "$(answer --version)" "sqrtn $(sed -n 's/^version: //p' "$root/CITATION.cff")"
version=$("$1" --version)
same "./sqrtn --version and that of the built command" "$(answer --version)" "${version%% (*}"

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

# Off a terminal a build tells that it lives: here every second, with a copy of the wrapper.
mkdir "$scratch/clone"
sed 's/^heartbeat_s=15$/heartbeat_s=1/' "$root/sqrtn" >"$scratch/clone/sqrtn"
chmod +x "$scratch/clone/sqrtn"
stand_in built "exit 0"
stand_in ninja "echo '[3/9] Building'; $(command -v sleep) 2.5
$(command -v cp) '$scratch/bin/built' '$scratch/build/release/sqrtn'"
told=$(env -i PATH="$scratch/bin" SQRTN_BUILD_DIR="$scratch/build" "$scratch/clone/sqrtn" env 2>&1)
[[ $told == "sqrtn: the first build takes about 7 minutes"*$'\n'"sqrtn: building [3/9]"* ]] ||
  { echo "the build does not tell how far it is: $told"; exit 1; }

# Libraries from PyPI: one that pip has not is told of, those that it has are found and are installed once.
stand_in python3 "[[ \"\$*\" != *' mkl' ]] || exit 1; echo \"\$@\" >>'$scratch/calls'"
stand_in built "echo \"\$* \$SQRTN_BACKENDS\""
stand_in dpkg-query "for package in \"\${@:4}\"; do echo \"\$package installed\"; done"
for again in 1 2; do
  told=$(env -i PATH="$scratch/bin" SQRTN_BUILD_DIR="$scratch/build" "$root/sqrtn" run --install-backends --quick 2>&1)
  [[ $told == *"could not install mkl, which is left out"*$'\n'"run --quick $scratch/build/backends" ]] ||
    { echo "--install-backends: $told"; exit 1; }
done
[[ $(grep -c -- '--prefix .*/backends scipy-openblas' "$scratch/calls") == 2 ]]
printf '#!/bin/bash\n' >"$scratch/build/release/sqrtn"

# What another user has built runs, and is not built again.
rm "$scratch/build/lock" && mkdir "$scratch/build/lock"
told=$(env -i PATH="$scratch/bin" SQRTN_BUILD_DIR="$scratch/build" "$root/sqrtn" env 2>&1 || true)
same "a build of another user" "$told" "sqrtn: cannot write in $scratch/build; this is what was built there before"

if [[ $(id -u) != 0 ]]; then
  rmdir "$scratch/build/lock" && rm "$scratch/bin/sudo"
  stand_in dpkg-query ":"
  expect "neither root nor sudo" "only root may install" "apt-get install --no-install-recommends g++"
fi
echo "wrapper: all well"
