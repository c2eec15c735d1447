/** What the gallery, the list and the enlarged image call truths, answers and where they meet. */

import type { Context, Row, Taxon, Verdict } from "../../model.ts";
import { ANSWER_OUTSIDE, answerOf, isRight, NO_ANSWER, TRUTH_OUTSIDE, truthOf } from "../gallery/confusions.ts";

export interface Labels {
  /** Name of a taxon; that of the root is "root". */
  taxon(taxon: Taxon): string;
  /** The name, or what stands for none: see `confusions.ts`. */
  truth(truth: number): string;
  answer(answer: number): string;
  truthOf(row: Row): string;
  answerOf(row: Row): string;
  /** Where truth and answer meet, with the rank. */
  meets(row: Row): string;
  /** Height of the error; a dash where the image is not scored. */
  height(row: Row): string;
  /** Name of the flag; "" where the image has none. */
  flag(row: Row): string;
  cause(row: Row): string;
  verdict(verdict: Verdict): string;
  /** For people who do not see the picture. */
  picture(row: Row): string;
}

/** Names of the flags, which are also those of their colours. */
export const FLAGS = ["right", "acceptable", "wrong"] as const;

export function makeLabels(context: Context): Labels {
  const { data, t } = context;
  const taxon = (at: Taxon) => context.taxon(at, true);
  const truth = (at: number) => (at >= 0 ? taxon(at) : t(at === TRUTH_OUTSIDE ? "list.truth_outside" : "list.unknown"));
  const answer = (at: number) => (at >= 0 ? taxon(at) : t(NONE[at] ?? "list.none_in_taxonomy"));
  const truthName = (row: Row) => truth(truthOf(data, row));
  const answerName = (row: Row) => answer(answerOf(data, context.run(), row));
  return {
    taxon,
    truth,
    answer,
    truthOf: truthName,
    answerOf: answerName,
    meets(row) {
      const lca = context.run().lca[row];
      if (lca < 0) return "–";
      return lca === 0 ? context.taxon(lca) : t("list.taxon_of_rank", { taxon: context.taxon(lca), rank: context.rank(data.taxonomy.rank(lca)) });
    },
    height(row) {
      const height = context.run().height[row];
      return height < 0 ? "–" : context.number(height);
    },
    flag(row) {
      const flag = FLAGS[context.run().flag[row]];
      return flag === undefined ? "" : t(`flag.${flag}`);
    },
    cause(row) {
      const cause = data.format.causes[context.run().cause[row]] ?? "";
      return cause === "" ? "" : t(`cause.${cause}`);
    },
    verdict: (verdict) => (verdict === "none" ? "" : t(`verdict.${verdict}`)),
    picture(row) {
      const names = { truth: truthName(row), answer: answerName(row) };
      if (data.format.runs.length === 0) return t("list.picture_alone", names);
      if (isRight(data, context.run(), row)) return t("list.picture_right", names);
      return t(answerOf(data, context.run(), row) < 0 ? "list.picture_none" : "list.picture", names);
    },
  };
}

const NONE: Record<number, string> = { [NO_ANSWER]: "list.no_answer", [ANSWER_OUTSIDE]: "list.answer_outside" };
