/** The place of a panel: made when it is first shown, told of changes while it is shown, and replaced by a sentence if it breaks. */

import { h } from "./dom.ts";
import type { Context, MakePanel, Panel, State } from "./model.ts";
import type { Changed } from "./state/store.ts";

type Key = keyof State | "selection" | "verdicts";

export class Slot {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #make: MakePanel;
  #panel: Panel | null = null;
  #broken = false;
  readonly #missed = new Set<Key>();

  constructor(context: Context, make: MakePanel, attributes: Record<string, string> = {}) {
    this.#context = context;
    this.#make = make;
    this.element = h("div", attributes);
  }

  /** `shown` says whether anybody sees the panel; what it does not see it is told when it is shown. */
  update(changed: Changed, shown: boolean): void {
    for (const key of changed) this.#missed.add(key);
    if (!shown || this.#broken) return;
    try {
      if (!this.#panel) {
        this.#panel = this.#make(this.#context);
        this.element.append(this.#panel.element);
        for (const key of everything(this.#context)) this.#missed.add(key);
      }
      if (this.#missed.size === 0) return;
      const missed = new Set(this.#missed);
      this.#missed.clear();
      this.#panel.update(missed);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#broken = true;
    console.error(error);
    this.element.replaceChildren(h("p", { class: "w-failed" }, this.#context.t("core.panel.failed", { reason: reasonOf(error) })));
  }
}

/** All that a panel may be told of. */
export function everything({ store }: Context): Set<Key> {
  return new Set<Key>([...(Object.keys(store.state) as (keyof State)[]), "selection", "verdicts"]);
}

export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
