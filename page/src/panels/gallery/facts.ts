/** What is known of one image: the caption of the enlarged picture. */

import { h, name } from "../../dom.ts";
import type { Context, Row, Taxon } from "../../model.ts";
import type { Labels } from "../list/labels.ts";

/** Label and text; the label may be a name that the user gave. */
export type Fact = [label: string, text: string];

export function factsOf(context: Context, labels: Labels, row: Row): Fact[] {
  const { data, t } = context;
  const facts: Fact[] = [[t("list.truth"), labels.truthOf(row)]];
  if (data.format.runs.length > 0) facts.push(...answerFacts(context, labels, row));
  facts.push([t("image.name"), data.names[row]]);
  if (data.observation !== null) facts.push([t("image.observation"), data.observation.values[data.observation.column[row]] || "–"]);
  for (const group of data.groups) facts.push([group.name, group.values[group.column[row]] || "–"]);
  if (data.licence !== null) facts.push([t("image.licence"), data.licence.values[data.licence.column[row]] || t("image.no_licence")]);
  return facts;
}

function answerFacts(context: Context, labels: Labels, row: Row): Fact[] {
  const { t } = context;
  const run = context.run();
  const facts: Fact[] = [[t("list.answer"), labels.answerOf(row)]];
  // The answer is scored no deeper than the truth's rank.
  if (run.answer[row] >= 0 && run.predicted[row] >= 0 && run.answer[row] !== run.predicted[row]) facts.push([t("image.given_answer"), labels.taxon(run.answer[row])]);
  facts.push([t("list.meets"), labels.meets(row)], [t("list.height"), heightText(context, labels, row)]);
  facts.push([t("list.probability"), run.whole.has_probabilities ? context.percent(run.probability[row]) : t("list.no_probabilities")]);
  if (run.cost !== null) facts.push([t("list.cost"), context.number(run.cost[row], 2)]);
  facts.push([t("list.cause"), labels.cause(row)]);
  return facts;
}

function heightText(context: Context, labels: Labels, row: Row): string {
  if (context.run().height[row] < 0) return context.t("gallery.not_scored_alone");
  const flag = labels.flag(row);
  return flag === "" ? labels.height(row) : `${labels.height(row)} (${flag})`;
}

export function makeFacts(context: Context, labels: Labels, row: Row): HTMLElement {
  const facts = factsOf(context, labels, row);
  return h("dl", { class: "w-image-facts" }, ...facts.map(([label, text]) => h("div", null, h("dt", { title: label }, name(label)), h("dd", null, name(text)))));
}

/** Links to pages about the taxa; null where the taxonomy has none. */
export function makeLinks(context: Context, labels: Labels, taxa: Taxon[]): HTMLElement | null {
  const items: HTMLElement[] = [];
  for (const taxon of new Set(taxa)) {
    // The root is about all life: no page is about it.
    if (taxon <= 0) continue;
    const links = context.data.taxonomy.links(taxon).filter(({ address }) => address.startsWith("https://"));
    if (links.length === 0) continue;
    const anchors = links.map(({ site, address }) => h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, name(site)));
    items.push(h("li", null, name(labels.taxon(taxon)), ...anchors.flatMap((anchor) => [" ", anchor])));
  }
  return items.length === 0 ? null : h("ul", { class: "w-image-links", "aria-label": context.t("image.links") }, ...items);
}
