/** Which images a pair sheet is about. */

import type { Dataset, Row, Run, State, Taxon } from "../../model.ts";
import { isRight, isScored } from "../gallery/confusions.ts";

/** A truth that was taken for an answer, both clades; -1 is "whatever is wrong". */
export type Pair = NonNullable<State["pair"]>;

/** Whether an answer stops above the truth: then it is no clade, or all that is right below it would belong. */
export function stopsAbove(data: Dataset, { truth, answer }: Pair): boolean {
  return truth >= 0 && answer >= 0 && truth !== answer && data.taxonomy.contains(answer, truth);
}

/** A test of rows: the truth lies in the one clade and the answer, as given, in the other. */
export function membership(data: Dataset, run: Run, pair: Pair): (row: Row) => boolean {
  const { taxonomy, truth } = data;
  const { answer } = run;
  const within = (clade: Taxon, column: Int32Array) => {
    const end = taxonomy.end(clade);
    return (row: Row) => column[row] >= clade && column[row] < end;
  };
  if (pair.truth < 0 && pair.answer < 0) return (row) => isMistake(data, run, row);
  if (pair.answer < 0) {
    const inTruth = within(pair.truth, truth);
    return (row) => inTruth(row) && isMistake(data, run, row);
  }
  const inAnswer = stopsAbove(data, pair) ? (row: Row) => answer[row] === pair.answer : within(pair.answer, answer);
  if (pair.truth < 0) return (row) => inAnswer(row) && isMistake(data, run, row);
  const inTruth = within(pair.truth, truth);
  return (row) => inTruth(row) && inAnswer(row);
}

/** Rows of the pair, in the order of the data: the worst first. */
export function members(data: Dataset, run: Run, pair: Pair): Uint32Array {
  const belongs = membership(data, run, pair);
  const rows = new Uint32Array(data.count);
  let count = 0;
  for (let row = 0; row < data.count; row++) if (belongs(row)) rows[count++] = row;
  return rows.slice(0, count);
}

/** The pair the other way round; null where one of the two is not a taxon, or where one holds the other. */
export function turned(data: Dataset, { truth, answer }: Pair): Pair | null {
  if (truth < 0 || answer < 0) return null;
  if (data.taxonomy.contains(truth, answer) || data.taxonomy.contains(answer, truth)) return null;
  return { truth: answer, answer: truth };
}

/** The other taxa of a sheet that names only one: answers of a truth, or truths of an answer, the most frequent first. -1 stands for
 * an answer that is no taxon. */
export function counterparts(data: Dataset, run: Run, pair: Pair, rows: ArrayLike<Row>): { taxon: Taxon; count: number }[] {
  const counts = new Map<Taxon, number>();
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const taxon = pair.answer < 0 ? answered(run, row) : data.truth[row];
    counts.set(taxon, (counts.get(taxon) ?? 0) + 1);
  }
  const order = (a: { taxon: Taxon; count: number }, b: { taxon: Taxon; count: number }) => b.count - a.count || a.taxon - b.taxon;
  return [...counts].map(([taxon, count]) => ({ taxon, count })).sort(order);
}

/** Heights of the errors, from the least to the most; null where none is scored. */
export function heights(run: Run, rows: ArrayLike<Row>): [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, -1];
  for (let i = 0; i < rows.length; i++) {
    const height = run.height[rows[i]];
    if (height < 0) continue;
    low = Math.min(low, height);
    high = Math.max(high, height);
  }
  return high < 0 ? null : [low, high];
}

/** The answer as scored where it was given. */
function answered(run: Run, row: Row): Taxon {
  if (run.answer[row] < 0) return -1;
  return run.predicted[row] >= 0 ? run.predicted[row] : run.answer[row];
}

function isMistake(data: Dataset, run: Run, row: Row): boolean {
  return isScored(run, row) && !isRight(data, run, row);
}
