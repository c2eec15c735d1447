/** What rows are sorted by. */

import type { Dataset, Row, Run, Sorting, Store, Taxonomy } from "../../model.ts";
import { answerOf, confusionsOf, isRight, isScored, truthOf } from "../gallery/confusions.ts";
import { rowsByKey, textRanks } from "./sorting.ts";

/** What a list can be sorted by: also what the gallery cannot, and the groups by their place. */
export type Key = Sorting | "truth" | "answer" | "meets" | "cause" | "verdict" | `group ${number}`;

/** The direction in which a key is asked for first. */
export function startsDescending(key: Key): boolean {
  return key === "harm" || key === "height" || key === "probability" || key === "count" || key === "cost";
}

const VERDICTS = ["label_wrong", "model_wrong", "unusable", "synonym", "unsure"];

/** Rows of the selection in the order of a key; equal ones in the order of the data, which is the worst first. */
export function orderRows(data: Dataset, run: Run, store: Store, selection: Uint32Array, key: Key, descending: boolean): Uint32Array {
  const of = keyOf(data, run, store, selection, key);
  const keys = new Float64Array(selection.length);
  for (let i = 0; i < selection.length; i++) keys[i] = of(selection[i]);
  return rowsByKey(selection, keys, descending);
}

function keyOf(data: Dataset, run: Run, store: Store, selection: Uint32Array, key: Key): (row: Row) => number {
  const { cost } = run;
  switch (key) {
    case "harm":
      // What is not right comes first even at height 0, what is not scored before what is right: as in the gallery.
      return (row) => (isRight(data, run, row) ? -2 : isScored(run, row) ? (cost === null ? run.height[row] : cost[row] || 0) : -1);
    case "height":
      return (row) => (isScored(run, row) ? run.height[row] : NaN);
    case "probability":
      return (row) => run.probability[row];
    case "cost":
      return (row) => cost?.[row] ?? NaN;
    case "count":
      return countOf(data, run, selection);
    case "name": {
      const ranks = textRanks(data.names);
      return (row) => ranks[row];
    }
    case "cause":
      return (row) => run.cause[row];
    case "verdict":
      return verdictOf(data, store);
    default:
      return key === "truth" || key === "answer" || key === "meets" ? taxonOf(data, run, key) : groupOf(data, Number(key.slice(6)));
  }
}

function countOf(data: Dataset, run: Run, selection: Uint32Array): (row: Row) => number {
  const { of, count } = confusionsOf(data, run);
  const counts = new Uint32Array(count);
  for (const row of selection) counts[of[row]]++;
  return (row) => counts[of[row]];
}

function taxonOf(data: Dataset, run: Run, key: "truth" | "answer" | "meets"): (row: Row) => number {
  const ranks = taxonRanks(data.taxonomy);
  const rank = (taxon: number) => (taxon >= 0 ? ranks[taxon] : NaN);
  if (key === "truth") return (row) => rank(truthOf(data, row));
  return key === "answer" ? (row) => rank(answerOf(data, run, row)) : (row) => rank(run.lca[row]);
}

function groupOf(data: Dataset, place: number): (row: Row) => number {
  const group = data.groups[place];
  if (group === undefined) return () => 0;
  const ranks = textRanks(group.values);
  return (row) => (group.values[group.column[row]] === "" ? NaN : ranks[group.column[row]]);
}

function verdictOf(data: Dataset, store: Store): (row: Row) => number {
  const keys = new Float64Array(data.count).fill(NaN);
  for (const { row, verdict } of store.judged()) if (verdict !== "none") keys[row] = VERDICTS.indexOf(verdict);
  return (row) => keys[row];
}

const known = new WeakMap<Taxonomy, Float64Array>();

/** Place of each taxon in the order of scientific names. */
export function taxonRanks(taxonomy: Taxonomy): Float64Array {
  let ranks = known.get(taxonomy);
  if (ranks === undefined) {
    const names: string[] = new Array(taxonomy.count);
    for (let taxon = 0; taxon < taxonomy.count; taxon++) names[taxon] = taxonomy.name(taxon);
    known.set(taxonomy, (ranks = textRanks(names)));
  }
  return ranks;
}
