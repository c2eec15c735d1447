/** What becomes of an answer, as `Outcome::of` in `src/scores/outcome.rs` has it. */

import { RANKS } from "../../data/ladder.ts";
import type { Taxon, Taxonomy } from "../../model.ts";

const MAIN = new Set(["kingdom", "phylum", "class", "order", "family", "genus", "species"]);
/** Places of the ranks in their order; what is not here has none. */
const PLACES = new Map<string, number>(RANKS.map((name, place) => [name, place]));

/** Answers held against truths, in one taxonomy. */
export class Outcomes {
  /** Edges from the root. */
  readonly depth: Uint16Array;
  /** Place of the rank in the order; -1 for what has none. */
  private readonly rank: Int8Array;
  private readonly main: Uint8Array;

  constructor(
    readonly taxonomy: Taxonomy,
    private readonly rungs: boolean,
  ) {
    const count = taxonomy.count;
    this.depth = new Uint16Array(count);
    this.rank = new Int8Array(count);
    this.main = new Uint8Array(count);
    for (let taxon = 0; taxon < count; taxon++) {
      const parent = taxonomy.parent(taxon);
      this.depth[taxon] = parent < 0 ? 0 : this.depth[parent] + 1;
      const rank = taxonomy.rank(taxon);
      this.rank[taxon] = PLACES.get(rank) ?? -1;
      this.main[taxon] = MAIN.has(rank) ? 1 : 0;
    }
  }

  /** The answer as it is scored: never deeper than the truth's rank. */
  predicted(truth: Taxon, answer: Taxon): Taxon {
    const { taxonomy, rank } = this;
    if (taxonomy.contains(truth, answer)) return truth;
    const own = rank[truth];
    if (own < 0) return this.first(answer, (step) => this.depth[step] <= this.depth[truth]);
    const same = taxonomy.at(answer, RANKS[own]);
    if (same >= 0) return same;
    const named = this.first(answer, (step) => rank[step] >= 0);
    if (rank[named] < own) return answer;
    return this.first(answer, (step) => this.main[step] === 1 && rank[step] < own);
  }

  /** Whether an answer as it is scored is the truth or lies above it. */
  correct(truth: Taxon, predicted: Taxon): boolean {
    return this.taxonomy.contains(predicted, truth);
  }

  /** Height of the error: rungs from the truth up to where both meet; edges in a tree without ranks. */
  height(truth: Taxon, predicted: Taxon): number {
    const lca = this.taxonomy.lca(truth, predicted);
    if (!this.rungs) return this.depth[truth] - this.depth[lca];
    return Math.max(this.taxonomy.rung(lca) - this.taxonomy.rung(truth), 0);
  }

  /** The first of the taxon and its ancestors that holds; the root where none does. */
  private first(taxon: Taxon, holds: (step: Taxon) => boolean): Taxon {
    for (let step = taxon; step > 0; step = this.taxonomy.parent(step)) if (holds(step)) return step;
    return 0;
  }
}
