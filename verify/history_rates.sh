#!/bin/bash
# How often the history reports a change that is none, how soon one that is, and how fast, as Markdown tables:
# verify/history_rates.sh [BUILD [SERIES [STEPPED]]]. With PYTHON set to an interpreter that has apache-otava, and
# OTAVA_SERIES to a number of series, that one's rates too; each of its looks takes milliseconds.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=$(cd -- "${1:-$root/build/release}" && pwd)
cmake --build "$build" --target history-rates sqrtn-command >&2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

printf '# What a history finds, and what it reports in vain\n\n'
"$build/sqrtn" env | sed -nE 's/^(CPU|kernel|hypervisor|commit|compiler|flags) +(.*)$/- \1: \2/p'
printf -- '- command: `verify/history_rates.sh`\n\n'
"$build/history-rates" "${@:2}"

printf '\n## Time for a check of 10,000 cases in 500 runs\n\n'
awk 'BEGIN {
  srand(1)
  for (run = 0; run < 500; ++run) {
    printf "{\"schema\":\"sqrtn.history/1\",\"commit\":\"c%d\",\"date\":\"2026-01-01\",\"machine\":\"m\",\"cases\":[", run
    for (i = 0; i < 10000; ++i) printf "%s[\"case/%d/512x512\",%.6g]", i ? "," : "", i, 1e-3 * (1 + 0.02 * rand())
    print "]}"
  }
}' >"$scratch/history.jsonl"
start=$(date +%s%N)
"$build/sqrtn" history check "$scratch/history.jsonl" | sed -n '1s/\*//g; 1s/^/It says: /p'
printf '\n%s: %d ms for %d MiB\n' "sqrtn history check" $((($(date +%s%N) - start) / 1000000)) \
  $(($(stat -c %s "$scratch/history.jsonl") >> 20))

if [[ ${PYTHON:-} ]]; then
  printf '\n## Apache Otava, series of 150 runs, looked at after each run from the 30th on\n\n'
  "$PYTHON" -m pip list 2>/dev/null | sed -nE 's/^apache-otava +(.*)$/Version \1; default p 0.001\n/p'
  printf '| detector | noise | false at the last look, %% | at any look, %% '
  for step in 2 5 10; do printf '| %s %% found, %% | mean delay ' "$step"; done
  printf '|\n|:--|:--|--:|--:|--:|--:|--:|--:|--:|--:|\n'
  "$PYTHON" "$root/verify/history_otava.py" "${OTAVA_SERIES:-200}" 0.001 0.00001 0.0000001
fi
