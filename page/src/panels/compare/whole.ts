/** The numbers of both runs as the report has them, whatever is selected. */

import type { Context, Run } from "../../model.ts";
import { h } from "../../dom.ts";
import { scrolling } from "../pair/words.ts";

export function wholeTable(context: Context, first: Run, second: Run): HTMLElement {
  const { t, data } = context;
  const lines = [...data.ranks.entries()].filter(([, { given }]) => !given);
  const head = (text: string) => h("th", { scope: "col" }, text);
  const table = h(
    "table",
    null,
    h("thead", null, h("tr", null, head(t("compare.whole.rank")), head("A"), head("B"))),
    h(
      "tbody",
      null,
      ...lines.map(([row, { name }]) =>
        h("tr", null, h("th", { scope: "row" }, context.rank(name)), ...[first, second].map((run) => h("td", null, ...share(context, run, row)))),
      ),
    ),
  );
  const open = () => context.store.set({ view: "report" });
  return h(
    "section",
    { class: "w-compare-whole" },
    h("h3", null, t("compare.whole")),
    h("p", { class: "w-compare-soft" }, t("compare.whole.note"), " ", h("button", { type: "button", class: "w-compare-report", onclick: open }, t("compare.whole.report"))),
    scrolling(t("compare.whole"), table),
  );
}

function share(context: Context, run: Run, row: number): HTMLElement[] {
  const { t } = context;
  const whole = run.whole.whole[row];
  if (!whole || whole.n === 0) return [h("span", null, t("compare.whole.none"))];
  const percent = context.percent(whole.right / whole.n);
  const ends = whole.low === null || whole.high === null ? null : { low: context.percent(whole.low), high: context.percent(whole.high) };
  return [
    h("span", null, ends ? t("compare.whole.share", { share: percent, ...ends }) : percent),
    h("span", { class: "w-compare-soft" }, t("compare.whole.n", { n: context.number(whole.n) })),
  ];
}
