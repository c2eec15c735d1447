/** What a pair sheet is about: its title, where the two taxa meet, their lineages side by side and pages about them. */

import type { Context, Row, Taxon } from "../../model.ts";
import { h } from "../../dom.ts";
import { type Pair, heights, stopsAbove } from "./members.ts";
import { LONG, SHORT, scrolling, sentence, taxonNode, taxonText } from "./words.ts";

/** The key of the title's message. */
export function titleKey({ truth, answer }: Pair): string {
  if (answer < 0) return "pair.heading.any_answer";
  if (truth < 0) return "pair.heading.any_truth";
  return truth === answer ? "pair.heading.same" : "pair.heading";
}

/** The title as a text: the label of the dialog. */
export function titleText(context: Context, pair: Pair): string {
  return context.t(titleKey(pair), { truth: taxonText(context, pair.truth, false), answer: taxonText(context, pair.answer, false) });
}

export function title(context: Context, pair: Pair, count: number): HTMLElement {
  const names = { truth: taxonNode(context, pair.truth, LONG), answer: taxonNode(context, pair.answer, LONG) };
  const times = h("span", { class: "w-pair-times", title: context.images(count) }, context.t("pair.times", { n: context.number(count) }));
  return h("h2", { class: "w-pair-title" }, ...sentence(context, titleKey(pair), names), " ", times);
}

/** Where the two meet, how high that is, and both lineages from there down. */
export function meeting(context: Context, pair: Pair, rows: ArrayLike<Row>): HTMLElement {
  const { t, data } = context;
  const both = pair.truth >= 0 && pair.answer >= 0;
  const lca = both ? data.taxonomy.lca(pair.truth, pair.answer) : -1;
  const range = heights(context.run(), rows);
  return h(
    "section",
    { class: "w-pair-meeting" },
    h(
      "p",
      null,
      ...(both ? [...meets(context, lca), " "] : []),
      range && t(`pair.height.${data.format.height_unit}`, { height: span(context, range) }),
    ),
    stopsAbove(data, pair) && h("p", { class: "w-pair-soft" }, t("pair.above")),
    lineages(context, pair, lca),
  );
}

function meets(context: Context, lca: Taxon): Node[] {
  if (lca === 0) return [document.createTextNode(context.t("pair.meet.root"))];
  const rank = context.rank(context.data.taxonomy.rank(lca));
  return sentence(context, "pair.meet", { taxon: taxonNode(context, lca, LONG), rank });
}

function span(context: Context, [low, high]: [number, number]): string {
  if (low === high) return context.number(low, 0);
  return context.t("pair.range", { low: context.number(low, 0), high: context.number(high, 0) });
}

/** A line per rank that one of the two lineages has between where they meet and the taxon. */
function lineages(context: Context, { truth, answer }: Pair, lca: Taxon): HTMLElement {
  const { t } = context;
  const columns = [truth, answer].filter((taxon) => taxon >= 0).map((taxon) => steps(context, taxon, lca));
  const lines = aligned(columns.map((column) => column.map((taxon) => context.data.taxonomy.rank(taxon))));
  const heads = truth < 0 ? ["pair.answer"] : answer < 0 ? ["pair.truth"] : ["pair.truth", "pair.answer"];
  const label = t(columns.length === 2 ? "pair.lineage" : "pair.lineage.one");
  const table = h(
    "table",
    { class: "w-pair-lineage" },
    h("caption", null, label),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, t("pair.rank")), ...heads.map((head) => h("th", { scope: "col" }, t(head))))),
    h(
      "tbody",
      null,
      ...lines.map((line) => {
        const taxa = line.map((place, column) => (place === null ? null : columns[column][place]));
        const rank = context.data.taxonomy.rank(taxa.find((taxon) => taxon !== null) ?? 0);
        const cells = columns.length === 2 && taxa[0] === lca && taxa[1] === lca ? [taxa[0]] : taxa;
        const width = taxa.length / cells.length;
        return h(
          "tr",
          null,
          h("th", { scope: "row" }, context.rank(rank)),
          ...cells.map((taxon) => h("td", { colspan: width > 1 ? width : null }, taxon === null ? "–" : taxonNode(context, taxon, SHORT))),
        );
      }),
    ),
  );
  return scrolling(label, table);
}

/** From where the two meet (from below the root, for one alone) down to the taxon. */
function steps(context: Context, taxon: Taxon, lca: Taxon): Taxon[] {
  const lineage = context.data.taxonomy.lineage(taxon).reverse();
  if (lca >= 0) return lineage.slice(lineage.indexOf(lca));
  return lineage.length > 1 ? lineage.slice(1) : lineage;
}

/** Lines of two columns of ranks: the same rank in the same line, others in lines of their own in their order. A line has the place in
 * each column, or null. */
export function aligned(columns: string[][]): (number | null)[][] {
  if (columns.length < 2) return columns.length === 0 ? [] : columns[0].map((_, place) => [place]);
  const [a, b] = columns;
  const lines: (number | null)[][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) lines.push([i++, j++]);
    else if (j >= b.length || (i < a.length && !b.includes(a[i], j))) lines.push([i++, null]);
    else if (i >= a.length || !a.includes(b[j], i)) lines.push([null, j++]);
    // Both ranks come later in the other column: the order of the first is kept.
    else lines.push([i++, null]);
  }
  return lines;
}

/** Links to pages about the taxa; null where there are none. */
export function pages(context: Context, pair: Pair): HTMLElement | null {
  const taxa = [...new Set([pair.truth, pair.answer])].filter((taxon) => taxon > 0);
  const lists = taxa.map((taxon) => ({ taxon, links: context.data.taxonomy.links(taxon) })).filter(({ links }) => links.length > 0);
  if (lists.length === 0) return null;
  return h(
    "div",
    { class: "w-pair-pages" },
    ...lists.map(({ taxon, links }) =>
      h(
        "p",
        null,
        context.t("pair.pages"),
        " ",
        taxonNode(context, taxon, SHORT, false),
        ...links.flatMap(({ site, address }) => [" ", link(context, site, address)]),
      ),
    ),
  );
}

function link(context: Context, site: string, address: string): HTMLElement {
  const title = context.t("pair.page", { site });
  return h("a", { class: "w-pair-link", href: address, target: "_blank", rel: "noopener noreferrer", "aria-label": title, title }, site);
}
