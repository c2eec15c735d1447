#!/bin/bash
# Submits the elements again whose shard is not complete, and nothing else: neither what is done nor what is in the queue.
set -euo pipefail
source ./settings.sh
numbers() { tr , '\n' | awk -F- 'NF { for (number = $1; number <= $NF; number++) print number }' | sort; }

code=0
missing=$("${NEARMISS[@]}" shards --missing "$RUN") || code=$?
[ "$code" -le 1 ] || exit "$code"
# An element that was requeued is not complete, nobody works on it, and it comes back by itself.
mapfile -t queued < <(squeue -h -r --me --name=nearmiss -o '%K %F %Z' | awk -v here="$PWD" '$3 == here { print $1, $2 }')
again=$(comm -23 <(numbers <<<"$missing") <(printf '%s\n' "${queued[@]%% *}" | numbers) | sort -n | paste -sd,)
if [ -z "$again" ]; then
  echo "nothing to submit: the other shards are complete, under way or in the queue"
  exit 0
fi

mkdir -p logs
array=$(sbatch --parsable --array="$again" "${ARRAY[@]}" classify.sbatch)
array=${array%%;*}
# The last job waits for the elements that are still in the queue as well.
others=$(printf '%s\n' "${queued[@]##* }" | sort -u | paste -sd:)
after=$(sbatch --parsable --dependency="afterany:$array${others:+:$others}" "${AFTER[@]}" report.sbatch)
echo "array $array of elements $again, then job ${after%%;*}"
