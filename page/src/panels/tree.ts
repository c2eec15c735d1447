/** The tree: an icicle of the true taxa of the selection, coloured by the share right at the rank of each, or in a comparison by
 * the difference of two runs. */

import { h, name, replace } from "../dom.ts";
import type { Context, MakePanel, Panel, Share, Taxon } from "../model.ts";
import { below, hideTip, isTipShown, leaveTip, showTip } from "./tip.ts";
import { above, columnsOf, crumbs } from "./tree/columns.ts";
import { type Counts, countTaxa } from "./tree/counts.ts";
import { Drawing, keyOf } from "./tree/draw.ts";
import { type Cell, type Layout, layout, moved } from "./tree/layout.ts";
import { type Numbers, type TestedClade, numbersOf, otherRun, testedClades } from "./tree/numbers.ts";
import { heightOf, legendOf, looksOf, place } from "./tree/scene.ts";
import { makeSearch } from "./tree/search.ts";
import { about, cellLabel, named, rankOf, rightText } from "./tree/words.ts";

/** Cells at most, the lowest one in pixels, and levels of a tree without ranks that are drawn at a time. */
const MOST = 1_500;
const LOWEST = 2;
const LEVELS = 8;
/** Cells above which a zoom is not drawn as a movement. */
const MOVING = 500;
/** Milliseconds: of a zoom, and until a tip follows the pointer to the next cell. */
const ZOOM = 260;
const REST = 70;
/** Taxa in the list of those that are too small to draw. */
const LISTED = 60;

let count = 0;

export const makeTree: MakePanel = (context) => new Tree(context);

class Tree implements Panel {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #columns;
  readonly #drawing = new Drawing();
  readonly #path: HTMLElement;
  readonly #box: HTMLElement;
  readonly #about: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #notes: HTMLElement;
  readonly #only: HTMLButtonElement;
  readonly #search;
  readonly #help = `w-tree-help-${++count}`;
  readonly #helpText: HTMLElement;

  #counts: Counts | null = null;
  #clades = new Map<Taxon, TestedClade>();
  #layout: Layout = { cells: [], total: 0, columns: [] };
  #known = new Map<Taxon, Numbers>();
  /** Key of the cell that the focus comes to. */
  #current = "";
  #drawnRoot: Taxon = -1;
  #width = 0;
  #resting = 0;
  #labelling = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#columns = columnsOf(context.data);
    const { t } = context;
    this.#path = h("nav", { class: "w-tree-path", "aria-label": t("tree.path") });
    this.#only = h("button", { type: "button", class: "w-tree-only", "aria-pressed": "false", onclick: () => this.#toggleOnly() }, t("tree.only"));
    this.#search = makeSearch(context, (taxon) => this.#found(taxon), (taxon) => this.#zoom(taxon, true));
    this.#box = h("div", { class: "w-tree-box-around" }, this.#drawing.svg);
    this.#about = h("div", { class: "w-tree-about" });
    this.#empty = h("p", { class: "w-tree-empty", hidden: true });
    this.#notes = h("p", { class: "w-tree-notes" });
    this.#helpText = h("p", { class: "w-tree-help", id: this.#help });
    const bar = h("div", { class: "w-tree-bar" }, this.#path, this.#search.element, this.#only);
    this.element = h("section", { class: "w-tree", "aria-label": t("tree.title") }, bar, this.#empty, this.#box, this.#about, this.#notes, this.#helpText);
    this.#listen();
    // It is seen no more with the element itself.
    if (typeof ResizeObserver !== "undefined") new ResizeObserver(() => this.#resized()).observe(this.#box);
  }

  update(changed: ReadonlySet<string>): void {
    const counted = ["selection", "run", "other"].some((name) => changed.has(name));
    if (this.#counts !== null && !counted && !changed.has("root") && !changed.has("filters")) return;
    if (this.#counts === null || counted) this.#count();
    this.#draw();
  }

  #count(): void {
    const { data, store } = this.#context;
    this.#counts = countTaxa(data, this.#columns, store.selection, this.#context.run(), otherRun(this.#context));
    this.#clades = testedClades(this.#context);
    this.#known.clear();
  }

  /** Another width needs another drawing, once the tree is shown. */
  #resized(): void {
    if (!this.element.isConnected || this.#counts === null) return;
    if (this.#box.clientWidth === 0 || this.#box.clientWidth === this.#width) return;
    // Not while the browser tells of sizes: the drawing changes them.
    requestAnimationFrame(() => this.element.isConnected && this.#draw());
  }

  get #root(): Taxon {
    return this.#context.store.state.root;
  }

  // Drawing

  #draw(): void {
    if (this.#counts === null) return;
    hideTip();
    const { data } = this.#context;
    const hadFocus = this.#drawing.svg.contains(document.activeElement);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const first = Math.max(this.#columns.of[this.#root], 0);
    const span: [number, number] = this.#columns.ranked ? [0, this.#columns.count] : [first, first + LEVELS];
    const height = heightOf(data.taxonomy, this.#columns, this.#counts, { root: this.#root, span, rem });
    const sheet = { taxonomy: data.taxonomy, columnOf: this.#columns.of, span, root: this.#root, height, lowest: LOWEST, most: MOST };
    this.#layout = layout(sheet, this.#counts);
    this.#bar();
    const empty = this.#layout.cells.length === 0;
    this.#box.hidden = this.#helpText.hidden = empty;
    this.#empty.hidden = !empty;
    if (empty) this.#empty.textContent = this.#context.t(this.#counts.rows(0).length === 0 && this.#counts.unplaced === 0 ? "tree.noneScored" : "tree.none");
    else this.#picture(height, rem);
    this.#focusable(hadFocus);
    this.#tell();
  }

  #picture(height: number, rem: number): void {
    const { t } = this.#context;
    this.#width = this.#box.clientWidth;
    const shown = { context: this.#context, columns: this.#columns, layout: this.#layout, clades: this.#clades };
    const columns = place(shown, this.#width || 60 * rem, rem);
    const width = Math.max(...[...columns.values()].map((column) => column.left + column.width));
    const compared = otherRun(this.#context) !== null;
    const looks = looksOf(shown);
    const drawn = legendOf(shown, looks, { width, rem, hatch: this.#drawing.hatch });
    this.#helpText.textContent = t(compared ? "tree.helpCompare" : this.#columns.ranked ? "tree.help" : "tree.helpLevels");
    const moving = this.#drawnRoot !== this.#root && this.#drawnRoot >= 0 && this.#layout.cells.length <= MOVING;
    if (moving) {
      this.#drawing.svg.classList.add("w-tree-moving");
      window.setTimeout(() => this.#drawing.svg.classList.remove("w-tree-moving"), ZOOM + 40);
    }
    this.#drawnRoot = this.#root;
    const label = t("tree.label", { clade: named(this.#context, this.#root) });
    this.#drawing.draw({ layout: this.#layout, columns, width, height, rem, looks, label, help: this.#help, legend: drawn.element, legendHeight: drawn.height });
    this.#label();
  }

  /** Labels with intervals, a few at a time: there may be many and each reads all its images. */
  #label(): void {
    const turn = ++this.#labelling;
    const cells = this.#layout.cells;
    let next = 0;
    const some = () => {
      if (turn !== this.#labelling) return;
      const start = performance.now();
      while (next < cells.length && performance.now() - start < 6) this.#labelWhole(cells[next++]);
      if (next < cells.length) window.setTimeout(some, 15);
    };
    window.setTimeout(some, 60);
  }

  #labelWhole(cell: Cell): void {
    if (cell.small !== null || this.#columns.given[cell.column]) return;
    const label = cellLabel(this.#context, this.#columns, cell, this.#clades.get(cell.taxon), this.#numbers(cell.taxon));
    this.#drawing.element(keyOf(cell))?.setAttribute("aria-label", label);
  }

  #numbers(taxon: Taxon): Numbers {
    let numbers = this.#known.get(taxon);
    if (numbers === undefined) this.#known.set(taxon, (numbers = numbersOf(this.#context, this.#columns, this.#counts!, taxon)));
    return numbers;
  }

  // What stands around the picture

  #bar(): void {
    const context = this.#context;
    const { t, data, store } = context;
    const path = crumbs(data, this.#columns, this.#root);
    const item = (taxon: Taxon) => {
      const text = named(context, taxon);
      const label = () => name(text, { class: "w-tree-crumb-name", title: text });
      if (taxon === this.#root) return h("li", null, h("span", { class: "w-tree-crumb", "aria-current": "true" }, label()));
      return h("li", null, h("button", { type: "button", class: "w-tree-crumb", onclick: () => this.#zoom(taxon, false) }, label()));
    };
    const held = this.#path.contains(document.activeElement);
    replace(this.#path, h("ol", null, ...path.map(item)));
    if (held) ([...this.#path.querySelectorAll("button")].at(-1) ?? this.#search.element.querySelector("input"))?.focus();
    const { truth } = store.state.filters;
    const pressed = truth !== null && (truth === this.#root || this.#root === 0);
    this.#only.setAttribute("aria-pressed", String(pressed));
    this.#only.disabled = this.#root === 0 && truth === null;
    const shown = pressed ? truth : this.#root;
    this.#only.title = shown === 0 ? t("tree.onlyRoot") : t("tree.onlyWhy", { taxon: context.taxon(shown) });
    const notes = [
      this.#counts!.unplaced > 0 ? t("tree.unplaced", { images: context.images(this.#counts!.unplaced) }) : null,
      otherRun(context) === null ? null : t("tree.bothScored"),
    ];
    this.#notes.textContent = notes.filter((note) => note !== null).join(" ");
    this.#notes.hidden = this.#notes.textContent === "";
  }

  #toggleOnly(): void {
    const pressed = this.#only.getAttribute("aria-pressed") === "true";
    this.#context.store.filter({ truth: pressed ? null : this.#root });
  }

  /** What the list of the search says behind a name. */
  #found(taxon: Taxon): string {
    const images = this.#counts?.rows(taxon).length ?? 0;
    return `${rankOf(this.#context, this.#columns, taxon)}, ${this.#context.images(images)}`;
  }

  /** The line below the picture: of the cell with the focus, else of the clade the tree shows. */
  #tell(): void {
    const place = this.#drawing.svg.contains(document.activeElement) ? this.#drawing.placeOf(this.#current) : -1;
    const cell = place < 0 ? undefined : this.#layout.cells[place];
    const taxon = cell === undefined || cell.small !== null ? this.#root : cell.taxon;
    if (this.#counts === null) return;
    replace(this.#about, ...about(this.#context, this.#columns, this.#whole(taxon), this.#see(taxon, 0)));
  }

  #whole(taxon: Taxon): { taxon: Taxon; numbers: Numbers; clade: TestedClade | undefined } {
    return { taxon, numbers: this.#numbers(taxon), clade: this.#clades.get(taxon) };
  }

  /** The way to the photographs of the most frequent confusion. In a tip it is for the pointer only: the keyboard has the line below. */
  #see(taxon: Taxon, tabindex: number): HTMLElement | null {
    if (this.#numbers(taxon).confused === null) return null;
    const text = this.#context.t(this.#context.data.format.noun === null ? "tree.see" : "tree.seeThem");
    return h("button", { type: "button", class: "w-tree-see", tabindex, onclick: () => this.#open(taxon) }, text);
  }

  #open(taxon: Taxon): void {
    const { confused } = this.#numbers(taxon);
    if (confused === null) return;
    hideTip();
    this.#context.store.set({ pair: { truth: taxon, answer: confused.taxon } });
  }

  #tipOf(cell: Cell): Node[] {
    const context = this.#context;
    if (cell.small === null) return about(context, this.#columns, this.#whole(cell.taxon), this.#see(cell.taxon, -1));
    const share: Share = { n: cell.n, right: cell.right, share: cell.right / cell.n, interval: null };
    const why = cell.parent < 0 || cell.taxon === this.#root ? "tree.moreList" : "tree.moreWhy";
    const line = `${context.images(cell.n)}${this.#columns.given[cell.column] || otherRun(context) !== null ? "" : `, ${rightText(context, share)}`}`;
    const title = context.t("tree.more", { n: context.number(cell.small.length, 0) });
    return [h("strong", { class: "w-tip-name" }, title), h("div", null, line), h("div", null, context.t(why))];
  }

  // Moving

  #zoom(taxon: Taxon, focus: boolean): void {
    hideTip();
    if (taxon === this.#root) return;
    // Where one came from is where one goes on.
    this.#current = String(this.#context.data.taxonomy.contains(taxon, this.#root) && this.#root !== 0 ? this.#root : taxon);
    this.#context.store.set({ root: taxon });
    const key = this.#current;
    if (focus) this.#drawing.element(key)?.focus();
    const images = this.#context.images(this.#counts?.rows(taxon).length ?? 0);
    const drawn = this.#layout.cells.filter((cell) => cell.small === null && cell.taxon !== taxon).length;
    this.#context.say(this.#context.t("tree.zoomed", { taxon: named(this.#context, taxon), images, n: this.#context.number(drawn, 0) }));
  }

  #up(): boolean {
    if (this.#root === 0) return false;
    this.#zoom(above(this.#context.data, this.#columns, this.#root), true);
    return true;
  }

  /** What a click or Enter does. */
  #act(place: number): void {
    const cell = this.#layout.cells[place];
    if (cell === undefined) return;
    window.clearTimeout(this.#resting);
    hideTip();
    if (cell.small !== null) {
      if (cell.parent >= 0 && cell.taxon !== this.#root) this.#zoom(cell.taxon, true);
      else {
        const { n } = this.#counts!;
        this.#search.offer([...cell.small].sort((a, b) => n[b] - n[a] || a - b).slice(0, LISTED));
      }
    } else if (cell.taxon === this.#root) this.#up();
    else this.#zoom(cell.taxon, true);
  }

  /** One cell can be reached by the tabulator: the one that had the focus last. */
  #focusable(hadFocus: boolean): void {
    if (this.#drawing.placeOf(this.#current) < 0) {
      const own = this.#drawing.placeOf(String(this.#root));
      const cell = this.#layout.cells[own >= 0 ? own : 0];
      this.#current = cell === undefined ? "" : keyOf(cell);
    }
    const current = this.#drawing.element(this.#current);
    for (const other of this.#drawing.svg.querySelectorAll(".w-tree-cell[tabindex='0']")) if (other !== current) other.setAttribute("tabindex", "-1");
    current?.setAttribute("tabindex", "0");
    if (hadFocus && document.activeElement !== current) current?.focus();
    this.#ring();
  }

  #ring(): void {
    const focused = this.#drawing.svg.contains(document.activeElement) && document.activeElement!.matches(":focus-visible");
    this.#drawing.ring(focused ? this.#current : null);
  }

  #listen(): void {
    // Not on the picture itself: a browser may take one that listens to the focus for something to be focused.
    const box = this.#box;
    box.addEventListener("click", (event) => this.#act(this.#drawing.place(event.target)));
    box.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("focusin", (event) => {
      const place = this.#drawing.place(event.target);
      if (place < 0) return;
      const cell = this.#layout.cells[place];
      this.#current = keyOf(cell);
      this.#focusable(false);
      this.#labelWhole(cell);
      this.#tell();
      const element = event.target as Element;
      if (element.matches(":focus-visible")) showTip(below(element), ...this.#tipOf(cell));
    });
    box.addEventListener("focusout", ({ relatedTarget: to }) => {
      this.#drawing.ring(null);
      // Into the tip, or to the next cell.
      if (to instanceof Element && !box.contains(to) && to.closest(".w-tip") === null) hideTip();
      else leaveTip();
    });
    box.addEventListener("pointerover", (event) => {
      const place = this.#drawing.place(event.target);
      window.clearTimeout(this.#resting);
      if (place < 0 || event.pointerType === "touch") return leaveTip();
      const at = { x: event.clientX, y: event.clientY };
      // On its way to a tip the pointer crosses other cells.
      this.#resting = window.setTimeout(() => {
        const cell = this.#layout.cells[this.#drawing.place(event.target)];
        if (cell !== undefined && this.element.isConnected) showTip(at, ...this.#tipOf(cell));
      }, isTipShown() ? 2 * REST : REST);
    });
    box.addEventListener("pointerleave", () => {
      window.clearTimeout(this.#resting);
      leaveTip();
    });
  }

  #key(event: KeyboardEvent): void {
    const place = this.#drawing.place(event.target);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const cell = this.#layout.cells[place];
    let done = true;
    if (event.key === "Enter" || event.key === " ") this.#act(place);
    else if (event.key === "Escape" || event.key === "Backspace") done = this.#up();
    else if (event.key.toLowerCase() === "p" && cell.small === null && !this.#columns.given[cell.column]) this.#open(cell.taxon);
    else {
      const next = this.#layout.cells[moved(this.#layout, place, event.key)];
      if (next === cell || next === undefined) done = /^Arrow|^Home$|^End$/.test(event.key);
      else this.#drawing.element(keyOf(next))?.focus();
    }
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
