/** A modal dialog on `<dialog>`: the pair sheet and the enlarged image. */

import { h } from "../dom.ts";
import { message } from "../messages.ts";

export interface Dialog {
  readonly element: HTMLDialogElement;
  /** Where the contents go; it scrolls. */
  readonly body: HTMLElement;
  open(): void;
  close(): void;
  isOpen(): boolean;
}

/** What the focus can be on. */
const FOCUSABLE =
  "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]:not([tabindex='-1'])";

/** The dialog has no context: its language is that of the part of the page it stands in. */
function closeLabel(element: Element): string {
  const language = (element.closest("[lang]")?.getAttribute("lang") ?? "en").slice(0, 2);
  return message(language === "fr" || language === "es" ? language : "en", "core.close");
}

/**
 * A dialog that is not open yet. Put `element` into the page; `onclose` is called once each time it closes, however that came about
 * (button, Escape, click beside it, `close()`).
 */
export function makeDialog(label: string, onclose: () => void): Dialog {
  const close = h("button", { type: "button", class: "w-dialog-close", onclick: () => hide() }, h("span", { "aria-hidden": "true" }, "×"));
  const body = h("div", { class: "w-dialog-body" });
  const element = h("dialog", { class: "w-dialog", "aria-label": label, "aria-modal": "true" }, close, body);
  /** What had the focus before. */
  let before: Element | null = null;

  function show(): void {
    if (element.open || !element.isConnected) return;
    before = document.activeElement;
    const text = closeLabel(element);
    close.setAttribute("aria-label", text);
    close.title = text;
    element.showModal();
    body.scrollTop = 0;
  }
  function hide(): void {
    if (element.open) element.close();
  }
  function trap(event: KeyboardEvent): void {
    if (event.key !== "Tab") return;
    const stops = [...element.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((stop) => stop.getClientRects().length > 0);
    const first = stops[0];
    const last = stops[stops.length - 1];
    if (first === undefined || last === undefined) {
      event.preventDefault();
      return;
    }
    const at = document.activeElement;
    if (event.shiftKey && (at === first || at === element || !element.contains(at))) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && (at === last || !element.contains(at))) {
      event.preventDefault();
      first.focus();
    }
  }

  element.addEventListener("keydown", trap);
  // A click on the backdrop has the dialog itself as its target: the contents fill it to the edge.
  element.addEventListener("click", (event) => {
    if (event.target === element && event.detail > 0) hide();
  });
  element.addEventListener("close", () => {
    // The browser tells it late: by now it may have been opened again.
    if (element.open) return;
    // The browser gives the focus back where what had it is still there; panels that were drawn anew have lost it.
    if (before instanceof HTMLElement && before.isConnected && document.activeElement !== before) before.focus({ preventScroll: true });
    before = null;
    onclose();
  });
  return { element, body, open: show, close: hide, isOpen: () => element.open };
}
