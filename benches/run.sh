#!/usr/bin/env bash
# Timings, in a virtual environment and a target folder of their own. See RESULTS.md for the last ones.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
if [ ! -x "$python" ]; then
  echo "bench: making .venv" >&2
  "${PYTHON:-python3}" -m venv .venv
  "$python" -m pip install --quiet numpy pyarrow hiclass==5.0.8 scikit-learn==1.9.1 ranx==0.3.21 faiss-cpu==1.15.1 \
    torch==2.15.0 torchvision==0.29.2 open_clip_torch==3.2.0 safetensors==0.8.0 pillow==13.0.0 \
    pybioclip==2.1.6
fi
echo "bench: building with optimisation" >&2
make --no-print-directory build
target=$(cargo metadata --locked --format-version 1 --no-deps | "$python" -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
data=$target/bench
[ -e "$data/predictions_1000000.parquet" ] || "$python" benches/make_predictions.py "$data"
"$python" benches/time_report.py "$target/release/nearmiss" "$data/predictions_1000000.parquet"
"$python" benches/time_peers.py "$target/release/nearmiss" "$data/predictions_1000000.parquet"
"$python" benches/time_compare.py "$target/release/nearmiss"
[ -e "$data/archive.zip" ] || "$python" benches/make_archive.py "$data/archive.zip"
"$python" benches/time_import.py "$target/release/nearmiss" "$data/archive.zip"
bench() {
  cargo bench --locked --bench "$1" --no-run --message-format json | "$python" -c '
import json, sys
name = sys.argv[1]
messages = (json.loads(line) for line in sys.stdin if line.startswith("{"))
print([m["executable"] for m in messages if m.get("target", {}).get("name") == name and m.get("executable")][-1])' "$1"
}
"$python" benches/time_space.py "$(bench space)" "$target/release/nearmiss"
"$python" benches/time_retrieve.py "$target/release/nearmiss"
"$python" benches/time_ranks.py "$(bench ranks)"
"$python" benches/time_decode.py "$(bench photographs)" "${PHOTOGRAPH:-tests/fixtures/pixels/baseline_420_low_quality.jpg}"
"$python" benches/time_encoder.py "$(bench encoder)"
benches/gpu.sh
