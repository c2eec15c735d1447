/** The bar above the page: which view, which language, which run, and what leaves it. */

import { h, replace } from "../dom.ts";
import { copy } from "../leave/download.ts";
import type { Context, Language, MakePanel, Panel } from "../model.ts";
import { Slot } from "../slot.ts";
import { makeLeave } from "./leave.ts";

/** What the bar does beyond the state. */
export interface Actions {
  /** The address of the page as it is seen. */
  link(): string;
  /** Loads all images that stand beside the page; the sentence is for the reader. */
  load(): Promise<void>;
  /** How the loading stands; null before it begins. */
  loading(): { loaded: number; failed: string | null } | null;
}

const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["en", "English"],
  ["fr", "Français"],
  ["es", "Español"],
];

/** Letters of a run's name in a choice. */
const LONGEST = 60;

/** The bar of a workbench. */
export function makeBar(actions: Actions): MakePanel {
  return (context) => new Bar(context, actions);
}

class Bar implements Panel {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #actions: Actions;
  readonly #views: Record<"workbench" | "report", HTMLButtonElement>;
  readonly #run: HTMLSelectElement;
  readonly #other: HTMLSelectElement;
  readonly #otherLabel: HTMLElement;
  readonly #work: HTMLElement[];
  readonly #leave: Slot;
  readonly #load: HTMLElement;

  constructor(context: Context, actions: Actions) {
    const { t, data } = context;
    this.#context = context;
    this.#actions = actions;
    this.#views = { workbench: this.#viewButton("workbench"), report: this.#viewButton("report") };
    this.#run = runChoice(context, "run", (run) => this.#choose({ run }));
    this.#other = runChoice(context, "other", (other) => this.#choose({ other }));
    const runLabel = h("label", { class: "w-bar-choice" }, h("span", null, t("core.run")), this.#run);
    this.#otherLabel = h("label", { class: "w-bar-choice" }, h("span", null, t("core.other")), this.#other);
    runLabel.hidden = data.runs.length < 2;
    this.#leave = new Slot(context, makeLeave, { class: "w-bar-leave" });
    const link = h("button", { type: "button", class: "w-button", "data-w-focus": "copy", onclick: () => void this.#copy() }, t("core.copy"));
    const runs = h("div", { class: "w-bar-runs" }, runLabel, this.#otherLabel);
    const out = h("div", { class: "w-bar-out" }, link, this.#leave.element);
    this.#work = [runs, out];
    this.#load = h("div", { class: "w-bar-load" });
    this.element = h(
      "header",
      { class: "w-bar" },
      h(
        "div",
        { class: "w-bar-row" },
        h("div", { class: "w-bar-views", role: "group", "aria-label": t("core.view") }, this.#views.workbench, this.#views.report),
        runs,
        h("div", { class: "w-bar-end" }, out, languageChoice(context)),
      ),
      this.#load,
    );
  }

  update(changed: Parameters<Panel["update"]>[0]): void {
    const { store, data } = this.#context;
    const { view, run, other } = store.state;
    for (const [name, button] of Object.entries(this.#views)) button.setAttribute("aria-pressed", String(name === view));
    for (const part of this.#work) part.hidden = view === "report";
    this.#run.value = String(run);
    this.#otherLabel.hidden = data.pairs.length === 0 || data.runs.length < 2;
    this.#other.value = other === null ? "" : String(other);
    for (const option of this.#other.options) option.disabled = option.value === String(run);
    this.#leave.update(changed, view === "workbench");
    this.drawLoad();
  }

  /** How many images are loaded, and the button for the others. */
  drawLoad(): void {
    const { data, t, images, number, store } = this.#context;
    const { total, parts } = data.format.images;
    const missing = total - data.count;
    const loading = this.#actions.loading();
    this.#load.hidden = parts.length === 0 || store.state.view === "report";
    if (this.#load.hidden) return;
    if (missing <= 0) return replace(this.#load, h("span", null, t("core.load.note.all", { total: images(total) })));
    const counts = { loaded: number(Math.max(data.count, loading?.loaded ?? 0), 0), total: images(total) };
    const busy = loading !== null && loading.failed === null;
    const note = busy ? t("core.loading", counts) : loading?.failed ? t("core.load.failed", { file: loading.failed, ...counts }) : t("core.load.note", counts);
    const button = h("button", { type: "button", class: "w-button", "data-w-focus": "load", "aria-disabled": String(busy), onclick: () => void (busy || this.#actions.load()) }, t("core.load", { images: images(missing) }));
    const held = this.#load.contains(document.activeElement);
    replace(this.#load, button, h("span", { class: "w-bar-note" }, note));
    if (held) button.focus();
  }

  /** The second run is never the first. */
  #choose(change: { run: number } | { other: number }): void {
    const { store } = this.#context;
    const { run, other } = store.state;
    if ("run" in change && change.run === other) store.set({ run: change.run, other: run });
    else store.set(change);
  }

  #viewButton(view: "workbench" | "report"): HTMLButtonElement {
    const { store, t } = this.#context;
    return h("button", { type: "button", class: "w-bar-view", "data-w-focus": `view-${view}`, onclick: () => store.set({ view }) }, t(`core.view.${view}`));
  }

  async #copy(): Promise<void> {
    const field = h("input", { class: "w-unseen", tabindex: "-1", "aria-hidden": "true", readonly: true, value: this.#actions.link() });
    const button = document.activeElement;
    this.element.append(field);
    const done = await copy(field.value, field);
    field.remove();
    if (button instanceof HTMLElement) button.focus();
    this.#context.say(this.#context.t(done ? "core.copied" : "core.copy.failed"));
  }
}

function runChoice({ data }: Context, what: string, choose: (run: number) => void): HTMLSelectElement {
  const options = data.runs.map(({ name }, run) => h("option", { value: String(run), dir: "auto", title: name }, name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
  return h("select", { class: "w-select", "data-w-focus": what, onchange: (event: Event) => choose(Number((event.target as HTMLSelectElement).value)) }, ...options);
}

function languageChoice({ t, store, language }: Context): HTMLElement {
  const options = LANGUAGES.map(([code, name]) => h("option", { value: code, lang: code, selected: code === language }, name));
  const choose = (event: Event) => store.set({ language: (event.target as HTMLSelectElement).value as Language });
  return h("select", { class: "w-select w-bar-language", "aria-label": t("core.language"), "data-w-focus": "language", onchange: choose }, ...options);
}
