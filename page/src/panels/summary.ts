/** The selection in numbers: how many images, how wrong, and the share right at each rank with its interval. */

import { h, replace } from "../dom.ts";
import type { Context, MakePanel, Panel, Summary } from "../model.ts";
import { makeChips } from "./chips.ts";
import { makeRanks } from "./summary/ranks.ts";

export const makeSummary: MakePanel = (context) => new SummaryStrip(context);

class SummaryStrip implements Panel {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #chips: ReturnType<typeof makeChips>;
  readonly #numbers = h("dl", { class: "w-numbers" });
  readonly #note = h("p", { class: "w-summary-note", hidden: true });
  readonly #ranks: ReturnType<typeof makeRanks>;

  constructor(context: Context) {
    this.#context = context;
    this.#chips = makeChips(context);
    this.#ranks = makeRanks(context);
    this.element = h(
      "section",
      { class: "w-summary", id: "w-selection", tabindex: "-1", "aria-label": context.t("core.summary") },
      this.#chips.element,
      this.#numbers,
      this.#note,
      this.#ranks.element,
    );
  }

  update(changed: Parameters<Panel["update"]>[0]): void {
    if (changed.has("filters") || changed.has("run") || changed.has("other")) this.#chips.update();
    if (!changed.has("selection") && !changed.has("run")) return;
    const { store, data, t } = this.#context;
    const summary = this.#context.summary(store.selection);
    const hasRun = data.format.runs.length > 0;
    replace(this.#numbers, ...this.#figures(summary, hasRun));
    this.#note.hidden = hasRun && summary.scored > 0;
    this.#note.textContent = summary.images === 0 ? t("core.summary.empty") : hasRun ? t("core.summary.none") : t("core.summary.norun");
    this.#ranks.element.hidden = !hasRun || summary.scored === 0 || data.ranks.length === 0;
    if (!this.#ranks.element.hidden) this.#ranks.update(summary);
  }

  #figures(summary: Summary, hasRun: boolean): HTMLElement[] {
    const { t, images, number, percent, data } = this.#context;
    const all = data.format.images.total > data.count ? "core.summary.selected.loaded" : "core.summary.selected";
    const figures = [figure(number(summary.images, 0), t(all, { images: images(data.count) }))];
    if (!hasRun || summary.images === 0) return figures;
    const unit = t(data.format.height_unit === "edges" ? "core.summary.edges" : "core.summary.rungs");
    const share = summary.scored > 0 ? percent(summary.mistakes / summary.scored) : null;
    figures.push(
      figure(number(summary.scored, 0), t("core.summary.scored")),
      figure(number(summary.mistakes, 0), t("core.summary.mistakes"), { beside: share }),
      figure(number(summary.meanHeight, 2), t("core.summary.height"), { title: t("core.summary.height.title", { unit }) }),
      figure(number(summary.severity, 2), t("core.summary.severity"), { title: t("core.summary.severity.title") }),
    );
    return figures;
  }
}

function figure(value: string, label: string, { title = null, beside = null }: { title?: string | null; beside?: string | null } = {}): HTMLElement {
  return h(
    "div",
    { class: "w-number", title },
    h("dt", null, label),
    h("dd", null, value, beside === null ? null : h("span", { class: "w-number-beside" }, ` ${beside}`)),
  );
}
