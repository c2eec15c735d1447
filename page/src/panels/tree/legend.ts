/** The legend below the tree, part of the same picture. */

import { s } from "../../dom.ts";
import { fitting, width } from "./measure.ts";

/** Steps of a scale. */
const STEPS = 20;

export interface Scale {
  title: string;
  /** Classes of the two halves of the scale, as of cells. */
  ends: ["low" | "second", "high" | "first"];
  /** Texts below the scale: at its start, its middle and its end. */
  texts: [string, string, string];
}

export interface Entry {
  text: string;
  kind: "few" | "given" | "marked";
}

/** The legend on a sheet of some width, and how high it is. `hatch` is where the hatching of small samples is. */
export function legend(scale: Scale, entries: readonly Entry[], sheet: { width: number; rem: number; hatch: string }): { element: SVGGElement; height: number } {
  const { rem } = sheet;
  const size = 0.75 * rem;
  const group = s("g", null);
  const line = 1.5 * rem;
  // Names of runs are longer than numbers.
  const bar = Math.min((scale.texts[1] === "" ? 24 : 12) * rem, sheet.width);
  let y = 1.2 * rem;
  group.append(text(scale.title, 0, y, sheet.width, size));
  y += 0.7 * rem;
  for (let step = 0; step < STEPS; step++) {
    const share = (step + 0.5) / STEPS;
    const box = s("rect", { class: "w-tree-box", x: (bar * step) / STEPS, y, width: bar / STEPS + 0.5, height: 0.7 * rem });
    box.style.setProperty("--w-part", `${Math.round(100 * Math.abs(2 * share - 1))}%`);
    group.append(s("g", { class: `w-tree-${scale.ends[share < 0.5 ? 0 : 1]}` }, box));
  }
  const [start, middle, end] = scale.texts;
  const below = y + 1.4 * rem;
  group.append(text(start, 0, below, bar / 2, size));
  group.append(text(middle, (bar - width(middle, size)) / 2, below, bar / 2, size));
  group.append(text(end, bar - Math.min(width(end, size), bar / 2), below, bar / 2, size));
  let [x, last] = [bar + 1.5 * rem, y + 0.35 * rem];
  let lowest = below;
  for (const entry of entries) {
    const wide = 1.9 * rem + Math.min(width(entry.text, size), sheet.width - 2 * rem);
    if (x + wide > sheet.width) {
      x = 0;
      last = lowest + line;
    }
    lowest = Math.max(lowest, last);
    group.append(swatch(entry, x, last, rem, sheet.hatch), text(entry.text, x + 1.9 * rem, last, sheet.width - x - 1.9 * rem, size));
    x += wide + 1.2 * rem;
  }
  return { element: group, height: lowest + 0.6 * rem };
}

function text(words: string, x: number, y: number, room: number, size: number): SVGTextElement {
  return s("text", { class: "w-tree-legend-text", x, y }, fitting(words, size, room));
}

function swatch(entry: Entry, x: number, y: number, rem: number, hatch: string): SVGGElement {
  const box = (style: string, fill: string | null = null) => s("rect", { class: style, fill, x, y: y - 0.35 * rem, width: 1.5 * rem, height: 0.7 * rem });
  if (entry.kind === "given") return s("g", { class: "w-tree-given" }, box("w-tree-box"));
  const drawn = box("w-tree-box");
  drawn.style.setProperty("--w-part", "0%");
  return s("g", { class: "w-tree-high" }, drawn, box(entry.kind === "few" ? "w-tree-hatch" : "w-tree-mark", entry.kind === "few" ? hatch : null));
}
