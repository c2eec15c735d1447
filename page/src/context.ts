/** What every panel is given: data, texts and numbers in the page's language, the numbers of selections. */

import type { Context, Dataset, Language, Row, Run, Share, Store, Summary, Taxon } from "./model.ts";
import { message } from "./messages.ts";
import { Statistics } from "./statistics/summary.ts";

/** What stands where there is no number. */
const NOTHING = "–";
/** Between a number and its unit. */
const SPACE = "\u00a0";

export interface Around {
  data: Dataset;
  store: Store;
  language: Language;
  say(sentence: string): void;
  /** Kept where only the language changes. */
  statistics?: Statistics;
}

export function makeContext({ data, store, language, say, statistics = new Statistics(data) }: Around): Context {
  const numbers = formats(language);
  const t = (key: string, values?: Record<string, string | number>) => filled(textOf(language, key), values, numbers(0));
  const run = () => data.runs[store.state.run] ?? data.runs[0];
  const images = (count: number) => {
    const one = isOne(count, language);
    const { noun } = data.format;
    const word = noun ? (one ? noun.one : noun.many) : t(one ? "core.image.one" : "core.image.many");
    return `${numbers(0).format(count)}${SPACE}${word}`;
  };
  return {
    data,
    store,
    language,
    t,
    images,
    taxon(taxon: Taxon, withCommon = false): string {
      if (taxon < 0) return NOTHING;
      if (taxon === 0) return t("core.root");
      const common = withCommon ? data.taxonomy.common(taxon, language) : "";
      const name = data.taxonomy.name(taxon);
      return common === "" ? name : `${name} (${common})`;
    },
    rank: (name: string) => textOf(language, `rank.${name}`),
    percent: (share: number | null) => (share === null || Number.isNaN(share) ? NOTHING : `${numbers(1, 1).format(share * 100)}${SPACE}%`),
    number: (value: number | null, decimals?: number) =>
      value === null || !Number.isFinite(value) ? NOTHING : (decimals === undefined ? numbers(Number.isInteger(value) ? 0 : 2) : numbers(decimals, decimals)).format(value),
    share: (rows: ArrayLike<Row>, rank: number, of: Run = run()): Share => statistics.share(rows, rank, of),
    summary: (rows: ArrayLike<Row>, of: Run = run()): Summary => statistics.summary(rows, of),
    run,
    say,
  };
}

/** A message; of names of ranks, causes and outcomes that the page does not know the name itself. */
function textOf(language: Language, key: string): string {
  const open = /^(?:rank|cause|outcome)\.(.*)$/s.exec(key);
  if (!open) return message(language, key);
  try {
    return message(language, key);
  } catch {
    return open[1].replaceAll("_", " ");
  }
}

/** Puts values into `{name}`; what a value holds is not read again. */
function filled(text: string, values: Record<string, string | number> | undefined, whole: Intl.NumberFormat): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    if (!Object.hasOwn(values, name)) return place;
    const value = values[name];
    return typeof value === "number" && Number.isInteger(value) ? whole.format(value) : String(value);
  });
}

function isOne(count: number, language: Language): boolean {
  return language === "fr" ? Math.abs(count) < 2 : count === 1;
}

/** Formats are costly to make. */
function formats(language: Language): (most: number, least?: number) => Intl.NumberFormat {
  const known = new Map<string, Intl.NumberFormat>();
  return (most, least = 0) => {
    const key = `${least}-${most}`;
    let format = known.get(key);
    if (!format) known.set(key, (format = new Intl.NumberFormat(language, { minimumFractionDigits: least, maximumFractionDigits: most })));
    return format;
  };
}
