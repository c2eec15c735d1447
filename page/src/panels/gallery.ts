/** The gallery: the selection as cards with photographs, the most harmful first; and the enlarged image. */

import { h } from "../dom.ts";
import type { Context, Grouped, MakePanel, Panel, Sorting, State } from "../model.ts";
import { makeCard } from "./gallery/card.ts";
import { cardAt, makeCards, MISTAKES, type Cards } from "./gallery/cards.ts";
import { makeLabels, type Labels } from "./list/labels.ts";
import { placeInOrder, showInOrder } from "./list/order.ts";
import { makeScroller, pixels } from "./list/scroller.ts";

export { makeImage } from "./gallery/image.ts";

/** Height of a row of cards with the gap below it, the gap, and the least width of a card; in rem. */
const ROW = 15.5;
const GAP = 0.75;
const WIDTH: Record<Grouped, number> = { confusion: 15, observation: 15, none: 9.5 };

export const makeGallery: MakePanel = (context) => new Gallery(context);

class Gallery implements Panel {
  readonly element: HTMLElement;
  private readonly labels: Labels;
  private readonly count = h("p", { class: "w-gallery-count" });
  private readonly groupedBy: HTMLSelectElement;
  private readonly sortedBy: HTMLSelectElement;
  private readonly box: HTMLElement;
  private readonly lane = h("div", { class: "w-gallery-lane", role: "rowgroup" });
  private readonly none: HTMLElement;
  private readonly scroller;
  private cards: Cards | null = null;
  private made: { selection: Uint32Array; run: number; grouped: Grouped; sort: Sorting } | null = null;
  private columns = 1;
  private active = -1;

  constructor(private readonly context: Context) {
    const { t, store } = context;
    this.labels = makeLabels(context);
    this.groupedBy = this.choice("grouped", this.groupings());
    this.sortedBy = this.choice("sort", this.sortings());
    this.groupedBy.addEventListener("change", () => store.set({ grouped: this.groupedBy.value as Grouped }));
    this.sortedBy.addEventListener("change", () => store.set({ sort: this.sortedBy.value as Sorting }));
    const spacer = h("div", { class: "w-gallery-spacer" }, this.lane);
    this.box = h("div", { class: "w-gallery-box", role: "grid", tabindex: 0, "aria-label": t("gallery.label") }, spacer);
    this.none = h("p", { class: "w-list-none", hidden: true }, t("list.none"));
    const hints = [t("gallery.keys")];
    if (this.hasRuns) hints.unshift(t(context.run().cost === null ? "gallery.harm" : "gallery.harm_cost"));
    if (this.hasRuns && !context.run().whole.has_probabilities) hints.push(t("list.no_probabilities"));
    const tools = h("div", { class: "w-gallery-tools" }, this.labelled("gallery.grouped", this.groupedBy), this.labelled("gallery.sort", this.sortedBy), this.count);
    this.element = h("div", { class: "w-gallery" }, tools, h("p", { class: "w-list-keys" }, hints.join(" ")), this.box, this.none);
    const make = (line: number) => this.makeLine(line);
    this.scroller = makeScroller({ box: this.box, spacer, lane: this.lane, head: () => 0, make, drawn: () => this.mark() });
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    this.box.addEventListener("focus", () => this.activate(this.active >= 0 ? this.active : this.scroller.first() * this.columns, false));
    this.lane.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => this.resized()).observe(this.lane);
  }

  update(changed: ReadonlySet<keyof State | "selection" | "verdicts">): void {
    const { store } = this.context;
    const { selection, state } = store;
    const { made } = this;
    const same = made !== null && made.selection === selection && made.run === state.run && made.grouped === state.grouped && made.sort === this.sort();
    if (!same) this.make();
    else if (changed.has("verdicts")) this.scroller.redraw();
    if (this.cards === null) return;
    showInOrder(this.context, this.cards.rows);
    if (changed.has("image") && state.image !== null) {
      const place = placeInOrder(this.context, state.image);
      if (place >= 0) this.activate(cardAt(this.cards, place), true);
    }
  }

  /** A page of embeddings alone has images and no answers. */
  private get hasRuns(): boolean {
    return this.context.data.format.runs.length > 0;
  }

  private groupings(): Grouped[] {
    return this.context.data.observation === null ? ["confusion", "none"] : ["confusion", "observation", "none"];
  }

  private sortings(): Sorting[] {
    const run = this.context.run();
    const all: Sorting[] = this.hasRuns ? ["harm", "height", "probability", "count", "name", "cost"] : ["count", "name"];
    return all.filter((sort) => (sort === "probability" ? run.whole.has_probabilities : sort !== "cost" || run.cost !== null));
  }

  /** What the state asks for, where this page can be sorted by it. */
  private sort(): Sorting {
    const can = this.sortings();
    const { sort } = this.context.store.state;
    return can.includes(sort) ? sort : can[0];
  }

  private choice(kind: "grouped" | "sort", values: string[]): HTMLSelectElement {
    const { noun } = this.context.data.format;
    const key = (value: string) => (value === "confusion" && !this.hasRuns ? "gallery.grouped.taxon" : `gallery.${kind}.${value}`);
    const options = values.map((value) => h("option", { value }, value === "none" && noun ? noun.one : this.context.t(key(value))));
    return h("select", { class: "w-gallery-choice" }, ...options);
  }

  private labelled(key: string, choice: HTMLSelectElement): HTMLElement {
    return h("label", { class: "w-gallery-label" }, h("span", null, this.context.t(key)), choice);
  }

  private make(): void {
    const { context } = this;
    const { store, data } = context;
    const { grouped, run } = store.state;
    const sort = this.sort();
    const again = this.made !== null;
    // Sorted or grouped otherwise is heard; what a filter lets through is said by the filters.
    const asked = this.made !== null && (this.made.grouped !== grouped || this.made.sort !== sort);
    this.made = { selection: store.selection, run, grouped, sort };
    this.cards = makeCards(data, context.run(), store.selection, grouped, sort);
    this.groupedBy.value = this.cards.grouped;
    this.sortedBy.value = sort;
    this.active = -1;
    this.count.textContent = this.counted(this.cards, store.selection.length);
    this.box.hidden = this.cards.count === 0;
    this.none.hidden = this.cards.count > 0;
    this.columns = this.fitting();
    this.lay();
    if (again) this.scroller.toTop();
    if (asked) context.say(`${context.t(`gallery.sort.${sort}`)} – ${this.count.textContent}`);
  }

  private counted(cards: Cards, images: number): string {
    const { context } = this;
    if (cards.grouped === "none") return context.images(images);
    const key = cards.count === 1 ? "gallery.card" : "gallery.cards";
    return context.t(key, { images: context.images(images), n: context.number(cards.count) });
  }

  /** Columns that fit into the width there is. */
  private fitting(): number {
    const gap = pixels(GAP);
    const grouped = this.cards?.grouped ?? "none";
    return Math.max(Math.floor((this.lane.clientWidth + gap) / (pixels(WIDTH[grouped]) + gap)), 1);
  }

  private lay(): void {
    if (this.cards === null) return;
    const lines = Math.ceil(this.cards.count / this.columns);
    this.box.style.setProperty("--w-cards", String(this.columns));
    this.box.setAttribute("aria-colcount", String(this.columns));
    this.box.setAttribute("aria-rowcount", String(lines));
    this.scroller.setRows(lines, pixels(ROW));
  }

  /** Other columns: what was at the top stays in sight. */
  private resized(): void {
    // Another tab is shown.
    if (this.lane.clientWidth === 0) return;
    const columns = this.fitting();
    if (columns === this.columns) return;
    const card = this.active >= 0 ? this.active : this.scroller.first() * this.columns;
    this.columns = columns;
    this.lay();
    this.scroller.reveal(Math.floor(card / columns));
  }

  private makeLine(line: number): HTMLElement {
    const element = h("div", { class: "w-gallery-line", role: "row", "aria-rowindex": line + 1 });
    if (this.cards === null) return element;
    const end = Math.min((line + 1) * this.columns, this.cards.count);
    for (let card = line * this.columns; card < end; card++) {
      const button = makeCard(this.context, this.labels, this.cards, card);
      const attributes = { role: "gridcell", class: "w-gallery-cell", id: `w-gallery-card-${card}`, "aria-colindex": (card % this.columns) + 1, "data-card": card };
      element.append(h("div", attributes, button));
    }
    return element;
  }

  /** Says which card the keys act on; it may be out of sight and so out of the page. */
  private mark(): void {
    let found: Element | null = null;
    for (const cell of this.lane.querySelectorAll<HTMLElement>("[data-card]")) {
      const is = Number(cell.dataset.card) === this.active;
      cell.toggleAttribute("data-active", is);
      if (is) found = cell;
    }
    if (found === null) this.box.removeAttribute("aria-activedescendant");
    else this.box.setAttribute("aria-activedescendant", found.id);
  }

  private activate(card: number, reveal: boolean): void {
    if (this.cards === null || this.cards.count === 0) return;
    this.active = Math.max(Math.min(card, this.cards.count - 1), 0);
    if (reveal) this.scroller.reveal(Math.floor(this.active / this.columns));
    this.mark();
  }

  private clicked(event: MouseEvent): void {
    const cell = (event.target as Element).closest<HTMLElement>("[data-card]");
    if (cell === null) return;
    // The card may be gone when the dialog gives the focus back; the grid is not.
    this.box.focus({ preventScroll: true });
    this.activate(Number(cell.dataset.card), false);
    this.open();
  }

  /** The pair sheet of a confusion; else the first image of the card, from which the arrow keys lead on. */
  private open(): void {
    const { cards, active, context } = this;
    if (cards === null || active < 0) return;
    const row = cards.rows[cards.starts[active]];
    const truth = context.data.truth[row];
    // What was not answered is scored as if it were the root, but is no confusion of two taxa.
    const answer = context.run().answer[row] < 0 ? -1 : context.run().predicted[row];
    if (cards.grouped === "confusion" && cards.kind[active] === MISTAKES && truth >= 0 && answer >= 0) context.store.set({ pair: { truth, answer } });
    else context.store.set({ image: row });
  }

  private pressed(event: KeyboardEvent): void {
    if (this.cards === null || event.target !== this.box || event.altKey || event.ctrlKey || event.metaKey) return;
    const { columns, cards } = this;
    const at = Math.max(this.active, 0);
    const page = this.scroller.visible() * columns;
    const last = cards.count - 1;
    const below = Math.floor(at / columns) < Math.floor(last / columns) ? Math.min(at + columns, last) : at;
    const to: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: below,
      ArrowUp: at - columns >= 0 ? at - columns : at,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
    };
    if (event.key === "Enter" || event.key === " ") this.open();
    else if (event.key in to) this.activate(to[event.key], true);
    else return;
    event.preventDefault();
  }
}
