/** Which points have which colour, and what the colours mean. */

import { NO_WORD } from "../../data/unpack.ts";
import type { Context, Dataset, Taxon, Verdict } from "../../model.ts";
import { grey, heights, hues, MOST } from "./palette.ts";
import type { Colour, Theme } from "./theme.ts";

export interface Category {
  label: string;
  colour: Colour;
  /** Whether it stands for "the others" and the like: drawn below the rest. */
  rest: boolean;
}

export interface Colouring {
  categories: Category[];
  /** Category of each point. */
  of: Uint8Array;
}

/** What points can be coloured by, as in the state: `rank:family`, `flag`, `height`, `verdict`, `group:site`. */
export function colours(data: Dataset): string[] {
  const scored = data.format.runs.length > 0;
  const ranks = data.ranks.filter(({ given }) => !given).map(({ name }) => `rank:${name}`);
  return [...ranks, ...(scored ? ["flag", "height", "verdict"] : []), ...data.groups.map(({ name }) => `group:${name}`)];
}

/** The colour of the state; else the finest rank that has a colour for each taxon; else the first there is. */
export function colourOf(data: Dataset, all: readonly string[], colour: string, points: Int32Array): string {
  if (all.includes(colour)) return colour;
  const ranks = all.filter((each) => each.startsWith("rank:"));
  const few = ranks.filter((each) => {
    const taxa = new Set(taxaOf(data, each.slice(5), points));
    taxa.delete(-1);
    return taxa.size > 1 && taxa.size <= MOST;
  });
  return few[few.length - 1] ?? ranks[0] ?? all[0] ?? "";
}

export function colouring(context: Context, colour: string, points: Int32Array, theme: Theme): Colouring {
  if (colour.startsWith("rank:")) return byRank(context, colour.slice(5), points, theme);
  if (colour.startsWith("group:")) return byGroup(context, colour.slice(6), points, theme);
  if (colour === "height") return byHeight(context, points, theme);
  if (colour === "verdict") return byVerdict(context, points, theme);
  if (colour === "flag") return byFlag(context, points, theme);
  return { categories: [{ label: context.t("map.withoutValue"), colour: grey(theme.dark), rest: true }], of: new Uint8Array(points.length) };
}

/** The truth of each point at a rank; -1 where it has none. */
function taxaOf({ taxonomy, truth }: Dataset, rank: string, points: Int32Array): Int32Array {
  const known = new Int32Array(taxonomy.count).fill(-2);
  return points.map((row) => {
    const taxon = row < 0 || row >= truth.length ? -1 : truth[row];
    if (taxon < 0) return -1;
    if (known[taxon] === -2) known[taxon] = taxonomy.at(taxon, rank);
    return known[taxon];
  });
}

/** The most frequent values get colours, in their own order; the others are grey. */
export function ranked(values: Int32Array, count: number): { shown: number[]; others: number } {
  const frequency = new Uint32Array(count);
  for (let point = 0; point < values.length; point++) if (values[point] >= 0) frequency[values[point]] += 1;
  const met: number[] = [];
  for (let value = 0; value < count; value++) if (frequency[value] > 0) met.push(value);
  const shown = [...met].sort((a, b) => frequency[b] - frequency[a] || a - b).slice(0, MOST);
  // Taxa are numbered along the tree: neighbours get neighbouring hues.
  return { shown: shown.sort((a, b) => a - b), others: met.length - shown.length };
}

function byFrequency(context: Context, values: Int32Array, count: number, labels: { of: (value: number) => string; none: string }, theme: Theme): Colouring {
  const { shown, others } = ranked(values, count);
  const palette = hues(shown.length, theme.dark);
  const categories: Category[] = shown.map((value, place) => ({ label: labels.of(value), colour: palette[place], rest: false }));
  const place = new Uint8Array(count).fill(shown.length);
  shown.forEach((value, at) => (place[value] = at));
  const without = shown.length + (others > 0 ? 1 : 0);
  let isWithout = false;
  const of = Uint8Array.from(values, (value) => {
    if (value >= 0) return place[value];
    isWithout = true;
    return without;
  });
  if (others > 0) categories.push({ label: context.t("map.others", { n: others }), colour: grey(theme.dark), rest: true });
  if (isWithout) categories.push({ label: labels.none, colour: theme.none, rest: true });
  return { categories, of };
}

function byRank(context: Context, rank: string, points: Int32Array, theme: Theme): Colouring {
  const { data } = context;
  const labels = { of: (taxon: Taxon) => context.taxon(taxon, true), none: context.t("map.withoutTaxon") };
  return byFrequency(context, taxaOf(data, rank, points), data.taxonomy.count, labels, theme);
}

function byGroup(context: Context, name: string, points: Int32Array, theme: Theme): Colouring {
  const words = context.data.groups.find((group) => group.name === name)!;
  // Colours follow the alphabet, in which numbers stand by their size.
  const order = words.values.map((_, place) => place).sort((a, b) => words.values[a].localeCompare(words.values[b], context.language, { numeric: true }));
  const at = new Int32Array(order.length);
  order.forEach((place, sorted) => (at[place] = sorted));
  const values = points.map((row) => {
    const word = row < 0 || row >= words.column.length ? NO_WORD : words.column[row];
    return word >= order.length || words.values[word] === "" ? -1 : at[word];
  });
  return byFrequency(context, values, order.length, { of: (value) => words.values[order[value]], none: context.t("map.withoutValue") }, theme);
}

/** Categories of which the last stands for what has none; those without points are left out of the legend by their count. */
function fixed(labels: string[], palette: Colour[], last: string, theme: Theme, of: Uint8Array): Colouring {
  const categories = labels.map((label, place): Category => ({ label, colour: palette[place], rest: false }));
  categories.push({ label: last, colour: theme.none, rest: true });
  return { categories, of };
}

function byFlag(context: Context, points: Int32Array, theme: Theme): Colouring {
  const { flag } = context.run();
  const of = Uint8Array.from(points, (row) => Math.min(flag[row] ?? 3, 3));
  const labels = ["flag.right", "flag.acceptable", "flag.wrong"].map((key) => context.t(key));
  return fixed(labels, [theme.right, theme.acceptable, theme.wrong], context.t("flag.none"), theme, of);
}

function byHeight(context: Context, points: Int32Array, theme: Theme): Colouring {
  const { height } = context.run();
  const of = Uint8Array.from(points, (row) => ((height[row] ?? -1) < 0 ? 8 : Math.min(height[row], 7)));
  const edges = context.data.format.height_unit === "edges";
  const label = (n: number) => context.t(n === 0 ? "map.heightRight" : n === 7 && edges ? "map.heightMore" : "map.height", { n });
  return fixed(Array.from({ length: 8 }, (_, n) => label(n)), heights(theme.dark), context.t("flag.none"), theme, of);
}

function byVerdict(context: Context, points: Int32Array, theme: Theme): Colouring {
  const verdicts: Verdict[] = ["label_wrong", "model_wrong", "unusable", "synonym", "unsure"];
  const judged = new Uint8Array(context.data.count).fill(verdicts.length);
  for (const { row, verdict } of context.store.judged()) {
    const place = verdicts.indexOf(verdict);
    if (place >= 0) judged[row] = place;
  }
  const of = Uint8Array.from(points, (row) => judged[row] ?? verdicts.length);
  const labels = verdicts.map((verdict) => context.t(`verdict.${verdict}`));
  return fixed(labels, hues(verdicts.length, theme.dark), context.t("verdict.none"), { ...theme, none: grey(theme.dark) }, of);
}
