/** How many images were judged, and how. */

import type { Verdict } from "../../model.ts";

export interface Tallied {
  all: number;
  /** Verdicts that were given, the most frequent first. */
  each: [Verdict, number][];
}

/** Counts verdicts; images that only have a note are not judged. */
export function tallied(judged: readonly { verdict: Verdict }[]): Tallied {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of judged) if (verdict !== "none") counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const each = [...counts].sort((a, b) => b[1] - a[1]);
  return { all: each.reduce((sum, [, count]) => sum + count, 0), each };
}
