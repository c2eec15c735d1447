/** Which truth was taken for which answer, image by image: one number per pair. */

import type { Dataset, Row, Run } from "../../model.ts";
import { placesByKey } from "../list/sorting.ts";

/** Truths that are no taxon. */
export const UNKNOWN = -1;
export const TRUTH_OUTSIDE = -2;
/** Answers that are no taxon: none was given; one outside the taxonomy; one of the two, the data do not say which. */
export const NO_ANSWER = -1;
export const ANSWER_OUTSIDE = -2;
export const NONE_IN_TAXONOMY = -3;

export interface Confusions {
  /** Number of the pair of each image. */
  readonly of: Uint32Array;
  readonly count: number;
  /** By pair: a taxon, or what stands for none. */
  readonly truth: Int32Array;
  readonly answer: Int32Array;
}

/** The truth, or what stands for none. */
export function truthOf(data: Dataset, row: Row): number {
  const truth = data.truth[row];
  if (truth >= 0) return truth;
  return data.truthState[row] === 2 ? TRUTH_OUTSIDE : UNKNOWN;
}

/** The answer as scored; as given where the image is not scored; or what stands for none. */
export function answerOf(data: Dataset, run: Run, row: Row): number {
  // An image without an answer is scored as one that was answered with the root.
  if (run.answer[row] < 0) return noneOf(data.format.causes[run.cause[row]]);
  return run.predicted[row] >= 0 ? run.predicted[row] : run.answer[row];
}

function noneOf(cause: string | undefined): number {
  if (cause === "no_answer" || cause === "unreadable") return NO_ANSWER;
  return cause === "answer_outside_taxonomy" ? ANSWER_OUTSIDE : NONE_IN_TAXONOMY;
}

export function isScored(run: Run, row: Row): boolean {
  return run.height[row] >= 0;
}

export function isRight(data: Dataset, run: Run, row: Row): boolean {
  return data.truth[row] >= 0 && run.predicted[row] === data.truth[row];
}

/** Kept with the answers, which are others when more images have been loaded. */
const known = new WeakMap<Int32Array, Confusions>();

export function confusionsOf(data: Dataset, run: Run): Confusions {
  let confusions = known.get(run.answer);
  if (confusions === undefined) known.set(run.answer, (confusions = find(data, run)));
  return confusions;
}

function find(data: Dataset, run: Run): Confusions {
  const { count } = data;
  const width = data.taxonomy.count + 3;
  const keys = new Float64Array(count);
  // Not scored and scored images never share a pair: "no answer" is there in both.
  for (let row = 0; row < count; row++) {
    const pair = (truthOf(data, row) + 2) * width + answerOf(data, run, row) + 3;
    keys[row] = pair * 2 + (isScored(run, row) ? 1 : 0);
  }
  const order = placesByKey(keys, false);
  const of = new Uint32Array(count);
  const firsts: number[] = [];
  for (let i = 0; i < count; i++) {
    if (i === 0 || keys[order[i]] !== keys[order[i - 1]]) firsts.push(order[i]);
    of[order[i]] = firsts.length - 1;
  }
  const truth = Int32Array.from(firsts, (row) => truthOf(data, row));
  const answer = Int32Array.from(firsts, (row) => answerOf(data, run, row));
  return { of, count: firsts.length, truth, answer };
}
