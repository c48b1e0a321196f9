#!/bin/bash
# Opens the report page in Chromium and uses it: verify/browser.sh SQRTN BUILD. Exits with 77, which ctest
# counts as skipped, where Python, its packages or a browser are missing, and says which.
set -euo pipefail
sqrtn=$1 build=$2/browser
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

skip() { printf 'skipped: %s\n' "$1"; exit 77; }
browser=$(command -v chromium || command -v google-chrome || true)
[[ $browser ]] || skip "no chromium; on Debian: apt-get install chromium"
command -v python3 >/dev/null || skip "no python3; on Debian: apt-get install python3-venv"
mkdir -p "$build"
if ! cmp -s "$here/browser/requirements.txt" "$build/python/installed"; then
  python3 -m venv --clear "$build/python" >"$build/pip.log" 2>&1 ||
    skip "python3 makes no virtual environment; on Debian: apt-get install python3-venv"
  "$build/python/bin/python" -m pip install --quiet --requirement "$here/browser/requirements.txt" >>"$build/pip.log" 2>&1 ||
    skip "pip could not install playwright and axe; see $build/pip.log"
  cp "$here/browser/requirements.txt" "$build/python/installed"
fi
exec "$build/python/bin/python" "$here/browser/page.py" "$sqrtn" "$browser" "$here/.." "$build"
