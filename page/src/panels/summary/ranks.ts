/** Bars of the share right at each rank, with the interval, chance and the number of images. */

import { h, replace, s } from "../../dom.ts";
import type { Context, Share, Summary } from "../../model.ts";

/** Pixels. */
const ROW = 26;
const BAR = 14;
const TOP = 4;
/** Below this width the intervals are left to the table that screen readers see and to the titles. */
const NARROW = 520;

/** Letters of what is drawn together. */
const LONGEST_NOUN = 60;
const FONT = "13.5px";

interface Row {
  rank: string;
  label: string;
  share: Share;
  chance: number | null;
  given: boolean;
}

export function makeRanks(context: Context): { element: HTMLElement; update(summary: Summary): void } {
  const { t, data } = context;
  const svg = s("svg", { class: "w-ranks-bars", role: "img", "aria-label": t("core.summary.ranks") });
  const rows = h("tbody", null);
  const heads = ["rank", "share", "interval", "n", "chance"].map((head) => h("th", { scope: "col" }, head === "n" ? "n" : t(`core.summary.${head}`)));
  const table = h("div", { class: "w-unseen" }, h("table", null, h("caption", null, t("core.summary.ranks")), h("thead", null, h("tr", null, ...heads)), rows));
  const isClustered = data.cluster !== null;
  const bars = isClustered ? t("core.summary.clusters", { noun: nounOf(context) }) : t("core.summary.alone");
  const isGuessed = data.runs.some(({ whole }) => whole.whole.some(({ chance }) => chance !== null));
  const caption = h("figcaption", null, isGuessed ? `${bars} ${t("core.summary.line")}` : bars);
  const given = h("p", { class: "w-ranks-given" }, t("core.summary.given.note"));
  given.hidden = !data.ranks.some((rank) => rank.given);
  const element = h("figure", { class: "w-ranks" }, svg, table, caption, given);
  let last: Row[] = [];
  let width = 0;
  const draw = () => {
    width = element.clientWidth;
    if (width > 0 && last.length > 0) drawBars(svg, last, width, context);
  };
  new ResizeObserver(() => {
    if (element.clientWidth !== width) draw();
  }).observe(element);
  return {
    element,
    update(summary) {
      const { whole } = context.run().whole;
      last = data.ranks.map((rank, row) => ({ rank: rank.name, label: context.rank(rank.name), share: summary.ranks[row], chance: whole[row]?.chance ?? null, given: rank.given }));
      replace(rows, ...last.map((row) => tableRow(row, context)));
      draw();
    },
  };
}

/** What images of one cluster have in common. */
function nounOf({ t, data }: Context): string {
  const noun = data.format.images.cluster_noun;
  return noun === "observations" || noun === "taxa" ? t(`core.cluster.${noun}`) : noun.slice(0, LONGEST_NOUN);
}

/** The numbers as they are stand beside those that are read. */
function tableRow({ rank, label, share, chance, given }: Row, { t, number, percent }: Context): HTMLElement {
  const interval = share.interval ? `${percent(share.interval.low)} – ${percent(share.interval.high)}` : "–";
  const cells = [percent(share.share), interval, number(share.n, 0), percent(chance)].map((text) => h("td", null, text));
  const exact = { "data-rank": rank, "data-n": share.n, "data-right": share.right, "data-low": share.interval?.low, "data-high": share.interval?.high };
  return h("tr", exact, h("th", { scope: "row" }, given ? `${label} (${t("core.summary.given")})` : label), ...cells);
}

/** What a bar says, in a sentence. */
export function sentence({ label, share, chance }: Row, { t, number, percent }: Context): string {
  if (share.share === null || share.interval === null) return t("core.summary.row.none", { rank: label });
  const { low, high } = share.interval;
  const text = t("core.summary.row", { rank: label, share: percent(share.share), right: number(share.right, 0), n: number(share.n, 0), low: percent(low), high: percent(high) });
  return chance === null ? text : `${text}; ${t("core.summary.row.chance", { chance: percent(chance) })}`;
}

function drawBars(svg: SVGSVGElement, rows: readonly Row[], width: number, context: Context): void {
  const { t, number, percent } = context;
  const isNarrow = width < NARROW;
  const labels = rows.map(({ label, given }) => (given ? `${label} *` : label));
  const left = Math.min(widest(labels, svg) + 12, width * 0.4);
  const right = isNarrow ? 132 : 262;
  const plot = Math.max(width - left - right, 40);
  const height = rows.length * ROW + 2 * TOP;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const x = (share: number) => round(left + share * plot);
  const groups = rows.map((row, place) => {
    const middle = TOP + place * ROW + ROW / 2;
    const { share, interval, n } = row.share;
    const value = end(width - right + 62, middle, percent(share), "w-ranks-share");
    const ends = interval && !isNarrow ? end(width - 92, middle, `${percent(interval.low).replace(/\s?%$/, "")}–${percent(interval.high)}`, "w-ranks-soft") : null;
    return s(
      "g",
      { class: row.given ? "w-ranks-row w-ranks-is-given" : "w-ranks-row" },
      s("title", null, sentence(row, context)),
      // The whole row answers to the pointer.
      s("rect", { x: 0, y: middle - ROW / 2, width, height: ROW, class: "w-ranks-back" }),
      end(left - 10, middle, labels[place], "w-ranks-label"),
      s("rect", { x: x(0), y: middle - BAR / 2, width: plot, height: BAR, class: "w-ranks-track" }),
      share === null ? null : s("rect", { x: x(0), y: middle - BAR / 2, width: round(share * plot), height: BAR, class: "w-ranks-bar" }),
      ...(interval ? whisker(x(interval.low), x(interval.high), middle) : []),
      ...(row.chance === null ? [] : tick(x(row.chance), middle)),
      value,
      ends,
      end(width - 2, middle, t("core.summary.n", { n: number(n, 0) }), "w-ranks-soft"),
    );
  });
  replace(svg, ...groups);
}

/** Drawn twice, with an edge of the page's colour, so that it is seen on the bar and beside it. */
function whisker(low: number, high: number, y: number): SVGElement[] {
  const path = `M${low} ${y}H${high}M${low} ${y - 4}V${y + 4}M${high} ${y - 4}V${y + 4}`;
  return [s("path", { d: path, class: "w-ranks-edge" }), s("path", { d: path, class: "w-ranks-whisker" })];
}

function tick(x: number, y: number): SVGElement[] {
  const path = `M${x} ${y - BAR / 2 - 3}V${y + BAR / 2 + 3}`;
  return [s("path", { d: path, class: "w-ranks-edge" }), s("path", { d: path, class: "w-ranks-chance" })];
}

/** Pixels of the widest of some texts. */
function widest(texts: readonly string[], within: Element): number {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return Math.max(...texts.map((text) => text.length * 8));
  pen.font = `${FONT} ${getComputedStyle(within).fontFamily}`;
  return Math.max(...texts.map((text) => pen.measureText(text).width));
}

function end(x: number, y: number, text: string, className: string): SVGElement {
  return s("text", { x: round(x), y: y + 4.5, "text-anchor": "end", class: className }, text);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
