#!/bin/bash
# Checks every claim with other seeds than the default: verify/seeds.sh [N = 100] [PROGRAM].
# A full-size run takes minutes a seed; SQRTN_EFFECT_SCALE=10 looks for ten times larger effects, at
# the same error rates, in a hundredth of the time. Stops at the first seed that fails and names it.
set -euo pipefail
count=${1:-100}
verify=${2:-$(dirname -- "${BASH_SOURCE[0]}")/../build/release/sqrtn-verify}
claims='generator.*:products.*:initialisers.*:layers.*:network.*:chains.*'

for ((seed = 1001; seed < 1001 + count; ++seed)); do
  if ! output=$("$verify" --seed "$seed" --gtest_filter="$claims" --gtest_brief=1 2>&1); then
    printf '%s\nseed %d fails after %d seeds that passed\n' "$output" "$seed" "$((seed - 1001))"
    exit 1
  fi
done
printf '%d of %d seeds passed\n' "$count" "$count"
