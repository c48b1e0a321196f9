#!/bin/bash
# Gates this build's sqrtn-bench against that of the commit before: verify/gate_previous.sh [BUILD].
# Fails only on a slow-down of more than 10 % that fresh launches confirm: probability of a false alarm 1e-6 a run.
# Passes without a build where nothing has changed that the benchmarks are built from. Skipped (status 77) where there is
# no commit before, or nothing of it to compare with.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-$root/build/release}
previous=$build/previous
cases='^init/(uniform|normal|truncated_normal)/(ars|philox)/f32/1MiB/1/|^products/gemm/(64x64x64|512x512x512)/f32/1/'

skip() { printf 'skipped: %s\n' "$1"; exit 77; }

commit=$(git -C "$root" rev-parse --quiet --verify 'HEAD~1^{commit}' 2>/dev/null) ||
  skip "no commit before this one is here (a shallow clone, or no checkout)"
git -C "$root" cat-file -e "$commit:bench/main.cpp" 2>/dev/null || skip "the commit before has no benchmarks"

if git -C "$root" diff --quiet "$commit" -- CMakeLists.txt include src bench; then
  echo "the benchmarks are built from what the commit before was built from"
  exit 0
fi

if [[ ! -x $previous/build/sqrtn-bench || $(cat "$previous/commit" 2>/dev/null) != "$commit" ]]; then
  rm -rf "$previous/source" "$previous/commit"
  mkdir -p "$previous/source"
  git -C "$root" archive "$commit" | tar -x -C "$previous/source"
  # The flags of this build, so that only the sources differ.
  mapfile -t flags < <(sed -nE 's/^(CMAKE_BUILD_TYPE|CMAKE_CXX_(COMPILER|FLAGS|FLAGS_RELEASE)):[A-Z]+=(.*)$/-D\1=\3/p' "$build/CMakeCache.txt")
  { cmake -S "$previous/source" -B "$previous/build" -G Ninja "${flags[@]}" &&
    ninja -C "$previous/build" sqrtn-bench; } >"$previous/build.log" 2>&1 ||
    { tail -n 5 "$previous/build.log"; skip "the commit before does not build here"; }
  printf '%s\n' "$commit" >"$previous/commit"
fi

status=0
"$build/sqrtn" gate "$previous/build/sqrtn-bench" "$build/sqrtn-bench" --no-verify --filter "$cases" \
  --min-effect 10% --alpha 1e-6 --budget 2m || status=$?
[[ $status != 4 ]] || skip "the commit before measures other cases"
[[ $status != 3 ]] || skip "this machine is too noisy to tell 20 %"
exit "$status"
