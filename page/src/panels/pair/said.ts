/** What a run said of an image at a rank. */

import type { Dataset, Row, Run, Taxon } from "../../model.ts";

export interface Said {
  /** Whether the answer is right at the rank; null where the image does not count there. */
  right: boolean | null;
  /** The taxon of most summed probability, where it is another one than the answer's. */
  summed: { taxon: Taxon; right: boolean } | null;
}

/** What was said at a row of `ranks`. */
export function saidAt(data: Dataset, run: Run, row: Row, rank: number): Said {
  const counts = ((run.countsAt[row] >>> rank) & 1) === 1;
  const right = counts ? ((run.rightAt[row] >>> rank) & 1) === 1 : null;
  const summed = run.summed?.[rank]?.taxon[row] ?? -1;
  if (summed < 0) return { right, summed: null };
  const answer = run.answer[row] < 0 ? -1 : data.taxonomy.at(run.answer[row], data.ranks[rank].name);
  if (summed === answer) return { right, summed: null };
  return { right, summed: { taxon: summed, right: data.truth[row] >= 0 && data.taxonomy.contains(summed, data.truth[row]) } };
}
