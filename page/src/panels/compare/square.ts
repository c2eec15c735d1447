/** Which of two runs is right in the selection: a table of four, and ways to what only one gets right. */

import type { Context, Run } from "../../model.ts";
import { h, replace } from "../../dom.ts";
import { scrolling } from "../pair/words.ts";
import { square } from "./pair.ts";

export interface SquarePart {
  readonly element: HTMLElement;
  /** The selection or the runs changed. */
  draw(first: Run, second: Run): void;
}

export function makeSquare(context: Context): SquarePart {
  const { t, store, data } = context;
  const only = (which: "first" | "second") => {
    const look = () => store.set({ filters: { ...store.state.filters, only: which }, tab: "gallery" });
    return h("button", { type: "button", class: "w-compare-only", title: t("compare.only.hint"), onclick: look });
  };
  const [onlyA, onlyB] = [only("first"), only("second")];
  const place = h("div");
  const element = h("section", { class: "w-compare-square" }, h("h3", null, t("compare.square")), place, h("div", { class: "w-compare-onlys" }, onlyA, onlyB));

  function draw(first: Run, second: Run): void {
    const aside = store.state.filters.only !== null;
    const now = square(data, first, second, store.without("only"));
    onlyA.textContent = t("compare.only_a", { n: context.number(now.onlyFirst) });
    onlyB.textContent = t("compare.only_b", { n: context.number(now.onlySecond) });
    onlyA.disabled = now.onlyFirst === 0;
    onlyB.disabled = now.onlySecond === 0;
    onlyA.setAttribute("aria-pressed", String(store.state.filters.only === "first"));
    onlyB.setAttribute("aria-pressed", String(store.state.filters.only === "second"));
    const n = now.both + now.onlyFirst + now.onlySecond + now.neither;
    const notes =
      (now.unscored > 0 ? ` ${t("compare.square.unscored", { images: context.images(now.unscored) })}` : "") + (aside ? ` ${t("compare.square.aside")}` : "");
    if (n === 0) replace(place, h("p", { class: "w-compare-soft" }, t("compare.square.none") + notes));
    else replace(place, scrolling(t("compare.square"), table(context, now, n)), h("p", { class: "w-compare-soft" }, t("compare.square.note", { images: context.images(n) }) + notes));
  }
  return { element, draw };
}

/** Counts and shares; the rows are of A, the columns of B. */
function table(context: Context, { both, onlyFirst, onlySecond, neither }: ReturnType<typeof square>, n: number): HTMLElement {
  const { t } = context;
  const head = (key: string, scope: "col" | "row") => h("th", { scope }, t(key));
  const cell = (count: number, kind = "") =>
    h("td", { class: `w-compare-cell${kind}` }, h("span", { class: "w-compare-count" }, context.number(count)), " ", h("span", { class: "w-compare-soft" }, context.percent(count / n)));
  return h(
    "table",
    null,
    h("thead", null, h("tr", null, h("td"), head("compare.b_right", "col"), head("compare.b_wrong", "col"), head("compare.total", "col"))),
    h(
      "tbody",
      null,
      h("tr", null, head("compare.a_right", "row"), cell(both), cell(onlyFirst, " w-compare-unlike"), cell(both + onlyFirst)),
      h("tr", null, head("compare.a_wrong", "row"), cell(onlySecond, " w-compare-unlike"), cell(neither), cell(onlySecond + neither)),
      h("tr", null, head("compare.total", "row"), cell(both + onlySecond), cell(onlyFirst + neither), cell(n)),
    ),
  );
}
