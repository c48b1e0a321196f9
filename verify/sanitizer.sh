#!/bin/bash
# Builds a sanitizer preset and runs the verify suite under it: verify/sanitizer.sh asan|tsan [BUILD].
# SQRTN_EFFECT_SCALE (default 10) sizes the claims down by effect, not by leaving any out. A share of the tests
# runs on each processor. Left out are the tests called slow, which repeat other tests at full size; the planted
# faults, which repeat the claims with one function exchanged and need larger samples; whole runs of the command,
# whose parts other tests run, and judging in children, whose limits of time a sanitizer would use up; and the claims about products: the library is not instrumented, so that its threads'
# hand-overs look like races, and reads past an operand are those claims' own business.
set -euo pipefail
preset=$1
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=${2:-$root/build/$preset}

export SQRTN_EFFECT_SCALE=${SQRTN_EFFECT_SCALE:-10}
# Tests that preload a library of their own put it before the sanitizer's.
export ASAN_OPTIONS=detect_stack_use_after_return=1:verify_asan_link_order=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1
cmake -S "$root" --preset "$preset" -B "$build" >/dev/null
ninja -C "$build" -j 2 sqrtn-verify

whole_runs='Timing*:Report.ThreadsChangeNoFigure:Command.ExamplesOfTheHelpRun:Backends*:Accept*:Notebooks.ThreadsChangeNoBit'
export GTEST_TOTAL_SHARDS
GTEST_TOTAL_SHARDS=$(nproc)
shards=() status=0
for ((shard = 0; shard < GTEST_TOTAL_SHARDS; ++shard)); do
  GTEST_SHARD_INDEX=$shard "$build/sqrtn-verify" --gtest_brief=1 \
    --gtest_filter="-*Slow.*:*Fault*:products.*:*Judge*:*Lying*:Properties.*:$whole_runs" >"$build/shard-$shard.log" 2>&1 &
  shards+=($!)
done
for shard in "${!shards[@]}"; do
  wait "${shards[shard]}" || { status=1; grep -v "^pass " "$build/shard-$shard.log" | tail -n 200; }
  tail -n 3 "$build/shard-$shard.log"
done
exit "$status"
