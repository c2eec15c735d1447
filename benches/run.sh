#!/usr/bin/env bash
# Timings, in a virtual environment and a target folder of their own. See RESULTS.md for the last ones.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
if [ ! -x "$python" ]; then
  echo "bench: making .venv" >&2
  "${PYTHON:-python3}" -m venv .venv
  "$python" -m pip install --quiet numpy pyarrow hiclass==5.0.8 scikit-learn==1.9.1 ranx==0.3.21 faiss-cpu==1.15.1
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
space=$(cargo bench --locked --no-default-features --features tables --bench space --no-run --message-format json | "$python" -c 'import json,sys; print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("target", {}).get("name") == "space" and m.get("executable")][-1])')
"$python" benches/time_space.py "$space" "$target/release/nearmiss"
"$python" benches/time_retrieve.py "$target/release/nearmiss"
