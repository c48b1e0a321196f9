#!/bin/bash
# Checks the sources that changed since a commit by clang-tidy, whose rules are in .clang-tidy: verify/tidy.sh [COMMIT],
# by default the one before. Without precompiled headers, so that a source that forgets an #include is found too; some
# 10 s a source. Skipped (status 77) where clang-tidy, cmake or that commit is missing.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
commit=${1:-HEAD~1} build=build/tidy
for tool in clang-tidy cmake ninja; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
git rev-parse --verify --quiet "$commit^{commit}" >/dev/null || { echo "skipped: there is no commit $commit"; exit 77; }

mapfile -t sources < <(git diff --name-only --diff-filter=d "$commit" -- '*.cpp')
((${#sources[@]})) || { echo "no source has changed since $commit"; exit 0; }
cmake --preset release -B "$build" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
echo "${#sources[@]} sources"
printf '%s\0' "${sources[@]}" |
  xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$build" --quiet --warnings-as-errors='*' 2> >(grep -v ' warnings generated' >&2)
