/** The confusion matrix of the selection at a rank. */

import { h, name, replace } from "../dom.ts";
import type { Context, MakePanel, Panel, Taxon } from "../model.ts";
import { below, hideTip, leaveTip, showTip } from "./tip.ts";
import { columnsOf } from "./tree/columns.ts";
import { type Confusions, columnFor, confusions } from "./tree/confusions.ts";
import { columnName } from "./tree/words.ts";

/** Taxa with a row and column of their own at most. */
const MOST = 40;

/** What a row or column stands for. */
interface Line {
  kind: "taxon" | "rest" | "none";
  taxon: Taxon;
  name: string;
  title: string;
}

export const makeMatrix: MakePanel = (context) => new Matrix(context);

class Matrix implements Panel {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #columns;
  readonly #select: HTMLSelectElement;
  readonly #table = h("table", { class: "w-matrix-table" });
  readonly #sum = h("p", { class: "w-matrix-sum" });
  readonly #box: HTMLElement;
  readonly #empty: HTMLElement;
  /** The column that was chosen; -1 while it follows the selection. */
  #chosen = -1;
  #shown: Confusions | null = null;
  #lines: { rows: Line[]; columns: Line[] } = { rows: [], columns: [] };
  /** The share of a row that is darkest among mistakes: the largest. */
  #darkest = 1;
  /** The cell that the focus comes to: its row and column. */
  #current: [number, number] = [-1, -1];

  constructor(context: Context) {
    this.#context = context;
    this.#columns = columnsOf(context.data);
    const { t } = context;
    const option = (column: number) => {
      const given = this.#columns.given[column] ? ` (${t("tree.given")})` : "";
      return h("option", { value: column }, `${columnName(context, this.#columns, column)}${given}`);
    };
    const onchange = () => {
      this.#chosen = Number(this.#select.value);
      this.#draw();
    };
    this.#select = h("select", { class: "w-matrix-rank", onchange }, ...this.#columns.names.map((_, column) => option(column)));
    this.#box = h("div", { class: "w-matrix-box", role: "region", tabindex: 0, "aria-label": t("tree.matrixLabel") }, this.#table);
    const top = h("div", { class: "w-matrix-top" }, h("label", { class: "w-matrix-label" }, `${t("tree.matrixRank")} `, this.#select), this.#sum);
    this.#empty = h("p", { class: "w-tree-empty", hidden: true }, t("tree.noneScored"));
    const help = h("p", { class: "w-tree-help" }, t("tree.matrixHelp"));
    const shown = this.#columns.count === 0 ? [h("p", null, t("tree.matrixNone"))] : [top, this.#empty, this.#box, help];
    this.element = h("section", { class: "w-matrix", "aria-label": t("tree.matrix") }, ...shown);
    this.#listen();
  }

  update(changed: ReadonlySet<string>): void {
    const drawn = ["selection", "run", "root"].some((name) => changed.has(name));
    if (this.#columns.count > 0 && (this.#shown === null || drawn || changed.has("tab"))) this.#draw();
  }

  #draw(): void {
    hideTip();
    const { data, store } = this.#context;
    const run = this.#context.run();
    const { root } = store.state;
    const column = this.#chosen >= 0 ? this.#chosen : columnFor(data, this.#columns, run, store.selection, root, MOST);
    this.#select.value = String(column);
    this.#shown = confusions(data, this.#columns, run, store.selection, { column, root, most: MOST });
    this.#lines = { rows: this.#names(this.#shown.rows, true), columns: this.#names(this.#shown.columns, false) };
    this.#box.hidden = this.#shown.images === 0;
    this.#empty.hidden = !this.#box.hidden;
    const held = this.#table.contains(document.activeElement);
    this.#sums(this.#shown);
    this.#fill(this.#shown, column);
    this.#focusable(held);
  }

  #names(taxa: readonly Taxon[], truths: boolean): Line[] {
    const { t } = this.#context;
    const lines: Line[] = taxa.map((taxon) => ({ kind: "taxon", taxon, name: this.#context.taxon(taxon), title: this.#context.taxon(taxon, true) }));
    lines.push({ kind: "rest", taxon: -1, name: t("tree.matrixRest"), title: t("tree.matrixRestWhy") });
    const ranked = this.#context.data.format.has_ranks;
    const none = ranked ? (truths ? "tree.matrixNoTruth" : "tree.matrixNoAnswer") : truths ? "tree.matrixTruthAbove" : "tree.matrixAnswerAbove";
    lines.push({ kind: "none", taxon: -1, name: t(none), title: t(`${none}Why`) });
    return lines;
  }

  #sums({ images, counted, rightly, rows, columns, taxa }: Confusions): void {
    const { t, number } = this.#context;
    const values = { images: this.#context.images(images), right: number(rightly, 0), wrong: number(counted - rightly, 0) };
    const shown = new Set([...rows, ...columns]).size;
    const some = shown < taxa ? ` ${t("tree.matrixSome", { shown: number(shown, 0), all: number(taxa, 0) })}` : "";
    this.#sum.textContent = `${t("tree.matrixSum", values)}${some}`;
  }

  #fill(shown: Confusions, column: number): void {
    const { t } = this.#context;
    const { rows, columns } = this.#lines;
    const wide = columns.length;
    const sum = (places: readonly number[]) => places.reduce((all, place) => all + shown.counts[place], 0);
    const rowSums = rows.map((_, row) => sum(columns.map((_, column) => row * wide + column)));
    const columnSums = columns.map((_, column) => sum(rows.map((_, row) => row * wide + column)));
    // Rows and columns of taxa are there even if empty, those of the rest only where there is any.
    const rowsShown = rows.flatMap((line, row) => (line.kind === "taxon" || rowSums[row] > 0 ? [row] : []));
    const columnsShown = columns.flatMap((line, column) => (line.kind === "taxon" || columnSums[column] > 0 ? [column] : []));
    this.#darkest = darkest(this.#lines, shown, rowSums);
    const starts = (lines: readonly Line[], place: number) => this.#startsClade(lines, place, column);
    const head = h(
      "tr",
      null,
      h("th", { class: "w-matrix-corner", scope: "col" }, t("tree.matrixTruth")),
      ...columnsShown.map((place) => header(columns[place], "col", starts(columns, place))),
      h("th", { class: "w-matrix-all", scope: "col" }, h("span", { class: "w-matrix-name" }, t("tree.matrixAll"))),
    );
    const total = (value: number) => h("td", { class: "w-matrix-all" }, this.#context.number(value, 0));
    const body = rowsShown.map((row) =>
      h(
        "tr",
        { class: starts(rows, row) ? "w-matrix-starts" : null },
        header(rows[row], "row", false),
        ...columnsShown.map((place) => this.#cell(shown, row, place, rowSums[row], starts(columns, place))),
        total(rowSums[row]),
      ),
    );
    const last = h(
      "tr",
      { class: "w-matrix-last" },
      h("th", { scope: "row", class: "w-matrix-row" }, t("tree.matrixAll")),
      ...columnsShown.map((place) => total(columnSums[place])),
      total(shown.images),
    );
    replace(this.#table, h("thead", null, head), h("tbody", null, ...body, last));
  }

  /** Whether another clade of the next coarser rank starts at a line. */
  #startsClade(lines: readonly Line[], place: number, column: number): boolean {
    if (place === 0 || column === 0) return false;
    if (lines[place].kind !== "taxon") return lines[place - 1].kind === "taxon";
    const at = this.#columns.at[column - 1];
    return at[lines[place].taxon] !== at[lines[place - 1].taxon];
  }

  #cell(shown: Confusions, row: number, column: number, sum: number, starts: boolean): HTMLTableCellElement {
    const { rows, columns } = this.#lines;
    const count = shown.counts[row * columns.length + column];
    const style = starts ? "w-matrix-cell w-matrix-starts" : "w-matrix-cell";
    if (count === 0) return h("td", { class: style });
    const [truth, answer] = [rows[row], columns[column]];
    const kind = truth.kind !== "taxon" || answer.kind !== "taxon" ? "w-matrix-rest" : truth.taxon === answer.taxon ? "w-matrix-right" : "w-matrix-wrong";
    const text = this.#context.number(count, 0);
    const label = this.#say(row, column, count, sum);
    const opens = kind !== "w-matrix-rest";
    const inner = opens
      ? h("button", { type: "button", class: "w-matrix-button", tabindex: -1, "aria-label": label, "data-row": row, "data-column": column }, text)
      : h("span", { class: "w-matrix-button", "data-row": row, "data-column": column }, text);
    const cell = h("td", { class: `${style} ${kind}` }, inner);
    const most = kind === "w-matrix-wrong" ? this.#darkest : 1;
    cell.style.setProperty("--w-part", `${Math.round((100 * count) / (sum * most))}%`);
    return cell;
  }

  #say(row: number, column: number, count: number, sum: number): string {
    const context = this.#context;
    const [truth, answer] = [this.#lines.rows[row], this.#lines.columns[column]];
    const values = { truth: truth.name, answer: answer.name, images: context.images(count), percent: context.percent(count / sum), n: context.number(sum, 0) };
    const isRight = truth.kind === "taxon" && truth.taxon === answer.taxon;
    return context.t(isRight ? "tree.matrixRight" : "tree.matrixCell", values);
  }

  #listen(): void {
    const table = this.#table;
    table.addEventListener("click", (event) => {
      const place = placeOf(event.target);
      if (place !== null) this.#open(...place);
    });
    table.addEventListener("keydown", (event) => this.#key(event));
    table.addEventListener("focusin", (event) => {
      const place = placeOf(event.target);
      if (place === null) return;
      this.#current = place;
      this.#focusable(false);
      const element = event.target as Element;
      if (element.matches(":focus-visible")) showTip(below(element), ...this.#tip(...place));
    });
    table.addEventListener("focusout", leaveTip);
    table.addEventListener("pointerover", (event) => {
      const place = placeOf(event.target);
      if (place === null || event.pointerType === "touch") leaveTip();
      else showTip({ x: event.clientX, y: event.clientY }, ...this.#tip(...place));
    });
    table.addEventListener("pointerleave", leaveTip);
  }

  #tip(row: number, column: number): Node[] {
    const { t, data } = this.#context;
    const [truth, answer] = [this.#lines.rows[row], this.#lines.columns[column]];
    const shown = this.#shown!;
    const wide = this.#lines.columns.length;
    const count = shown.counts[row * wide + column];
    const sum = shown.counts.subarray(row * wide, (row + 1) * wide).reduce((all, value) => all + value, 0);
    const isRight = truth.kind === "taxon" && truth.taxon === answer.taxon;
    const share = `${this.#context.images(count)}, ${this.#context.percent(count / sum)} (n = ${this.#context.number(sum, 0)})`;
    const names = isRight ? [name(truth.title)] : [name(truth.title), " → ", name(answer.title)];
    const rest = truth.kind === "rest" && answer.kind === "rest" ? shown.right[row * wide + column] : 0;
    const opens = truth.kind === "taxon" && answer.kind === "taxon";
    return [
      h("strong", { class: "w-tip-name" }, ...names),
      h("div", null, share),
      ...(rest > 0 ? [h("div", null, t("tree.right", { percent: this.#context.percent(rest / count) }))] : []),
      ...(opens ? [h("div", { class: "w-tip-soft" }, t(data.format.noun === null ? "tree.matrixOpen" : "tree.matrixOpenThem"))] : []),
    ];
  }

  #open(row: number, column: number): void {
    const [truth, answer] = [this.#lines.rows[row], this.#lines.columns[column]];
    if (truth?.kind !== "taxon" || answer?.kind !== "taxon") return;
    hideTip();
    this.#context.store.set({ pair: { truth: truth.taxon, answer: answer.taxon } });
  }

  /** One cell can be reached by the tabulator. */
  #focusable(held: boolean): void {
    const buttons = [...this.#table.querySelectorAll<HTMLButtonElement>("button")];
    const [row, column] = this.#current;
    const current = buttons.find((button) => button.dataset.row === String(row) && button.dataset.column === String(column)) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
    if (held) current?.focus();
  }

  #key(event: KeyboardEvent): void {
    const place = placeOf(event.target);
    if (place === null) return;
    const cells = [...this.#table.querySelectorAll<HTMLElement>("button")].map((button): [number, number] => placeOf(button)!);
    const next = nextCell(cells, place, event.key, event.ctrlKey);
    if (next === null) return;
    event.preventDefault();
    this.#table.querySelector<HTMLElement>(`button[data-row="${next[0]}"][data-column="${next[1]}"]`)?.focus();
  }
}

/** The cell that a key leads to among cells that are not empty: the nearest in the direction; null for other keys. */
export function nextCell(cells: readonly [number, number][], [row, column]: [number, number], key: string, far: boolean): [number, number] | null {
  const inRow = cells.filter((cell) => cell[0] === row).sort((a, b) => a[1] - b[1]);
  const inColumn = cells.filter((cell) => cell[1] === column).sort((a, b) => a[0] - b[0]);
  const here: [number, number] = [row, column];
  switch (key) {
    case "ArrowRight":
      return inRow.find((cell) => cell[1] > column) ?? here;
    case "ArrowLeft":
      return inRow.findLast((cell) => cell[1] < column) ?? here;
    case "ArrowDown":
      return inColumn.find((cell) => cell[0] > row) ?? here;
    case "ArrowUp":
      return inColumn.findLast((cell) => cell[0] < row) ?? here;
    case "Home":
      return (far ? cells[0] : inRow[0]) ?? here;
    case "End":
      return (far ? cells.at(-1) : inRow.at(-1)) ?? here;
    default:
      return null;
  }
}

function darkest({ rows, columns }: { rows: Line[]; columns: Line[] }, { counts }: Confusions, sums: readonly number[]): number {
  let most = 0;
  rows.forEach((truth, row) => {
    columns.forEach((answer, column) => {
      if (truth.kind !== "taxon" || answer.kind !== "taxon" || truth.taxon === answer.taxon || sums[row] === 0) return;
      most = Math.max(most, counts[row * columns.length + column] / sums[row]);
    });
  });
  return most || 1;
}

function placeOf(target: EventTarget | null): [number, number] | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  return cell === null ? null : [Number(cell.dataset.row), Number(cell.dataset.column)];
}

function header(line: Line, scope: "row" | "col", starts: boolean): HTMLTableCellElement {
  const style = `${scope === "row" ? "w-matrix-row" : "w-matrix-column"}${line.kind === "taxon" ? "" : " w-matrix-other"}${starts ? " w-matrix-starts" : ""}`;
  return h("th", { scope, class: style, title: line.title }, name(line.name, { class: "w-matrix-name" }));
}
