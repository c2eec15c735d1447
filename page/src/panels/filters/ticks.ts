/** The filters of ticks: what each can be ticked for, and how its ticks stand in the state. */

import type { Context, Filters, Verdict, Words } from "../../model.ts";
import { makeChoices, type Choice } from "./choices.ts";
import { allRows, countBytes, countHeights, countWords, isOn, rowsWithout, VERDICTS } from "./counting.ts";
import type { Section } from "./section.ts";

/** Rungs that an error can end on, by its height. */
const LADDER = ["species", "genus", "family", "order", "class", "phylum", "kingdom", "root"];
const FLAGS = ["right", "acceptable", "wrong"] as const;

export function makeHeights(context: Context): Section {
  const { data, store } = context;
  const run = context.run();
  const isLadder = data.format.height_unit === "rungs";
  const most = run.height.reduce((largest, height) => Math.max(largest, height), isLadder ? LADDER.length - 1 : 0);
  const label = (height: number): string => {
    if (height === 0) return `0 · ${context.t(betweenRungs(context) ? "filters.height_right_or_between" : "filters.height_right")}`;
    return isLadder && height < LADDER.length ? `${height} · ${context.rank(LADDER[height])}` : String(height);
  };
  const note = !isLadder ? context.t("filters.heights_edges") : truthsAboveSpecies(context) ? context.t("filters.heights_of_species") : undefined;
  return makeChoices(context, {
    title: context.t("filters.heights"),
    key: "heights",
    note,
    choices: Array.from({ length: most + 1 }, (_, height) => ({ code: height, label: label(height) })),
    isOn: () => isOn(store.state.filters, "heights"),
    ticked: () => new Set(store.state.filters.heights),
    tick: (codes) => store.filter({ heights: codes.size === 0 ? null : [...codes].sort((a, b) => a - b) }),
    count: () => countHeights(rowsWithout(store, "heights"), run.height, most + 1),
  });
}

/** Whether a mistake meets its truth before the next rung: its height is 0, and it is not right. */
function betweenRungs(context: Context): boolean {
  const { height, cause } = context.run();
  const right = context.data.format.causes.indexOf("right");
  return height.some((value, row) => value === 0 && cause[row] !== right);
}

/** Whether the heights of some images do not begin at the species. */
function truthsAboveSpecies(context: Context): boolean {
  const { taxonomy, truth } = context.data;
  const { height } = context.run();
  const known = new Map<number, boolean>();
  return truth.some((taxon, row) => {
    if (taxon < 0 || height[row] < 0) return false;
    let above = known.get(taxon);
    if (above === undefined) known.set(taxon, (above = taxonomy.rung(taxon) > 0));
    return above;
  });
}

export function makeFlags(context: Context): Section | null {
  const { store, data } = context;
  const { flag } = context.run();
  // Nothing is acceptable in a tree without ranks.
  const ranked = data.format.has_ranks;
  if (!flag.some((value) => value < FLAGS.length)) return null;
  return makeChoices(context, {
    title: context.t("filters.flags"),
    key: "flags",
    note: ranked ? context.t("filters.flags_note", { rank: context.rank(data.format.yellow_from) }) : undefined,
    choices: FLAGS.map((name, code) => ({ code, label: context.t(`flag.${name}`), swatch: `w-filters-${name}` })).filter(({ code }) => ranked || code !== 1),
    isOn: () => isOn(store.state.filters, "flags"),
    ticked: () => new Set(store.state.filters.flags),
    tick: (codes) => store.filter({ flags: codes.size === 0 ? null : [...codes].sort((a, b) => a - b) }),
    count: () => countBytes(rowsWithout(store, "flags"), flag, FLAGS.length),
  });
}

export function makeCauses(context: Context): Section | null {
  return makeNamed(context, "causes", context.run().cause, context.data.format.causes);
}

export function makeOutcomes(context: Context): Section | null {
  return makeNamed(context, "outcomes", context.run().outcome, context.data.format.outcomes);
}

/** Causes and outcomes: of the names in the format those that occur, if it is more than one. */
function makeNamed(context: Context, filter: "causes" | "outcomes", column: Uint8Array, names: readonly string[]): Section | null {
  const { data, store } = context;
  const all = countBytes(allRows(data), column, names.length);
  const label = (name: string): string => context.t(`${filter === "causes" ? "cause" : "outcome"}.${name}`);
  const choices = names.map((name, code) => ({ code, label: label(name) })).filter((choice) => all[choice.code] > 0);
  if (choices.length < 2) return null;
  return makeNames(context, { filter, names, choices, title: context.t(`filters.${filter}`), closed: filter === "outcomes" }, () =>
    countBytes(rowsWithout(store, filter), column, names.length),
  );
}

interface Names {
  filter: keyof Filters;
  group?: string;
  names: readonly string[];
  choices: readonly Choice[];
  title: string;
  closed?: boolean;
}

/** Choices whose ticks stand in the state by name. */
function makeNames(context: Context, of: Names, count: () => Uint32Array): Section {
  const { store } = context;
  const codes = new Map(of.names.map((name, code) => [name, code]));
  const chosen = (): readonly string[] => {
    const { filters } = store.state;
    if (of.group === undefined) return (filters[of.filter] as string[] | null) ?? [];
    return Object.hasOwn(filters.groups, of.group) ? filters.groups[of.group] : [];
  };
  return makeChoices(context, {
    title: of.title,
    key: of.group === undefined ? of.filter : `groups ${of.group}`,
    closed: of.closed,
    choices: of.choices,
    isOn: () => isOn(store.state.filters, of.filter, of.group),
    ticked: () => new Set(chosen().flatMap((name) => codes.get(name) ?? [])),
    tick: (ticked) => {
      const names = [...ticked].sort((a, b) => a - b).map((code) => of.names[code]);
      if (of.group === undefined) return store.filter({ [of.filter]: names.length === 0 ? null : names });
      // A null prototype: a column may be called "__proto__".
      const groups: Record<string, string[]> = Object.assign(Object.create(null), store.state.filters.groups);
      if (names.length === 0) delete groups[of.group];
      else groups[of.group] = names;
      store.filter({ groups });
    },
    count,
  });
}

/** A column of groups, or the licences: the most frequent values first. Images without a value have the value "". */
export function makeWords(context: Context, words: Words, filter: "groups" | "licences", closed: boolean): Section | null {
  const size = words.values.length;
  const names = words.values.includes("") ? words.values : [...words.values, ""];
  const blank = names.indexOf("");
  const count = (rows: Uint32Array): Uint32Array => {
    const counts = countWords(rows, words.column, size);
    if (blank < size) counts[blank] += counts[size];
    return counts;
  };
  const all = count(allRows(context.data));
  const empty = context.t("core.without");
  const choices = names
    .map((value, code) => ({ code, label: value === "" ? empty : value, foreign: value !== "" }))
    .filter((choice) => all[choice.code] > 0)
    .sort((a, b) => all[b.code] - all[a.code] || a.code - b.code);
  if (!choices.some((choice) => choice.foreign)) return null;
  const group = filter === "groups" ? words.name : undefined;
  const title = group === undefined ? context.t("filters.licences") : group === "" ? empty : group;
  return makeNames(context, { filter, group, names, choices, title, closed }, () => count(rowsWithout(context.store, filter, group)));
}

/** Verdicts of the triage. */
export function makeVerdicts(context: Context, codes: () => Uint8Array): Section {
  const { store } = context;
  return makeNames(
    context,
    {
      filter: "verdicts",
      names: VERDICTS,
      choices: VERDICTS.map((verdict: Verdict, code) => ({ code, label: context.t(`verdict.${verdict}`) })),
      title: context.t("filters.verdicts"),
    },
    () => countBytes(rowsWithout(store, "verdicts"), codes(), VERDICTS.length),
  );
}
