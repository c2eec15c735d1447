/** Differences between two runs by clade: the forest plot, with a button over each line, and the same numbers as a table. */

import type { ComparedPair } from "../../format.ts";
import type { Context } from "../../model.ts";
import { h, replace, s } from "../../dom.ts";
import { SHORT, cut, scrolling, spoken, taxonNode, taxonText } from "../pair/words.ts";
import { layoutOf } from "./layout.ts";
import { type Clade, values } from "./numbers.ts";
import { shownClades } from "./pair.ts";
import { drawForest } from "./plot.ts";

export interface ForestPart {
  readonly element: HTMLElement;
  draw(pair: ComparedPair): void;
  /** The filters changed. */
  refresh(): void;
}

/** Clades that are shown at first, and by each push of the button. */
const PAGE = 40;

export function makeForest(context: Context): ForestPart {
  const { t, data } = context;
  const alpha = data.format.compare?.alpha ?? 0.05;
  const svg = s("svg", { class: "w-compare-plot", role: "img" });
  const list = h("ul", { class: "w-compare-lines", role: "list" });
  const figure = h("div", { class: "w-compare-figure" }, svg, list);
  const told = h("p", { class: "w-compare-soft" });
  const more = h("button", { type: "button", class: "w-compare-more", onclick: () => grow() });
  const body = h("tbody");
  const content = h("div", null, h("p", { class: "w-compare-soft" }, t("compare.forest.note")), legend(context, alpha), figure, told, more, table(context, body));
  const empty = h("p", { class: "w-compare-soft" }, t("compare.forest.none"));
  const element = h("section", { class: "w-compare-forest" }, h("h3", null, t("compare.forest")), content, empty);
  let pair: ComparedPair | null = null;
  let clades: Clade[] = [];
  let most = PAGE;
  let width = 0;
  /** What acts on each clade that is shown. */
  let buttons: { taxon: number; element: HTMLButtonElement }[] = [];

  if (typeof ResizeObserver !== "undefined") {
    new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0);
      if (next === 0 || next === width) return;
      width = next;
      if (clades.length > 0) paint();
    }).observe(figure);
  }

  /** The plot in the width that it has. */
  function paint(): void {
    const layout = layoutOf(Math.max(width || figure.clientWidth || 720, 260), clades.length);
    const significant = clades.filter(({ adjusted }) => adjusted < alpha).length;
    const label = t("compare.forest.label", { n: context.number(clades.length), significant: context.number(significant) });
    drawForest(context, svg, layout, { clades, alpha, label });
    list.style.top = `${layout.top}px`;
    list.style.setProperty("--line-height", `${layout.line}px`);
  }
  function fill(): void {
    if (!pair) return;
    clades = shownClades(pair.clades, most);
    const left = pair.clades.length - clades.length;
    content.hidden = clades.length === 0;
    empty.hidden = clades.length > 0;
    told.hidden = left === 0;
    told.textContent = t("compare.forest.shown", { shown: context.number(clades.length), all: context.number(pair.clades.length) });
    more.hidden = left === 0;
    more.textContent = t("compare.forest.more", { n: context.number(Math.min(left, PAGE)) });
    const over = clades.map((clade) => ({ taxon: clade.taxon, element: lineButton(context, clade) }));
    const named = clades.map((clade) => ({ taxon: clade.taxon, element: nameButton(context, clade) }));
    buttons = [...over, ...named];
    replace(list, ...over.map((button) => h("li", null, button.element)));
    replace(body, ...clades.map((clade, place) => tableLine(context, clade, named[place].element, alpha)));
    paint();
    refresh();
  }
  function grow(): void {
    most += PAGE;
    fill();
    // The button may be gone: the focus stays in the figure.
    if (more.hidden) list.querySelector("button")?.focus();
  }
  function refresh(): void {
    const { truth } = context.store.state.filters;
    for (const button of buttons) button.element.setAttribute("aria-pressed", String(button.taxon === truth));
  }
  return {
    element,
    draw(next) {
      pair = next;
      most = PAGE;
      fill();
    },
    refresh,
  };
}

/** Looks only at a clade; a second push at all again. */
function choose(context: Context, clade: Clade): void {
  const { store, t } = context;
  const again = store.state.filters.truth === clade.taxon;
  store.filter({ truth: again ? null : clade.taxon });
  context.say(again ? t("compare.said.all") : t("compare.said", { clade: spoken(taxonText(context, clade.taxon, false)) }));
}

/** Lies over a line of the plot. */
function lineButton(context: Context, clade: Clade): HTMLButtonElement {
  const name = taxonText(context, clade.taxon, true);
  const label = context.t("compare.forest.row", { clade: spoken(name), ...values(context, clade) });
  return h("button", { type: "button", class: "w-compare-line", title: cut(name, 400), "aria-label": label, onclick: () => choose(context, clade) });
}

function nameButton(context: Context, clade: Clade): HTMLButtonElement {
  return h("button", { type: "button", class: "w-compare-name", onclick: () => choose(context, clade) }, taxonNode(context, clade.taxon, SHORT));
}

function legend(context: Context, alpha: number): HTMLElement {
  const sign = (text: string) => h("span", { "aria-hidden": "true", class: "w-compare-sign" }, text);
  return h(
    "ul",
    { class: "w-compare-legend", role: "list" },
    h("li", null, sign("◆"), " ", context.t("compare.legend.significant", { alpha: context.number(alpha, 2) })),
    h("li", null, sign("○"), " ", context.t("compare.legend.plain")),
  );
}

const HEADS = ["clade", "n", "a", "b", "difference", "interval", "p", "significant"] as const;

function table(context: Context, body: HTMLElement): HTMLElement {
  const { t } = context;
  const heads = HEADS.map((head) => h("th", { scope: "col", class: head === "clade" || head === "significant" ? null : "w-compare-number" }, t(`compare.column.${head}`)));
  const inside = h("table", null, h("thead", null, h("tr", null, ...heads)), body);
  return h("details", { class: "w-compare-table" }, h("summary", null, t("compare.table")), scrolling(t("compare.table"), inside));
}

function tableLine(context: Context, clade: Clade, button: HTMLElement, alpha: number): HTMLElement {
  const { t } = context;
  const { n, a, b, p, difference, low, high } = values(context, clade);
  const numbers = [n, a, b, difference, t("compare.interval", { low, high }), p];
  return h(
    "tr",
    null,
    h("th", { scope: "row" }, button),
    ...numbers.map((number) => h("td", { class: "w-compare-number" }, number)),
    h("td", null, t(clade.adjusted < alpha ? "compare.yes" : "compare.no")),
  );
}
