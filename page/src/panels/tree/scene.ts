/** How the cells, columns and legend of the tree look. */

import type { Context, Taxon, Taxonomy } from "../../model.ts";
import type { Columns } from "./columns.ts";
import type { Counts } from "./counts.ts";
import type { Column, Look } from "./draw.ts";
import type { Cell, Layout } from "./layout.ts";
import { type Entry, type Scale, legend } from "./legend.ts";
import { FEW, type TestedClade, differs, otherRun } from "./numbers.ts";
import { cellLabel, columnName, points } from "./words.ts";

/** What is shown. */
export interface Shown {
  context: Context;
  columns: Columns;
  layout: Layout;
  /** Clades that were tested for two runs. */
  clades: ReadonlyMap<Taxon, TestedClade>;
}

/** Height of the cells in pixels: few taxa need no high picture. */
export function heightOf(taxonomy: Taxonomy, columns: Columns, { n }: Counts, at: { root: Taxon; span: [number, number]; rem: number }): number {
  const [first, last] = at.span;
  const end = taxonomy.end(at.root);
  const taxa = new Uint32Array(last);
  for (let taxon = at.root; taxon < end; taxon++) {
    const column = columns.of[taxon];
    if (n[taxon] > 0 && column < last && column >= first) taxa[column]++;
  }
  const most = Math.min(34 * at.rem, Math.max(18 * at.rem, 0.62 * window.innerHeight));
  return Math.round(Math.min(Math.max(1.3 * at.rem * taxa.reduce((a, b) => Math.max(a, b), 0), 11 * at.rem), most));
}

/** Columns from the left: those that say nothing are narrow, the last has the longest names. */
export function place({ context, columns: { given, of }, columns, layout }: Shown, room: number, rem: number): Map<number, Column> {
  const { root } = context.store.state;
  const narrow = (column: number) => given[column] || (root !== 0 && column === of[root] && layout.columns.length > 1);
  const least = (column: number) => (narrow(column) ? 3.6 : 6) * rem;
  const weight = (column: number) => (narrow(column) ? 0.25 : column === layout.columns.at(-1) ? 1.5 : 1);
  const spare = Math.max(room - layout.columns.reduce((sum, column) => sum + least(column), 0), 0);
  const weights = layout.columns.reduce((sum, column) => sum + weight(column), 0);
  const placed = new Map<number, Column>();
  let left = 0;
  for (const column of layout.columns) {
    const width = least(column) + (spare * weight(column)) / weights;
    const note = given[column] ? `(${context.t("tree.given")})` : "";
    placed.set(column, { name: columnName(context, columns, column), note, left, width });
    left += width;
  }
  return placed;
}

/** The looks of all cells. */
export function looksOf(shown: Shown): Look[] {
  const compared = otherRun(shown.context) !== null;
  const end = furthest(shown);
  return shown.layout.cells.map((cell) => look(shown, cell, compared, end));
}

/** The largest difference of two runs, rounded up: the end of the scale. */
function furthest({ layout, columns }: Shown): number {
  let most = 0;
  for (const cell of layout.cells) {
    if (cell.n >= FEW && !columns.given[cell.column]) most = Math.max(most, Math.abs(cell.right - cell.otherRight) / cell.n);
  }
  return [0.05, 0.1, 0.2, 0.5].find((end) => most <= end) ?? 1;
}

function look({ context, columns, clades }: Shown, cell: Cell, compared: boolean, end: number): Look {
  const clade = cell.small === null ? clades.get(cell.taxon) : undefined;
  const label = cellLabel(context, columns, cell, clade, null);
  const name = cell.small === null ? context.taxon(cell.taxon) : context.t("tree.more", { n: context.number(cell.small.length, 0) });
  const plain = { name, few: false, marked: false, label };
  if (columns.given[cell.column]) return { ...plain, value: "", end: "given", part: 1 };
  const few = cell.n < FEW;
  if (compared) {
    const difference = (cell.right - cell.otherRight) / cell.n;
    const part = Math.min(Math.abs(difference) / end, 1);
    return { ...plain, value: points(context, difference), end: difference < 0 ? "second" : "first", part, few, marked: differs(context, clade) === true };
  }
  const share = cell.right / cell.n;
  return { ...plain, value: context.percent(share), end: share < 0.5 ? "low" : "high", part: Math.abs(2 * share - 1), few };
}

/** The legend: of the scale, and of what cells there are. */
export function legendOf(shown: Shown, looks: readonly Look[], sheet: { width: number; rem: number; hatch: string }): { element: SVGGElement; height: number } {
  const { context } = shown;
  const { t, number } = context;
  const other = otherRun(context);
  const end = number(100 * furthest(shown), 0);
  const whole = (value: number) => `${number(value, 0)}\u00a0%`;
  const scale: Scale =
    other === null
      ? { title: t(shown.columns.ranked ? "tree.legend" : "tree.legendLevel"), ends: ["low", "high"], texts: [whole(0), whole(50), whole(100)] }
      : {
          title: `${t("tree.legendDifference")} (−${end} – +${end})`,
          ends: ["second", "first"],
          texts: [t("tree.better", { name: other.name }), "", t("tree.better", { name: context.run().name })],
        };
  const entries: Entry[] = [];
  if (looks.some((look) => look.few)) entries.push({ kind: "few", text: t("tree.legendFew", { n: context.images(FEW) }) });
  if (looks.some((look) => look.end === "given")) entries.push({ kind: "given", text: t("tree.legendGiven") });
  const alpha = context.data.format.compare?.alpha ?? 0.05;
  if (looks.some((look) => look.marked)) entries.push({ kind: "marked", text: `★ ${t("tree.legendSignificant", { alpha: number(alpha, 2) })}` });
  return legend(scale, entries, sheet);
}
