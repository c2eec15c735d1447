/** Numbers of a comparison as texts. */

import type { ComparedPair } from "../../format.ts";
import type { Context } from "../../model.ts";

export type Clade = ComparedPair["clades"][number];

/** A difference of shares in percentage points, with its sign. */
export function points(context: Context, difference: number, decimals = 1): string {
  if (Number.isNaN(difference)) return "–";
  const text = context.number(Math.abs(difference) * 100, decimals);
  const size = Number((Math.abs(difference) * 100).toFixed(decimals));
  return size === 0 ? text : `${difference < 0 ? "−" : "+"}${text}`;
}

/** Below this a p is not told more exactly. */
const LEAST = 0.001;

export function pValue(context: Context, p: number): string {
  if (Number.isNaN(p)) return "–";
  return p < LEAST ? context.t("compare.below", { p: context.number(LEAST, 3) }) : context.number(p, 3);
}

/** What a line says of its clade. */
export function values(context: Context, clade: Clade): Record<"n" | "a" | "b" | "p" | "difference" | "low" | "high", string> {
  return {
    n: context.number(clade.images, 0),
    a: context.number(clade.only_first, 0),
    b: context.number(clade.only_second, 0),
    p: pValue(context, clade.adjusted),
    difference: points(context, clade.difference),
    low: points(context, clade.low),
    high: points(context, clade.high),
  };
}
