/** What one taxon's images say, for its tip, its label and the line below the tree. */

import { clusteredShare, wilson } from "../../statistics/share.ts";
import type { Context, Interval, Row, Run, Share, Taxon } from "../../model.ts";
import type { ComparedPair } from "../../format.ts";
import { type Columns } from "./columns.ts";
import { type Counts, mostConfused } from "./counts.ts";

/** Below so many images a share says little. */
export const FEW = 5;

export interface Numbers {
  n: number;
  /** Null where the rank of the taxon has no row. */
  first: Share | null;
  /** Of the run that this one is held against. */
  second: Share | null;
  confused: { taxon: Taxon; count: number } | null;
}

/** The numbers of a clade. */
export function numbersOf(context: Context, columns: Columns, counts: Counts, taxon: Taxon): Numbers {
  const rows = counts.rows(taxon);
  const column = columns.of[taxon];
  const other = otherRun(context);
  const of = (run: Run) => (column < 0 ? null : shareOf(context, columns, rows, taxon, run));
  const first = of(context.run());
  return { n: first?.n ?? rows.length, first, second: other === null ? null : of(other), confused: mostConfused(columns, context.run(), rows, taxon) };
}

/** The run that the one looked at is held against. */
export function otherRun(context: Context): Run | null {
  const { other } = context.store.state;
  return other === null ? null : (context.data.runs[other] ?? null);
}

function shareOf(context: Context, columns: Columns, rows: Uint32Array, taxon: Taxon, run: Run): Share {
  if (columns.ranked) return context.share(rows, columns.of[taxon], run);
  // Without ranks there are no bits, but an answer lies in the taxon where it meets the truth there.
  const end = context.data.taxonomy.end(taxon);
  const isRight = (row: Row) => run.lca[row] >= taxon && run.lca[row] < end;
  let right = 0;
  for (const row of rows) if (isRight(row)) right++;
  const n = rows.length;
  if (n === 0) return { n, right, share: null, interval: null };
  return { n, right, share: right / n, interval: context.data.cluster === null ? wilson(right / n, n) : clustered(rows, context.data.cluster, isRight) };
}

function clustered(rows: Uint32Array, cluster: Uint32Array, isRight: (row: Row) => boolean): Interval | null {
  const places = new Map<number, number>();
  const [right, images]: [number[], number[]] = [[], []];
  for (const row of rows) {
    let place = places.get(cluster[row]);
    if (place === undefined) {
      places.set(cluster[row], (place = places.size));
      right.push(0);
      images.push(0);
    }
    images[place]++;
    if (isRight(row)) right[place]++;
  }
  return clusteredShare({ count: places.size, right, images });
}

export type TestedClade = ComparedPair["clades"][number];

/** The clades that were tested for the two runs looked at, by taxon, the difference being that of the first less the second. */
export function testedClades(context: Context): Map<Taxon, TestedClade> {
  const { run, other } = context.store.state;
  const clades = new Map<Taxon, TestedClade>();
  for (const pair of other === null ? [] : context.data.pairs) {
    if (pair.first === run && pair.second === other) for (const clade of pair.clades) clades.set(clade.taxon, clade);
    if (pair.first === other && pair.second === run) for (const clade of pair.clades) clades.set(clade.taxon, turned(clade));
  }
  return clades;
}

function turned(clade: TestedClade): TestedClade {
  const { only_first, only_second, difference, low, high } = clade;
  return { ...clade, only_first: only_second, only_second: only_first, difference: -difference, low: -high, high: -low };
}

/** Whether two runs differ in a clade that was tested; null where it was not. */
export function differs(context: Context, clade: TestedClade | undefined): boolean | null {
  return clade === undefined ? null : clade.adjusted <= (context.data.format.compare?.alpha ?? 0.05);
}
