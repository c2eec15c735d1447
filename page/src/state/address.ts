/** The state in the address bar: written a little after each change; what opens over the page, and each view, is a step that the back
 * button takes back. */

import type { Dataset, State } from "../model.ts";
import { isAnchor, read, written } from "./fragment.ts";
import type { Changed, PageStore } from "./store.ts";

/** Browsers refuse more than a few writes a second. */
const DELAY = 350;

/** What stands in a step of the history that was made by opening something. */
interface Step {
  opened?: boolean;
}

export class Address {
  readonly #store: PageStore;
  readonly #data: () => Dataset;
  readonly #toAnchor: (anchor: string) => void;
  #before: Readonly<State>;
  #timer = 0;
  /** Whether the step back was made because something was closed. */
  #closing = false;
  #applying = false;

  /** `toAnchor` shows a place of the report. */
  constructor(store: PageStore, data: () => Dataset, toAnchor: (anchor: string) => void) {
    this.#store = store;
    this.#data = data;
    this.#toAnchor = toAnchor;
    this.#before = store.state;
    store.subscribe((changed) => this.#changed(changed));
    window.addEventListener("popstate", () => this.#moved());
    window.addEventListener("pagehide", () => this.flush());
  }

  /** Writes what waits to be written. */
  flush(): void {
    if (this.#timer === 0) return;
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    this.#write(this.#store.state, "replace");
  }

  /** The address of the page as it is seen. */
  link(): string {
    this.flush();
    return window.location.href;
  }

  #changed(changed: Changed): void {
    const [before, after] = [this.#before, this.#store.state];
    this.#before = after;
    if (this.#applying || ![...changed].some((key) => key !== "selection" && key !== "verdicts")) return;
    const opened = (before.pair === null && after.pair !== null) || (before.image === null && after.image !== null);
    const closed = (before.pair !== null && after.pair === null) || (before.image !== null && after.image === null);
    if (opened || before.view !== after.view) {
      window.clearTimeout(this.#timer);
      if (this.#timer !== 0) this.#write(before, "replace");
      this.#timer = 0;
      this.#write(after, "push", opened ? { opened: true } : {});
    } else if (closed && (window.history.state as Step | null)?.opened && !this.#closing) {
      window.clearTimeout(this.#timer);
      this.#timer = 0;
      this.#closing = true;
      window.history.back();
    } else if (this.#timer === 0) this.#timer = window.setTimeout(() => this.flush(), DELAY);
  }

  #moved(): void {
    const fragment = window.location.hash.slice(1);
    if (this.#closing) {
      this.#closing = false;
      this.#write(this.#store.state, "replace");
      return;
    }
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    this.#applying = true;
    try {
      if (isAnchor(fragment)) {
        this.#store.set({ view: "report" });
        this.#toAnchor(fragment);
      } else {
        const state = read(fragment, this.#data());
        // Rows that were picked out are not in the address: a step back does not lose them.
        const { rows } = this.#store.state.filters;
        this.#store.set({ ...state, filters: { ...state.filters, rows } });
      }
    } finally {
      this.#applying = false;
    }
  }

  #write(state: Readonly<State>, how: "push" | "replace", step?: Step): void {
    const fragment = written(state, this.#data());
    const address = fragment === "" ? window.location.pathname + window.location.search : `#${fragment}`;
    const isSame = fragment !== "" && window.location.hash === address;
    if (how === "replace" && isSame) return;
    try {
      if (how === "push") window.history.pushState(step ?? {}, "", address);
      else window.history.replaceState(window.history.state, "", address);
    } catch {
      // Pages inside others, and too many writes at once: the address stays as it was.
    }
  }
}
