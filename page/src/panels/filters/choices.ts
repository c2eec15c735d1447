/** A filter of ticks: each choice with its images under the other filters, and a bar. */

import { h, name } from "../../dom.ts";
import { folded } from "../../data/folded.ts";
import type { Context } from "../../model.ts";
import { delayed, makeSection, type Section } from "./section.ts";

/** What can be ticked: `code` is its place in the counts. */
export interface Choice {
  code: number;
  label: string;
  /** Whether the label comes from the user's tables. */
  foreign?: boolean;
  /** Class of the little square of the choice's colour. */
  swatch?: string;
}

export interface ChoicesOptions {
  title: string;
  key: string;
  closed?: boolean;
  note?: string;
  /** All that can be ticked; the first of them are shown, the others by "more" and by the search. */
  choices: readonly Choice[];
  /** Codes that are ticked. */
  ticked(): Set<number>;
  /** Whether the filter is on: ticks may stand for values that this data does not have. */
  isOn(): boolean;
  tick(codes: Set<number>): void;
  /** Images by code under the other filters. */
  count(): Uint32Array;
}

/** Choices that are shown at first, and how many "more" and the search show at once. */
const FIRST = 12;
const MORE = 50;

interface Item {
  readonly element: HTMLElement;
  readonly box: HTMLInputElement;
  show(count: number, largest: number, ticked: boolean): void;
}

export function makeChoices(context: Context, options: ChoicesOptions): Section {
  const list = h("div", { class: "w-filters-choices" });
  const more = h("button", { type: "button", class: "w-filters-more", hidden: true, onclick: () => showMore() });
  const isLong = options.choices.length > FIRST;
  const search = h("input", {
    type: "search",
    class: "w-filters-input",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: context.t("filters.search_values"),
    "aria-label": context.t("filters.search_values_of", { filter: options.title }),
    oninput: () => searched.call(),
    // Enter is not "send".
    onkeydown: (event: KeyboardEvent) => event.key === "Enter" && (event.preventDefault(), searched.flush()),
  });
  const nothing = h("p", { class: "w-filters-note", role: "status", hidden: true }, context.t("filters.no_value"));
  const items = new Map<number, Item>();
  let shown: readonly Choice[] = [];
  let limit = FIRST;
  const searched = delayed(120, () => {
    limit = folded(search.value) === "" ? FIRST : MORE;
    draw();
  });

  function item(choice: Choice): Item {
    const known = items.get(choice.code);
    if (known !== undefined) return known;
    const made = makeItem(context, choice, (on) => {
      const ticked = options.ticked();
      if (on) ticked.add(choice.code);
      else ticked.delete(choice.code);
      options.tick(ticked);
    });
    items.set(choice.code, made);
    return made;
  }
  function showMore(): void {
    const before = shown.length;
    limit += MORE;
    draw();
    if (more.hidden && before < shown.length) item(shown[before]).box.focus();
  }
  function draw(): void {
    const ticked = options.ticked();
    const found = matching(options.choices, folded(search.value));
    const next = found.slice(0, limit);
    // What is ticked stays in sight, wherever it stands.
    if (isLong) for (const choice of options.choices) if (ticked.has(choice.code) && !next.includes(choice)) next.push(choice);
    if (next.length !== shown.length || next.some((choice, place) => choice !== shown[place])) {
      shown = next;
      list.replaceChildren(...next.map((choice) => item(choice).element));
    }
    const left = found.length - Math.min(limit, found.length);
    more.hidden = left === 0;
    more.textContent = context.t("filters.more", { n: context.number(left, 0) });
    nothing.hidden = found.length > 0;
    const counts = options.count();
    let largest = 0;
    for (const choice of options.choices) largest = Math.max(largest, counts[choice.code]);
    for (const choice of shown) item(choice).show(counts[choice.code], largest, ticked.has(choice.code));
  }

  const note = options.note === undefined ? [] : [h("p", { class: "w-filters-note" }, options.note)];
  const section = makeSection(
    context,
    {
      title: options.title,
      key: options.key,
      closed: options.closed,
      on: () => (options.isOn() ? Math.max(1, options.ticked().size) : 0),
      clear: () => options.tick(new Set()),
      draw,
    },
    ...note,
    ...(isLong ? [search, nothing] : []),
    list,
    more,
  );
  return { ...section, forget: () => searched.cancel() };
}

function makeItem(context: Context, choice: Choice, tick: (on: boolean) => void): Item {
  const box = h("input", { type: "checkbox", class: "w-filters-box", onchange: () => tick(box.checked) });
  const count = h("span", { class: "w-filters-count" });
  const bar = h("span", { class: "w-filters-bar", "aria-hidden": "true" });
  const label = choice.foreign ? name(choice.label, { class: "w-filters-name" }) : h("span", { class: "w-filters-name" }, choice.label);
  const swatch = choice.swatch === undefined ? null : h("span", { class: `w-filters-swatch ${choice.swatch}`, "aria-hidden": "true" });
  const element = h("label", { class: "w-filters-choice", title: choice.label }, box, swatch, label, count, bar);
  let last = -1;
  return {
    element,
    box,
    show(images, largest, ticked) {
      box.checked = ticked;
      if (images !== last) {
        last = images;
        count.textContent = context.number(images, 0);
        count.title = context.images(images);
        element.classList.toggle("w-filters-zero", images === 0);
      }
      bar.style.width = largest === 0 ? "0" : `${(100 * images) / largest}%`;
    },
  };
}

/** Folded labels, once they were needed. */
const known = new WeakMap<readonly Choice[], string[]>();

function matching(choices: readonly Choice[], text: string): readonly Choice[] {
  if (text === "") return choices;
  const labels = known.get(choices) ?? choices.map((choice) => folded(choice.label));
  known.set(choices, labels);
  return choices.filter((_, place) => labels[place].includes(text));
}
