#!/bin/bash
# Checks every claim about draws with other seeds than the default: verify/seeds.sh [N = 100] [PROGRAM].
# A full-size run takes minutes a seed; SQRTN_EFFECT_SCALE=10 looks for ten times larger effects, at
# the same error rates, in a hundredth of the time. Claims that hold for every draw alike are left out, and those about the
# far tails and about repeated words, which no effect sizes down and which take half of the time, are checked with every
# tenth seed. Stops at the first seed that fails and names it.
set -euo pipefail
count=${1:-100}
verify=${2:-$(dirname -- "${BASH_SOURCE[0]}")/../build/release/sqrtn-verify}
claims='generator.*:initialisers.*:layers.*:network.*:chains.*:-network.*/stages:network.*/parameters:generator.*/threads:generator.*/large_fills'
dear='*/tail_5:*/tail_6:generator.*/duplicates'

export verify claims dear
# A seed a processor at a time; xargs stops at status 255.
if ! seq 1001 $((1000 + count)) | xargs -P "$(nproc)" -I SEED bash -c '
    chosen=$claims
    ((SEED % 10 == 0)) || chosen+=":$dear"
    output=$("$verify" --seed SEED --gtest_filter="$chosen" --gtest_brief=1 2>&1) ||
      { printf "%s\nseed SEED fails\n" "$output"; exit 255; }'; then
  exit 1
fi
printf 'all of %d seeds passed\n' "$count"
