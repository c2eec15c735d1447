/** Images of the selection by the taxon of their truth. */

import type { Dataset, Row, Run, Taxon } from "../../model.ts";
import type { Columns } from "./columns.ts";

/** Where an image is not scored. */
const NO_FLAG = 255;
/** All columns as bits: there are at most 31. */
const ALL = 0x7fffffff;

export interface Counts {
  /** By taxon that has a column: images that count in it, and those of them that are right there. */
  readonly n: Uint32Array;
  readonly right: Uint32Array;
  /** Those that the run is right in that this one is held against; null without such a run. `n` is then of images both score. */
  readonly otherRight: Uint32Array | null;
  /** Scored images without a truth in the taxonomy: they are mistakes and lie nowhere in the tree. */
  readonly unplaced: number;
  /** Scored images whose truth lies in a clade. */
  rows(clade: Taxon): Uint32Array;
}

/** Counts the rows; with two runs those that both of them score. */
export function countTaxa(data: Dataset, columns: Columns, rows: ArrayLike<Row>, run: Run, other: Run | null): Counts {
  const { taxonomy, truth } = data;
  const n = new Uint32Array(taxonomy.count);
  const right = new Uint32Array(taxonomy.count);
  const otherRight = other === null ? null : new Uint32Array(taxonomy.count);
  // The place in `sorted` where the rows of each truth start: a clade is a range of taxa, so its rows are one too.
  const starts = new Uint32Array(taxonomy.count + 1);
  let unplaced = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!scored(run, row) || (other !== null && !scored(other, row))) continue;
    const taxon = truth[row];
    if (taxon < 0) unplaced++;
    else starts[taxon + 1]++;
  }
  for (let taxon = 0; taxon < taxonomy.count; taxon++) starts[taxon + 1] += starts[taxon];
  const sorted = new Uint32Array(starts[taxonomy.count]);
  const next = starts.slice(0, taxonomy.count);
  const { count: wide, clades, ranked } = columns;
  const { countsAt, rightAt } = run;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const taxon = truth[row];
    if (taxon < 0 || !scored(run, row) || (other !== null && !scored(other, row))) continue;
    sorted[next[taxon]++] = row;
    // What both runs count; a tree without ranks has no bits, so there all columns are.
    const bits = ranked ? countsAt[row] & (other === null ? ALL : other.countsAt[row]) : ALL;
    const rightBits = bits & (ranked ? rightAt[row] : metAt(columns, run, row));
    const start = taxon * wide;
    for (let column = 0; column < wide; column++) {
      const clade = clades[start + column];
      if (clade < 0) continue;
      n[clade] += (bits >>> column) & 1;
      right[clade] += (rightBits >>> column) & 1;
    }
    if (otherRight === null || other === null) continue;
    const otherBits = bits & (ranked ? other.rightAt[row] : metAt(columns, other, row));
    for (let column = 0; column < wide; column++) if (clades[start + column] >= 0) otherRight[clades[start + column]] += (otherBits >>> column) & 1;
  }
  return { n, right, otherRight, unplaced, rows: (clade) => sorted.subarray(starts[clade], starts[taxonomy.end(clade)]) };
}

/** Whether a run scores an image. */
export function scored(run: Run, row: Row): boolean {
  return run.flag[row] !== NO_FLAG;
}

function counts(columns: Columns, run: Run, row: Row, column: number): boolean {
  return !columns.ranked || ((run.countsAt[row] >> column) & 1) === 1;
}

/** Columns, as bits, in which truth and answer lie in one taxon: those of the taxon where they meet and of what is above it. */
function metAt(columns: Columns, run: Run, row: Row): number {
  const met = run.lca[row];
  if (met < 0) return 0;
  let bits = 0;
  for (let column = 0; column < columns.count; column++) if (columns.clades[met * columns.count + column] >= 0) bits |= 1 << column;
  return bits;
}

/** What the images of a clade were taken for most often at the clade's rank; of equals the first in the order of the tree. */
export function mostConfused(columns: Columns, run: Run, rows: ArrayLike<Row>, clade: Taxon): { taxon: Taxon; count: number } | null {
  const column = columns.of[clade];
  if (column < 0) return null;
  const at = columns.at[column];
  const times = new Map<Taxon, number>();
  for (let i = 0; i < rows.length; i++) {
    const answer = run.answer[rows[i]];
    if (answer < 0 || !counts(columns, run, rows[i], column)) continue;
    const taken = at[answer];
    if (taken >= 0 && taken !== clade) times.set(taken, (times.get(taken) ?? 0) + 1);
  }
  let most: { taxon: Taxon; count: number } | null = null;
  for (const [taxon, count] of times) {
    if (most === null || count > most.count || (count === most.count && taxon < most.taxon)) most = { taxon, count };
  }
  return most;
}
