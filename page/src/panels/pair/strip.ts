/** Photographs in a strip that wraps: each a button that enlarges, arrow keys between them. */

import type { Context, Row } from "../../model.ts";
import { h, name } from "../../dom.ts";
import { picture } from "../list/picture.ts";
import type { Walk } from "./walk.ts";
import { SHORT, cut, spoken } from "./words.ts";

export interface Strip {
  readonly element: HTMLElement;
  /** Verdicts changed. */
  refresh(): void;
}

/** Pictures that are shown at first, and by each push of the button. */
const PAGE = 60;

/** A strip of the pictures of rows, in their order; `label` says to screen readers what they are. */
export function makeStrip(context: Context, walk: Walk, rows: ArrayLike<Row>, label: string): Strip {
  const strip = h("div", { class: "w-pair-strip", role: "group", "aria-label": label, onkeydown: (event: KeyboardEvent) => move(strip, event) });
  const buttons: Thumbnail[] = [];
  const more = h("button", { type: "button", class: "w-pair-more", onclick: () => grow(true) });
  const element = h("div", null, strip, more);
  strip.addEventListener("focusin", (event) => {
    const at = (event.target as Element).closest("button");
    if (at) for (const { element: button } of buttons) button.tabIndex = button === at ? 0 : -1;
  });
  grow(false);

  function grow(focus: boolean): void {
    const from = buttons.length;
    for (let i = from; i < Math.min(from + PAGE, rows.length); i++) {
      const thumbnail = makeThumbnail(context, rows[i], () => walk.enlarge(rows[i], rows));
      thumbnail.element.tabIndex = i === 0 ? 0 : -1;
      buttons.push(thumbnail);
      strip.append(thumbnail.element);
    }
    const left = rows.length - buttons.length;
    more.hidden = left === 0;
    more.textContent = context.t("pair.more", { n: context.number(Math.min(left, PAGE)) });
    if (focus) buttons[from]?.element.focus();
  }
  return {
    element,
    refresh() {
      for (const thumbnail of buttons) thumbnail.refresh();
    },
  };
}

interface Thumbnail {
  readonly element: HTMLButtonElement;
  refresh(): void;
}

function makeThumbnail(context: Context, row: Row, enlarge: () => void): Thumbnail {
  const text = context.data.names[row];
  const probability = context.run().probability[row];
  const caption = Number.isNaN(probability) ? null : context.percent(probability);
  const verdict = h("span", { class: "w-pair-verdict" });
  const element = h(
    "button",
    { type: "button", class: "w-pair-picture", title: cut(text, 400), onclick: enlarge },
    picture(context, row, context.t("pair.enlarge", { name: spoken(text) })),
    h("span", { class: "w-pair-caption" }, caption ?? name(cut(text, SHORT))),
    verdict,
  );
  function refresh(): void {
    const judged = context.store.verdict(row).verdict;
    const said = judged === "none" ? "" : context.t(`triage.verdict.${judged}`);
    verdict.textContent = said;
    verdict.hidden = said === "";
  }
  refresh();
  return { element, refresh };
}

/** Moves the focus by an arrow key. */
function move(strip: HTMLElement, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const buttons = [...strip.querySelectorAll<HTMLButtonElement>(".w-pair-picture")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (at < 0) return;
  const to = destination(buttons, at, event.key);
  if (to === null) return;
  event.preventDefault();
  event.stopPropagation();
  buttons[to].focus();
}

/** The picture that a key leads to; null for other keys. At an end it stays where it is. */
function destination(buttons: HTMLElement[], at: number, key: string): number | null {
  switch (key) {
    case "ArrowRight":
      return Math.min(at + 1, buttons.length - 1);
    case "ArrowLeft":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return buttons.length - 1;
    case "ArrowDown":
      return beside(buttons, at, 1);
    case "ArrowUp":
      return beside(buttons, at, -1);
    default:
      return null;
  }
}

/** The picture that stands nearest in the next line of the strip. */
function beside(buttons: HTMLElement[], at: number, step: 1 | -1): number {
  const { offsetTop, offsetLeft } = buttons[at];
  let line: number | null = null;
  let best = at;
  for (let i = at + step; i >= 0 && i < buttons.length; i += step) {
    const other = buttons[i];
    if (other.offsetTop === offsetTop) continue;
    if (line !== null && other.offsetTop !== line) break;
    line = other.offsetTop;
    if (best === at || Math.abs(other.offsetLeft - offsetLeft) < Math.abs(buttons[best].offsetLeft - offsetLeft)) best = i;
  }
  return best;
}
