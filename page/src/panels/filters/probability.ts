/** The probability of the best answer: two ends, each as a number and a slider, over a histogram of right and wrong. */

import { h, replace, s } from "../../dom.ts";
import type { Context } from "../../model.ts";
import { countProbabilities, rowsWithout, type Bins } from "./counting.ts";
import { delayed, makeSection, type Section } from "./section.ts";

const BINS = 20;

export function makeProbability(context: Context): Section {
  const { data, store } = context;
  const title = context.t("filters.probability");
  if (!context.run().whole.has_probabilities) {
    const note = h("p", { class: "w-filters-note" }, context.t("filters.no_probabilities"));
    const clear = (): void => store.filter({ probability: null });
    return makeSection(context, { title, key: "probability", on: () => (store.state.filters.probability === null ? 0 : 1), clear, draw: () => undefined }, note);
  }
  const figure = h("div", { class: "w-filters-histogram", "aria-hidden": "true" });
  const key = h("p", { class: "w-filters-key" });
  const ends = makeEnds(context, (low, high) => store.filter({ probability: low <= 0 && high >= 1 ? null : [low, high] }));
  const section = makeSection(
    context,
    {
      title,
      key: "probability",
      on: () => (store.state.filters.probability === null ? 0 : 1),
      clear: () => (ends.forget(), store.filter({ probability: null })),
      draw: () => {
        const ends_ = store.state.filters.probability;
        ends.show(ends_ ?? [0, 1]);
        const bins = countProbabilities(rowsWithout(store, "probability"), context.run(), data.format.causes.indexOf("right"), BINS);
        replace(figure, histogram(bins, ends_ ?? [0, 1]));
        replace(key, ...keyOf(context, bins));
      },
    },
    figure,
    key,
    ends.element,
  );
  return { ...section, forget: ends.forget };
}

/** Bars of the parts: right below, wrong above; those outside the ends are pale. */
function histogram(bins: Bins, [low, high]: readonly [number, number]): SVGElement {
  const svg = s("svg", { viewBox: `0 0 ${BINS} 100`, preserveAspectRatio: "none", focusable: "false" });
  let largest = 0;
  for (let bin = 0; bin < BINS; bin++) largest = Math.max(largest, bins.right[bin] + bins.wrong[bin]);
  for (let bin = 0; bin < BINS && largest > 0; bin++) {
    const right = (100 * bins.right[bin]) / largest;
    const wrong = (100 * bins.wrong[bin]) / largest;
    const pale = (bin + 1) / BINS <= low || bin / BINS > high ? " w-filters-pale" : "";
    const at = { x: bin + 0.06, width: 0.88 };
    if (right > 0) svg.append(s("rect", { ...at, y: 100 - right, height: right, class: `w-filters-fill-right${pale}` }));
    if (wrong > 0) svg.append(s("rect", { ...at, y: 100 - right - wrong, height: wrong, class: `w-filters-fill-wrong${pale}` }));
  }
  return svg;
}

/** The histogram in words: its key, with the images of each colour. */
function keyOf(context: Context, bins: Bins): HTMLElement[] {
  const sum = (counts: Uint32Array): string => context.number(counts.reduce((total, count) => total + count, 0), 0);
  const part = (text: string, swatch: string | null): HTMLElement =>
    h("span", { class: "w-filters-key-part" }, swatch === null ? null : h("span", { class: `w-filters-swatch ${swatch}`, "aria-hidden": "true" }), text);
  const parts = [
    part(context.t("filters.bins_right", { n: sum(bins.right) }), "w-filters-right"),
    part(context.t("filters.bins_wrong", { n: sum(bins.wrong) }), "w-filters-wrong"),
  ];
  if (bins.without > 0) parts.push(part(context.t("filters.bins_without", { n: context.number(bins.without, 0) }), null));
  return parts;
}

interface Ends {
  readonly element: HTMLElement;
  show(ends: readonly [number, number]): void;
  forget(): void;
}

function makeEnds(context: Context, take: (low: number, high: number) => void): Ends {
  let ends: [number, number] = [0, 1];
  const send = delayed(80, () => take(ends[0], ends[1]));
  const make = (end: 0 | 1): { field: HTMLInputElement; slider: HTMLInputElement; element: HTMLElement } => {
    const text = context.t(end === 0 ? "filters.at_least" : "filters.at_most");
    const range = { min: "0", max: "1", oninput: (event: Event) => move(end, event.target as HTMLInputElement) };
    const field = h("input", { type: "number", step: "any", class: "w-filters-number", "aria-label": context.t("filters.field", { end: text }), ...range, onblur: () => show(ends) });
    const slider = h("input", { type: "range", step: "0.01", class: "w-filters-slider", "aria-label": context.t("filters.slider", { end: text }), ...range });
    return { field, slider, element: h("div", { class: "w-filters-end" }, h("span", { class: "w-filters-end-name", "aria-hidden": "true" }, text), field, slider) };
  };
  const parts = [make(0), make(1)] as const;

  /** An end that passes the other takes it along. */
  function move(end: 0 | 1, input: HTMLInputElement): void {
    const value = input.valueAsNumber;
    if (!(value >= 0 && value <= 1)) return;
    ends = end === 0 ? [value, Math.max(value, ends[1])] : [Math.min(value, ends[0]), value];
    put(input);
    send.call();
  }
  /** Writes the ends into the inputs, but not into the one that is being typed in. */
  function put(except: HTMLInputElement | null): void {
    for (const end of [0, 1] as const) {
      for (const input of [parts[end].field, parts[end].slider]) {
        if (input !== except && input.valueAsNumber !== ends[end]) input.value = String(ends[end]);
      }
    }
  }
  function show(next: readonly [number, number]): void {
    if (send.waits()) return;
    ends = [next[0], next[1]];
    const typed = parts.find((part) => part.field === document.activeElement && part.field.valueAsNumber === ends[parts.indexOf(part)]);
    put(typed?.field ?? null);
  }
  return { element: h("div", { class: "w-filters-ends" }, parts[0].element, parts[1].element), show, forget: send.cancel };
}
