/** What a person found on looking at images: kept in the browser under the names of the images and the taxonomy. */

import type { Dataset, Row, Verdict } from "../model.ts";

const VERDICTS: readonly Verdict[] = ["label_wrong", "model_wrong", "unusable", "synonym", "unsure", "none"];
const LONGEST_NOTE = 2000;

export interface Judged {
  verdict: Verdict;
  note: string;
}

const NOT_JUDGED: Judged = { verdict: "none", note: "" };

export function isVerdict(text: unknown): text is Verdict {
  return VERDICTS.includes(text as Verdict);
}

/** Where the browser keeps them. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export class Verdicts {
  readonly #shelf: Shelf | null;
  readonly #key: string;
  readonly #refused: () => void;
  /** By image name: what was judged here, and what the report was given with `--verdicts`. */
  #own = new Map<string, Judged>();
  #given = new Map<string, Judged>();
  #data: Dataset;
  /** Grows with each change. */
  version = 0;
  #said = false;

  /** `refused` is called once, where the browser does not keep anything. */
  constructor(data: Dataset, shelf: Shelf | null, refused: () => void) {
    this.#data = data;
    this.#shelf = shelf;
    this.#refused = refused;
    this.#key = shelfKey(data);
    this.#take(data);
    this.reload();
  }

  /** The verdicts that the report was given, on images that are there. */
  #take(data: Dataset): void {
    for (const { image, verdict, note } of data.format.verdicts) {
      if (image >= 0 && image < data.count && isVerdict(verdict)) this.#given.set(data.names[image], { verdict, note: String(note ?? "") });
    }
  }

  get key(): string {
    return this.#key;
  }

  /** Reads what is kept, for instance after another window of the same report has judged. */
  reload(): void {
    try {
      const text = this.#shelf?.getItem(this.#key) ?? null;
      if (text !== null) this.#own = kept(text);
      this.version += 1;
    } catch {
      // Said when something should be kept.
    }
  }

  of(row: Row): Judged {
    const name = this.#data.names[row];
    return this.#own.get(name) ?? this.#given.get(name) ?? NOT_JUDGED;
  }

  judge(row: Row, verdict: Verdict, note: string): void {
    const name = this.#data.names[row];
    if (name === undefined) return;
    const judged = { verdict, note: note.slice(0, LONGEST_NOTE) };
    // Taking back what the report was given has to be kept as well.
    if (verdict === "none" && judged.note === "" && !this.#given.has(name)) this.#own.delete(name);
    else this.#own.set(name, judged);
    this.version += 1;
    this.#keep();
  }

  judged(): ({ row: Row } & Judged)[] {
    if (this.#own.size + this.#given.size === 0) return [];
    const result = [];
    for (let row = 0; row < this.#data.count; row++) {
      const judged = this.of(row);
      if (judged.verdict !== "none" || judged.note !== "") result.push({ row, ...judged });
    }
    return result;
  }

  /** The same verdicts on a dataset that has further images. */
  extend(data: Dataset): void {
    this.#data = data;
    this.#take(data);
    this.version += 1;
  }

  #keep(): void {
    try {
      if (!this.#shelf) throw new Error("no shelf");
      this.#shelf.setItem(this.#key, JSON.stringify({ format: 1, verdicts: [...this.#own].map(([name, { verdict, note }]) => [name, verdict, note]) }));
    } catch {
      if (!this.#said) this.#refused();
      this.#said = true;
    }
  }
}

/** The browser's own, or null where it has none or forbids to ask. */
export function browserShelf(): Shelf | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Pages on the same images and taxonomy share their verdicts, whichever runs they are of and in whatever order. */
function shelfKey({ format, names }: Dataset): string {
  let [one, other] = [0, 0];
  for (const name of names) {
    const hash = fnv(name);
    one = (one + hash) | 0;
    other = (other + Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)) | 0;
  }
  const sum = [one, other].map((part) => (part >>> 0).toString(16)).join("");
  return `nearmiss.verdicts.${format.taxonomy.sha256.slice(0, 16)}-${format.images.total}-${sum}`;
}

/** FNV-1a of a text's units, 32 bits. */
function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return hash >>> 0;
}

/** What is readable of what was kept. */
function kept(text: string): Map<string, Judged> {
  const result = new Map<string, Judged>();
  let rows: unknown;
  try {
    rows = (JSON.parse(text) as { verdicts?: unknown } | null)?.verdicts;
  } catch {
    return result;
  }
  if (!Array.isArray(rows)) return result;
  for (const row of rows) {
    if (!Array.isArray(row) || typeof row[0] !== "string" || !isVerdict(row[1])) continue;
    result.set(row[0], { verdict: row[1], note: typeof row[2] === "string" ? row[2].slice(0, LONGEST_NOTE) : "" });
  }
  return result;
}
