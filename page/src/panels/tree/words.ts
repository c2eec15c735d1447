/** What the tree says of a taxon, as text and as nodes. */

import { h, name } from "../../dom.ts";
import type { Context, Share, Taxon } from "../../model.ts";
import type { Columns } from "./columns.ts";
import type { Cell } from "./layout.ts";
import { FEW, type Numbers, type TestedClade, differs, otherRun } from "./numbers.ts";

/** Stands in a message where a name goes that may turn the text around it. */
const HOLE = "\uE000";

/** A message with a name in it, which has its own direction. `hole` is the placeholder of the name. */
export function withName(context: Context, key: string, hole: string, node: Node, values: Record<string, string | number> = {}): Node[] {
  const [before, ...after] = context.t(key, { ...values, [hole]: HOLE }).split(HOLE);
  return [document.createTextNode(before), node, document.createTextNode(after.join(HOLE))];
}

/** Name of a taxon, "All taxa" for the root. */
export function named(context: Context, taxon: Taxon, withCommon = false): string {
  return taxon === 0 ? context.t("tree.all") : context.taxon(taxon, withCommon);
}

/** Name of a column: its rank, or its level. */
export function columnName(context: Context, columns: Columns, column: number): string {
  return columns.ranked ? context.rank(columns.names[column]) : context.t("tree.level", { n: column + 1 });
}

/** Rank of a taxon, or its level in a tree without ranks. */
export function rankOf(context: Context, columns: Columns, taxon: Taxon): string {
  if (!columns.ranked && columns.of[taxon] >= 0) return columnName(context, columns, columns.of[taxon]);
  return context.rank(context.data.taxonomy.rank(taxon));
}

/** "82.4 % right (66.5–91.7)". */
export function rightText(context: Context, share: Share): string {
  const percent = context.percent(share.share);
  if (share.interval === null) return context.t("tree.right", { percent });
  const [low, high] = [share.interval.low, share.interval.high].map((end) => context.number(100 * end, 1));
  return context.t("tree.rightWithin", { percent, low, high });
}

/** A difference of shares in points, with its sign. */
export function points(context: Context, difference: number): string {
  const text = context.number(Math.abs(100 * difference), 1);
  if (Math.abs(difference) < 0.0005) return text;
  return difference < 0 ? `−${text}` : `+${text}`;
}

function p(context: Context, value: number): string {
  return value < 0.001 ? `< ${context.number(0.001, 3)}` : context.number(value, 3);
}

/** The label of a cell; with numbers it says the interval. */
export function cellLabel(context: Context, columns: Columns, cell: Cell, clade: TestedClade | undefined, numbers: Numbers | null): string {
  const images = context.images(cell.n);
  const rank = columnName(context, columns, cell.column);
  const taxon = cell.small === null ? context.taxon(cell.taxon) : context.t("tree.more", { n: context.number(cell.small.length, 0) });
  if (columns.given[cell.column]) return `${context.t("tree.cellUnscored", { taxon, rank, images })}, ${context.t("tree.given")}`;
  const share = (right: number): Share => ({ n: cell.n, right, share: cell.n === 0 ? null : right / cell.n, interval: null });
  const first = rightText(context, numbers?.first ?? share(cell.right));
  if (otherRun(context) === null) return context.t("tree.cell", { taxon, rank, images, right: first });
  const difference = context.t("tree.difference", { points: points(context, (cell.right - cell.otherRight) / cell.n) });
  const second = rightText(context, numbers?.second ?? share(cell.otherRight));
  const label = context.t("tree.cellDifference", { taxon, rank, images, first, second, difference });
  return cell.small === null ? `${label}, ${verdict(context, clade)}` : label;
}

/** Whether two runs differ in a clade, in words. */
function verdict(context: Context, clade: TestedClade | undefined): string {
  const found = differs(context, clade);
  return context.t(found === null ? "tree.notTested" : found ? "tree.significant" : "tree.notSignificant");
}

/** What is said of a taxon: its name, then a line per fact. */
export interface About {
  taxon: Taxon;
  numbers: Numbers;
  clade: TestedClade | undefined;
}

/** Lines about a taxon. `see` is called for the photographs of its most frequent confusion. */
export function about(context: Context, columns: Columns, { taxon, numbers, clade }: About, see: HTMLElement | null): Node[] {
  const column = columns.of[taxon];
  const rank = taxon === 0 ? "" : `${rankOf(context, columns, taxon)}, `;
  const lines: Node[] = [
    h("strong", { class: "w-tip-name" }, name(named(context, taxon, true))),
    h("div", null, `${rank}${context.images(numbers.n)}`),
  ];
  if (column < 0 || numbers.n === 0) return lines;
  if (columns.given[column]) return [...lines, h("div", null, context.t("tree.givenWhy"))];
  lines.push(...shares(context, numbers, clade));
  if (numbers.n < FEW) lines.push(h("div", { class: "w-tip-warn" }, context.t("tree.few", { n: FEW })));
  const chance = context.data.taxonomy.chance(taxon);
  lines.push(h("div", null, chance === null ? context.t("tree.chanceUnknown") : context.t("tree.chance", { percent: context.percent(chance) })));
  const { confused } = numbers;
  if (confused === null) lines.push(h("div", null, context.t("tree.confusedNone")));
  else {
    const other = name(context.taxon(confused.taxon, true));
    lines.push(h("div", null, ...withName(context, "tree.confused", "name", other, { n: context.number(confused.count, 0) }), see === null ? null : " ", see));
  }
  return lines;
}

function shares(context: Context, { first, second }: Numbers, clade: TestedClade | undefined): Node[] {
  if (first === null) return [];
  const other = otherRun(context);
  if (other === null || second === null) return [h("div", null, rightText(context, first))];
  const ofRun = (run: string, share: Share) => h("div", null, ...withName(context, "tree.ofRun", "name", name(run), { share: rightText(context, share) }));
  const lines = [ofRun(context.run().name, first), ofRun(other.name, second)];
  if (first.share !== null && second.share !== null) {
    lines.push(h("div", null, context.t("tree.difference", { points: points(context, first.share - second.share) })));
  }
  if (clade === undefined) return [...lines, h("div", null, context.t("tree.notTested"))];
  const whole = context.t("tree.whole", {
    points: points(context, clade.difference),
    low: points(context, clade.low),
    high: points(context, clade.high),
    p: p(context, clade.adjusted),
  });
  return [...lines, h("div", null, `${whole}: ${verdict(context, clade)}`)];
}
