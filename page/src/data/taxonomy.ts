/** The tree of taxa in arrays: children after their parents, a clade is a range. */

import type { Format } from "../format.ts";
import type { Language, Taxon, Taxonomy } from "../model.ts";
import { folded } from "./folded.ts";
import { rungOf } from "./ladder.ts";
import { integers, texts } from "./unpack.ts";

const LANGUAGES: readonly Language[] = ["en", "fr", "es"];

/** What a taxon is found by: the surer kind first. */
const enum Kind {
  Name,
  Other,
  Common,
  Id,
}

/** All texts that taxa are found by, one after the other. */
interface Entries {
  text: string[];
  taxon: Int32Array;
  kind: Uint8Array;
}

interface Columns {
  parent: Int32Array;
  names: string[];
  rankNames: string[];
  rank: Int32Array;
  ids: string[];
  otherNames: string[];
  common: Partial<Record<string, string[]>>;
  candidates: Int32Array | null;
}

export async function readTaxonomy(taxa: Format["taxa"]): Promise<Taxonomy> {
  const languages = Object.keys(taxa.common);
  const [parent, names, rank, ids, otherNames, candidates, ...common] = await Promise.all([
    integers(taxa.parent),
    texts(taxa.name),
    integers(taxa.rank),
    texts(taxa.id),
    texts(taxa.other_names),
    taxa.candidates ? integers(taxa.candidates) : null,
    ...languages.map((language) => texts(taxa.common[language])),
  ]);
  const columns: Columns = { parent, names, rankNames: taxa.rank_names, rank, ids, otherNames, common: Object.fromEntries(languages.map((language, i) => [language, common[i]])), candidates };
  for (const column of [parent, names, rank, ids, otherNames, ...common]) {
    if (column.length !== taxa.count) throw new Error("a column of taxa has another length than there are taxa");
  }
  return new Tree(taxa, columns);
}

class Tree implements Taxonomy {
  readonly count: number;
  readonly #columns: Columns;
  readonly #ends: Int32Array;
  readonly #rungs: Int8Array;
  readonly #links: Format["taxa"]["links"];
  readonly #all: number | null;
  readonly #children = new Map<Taxon, readonly Taxon[]>();
  #entries: Entries | null = null;

  constructor(taxa: Format["taxa"], columns: Columns) {
    this.count = taxa.count;
    this.#columns = columns;
    this.#links = taxa.links;
    this.#all = taxa.candidate_count;
    const { parent } = columns;
    for (let taxon = 1; taxon < this.count; taxon++) {
      if (parent[taxon] < 0 || parent[taxon] >= taxon) throw new Error("a taxon stands before its parent");
    }
    this.#ends = new Int32Array(this.count);
    for (let taxon = this.count - 1; taxon >= 0; taxon--) {
      if (this.#ends[taxon] === 0) this.#ends[taxon] = taxon + 1;
      if (taxon > 0) this.#ends[parent[taxon]] = Math.max(this.#ends[parent[taxon]], this.#ends[taxon]);
    }
    this.#rungs = rungs(columns);
  }

  parent(taxon: Taxon): Taxon {
    return taxon <= 0 ? -1 : this.#columns.parent[taxon];
  }

  name(taxon: Taxon): string {
    return taxon <= 0 ? "" : (this.#columns.names[taxon] ?? "");
  }

  common(taxon: Taxon, language: Language): string {
    return Object.hasOwn(this.#columns.common, language) ? (this.#columns.common[language]?.[taxon] ?? "") : "";
  }

  rank(taxon: Taxon): string {
    return taxon === 0 ? "root" : (this.#columns.rankNames[this.#columns.rank[taxon]] ?? "unranked");
  }

  id(taxon: Taxon): string {
    return this.#columns.ids[taxon] ?? "";
  }

  children(taxon: Taxon): readonly Taxon[] {
    const known = this.#children.get(taxon);
    if (known) return known;
    const children: Taxon[] = [];
    for (let child = taxon + 1; child < this.end(taxon); child = this.#ends[child]) children.push(child);
    this.#children.set(taxon, children);
    return children;
  }

  end(taxon: Taxon): number {
    return taxon < 0 || taxon >= this.count ? taxon : this.#ends[taxon];
  }

  contains(clade: Taxon, taxon: Taxon): boolean {
    return clade >= 0 && taxon >= clade && taxon < this.#ends[clade];
  }

  lca(a: Taxon, b: Taxon): Taxon {
    if (a < 0 || b < 0) return -1;
    let taxon = a;
    while (taxon > 0 && !this.contains(taxon, b)) taxon = this.#columns.parent[taxon];
    return taxon;
  }

  lineage(taxon: Taxon): Taxon[] {
    const steps: Taxon[] = [];
    for (let step = taxon; step >= 0; step = this.parent(step)) steps.push(step);
    return steps;
  }

  at(taxon: Taxon, rank: string): Taxon {
    for (let step = taxon; step >= 0; step = this.parent(step)) if (this.rank(step) === rank) return step;
    return -1;
  }

  rung(taxon: Taxon): number {
    return taxon < 0 ? 7 : this.#rungs[taxon];
  }

  search(text: string, most: number): Taxon[] {
    const wanted = folded(text);
    if (wanted === "") return [];
    this.#entries ??= entries(this.count, this.#columns);
    const { text: all, taxon, kind } = this.#entries;
    /** By taxon the best place: how it meets the text, then what it is found by. */
    const best = new Map<Taxon, { place: number; length: number }>();
    for (let i = 0; i < all.length; i++) {
      const at = all[i].indexOf(wanted);
      if (at < 0) continue;
      const place = meeting(all[i], wanted, at) * 8 + kind[i];
      const known = best.get(taxon[i]);
      if (!known || place < known.place) best.set(taxon[i], { place, length: all[i].length });
    }
    const order = (a: [Taxon, { place: number; length: number }], b: [Taxon, { place: number; length: number }]) =>
      a[1].place - b[1].place || a[1].length - b[1].length || a[0] - b[0];
    return [...best].sort(order).slice(0, most).map(([found]) => found);
  }

  links(taxon: Taxon): { site: string; address: string }[] {
    if (taxon <= 0) return [];
    const found = [];
    for (const { site, template } of this.#links) {
      const address = addressOf(template, this.id(taxon), this.name(taxon));
      if (address !== null) found.push({ site, address });
    }
    return found;
  }

  chance(taxon: Taxon): number | null {
    const { candidates } = this.#columns;
    if (!candidates || !this.#all || taxon < 0 || taxon >= this.count || candidates[taxon] < 0) return null;
    return candidates[taxon] / this.#all;
  }
}

/** How a text meets what is searched: exact, at its start, at the start of a word, anywhere. */
function meeting(text: string, wanted: string, at: number): number {
  if (at === 0) return text.length === wanted.length ? 0 : 1;
  for (let place = at; place >= 0; place = text.indexOf(wanted, place + 1)) if (!/[\p{L}\p{N}]/u.test(text[place - 1])) return 2;
  return 3;
}

/** The address of a page about a taxon; null where the template needs what the taxon has not, or is no address of the web. */
function addressOf(template: string, id: string, name: string): string | null {
  if (!template.startsWith("https://")) return null;
  if ((template.includes("{id}") && id === "") || (template.includes("{name}") && name === "")) return null;
  try {
    const parts: Record<string, string> = { "{id}": encodeURIComponent(id), "{name}": encodeURIComponent(name) };
    const address = template.replace(/\{(?:id|name)\}/g, (part) => parts[part]);
    return new URL(address).protocol === "https:" ? address : null;
  } catch {
    // Half of a surrogate pair has no encoding.
    return null;
  }
}

/** A taxon without a place in the order takes the rung of its parent, and none stands above its parent. */
function rungs({ parent, rank, rankNames }: Columns): Int8Array {
  const byRank = rankNames.map(rungOf);
  const result = new Int8Array(parent.length);
  result[0] = 7;
  for (let taxon = 1; taxon < parent.length; taxon++) {
    const above = result[parent[taxon]];
    result[taxon] = Math.min(byRank[rank[taxon]] ?? above, above);
  }
  return result;
}

function entries(count: number, { names, otherNames, common, ids }: Columns): Entries {
  const [text, taxon, kind]: [string[], number[], number[]] = [[], [], []];
  const add = (of: Taxon, value: string, what: Kind) => {
    if (value === "") return;
    text.push(folded(value));
    taxon.push(of);
    kind.push(what);
  };
  const languages = LANGUAGES.map((language) => (Object.hasOwn(common, language) ? common[language] : undefined));
  for (let of = 1; of < count; of++) {
    add(of, names[of], Kind.Name);
    if (otherNames[of] !== "") for (const other of otherNames[of].split("\n")) add(of, other, Kind.Other);
    for (const column of languages) if (column) add(of, column[of], Kind.Common);
    add(of, ids[of], Kind.Id);
  }
  return { text, taxon: Int32Array.from(taxon), kind: Uint8Array.from(kind) };
}
