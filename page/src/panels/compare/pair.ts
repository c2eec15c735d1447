/** Two runs that were compared, seen from the one that is looked at. */

import type { ComparedPair } from "../../format.ts";
import type { Dataset, Row, Run } from "../../model.ts";
import { isRight, isScored } from "../gallery/confusions.ts";

type Clade = ComparedPair["clades"][number];

/** The pair of two runs, with `run` as the first whatever the order in which they were compared; null where they were not. */
export function comparedPair(pairs: readonly ComparedPair[], run: number, other: number | null): ComparedPair | null {
  if (other === null || other === run) return null;
  const straight = pairs.find(({ first, second }) => first === run && second === other);
  if (straight) return straight;
  const turned = pairs.find(({ first, second }) => first === other && second === run);
  return turned ? mirrored(turned) : null;
}

/** The same comparison with the runs in each other's place. */
export function mirrored({ first, second, clades }: ComparedPair): ComparedPair {
  const turn = (clade: Clade): Clade => ({
    ...clade,
    only_first: clade.only_second,
    only_second: clade.only_first,
    difference: opposite(clade.difference),
    low: opposite(clade.high),
    high: opposite(clade.low),
  });
  return { first: second, second: first, clades: clades.map(turn) };
}

/** Without a zero that is less than nothing. */
function opposite(value: number): number {
  return value === 0 ? 0 : -value;
}

/** The clades that are shown: those in which the runs differ most often, by falling difference. */
export function shownClades(clades: readonly Clade[], most: number): Clade[] {
  const uneven = (clade: Clade) => Math.abs(clade.only_first - clade.only_second);
  const chosen = [...clades].sort((a, b) => uneven(b) - uneven(a) || a.taxon - b.taxon).slice(0, most);
  return chosen.sort((a, b) => b.difference - a.difference || a.taxon - b.taxon);
}

/** Rows by which of two runs is right. */
export interface Square {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
  /** Rows that one of the two does not score. */
  unscored: number;
}

export function square(data: Dataset, first: Run, second: Run, rows: ArrayLike<Row>): Square {
  const counts: Square = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0, unscored: 0 };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isScored(first, row) || !isScored(second, row)) counts.unscored += 1;
    else if (isRight(data, first, row)) counts[isRight(data, second, row) ? "both" : "onlyFirst"] += 1;
    else counts[isRight(data, second, row) ? "onlySecond" : "neither"] += 1;
  }
  return counts;
}
