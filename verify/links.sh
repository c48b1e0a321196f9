#!/bin/bash
# Checks the documents: each relative link leads to a file, or a heading of it, that is there; and they keep to their
# length: verify/links.sh
set -euo pipefail
export LC_ALL=C.UTF-8
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
documents=(*.md docs/*.md)
status=0
fail() { printf '%s\n' "$1"; status=1; }

# As GitHub makes them: small letters, hyphens for spaces, no other punctuation.
anchors_of() {
  awk '/^```/ { code = !code } !code && /^#+ / { sub(/^#+ /, ""); print }' "$1" |
    sed -E 's/.*/\L&/; s/[^[:alnum:] _-]//g; s/ /-/g'
}

# The targets of [text](target) and of [name]: target.
targets_of() {
  grep -oE '\]\([^)]+\)' "$1" | sed -E 's/^\]\(//; s/\)$//'
  sed -nE 's/^\[[^]]+\]: +([^ ]+)$/\1/p' "$1"
}

checked=0
for document in "${documents[@]}"; do
  while IFS= read -r target; do
    [[ $target != *://* ]] || continue
    checked=$((checked + 1))
    file=$document anchor=""
    [[ $target == '#'* ]] || file=$(dirname -- "$document")/${target%%#*}
    [[ $target != *'#'* ]] || anchor=${target#*#}
    if [[ ! -e $file ]]; then
      fail "$document: $target leads nowhere"
    elif [[ $anchor ]] && ! grep -qxF -e "$anchor" <(anchors_of "$file"); then
      fail "$document: $target: there is no such heading"
    fi
  done < <(targets_of "$document")
  limit=250
  [[ $document != README.md ]] || limit=120
  lines=$(wc -l <"$document")
  ((lines <= limit)) || fail "$document has $lines lines, more than $limit"
  long=$(grep -nE '.{121}' "$document" | grep -vE '^[0-9]+: *\|' | cut -d: -f1 | paste -sd ' ' || true)
  [[ -z $long ]] || fail "$document: lines longer than 120 columns: $long"
done
((checked > 0)) || fail "no link was found"
exit "$status"
