/** The forest plot as an SVG: a line per clade with difference and interval, and its numbers. */

import { scaleLinear } from "d3-scale";
import type { Context } from "../../model.ts";
import { replace, s } from "../../dom.ts";
import { cut, taxonText } from "../pair/words.ts";
import { type Layout, fitted } from "./layout.ts";
import { type Clade, points, values } from "./numbers.ts";

/** Where names begin. */
const START = 6;
/** Half the size of the marks. */
const MARK = 5;

export interface Forest {
  clades: readonly Clade[];
  alpha: number;
  label: string;
}

type Scale = ReturnType<typeof scaleLinear<number>>;
type Measure = (text: string) => number;

export function drawForest(context: Context, svg: SVGSVGElement, layout: Layout, { clades, alpha, label }: Forest): void {
  const x = scaleLinear(domain(clades), [layout.left, layout.right]).nice(5);
  const measure = measuring(svg);
  svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
  svg.setAttribute("width", String(layout.width));
  svg.setAttribute("height", String(layout.height));
  svg.setAttribute("aria-label", label);
  replace(
    svg,
    ...axis(context, x, layout, clades.length),
    ...heads(context, layout),
    ...clades.flatMap((clade, place) => line(context, x, layout, measure, clade, layout.top + place * layout.line, clade.adjusted < alpha)),
  );
}

/** All intervals and the zero, which always stands in sight of both sides. */
function domain(clades: readonly Clade[]): [number, number] {
  let [low, high] = [-0.02, 0.02];
  for (const clade of clades) {
    low = Math.min(low, clade.low, clade.difference);
    high = Math.max(high, clade.high, clade.difference);
  }
  return [Math.max(low, -1), Math.min(high, 1)];
}

function axis(context: Context, x: Scale, layout: Layout, lines: number): SVGElement[] {
  const { left, right, top, width } = layout;
  const bottom = top + lines * layout.line + 4;
  const ticks = x.ticks(right - left < 260 ? 4 : 6);
  const decimals = ticks.some((tick) => Math.abs(tick * 100 - Math.round(tick * 100)) > 1e-6) ? 1 : 0;
  const marks: SVGElement[] = [];
  for (const tick of ticks) {
    const zero = Math.abs(tick) < 1e-12;
    marks.push(s("line", { class: zero ? "w-compare-zero" : "w-compare-grid", x1: x(tick), x2: x(tick), y1: top - 4, y2: bottom + 4 }));
    marks.push(s("text", { x: x(tick), y: bottom + 18, "text-anchor": "middle" }, points(context, zero ? 0 : tick, decimals)));
  }
  const title = context.t("compare.forest.axis");
  marks.push(
    s("text", { class: "w-compare-side", x: layout.stacked ? 2 : left - 16, y: bottom + 36 }, `← ${context.t("compare.forest.b_better")}`),
    s("text", { class: "w-compare-side", x: layout.stacked ? width - 2 : right + 16, y: bottom + 36, "text-anchor": "end" }, `${context.t("compare.forest.a_better")} →`),
    s("text", { x: layout.stacked ? width / 2 : (left + right) / 2, y: bottom + 53, "text-anchor": "middle" }, title),
  );
  return marks;
}

/** Headings of the columns of numbers. */
function heads(context: Context, { columns }: Layout): SVGElement[] {
  const keys = ["n", "a", "b", "p"];
  return columns.map((end, place) => s("text", { class: "w-compare-head", x: end, y: 12, "text-anchor": "end" }, context.t(`compare.column.${keys[place]}`)));
}

function line(context: Context, x: Scale, layout: Layout, measure: Measure, clade: Clade, top: number, significant: boolean): SVGElement[] {
  const numbers = values(context, clade);
  if (significant) numbers.p += " ★";
  const y = top + layout.interval;
  const full = taxonText(context, clade.taxon, true);
  const strong = significant ? " w-compare-strong" : "";
  // Bold letters are wider.
  const text = fitted(full, layout.names * (significant ? 0.92 : 1), measure);
  const name = s("text", { class: `w-compare-clade${strong}`, x: START, y: top + layout.text }, text);
  if (text !== full) name.append(s("title", null, cut(full, 400)));
  return [
    s("line", { class: "w-compare-rule", x1: 0, x2: layout.width, y1: top + layout.line, y2: top + layout.line }),
    name,
    ...(layout.stacked ? [below(context, layout, measure, numbers, top)] : beside(layout, numbers, top, strong)),
    ...interval(x, clade, y, significant),
  ];
}

type Numbers = ReturnType<typeof values>;

function beside({ columns, text }: Layout, { n, a, b, p }: Numbers, top: number, strong: string): SVGElement[] {
  return [n, a, b, p].map((value, place) => s("text", { class: `w-compare-value${strong}`, x: columns[place], y: top + text, "text-anchor": "end" }, value));
}

/** The numbers in a line below the name, without the interval where it does not fit. */
function below(context: Context, layout: Layout, measure: Measure, numbers: Numbers, top: number): SVGElement {
  const full = context.t("compare.forest.stacked", numbers);
  const text = measure(full) <= layout.width - START ? full : context.t("compare.forest.stacked_short", numbers);
  return s("text", { class: "w-compare-value", x: START, y: top + layout.text + 16 }, text);
}

/** A filled diamond on a thick line is significant, a ring on a thin one is not. */
function interval(x: Scale, { difference, low, high }: Clade, y: number, significant: boolean): SVGElement[] {
  const at = x(difference);
  const ends = Number.isNaN(low) || Number.isNaN(high) ? null : `M${x(low)},${y}H${x(high)}M${x(low)},${y - 4}v8M${x(high)},${y - 4}v8`;
  const mark = significant
    ? s("path", { class: "w-compare-diamond", d: `M${at},${y - MARK - 1}l${MARK + 1},${MARK + 1}l${-MARK - 1},${MARK + 1}l${-MARK - 1},${-MARK - 1}z` })
    : s("circle", { class: "w-compare-ring", cx: at, cy: y, r: MARK - 1 });
  return [...(ends === null ? [] : [s("path", { class: significant ? "w-compare-thick" : "w-compare-thin", d: ends })]), mark];
}

let pen: CanvasRenderingContext2D | null = null;

/** Widths of texts in the letters of the plot. */
function measuring(svg: SVGSVGElement): Measure {
  pen ??= document.createElement("canvas").getContext("2d");
  const { fontFamily, fontSize } = getComputedStyle(svg);
  if (pen) pen.font = `${fontSize || "12px"} ${fontFamily || "sans-serif"}`;
  const of = pen;
  return (text) => of?.measureText(text).width ?? text.length * 6.5;
}
