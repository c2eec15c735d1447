/** The tree as SVG: elements of cells are kept from one drawing to the next, so that the focus stays and little is touched. */

import { s } from "../../dom.ts";
import type { Cell, Layout } from "./layout.ts";
import { fitting, width } from "./measure.ts";

/** How a cell looks. */
export interface Look {
  /** Name of the taxon, or how many are too small. */
  name: string;
  /** Share or difference; "" where there is none. */
  value: string;
  /** Which end of the scale, and how far from its middle, 0 to 1. */
  end: "low" | "high" | "first" | "second" | "given";
  part: number;
  few: boolean;
  marked: boolean;
  label: string;
}

export interface Column {
  name: string;
  /** A second line of its head. */
  note: string;
  left: number;
  width: number;
}

export interface Scene {
  layout: Layout;
  /** By number of the column. */
  columns: ReadonlyMap<number, Column>;
  width: number;
  /** Of the cells, without head and legend. */
  height: number;
  /** Pixels of a rem. */
  rem: number;
  looks: readonly Look[];
  label: string;
  /** Describes the tree: the id of an element. */
  help: string;
  legend: SVGElement;
  legendHeight: number;
}

/** Elements of a cell; those that few cells need are made when one does. */
interface Drawn {
  element: SVGGElement;
  box: SVGRectElement;
  parts: Partial<Record<Part, SVGRectElement>>;
  /** Texts lie beside the cell, not in it: its label says them in other words. Null where there are none. */
  written: SVGGElement | null;
  texts: Partial<Record<"name" | "value", SVGTextElement>>;
}

/** What lies on a cell: a pale strip instead of what is in it, hatching, an outline. */
type Part = "cut" | "hatch" | "mark";

/** What a cell is known by from one drawing to the next. */
export function keyOf(cell: Cell): string {
  return cell.small === null ? String(cell.taxon) : `${cell.taxon}+${cell.column}`;
}

let count = 0;

/** The picture of a tree. */
export class Drawing {
  readonly svg: SVGSVGElement;
  readonly #head = s("g", { "aria-hidden": "true", class: "w-tree-head" });
  readonly #tree = s("g", { role: "tree" });
  readonly #texts = s("g", { "aria-hidden": "true", class: "w-tree-texts" });
  readonly #legend = s("g", { "aria-hidden": "true", class: "w-tree-legend" });
  readonly #ring = s("rect", { class: "w-tree-ring", "aria-hidden": "true", visibility: "hidden", rx: 2 });
  readonly #hatch = `w-tree-few-${++count}`;
  readonly #drawn = new Map<string, Drawn>();
  /** By key the place of the cell in the layout. */
  readonly #places = new Map<string, number>();

  constructor() {
    const lines = s("path", { d: "M-1,1 L1,-1 M0,6 L6,0 M5,7 L7,5", class: "w-tree-hatch-line" });
    const pattern = s("pattern", { id: this.#hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, lines);
    this.svg = s("svg", { class: "w-tree-svg", role: "group" }, s("defs", null, pattern), this.#head, this.#tree, this.#texts, this.#ring, this.#legend);
  }

  /** Where the hatching of small samples is. */
  get hatch(): string {
    return `url(#${this.#hatch})`;
  }

  /** Place of the cell that an element is part of; -1 outside. */
  place(target: EventTarget | null): number {
    const key = target instanceof Element ? target.closest<SVGElement>(".w-tree-cell")?.dataset.key : undefined;
    return key === undefined ? -1 : (this.#places.get(key) ?? -1);
  }

  /** Place of the cell with a key; -1 where it is not drawn. */
  placeOf(key: string): number {
    return this.#places.get(key) ?? -1;
  }

  element(key: string): SVGGElement | null {
    return this.#places.has(key) ? (this.#drawn.get(key)?.element ?? null) : null;
  }

  /** Draws a ring around the cell with a key, around none with null. */
  ring(key: string | null): void {
    const box = key === null ? null : (this.#drawn.get(key)?.box ?? null);
    const at = key === null ? null : (this.#drawn.get(key)?.element.getAttribute("transform") ?? null);
    this.#ring.setAttribute("visibility", box === null ? "hidden" : "visible");
    if (box === null) return;
    set(this.#ring, "transform", at ?? "");
    for (const side of ["width", "height"]) set(this.#ring, side, box.getAttribute(side) ?? "0");
  }

  draw(scene: Scene): void {
    const { layout, rem } = scene;
    const top = 2.6 * rem;
    const high = top + scene.height + scene.legendHeight;
    set(this.svg, "width", scene.width);
    set(this.svg, "height", high);
    set(this.svg, "viewBox", `0 0 ${scene.width} ${high}`);
    set(this.svg, "aria-label", scene.label);
    set(this.#tree, "aria-label", scene.label);
    set(this.#tree, "aria-describedby", scene.help);
    this.#head.replaceChildren(...[...scene.columns.values()].flatMap((column) => head(column, rem)));
    this.#legend.replaceChildren(scene.legend);
    set(this.#legend, "transform", `translate(0 ${round(top + scene.height)})`);

    this.#places.clear();
    layout.cells.forEach((cell, place) => this.#places.set(keyOf(cell), place));
    for (const [key, drawn] of this.#drawn) {
      if (this.#places.has(key)) continue;
      drawn.element.remove();
      drawn.written?.remove();
      this.#drawn.delete(key);
    }
    let next = this.#tree.firstChild;
    for (const place of inOrder(layout)) {
      const cell = layout.cells[place];
      const element = this.#cell(scene, cell, scene.looks[place], level(layout, place), top);
      if (element === next) next = next.nextSibling;
      else this.#tree.insertBefore(element, next);
    }
  }

  #cell(scene: Scene, cell: Cell, look: Look, depth: number, top: number): SVGGElement {
    const key = keyOf(cell);
    let drawn = this.#drawn.get(key);
    if (drawn === undefined) this.#drawn.set(key, (drawn = this.#make(key)));
    const scale = scene.height / scene.layout.total;
    const column = scene.columns.get(cell.column)!;
    const high = cell.n * scale;
    const size = { width: Math.max(column.width - 2, 1), height: Math.max(high > 3 ? high - 1 : high, 0.5) };
    const { element, box } = drawn;
    set(element, "transform", `translate(${round(column.left)} ${round(top + cell.start * scale)})`);
    set(element, "class", `w-tree-cell w-tree-${look.end}`);
    set(element, "aria-label", look.label);
    set(element, "aria-level", depth);
    if (cell.children.length > 0) set(element, "aria-expanded", "true");
    else element.removeAttribute("aria-expanded");
    const part = `${Math.round(100 * look.part)}%`;
    if (box.style.getPropertyValue("--w-part") !== part) box.style.setProperty("--w-part", part);
    sized(box, size.width, size.height, 0);
    this.#part(drawn, "cut", cell.cut && scene.width - column.left - column.width > 1, (strip) => {
      set(strip, "x", round(column.width));
      sized(strip, scene.width - column.left - column.width - 2, size.height, 0);
    });
    this.#part(drawn, "hatch", look.few, (hatch) => sized(hatch, size.width, size.height, 0));
    this.#part(drawn, "mark", look.marked, (mark) => sized(mark, size.width, size.height, 1.5));
    const texts = textsOf(look, size, scene.rem);
    for (const part of ["name", "value"] as const) this.#put(drawn, part, texts[part]);
    if (drawn.written !== null) {
      set(drawn.written, "transform", element.getAttribute("transform")!);
      set(drawn.written, "class", look.few ? "w-tree-written w-tree-few" : "w-tree-written");
    }
    return element;
  }

  #make(key: string): Drawn {
    const box = s("rect", { class: "w-tree-box", rx: 2 });
    return { element: s("g", { role: "treeitem", tabindex: -1, "data-key": key }, box), box, parts: {}, written: null, texts: {} };
  }

  #put(drawn: Drawn, part: "name" | "value", { text, x, y, turned }: Text): void {
    let element = drawn.texts[part];
    if (text === "") {
      element?.remove();
      delete drawn.texts[part];
      return;
    }
    if (drawn.written === null) this.#texts.append((drawn.written = s("g", null)));
    if (element === undefined) drawn.written.append((drawn.texts[part] = element = s("text", { class: `w-tree-${part}` })));
    if (element.textContent !== text) element.textContent = text;
    set(element, "x", round(x));
    set(element, "y", round(y));
    if (turned) {
      set(element, "transform", `rotate(-90 ${round(x)} ${round(y)})`);
      set(element, "text-anchor", "middle");
    } else if (element.hasAttribute("transform")) {
      element.removeAttribute("transform");
      element.removeAttribute("text-anchor");
    }
  }

  #part(drawn: Drawn, part: Part, wanted: boolean, draw: (element: SVGRectElement) => void): void {
    let element = drawn.parts[part];
    if (!wanted) {
      element?.remove();
      delete drawn.parts[part];
      return;
    }
    if (element === undefined) {
      element = s("rect", { class: `w-tree-${part}`, fill: part === "hatch" ? this.hatch : null, rx: 2 });
      drawn.parts[part] = element;
      drawn.box.after(element);
    }
    draw(element);
  }
}

interface Text {
  text: string;
  x: number;
  y: number;
  turned: boolean;
}

/** Name and value, as far as they fit: beside each other, below each other, or along a narrow cell. */
function textsOf(look: Look, cell: { width: number; height: number }, rem: number): Record<"name" | "value", Text> {
  const size = 0.75 * rem;
  const pad = 0.3 * rem;
  const name: Text = { text: "", x: pad, y: cell.height / 2, turned: false };
  const value: Text = { ...name };
  if (cell.height < size) return { name, value };
  const said = look.marked && look.value !== "" ? `${look.value} ★` : look.value;
  const wide = said === "" ? 0 : width(said, size);
  const room = cell.width - 2 * pad;
  const whole = width(look.name.slice(0, 80), size);
  if (cell.width < 4 * rem && cell.height > cell.width && cell.height >= Math.min(whole, 5 * rem) + 2 * pad && whole > room) {
    return { name: { ...name, text: fitting(look.name, size, cell.height - 2 * pad), x: cell.width / 2, turned: true }, value };
  }
  name.text = fitting(look.name, size, room);
  if (said !== "" && cell.height >= 2.4 * size && wide <= room && whole + wide + 2 * pad > room) {
    return { name: { ...name, y: cell.height / 2 - 0.65 * size }, value: { ...value, text: said, y: cell.height / 2 + 0.65 * size } };
  }
  const isBeside = said !== "" && whole + wide + 2 * pad <= room;
  return { name, value: isBeside ? { ...value, text: said, x: cell.width - pad - wide } : value };
}

function head(column: Column, rem: number): SVGElement[] {
  const size = 0.75 * rem;
  const text = (words: string, y: number, style: string) => {
    const shown = fitting(words, size, column.width - 5);
    return s("text", { class: style, x: round(column.left + 1), y }, shown, shown === words ? null : s("title", null, words));
  };
  const note = column.note === "" ? [] : [text(column.note, 2.1 * rem, "w-tree-head-note")];
  return [text(column.name, column.note === "" ? 2.1 * rem : 1.1 * rem, "w-tree-head-name"), ...note];
}

/** Places of the cells as a reader meets them: each before its children, from the top. */
function inOrder({ cells }: Layout): number[] {
  const order: number[] = [];
  const visit = (place: number) => {
    order.push(place);
    cells[place].children.forEach(visit);
  };
  const outer = cells.flatMap((cell, place) => (cell.parent < 0 ? [place] : []));
  outer.sort((a, b) => cells[a].start - cells[b].start).forEach(visit);
  return order;
}

function level({ cells }: Layout, place: number): number {
  let depth = 0;
  for (let at = place; at >= 0; at = cells[at].parent) depth++;
  return depth;
}

function sized(box: SVGRectElement, wide: number, high: number, inset: number): void {
  if (inset > 0) {
    set(box, "x", inset);
    set(box, "y", inset);
  }
  set(box, "width", round(Math.max(wide - 2 * inset, 1)));
  set(box, "height", round(Math.max(high - 2 * inset, 0.5)));
}

function set(element: Element, attribute: string, value: string | number): void {
  const text = String(value);
  if (element.getAttribute(attribute) !== text) element.setAttribute(attribute, text);
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
