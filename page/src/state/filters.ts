/** From filters to rows: each filter that is set becomes a column of bytes, 1 where it holds an image back. An image is selected
 * where no filter holds it back; what all filters but one let through needs no second reading of the data. */

import type { Dataset, Filters, Row, Run, State, Verdict, Words } from "../model.ts";
import { NO_WORD } from "../data/unpack.ts";

/** What a filter needs to know beside its own value. */
export interface Surroundings {
  data: Dataset;
  run: Run;
  /** The run that it is held against. */
  other: Run | null;
  verdict(row: Row): Verdict;
}

/** Writes 1 where an image is held back into a column of zeros. */
type Hold = (held: Uint8Array) => void;

/** Rows of each filter, and how many filters hold an image back. */
export class Selector {
  readonly #around: () => Surroundings;
  /** By name of the filter (of a group column `groups` and its name, see `keyOf`). */
  readonly #held = new Map<string, { made: string; rows: unknown; held: Uint8Array }>();
  #count: Uint16Array = new Uint16Array(0);
  #known = new Map<string, Uint32Array>();
  #folded: { names: readonly string[]; lower: string[] } | null = null;

  constructor(around: () => Surroundings) {
    this.#around = around;
  }

  /** Makes the columns of filters that changed; whether the selection may be another one. */
  apply(filters: Filters, state: Pick<State, "run" | "other">, verdicts: number): boolean {
    const around = this.#around();
    const length = around.data.count;
    let changed = false;
    if (this.#count.length !== length) {
      this.#count = new Uint16Array(length);
      this.#held.clear();
      changed = true;
    }
    const wanted = new Map(this.#wanted(filters, around));
    for (const key of [...this.#held.keys()]) {
      if (wanted.has(key)) continue;
      this.#add(key, -1);
      this.#held.delete(key);
      changed = true;
    }
    for (const [key, { value, depends, hold, rows }] of wanted) {
      const made = JSON.stringify([value, depends === "run" ? state.run : depends === "runs" ? [state.run, state.other] : depends === "verdicts" ? verdicts : 0]);
      const known = this.#held.get(key);
      if (known && known.made === made && known.rows === rows) continue;
      if (known) this.#add(key, -1);
      const held = known ? known.held.fill(0) : new Uint8Array(length);
      hold(held);
      this.#held.set(key, { made, rows, held });
      this.#add(key, 1);
      changed = true;
    }
    if (changed) this.#known.clear();
    return changed;
  }

  /** Rows that no filter holds back, but for one that does not count. */
  rows(without?: string): Uint32Array {
    const key = without !== undefined && this.#held.has(without) ? without : "";
    const known = this.#known.get(key);
    if (known) return known;
    const count = this.#count;
    const rows = new Uint32Array(count.length);
    let kept = 0;
    const held = key === "" ? null : (this.#held.get(key)?.held ?? null);
    if (held) {
      for (let row = 0; row < count.length; row++) if (count[row] === held[row]) rows[kept++] = row;
    } else {
      for (let row = 0; row < count.length; row++) if (count[row] === 0) rows[kept++] = row;
    }
    const result = kept === rows.length ? rows : rows.slice(0, kept);
    this.#known.set(key, result);
    return result;
  }

  #add(key: string, by: number): void {
    const held = this.#held.get(key)?.held;
    const count = this.#count;
    if (held) for (let row = 0; row < count.length; row++) count[row] += by * held[row];
  }

  /** The filters that are set. */
  *#wanted(filters: Filters, around: Surroundings): Generator<[string, Wanted]> {
    const { data, run } = around;
    if (filters.flags) yield ["flags", { value: filters.flags, depends: "run", hold: oneOfBytes(run.flag, filters.flags) }];
    if (filters.heights) yield ["heights", { value: filters.heights, depends: "run", hold: heights(run.height, filters.heights) }];
    if (filters.wrongAt !== null) {
      const rank = data.ranks.findIndex(({ name }) => name === filters.wrongAt);
      yield ["wrongAt", { value: filters.wrongAt, depends: "run", hold: wrongAt(run, rank) }];
    }
    if (filters.causes) {
      yield ["causes", { value: filters.causes, depends: "run", hold: oneOfBytes(run.cause, placesOf(data.format.causes, filters.causes)) }];
    }
    if (filters.outcomes) {
      yield ["outcomes", { value: filters.outcomes, depends: "run", hold: oneOfBytes(run.outcome, placesOf(data.format.outcomes, filters.outcomes)) }];
    }
    if (filters.truth !== null) yield ["truth", { value: filters.truth, depends: "none", hold: clade(data, data.truth, filters.truth) }];
    if (filters.answer !== null) yield ["answer", { value: filters.answer, depends: "run", hold: clade(data, run.answer, filters.answer) }];
    if (filters.probability) yield ["probability", { value: filters.probability, depends: "run", hold: between(run.probability, filters.probability) }];
    for (const [name, values] of Object.entries(filters.groups)) {
      const words = data.groups.find((group) => group.name === name);
      if (words) yield [keyOf("groups", name), { value: values, depends: "none", hold: oneOfWords(words, values) }];
    }
    if (filters.licences && data.licence) {
      yield ["licences", { value: filters.licences, depends: "none", hold: oneOfWords(data.licence, filters.licences) }];
    }
    if (filters.only && around.other) {
      const [right, wrong] = filters.only === "first" ? [run, around.other] : [around.other, run];
      yield ["only", { value: filters.only, depends: "runs", hold: only(right.outcome, wrong.outcome, placesOf(data.format.outcomes, ["right", "wrong"])) }];
    }
    if (filters.verdicts) {
      yield ["verdicts", { value: filters.verdicts, depends: "verdicts", hold: verdicts(around, filters.verdicts) }];
    }
    if (filters.rows) yield ["rows", { value: filters.rows.of, depends: "none", rows: filters.rows.has, hold: inSet(filters.rows.has) }];
    if (filters.text !== null && filters.text !== "") {
      yield ["text", { value: filters.text, depends: "none", hold: holding(this.#lower(data.names), filters.text.toLowerCase()) }];
    }
  }

  /** Names in lower case, made once. */
  #lower(names: readonly string[]): () => string[] {
    return () => {
      if (this.#folded?.names !== names) this.#folded = { names, lower: names.map((name) => name.toLowerCase()) };
      return this.#folded.lower;
    };
  }
}

interface Wanted {
  value: unknown;
  /** What it depends on beside its value. */
  depends: "none" | "run" | "runs" | "verdicts";
  /** Compared by identity. */
  rows?: unknown;
  hold: Hold;
}

/** Name under which the column of a filter is kept. */
export function keyOf(filter: keyof Filters, group?: string): string {
  return filter === "groups" ? `groups:${group ?? ""}` : filter;
}

function placesOf(names: readonly string[], wanted: readonly string[]): number[] {
  return wanted.map((name) => names.indexOf(name)).filter((place) => place >= 0);
}

function oneOfBytes(column: Uint8Array, wanted: readonly number[]): Hold {
  const holds = new Uint8Array(256).fill(1);
  for (const value of wanted) holds[value & 255] = 0;
  return (held) => {
    for (let row = 0; row < held.length; row++) held[row] = holds[column[row]];
  };
}

function heights(column: Int16Array, wanted: readonly number[]): Hold {
  const most = wanted.reduce((a, b) => Math.max(a, b), 0);
  const passes = new Uint8Array(Math.min(most, 32767) + 1);
  for (const height of wanted) if (height >= 0 && height < passes.length) passes[height] = 1;
  return (held) => {
    for (let row = 0; row < held.length; row++) {
      const height = column[row];
      held[row] = height >= 0 && height < passes.length && passes[height] === 1 ? 0 : 1;
    }
  };
}

/** A rank that the report has no row for is one at which nothing counts. */
function wrongAt({ countsAt, rightAt }: Run, rank: number): Hold {
  return (held) => {
    for (let row = 0; row < held.length; row++) held[row] = rank < 0 ? 1 : 1 - ((countsAt[row] >>> rank) & ~(rightAt[row] >>> rank) & 1);
  };
}

function clade({ taxonomy }: Dataset, column: Int32Array, of: number): Hold {
  const end = taxonomy.end(of);
  return (held) => {
    for (let row = 0; row < held.length; row++) held[row] = column[row] >= of && column[row] < end ? 0 : 1;
  };
}

function between(column: Float64Array, [low, high]: readonly [number, number]): Hold {
  return (held) => {
    // Not-a-number is in no interval.
    for (let row = 0; row < held.length; row++) held[row] = column[row] >= low && column[row] <= high ? 0 : 1;
  };
}

/** Images without a value have the value "" for filters. */
function oneOfWords({ values, column }: Words, wanted: readonly string[]): Hold {
  const has = new Set(wanted);
  const holds = Uint8Array.from(values, (value) => (has.has(value) ? 0 : 1));
  const without = has.has("") ? 0 : 1;
  return (held) => {
    for (let row = 0; row < held.length; row++) held[row] = column[row] === NO_WORD || column[row] >= holds.length ? without : holds[column[row]];
  };
}

/** By what became of the image, which trees without ranks have as well. */
function only(of: Uint8Array, against: Uint8Array, [right, wrong]: readonly number[]): Hold {
  return (held) => {
    for (let row = 0; row < held.length; row++) held[row] = of[row] === right && against[row] === wrong ? 0 : 1;
  };
}

function verdicts({ verdict }: Surroundings, wanted: readonly Verdict[]): Hold {
  const has = new Set(wanted);
  return (held) => {
    for (let row = 0; row < held.length; row++) held[row] = has.has(verdict(row)) ? 0 : 1;
  };
}

function inSet(rows: ReadonlySet<Row>): Hold {
  return (held) => {
    held.fill(1);
    for (const row of rows) if (row >= 0 && row < held.length) held[row] = 0;
  };
}

function holding(names: () => string[], text: string): Hold {
  return (held) => {
    const all = names();
    for (let row = 0; row < held.length; row++) held[row] = all[row].includes(text) ? 0 : 1;
  };
}
