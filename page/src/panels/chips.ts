/** The filters that are set, each with a button that removes it. */

import { h, name, replace } from "../dom.ts";
import type { Context, Filters } from "../model.ts";

/** Values of one filter that are named; the others are counted. */
const NAMED = 3;
/** Letters of a value. */
const LONGEST = 60;

export interface Chip {
  /** What the filter says. */
  text: string;
  /** The change that removes it. */
  remove(): void;
}

/** A row of chips for the filters of the store. */
export function makeChips(context: Context): { element: HTMLElement; update(): void } {
  const element = h("div", { class: "w-chips", role: "group", "aria-label": context.t("core.chips") });
  return {
    element,
    update() {
      const chips = chipsOf(context);
      const focused = [...element.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
      element.hidden = chips.length === 0;
      const buttons = chips.map(({ text, remove }) => {
        const label = context.t("core.chips.remove", { filter: text });
        return h("button", { type: "button", class: "w-chip", "aria-label": label, title: text, onclick: remove }, name(text), h("span", { "aria-hidden": "true" }, "×"));
      });
      const clear = h("button", { type: "button", class: "w-chip w-chip-clear", onclick: () => context.store.clearFilters() }, context.t("core.chips.clear"));
      replace(element, ...buttons, chips.length > 1 ? clear : null);
      // A chip that goes hands the focus to the next one.
      if (focused >= 0) (element.querySelectorAll("button")[Math.min(focused, Math.max(chips.length - 1, 0))] ?? document.getElementById("w-selection"))?.focus();
    },
  };
}

/** The filters that are set, in words. */
export function chipsOf(context: Context): Chip[] {
  const { store, t, data } = context;
  const { filters } = store.state;
  const chips: Chip[] = [];
  const add = (key: Exclude<keyof Filters, "groups">, text: string) => chips.push({ text, remove: () => store.filter({ [key]: null }) });
  const words = (values: readonly string[]) => listed(context, values.map((value) => (value === "" ? t("core.without") : short(value))));
  const translated = (prefix: string, values: readonly string[]) => listed(context, values.map((value) => t(`${prefix}.${value}`)));
  if (filters.wrongAt !== null) add("wrongAt", t("core.chip.wrongAt", { rank: context.rank(filters.wrongAt) }));
  if (filters.heights) add("heights", t("core.chip.heights", { heights: listed(context, filters.heights.map((height) => context.number(height, 0)), 8) }));
  if (filters.flags) add("flags", t("core.chip.flags", { flags: listed(context, filters.flags.map((flag) => t(`flag.${["right", "acceptable", "wrong"][flag] ?? "none"}`))) }));
  if (filters.truth !== null) add("truth", t("core.chip.truth", { taxon: short(context.taxon(filters.truth)) }));
  if (filters.answer !== null) add("answer", t("core.chip.answer", { taxon: short(context.taxon(filters.answer)) }));
  if (filters.probability) {
    const [low, high] = filters.probability.map((end) => context.percent(end));
    add("probability", t("core.chip.probability", { low, high }));
  }
  if (filters.causes) add("causes", t("core.chip.causes", { causes: translated("cause", filters.causes) }));
  if (filters.outcomes) add("outcomes", t("core.chip.outcomes", { outcomes: translated("outcome", filters.outcomes) }));
  for (const [column, values] of Object.entries(filters.groups)) {
    const others = Object.fromEntries(Object.entries(filters.groups).filter(([other]) => other !== column));
    chips.push({ text: t("core.chip.words", { column: short(column), values: words(values) }), remove: () => store.filter({ groups: others }) });
  }
  if (filters.licences) add("licences", t("core.chip.licences", { licences: words(filters.licences) }));
  if (filters.verdicts) add("verdicts", t("core.chip.verdicts", { verdicts: translated("verdict", filters.verdicts) }));
  if (filters.text) add("text", t("core.chip.text", { text: short(filters.text) }));
  if (filters.rows) add("rows", t("core.chip.rows", { images: context.images(filters.rows.has.size) }));
  if (filters.only) {
    const run = filters.only === "first" ? context.run() : data.runs[store.state.other ?? -1];
    if (run) add("only", t("core.chip.only", { run: short(run.name) }));
  }
  return chips;
}

function listed({ t }: Context, values: readonly string[], most = NAMED): string {
  if (values.length === 0) return "–";
  const text = values.slice(0, most).join(t("core.or"));
  return values.length > most ? t("core.chip.more", { values: text, n: values.length - most }) : text;
}

/** A value among others, cut where it is long, and unable to turn the text around it. */
function short(text: string): string {
  return `\u2068${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}\u2069`;
}
