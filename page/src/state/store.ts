/** The state, the selection that follows from it, and who is told. */

import type { Dataset, Filters, Row, State, Store, Verdict } from "../model.ts";
import { Selector, keyOf } from "./filters.ts";
import { initialState, noFilters } from "./initial.ts";
import { Verdicts, type Shelf } from "./verdicts.ts";

export type Changed = ReadonlySet<keyof State | "selection" | "verdicts">;

export class PageStore implements Store {
  #data: Dataset;
  #state: State;
  #selection: Uint32Array;
  readonly #selector: Selector;
  readonly #verdicts: Verdicts;
  readonly #listeners = new Set<(changed: Changed) => void>();

  constructor(data: Dataset, state: State = initialState(data), shelf: Shelf | null = null, refused: () => void = () => {}) {
    this.#data = data;
    this.#state = state;
    this.#verdicts = new Verdicts(data, shelf, refused);
    this.#selector = new Selector(() => ({
      data: this.#data,
      run: this.#data.runs[this.#state.run] ?? this.#data.runs[0],
      other: this.#state.other === null ? null : (this.#data.runs[this.#state.other] ?? null),
      verdict: (row) => this.#verdicts.of(row).verdict,
    }));
    this.#apply();
    this.#selection = this.#selector.rows();
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  get selection(): Uint32Array {
    return this.#selection;
  }

  without(filter: keyof Filters, group?: string): Uint32Array {
    return this.#selector.rows(keyOf(filter, group));
  }

  set(change: Partial<State>): void {
    const changed = new Set<keyof State | "selection" | "verdicts">();
    const next = { ...this.#state };
    for (const key of Object.keys(change) as (keyof State)[]) {
      if (change[key] === undefined || same(this.#state[key], change[key])) continue;
      Object.assign(next, { [key]: change[key] });
      changed.add(key);
    }
    if (changed.size === 0) return;
    this.#state = next;
    this.#select(changed);
    this.#tell(changed);
  }

  filter(change: Partial<Filters>): void {
    this.set({ filters: { ...this.#state.filters, ...change } });
  }

  clearFilters(): void {
    this.set({ filters: noFilters() });
  }

  subscribe(listener: (changed: Changed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  verdict(row: Row): { verdict: Verdict; note: string } {
    return this.#verdicts.of(row);
  }

  judge(row: Row, verdict: Verdict, note?: string): void {
    this.#verdicts.judge(row, verdict, note ?? this.#verdicts.of(row).note);
    this.#verdictsChanged();
  }

  judged(): { row: Row; verdict: Verdict; note: string }[] {
    return this.#verdicts.judged();
  }

  /** Where verdicts are kept: for windows that are told of changes in another one. */
  get shelfKey(): string {
    return this.#verdicts.key;
  }

  reloadVerdicts(): void {
    this.#verdicts.reload();
    this.#verdictsChanged();
  }

  /** The same state on a dataset that has further images. */
  extend(data: Dataset): void {
    this.#data = data;
    this.#verdicts.extend(data);
    const changed = new Set<keyof State | "selection" | "verdicts">();
    this.#select(changed);
    this.#tell(changed);
  }

  #verdictsChanged(): void {
    const changed = new Set<keyof State | "selection" | "verdicts">(["verdicts"]);
    this.#select(changed);
    this.#tell(changed);
  }

  #apply(): boolean {
    return this.#selector.apply(this.#state.filters, this.#state, this.#verdicts.version);
  }

  #select(changed: Set<keyof State | "selection" | "verdicts">): void {
    if (!this.#apply()) return;
    this.#selection = this.#selector.rows();
    changed.add("selection");
  }

  #tell(changed: Changed): void {
    for (const listener of [...this.#listeners]) listener(changed);
  }
}

/** Whether two values of the state say the same. Sets of rows are compared by identity. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Set || b instanceof Set || Array.isArray(a) !== Array.isArray(b)) return false;
  const [ofA, ofB] = [Object.keys(a), Object.keys(b)];
  return ofA.length === ofB.length && ofA.every((key) => Object.hasOwn(b, key) && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}
