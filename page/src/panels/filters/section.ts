/** One filter in the column: a title that opens and closes it, and a button that clears it. */

import { h } from "../../dom.ts";
import type { Context } from "../../model.ts";

export interface Section {
  readonly element: HTMLElement;
  /** Counts and ticks anew. */
  update(): void;
  /** Forgets what was typed and not yet taken. */
  forget?(): void;
}

export interface SectionOptions {
  title: string;
  /** Under which it is remembered whether the section is open. */
  key: string;
  closed?: boolean;
  /** How many choices are ticked; 0 where the filter is off. */
  on(): number;
  clear(): void;
  /** Draws the contents; only called while the section is open. */
  draw(): void;
}

/** Sections as the reader left them: the panel is made anew with each language and run. */
const left = new Map<string, boolean>();

/** Whether a section was left open; `undefined` where nobody touched it. */
export function leftOpen(key: string): boolean | undefined {
  return left.get(key);
}

export function leave(key: string, open: boolean): void {
  left.set(key, open);
}

export function makeSection(context: Context, options: SectionOptions, ...contents: Node[]): Section {
  const on = h("span", { class: "w-filters-on" });
  const summary = h("summary", { class: "w-filters-title" }, h("bdi", { class: "w-filters-title-name", title: options.title }, options.title), on);
  const clear = h(
    "button",
    {
      type: "button",
      class: "w-filters-clear",
      hidden: true,
      "aria-label": context.t("filters.clear_one", { filter: options.title }),
      onclick: () => {
        // The button goes away with the filter; the focus must not.
        summary.focus();
        options.clear();
      },
    },
    context.t("filters.clear"),
  );
  const fieldset = h("fieldset", { class: "w-filters-set" }, h("legend", { class: "w-filters-unseen" }, options.title), ...contents, clear);
  const element = h("details", { class: "w-filters-part", open: leftOpen(options.key) ?? !options.closed }, summary, fieldset);
  const update = (): void => {
    const count = options.on();
    const text = count === 0 ? "" : context.t("filters.on", { n: context.number(count, 0) });
    if (on.textContent !== text) on.textContent = text;
    clear.hidden = count === 0;
    if (element.open) options.draw();
  };
  element.addEventListener("toggle", () => {
    leave(options.key, element.open);
    if (element.open) options.draw();
  });
  return { element, update };
}

/** Calls `then` once nothing came for some milliseconds. */
export interface Delayed {
  call(): void;
  /** Calls at once what waits. */
  flush(): void;
  cancel(): void;
  waits(): boolean;
}

export function delayed(milliseconds: number, then: () => void): Delayed {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const run = (): void => {
    cancel();
    then();
  };
  return {
    call() {
      cancel();
      timer = setTimeout(run, milliseconds);
    },
    flush() {
      if (timer !== undefined) run();
    },
    cancel,
    waits: () => timer !== undefined,
  };
}
