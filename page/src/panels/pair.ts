/** The pair sheet: everything about one truth that was taken for one answer. */

import type { Context, MakePanel, Row, State, Taxon } from "../model.ts";
import { h, replace } from "../dom.ts";
import { makeDialog } from "./dialog.ts";
import { distribution } from "./pair/distribution.ts";
import { meeting, pages, title, titleText } from "./pair/heading.ts";
import { type Pair, members, stopsAbove, turned } from "./pair/members.ts";
import { counterpartList, makeOften } from "./pair/often.ts";
import { type Strip, makeStrip } from "./pair/strip.ts";
import { makeTable } from "./pair/table.ts";
import { typical } from "./pair/typical.ts";
import { Walk } from "./pair/walk.ts";
import { LONG, cut, sentence, spoken, taxonNode, taxonText } from "./pair/words.ts";

/** Typical images of each of the two taxa. */
const TYPICAL = 12;

/** What is drawn, and what of it follows the state. */
interface Sheet {
  pair: Pair;
  run: State["run"];
  often(): void;
  verdicts(): void;
}

export const makePair: MakePanel = (context) => {
  const { store } = context;
  const dialog = makeDialog(context.t("pair.label"), () => {
    if (store.state.pair !== null) store.set({ pair: null });
  });
  dialog.element.classList.add("w-pair");
  const walk = new Walk(context);
  let sheet: Sheet | null = null;

  return {
    element: dialog.element,
    update(changed) {
      const { pair, run } = store.state;
      if (pair === null || !isPair(context, pair)) {
        sheet = null;
        walk.end();
        dialog.close();
        replace(dialog.body);
        return;
      }
      if (sheet === null || sheet.run !== run || sheet.pair.truth !== pair.truth || sheet.pair.answer !== pair.answer) {
        const wasOpen = dialog.isOpen();
        walk.end();
        sheet = draw(context, walk, dialog.body, pair);
        dialog.element.setAttribute("aria-label", cut(titleText(context, pair), LONG * 2));
        dialog.open();
        if (wasOpen) start(dialog.body);
        return;
      }
      dialog.open();
      walk.hold();
      if (changed.has("selection")) sheet.often();
      if (changed.has("verdicts")) sheet.verdicts();
    },
  };
};

/** An address may name taxa that the page does not have. */
function isPair({ data }: Context, { truth, answer }: Pair): boolean {
  const isTaxon = (taxon: Taxon) => Number.isInteger(taxon) && taxon >= -1 && taxon < data.taxonomy.count;
  return isTaxon(truth) && isTaxon(answer) && (truth >= 0 || answer >= 0);
}

/** Another sheet in the open dialog: it is read from its start. */
function start(body: HTMLElement): void {
  body.scrollTop = 0;
  body.querySelector<HTMLElement>(".w-pair-title")?.focus({ preventScroll: true });
}

function draw(context: Context, walk: Walk, body: HTMLElement, pair: Pair): Sheet {
  const rows = members(context.data, context.run(), pair);
  const often = makeOften(context, pair);
  const [photographs, ...examples] = strips(context, walk, pair, rows);
  const table = makeTable(context, walk, rows, varied(context, rows));
  const heading = title(context, pair, rows.length);
  heading.tabIndex = -1;
  replace(
    body,
    heading,
    actions(context, pair, rows),
    h("div", { class: "w-pair-facts" }, meeting(context, pair, rows), often.element),
    counterpartList(context, pair, rows),
    h("p", { class: "w-pair-soft w-pair-keys" }, context.t("pair.keys")),
    h("div", { class: "w-pair-pictures" }, photographs.element, h("div", { class: "w-pair-typical" }, ...examples.map(({ element }) => element))),
    h("div", { class: "w-pair-details" }, distribution(context, rows), table.element),
  );
  return {
    pair: { ...pair },
    run: context.store.state.run,
    often: () => often.refresh(),
    verdicts() {
      for (const strip of [photographs, ...examples]) strip.refresh();
      table.refresh();
    },
  };
}

/** Whether the images have different truths or answers, so that the table has to tell them. */
function varied({ data, run }: Context, rows: Uint32Array): boolean {
  const { answer } = run();
  return rows.some((row) => data.truth[row] !== data.truth[rows[0]] || answer[row] !== answer[rows[0]]);
}

/** The photographs of the pair, and typical ones of the answer and of the truth. */
function strips(context: Context, walk: Walk, pair: Pair, rows: Uint32Array): Strip[] {
  const { t } = context;
  const stripOf = (of: ArrayLike<Row>, label: string) => (of.length > 0 ? makeStrip(context, walk, of, spoken(label)) : null);
  const own = section(h("h3", null, t("pair.photographs", { images: context.images(rows.length) })), null, stripOf(rows, titleText(context, pair)), t("pair.none"));
  const probabilities = context.run().whole.has_probabilities;
  const taxa = [...new Set([pair.answer, pair.truth])].filter((taxon) => taxon >= 0);
  const examples = taxa.map((taxon) => {
    const found = typical(context.data, context.run(), taxon, TYPICAL);
    const heading = h("h3", null, ...sentence(context, "pair.typical", { taxon: taxonNode(context, taxon, LONG, false) }));
    const note = t(probabilities ? "pair.typical.note" : "pair.typical.plain");
    const label = t("pair.typical", { taxon: taxonText(context, taxon, false) });
    return section(heading, found.length > 0 ? note : null, stripOf(found, label), t("pair.typical.none"));
  });
  return [own, ...examples];
}

function section(heading: HTMLElement, note: string | null, strip: Strip | null, none: string): Strip {
  const soft = (text: string) => h("p", { class: "w-pair-soft" }, text);
  const element = h("section", null, heading, note !== null && soft(note), strip?.element ?? soft(none));
  return { element, refresh: () => strip?.refresh() };
}

function actions(context: Context, pair: Pair, rows: Uint32Array): HTMLElement {
  const { t, store, data } = context;
  const opposite = turned(data, pair);
  return h(
    "div",
    { class: "w-pair-actions" },
    h("button", { type: "button", class: "w-pair-gallery", onclick: () => toGallery(context, pair, rows) }, t("pair.gallery")),
    opposite && h("button", { type: "button", onclick: () => store.set({ pair: opposite }) }, t("pair.turn")),
    pages(context, pair),
  );
}

/** Closes the sheet and looks at its images: other filters stay where they leave something of them. */
function toGallery(context: Context, pair: Pair, rows: Uint32Array): void {
  const { store, data } = context;
  // Without ranks there are no flags, and what stops above a truth is no clade: then the images themselves are let through.
  const mistakes = pair.truth < 0 || pair.answer < 0;
  const flagged = data.format.has_ranks;
  const exact = stopsAbove(data, pair) || (mistakes && !flagged) ? { of: context.t("pair.rows"), has: new Set<Row>(rows) } : null;
  const change = {
    truth: pair.truth < 0 ? null : pair.truth,
    answer: pair.answer < 0 ? null : pair.answer,
    ...(mistakes && flagged ? { flags: [1, 2] } : {}),
    ...(exact ? { rows: exact } : {}),
  };
  store.set({ filters: { ...store.state.filters, ...change }, tab: "gallery", pair: null });
  if (store.selection.length > 0 || rows.length === 0) return;
  store.clearFilters();
  store.filter(change);
}
