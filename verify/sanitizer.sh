#!/bin/bash
# Builds a sanitizer preset and runs the verify suite under it: verify/sanitizer.sh asan|tsan [BUILD].
# SQRTN_EFFECT_SCALE (default 10) sizes the claims down by effect, not by leaving any out. The tests are parted in one
# share more than there are processors, since some wait and no two shares take equally long. CMakeLists.txt says which
# tests are not compiled. Left out besides are those called slow, which repeat others at full size; whole runs of the
# command, whose parts other tests run; tails, repetitions and verdicts about chains, whose arithmetic is the same in
# other tests that draw; what limits memory, of which a sanitizer reserves terabytes; and the claims about products: the
# library is not instrumented, so that its threads' hand-overs look like races, and reads past an operand are those
# claims' own business.
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

left_out='*Slow.*:products.*:*/tail_*:Report.ThreadsChangeNoFigure:Report.ARun*:Command.ExamplesOfTheHelpRun'
left_out+=':*/duplicates:PropagateVerdict.*:Propagate.AdvisesWhatHolds:Command.TheAnswerSurvivesAFullDisk'
left_out+=':Sampler.ARightProgramPasses'
left_out+=':Notebooks.ThreadsChangeNoBit:Notebooks.AWrongLibraryIsContradicted:Command.ALibraryThatCannotBeLoaded*'
# Of what takes long, what runs on one thread, or on many as chains of other tests do.
[[ $preset != tsan ]] || left_out+=':ComplexResults.*:Discover.DamagedTables*:Vanishing.*'
export GTEST_TOTAL_SHARDS
GTEST_TOTAL_SHARDS=$(($(nproc) + 1))
shards=() status=0
for ((shard = 0; shard < GTEST_TOTAL_SHARDS; ++shard)); do
  GTEST_SHARD_INDEX=$shard timeout 1500 "$build/sqrtn-verify" \
    --gtest_filter="-$left_out" >"$build/shard-$shard.log" 2>&1 &
  shards+=($!)
done

# What tests that failed have said, and the name of one that did not end.
told_by_failures() {
  awk '/^pass |^\[-----/ { next }
       /^\[ RUN / { held = $0; next }
       /^\[ +OK / { held = ""; next }
       held != "" { print held; held = "" }
       { print }
       END { if (held != "") print held " … and did not end" }' "$1" | tail -n 200
}
for shard in "${!shards[@]}"; do
  wait "${shards[shard]}" || { status=1; told_by_failures "$build/shard-$shard.log"; }
  tail -n 3 "$build/shard-$shard.log"
done
exit "$status"
