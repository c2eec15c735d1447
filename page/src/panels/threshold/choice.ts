/** What a threshold can be on. */

import type { Dataset, Run } from "../../model.ts";

export interface Choice {
  /** As in the state: the name of a rank, or `back_off`. */
  by: string;
  /** Row of ranks; -1 for the back-off rule. */
  rank: number;
  kind: "path" | "summed" | "back_off";
}

/** The back-off rule where the run has its steps, and each rank where it has probabilities. */
export function choices(data: Dataset, run: Run): Choice[] {
  const found: Choice[] = [];
  data.ranks.forEach(({ name }, rank) => {
    const summed = run.summed?.[rank] ?? null;
    if (summed !== null) found.push({ by: name, rank, kind: "summed" });
    else if (run.whole.has_probabilities) found.push({ by: name, rank, kind: "path" });
  });
  if (run.steps !== null) found.push({ by: "back_off", rank: -1, kind: "back_off" });
  return found;
}

/** The choice of the state; else the back-off rule, else the finest rank. */
export function chosen(all: readonly Choice[], by: string): Choice | null {
  return all.find((choice) => choice.by === by) ?? all[all.length - 1] ?? null;
}
