/** Typical images of a taxon: those that are rightly answered, the surest first. */

import type { Dataset, Row, Run, Taxon } from "../../model.ts";
import { isRight } from "../gallery/confusions.ts";

/** Rows whose truth lies in the clade and whose answer is right, by falling probability; without probabilities in the order of the
 * data. Images that have a picture come first. */
export function typical(data: Dataset, run: Run, clade: Taxon, most: number): Row[] {
  const end = data.taxonomy.end(clade);
  const best: { row: Row; key: number }[] = [];
  for (let row = 0; row < data.count; row++) {
    const truth = data.truth[row];
    if (truth < clade || truth >= end || !isRight(data, run, row)) continue;
    const probability = run.probability[row];
    const key = (Number.isNaN(probability) ? 0 : probability) + (data.picture(row) === null ? 0 : 2);
    if (best.length === most && key <= best[most - 1].key) continue;
    let place = best.length;
    while (place > 0 && best[place - 1].key < key) place -= 1;
    best.splice(place, 0, { row, key });
    if (best.length > most) best.pop();
  }
  return best.map(({ row }) => row);
}
