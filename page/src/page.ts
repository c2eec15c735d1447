/** The workbench as a whole: its panels, what of them is shown, its two views and its language. */

import { makeContext } from "./context.ts";
import { loadParts } from "./data/parts.ts";
import { h, name, replace } from "./dom.ts";
import { message } from "./messages.ts";
import type { Context, Dataset, MakePanel, Tab } from "./model.ts";
import { makeBar, type Actions } from "./panels/bar.ts";
import { makeCompare } from "./panels/compare.ts";
import { makeFilters } from "./panels/filters.ts";
import { makeGallery, makeImage } from "./panels/gallery.ts";
import { makeList } from "./panels/list.ts";
import { makeMap } from "./panels/map.ts";
import { makeMatrix } from "./panels/matrix.ts";
import { makePair } from "./panels/pair.ts";
import { makeSummary } from "./panels/summary.ts";
import { makeThreshold } from "./panels/threshold.ts";
import { choices } from "./panels/threshold/choice.ts";
import { makeTree } from "./panels/tree.ts";
import { translate, writeNumbers } from "./report.ts";
import { Slot, everything, reasonOf } from "./slot.ts";
import { Address } from "./state/address.ts";
import { isAnchor, read } from "./state/fragment.ts";
import { PageStore, type Changed } from "./state/store.ts";
import { browserShelf } from "./state/verdicts.ts";
import { Statistics } from "./statistics/summary.ts";

const TABS: Record<Tab, MakePanel> = {
  gallery: makeGallery,
  list: makeList,
  matrix: makeMatrix,
  threshold: makeThreshold,
  map: makeMap,
  compare: makeCompare,
};

/** The ways of looking at a selection that a page has data for. */
export function tabsOf(data: Dataset): Tab[] {
  const hasRuns = data.format.runs.length > 0;
  const hasThresholds = data.runs.some((run) => choices(data, run).length > 0);
  const has: Record<Tab, boolean> = {
    gallery: true,
    list: true,
    matrix: hasRuns,
    threshold: hasRuns && hasThresholds,
    map: (data.map?.maps.length ?? 0) > 0,
    compare: data.pairs.length > 0,
  };
  return (Object.keys(TABS) as Tab[]).filter((tab) => has[tab]);
}

export class Page {
  readonly #root: HTMLElement;
  readonly #report: HTMLElement | null;
  readonly #store: PageStore;
  readonly #address: Address;
  #data: Dataset;
  #statistics: Statistics;
  #context!: Context;
  readonly #live = h("div", { class: "w-unseen", role: "status", "aria-live": "polite" });
  /** A sentence that must not be missed. */
  readonly #notice = h("p", { class: "w-notice", hidden: true });
  #bar!: Slot;
  #body!: HTMLElement;
  #always: Slot[] = [];
  #dialogs: Slot[] = [];
  #tabs = new Map<Tab, { button: HTMLButtonElement; slot: Slot }>();
  #loading: ReturnType<Actions["loading"]> = null;
  #saying = 0;

  constructor(root: HTMLElement, report: HTMLElement | null, data: Dataset) {
    this.#root = root;
    this.#report = report;
    this.#data = data;
    this.#statistics = new Statistics(data);
    const fragment = window.location.hash.slice(1);
    this.#store = new PageStore(data, read(fragment, data), browserShelf(), () => this.#notify(this.#context.t("core.storage.refused")));
    this.#address = new Address(this.#store, () => this.#data, (anchor) => this.#toAnchor(anchor));
    root.classList.add("w-root");
    this.#build();
    this.#store.subscribe((changed) => this.#update(changed));
    window.addEventListener("storage", (event) => {
      if (event.key === this.#store.shelfKey) this.#store.reloadVerdicts();
    });
    if (isAnchor(fragment)) this.#toAnchor(fragment);
  }

  /** Makes all panels, in the language of the state. */
  #build(): void {
    const { language } = this.#store.state;
    const focus = document.activeElement?.closest("[data-w-focus]")?.getAttribute("data-w-focus");
    document.documentElement.setAttribute("lang", language);
    translate(language, this.#root);
    const report = document.getElementById("report");
    if (report) writeNumbers(language, report);
    this.#root.setAttribute("lang", language);
    this.#root.setAttribute("aria-label", message(language, "core.workbench"));
    const context = makeContext({ data: this.#data, store: this.#store, language, say: (sentence) => this.#say(sentence), statistics: this.#statistics });
    this.#context = context;
    const bar = makeBar({ link: () => this.#address.link(), load: () => this.#load(), loading: () => this.#loading });
    this.#bar = new Slot(context, bar, { class: "w-bar-slot" });
    const [side, summary, tree] = [new Slot(context, makeFilters, { class: "w-side" }), new Slot(context, makeSummary), new Slot(context, makeTree, { class: "w-tree-slot" })];
    this.#always = [side, summary, tree];
    this.#dialogs = [new Slot(context, makePair), new Slot(context, makeImage)];
    // The report has its title in the page's language.
    const said = document.querySelector("#report h1")?.textContent ?? this.#data.format.title;
    const title = h("h1", { class: "w-title", title: said }, name(said));
    // The run of a latent space is none that somebody made.
    const note = this.#data.format.kind === "latent" ? h("p", { class: "w-note" }, context.t("core.nearest")) : null;
    this.#body = h("div", { class: "w-body" }, h("div", { class: "w-head" }, title, note), side.element, h("div", { class: "w-main" }, summary.element, tree.element, ...this.#makeTabs()));
    const skip = h("a", { class: "w-skip", href: "#w-selection", onclick: (event: Event) => this.#skip(event) }, context.t("core.skip"));
    replace(this.#root, skip, this.#notice, this.#bar.element, this.#body, ...this.#dialogs.map(({ element }) => element), this.#live);
    this.#update(everything(context), true);
    if (focus) this.#root.querySelector<HTMLElement>(`[data-w-focus="${CSS.escape(focus)}"]`)?.focus();
  }

  #makeTabs(): HTMLElement[] {
    const { t } = this.#context;
    const tabs = tabsOf(this.#data);
    this.#tabs = new Map(
      tabs.map((tab) => {
        const slot = new Slot(this.#context, TABS[tab], { role: "tabpanel", id: `w-panel-${tab}`, "aria-labelledby": `w-tab-${tab}`, class: "w-panel" });
        const button = h(
          "button",
          { type: "button", role: "tab", id: `w-tab-${tab}`, "aria-controls": `w-panel-${tab}`, class: "w-tab", "data-w-focus": `tab-${tab}`, onclick: () => this.#store.set({ tab }) },
          t(`core.tab.${tab}`),
        );
        slot.element.append(h("h2", { class: "w-unseen" }, t(`core.tab.${tab}`)));
        return [tab, { button, slot }];
      }),
    );
    const list = h("div", { class: "w-tabs", role: "tablist", "aria-label": t("core.tabs"), onkeydown: (event: KeyboardEvent) => this.#tabKey(event, tabs) });
    list.append(...[...this.#tabs.values()].map(({ button }) => button));
    return [list, ...[...this.#tabs.values()].map(({ slot }) => slot.element)];
  }

  /** Arrow keys go from tab to tab, as in all lists of tabs. */
  #tabKey(event: KeyboardEvent, tabs: readonly Tab[]): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = tabs.indexOf(this.#tab());
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    this.#store.set({ tab });
    this.#tabs.get(tab)?.button.focus();
  }

  /** The tab that is shown: the first where the state names one that the page has not. */
  #tab(): Tab {
    const { tab } = this.#store.state;
    return this.#tabs.has(tab) ? tab : "gallery";
  }

  #update(changed: Changed, isNew = false): void {
    if (changed.has("language") && !isNew) return this.#build();
    const { view } = this.#store.state;
    const isWork = view === "workbench";
    if (changed.has("view")) {
      document.documentElement.setAttribute("data-view", view);
      this.#body.hidden = !isWork;
      if (this.#report) this.#report.hidden = isWork;
    }
    this.#bar.update(changed, true);
    for (const slot of this.#always) slot.update(changed, isWork);
    const shown = this.#tab();
    for (const [tab, { button, slot }] of this.#tabs) {
      const isShown = tab === shown;
      button.setAttribute("aria-selected", String(isShown));
      button.tabIndex = isShown ? 0 : -1;
      slot.element.hidden = !isShown;
      slot.update(changed, isWork && isShown);
    }
    if (changed.has("filters") && changed.has("selection") && !isNew) {
      this.#say(this.#context.t("core.selection", { images: this.#context.images(this.#store.selection.length) }));
    }
    // Dialogs come last: they stand above what they were opened from. A step back may lead from an open one to the report.
    const isOpen = this.#root.querySelector("dialog[open]") !== null;
    for (const slot of this.#dialogs) slot.update(changed, isWork || isOpen);
  }

  /** Loads the images that stand beside the page. */
  async #load(): Promise<void> {
    if (this.#loading && this.#loading.failed === null) return;
    this.#progress({ loaded: this.#data.count, failed: null });
    let failed: string | null = null;
    const data = await loadParts(this.#data, (part) => {
      this.#data = part;
      this.#progress({ loaded: part.count, failed: null });
    }).catch((error: unknown) => {
      failed = reasonOf(error);
      return this.#data;
    });
    this.#loading = failed === null ? null : { loaded: data.count, failed };
    this.#data = data;
    this.#statistics = new Statistics(data);
    this.#store.extend(data);
    this.#build();
    const { total } = data.format.images;
    const { t, images, number } = this.#context;
    const counts = { loaded: number(data.count, 0), total: images(total) };
    this.#say(failed === null ? t("core.load.note.all", { total: images(total) }) : t("core.load.failed", { file: failed, ...counts }));
  }

  #progress(loading: NonNullable<ReturnType<Actions["loading"]>>): void {
    this.#loading = loading;
    this.#bar.update(new Set(["view"]), true);
  }

  #skip(event: Event): void {
    event.preventDefault();
    this.#store.set({ view: "workbench" });
    document.getElementById("w-selection")?.focus();
  }

  /** Shows a place of the report. */
  #toAnchor(anchor: string): void {
    let id = anchor;
    try {
      id = decodeURIComponent(anchor);
    } catch {
      // As it is, then.
    }
    document.getElementById(id)?.scrollIntoView();
  }

  /** Announces a sentence, the same one again as well. Behind a dialog nothing is announced: the region goes where it is heard. */
  #say(sentence: string): void {
    const dialogs = document.querySelectorAll("dialog[open]");
    const around = dialogs[dialogs.length - 1] ?? this.#root;
    if (this.#live.parentElement !== around) around.append(this.#live);
    this.#live.textContent = "";
    window.clearTimeout(this.#saying);
    this.#saying = window.setTimeout(() => {
      this.#live.textContent = sentence;
    }, 60);
  }

  #notify(sentence: string): void {
    this.#notice.hidden = false;
    this.#notice.textContent = sentence;
    this.#say(sentence);
  }
}
