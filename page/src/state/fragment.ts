/** The state in the address after `#`: short, and read as if anybody had written it. Taxa, images, runs and values are written as
 * their place with a check of the name, so that a report that has changed does not restore another one. */

import type { Dataset, Filters, Grouped, Language, Row, Sorting, State, Tab, Taxon, Verdict, Words } from "../model.ts";
import { initialState, noFilters } from "./initial.ts";
import { isVerdict } from "./verdicts.ts";

const TABS: readonly Tab[] = ["gallery", "list", "matrix", "threshold", "map", "compare"];
const SORTINGS: readonly Sorting[] = ["harm", "height", "probability", "name", "cost", "count"];
const GROUPED: readonly Grouped[] = ["confusion", "observation", "none"];
const LANGUAGES: readonly Language[] = ["en", "fr", "es"];

const LONGEST_TEXT = 200;
const MOST_POINTS = 200;
/** Values of one filter, and pairs of the fragment. */
const MOST_VALUES = 500;

/** The fragment of a state, without `#`: only what differs from how the page opens. `language` is always written where it is not the
 * report's. */
export function written(state: Readonly<State>, data: Dataset): string {
  const first = initialState(data);
  const pairs: [string, string][] = [];
  const put = (key: string, value: string | null | undefined) => {
    if (value !== null && value !== undefined && value !== "") pairs.push([key, value]);
  };
  if (state.view === "report") put("v", "report");
  if (state.language !== first.language) put("l", state.language);
  if (state.run !== first.run) put("r", checked(state.run, data.runs[state.run]?.name));
  if (state.other !== first.other) put("o", state.other === null ? "no" : checked(state.other, data.runs[state.other]?.name));
  if (state.tab !== first.tab) put("t", state.tab);
  if (state.sort !== first.sort) put("s", state.sort);
  if (state.grouped !== first.grouped) put("g", state.grouped);
  if (state.root > 0) put("z", taxonOf(state.root, data));
  if (state.pair) put("p", `${taxonOf(state.pair.truth, data)}-${taxonOf(state.pair.answer, data)}`);
  if (state.image !== null) put("i", checked(state.image, data.names[state.image]));
  const { by, value } = state.threshold;
  if (by !== first.threshold.by || value !== first.threshold.value) put("h", `${encoded(by)}:${short(value)}`);
  const { kind, colour, lasso } = state.map;
  if (kind !== first.map.kind) put("mk", encoded(kind));
  if (colour !== first.map.colour) put("mc", encoded(colour));
  if (lasso && lasso.length > 2) put("ml", thinned(lasso).map(([x, y]) => `${short(x)},${short(y)}`).join(";"));
  writtenFilters(state.filters, data, put);
  return pairs.map(([key, text]) => `${key}=${text}`).join("&");
}

function writtenFilters(filters: Filters, data: Dataset, put: (key: string, value: string | null | undefined) => void): void {
  put("fw", filters.wrongAt);
  put("fh", filters.heights?.join("."));
  if (filters.truth !== null) put("ft", taxonOf(filters.truth, data));
  if (filters.answer !== null) put("fa", taxonOf(filters.answer, data));
  put("fp", filters.probability?.map(short).join("~"));
  put("ff", filters.flags?.join("."));
  put("fc", filters.causes?.join("."));
  put("fo", filters.outcomes?.join("."));
  put("fv", filters.verdicts?.join("."));
  put("fn", filters.text === null ? null : encoded(filters.text.slice(0, LONGEST_TEXT)));
  put("fx", filters.only);
  if (filters.licences && data.licence) put("fl", valuesOf(filters.licences, data.licence));
  for (const [name, values] of Object.entries(filters.groups)) {
    const place = data.groups.findIndex((group) => group.name === name);
    if (place >= 0) put("fg", `${place}:${valuesOf(values, data.groups[place])}`);
  }
}

/** The state that a fragment (with or without `#`) describes; what it does not say, or says wrongly, is as the page opens. A fragment
 * that is a place of the report, `section-…`, shows the report. */
export function read(fragment: string, data: Dataset): State {
  const state = initialState(data);
  const text = fragment.replace(/^#/, "");
  if (text === "") return state;
  if (isAnchor(text)) return { ...state, view: "report" };
  const pairs = new Map<string, string[]>();
  for (const part of text.split("&").slice(0, MOST_VALUES)) {
    const at = part.indexOf("=");
    if (at > 0) pairs.set(part.slice(0, at), [...(pairs.get(part.slice(0, at)) ?? []), part.slice(at + 1)]);
  }
  const get = (key: string) => pairs.get(key)?.[0];
  state.view = get("v") === "report" ? "report" : "workbench";
  state.language = oneOf(get("l"), LANGUAGES) ?? state.language;
  const runs = (place: number) => data.runs[place]?.name;
  state.run = readChecked(get("r"), data.runs.length, runs) ?? state.run;
  state.other = get("o") === "no" ? null : (readChecked(get("o"), data.runs.length, runs) ?? state.other);
  state.tab = oneOf(get("t"), TABS) ?? state.tab;
  state.sort = oneOf(get("s"), SORTINGS) ?? state.sort;
  state.grouped = oneOf(get("g"), GROUPED) ?? state.grouped;
  state.root = readTaxon(get("z"), data) ?? 0;
  state.pair = readPair(get("p"), data);
  state.image = readImage(get("i"), data);
  state.threshold = readThreshold(get("h")) ?? state.threshold;
  state.map = readMap(get, data, state.map);
  state.filters = readFilters(get, pairs.get("fg") ?? [], data);
  return state;
}

/** Whether a fragment is the name of a place in the report, and no state. */
export function isAnchor(fragment: string): boolean {
  return !fragment.includes("=") && fragment !== "" && fragment !== "workbench";
}

function readFilters(get: (key: string) => string | undefined, groups: readonly string[], data: Dataset): Filters {
  const filters = noFilters();
  const { format } = data;
  filters.wrongAt = oneOf(get("fw"), format.ranks.map(({ name }) => name));
  filters.heights = readNumbers(get("fh"), 0, 64);
  filters.truth = readTaxon(get("ft"), data);
  filters.answer = readTaxon(get("fa"), data);
  filters.probability = readInterval(get("fp"));
  filters.flags = readNumbers(get("ff"), 0, 2);
  filters.causes = someOf(get("fc"), format.causes);
  filters.outcomes = someOf(get("fo"), format.outcomes);
  const verdicts = (get("fv") ?? "").split(".").filter((text): text is Verdict => isVerdict(text));
  filters.verdicts = verdicts.length > 0 ? [...new Set(verdicts)] : null;
  filters.text = decoded(get("fn"), LONGEST_TEXT);
  filters.only = data.runs.length > 1 ? oneOf(get("fx"), ["first", "second"] as const) : null;
  if (data.licence) filters.licences = readValues(get("fl"), data.licence);
  for (const group of groups) {
    const at = group.indexOf(":");
    const words = data.groups[wholeNumber(group.slice(0, at)) ?? -1];
    const values = words ? readValues(group.slice(at + 1), words) : null;
    // Defined, not assigned: a column may be called `__proto__`.
    if (values) Object.defineProperty(filters.groups, words.name, { value: values, enumerable: true, configurable: true, writable: true });
  }
  return filters;
}

function readPair(text: string | undefined, data: Dataset): State["pair"] {
  const [truth, answer] = (text ?? "").split("-").map((part) => (part === "any" ? -1 : readTaxon(part, data)));
  if (truth === null || truth === undefined || answer === null || answer === undefined || (truth < 0 && answer < 0)) return null;
  return { truth, answer };
}

function readImage(text: string | undefined, data: Dataset): Row | null {
  return readChecked(text, data.count, (row) => data.names[row]);
}

function readThreshold(text: string | undefined): State["threshold"] | null {
  const [by, value] = (text ?? "").split(":");
  const [name, number] = [decoded(by, 60) ?? "", readNumber(value, 0, 1)];
  return number === null ? null : { by: name, value: number };
}

function readMap(get: (key: string) => string | undefined, data: Dataset, first: State["map"]): State["map"] {
  if (!data.map) return first;
  const kind = oneOf(decoded(get("mk"), 60) ?? undefined, data.map.maps.map((map) => map.kind)) ?? first.kind;
  const points = (get("ml") ?? "")
    .split(";")
    .slice(0, MOST_POINTS)
    .map((point) => point.split(",").map((text) => readNumber(text, -1e12, 1e12)));
  const lasso = points.filter((point): point is [number, number] => point.length === 2 && point[0] !== null && point[1] !== null);
  return { kind, colour: decoded(get("mc"), 200) ?? first.colour, lasso: lasso.length > 2 ? lasso : null };
}

function taxonOf(taxon: Taxon, data: Dataset): string {
  return taxon < 0 ? "any" : checked(taxon, data.taxonomy.name(taxon));
}

function readTaxon(text: string | undefined, data: Dataset): Taxon | null {
  return readChecked(text, data.taxonomy.count, (taxon) => data.taxonomy.name(taxon));
}

/** A place and the check of what stands there. */
function checked(place: number, name: string | undefined): string {
  return `${place}.${check(name ?? "")}`;
}

function readChecked(text: string | undefined, count: number, name: (place: number) => string | undefined): number | null {
  const [place, sum] = (text ?? "").split(".");
  const number = wholeNumber(place);
  if (number === null || number >= count) return null;
  const found = name(number);
  return found !== undefined && check(found) === sum ? number : null;
}

/** Places of values, and the check of all of them. */
function valuesOf(values: readonly string[], words: Words): string | null {
  const places = values.map((value) => words.values.indexOf(value)).slice(0, MOST_VALUES);
  if (places.length === 0) return null;
  // Without a value: "n".
  return `${places.map((place) => (place < 0 ? "n" : place)).join(".")}.${check(places.map((place) => words.values[place] ?? "").join("\n"))}`;
}

function readValues(text: string | undefined, words: Words): string[] | null {
  const parts = (text ?? "").split(".");
  const sum = parts.pop();
  if (parts.length === 0) return null;
  const values = parts.slice(0, MOST_VALUES).map((part) => (part === "n" ? "" : words.values[wholeNumber(part) ?? -1]));
  if (values.some((value) => value === undefined) || check(values.join("\n")) !== sum) return null;
  return [...new Set(values)];
}

/** Four letters that tell most texts apart (FNV-1a). */
export function check(text: string): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return ((sum >>> 0) % 1679616).toString(36).padStart(4, "0");
}

function oneOf<T extends string>(text: string | undefined, values: readonly T[]): T | null {
  return values.includes(text as T) ? (text as T) : null;
}

function someOf(text: string | undefined, values: readonly string[]): string[] | null {
  const known = [...new Set((text ?? "").split("."))].filter((value) => values.includes(value));
  return known.length > 0 ? known : null;
}

function readNumbers(text: string | undefined, low: number, high: number): number[] | null {
  const numbers = (text ?? "").split(".").map(wholeNumber).filter((number): number is number => number !== null && number >= low && number <= high);
  return numbers.length > 0 ? [...new Set(numbers)].sort((a, b) => a - b) : null;
}

function readInterval(text: string | undefined): [number, number] | null {
  const [low, high] = (text ?? "").split("~").map((end) => readNumber(end, 0, 1));
  return low === null || high === null || low === undefined || high === undefined || low > high ? null : [low, high];
}

function readNumber(text: string | undefined, low: number, high: number): number | null {
  if (text === undefined || !/^-?\d{1,15}(\.\d{1,17})?(e[+-]?\d{1,3})?$/.test(text)) return null;
  return Math.min(Math.max(Number(text), low), high);
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** A number of at most four digits that count. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "0";
}

/** Every n-th point, so that no address becomes too long. */
function thinned(points: readonly [number, number][]): readonly [number, number][] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return step <= 1 ? points : points.filter((_, i) => i % step === 0);
}

function encoded(text: string): string {
  // Half of a surrogate pair has no encoding.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

function decoded(text: string | undefined, longest: number): string | null {
  if (text === undefined) return null;
  try {
    const whole = decodeURIComponent(text).slice(0, longest);
    return whole === "" ? null : whole;
  } catch {
    return null;
  }
}
