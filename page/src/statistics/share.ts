/** Intervals of shares, as the program computes them (its `numbers/interval/share`, `numbers/statistics/proportion`). */

import type { Interval } from "../model.ts";

/** The 0.975 quantile of the normal distribution. */
const Z = 1.959963984540054;

/** The 95 % interval of a share that was seen in a number of trials above 0, which need not be whole (Wilson 1927). */
export function wilson(share: number, trials: number): Interval {
  const square = Z * Z;
  const scale = 1 + square / trials;
  const centre = (share + square / (2 * trials)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials * trials))) / scale;
  // At 0 and 1 an end of the interval is exactly the estimate; rounding must not pass it.
  const low = share <= 0 ? 0 : Math.min(Math.max(centre - half, 0), share);
  const high = share >= 1 ? 1 : Math.max(Math.min(centre + half, 1), share);
  return { low, high };
}

/** Images that are right and all images of some clusters, cluster by cluster: the first at `first`, the others `step` further on. */
export interface Clusters {
  /** How many there are; those without images do not count. */
  count: number;
  right: ArrayLike<number>;
  images: ArrayLike<number>;
  first?: number;
  step?: number;
}

/**
 * The interval of the share of images that are right, where images of a cluster belong together; null without images.
 *
 * Wilson's interval on n* trials: n* is the number of images over the design effect, the variance of the share between clusters
 * over that of independent images, both taken with one more cluster of typical weight that is wholly right and one that is wholly
 * wrong. The design effect lies between 1 and the typical weight Σ w² / Σ w (Kish 1965, Korn & Graubard 1998, Agresti & Coull 1998).
 */
export function clusteredShare({ count, right, images, first = 0, step = 1 }: Clusters): Interval | null {
  const end = first + count * step;
  let [weight, sum, squares] = [0, 0, 0];
  for (let at = first; at < end; at += step) {
    weight += images[at];
    sum += right[at];
    squares += images[at] * images[at];
  }
  if (weight === 0) return null;
  const typical = squares / weight;
  const all = weight + 2 * typical;
  const withTwo = (sum + typical) / all;
  const spread = exactSpread({ count, right, images, first, step }, withTwo);
  const between = spread + (typical * (1 - withTwo)) ** 2 + (typical * withTwo) ** 2;
  const independent = withTwo * (1 - withTwo) * all;
  const designEffect = Math.max(Math.min(between / independent, typical), 1);
  return wilson(sum / weight, weight / designEffect);
}

/** Σ over clusters of (right − share · images)², with what rounding loses added at the end (Neumaier 1974). */
function exactSpread({ count, right, images, first, step }: Required<Clusters>, share: number): number {
  const end = first + count * step;
  let [sum, lost] = [0, 0];
  for (let at = first; at < end; at += step) {
    const distance = right[at] - share * images[at];
    const term = distance * distance;
    const next = sum + term;
    lost += sum >= term ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}
