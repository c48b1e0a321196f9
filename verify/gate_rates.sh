#!/bin/bash
# What the gate finds and whom it blames, as a Markdown table: verify/gate_rates.sh [BUILD [RUNS [SELF_RUNS]]].
# Planted slow-downs in one case of forty, RUNS times each; then the same program against itself, SELF_RUNS times, on
# this machine as it is, at a rate, a band and a length that 200 runs can refute, and with a busy process for each
# processor.
# GATE_OPTIONS adds to the gate's options.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=$(cd -- "${1:-$root/build/release}" && pwd)
runs=${2:-20} self_runs=${3:-200}
read -ra options <<<"${GATE_OPTIONS:-}"
arguments=(-- --benchmark_min_time=0.0002)
scratch=$(mktemp -d)
busy=()
trap 'kill "${busy[@]}" 2>/dev/null || true; rm -rf "$scratch"' EXIT

# planted SHARE: a program like gate-case, but for case 17.
planted() {
  printf '#!/bin/sh\nGATE_CASE_SLOW_BY=%s exec "%s/gate-case" "$@"\n' "$1" "$build" >"$scratch/new"
  chmod +x "$scratch/new"
}

planted_row() {
  local found=0 blamed=0 unresolved=0 blocks=0 seed table
  planted "$1"
  for ((seed = 1; seed <= runs; ++seed)); do
    table=$("$build/sqrtn" gate "$build/gate-case" "$scratch/new" --seed "$seed" --budget 60s "${options[@]}" "${arguments[@]}") || true
    grep -qE '^\| chain/17 +\| slower ' <<<"$table" && found=$((found + 1))
    grep -E '^\| chain/[0-9]+ +\| (slower|faster) ' <<<"$table" | grep -qv '^| chain/17 ' && blamed=$((blamed + 1))
    unresolved=$((unresolved + $(grep -cE '^\| chain/[0-9]+ +\| unresolved ' <<<"$table" || true)))
    blocks=$((blocks + $(sed -nE 's/^\*\*.*; ([0-9]+) blocks in .*/\1/p' <<<"$table")))
  done
  printf '| %s | %d | %d | %d | %d of %d | %d |\n' "$1" "$runs" "$found" "$blamed" "$unresolved" "$((40 * runs))" \
    "$((blocks / runs))"
}

# self_table [OPTIONS...]
self_table() {
  "$build/sqrtn" gate --self-test "$build/gate-case" --runs "$self_runs" --budget 4s "${options[@]}" "$@" "${arguments[@]}" || true
}

printf '# What the gate finds, and whom it blames\n\n'
"$build/sqrtn" env | sed -nE 's/^(CPU|kernel|hypervisor|commit|compiler|flags) +(.*)$/- \1: \2/p'
printf -- '- command: `verify/gate_rates.sh`%s\n\n' "${options[*]:+, gate options ${options[*]}}"
printf '## A slow-down in one case of forty\n\n'
printf '| planted | runs | found | runs that blame another case | unresolved verdicts | blocks a run |\n|--:|--:|--:|--:|--:|--:|\n'
for share in 0.03 0.05 0.10; do planted_row "$share"; done
printf '\n## The same program twice, %d runs\n\n' "$self_runs"
self_table
printf '\n## One case at 20 %% false alarms and a band of 0.01 %%, where a wrong word is nearly as easy as can be\n\n'
self_table --alpha 0.2 --min-effect 0.01% --filter '^chain/0$'
printf '\n## The same as the first, with a busy process for each processor\n\n'
for ((i = 0; i < $(nproc); ++i)); do
  while :; do :; done &
  busy+=($!)
done
self_table
