/** How sure the answers of a pair were. */

import { scaleLinear } from "d3-scale";
import type { Context, Row, Run } from "../../model.ts";
import { h, s } from "../../dom.ts";

/** Bars between 0 and 1. */
const BINS = 20;
const WIDTH = 300;
const HEIGHT = 170;
const LEFT = 46;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 46;

export interface Spread {
  /** Images with a probability, by bar. */
  bins: number[];
  n: number;
  without: number;
  low: number;
  median: number;
  high: number;
}

/** Counts of the probability of the answer over rows; null where none has one. */
export function spread(run: Run, rows: ArrayLike<Row>): Spread | null {
  const values: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const probability = run.probability[rows[i]];
    if (!Number.isNaN(probability)) values.push(probability);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  const bins = new Array<number>(BINS).fill(0);
  for (const value of values) bins[Math.max(0, Math.min(BINS - 1, Math.floor(value * BINS)))] += 1;
  const middle = values.length >> 1;
  const median = values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return { bins, n: values.length, without: rows.length - values.length, low: values[0], median, high: values[values.length - 1] };
}

export function distribution(context: Context, rows: ArrayLike<Row>): HTMLElement {
  const { t } = context;
  const found = spread(context.run(), rows);
  const section = h("section", { class: "w-pair-distribution" }, h("h3", null, t("pair.distribution")));
  if (!found) {
    section.append(h("p", { class: "w-pair-soft" }, t(rows.length === 0 ? "pair.none" : "pair.distribution.none")));
    return section;
  }
  const values = {
    n: context.number(found.n),
    median: context.percent(found.median),
    low: context.percent(found.low),
    high: context.percent(found.high),
  };
  const without = found.without > 0 ? ` ${t("pair.distribution.without", { images: context.images(found.without) })}` : "";
  section.append(
    h(
      "figure",
      null,
      plot(context, found, t("pair.distribution.label", values)),
      h("figcaption", { class: "w-pair-soft" }, t("pair.distribution.caption", values) + without),
    ),
  );
  return section;
}

function plot(context: Context, { bins, median }: Spread, label: string): SVGElement {
  const x = scaleLinear([0, 1], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear([0, Math.max(...bins)], [HEIGHT - BOTTOM, TOP]).nice(4);
  const bottom = HEIGHT - BOTTOM;
  const marks: SVGElement[] = [];
  for (const tick of y.ticks(4).filter(Number.isInteger)) {
    marks.push(s("line", { class: "w-pair-grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }));
    marks.push(s("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, context.number(tick, 0)));
  }
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    marks.push(s("line", { class: "w-pair-grid", x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4 }));
    marks.push(s("text", { x: x(tick), y: bottom + 17, "text-anchor": "middle" }, context.number(tick)));
  }
  const width = x(1 / BINS) - x(0) - 1;
  for (const [bin, count] of bins.entries()) {
    if (count > 0) marks.push(s("rect", { class: "w-pair-bar", x: x(bin / BINS) + 0.5, y: y(count), width, height: bottom - y(count) }));
  }
  marks.push(s("path", { class: "w-pair-median", d: `M${x(median)},${bottom}V${TOP}` }));
  const middle = (TOP + bottom) / 2;
  marks.push(s("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, context.t("pair.distribution.x")));
  marks.push(s("text", { x: 12, y: middle, transform: `rotate(-90 12 ${middle})`, "text-anchor": "middle" }, context.t("pair.distribution.y")));
  const size = { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` };
  return s("svg", { class: "w-pair-plot", role: "img", "aria-label": label, ...size }, ...marks);
}
