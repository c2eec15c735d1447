/** The numbers of a selection. */

import type { Dataset, Row, Run, Share, Summary } from "../model.ts";
import { Tally } from "./tally.ts";

/** Where an image is not scored. */
const NO_FLAG = 255;

/** Computes the numbers of selections; each selection once per run. */
export class Statistics {
  readonly #data: Dataset;
  readonly #tally: Tally;
  readonly #known = new WeakMap<object, Map<Run, Summary>>();

  constructor(data: Dataset) {
    this.#data = data;
    this.#tally = new Tally(data.cluster);
  }

  /** The share right at a row of ranks. */
  share(rows: ArrayLike<Row>, rank: number, run: Run): Share {
    return this.#shares(rows, [rank], run)[0];
  }

  #shares(rows: ArrayLike<Row>, ranks: readonly number[], { countsAt, rightAt }: Run): Share[] {
    const found = this.#tally.shares(rows, { counts: countsAt, right: rightAt }, ranks);
    return found.map(({ n, right, interval }) => ({ n, right, share: n > 0 ? right / n : null, interval }));
  }

  summary(rows: ArrayLike<Row>, run: Run): Summary {
    let byRun = this.#known.get(rows);
    if (!byRun) this.#known.set(rows, (byRun = new Map()));
    let found = byRun.get(run);
    if (!found) byRun.set(run, (found = this.#summaryOf(rows, run)));
    return found;
  }

  #summaryOf(rows: ArrayLike<Row>, run: Run): Summary {
    const { flag, height } = run;
    let [scored, mistakes, sum, measured] = [0, 0, 0, 0];
    const heights: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (flag[row] === NO_FLAG) continue;
      scored += 1;
      if (flag[row] !== 0) mistakes += 1;
      const high = height[row];
      if (high < 0) continue;
      measured += 1;
      sum += high;
      while (heights.length <= high) heights.push(0);
      heights[high] += 1;
    }
    return {
      images: rows.length,
      scored,
      mistakes,
      meanHeight: measured > 0 ? sum / measured : null,
      severity: mistakes > 0 && measured > 0 ? sum / mistakes : null,
      ranks: this.#shares(
        rows,
        this.#data.ranks.map((_, rank) => rank),
        run,
      ),
      heights,
    };
  }
}
