#!/bin/bash
# Classifies, scores, joins and reports what settings.sh names: an array of SHARDS elements, and a job after it.
set -euo pipefail
source ./settings.sh
mkdir -p logs
array=$(sbatch --parsable --array="1-$SHARDS" "${ARRAY[@]}" classify.sbatch)
# On a federation the name of the cluster follows.
array=${array%%;*}
after=$(sbatch --parsable --dependency="afterany:$array" "${AFTER[@]}" report.sbatch)
echo "array $array of $SHARDS elements, then job ${after%%;*}"
