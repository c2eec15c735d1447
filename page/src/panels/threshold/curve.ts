/** The operating curve of a selection: what a threshold keeps, and how wrong that is. */

import type { Interval, Row } from "../../model.ts";

/** What becomes of an image at a threshold. */
export const UNANSWERED = 0;
export const RIGHT = 1;
export const WRONG = 2;

/** One threshold. */
export interface Point {
  threshold: number;
  /** Images whose answer is kept; by the back-off rule, those answered below the root. */
  kept: number;
  /** Of these, the wrong ones, and the interval of their share. */
  wrong: number;
  interval: Interval | null;
  /** Of what is kept and wrong; null where nothing is. */
  meanHeight: number | null;
  depth: Depth | null;
}

/** What only the back-off rule has. */
export interface Depth {
  /** Images whose answer is right as far as it goes, the root among them, and those that are right down to the truth. */
  correct: number;
  exact: number;
  /** Rungs below the root (in a tree without ranks: edges), in the mean. */
  mean: number;
  /** Images by where their answers stop: see `stopsOf`. */
  stops: number[];
}

export interface Curve {
  /** Images that count. */
  readonly n: number;
  /** Those of them without a probability: no threshold above 0 keeps them. */
  readonly without: number;
  /** Rows of those that count. */
  readonly rows: Uint32Array;
  at(threshold: number): Point;
  /** What becomes of each of the rows: UNANSWERED, RIGHT or WRONG. */
  states(threshold: number): Uint8Array;
  /** At most so many points with something kept, by rising coverage. */
  points(most: number): { kept: number; wrong: number }[];
}

/** Rows that pass a change of state, and how many there are. */
export function changed(rows: Uint32Array, from: Uint8Array, to: Uint8Array, passes: (from: number, to: number) => boolean): Set<Row> {
  const found = new Set<Row>();
  for (let at = 0; at < rows.length; at++) if (passes(from[at], to[at])) found.add(rows[at]);
  return found;
}

/** Images by state before and after: `count[3 * from + to]`. */
export function transitions(from: Uint8Array, to: Uint8Array): Uint32Array {
  const count = new Uint32Array(9);
  for (let at = 0; at < from.length; at++) count[3 * from[at] + to[at]] += 1;
  return count;
}
