/** The columns of the tree: one per row of ranks, or in a tree without ranks one per level below the root. */

import type { Dataset, Taxon } from "../../model.ts";

export interface Columns {
  readonly count: number;
  /** Whether a column is a row of ranks, with bits of its own. */
  readonly ranked: boolean;
  /** Names of the ranks; "" of levels. */
  readonly names: readonly string[];
  readonly given: readonly boolean[];
  /** Column of a taxon; -1 where its rank has none. */
  readonly of: Int8Array;
  /** By column: the taxon or its nearest ancestor in the column; -1 where there is none. */
  readonly at: readonly Int32Array[];
  /** The same by taxon: `count` of them each. */
  readonly clades: Int32Array;
}

/** Levels of a tree without ranks that are told apart. */
const LEVELS = 24;

const known = new WeakMap<Dataset, Columns>();

/** The columns of a dataset; they are made once. */
export function columnsOf(data: Dataset): Columns {
  let columns = known.get(data);
  if (columns === undefined) known.set(data, (columns = make(data)));
  return columns;
}

function make(data: Dataset): Columns {
  const { taxonomy } = data;
  const ranked = data.format.has_ranks && data.ranks.length > 0;
  const places = new Map(data.ranks.map((rank, place) => [rank.name, place]));
  const depth = new Uint16Array(taxonomy.count);
  const of = new Int8Array(taxonomy.count).fill(-1);
  let deepest = 0;
  for (let taxon = 1; taxon < taxonomy.count; taxon++) {
    depth[taxon] = depth[taxonomy.parent(taxon)] + 1;
    if (ranked) of[taxon] = places.get(taxonomy.rank(taxon)) ?? -1;
    else if (depth[taxon] <= LEVELS) of[taxon] = depth[taxon] - 1;
    deepest = Math.max(deepest, depth[taxon]);
  }
  const count = ranked ? data.ranks.length : Math.min(deepest, LEVELS);
  const at = Array.from({ length: count }, () => new Int32Array(taxonomy.count).fill(-1));
  const clades = new Int32Array(taxonomy.count * count).fill(-1);
  for (let taxon = 1; taxon < taxonomy.count; taxon++) {
    const parent = taxonomy.parent(taxon);
    for (let column = 0; column < count; column++) {
      const clade = of[taxon] === column ? taxon : at[column][parent];
      at[column][taxon] = clade;
      clades[taxon * count + column] = clade;
    }
  }
  const names = Array.from({ length: count }, (_, column) => (ranked ? data.ranks[column].name : ""));
  const given = Array.from({ length: count }, (_, column) => ranked && data.ranks[column].given);
  return { count, ranked, names, given, of, at, clades };
}

/** The column that a clade's own parts are first told apart in: the one below its own or below that of its nearest ancestor. */
export function columnBelow(data: Dataset, columns: Columns, clade: Taxon): number {
  for (const taxon of data.taxonomy.lineage(clade)) if (columns.of[taxon] >= 0) return columns.of[taxon] + 1;
  return 0;
}

/** The clades a clade can be left for, from the root down to itself: those that have a column. */
export function crumbs(data: Dataset, columns: Columns, clade: Taxon): Taxon[] {
  const above = data.taxonomy.lineage(clade).filter((taxon) => taxon === 0 || taxon === clade || columns.of[taxon] >= 0);
  return above.reverse();
}

/** One clade up: the nearest that shows more, so none whose rank was given. */
export function above(data: Dataset, columns: Columns, clade: Taxon): Taxon {
  const shown = crumbs(data, columns, clade).slice(0, -1).filter((taxon) => taxon === 0 || !columns.given[columns.of[taxon]]);
  return shown.at(-1) ?? 0;
}
