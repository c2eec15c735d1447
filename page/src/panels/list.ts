/** The list: the selection as a table, one image a row, of which only the rows in sight are in the page. */

import { h, name } from "../dom.ts";
import type { Context, MakePanel, Panel, State, Store } from "../model.ts";
import { makeColumns, type Column } from "./list/columns.ts";
import { orderRows, startsDescending, type Key } from "./list/keys.ts";
import { makeLabels } from "./list/labels.ts";
import { placeInOrder, showInOrder } from "./list/order.ts";
import { makeScroller, pixels } from "./list/scroller.ts";

/** Height of a row, in rem. */
const ROW = 2.75;

interface Sorted {
  key: Key;
  descending: boolean;
}

/** The column that was last asked for; it outlives the panel, which is made anew with the language. `of` is what the state said then. */
const asked = new WeakMap<Store, Sorted & { of: State["sort"] }>();

export const makeList: MakePanel = (context) => new List(context);

class List implements Panel {
  readonly element: HTMLElement;
  private readonly columns: Column[];
  private readonly heads: HTMLElement[];
  private readonly head: HTMLElement;
  private readonly box: HTMLElement;
  private readonly lane = h("div", { class: "w-list-lane", role: "rowgroup" });
  private readonly none: HTMLElement;
  private readonly hint = h("p", { class: "w-list-keys" });
  private readonly scroller;
  private rows: Uint32Array = new Uint32Array(0);
  private active = -1;
  /** What the rows were made of. */
  private made: { selection: Uint32Array; run: number; sorted: Sorted } | null = null;

  constructor(private readonly context: Context) {
    const { t } = context;
    this.columns = makeColumns(context, makeLabels(context));
    this.heads = this.columns.map((column, place) => this.makeHead(column, place));
    this.head = h("div", { class: "w-list-row w-list-head", role: "row", "aria-rowindex": 1 }, ...this.heads);
    const spacer = h("div", { class: "w-list-spacer" }, this.lane);
    this.box = h(
      "div",
      { class: "w-list-box", role: "grid", tabindex: 0, "aria-label": t("list.label"), "aria-colcount": this.columns.length },
      h("div", { class: "w-list-top", role: "rowgroup" }, this.head),
      spacer,
    );
    this.box.style.setProperty("--w-columns", this.columns.map(({ width, share }) => `minmax(${width}rem, ${share > 0 ? `${share}fr` : `${width}rem`})`).join(" "));
    this.box.style.setProperty("--w-width", `${this.columns.reduce((sum, { width }) => sum + width, 0)}rem`);
    this.none = h("p", { class: "w-list-none", hidden: true }, t("list.none"));
    this.element = h("div", { class: "w-list" }, this.hint, this.box, this.none);
    this.scroller = makeScroller({
      box: this.box,
      spacer,
      lane: this.lane,
      head: () => this.head.offsetHeight,
      make: (place) => this.makeRow(place),
      drawn: () => this.mark(),
    });
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    this.box.addEventListener("focus", () => this.activate(this.active >= 0 ? this.active : this.scroller.first(), false));
    this.lane.addEventListener("click", (event) => this.clicked(event));
  }

  update(changed: ReadonlySet<keyof State | "selection" | "verdicts">): void {
    const { store } = this.context;
    const { selection, state } = store;
    const sorted = this.sorted();
    const { made } = this;
    const same = made !== null && made.selection === selection && made.run === state.run && made.sorted.key === sorted.key && made.sorted.descending === sorted.descending;
    if (!same) this.make(sorted);
    // Judging an image must not move it away from under the hand: sorted by verdict the list is only made anew when it is asked for.
    else if (changed.has("verdicts")) this.scroller.redraw();
    showInOrder(this.context, this.rows);
    if (changed.has("image") && state.image !== null) this.activate(placeInOrder(this.context, state.image), true);
  }

  /** By the column that was asked for, unless the state has been asked for another order since. */
  private sorted(): Sorted {
    const { store } = this.context;
    const now = asked.get(store);
    const { sort } = store.state;
    if (now !== undefined && now.of === sort) return now;
    const made = { key: sort as Key, descending: startsDescending(sort), of: sort };
    asked.set(store, made);
    return made;
  }

  private make(sorted: Sorted): void {
    const { context } = this;
    const { store } = context;
    const other = this.made !== null;
    this.made = { selection: store.selection, run: store.state.run, sorted };
    this.rows = orderRows(context.data, context.run(), store, store.selection, sorted.key, sorted.descending);
    this.active = -1;
    this.columns.forEach((column, place) => {
      const way = column.key !== sorted.key ? null : sorted.descending ? "descending" : "ascending";
      if (way === null) this.heads[place].removeAttribute("aria-sort");
      else this.heads[place].setAttribute("aria-sort", way);
    });
    // What no column says is said above them.
    const by = this.columns.some(({ key }) => key === sorted.key) ? "" : `${context.t("list.sorted_down", { column: context.t(`gallery.sort.${sorted.key}`) })}. `;
    this.hint.textContent = context.data.format.runs.length === 0 ? context.t("list.keys") : by + context.t("list.keys");
    this.box.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.box.hidden = this.rows.length === 0;
    this.none.hidden = this.rows.length > 0;
    this.scroller.setRows(this.rows.length, pixels(ROW));
    if (other) this.scroller.toTop();
  }

  private makeHead(column: Column, place: number): HTMLElement {
    const label = name(column.label);
    const button = h("button", { type: "button", class: "w-list-sort", title: column.label, onclick: () => this.sortBy(column) }, label);
    button.append(h("span", { class: "w-list-arrow", "aria-hidden": "true" }));
    return h("div", { class: column.number ? "w-list-cell w-list-number" : "w-list-cell", role: "columnheader", "aria-colindex": place + 1 }, button);
  }

  private sortBy(column: Column): void {
    const { context } = this;
    const now = this.sorted();
    const descending = now.key === column.key ? !now.descending : startsDescending(column.key);
    asked.set(context.store, { key: column.key, descending, of: context.store.state.sort });
    this.make({ key: column.key, descending });
    showInOrder(context, this.rows);
    context.say(context.t(descending ? "list.sorted_down" : "list.sorted_up", { column: column.label }));
  }

  private makeRow(place: number): HTMLElement {
    const row = this.rows[place];
    const element = h("div", { class: "w-list-row", role: "row", id: `w-list-row-${place}`, "aria-rowindex": place + 2, "data-place": place });
    this.columns.forEach((column, at) => {
      const cell = h("div", { class: column.number ? "w-list-cell w-list-number" : "w-list-cell", role: "gridcell", "aria-colindex": at + 1 });
      column.fill(cell, row);
      element.append(cell);
    });
    return element;
  }

  /** Says which row the keys act on; it may be out of sight and so out of the page. */
  private mark(): void {
    for (const row of this.lane.children) row.toggleAttribute("data-active", Number((row as HTMLElement).dataset.place) === this.active);
    const element = this.active < 0 ? null : this.lane.querySelector(`[data-place="${this.active}"]`);
    if (element === null) this.box.removeAttribute("aria-activedescendant");
    else this.box.setAttribute("aria-activedescendant", element.id);
  }

  private activate(place: number, reveal: boolean): void {
    if (this.rows.length === 0 || place < 0) return;
    this.active = Math.min(place, this.rows.length - 1);
    if (reveal) this.scroller.reveal(this.active);
    this.mark();
  }

  private clicked(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-place]");
    if (row === null || String(getSelection() ?? "") !== "") return;
    const place = Number(row.dataset.place);
    this.box.focus({ preventScroll: true });
    this.activate(place, false);
    this.enlarge();
  }

  private enlarge(): void {
    if (this.active >= 0) this.context.store.set({ image: this.rows[this.active] });
  }

  private pressed(event: KeyboardEvent): void {
    if (event.target !== this.box || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(this.scroller.visible() - 1, 1);
    const at = Math.max(this.active, 0);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.rows.length - 1 };
    if (event.key === "Enter") this.enlarge();
    else if (event.key in to) this.activate(Math.max(to[event.key], 0), true);
    else return;
    event.preventDefault();
  }
}
