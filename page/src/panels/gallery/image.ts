/** The enlarged image: what is known of it, what each rank said, and the keys that judge it and lead to the next one. */

import { h, name, replace } from "../../dom.ts";
import type { Context, MakePanel, Panel, Row, State } from "../../model.ts";
import { makeDialog } from "../dialog.ts";
import { makeLabels, type Labels } from "../list/labels.ts";
import { placeInOrder, rowsInOrder } from "../list/order.ts";
import { picture } from "../list/picture.ts";
import { makeTriage } from "../triage.ts";
import { answerOf, isRight } from "./confusions.ts";
import { makeFacts, makeLinks } from "./facts.ts";
import { makePath } from "./path.ts";

export const makeImage: MakePanel = (context) => new Enlarged(context);

class Enlarged implements Panel {
  readonly element: HTMLElement;
  private readonly labels: Labels;
  private readonly dialog;
  private readonly triage;
  private readonly counter = h("p", { class: "w-image-counter" });
  private readonly title = h("h2", { class: "w-image-title" });
  private readonly stage = h("div", { class: "w-image-stage" });
  private readonly details = h("div", { class: "w-image-details" });
  private readonly previous: HTMLElement;
  private readonly next: HTMLElement;
  private row: Row = -1;
  /** The images before and after, as they were before a verdict moved this one out of the selection. */
  private beside: [Row, Row] = [-1, -1];

  constructor(private readonly context: Context) {
    const { store, t } = context;
    this.labels = makeLabels(context);
    this.dialog = makeDialog(t("image.label"), () => store.set({ image: null }));
    this.triage = makeTriage(context, () => this.step(1));
    this.previous = this.stepButton(-1, "‹", t("image.previous"));
    this.next = this.stepButton(1, "›", t("image.next"));
    const told = h("div", { class: "w-image-told", role: "status" }, this.counter, this.title);
    this.dialog.body.append(
      h("div", { class: "w-image-head" }, this.previous, this.next, told),
      h("div", { class: "w-image-main" }, this.stage, h("div", { class: "w-image-side" }, this.triage.element, this.details)),
    );
    this.element = this.dialog.element;
    this.element.classList.add("w-image");
    for (const type of ["keydown", "click"]) this.element.addEventListener(type, () => this.remember(), true);
    this.element.addEventListener("keydown", (event) => this.pressed(event));
  }

  update(changed: ReadonlySet<keyof State | "selection" | "verdicts">): void {
    const row = this.context.store.state.image;
    if (row === null || row < 0 || row >= this.context.data.count) {
      this.row = -1;
      this.dialog.close();
      return;
    }
    if (row !== this.row) {
      this.row = row;
      this.show(row);
    } else if (changed.has("run")) {
      this.show(row);
    }
    this.triage.show(row);
    this.dialog.open();
    // The gallery or the list may only now say in which order it shows the selection.
    queueMicrotask(() => this.count());
  }

  private stepButton(by: number, sign: string, label: string): HTMLElement {
    return h("button", { type: "button", class: "w-image-step", "aria-label": label, title: label, onclick: () => this.step(by) }, h("span", { "aria-hidden": "true" }, sign));
  }

  private show(row: Row): void {
    const { context, labels } = this;
    const { data, t } = context;
    const run = context.run();
    const right = isRight(data, run, row);
    replace(this.stage, this.large(row));
    const hasAnswers = data.format.runs.length > 0;
    const between = right || answerOf(data, run, row) < 0 ? " – " : ` ${t("gallery.taken_for")} `;
    const said = [h("span", { class: "w-list-soft" }, between), right ? h("span", { class: "w-list-soft" }, t("gallery.right")) : name(labels.answerOf(row))];
    replace(this.title, name(labels.truthOf(row)), ...(hasAnswers ? said : []));
    const links = makeLinks(context, labels, [data.truth[row], run.predicted[row] >= 0 ? run.predicted[row] : run.answer[row]]);
    replace(this.details, makeFacts(context, labels, row), hasAnswers && this.sheetButton(row), links, hasAnswers && makePath(context, labels, row));
    this.dialog.body.scrollTop = 0;
  }

  private large(row: Row): HTMLElement {
    const large = picture(this.context, row, this.labels.picture(row));
    large.removeAttribute("loading");
    return large;
  }

  /** All images of this truth taken for this answer; of a right or unanswered one, all that the truth was taken for. */
  private sheetButton(row: Row): HTMLElement | null {
    const { data, store, t } = this.context;
    const truth = data.truth[row];
    if (truth < 0) return null;
    const run = this.context.run();
    // What was not answered is scored as if it were the root.
    const answer = run.answer[row] < 0 || run.predicted[row] === truth ? -1 : run.predicted[row];
    const open = () => store.set({ image: null, pair: { truth, answer } });
    return h("button", { type: "button", class: "w-image-sheet", onclick: open }, t(answer < 0 ? "image.sheet_of_truth" : "image.sheet"));
  }

  private count(): void {
    const { context, row } = this;
    if (row < 0) return;
    const place = placeInOrder(context, row);
    const { length } = rowsInOrder(context);
    const text = place < 0 ? context.t("image.not_selected") : context.t("image.counter", { place: context.number(place + 1), images: context.images(length) });
    if (this.counter.textContent !== text) this.counter.textContent = text;
    // A button that is disabled would lose the focus.
    this.previous.setAttribute("aria-disabled", String(place === 0 || length === 0));
    this.next.setAttribute("aria-disabled", String(place === length - 1 || length === 0));
    this.preload(place + 1);
  }

  /** The next picture is asked for while this one is looked at. */
  private preload(place: number): void {
    const rows = rowsInOrder(this.context);
    const address = place > 0 && place < rows.length ? this.context.data.picture(rows[place]) : null;
    if (address !== null) new Image().src = address;
  }

  private remember(): void {
    const place = placeInOrder(this.context, this.row);
    if (place < 0) return;
    const rows = rowsInOrder(this.context);
    this.beside = [rows[place - 1] ?? -1, rows[place + 1] ?? -1];
  }

  private step(by: 1 | -1 | number): void {
    const { context } = this;
    const rows = rowsInOrder(context);
    if (this.row < 0 || rows.length === 0) return;
    const place = placeInOrder(context, this.row);
    let to: Row | undefined = place < 0 ? this.beside[by < 0 ? 0 : 1] : rows[place + by];
    // An image from elsewhere, the map say: the way leads into the selection.
    if (place < 0 && placeInOrder(context, to) < 0) to = rows[0];
    if (to !== undefined && to !== this.row) context.store.set({ image: to });
  }

  private pressed(event: KeyboardEvent): void {
    const written = (event.target as Element).closest("input, textarea, select, [contenteditable]") !== null;
    if (written || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.triage.key(event)) return;
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    this.step(event.key === "ArrowLeft" ? -1 : 1);
  }
}
