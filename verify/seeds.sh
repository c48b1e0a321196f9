#!/bin/bash
# Checks every claim about draws with other seeds than the default: verify/seeds.sh [N = 100] [PROGRAM].
# A full-size run takes minutes a seed; SQRTN_EFFECT_SCALE=10 looks for ten times larger effects, at
# the same error rates, in a hundredth of the time. Stops at the first seed that fails and names it.
set -euo pipefail
count=${1:-100}
verify=${2:-$(dirname -- "${BASH_SOURCE[0]}")/../build/release/sqrtn-verify}
claims='generator.*:initialisers.*:layers.*:network.*:chains.*'

export verify claims
# A seed a processor at a time; xargs stops at status 255.
if ! seq 1001 $((1000 + count)) | xargs -P "$(nproc)" -I SEED bash -c '
    output=$("$verify" --seed SEED --gtest_filter="$claims" --gtest_brief=1 2>&1) ||
      { printf "%s\nseed SEED fails\n" "$output"; exit 255; }'; then
  exit 1
fi
printf 'all of %d seeds passed\n' "$count"
