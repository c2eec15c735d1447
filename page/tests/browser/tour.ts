/** Ways through all that the workbench shows: for what must hold everywhere. */

import type { State } from "../../src/model.ts";
import { noFilters } from "../../src/state/initial.ts";
import type { Browser, Subject } from "./drive.ts";

export interface Stop {
  name: string;
  state: Partial<State>;
  /** What is another there than at the first stop. */
  part: string;
  /** What is done there before anything is looked at. */
  then?(browser: Browser): Promise<void>;
}

/** Every tab, the dialogs, the menu, and the report. */
export function stops({ data }: Subject): Stop[] {
  const [run] = data.runs;
  const rows = [...data.names.keys()];
  const mistake = rows.find((row) => data.truth[row] >= 0 && run.answer[row] >= 0 && run.flag[row] === 2) ?? 0;
  const right = rows.find((row) => run.flag[row] === 0) ?? 0;
  const pair = { truth: data.truth[mistake], answer: run.predicted[mistake] };
  const found: Stop[] = [
    { name: "the gallery", part: "body", state: { tab: "gallery" } },
    { name: "the gallery of images", part: "#w-panel-gallery", state: { tab: "gallery", grouped: "none" } },
    ...(data.observation ? [{ name: "the gallery of observations", part: "#w-panel-gallery", state: { tab: "gallery", grouped: "observation" } } as Stop] : []),
    { name: "the list", part: "#w-panel-list", state: { tab: "list" } },
    { name: "the matrix", part: "#w-panel-matrix", state: { tab: "matrix" } },
    { name: "a pair sheet", part: "dialog[open]", state: { pair } },
    { name: "the sheet of a truth", part: "dialog[open]", state: { pair: { truth: pair.truth, answer: -1 } } },
    { name: "an enlarged mistake", part: "dialog[open]", state: { image: mistake } },
    { name: "an enlarged image that is right", part: "dialog[open]", state: { image: right } },
    { name: "open filters", part: ".w-filters", state: {}, then: (browser) => openFilters(browser) },
    { name: "filters that are set", part: ".w-body", state: { filters: { ...noFilters(), wrongAt: data.ranks.at(-1)!.name, groups: Object.fromEntries(data.groups.slice(0, 1).map(({ name, values }) => [name, [values[0]]])), flags: [1, 2], truth: data.taxonomy.children(0)[0], probability: [0.1, 0.9] } } },
    { name: "a selection without images", part: ".w-main", state: { filters: { ...noFilters(), text: "there is no such name" } } },
    { name: "a zoomed tree", part: ".w-tree", state: { root: data.taxonomy.at(pair.truth, "family") > 0 ? data.taxonomy.at(pair.truth, "family") : 0 } },
    { name: "the menu", part: ".w-leave", state: {}, then: (browser) => browser.click(".w-leave-button") },
  ];
  if (run.whole.has_probabilities) {
    found.push({ name: "the threshold at a rank", part: "#w-panel-threshold", state: { tab: "threshold", threshold: { by: data.ranks.at(-1)!.name, value: 0.5 } } });
    if (run.steps) found.push({ name: "the threshold of the back-off rule", part: "#w-panel-threshold", state: { tab: "threshold", threshold: { by: "back_off", value: 0.5 } } });
  }
  if (data.map) found.push({ name: "the map", part: "#w-panel-map", state: { tab: "map" } });
  if (data.pairs.length > 0) found.push({ name: "the comparison", part: "#w-panel-compare", state: { tab: "compare" } });
  return found;
}

/** The report, seen by a workbench's reader. */
export const REPORT: Stop = { name: "the report", part: "#report", state: { view: "report" } };

export async function openFilters(browser: Browser): Promise<void> {
  await browser.run(() => {
    for (const details of document.querySelectorAll<HTMLDetailsElement>(".w-filters details")) details.open = true;
  });
  await browser.still();
}

/** Goes to a stop of the open page. */
export async function goTo(browser: Browser, page: Subject, { state, then }: Stop, always: Partial<State> = {}): Promise<void> {
  await browser.go(page, { ...always, ...state });
  await then?.(browser);
}
