#!/bin/bash
# Checks that every source is as clang-format writes it: verify/format.sh. Skipped (status 77) without clang-format 14, since
# other versions break lines elsewhere, and outside a checkout.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
formatter=$(command -v clang-format-14 || command -v clang-format || true)
[[ $formatter ]] || { echo "skipped: clang-format is not installed"; exit 77; }
[[ $("$formatter" --version) == *"version 14."* ]] || { echo "skipped: clang-format is not of version 14"; exit 77; }
git rev-parse --git-dir >/dev/null 2>&1 || { echo "skipped: this is no checkout"; exit 77; }
git ls-files -z '*.cpp' '*.hpp' | xargs -0 "$formatter" --dry-run -Werror
