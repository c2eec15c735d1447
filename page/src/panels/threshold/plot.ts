/** Risk over coverage: how wrong is what a threshold keeps, by how much it keeps. */

import { scaleLinear } from "d3-scale";
import { replace, s } from "../../dom.ts";
import type { Context, Interval } from "../../model.ts";

const HEIGHT = 280;
const LEFT = 58;
const RIGHT = 18;
const TOP = 16;
const BOTTOM = 52;

export interface Place {
  /** Share of the images that is kept, and share of that which is wrong. */
  coverage: number;
  risk: number;
}

export interface Drawn {
  line: Place[];
  /** Without a threshold. */
  base: Place | null;
  now: (Place & { interval: Interval | null }) | null;
  label: string;
}

export interface Plot {
  readonly element: HTMLElement;
  draw(what: Drawn): void;
}

/** A plot that is as wide as its place, so that its text keeps its size. */
export function makePlot(context: Context, element: HTMLElement): Plot {
  const svg = s("svg", { class: "w-threshold-plot", role: "img" });
  element.append(svg);
  let last: Drawn | null = null;
  let width = 0;
  const paint = () => {
    if (last !== null) draw(context, svg, Math.max(width || 560, 240), last);
  };
  if (typeof ResizeObserver !== "undefined") {
    new ResizeObserver(([entry]) => {
      if (entry === undefined || Math.abs(entry.contentRect.width - width) < 1) return;
      width = Math.floor(entry.contentRect.width);
      paint();
    }).observe(element);
  }
  return {
    element,
    draw(what) {
      last = what;
      paint();
    },
  };
}

function draw(context: Context, svg: SVGSVGElement, width: number, { line, base, now, label }: Drawn): void {
  const most = Math.max(0.02, ...line.map((place) => place.risk), base?.risk ?? 0, now?.interval?.high ?? now?.risk ?? 0);
  const x = scaleLinear([0, 1], [LEFT, width - RIGHT]);
  const y = scaleLinear([0, Math.min(most * 1.05, 1)], [HEIGHT - BOTTOM, TOP]).nice(5);
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(HEIGHT));
  svg.setAttribute("aria-label", label);
  const places = line.map((place) => `${x(place.coverage).toFixed(1)},${y(place.risk).toFixed(1)}`).join(" ");
  replace(
    svg,
    ...grid(context, x, y, width),
    line.length > 1 && s("polyline", { class: "w-threshold-line", points: places }),
    base && s("circle", { class: "w-threshold-base", cx: x(base.coverage), cy: y(base.risk), r: 5 }),
    now?.interval && interval(x(now.coverage), y(now.interval.low), y(now.interval.high)),
    now && s("circle", { class: "w-threshold-now", cx: x(now.coverage), cy: y(now.risk), r: 6 }),
  );
}

type Scale = ReturnType<typeof scaleLinear<number>>;

function grid(context: Context, x: Scale, y: Scale, width: number): SVGElement[] {
  const bottom = HEIGHT - BOTTOM;
  const marks: SVGElement[] = [];
  const ticks = y.ticks(5);
  const decimals = ticks.some((tick) => Math.abs(tick * 100 - Math.round(tick * 100)) > 1e-6) ? 1 : 0;
  for (const tick of ticks) {
    marks.push(s("line", { class: "w-threshold-grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }));
    marks.push(s("text", { x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }, context.number(tick * 100, decimals)));
  }
  for (const tick of width < 420 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]) {
    marks.push(s("line", { class: "w-threshold-grid", x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5 }));
    marks.push(s("text", { x: x(tick), y: bottom + 20, "text-anchor": tick === 1 ? "end" : "middle" }, context.number(tick * 100, 0)));
  }
  const middle = (TOP + bottom) / 2;
  marks.push(s("text", { class: "w-threshold-axis", x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 10, "text-anchor": "middle" }, context.t("threshold.coverage")));
  marks.push(
    s("text", { class: "w-threshold-axis", x: 14, y: middle, transform: `rotate(-90 14 ${middle})`, "text-anchor": "middle" }, context.t("threshold.risk")),
  );
  return marks;
}

function interval(x: number, low: number, high: number): SVGElement {
  return s("path", { class: "w-threshold-interval", d: `M${x},${low}V${high}M${x - 5},${low}h10M${x - 5},${high}h10` });
}
