/** Images by choice: one typed pass over the rows for each filter. There is a function for each kind of column, because a loop that
 * sees several kinds of typed arrays is several times slower. */

import type { Dataset, Filters, Run, Store } from "../../model.ts";

/** Verdicts in the order of their codes. */
export const VERDICTS = ["label_wrong", "model_wrong", "unusable", "synonym", "unsure", "none"] as const;

/** Rows by code in a column of bytes; codes from `size` on are none. */
export function countBytes(rows: Uint32Array, column: Uint8Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (let i = 0; i < rows.length; i++) {
    const code = column[rows[i]];
    if (code < size) counts[code]++;
  }
  return counts;
}

/** Rows by value in a column of few texts; the last count is of rows without a value. */
export function countWords(rows: Uint32Array, column: Uint32Array, size: number): Uint32Array {
  const counts = new Uint32Array(size + 1);
  for (let i = 0; i < rows.length; i++) {
    const code = column[rows[i]];
    counts[code < size ? code : size]++;
  }
  return counts;
}

/** Rows by height of the error, of those that have one. */
export function countHeights(rows: Uint32Array, column: Int16Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (let i = 0; i < rows.length; i++) {
    const height = column[rows[i]];
    if (height >= 0 && height < size) counts[height]++;
  }
  return counts;
}

/** Rows that are wrong, by row of ranks: they count at the rank and are not right there. */
export function countWrong(rows: Uint32Array, run: Run, ranks: number): Uint32Array {
  const counts = new Uint32Array(ranks);
  const { countsAt, rightAt } = run;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    // One step per rank that is wrong, not per rank: most rows are wrong at few.
    for (let wrong = countsAt[row] & ~rightAt[row]; wrong !== 0; wrong &= wrong - 1) {
      const rank = 31 - Math.clz32(wrong & -wrong);
      if (rank < ranks) counts[rank]++;
    }
  }
  return counts;
}

/** Rows by probability, right and others apart, and the rows without one. */
export interface Bins {
  right: Uint32Array;
  wrong: Uint32Array;
  without: number;
}

/** Rows in `bins` parts of 0 to 1; 1 lies in the last. */
export function countProbabilities(rows: Uint32Array, run: Run, right: number, bins: number): Bins {
  const found: Bins = { right: new Uint32Array(bins), wrong: new Uint32Array(bins), without: 0 };
  const { probability, cause } = run;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const value = probability[row];
    if (Number.isNaN(value)) {
      found.without++;
      continue;
    }
    let bin = Math.floor(value * bins);
    if (bin < 0) bin = 0;
    else if (bin >= bins) bin = bins - 1;
    if (cause[row] === right) found.right[bin]++;
    else found.wrong[bin]++;
  }
  return found;
}

/** Rows per clade: the clade `taxon` to `end`, exclusive, has `sums[end] - sums[taxon]`. */
export function sumClades(rows: Uint32Array, column: Int32Array, taxa: number): Uint32Array {
  const sums = new Uint32Array(taxa + 1);
  for (let i = 0; i < rows.length; i++) {
    const taxon = column[rows[i]];
    if (taxon >= 0 && taxon < taxa) sums[taxon + 1]++;
  }
  for (let taxon = 0; taxon < taxa; taxon++) sums[taxon + 1] += sums[taxon];
  return sums;
}

/** Code of the verdict of each row, in the order of `VERDICTS`. */
export function verdictCodes(data: Dataset, store: Store): Uint8Array {
  const codes = new Uint8Array(data.count).fill(VERDICTS.length - 1);
  for (const { row, verdict } of store.judged()) codes[row] = VERDICTS.indexOf(verdict);
  return codes;
}

/** Whether a filter keeps anything out. */
export function isOn(filters: Filters, filter: keyof Filters, group?: string): boolean {
  if (filter !== "groups") return filters[filter] !== null;
  if (group === undefined) return Object.keys(filters.groups).some((name) => isOn(filters, "groups", name));
  return Object.hasOwn(filters.groups, group);
}

/** Rows that pass the other filters; where the filter is off these are the selection. */
export function rowsWithout(store: Store, filter: keyof Filters, group?: string): Uint32Array {
  return isOn(store.state.filters, filter, group) ? store.without(filter, group) : store.selection;
}

/** Filters that are on; each column of groups counts by itself. */
export function countOn(filters: Filters): number {
  const names = Object.keys(filters).filter((name) => name !== "groups") as (keyof Filters)[];
  return names.filter((name) => isOn(filters, name)).length + Object.keys(filters.groups).filter((group) => isOn(filters, "groups", group)).length;
}

/** All rows of the data. */
export function allRows(data: Dataset): Uint32Array {
  const rows = new Uint32Array(data.count);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return rows;
}
