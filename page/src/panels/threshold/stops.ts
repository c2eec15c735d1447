/** At which rank answers stop: a bar in parts, and the numbers of the parts. */

import { h, replace } from "../../dom.ts";
import type { Context } from "../../model.ts";

/** Ranks of the rungs, species 0 to root 7. */
const RUNGS = ["species", "genus", "family", "order", "class", "phylum", "kingdom", "root"];

/** The parts from the deepest answers up to the root, those without images left out. */
export function parts(stops: readonly number[], ranked: boolean): { stop: number; images: number }[] {
  const all = stops.map((images, stop) => ({ stop, images }));
  return (ranked ? all : all.reverse()).filter((part) => part.images > 0);
}

function labelOf(context: Context, stop: number, ranked: boolean): string {
  if (stop === (ranked ? 7 : 0)) return context.t("threshold.root");
  if (ranked) return context.rank(RUNGS[stop] ?? "root");
  return context.t(stop === 8 ? "threshold.edgesOrMore" : "threshold.edges", { n: stop });
}

export function showStops(context: Context, element: HTMLElement, stops: readonly number[], n: number, ranked: boolean): void {
  const shown = parts(stops, ranked);
  const words = shown.map(({ stop, images }) => {
    const percent = context.percent(n === 0 ? null : images / n);
    return { label: labelOf(context, stop, ranked), images, percent };
  });
  const bar = h("div", { class: "w-threshold-bar", role: "img", "aria-label": words.map(({ label, percent }) => `${label} ${percent}`).join(", ") });
  const list = h("ul", { class: "w-threshold-stops" });
  shown.forEach(({ stop, images }, place) => {
    const { label, percent } = words[place];
    const tone = `w-threshold-tone w-threshold-tone-${ranked ? stop : 8 - stop}`;
    const part = h("span", { class: tone, title: `${label}: ${percent}` });
    part.style.flexGrow = String(images);
    bar.append(part);
    list.append(h("li", null, h("span", { class: tone, "aria-hidden": "true" }), h("span", null, label), h("span", { class: "w-threshold-number" }, `${context.number(images)} · ${percent}`)));
  });
  replace(element, bar, list);
}
