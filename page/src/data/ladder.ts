/** Ranks on the ladder of heights: species 0, genus 1, … kingdom 6, root 7. */

/** All ranks in their order, the root first; a rank between two rungs takes that of the nearest main rank above. */
export const RANKS = [
  "root", "domain", "realm", "superkingdom", "kingdom", "subkingdom", "infrakingdom", "superphylum", "phylum", "subphylum", "infraphylum",
  "superclass", "class", "subclass", "infraclass", "superorder", "order", "suborder", "infraorder", "parvorder", "superfamily", "family",
  "subfamily", "supertribe", "tribe", "subtribe", "genus", "subgenus", "section", "series", "complex", "species", "subspecies", "variety",
  "subvariety", "form", "cultivar",
] as const;

const MAIN = new Set(["kingdom", "phylum", "class", "order", "family", "genus", "species"]);

const RUNGS = new Map<string, number>();
let rung = 7;
for (const rank of RANKS) {
  if (MAIN.has(rank)) rung -= 1;
  RUNGS.set(rank, rung);
}

/** Rung of a rank; null for one that has no place in the order. */
export function rungOf(rank: string): number | null {
  return RUNGS.get(rank) ?? null;
}
