/** Two runs held against each other: which is right where the other is not, in the selection and by clade. */

import type { MakePanel } from "../model.ts";
import { h, replace } from "../dom.ts";
import { makeForest } from "./compare/forest.ts";
import { comparedPair } from "./compare/pair.ts";
import { makeSquare } from "./compare/square.ts";
import { wholeTable } from "./compare/whole.ts";
import { LONG, shown } from "./pair/words.ts";

export const makeCompare: MakePanel = (context) => {
  const { store, data, t } = context;
  const forest = makeForest(context);
  const square = makeSquare(context);
  const names = h("ul", { class: "w-compare-runs", role: "list", "aria-label": t("compare.runs") });
  const whole = h("div");
  const parts = h("div", { class: "w-compare-parts" }, names, h("div", { class: "w-compare-numbers" }, square.element, whole), forest.element);
  const none = h("p", { class: "w-compare-soft" }, t("compare.none"));
  const element = h("div", { class: "w-compare" }, parts, none);
  let drawn = "";

  return {
    element,
    update(changed) {
      const { run, other } = store.state;
      const pair = comparedPair(data.pairs, run, other);
      const [first, second] = [data.runs[run], other === null ? undefined : data.runs[other]];
      const found = first !== undefined && second !== undefined && first !== second;
      parts.hidden = !found;
      none.hidden = found;
      if (!found) {
        drawn = "";
        return;
      }
      const key = `${run} ${other}`;
      if (drawn !== key) {
        drawn = key;
        replace(names, ...[first, second].map(({ name }, place) => h("li", null, h("b", null, "AB"[place]), " ", shown(name, LONG))));
        replace(whole, wholeTable(context, first, second));
        forest.element.hidden = pair === null;
        if (pair !== null) forest.draw(pair);
        square.draw(first, second);
        return;
      }
      if (changed.has("selection") || changed.has("filters")) square.draw(first, second);
      if (changed.has("filters")) forest.refresh();
    },
  };
};
