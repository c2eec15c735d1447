/** The tooltip of the page: there is one at a time. */

import { h } from "../dom.ts";

/** Pixels between what is pointed at and the tip, and between the tip and the edge of the window. */
const APART = 10;
const EDGE = 6;
/** Milliseconds in which the pointer may reach the tip. */
const GRACE = 250;

let shown: HTMLElement | null = null;
let leaving = 0;
let count = 0;

/** Shows nodes beside a point of the window, in the place of what the tip showed before. */
export function showTip(at: { x: number; y: number }, ...content: Node[]): void {
  window.clearTimeout(leaving);
  const element = shown ?? open();
  element.replaceChildren(...content);
  place(element, at);
}

/** Takes the tip away at once. */
export function hideTip(): void {
  window.clearTimeout(leaving);
  if (shown === null) return;
  document.removeEventListener("keydown", onkey, true);
  window.removeEventListener("scroll", onscroll, true);
  shown.remove();
  shown = null;
}

/** Takes the tip away unless the pointer goes into it. */
export function leaveTip(): void {
  window.clearTimeout(leaving);
  leaving = window.setTimeout(hideTip, GRACE);
}

/** Whether a tip is shown. */
export function isTipShown(): boolean {
  return shown !== null;
}

/** Gives an element a tip on hover and on keyboard focus. */
export function tip(element: HTMLElement | SVGElement, content: () => Node[]): void {
  const show = (at: { x: number; y: number }) => {
    showTip(at, ...content());
    if (shown !== null) element.setAttribute("aria-describedby", shown.id);
  };
  const over = (event: Event) => {
    const pointer = event as PointerEvent;
    if (pointer.pointerType !== "touch") show({ x: pointer.clientX, y: pointer.clientY });
  };
  element.addEventListener("pointerenter", over);
  element.addEventListener("pointerleave", leaveTip);
  element.addEventListener("focus", () => {
    if (element.matches(":focus-visible")) show(below(element));
  });
  element.addEventListener("blur", () => {
    element.removeAttribute("aria-describedby");
    hideTip();
  });
}

/** The point at which the tip of an element that has the focus stands. */
export function below(element: Element): { x: number; y: number } {
  const { left, width, bottom } = element.getBoundingClientRect();
  return { x: left + Math.min(width / 2, 40), y: Math.min(bottom, window.innerHeight - EDGE) - APART / 2 };
}

function open(): HTMLElement {
  // Above a dialog that is open, and in a landmark of the page.
  const dialogs = document.querySelectorAll("dialog[open]");
  const around = dialogs[dialogs.length - 1] ?? document.getElementById("workbench") ?? document.body;
  const element = h("div", { class: "w-tip", role: "tooltip", id: `w-tip-${++count}`, popover: "manual" });
  element.addEventListener("pointerenter", () => window.clearTimeout(leaving));
  element.addEventListener("pointerleave", leaveTip);
  around.append(element);
  try {
    element.showPopover?.();
  } catch {
    // It is shown by its style.
  }
  document.addEventListener("keydown", onkey, true);
  window.addEventListener("scroll", onscroll, true);
  shown = element;
  return element;
}

function place(element: HTMLElement, at: { x: number; y: number }): void {
  const { width, height } = element.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  let [x, y] = [at.x + APART, at.y + APART];
  if (x + width > clientWidth - EDGE) x = at.x - APART - width;
  if (y + height > clientHeight - EDGE) y = at.y - APART - height;
  element.style.left = `${Math.max(EDGE, Math.min(x, clientWidth - EDGE - width))}px`;
  element.style.top = `${Math.max(EDGE, Math.min(y, clientHeight - EDGE - height))}px`;
}

/** Escape takes the tip away and does nothing else. */
function onkey(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  hideTip();
}

function onscroll(event: Event): void {
  if (shown !== null && !(event.target instanceof Node && shown.contains(event.target))) hideTip();
}
