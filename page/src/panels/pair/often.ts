/** How often a pair happens: in the selection and in all that is loaded, and the other way round. */

import type { Context, Row, Taxon } from "../../model.ts";
import { h, replace } from "../../dom.ts";
import { type Frequency, Frequencies, allRows } from "./frequency.ts";
import { type Pair, counterparts, turned } from "./members.ts";
import { SHORT, scrolling, sentence, spoken, taxonNode, taxonText } from "./words.ts";

export interface Often {
  readonly element: HTMLElement;
  /** The selection changed. */
  refresh(): void;
}

export function makeOften(context: Context, pair: Pair): Often {
  const { t, data } = context;
  const all = allRows(data);
  const opposite = turned(data, pair);
  const ways = [pair, ...(opposite ? [opposite] : [])].map((way) => ({ way, frequencies: new Frequencies(data, context.run(), way) }));
  const body = h("tbody");
  const table = h(
    "table",
    { class: "w-pair-often" },
    h(
      "thead",
      null,
      h("tr", null, ...["pair.often.way", "pair.often.selection", "pair.often.loaded"].map((key) => h("th", { scope: "col" }, t(key)))),
    ),
    body,
  );
  const loaded = ways.map(({ frequencies }) => frequencies.among(all));
  const { total } = data.format.images;
  const partial = total > data.count ? t("pair.partial", { loaded: context.number(data.count), total: context.images(total) }) : null;

  function refresh(): void {
    const rows = ways.map(({ way, frequencies }, i) =>
      h(
        "tr",
        null,
        h("th", { scope: "row" }, ...direction(context, way)),
        h("td", null, frequency(context, frequencies.among(context.store.selection))),
        h("td", null, frequency(context, loaded[i])),
      ),
    );
    replace(body, ...rows);
  }
  refresh();
  const element = h(
    "section",
    { class: "w-pair-frequency" },
    h("h3", null, t("pair.often")),
    scrolling(t("pair.often"), table),
    h("p", { class: "w-pair-soft" }, t("pair.often.note")),
    partial && h("p", { class: "w-pair-warning" }, partial),
  );
  return { element, refresh };
}

function direction(context: Context, { truth, answer }: Pair): Node[] {
  const name = (taxon: Taxon) => taxonNode(context, taxon, SHORT, false);
  const kind = answer < 0 ? "any_answer" : truth < 0 ? "any_truth" : "forth";
  const what = sentence(context, `pair.often.${kind}`, { truth: name(truth), answer: name(answer) });
  const of = sentence(context, truth < 0 ? "pair.often.of_answer" : "pair.often.of_truth", { truth: name(truth), answer: name(answer) });
  return [h("span", { class: "w-pair-way" }, ...what), h("span", { class: "w-pair-soft" }, ...of)];
}

function frequency(context: Context, { n, k, share, interval }: Frequency): HTMLElement {
  if (n === 0) return h("span", { class: "w-pair-soft" }, context.t("pair.often.none"));
  const count = context.t("pair.often.count", { k: context.number(k), n: context.number(n) });
  const percent = context.percent(share);
  const text = interval
    ? context.t("pair.often.share", { share: percent, low: context.percent(interval.low), high: context.percent(interval.high) })
    : percent;
  return h("span", null, h("span", { class: "w-pair-share" }, text), h("span", { class: "w-pair-soft" }, count));
}

/** Counterparts that are listed. */
const MOST = 12;

/** What a truth was taken for, or what was taken for an answer: each leads to the sheet of the pair. Null for a sheet of two taxa. */
export function counterpartList(context: Context, pair: Pair, rows: ArrayLike<Row>): HTMLElement | null {
  if (pair.truth >= 0 && pair.answer >= 0) return null;
  const { t } = context;
  const found = counterparts(context.data, context.run(), pair, rows);
  const item = ({ taxon, count }: { taxon: Taxon; count: number }) => {
    const times = h("span", { class: "w-pair-times" }, t("pair.times", { n: context.number(count) }));
    if (taxon < 0) return h("li", null, h("span", { class: "w-pair-counterpart" }, t("pair.no_answer"), times));
    const to = pair.answer < 0 ? { truth: pair.truth, answer: taxon } : { truth: taxon, answer: pair.answer };
    const title = `${t("pair.open")} – ${spoken(taxonText(context, taxon, false))}`;
    const open = () => context.store.set({ pair: to });
    const button = h("button", { type: "button", class: "w-pair-counterpart", title, onclick: open }, taxonNode(context, taxon, SHORT), times);
    return h("li", null, button);
  };
  const more = found.length > MOST ? h("p", { class: "w-pair-soft" }, t("pair.further", { n: context.number(found.length - MOST) })) : null;
  const heading = t(pair.answer < 0 ? "pair.taken_for" : "pair.taken_from");
  return h("section", null, h("h3", null, heading), h("ol", { class: "w-pair-counterparts" }, ...found.slice(0, MOST).map(item)), more);
}
