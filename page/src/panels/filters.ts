/** The column of filters: every choice with its images under the other filters. */

import { h, replace } from "../dom.ts";
import type { Context, MakePanel, Run } from "../model.ts";
import { makeClade } from "./filters/clade.ts";
import { countOn, verdictCodes } from "./filters/counting.ts";
import { makeProbability } from "./filters/probability.ts";
import { delayed, leave, leftOpen, makeSection, type Section } from "./filters/section.ts";
import { makeCauses, makeFlags, makeHeights, makeOutcomes, makeVerdicts, makeWords } from "./filters/ticks.ts";
import { makeWrongAt } from "./filters/wrong_at.ts";

/** Columns of groups that are open at first. */
const OPEN_GROUPS = 3;
/** Below this width the filters are closed at first. */
const NARROW = "(max-width: 899px)";

export const makeFilters: MakePanel = (context) => {
  const { store } = context;
  const on = h("span", { class: "w-filters-on" });
  const clear = h("button", { type: "button", class: "w-filters-clear-all", onclick: () => clearAll() }, context.t("filters.clear_all"));
  const parts = h("div", { class: "w-filters-parts" });
  const all = h(
    "details",
    { class: "w-filters-all", open: leftOpen("all") ?? !window.matchMedia(NARROW).matches },
    h("summary", { class: "w-filters-head" }, h("span", null, context.t("core.filters")), on),
    h("div", { class: "w-filters-top" }, clear, h("p", { class: "w-filters-note" }, context.t("filters.hint"))),
    parts,
  );
  let run: Run | null = null;
  let sections: Section[] = [];
  let codes: Uint8Array | null = null;
  /** Whether something changed while the column was closed. */
  let isStale = true;

  function clearAll(): void {
    for (const section of sections) section.forget?.();
    store.clearFilters();
    context.say(context.t("filters.cleared", { images: context.images(store.selection.length) }));
  }
  function draw(): void {
    const count = countOn(store.state.filters);
    on.textContent = count === 0 ? "" : context.t("filters.on", { n: context.number(count, 0) });
    clear.classList.toggle("w-filters-idle", count === 0);
    if (!all.open) {
      isStale = true;
      return;
    }
    isStale = false;
    if (run !== context.run()) {
      run = context.run();
      sections = makeSections(context, () => (codes ??= verdictCodes(context.data, store)));
      replace(parts, ...sections.map((section) => section.element));
    }
    for (const section of sections) section.update();
  }
  all.addEventListener("toggle", (event) => {
    if (event.target !== all) return;
    leave("all", all.open);
    if (all.open && isStale) draw();
  });
  draw();
  return {
    element: h("section", { class: "w-filters", "aria-label": context.t("core.filters") }, all),
    update(changed) {
      if (changed.has("verdicts")) codes = null;
      if (["selection", "filters", "verdicts", "run", "other"].some((part) => changed.has(part as "filters"))) draw();
    },
  };
};

function makeSections(context: Context, codes: () => Uint8Array): Section[] {
  const { data } = context;
  return [
    makeText(context),
    data.ranks.length === 0 ? null : makeWrongAt(context),
    makeHeights(context),
    makeFlags(context),
    makeClade(context, "truth"),
    makeClade(context, "answer"),
    makeProbability(context),
    makeCauses(context),
    makeOutcomes(context),
    ...data.groups.map((words, place) => makeWords(context, words, "groups", place >= OPEN_GROUPS)),
    data.licence === null ? null : makeWords(context, data.licence, "licences", true),
    makeVerdicts(context, codes),
  ].filter((section) => section !== null);
}

/** Text in the image's name. */
function makeText(context: Context): Section {
  const { store } = context;
  const title = context.t("filters.text");
  const wait = delayed(200, () => store.filter({ text: input.value === "" ? null : input.value }));
  const input = h("input", {
    type: "search",
    class: "w-filters-input",
    "aria-label": title,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    oninput: () => wait.call(),
    onkeydown: (event: KeyboardEvent) => event.key === "Enter" && (event.preventDefault(), wait.flush()),
  });
  const section = makeSection(
    context,
    {
      title,
      key: "text",
      on: () => (store.state.filters.text === null ? 0 : 1),
      clear: () => (wait.cancel(), store.filter({ text: null })),
      draw: () => {
        const text = store.state.filters.text ?? "";
        if (!wait.waits() && input.value !== text) input.value = text;
      },
    },
    input,
  );
  return { ...section, forget: wait.cancel };
}
