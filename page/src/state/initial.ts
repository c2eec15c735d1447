/** The state that a page opens with. */

import type { Dataset, Filters, State } from "../model.ts";

/** Filters that let everything through. */
export function noFilters(): Filters {
  return {
    wrongAt: null,
    heights: null,
    truth: null,
    answer: null,
    probability: null,
    groups: {},
    flags: null,
    causes: null,
    outcomes: null,
    licences: null,
    verdicts: null,
    text: null,
    rows: null,
    only: null,
  };
}

export function initialState(data: Dataset): State {
  const { format } = data;
  const pair = data.pairs[0];
  return {
    view: "workbench",
    language: format.language,
    run: pair?.first ?? 0,
    other: pair?.second ?? null,
    filters: noFilters(),
    root: 0,
    tab: format.kind === "compare" && data.pairs.length > 0 ? "compare" : format.kind === "latent" && data.map ? "map" : "gallery",
    sort: "harm",
    grouped: "confusion",
    pair: null,
    image: null,
    threshold: { by: "", value: 0 },
    map: { kind: data.map?.maps[0]?.kind ?? "", colour: "", lasso: null },
  };
}
