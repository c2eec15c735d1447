/** A threshold on the probability of the answer at one rank: below it, nothing is answered. */

import type { Dataset, Run } from "../../model.ts";
import type { Choice } from "./choice.ts";
import { Clusters, shareInterval } from "./clustered.ts";
import { RIGHT, UNANSWERED, WRONG, type Curve, type Point } from "./curve.ts";
import { fallingOrder, level, reaching } from "./level.ts";
import type { Outcomes } from "./outcome.ts";

/** Answers of all images at a rank, sorted once. */
export class RankAnswers {
  /** Level of the probability; 0 where there is none, so that a threshold of 0 keeps everything. */
  readonly score: Float64Array;
  readonly without: Uint8Array;
  readonly counts: Uint8Array;
  readonly wrong: Uint8Array;
  readonly height: Uint16Array;
  /** Rows by falling score. */
  readonly order: Uint32Array;
  /** Whether the probabilities are single floats, to which a threshold must be rounded as well. */
  readonly single: boolean;

  constructor(data: Dataset, run: Run, choice: Choice, outcomes: Outcomes) {
    const count = data.count;
    this.score = new Float64Array(count);
    this.without = new Uint8Array(count);
    this.counts = new Uint8Array(count);
    this.wrong = new Uint8Array(count);
    this.height = new Uint16Array(count);
    const summed = choice.kind === "summed" ? run.summed![choice.rank]! : null;
    this.single = summed !== null;
    const probability = summed?.probability ?? run.probability;
    for (let row = 0; row < count; row++) {
      const given = probability[row];
      if (given > 0) this.score[row] = level(given);
      else if (Number.isNaN(given)) this.without[row] = 1;
      this.counts[row] = (run.countsAt[row] >> choice.rank) & 1;
    }
    if (summed === null) this.path(run, choice.rank);
    else this.summed(data, run, choice.rank, summed.taxon, outcomes);
    this.order = fallingOrder(this.score);
  }

  private path(run: Run, rank: number): void {
    for (let row = 0; row < this.wrong.length; row++) {
      this.wrong[row] = 1 - ((run.rightAt[row] >> rank) & 1);
      this.height[row] = Math.max(run.height[row], 0);
    }
  }

  private summed(data: Dataset, run: Run, rank: number, taxon: Int32Array, outcomes: Outcomes): void {
    const { taxonomy } = data;
    const name = data.ranks[rank].name;
    const atRank = new Int32Array(taxonomy.count).fill(-2);
    for (let row = 0; row < this.wrong.length; row++) {
      const truth = data.truth[row];
      if (truth >= 0 && atRank[truth] === -2) atRank[truth] = taxonomy.at(truth, name);
      const right = truth >= 0 && atRank[truth] >= 0 && taxon[row] === atRank[truth];
      this.wrong[row] = right ? 0 : 1;
      if (right || this.counts[row] === 0) continue;
      // What has no truth in the taxonomy is as wrong as the run counts it.
      this.height[row] = truth < 0 ? Math.max(run.height[row], 0) : outcomes.height(truth, outcomes.predicted(truth, Math.max(taxon[row], 0)));
    }
  }
}

/** The curve of a selection of them. */
export class RankCurve implements Curve {
  readonly rows: Uint32Array;
  readonly n: number;
  readonly without: number;
  private readonly scores: Float64Array;
  /** Sums over the first images, in the order of the scores. */
  private readonly wrong: Uint32Array;
  private readonly heights: Float64Array;
  private readonly moments: [Float64Array, Float64Array, Float64Array] | null;

  constructor(
    private readonly answers: RankAnswers,
    selection: ArrayLike<number>,
    cluster: Uint32Array | null,
  ) {
    const selected = new Uint8Array(answers.score.length);
    let n = 0;
    for (let at = 0; at < selection.length; at++) {
      const counts = answers.counts[selection[at]];
      selected[selection[at]] = counts;
      n += counts;
    }
    const clusters = cluster === null ? null : new Clusters(cluster);
    this.n = n;
    this.rows = new Uint32Array(n);
    this.scores = new Float64Array(n);
    this.wrong = new Uint32Array(n + 1);
    this.heights = new Float64Array(n + 1);
    this.moments = clusters === null ? null : [new Float64Array(n + 1), new Float64Array(n + 1), new Float64Array(n + 1)];
    let [at, without] = [0, 0];
    for (let place = 0; place < answers.order.length; place++) {
      const row = answers.order[place];
      if (selected[row] === 0) continue;
      const wrong = answers.wrong[row];
      this.rows[at] = row;
      this.scores[at] = answers.score[row];
      without += answers.without[row];
      this.wrong[at + 1] = this.wrong[at] + wrong;
      this.heights[at + 1] = this.heights[at] + wrong * answers.height[row];
      at += 1;
      if (clusters === null) continue;
      clusters.add(row, 1, wrong);
      this.moments![0][at] = clusters.ww;
      this.moments![1][at] = clusters.wm;
      this.moments![2][at] = clusters.mm;
    }
    this.without = without;
  }

  private kept(threshold: number): number {
    return reaching(this.scores, this.n, level(this.answers.single ? Math.fround(threshold) : threshold));
  }

  at(threshold: number): Point {
    const kept = this.kept(threshold);
    const wrong = this.wrong[kept];
    const moments = this.moments && { ww: this.moments[0][kept], wm: this.moments[1][kept], mm: this.moments[2][kept] };
    const meanHeight = wrong === 0 ? null : this.heights[kept] / wrong;
    return { threshold, kept, wrong, interval: shareInterval(kept, wrong, moments), meanHeight, depth: null };
  }

  states(threshold: number): Uint8Array {
    const states = new Uint8Array(this.n).fill(UNANSWERED);
    const kept = this.kept(threshold);
    for (let at = 0; at < kept; at++) states[at] = this.answers.wrong[this.rows[at]] === 1 ? WRONG : RIGHT;
    return states;
  }

  points(most: number): { kept: number; wrong: number }[] {
    const points: { kept: number; wrong: number }[] = [];
    for (let part = 1; part <= most; part++) {
      const near = Math.ceil((part * this.n) / most);
      // No threshold parts images of one score.
      const kept = near === 0 ? 0 : reaching(this.scores, this.n, this.scores[near - 1]);
      if (kept > (points[points.length - 1]?.kept ?? 0)) points.push({ kept, wrong: this.wrong[kept] });
    }
    return points;
  }
}
