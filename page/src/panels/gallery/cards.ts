/** The selection as cards: one per confusion, per observation or per image, in the order in which they are shown. */

import type { Dataset, Grouped, Run, Sorting } from "../../model.ts";
import { placesByKey, textRanks } from "../list/sorting.ts";
import { taxonRanks } from "../list/keys.ts";
import { confusionsOf, isRight, isScored } from "./confusions.ts";

/** What a card holds; the first come first. */
export const MISTAKES = 0;
export const NOT_SCORED = 1;
export const RIGHT = 2;

export interface Cards {
  readonly grouped: Grouped;
  readonly count: number;
  /** The images of card i are `rows[starts[i]]` to `rows[starts[i + 1] - 1]`. */
  readonly starts: Uint32Array;
  /** All images of the selection, card after card. */
  readonly rows: Uint32Array;
  readonly kind: Uint8Array;
  /** Images of the card that are right. */
  readonly right: Uint32Array;
  /** Means over the images that have one; not-a-number where none has. */
  readonly height: Float64Array;
  readonly probability: Float64Array;
  /** Sum of the costs; 0 where the user gave none. */
  readonly cost: Float64Array;
}

/** Groups of the selection: a number for each of its images, smaller than `most`. */
interface Groups {
  of: Uint32Array;
  most: number;
  /** By number of the group: its place in the order of names. */
  rank(group: number, firstRow: number): number;
}

export function makeCards(data: Dataset, run: Run, selection: Uint32Array, grouped: Grouped, sort: Sorting): Cards {
  const by = grouped === "observation" && data.observation === null ? "none" : grouped;
  const groups = groupsOf(data, run, selection, by, sort);
  const sums = sum(data, run, selection, groups);
  const order = inOrder(groups, sums, sort, run.cost !== null);
  return lay(by, selection, groups.of, sums, order);
}

function groupsOf(data: Dataset, run: Run, selection: Uint32Array, grouped: Grouped, sort: Sorting): Groups {
  const n = selection.length;
  const of = new Uint32Array(n);
  // Names are only put in order where they are needed.
  const ranked = sort === "name";
  if (grouped === "confusion") {
    const confusions = confusionsOf(data, run);
    for (let i = 0; i < n; i++) of[i] = confusions.of[selection[i]];
    const taxa = ranked ? taxonRanks(data.taxonomy) : null;
    const place = (taxon: number) => (taxa === null || taxon < 0 ? data.taxonomy.count : taxa[taxon]);
    const rank = (group: number) => place(confusions.truth[group]) * (data.taxonomy.count + 1) + place(confusions.answer[group]);
    return { of, most: confusions.count, rank };
  }
  if (grouped === "observation" && data.observation !== null) {
    const { values, column } = data.observation;
    // An image of no observation stands for itself.
    for (let i = 0; i < n; i++) of[i] = values[column[selection[i]]] ? column[selection[i]] : values.length + i;
    const ranks = ranked ? textRanks(values) : null;
    return { of, most: values.length + n, rank: (group) => ranks?.[group] ?? NaN };
  }
  for (let i = 0; i < n; i++) of[i] = i;
  const ranks = ranked ? textRanks(data.names) : null;
  return { of, most: n, rank: (_, row) => ranks?.[row] ?? 0 };
}

interface Sums {
  /** Groups that have images, in the order in which the selection comes upon them, and the first image of each. */
  live: number[];
  first: number[];
  /** By number of the group. */
  images: Uint32Array;
  scored: Uint32Array;
  right: Uint32Array;
  height: Float64Array;
  cost: Float64Array;
  probability: Float64Array;
  probabilities: Uint32Array;
}

function sum(data: Dataset, run: Run, selection: Uint32Array, groups: Groups): Sums {
  const { most, of } = groups;
  const live: number[] = [];
  const first: number[] = [];
  const images = new Uint32Array(most);
  const scored = new Uint32Array(most);
  const right = new Uint32Array(most);
  const height = new Float64Array(most);
  const cost = new Float64Array(most);
  const probability = new Float64Array(most);
  const probabilities = new Uint32Array(most);
  for (let i = 0; i < selection.length; i++) {
    const row = selection[i];
    const group = of[i];
    if (images[group]++ === 0) {
      live.push(group);
      first.push(row);
    }
    if (isScored(run, row)) {
      scored[group]++;
      height[group] += run.height[row];
    }
    if (isRight(data, run, row)) right[group]++;
    if (run.cost !== null && run.cost[row] > 0) cost[group] += run.cost[row];
    const best = run.probability[row];
    if (best === best) {
      probability[group] += best;
      probabilities[group]++;
    }
  }
  return { live, first, images, scored, right, height, cost, probability, probabilities };
}

function kindOf(sums: Sums, group: number): number {
  if (sums.scored[group] === 0) return NOT_SCORED;
  return sums.right[group] === sums.images[group] ? RIGHT : MISTAKES;
}

/** Groups as they are shown: mistakes, then images that are not scored, then right ones; each by the key. */
function inOrder(groups: Groups, sums: Sums, sort: Sorting, costs: boolean): Uint32Array {
  const { live } = sums;
  const keys = new Float64Array(live.length);
  for (let i = 0; i < live.length; i++) keys[i] = keyOf(groups, sums, sort, costs, i);
  const places = placesByKey(keys, sort !== "name");
  const order = new Uint32Array(live.length);
  let at = 0;
  for (let kind = MISTAKES; kind <= RIGHT; kind++) {
    for (const place of places) if (kindOf(sums, live[place]) === kind) order[at++] = live[place];
  }
  return order;
}

function keyOf(groups: Groups, sums: Sums, sort: Sorting, costs: boolean, i: number): number {
  const group = sums.live[i];
  switch (sort) {
    // Height × count of a pair is the sum of the heights of its images.
    case "harm":
      return costs ? sums.cost[group] : sums.height[group];
    case "height":
      return sums.height[group] / sums.scored[group];
    case "probability":
      return sums.probability[group] / sums.probabilities[group];
    case "count":
      return sums.images[group];
    case "cost":
      return sums.cost[group];
    case "name":
      return groups.rank(group, sums.first[i]);
  }
}

function lay(grouped: Grouped, selection: Uint32Array, of: Uint32Array, sums: Sums, order: Uint32Array): Cards {
  const count = order.length;
  const starts = new Uint32Array(count + 1);
  const next = new Uint32Array(sums.images.length);
  const kind = new Uint8Array(count);
  const right = new Uint32Array(count);
  const height = new Float64Array(count);
  const probability = new Float64Array(count);
  const cost = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const group = order[i];
    next[group] = starts[i];
    starts[i + 1] = starts[i] + sums.images[group];
    kind[i] = kindOf(sums, group);
    right[i] = sums.right[group];
    height[i] = sums.height[group] / sums.scored[group];
    probability[i] = sums.probability[group] / sums.probabilities[group];
    cost[i] = sums.cost[group];
  }
  const rows = new Uint32Array(selection.length);
  for (let i = 0; i < selection.length; i++) rows[next[of[i]]++] = selection[i];
  return { grouped, count, starts, rows, kind, right, height, probability, cost };
}

/** The card that holds a place of `rows`. */
export function cardAt(cards: Cards, place: number): number {
  let low = 0;
  let high = cards.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cards.starts[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
