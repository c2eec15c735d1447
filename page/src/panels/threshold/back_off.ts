/** A threshold on the back-off rule: the answer is the deepest taxon that reaches it, the root where none does. */

import type { Dataset, Run } from "../../model.ts";
import { Clusters, shareInterval } from "./clustered.ts";
import { RIGHT, UNANSWERED, WRONG, type Curve, type Depth, type Point } from "./curve.ts";
import { fallingOrder, level, reaching } from "./level.ts";
import type { Outcomes } from "./outcome.ts";

/** Where answers stop: by rung, species 0 to root 7; in a tree without ranks by edges below the root, the last for more. */
export const STOPS = 9;

// Columns of totals; those of the stops follow.
const KEPT = 0;
const WRONGS = 1;
const CORRECT = 2;
const EXACT = 3;
const HEIGHT = 4;
const DEPTH = 5;
const FIRST_STOP = 6;
const COLUMNS = FIRST_STOP + STOPS;
/** Totals are kept after each so many steps; what lies between is added up when asked for. */
const STRIDE = 256;

/** The answers of one image by falling threshold, each held against its truth. */
interface Answer {
  kept: number;
  correct: number;
  exact: number;
  height: number;
  depth: number;
  stop: number;
}

/** What steps change in the totals, in the order of falling thresholds. */
class Changes {
  readonly row: Uint32Array;
  readonly score: Float64Array;
  readonly kept: Int8Array;
  readonly wrong: Int8Array;
  readonly correct: Int8Array;
  readonly exact: Int8Array;
  readonly height: Int32Array;
  readonly depth: Int16Array;
  readonly from: Uint8Array;
  readonly to: Uint8Array;

  constructor(readonly count: number) {
    this.row = new Uint32Array(count);
    this.score = new Float64Array(count);
    this.kept = new Int8Array(count);
    this.wrong = new Int8Array(count);
    this.correct = new Int8Array(count);
    this.exact = new Int8Array(count);
    this.height = new Int32Array(count);
    this.depth = new Int16Array(count);
    this.from = new Uint8Array(count);
    this.to = new Uint8Array(count);
  }

  set(place: number, row: number, score: number, before: Answer, after: Answer): void {
    const [wasWrong, isWrong] = [before.kept & ~before.correct & 1, after.kept & ~after.correct & 1];
    this.row[place] = row;
    this.score[place] = score;
    this.kept[place] = after.kept - before.kept;
    this.wrong[place] = isWrong - wasWrong;
    this.correct[place] = after.correct - before.correct;
    this.exact[place] = after.exact - before.exact;
    this.height[place] = isWrong * after.height - wasWrong * before.height;
    this.depth[place] = after.depth - before.depth;
    this.from[place] = before.stop;
    this.to[place] = after.stop;
  }

  /** Adds what a step changes. */
  add(place: number, totals: Float64Array): void {
    totals[KEPT] += this.kept[place];
    totals[WRONGS] += this.wrong[place];
    totals[CORRECT] += this.correct[place];
    totals[EXACT] += this.exact[place];
    totals[HEIGHT] += this.height[place];
    totals[DEPTH] += this.depth[place];
    totals[FIRST_STOP + this.from[place]] -= 1;
    totals[FIRST_STOP + this.to[place]] += 1;
  }
}

/** Steps of all images, held against the truths, sorted once. */
export class BackOffAnswers {
  readonly starts: Uint32Array;
  readonly changes: Changes;
  /** By step: its threshold, and UNANSWERED, RIGHT or WRONG. */
  readonly score: Float64Array;
  readonly state: Uint8Array;
  readonly scored: Uint8Array;
  /** Images whose truth is not in the taxonomy and which count: wrong whatever is answered. */
  readonly unplaced: Uint8Array;
  /** Where the root stands among the stops. */
  readonly rootStop: number;

  constructor(
    private readonly data: Dataset,
    private readonly run: Run,
    private readonly outcomes: Outcomes,
    private readonly ranked: boolean,
  ) {
    const { starts, threshold, taxon } = run.steps!;
    this.starts = starts;
    this.rootStop = ranked ? 7 : 0;
    this.score = new Float64Array(taxon.length);
    this.state = new Uint8Array(taxon.length);
    this.scored = new Uint8Array(data.count);
    this.unplaced = new Uint8Array(data.count);
    for (let step = 0; step < taxon.length; step++) this.score[step] = Math.max(level(threshold[step]), 0);
    this.changes = new Changes(taxon.length);
    const places = new Uint32Array(taxon.length);
    fallingOrder(this.score).forEach((step, place) => (places[step] = place));
    for (let row = 0; row < data.count; row++) {
      this.scored[row] = run.height[row] < 0 ? 0 : 1;
      this.unplaced[row] = this.scored[row] === 1 && data.truth[row] < 0 ? 1 : 0;
      let before = this.answer(row, 0);
      for (let step = starts[row]; step < starts[row + 1]; step++) {
        const after = this.scored[row] === 1 ? this.answer(row, taxon[step]) : before;
        this.state[step] = after.kept === 0 ? UNANSWERED : after.correct === 1 ? RIGHT : WRONG;
        this.changes.set(places[step], row, this.score[step], before, after);
        before = after;
      }
    }
  }

  private answer(row: number, taxon: number): Answer {
    const { data, outcomes } = this;
    const truth = data.truth[row];
    const predicted = truth < 0 ? taxon : outcomes.predicted(truth, taxon);
    const correct = truth >= 0 && outcomes.correct(truth, predicted);
    const rung = this.ranked ? data.taxonomy.rung(predicted) : 0;
    return {
      kept: predicted > 0 ? 1 : 0,
      correct: correct ? 1 : 0,
      exact: predicted === truth ? 1 : 0,
      // What has no truth in the taxonomy is as wrong as the run counts it.
      height: correct ? 0 : truth < 0 ? this.run.height[row] : outcomes.height(truth, predicted),
      depth: this.ranked ? 7 - rung : outcomes.depth[predicted],
      stop: this.ranked ? rung : Math.min(outcomes.depth[predicted], STOPS - 1),
    };
  }
}

/** The curve of a selection of them. */
export class BackOffCurve implements Curve {
  readonly rows: Uint32Array;
  readonly n: number;
  readonly without: number;
  /** Places of the selection's steps among the changes, and their thresholds. */
  private readonly places: Uint32Array;
  private readonly scores: Float64Array;
  private readonly count: number;
  private readonly totals: Float64Array;
  private readonly moments: [Float64Array, Float64Array, Float64Array] | null;

  constructor(
    private readonly answers: BackOffAnswers,
    selection: ArrayLike<number>,
    cluster: Uint32Array | null,
  ) {
    const { starts, scored } = answers;
    const selected = new Uint8Array(scored.length);
    const rows = new Uint32Array(selection.length);
    let [n, without, unplaced, count] = [0, 0, 0, 0];
    for (let at = 0; at < selection.length; at++) {
      const row = selection[at];
      if (scored[row] === 0) continue;
      selected[row] = 1;
      rows[n++] = row;
      const own = starts[row + 1] - starts[row];
      count += own;
      if (own === 0) without += 1;
      unplaced += answers.unplaced[row];
    }
    this.rows = rows.subarray(0, n);
    this.n = n;
    this.without = without;
    this.count = count;
    this.places = new Uint32Array(count);
    this.scores = new Float64Array(count);
    this.totals = new Float64Array(COLUMNS * (Math.floor(count / STRIDE) + 1));
    this.moments = cluster === null ? null : [new Float64Array(count + 1), new Float64Array(count + 1), new Float64Array(count + 1)];
    this.sum(selected, unplaced);
    if (cluster !== null) this.cluster(cluster);
  }

  /** Totals after each STRIDE steps, from the answer "root" to every image. */
  private sum(selected: Uint8Array, unplaced: number): void {
    const { changes, rootStop } = this.answers;
    const sums = new Float64Array(COLUMNS);
    sums[CORRECT] = this.n - unplaced;
    sums[FIRST_STOP + rootStop] = this.n;
    this.totals.set(sums);
    let at = 0;
    for (let place = 0; place < changes.count; place++) {
      if (selected[changes.row[place]] === 0) continue;
      this.places[at] = place;
      this.scores[at] = changes.score[place];
      changes.add(place, sums);
      at += 1;
      if (at % STRIDE === 0) this.totals.set(sums, (at / STRIDE) * COLUMNS);
    }
  }

  private cluster(cluster: Uint32Array): void {
    const { changes } = this.answers;
    const clusters = new Clusters(cluster);
    const [ww, wm, mm] = this.moments!;
    for (let at = 0; at < this.count; at++) {
      const place = this.places[at];
      const [kept, wrong] = [changes.kept[place], changes.wrong[place]];
      if (kept !== 0 || wrong !== 0) clusters.add(changes.row[place], kept, wrong);
      ww[at + 1] = clusters.ww;
      wm[at + 1] = clusters.wm;
      mm[at + 1] = clusters.mm;
    }
  }

  /** Totals after so many steps. */
  private after(steps: number): Float64Array {
    const stored = Math.floor(steps / STRIDE);
    const sums = this.totals.slice(stored * COLUMNS, (stored + 1) * COLUMNS);
    for (let at = stored * STRIDE; at < steps; at++) this.answers.changes.add(this.places[at], sums);
    return sums;
  }

  at(threshold: number): Point {
    const steps = reaching(this.scores, this.count, level(Math.fround(threshold)));
    const sums = this.after(steps);
    const [kept, wrong] = [sums[KEPT], sums[WRONGS]];
    const moments = this.moments && { ww: this.moments[0][steps], wm: this.moments[1][steps], mm: this.moments[2][steps] };
    const depth: Depth = {
      correct: sums[CORRECT],
      exact: sums[EXACT],
      mean: this.n === 0 ? 0 : sums[DEPTH] / this.n,
      stops: Array.from(sums.subarray(FIRST_STOP)),
    };
    const meanHeight = wrong === 0 ? null : sums[HEIGHT] / wrong;
    return { threshold, kept, wrong, interval: shareInterval(kept, wrong, moments), meanHeight, depth };
  }

  states(threshold: number): Uint8Array {
    const { starts, score, state } = this.answers;
    const reached = level(Math.fround(threshold));
    const states = new Uint8Array(this.n);
    for (let at = 0; at < this.n; at++) {
      const first = starts[this.rows[at]];
      let step = starts[this.rows[at] + 1] - 1;
      while (step >= first && score[step] < reached) step -= 1;
      states[at] = step < first ? UNANSWERED : state[step];
    }
    return states;
  }

  points(most: number): { kept: number; wrong: number }[] {
    const points: { kept: number; wrong: number }[] = [];
    let last = 0;
    for (let part = 1; part <= most; part++) {
      const near = Math.ceil((part * this.count) / most);
      // No threshold parts steps of one score.
      const steps = near === 0 ? 0 : reaching(this.scores, this.count, this.scores[near - 1]);
      if (steps === last) continue;
      last = steps;
      const sums = this.after(steps);
      if (sums[KEPT] > 0) points.push({ kept: sums[KEPT], wrong: sums[WRONGS] });
    }
    return points;
  }
}
