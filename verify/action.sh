#!/bin/bash
# Checks what the GitHub action makes of its inputs, with a stand-in for ./sqrtn: verify/action.sh
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/.ci"
cp "$root/.ci/action" "$scratch/.ci/"
printf '#!/bin/bash\nprintf "[%%s]" "$@"\nexit 3\n' >"$scratch/sqrtn"
chmod +x "$scratch/sqrtn"

fail() { printf '%s\n' "$@"; exit 1; }

# act EXPECTED INPUT=VALUE...: the words that ./sqrtn gets, whose exit status is the action's.
act() {
  local expected=$1 code=0 words
  shift
  : >"$scratch/summary"
  words=$(env INPUT_BLAS= INPUT_FILTER= INPUT_ACCEPT= INPUT_STRICT=false INPUT_ARGS= \
    GITHUB_STEP_SUMMARY="$scratch/summary" "$@" "$scratch/.ci/action") || code=$?
  [[ $words == "$expected" && $code == 3 ]] || fail "the action of $*: exit $code, $words instead of $expected"
}

act "[verify]" INPUT_COMMAND=verify
[[ $(<"$scratch/summary") == "[verify]" ]] || fail "what verify says is not on the summary"
act "[verify][--blas][./a b.so][--filter][\$(id) ';][--accept][x.json][--accept][y.json][--strict]" \
  INPUT_COMMAND=verify INPUT_BLAS="./a b.so" INPUT_FILTER="\$(id) ';" INPUT_ACCEPT=$'x.json\ny.json\n' INPUT_STRICT=true
act "[gate][--blas][a][--blas][b][--summary][$scratch/summary][--budget][2m][--][--quick]" \
  INPUT_COMMAND=gate INPUT_BLAS=$'a\nb' INPUT_ARGS=$'--budget\n2m\n--\n--quick'
[[ ! -s $scratch/summary ]] || fail "what gate says is twice on the summary"
act "[history][check][h.jsonl][--learning]" INPUT_COMMAND="history check" INPUT_ARGS=$'h.jsonl\n--learning'
[[ $(<"$scratch/summary") == "[history][check][h.jsonl][--learning]" ]] || fail "what history says is not on the summary"
act "[run][--quick]" INPUT_COMMAND=run INPUT_ARGS=--quick

# Every input reaches the script, and nothing is spliced into it.
inputs=$(sed -n '/^inputs:/,/^runs:/s/^  \([a-z]*\):$/\1/p' "$root/action.yml" | sort)
passed=$(sed -n 's/^ *INPUT_[A-Z]*: \${{ inputs\.\([a-z]*\) }}$/\1/p' "$root/action.yml" | sort)
[[ $inputs == "$passed" ]] || fail "inputs and what is passed on differ:" "$inputs" "$passed"
! grep -q '^ *run:.*\${{' "$root/action.yml" || fail "an expression is spliced into the script"
echo "action: all well"
