/** What each rank said of one image: the lineage of the answer against that of the truth. */

import { h, name } from "../../dom.ts";
import type { Context, Row, Taxon } from "../../model.ts";
import type { Labels } from "../list/labels.ts";

/** At one rank. Taxa are -1 where the lineage has none. */
export interface Step {
  rank: string;
  /** One clade that was given holds all: the rank says nothing. */
  given: boolean;
  truth: Taxon;
  answer: Taxon;
  /** Null where the image does not count at the rank. */
  right: boolean | null;
  /** The taxon of most summed probability; null where the source has none. */
  summed: { taxon: Taxon; probability: number; differs: boolean } | null;
}

export function stepsOf(context: Context, row: Row): Step[] {
  const { data } = context;
  const run = context.run();
  const { taxonomy } = data;
  const truth = data.truth[row];
  const answer = run.answer[row] < 0 ? -1 : run.predicted[row] >= 0 ? run.predicted[row] : run.answer[row];
  return data.ranks.map(({ name: rank, given }, place) => {
    const counts = (run.countsAt[row] >> place) & 1;
    const at = (taxon: Taxon) => (taxon < 0 ? -1 : taxonomy.at(taxon, rank));
    const said = at(answer);
    const column = run.summed?.[place];
    const taxon = column?.taxon[row] ?? -1;
    const summed = column && taxon >= 0 ? { taxon, probability: column.probability[row], differs: taxon !== said } : null;
    return { rank, given, truth: at(truth), answer: said, right: counts === 1 ? ((run.rightAt[row] >> place) & 1) === 1 : null, summed };
  });
}

/** The same as a table. */
export function makePath(context: Context, labels: Labels, row: Row): HTMLElement {
  const { t } = context;
  const steps = stepsOf(context, row);
  const summed = steps.some((step) => step.summed !== null);
  const heads = ["image.rank", "list.truth", "list.answer", "image.mark", ...(summed ? ["image.summed"] : [])];
  const body = steps.map((step) =>
    h(
      "tr",
      { class: step.given ? "w-image-given" : null, title: step.given ? t("image.given") : null },
      h("th", { scope: "row" }, context.rank(step.rank)),
      taxonCell(labels, step.truth),
      taxonCell(labels, step.answer),
      h("td", null, mark(context, step.right)),
      summed ? summedCell(context, labels, step) : null,
    ),
  );
  return h(
    "div",
    { class: "w-image-path", tabindex: 0, role: "region", "aria-label": t("image.path") },
    h(
      "table",
      null,
      h("caption", null, t("image.path")),
      h("thead", null, h("tr", null, ...heads.map((key) => h("th", { scope: "col" }, t(key))))),
      h("tbody", null, ...body),
    ),
  );
}

function taxonCell(labels: Labels, taxon: Taxon): HTMLElement {
  const text = taxon < 0 ? "–" : labels.taxon(taxon);
  return h("td", { title: text }, name(text));
}

/** A sign on a colour, and the word for those who see neither. */
function mark(context: Context, right: boolean | null): HTMLElement {
  const word = context.t(right === null ? "image.not_counted" : right ? "flag.right" : "flag.wrong");
  const [sign, colour] = right === null ? ["–", ""] : right ? ["✓", "w-is-right"] : ["✗", "w-is-wrong"];
  return h("span", { class: `w-image-mark ${colour}`, title: word }, h("span", { "aria-hidden": "true" }, sign), h("span", { class: "w-unseen" }, word));
}

function summedCell(context: Context, labels: Labels, { summed }: Step): HTMLElement {
  if (summed === null) return h("td", null, "–");
  const text = `${labels.taxon(summed.taxon)} ${context.percent(summed.probability)}`;
  const differs = summed.differs ? h("span", { class: "w-image-differs" }, context.t("image.differs")) : null;
  return h("td", { title: text }, name(labels.taxon(summed.taxon)), " ", h("span", { class: "w-list-soft" }, context.percent(summed.probability)), differs && " ", differs);
}
