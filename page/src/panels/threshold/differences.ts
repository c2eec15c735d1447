/** Which images change between two thresholds, as buttons that show them. */

import { h, replace } from "../../dom.ts";
import type { Context, Row } from "../../model.ts";
import { RIGHT, UNANSWERED, WRONG, changed, transitions, type Curve } from "./curve.ts";

/** A change that images can pass through. */
interface Kind {
  key: string;
  passes: (from: number, to: number) => boolean;
}

const NO_LONGER: Kind = { key: "threshold.noLonger", passes: (from, to) => from !== UNANSWERED && to === UNANSWERED };
const NO_LONGER_WRONG: Kind = { key: "threshold.noLongerWrong", passes: (from, to) => from === WRONG && to === UNANSWERED };
const AGAIN: Kind = { key: "threshold.again", passes: (from, to) => from === UNANSWERED && to !== UNANSWERED };
const MENDED: Kind = { key: "threshold.mended", passes: (from, to) => from === WRONG && to === RIGHT };
const BROKEN: Kind = { key: "threshold.broken", passes: (from, to) => from === RIGHT && to === WRONG };
const KEPT_WRONG: Kind = { key: "threshold.keptWrong", passes: (_, to) => to === WRONG };

/** Changes from no threshold, and from the last position; only the back-off rule mends and breaks. */
export function kinds(from: "none" | "last", backsOff: boolean): Kind[] {
  const own = backsOff ? [MENDED] : [];
  if (from === "none") return [KEPT_WRONG, NO_LONGER, NO_LONGER_WRONG, ...own];
  return [NO_LONGER, AGAIN, ...own, ...(backsOff ? [BROKEN] : [])];
}

/** Images that pass, of the counts of `transitions`. */
export function passing(kind: Kind, counts: Uint32Array): number {
  let sum = 0;
  counts.forEach((count, at) => {
    if (kind.passes(Math.floor(at / 3), at % 3)) sum += count;
  });
  return sum;
}

/** The buttons for a change of states, made once and then only relabelled, so that they keep the focus. */
export class Differences {
  readonly element: HTMLElement;
  private readonly buttons: HTMLButtonElement[];
  private rows: { curve: Curve; from: Uint8Array; to: Uint8Array } | null = null;

  constructor(
    private readonly context: Context,
    private readonly of: Kind[],
    show: (rows: Set<Row>) => void,
  ) {
    this.buttons = of.map((kind) =>
      h("button", {
        type: "button",
        onclick: () => {
          if (this.rows !== null) show(changed(this.rows.curve.rows, this.rows.from, this.rows.to, kind.passes));
        },
      }),
    );
    this.element = h("div", { class: "w-threshold-changes" }, ...this.buttons);
  }

  update(curve: Curve, from: Uint8Array, to: Uint8Array): void {
    this.rows = { curve, from, to };
    const counts = transitions(from, to);
    this.of.forEach((kind, place) => {
      const count = passing(kind, counts);
      const button = this.buttons[place];
      replace(button, h("span", null, this.context.t(kind.key)), h("strong", null, this.context.images(count)));
      button.setAttribute("aria-disabled", String(count === 0));
      button.disabled = count === 0;
    });
  }
}
