/** Images that are right and all images, by cluster, over any rows: with room that is made once and used again. */

import type { Interval, Row } from "../model.ts";
import { clusteredShare, wilson } from "./share.ts";

/** Where an image counts and where it is right, a bit per row of ranks. */
interface Bits {
  counts: Uint16Array;
  right: Uint16Array;
}

interface Found {
  n: number;
  right: number;
  interval: Interval | null;
}

export class Tally {
  /** Clusters of images; null where each image counts by itself. */
  readonly #cluster: Uint32Array | null;
  /** By cluster its place among those that were met, from 1; 0 for one that was not. */
  readonly #place: Uint32Array;
  readonly #met: Uint32Array;
  /** By cluster and rank, the ranks of a cluster side by side. */
  #right = new Uint32Array(0);
  #images = new Uint32Array(0);

  constructor(cluster: Uint32Array | null) {
    let most = -1;
    if (cluster) for (let row = 0; row < cluster.length; row++) most = Math.max(most, cluster[row]);
    const [dense, count] = cluster && most > 4 * cluster.length ? numbered(cluster) : [cluster, most + 1];
    this.#cluster = dense;
    this.#place = new Uint32Array(count);
    this.#met = new Uint32Array(cluster ? Math.min(count, cluster.length) : 0);
  }

  /** The same at one rank. */
  share(rows: ArrayLike<Row>, counts: Uint16Array, right: Uint16Array, rank: number): Found {
    return this.shares(rows, { counts, right }, [rank])[0];
  }

  /** At each of some ranks (by their bit): the rows that count, those of them that are right, and the interval of their share. */
  shares(rows: ArrayLike<Row>, bits: Bits, ranks: readonly number[]): Found[] {
    return this.#cluster ? this.#ofClusters(rows, bits, ranks, this.#cluster) : ranks.map((rank) => ofImages(rows, bits, rank));
  }

  #ofClusters(rows: ArrayLike<Row>, { counts, right }: Bits, ranks: readonly number[], cluster: Uint32Array): Found[] {
    const width = ranks.length;
    const room = this.#met.length * width;
    if (this.#images.length < room) [this.#right, this.#images] = [new Uint32Array(room), new Uint32Array(room)];
    const [rightOf, imagesOf, places, met] = [this.#right, this.#images, this.#place, this.#met];
    const [n, hits] = [ranks.map(() => 0), ranks.map(() => 0)];
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const counted = counts[row];
      const rightAt = right[row];
      if (counted === 0) continue;
      let place = places[cluster[row]];
      if (place === 0) {
        imagesOf.fill(0, count * width, (count + 1) * width);
        rightOf.fill(0, count * width, (count + 1) * width);
        met[count] = cluster[row];
        place = ++count;
        places[cluster[row]] = place;
      }
      const first = (place - 1) * width;
      for (let rank = 0; rank < width; rank++) {
        const one = (counted >>> ranks[rank]) & 1;
        const hit = (rightAt >>> ranks[rank]) & one;
        imagesOf[first + rank] += one;
        rightOf[first + rank] += hit;
        n[rank] += one;
        hits[rank] += hit;
      }
    }
    for (let i = 0; i < count; i++) places[met[i]] = 0;
    return ranks.map((_, rank) => ({
      n: n[rank],
      right: hits[rank],
      interval: clusteredShare({ count, right: rightOf, images: imagesOf, first: rank, step: width }),
    }));
  }
}

function ofImages(rows: ArrayLike<Row>, { counts, right }: Bits, rank: number): Found {
  let [n, hits] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const one = (counts[rows[i]] >>> rank) & 1;
    n += one;
    hits += (right[rows[i]] >>> rank) & one;
  }
  return { n, right: hits, interval: n > 0 ? wilson(hits / n, n) : null };
}

/** Clusters by the order in which they are met, where their numbers are far apart. */
function numbered(cluster: Uint32Array): [Uint32Array, number] {
  const known = new Map<number, number>();
  const dense = cluster.map((of) => {
    const place = known.get(of) ?? known.size;
    known.set(of, place);
    return place;
  });
  return [dense, known.size];
}
