/** How often a truth is taken for an answer. */

import type { Dataset, Interval, Row, Run } from "../../model.ts";
import { Tally } from "../../statistics/tally.ts";
import { isScored } from "../gallery/confusions.ts";
import { type Pair, membership } from "./members.ts";

export interface Frequency {
  /** Scored images of the truth (of the answer, where any truth is meant), and those of them that belong to the pair. */
  n: number;
  k: number;
  /** k / n; null without images. */
  share: number | null;
  interval: Interval | null;
}

/** Counts a pair among rows, with an interval that draws images of a cluster together. */
export class Frequencies {
  readonly #tally: Tally;
  readonly #of: Uint16Array;
  readonly #has: Uint16Array;

  constructor(data: Dataset, run: Run, pair: Pair) {
    this.#tally = new Tally(data.cluster);
    this.#of = new Uint16Array(data.count);
    this.#has = new Uint16Array(data.count);
    const belongs = membership(data, run, pair);
    const column = pair.truth >= 0 ? data.truth : run.answer;
    const clade = pair.truth >= 0 ? pair.truth : pair.answer;
    const end = clade < 0 ? 0 : data.taxonomy.end(clade);
    for (let row = 0; row < data.count; row++) {
      if (!isScored(run, row) || (clade >= 0 && (column[row] < clade || column[row] >= end))) continue;
      this.#of[row] = 1;
      this.#has[row] = belongs(row) ? 1 : 0;
    }
  }

  among(rows: ArrayLike<Row>): Frequency {
    const { n, right, interval } = this.#tally.share(rows, this.#of, this.#has, 0);
    return { n, k: right, share: n > 0 ? right / n : null, interval };
  }
}

/** All rows that are loaded. */
export function allRows(data: Dataset): Uint32Array {
  return Uint32Array.from({ length: data.count }, (_, row) => row);
}
