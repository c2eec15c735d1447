/** Intervals of shares in which images may belong together, as in `statistics/share.ts`, from sums that are kept along while
 * images come in one by one: so each point of a curve has its interval without a pass over the images. */

import type { Interval } from "../../model.ts";
import { wilson } from "../../statistics/share.ts";

/** Sums over clusters of w², w m and m², where m of a cluster's images are in and w of these are wrong. */
export interface Moments {
  ww: number;
  wm: number;
  mm: number;
}

/** Keeps the moments while images come and go. */
export class Clusters implements Moments {
  ww = 0;
  wm = 0;
  mm = 0;
  private readonly wrong: Int32Array;
  private readonly images: Int32Array;

  /** `cluster` has numbers from 0 without gaps: see `numbered`. */
  constructor(private readonly cluster: Uint32Array) {
    let most = -1;
    for (let row = 0; row < cluster.length; row++) if (cluster[row] > most) most = cluster[row];
    this.wrong = new Int32Array(most + 1);
    this.images = new Int32Array(most + 1);
  }

  add(row: number, images: number, wrong: number): void {
    const cluster = this.cluster[row];
    const m = this.images[cluster];
    const w = this.wrong[cluster];
    const more = m + images;
    const worse = w + wrong;
    this.mm += more * more - m * m;
    this.wm += more * worse - m * w;
    this.ww += worse * worse - w * w;
    this.images[cluster] = more;
    this.wrong[cluster] = worse;
  }
}

/** Clusters numbered in the order in which they are met. */
export function numbered(cluster: Uint32Array): Uint32Array {
  const known = new Map<number, number>();
  return cluster.map((of) => {
    const place = known.get(of) ?? known.size;
    known.set(of, place);
    return place;
  });
}

/** The 95 % interval of a share of `wrong` among `images`: Wilson's on the effective number of images. Null without images. */
export function shareInterval(images: number, wrong: number, moments: Moments | null): Interval | null {
  if (images === 0) return null;
  return wilson(wrong / images, moments === null ? images : images / designEffect(images, wrong, moments));
}

function designEffect(images: number, wrong: number, { ww, wm, mm }: Moments): number {
  const typical = mm / images;
  const all = images + 2 * typical;
  // With one more cluster of typical weight that is wholly wrong and one that is wholly right, so that nothing vanishes.
  const share = (wrong + typical) / all;
  const spread = ww - 2 * share * wm + share * share * mm;
  const between = spread + (typical * (1 - share)) ** 2 + (typical * share) ** 2;
  const independent = share * (1 - share) * all;
  return Math.max(Math.min(between / independent, typical), 1);
}
