#!/bin/bash
# Whether 99 % of runs lie inside the 99 % bands of `sqrtn propagate --model`, node by node, on a ResNet-50, a GPT-2, a
# ViT, an MLP-Mixer and a U-Net, as Markdown: verify/graph_bands.sh [BUILD [BLAS]]. PYTHON: an interpreter that has onnx;
# else one is made in the build folder, from PyPI. Exits with 1 if a band holds fewer runs than chance allows.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
build=$(cd -- "${1:-$root/build/release}" && pwd)
models=$build/graph-models
blas=${2:-openblas}

fail() { printf 'graph_bands.sh: %s\n' "$1" >&2; exit 2; }
if [[ -z ${PYTHON:-} ]]; then
  PYTHON=$models/python/bin/python
  if ! "$PYTHON" -c 'import onnx' 2>/dev/null; then
    mkdir -p "$models"
    python3 -m venv --clear "$models/python" >"$models/pip.log" 2>&1 ||
      fail "python3 makes no virtual environment; on Debian: apt-get install python3-venv"
    "$PYTHON" -m pip install --quiet onnx >>"$models/pip.log" 2>&1 || fail "pip could not install onnx; see $models/pip.log"
  fi
fi
"$PYTHON" "$root/verify/graph_models.py" "$models" || fail "$PYTHON wrote no models; it needs onnx"
cmake --build "$build" --target graph-bands sqrtn-command >&2

printf '# What the 99 %% bands of graphs hold\n\n'
"$build/sqrtn" env | sed -nE 's/^(CPU|kernel|hypervisor|commit|compiler|flags) +(.*)$/- \1: \2/p'
printf -- '- command: `verify/graph_bands.sh`, BLAS %s\n\n' "$blas"
drawn=() stored=()
for network in resnet50:he gpt2:lecun vit:lecun mixer:lecun unet:he; do
  model=$models/${network%:*}.onnx
  drawn+=("$model" "${network#*:}_normal")
  stored+=("$model" file)
done
exec "$build/graph-bands" "$blas" "${drawn[@]}" "${stored[@]}"
