/** What the panels work with: decoded data, the state, one linked selection. */

import type { ComparedPair, Format } from "./format.ts";

/** A taxon: its place in the arrays of the taxonomy. -1 is none. */
export type Taxon = number;
/** An image: its row in the columns. */
export type Row = number;
export type Language = "en" | "fr" | "es";

export interface Taxonomy {
  readonly count: number;
  parent(taxon: Taxon): Taxon;
  /** Scientific name; that of the root is "". */
  name(taxon: Taxon): string;
  /** Common name in a language, "" where there is none. */
  common(taxon: Taxon, language: Language): string;
  /** Name of the rank, "root" for the root. */
  rank(taxon: Taxon): string;
  id(taxon: Taxon): string;
  children(taxon: Taxon): readonly Taxon[];
  /** The clade of a taxon is `taxon` to `end(taxon)`, exclusive. */
  end(taxon: Taxon): number;
  contains(clade: Taxon, taxon: Taxon): boolean;
  lca(a: Taxon, b: Taxon): Taxon;
  /** From the taxon to the root. */
  lineage(taxon: Taxon): Taxon[];
  /** The taxon or its ancestor at a rank; -1 where there is none. */
  at(taxon: Taxon, rank: string): Taxon;
  /** Rung of the taxon on the ladder species 0 ... kingdom 6, root 7: of the nearest main rank at or above it. */
  rung(taxon: Taxon): number;
  /** Taxa by any name or id that holds the text, diacritics and case aside; best first, at most `most`. */
  search(text: string, most: number): Taxon[];
  /** Pages about the taxon. */
  links(taxon: Taxon): { site: string; address: string }[];
  /** Chance that a guess among what could be answered lies in the taxon; null where it is not known. */
  chance(taxon: Taxon): number | null;
}

/** Numbers per image of one run. -1 is none, not-a-number where there is no number. */
export interface Run {
  readonly name: string;
  readonly place: number;
  readonly whole: Format["runs"][number];
  answer: Int32Array;
  predicted: Int32Array;
  lca: Int32Array;
  /** Height of the error; -1 where not scored. */
  height: Int16Array;
  outcome: Uint8Array;
  cause: Uint8Array;
  /** 0 right, 1 acceptable, 2 wrong, 255 none. */
  flag: Uint8Array;
  probability: Float64Array;
  countsAt: Uint16Array;
  rightAt: Uint16Array;
  cost: Float64Array | null;
  summed: ({ taxon: Int32Array; probability: Float32Array } | null)[] | null;
  steps: { starts: Uint32Array; threshold: Float32Array; taxon: Int32Array } | null;
}

/** A column of few texts. */
export interface Words {
  name: string;
  values: readonly string[];
  column: Uint32Array;
}

export interface Dataset {
  readonly format: Format;
  readonly taxonomy: Taxonomy;
  readonly ranks: Format["ranks"];
  readonly runs: readonly Run[];
  /** Images that are loaded. */
  readonly count: number;
  readonly names: readonly string[];
  readonly truth: Int32Array;
  /** 0 a taxon, 1 missing, 2 outside the taxonomy. */
  readonly truthState: Uint8Array;
  readonly cluster: Uint32Array | null;
  readonly observation: Words | null;
  readonly groups: readonly Words[];
  readonly licence: Words | null;
  /** Address of the picture of an image; null where there is none. */
  picture(row: Row): string | null;
  readonly map: { image: Int32Array; maps: { kind: string; x: Float32Array; y: Float32Array; axes: [string, string] }[] } | null;
  readonly pairs: readonly ComparedPair[];
}

/** Which images are looked at. Everything that is null lets all through. */
export interface Filters {
  /** Wrong at this rank or above (its name): the image counts at the rank and the answer is not right there. */
  wrongAt: string | null;
  /** Heights of the error that are let through. */
  heights: number[] | null;
  truth: Taxon | null;
  answer: Taxon | null;
  /** Ends of the probability of the best answer, both inclusive; images without a probability are not let through. */
  probability: [number, number] | null;
  /** Values that are let through, by name of the column. */
  groups: Record<string, string[]>;
  flags: number[] | null;
  /** Names of causes and outcomes, as in the format. */
  causes: string[] | null;
  outcomes: string[] | null;
  licences: string[] | null;
  /** Verdicts of the triage; "none" for images without one. */
  verdicts: Verdict[] | null;
  /** Text that the image's name holds, case aside. */
  text: string | null;
  /** Rows of a lasso or of "which images change"; not kept in the address. */
  rows: { of: string; has: Set<Row> } | null;
  /** Compare: only images that exactly one run of the two gets right. */
  only: "first" | "second" | null;
}

export type Verdict = "label_wrong" | "model_wrong" | "unusable" | "synonym" | "unsure" | "none";

export type Tab = "gallery" | "list" | "matrix" | "threshold" | "map" | "compare";
export type Sorting = "harm" | "height" | "probability" | "name" | "cost" | "count";
export type Grouped = "confusion" | "observation" | "none";

export interface State {
  view: "workbench" | "report";
  language: Language;
  /** The run that is looked at, and the one it is held against. */
  run: number;
  other: number | null;
  filters: Filters;
  /** The taxon that the tree shows below. */
  root: Taxon;
  tab: Tab;
  sort: Sorting;
  grouped: Grouped;
  /** The open pair sheet: answer -1 is "all that the truth was taken for". */
  pair: { truth: Taxon; answer: Taxon } | null;
  /** The enlarged image. */
  image: Row | null;
  threshold: { by: string; value: number };
  map: { kind: string; colour: string; lasso: [number, number][] | null };
}

/** The selection's numbers. */
export interface Interval {
  low: number;
  high: number;
}
export interface Share {
  n: number;
  right: number;
  /** right / n; null without images. */
  share: number | null;
  interval: Interval | null;
}
export interface Summary {
  /** Images, and those of them that are scored. */
  images: number;
  scored: number;
  mistakes: number;
  meanHeight: number | null;
  severity: number | null;
  /** By row of ranks. */
  ranks: Share[];
  /** Scored images by height, from 0. */
  heights: number[];
}

export interface Store {
  readonly state: Readonly<State>;
  /** Rows that pass the filters, in the order of the data (the worst first). */
  readonly selection: Uint32Array;
  /** Rows that pass all filters but one: for the counts beside the choices of that filter. */
  without(filter: keyof Filters, group?: string): Uint32Array;
  set(change: Partial<State>): void;
  filter(change: Partial<Filters>): void;
  clearFilters(): void;
  /** Called after each change with the names of what changed; "selection" if the selection did. */
  subscribe(listener: (changed: ReadonlySet<keyof State | "selection" | "verdicts">) => void): () => void;
  /** Verdicts, kept in the browser. */
  verdict(row: Row): { verdict: Verdict; note: string };
  judge(row: Row, verdict: Verdict, note?: string): void;
  judged(): { row: Row; verdict: Verdict; note: string }[];
}

export interface Context {
  readonly data: Dataset;
  readonly store: Store;
  readonly language: Language;
  /** Text of a message in the page's language; `{name}` is replaced by the value. */
  t(key: string, values?: Record<string, string | number>): string;
  /** "1 image", "3 images" in the page's language and with the user's noun. */
  images(count: number): string;
  /** Name of a taxon: the scientific one, with the common one of the language in brackets where asked for. */
  taxon(taxon: Taxon, withCommon?: boolean): string;
  /** Name of a rank in the language. */
  rank(name: string): string;
  /** 0.834 as "83.4 %"; "–" for null and not-a-number. */
  percent(share: number | null): string;
  number(value: number | null, decimals?: number): string;
  /** The share right of rows at a row of ranks, with its interval. */
  share(rows: ArrayLike<Row>, rank: number, run?: Run): Share;
  summary(rows: ArrayLike<Row>, run?: Run): Summary;
  /** The run that is looked at. */
  run(): Run;
  /** Announces a sentence to screen readers. */
  say(sentence: string): void;
}

/** A part of the workbench. `update` is called after each change of the state that it may depend on, only while shown. */
export interface Panel {
  readonly element: HTMLElement;
  update(changed: ReadonlySet<keyof State | "selection" | "verdicts">): void;
}
export type MakePanel = (context: Context) => Panel;
