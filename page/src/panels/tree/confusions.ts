/** The confusion matrix of a selection: each of its scored images is in one cell. */

import type { Dataset, Row, Run, Taxon } from "../../model.ts";
import type { Columns } from "./columns.ts";
import { scored } from "./counts.ts";

/** Truths in rows, answers in columns. The last two rows and columns are no taxa: the others, and none at the rank. */
export interface Confusions {
  rows: Taxon[];
  columns: Taxon[];
  /** Row after row, `columns.length + 2` long each. */
  counts: Uint32Array;
  /** Of these the ones whose answer is right at the rank. */
  right: Uint32Array;
  /** Images in all cells, those that count at the rank, and those that are right there. */
  images: number;
  counted: number;
  rightly: number;
  /** Taxa that could have a row or column. */
  taxa: number;
}

export interface Question {
  /** The column of the tree whose taxa are told apart. */
  column: number;
  /** Truths outside are among the others. */
  root: Taxon;
  /** Rows and columns of taxa at most: those with the most mistakes, as a truth or as an answer. */
  most: number;
}

/** Counts who was taken for whom. Taxa are in the order of the tree. */
export function confusions(data: Dataset, columns: Columns, run: Run, rows: ArrayLike<Row>, { column, root, most }: Question): Confusions {
  const at = columns.at[column];
  const inside = clade(data, root);
  const { truths, answers, mistakes } = met(data, at, run, rows, inside);
  const taxa: Taxon[] = [];
  for (let taxon = 0; taxon < data.taxonomy.count; taxon++) if (truths[taxon] + answers[taxon] > 0) taxa.push(taxon);
  const worst = [...taxa].sort((a, b) => mistakes[b] - mistakes[a] || truths[b] - truths[a] || a - b).slice(0, most).sort((a, b) => a - b);
  const rowTaxa = worst.filter((taxon) => truths[taxon] > 0);
  const columnTaxa = worst;
  const result: Confusions = {
    rows: rowTaxa,
    columns: columnTaxa,
    counts: new Uint32Array((rowTaxa.length + 2) * (columnTaxa.length + 2)),
    right: new Uint32Array((rowTaxa.length + 2) * (columnTaxa.length + 2)),
    images: 0,
    counted: 0,
    rightly: 0,
    taxa: taxa.length,
  };
  fill(data, columns, run, rows, { column, root, most }, result);
  return result;
}

/** Images by true taxon and by answer, and how often each was part of a mistake, of truths in a clade. */
function met(data: Dataset, at: Int32Array, run: Run, rows: ArrayLike<Row>, inside: (taxon: Taxon) => boolean) {
  const [truths, answers, mistakes] = Array.from({ length: 3 }, () => new Uint32Array(data.taxonomy.count));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!scored(run, row)) continue;
    const truth = atOf(at, data.truth[row]);
    if (truth < 0 || !inside(truth)) continue;
    const answer = atOf(at, run.answer[row]);
    truths[truth]++;
    if (answer >= 0) answers[answer]++;
    if (answer === truth) continue;
    mistakes[truth]++;
    if (answer >= 0) mistakes[answer]++;
  }
  return { truths, answers, mistakes };
}

function fill(data: Dataset, columns: Columns, run: Run, rows: ArrayLike<Row>, { column, root }: Question, into: Confusions): void {
  const at = columns.at[column];
  const inside = clade(data, root);
  const [rowOf, columnOf] = [into.rows, into.columns].map((taxa) => {
    const places = new Int32Array(data.taxonomy.count).fill(taxa.length);
    taxa.forEach((taxon, place) => (places[taxon] = place));
    return places;
  });
  const wide = into.columns.length + 2;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!scored(run, row)) continue;
    const truth = atOf(at, data.truth[row]);
    const answer = atOf(at, run.answer[row]);
    const down = truth < 0 ? into.rows.length + 1 : inside(truth) ? rowOf[truth] : into.rows.length;
    const across = answer < 0 ? into.columns.length + 1 : columnOf[answer];
    const isRight = truth >= 0 && truth === answer;
    into.counts[down * wide + across]++;
    into.images++;
    if (truth >= 0) into.counted++;
    if (!isRight) continue;
    into.right[down * wide + across]++;
    into.rightly++;
  }
}

function clade(data: Dataset, root: Taxon): (taxon: Taxon) => boolean {
  const end = data.taxonomy.end(root);
  return (taxon) => taxon >= root && taxon < end;
}

function atOf(at: Int32Array, taxon: Taxon): Taxon {
  return taxon < 0 ? -1 : at[taxon];
}

/** The column to begin with: the finest below the root with at most so many true taxa, else the first below the root. */
export function columnFor(data: Dataset, columns: Columns, run: Run, rows: ArrayLike<Row>, root: Taxon, most: number): number {
  const end = data.taxonomy.end(root);
  const seen = new Uint8Array(data.taxonomy.count);
  const truths = data.truth;
  for (let i = 0; i < rows.length; i++) {
    const truth = truths[rows[i]];
    if (truth >= root && truth < end && scored(run, rows[i])) seen[truth] = 1;
  }
  // Truths come in the order of the tree, so those of a taxon follow each other.
  const taxa = new Uint32Array(columns.count);
  const last = new Int32Array(columns.count).fill(-1);
  for (let truth = root; truth < end; truth++) {
    if (seen[truth] === 0) continue;
    for (let column = 0; column < columns.count; column++) {
      const taxon = columns.at[column][truth];
      if (taxon < 0 || taxon === last[column]) continue;
      last[column] = taxon;
      taxa[column]++;
    }
  }
  let own = -1;
  for (const taxon of data.taxonomy.lineage(root)) own = Math.max(own, columns.of[taxon]);
  for (let column = columns.count - 1; column > own; column--) {
    if (!columns.given[column] && taxa[column] > 0 && taxa[column] <= most) return column;
  }
  const isTold = (column: number) => column > own && !columns.given[column];
  const below = columns.names.map((_, column) => column).filter(isTold);
  return below.find((column) => taxa[column] > 0) ?? below[0] ?? Math.max(own, 0);
}
