#!/bin/bash
# Opens the report page in Chromium and uses it: verify/browser.sh SQRTN BUILD. Exits with 77, which ctest
# counts as skipped, where node, npm's packages or a browser are missing, and says which.
set -euo pipefail
sqrtn=$1 build=$2/browser
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

skip() { printf 'skipped: %s\n' "$1"; exit 77; }
command -v node >/dev/null || skip "no node; on Debian: apt-get install nodejs npm chromium"
browser=$(command -v chromium || command -v google-chrome || true)
[[ $browser ]] || skip "no chromium; on Debian: apt-get install chromium"
mkdir -p "$build"
cp "$here/browser/package.json" "$here/browser/package-lock.json" "$build"
if ! cmp -s "$build/package-lock.json" "$build/node_modules/.from-lock"; then
  command -v npm >/dev/null || skip "no npm; on Debian: apt-get install npm"
  (cd "$build" && npm ci --no-audit --no-fund --loglevel=error >npm.log 2>&1) ||
    skip "npm could not install playwright-core and axe-core; see $build/npm.log"
  cp "$build/package-lock.json" "$build/node_modules/.from-lock"
fi
NODE_PATH=$build/node_modules exec node "$here/browser/page.cjs" "$sqrtn" "$browser" "$here/.." "$build"
