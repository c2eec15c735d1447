/** The bar below an enlarged image: a key or a button gives a verdict, a field takes a note. */

import type { Context, Row, Verdict } from "../model.ts";
import { h, replace } from "../dom.ts";
import { spoken } from "./pair/words.ts";
import { type Tallied, tallied } from "./triage/tallied.ts";

export interface Triage {
  readonly element: HTMLElement;
  /** Shows the verdict of an image; the bar then judges that one. */
  show(row: Row): void;
  /** Whether the key was one of the bar's. Keys that are typed into a field are not. */
  key(event: KeyboardEvent): boolean;
}

/** The key of each verdict, the same in all languages; 0 takes it back. */
const KEYS: readonly (readonly [key: string, verdict: Verdict])[] = [
  ["l", "label_wrong"],
  ["m", "model_wrong"],
  ["x", "unusable"],
  ["s", "synonym"],
  ["q", "unsure"],
  ["0", "none"],
];
const NOTE_KEY = "n";
/** What the browser keeps of a note. */
const LONGEST_NOTE = 2000;

/** The verdict of a key; null for other keys. French keyboards give the digit 0 only with Shift: there its place counts. */
export function verdictOf(key: string, code = ""): Verdict | null {
  if (code === "Digit0") return "none";
  return KEYS.find(([of]) => of === key.toLowerCase())?.[1] ?? null;
}

/** Whether a key press is written into something. */
function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** `after` is called when an image was judged, not when a verdict was taken back or a note written. */
export function makeTriage(context: Context, after: (row: Row) => void): Triage {
  const { store, t } = context;
  let row: Row = -1;
  let before: HTMLElement | null = null;

  const buttons = KEYS.map(([key, verdict]) => ({ verdict, element: button(context, key, verdict, () => (verdict === "none" ? takeBack() : judge(verdict))) }));
  const present = h("p", { class: "w-triage-present" });
  const counter = h("p", { class: "w-triage-counter" });
  const note = h("textarea", {
    class: "w-triage-note",
    rows: 2,
    maxlength: LONGEST_NOTE,
    "aria-keyshortcuts": NOTE_KEY,
    onkeydown: leave,
    onchange: write,
    onfocus: (event: FocusEvent) => {
      if (event.relatedTarget instanceof HTMLElement) before = event.relatedTarget;
    },
  });
  const hint = h("span", { class: "w-triage-hint" }, t("triage.note.hint"));
  const element = h(
    "div",
    { class: "w-triage", role: "group", "aria-label": t("triage.bar") },
    h("div", { class: "w-triage-buttons" }, ...buttons.map((one) => one.element)),
    present,
    h("label", { class: "w-triage-field" }, h("span", null, t("triage.note"), " ", h("kbd", null, NOTE_KEY.toUpperCase())), note),
    hint,
    counter,
  );

  function judge(verdict: Verdict): void {
    if (row < 0) return;
    const judged = row;
    // A second push takes the verdict back.
    const next = store.verdict(judged).verdict === verdict ? "none" : verdict;
    const name = spoken(context.data.names[judged]);
    const said = next === "none" ? t("triage.said.none", { name }) : t("triage.said", { name, verdict: t(`triage.verdict.${next}`) });
    store.judge(judged, next, note.value);
    if (row === judged) refresh();
    context.say(said);
    if (next !== "none") after(judged);
  }

  /** Keeps the note of the image that is shown. */
  function write(): void {
    if (row < 0) return;
    const { verdict, note: known } = store.verdict(row);
    if (note.value !== known) store.judge(row, verdict, note.value);
  }

  /** Out of the field, back to the picture: Escape closes nothing here. */
  function leave(event: KeyboardEvent): void {
    if (event.key !== "Escape" && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    event.stopPropagation();
    write();
    const to = before?.isConnected && before !== note ? before : (element.closest("dialog")?.querySelector<HTMLElement>("button") ?? null);
    if (to) to.focus();
    else note.blur();
  }

  function refresh(): void {
    const { verdict } = store.verdict(row);
    for (const one of buttons) {
      if (one.verdict === "none") one.element.setAttribute("aria-disabled", String(verdict === "none"));
      else one.element.setAttribute("aria-pressed", String(one.verdict === verdict));
    }
    const text = verdict === "none" ? t("triage.present.none") : t("triage.present", { verdict: t(`triage.verdict.${verdict}`) });
    if (present.textContent !== text) present.textContent = text;
    replace(counter, count(context, tallied(store.judged())));
  }

  return {
    element,
    show(next) {
      if (next !== row) {
        write();
        row = next;
        note.value = store.verdict(row).note;
      } else if (document.activeElement !== note) {
        note.value = store.verdict(row).note;
      }
      refresh();
    },
    key(event) {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || isTyping(event)) return false;
      const verdict = verdictOf(event.key, event.code);
      if (verdict === null && event.key.toLowerCase() !== NOTE_KEY) return false;
      event.preventDefault();
      // A key that is held down judges one image, not all that follow.
      if (event.repeat) return true;
      if (verdict === "none") takeBack();
      else if (verdict !== null) judge(verdict);
      else {
        before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
        note.focus();
      }
      return true;
    },
  };

  function takeBack(): void {
    if (row >= 0 && store.verdict(row).verdict !== "none") judge("none");
  }
}

function button(context: Context, key: string, verdict: Verdict, push: () => void): HTMLButtonElement {
  const attributes = { type: "button", class: `w-triage-button w-triage-${verdict}`, "aria-keyshortcuts": key, onclick: push };
  return h("button", attributes, h("kbd", null, key.toUpperCase()), " ", context.t(`triage.verdict.${verdict}`));
}

/** "12 judged": and how many of each. */
function count(context: Context, { all, each }: Tallied): string {
  const judged = context.t("triage.judged", { n: context.number(all, 0) });
  if (all === 0) return judged;
  const parts = each.map(([verdict, n]) => context.t("triage.judged.of", { verdict: context.t(`triage.verdict.${verdict}`), n: context.number(n, 0) }));
  return `${judged} (${parts.join(", ")})`;
}
