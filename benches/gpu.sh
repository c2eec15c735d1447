#!/usr/bin/env bash
# The encoder on a CUDA device: images a second, share of the device's bf16 matrix rate, parity with the processor.
# Says so and ends well where there is no device.
#
#     benches/gpu.sh [BATCH]      needs NEARMISS_LIBTORCH_CUDA (the folder of libtorch_cuda.so 2.11), and a Python with
#                                 open_clip_torch and a CUDA torch in PYTHON
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v nvidia-smi > /dev/null || ! nvidia-smi -L > /dev/null 2>&1; then
  echo "gpu: no CUDA device on this machine; nothing was measured" >&2
  exit 0
fi
nvidia-smi -L
program=$(cargo bench --locked --bench encoder --no-run --message-format json | "${PYTHON:-python3}" -c 'import json,sys; print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("target", {}).get("name") == "encoder" and m.get("executable")][-1])')
"${PYTHON:-python3}" benches/time_gpu.py "$program" --batch "${1:-256}"
