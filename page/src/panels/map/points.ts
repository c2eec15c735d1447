/** Points of a map: which is nearest, which lie in a lasso, which is the next in a direction. */

import { polygonContains } from "d3-polygon";
import { quadtree, type Quadtree } from "d3-quadtree";
import type { Row } from "../../model.ts";

export class Points {
  private tree: Quadtree<number> | null = null;
  /** Points that have no place on this map. */
  readonly missing: number;

  constructor(
    readonly x: Float32Array,
    readonly y: Float32Array,
    /** Image of each point. */
    readonly rows: Int32Array,
  ) {
    let missing = 0;
    for (let point = 0; point < x.length; point++) if (!this.isPlaced(point)) missing += 1;
    this.missing = missing;
  }

  isPlaced(point: number): boolean {
    return Number.isFinite(this.x[point]) && Number.isFinite(this.y[point]);
  }

  /** The point nearest to a place, within a distance; -1 where there is none. */
  nearest(x: number, y: number, within: number): number {
    return this.index().find(x, y, within) ?? -1;
  }

  /** Made when it is first needed, or before that when there is time. */
  index(): Quadtree<number> {
    if (this.tree !== null) return this.tree;
    const placed: number[] = [];
    // Of points in one place the one that is put in last is found: the first, which is painted on top.
    for (let point = this.x.length - 1; point >= 0; point--) if (this.isPlaced(point)) placed.push(point);
    this.tree = quadtree<number>()
      .x((point) => this.x[point])
      .y((point) => this.y[point])
      .addAll(placed);
    return this.tree;
  }

  /** Images in a polygon. */
  inside(polygon: readonly [number, number][]): Set<Row> {
    const found = new Set<Row>();
    if (polygon.length < 3) return found;
    const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
    const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const ring = polygon as [number, number][];
    const at: [number, number] = [0, 0];
    for (let point = 0; point < this.x.length; point++) {
      const [x, y] = [this.x[point], this.y[point]];
      if (!(x >= left && x <= right && y >= bottom && y <= top) || this.rows[point] < 0) continue;
      at[0] = x;
      at[1] = y;
      if (polygonContains(ring, at)) found.add(this.rows[point]);
    }
    return found;
  }

  /** Images of the points nearest to a point, itself among them, of those that pass; of equally near ones the first. */
  around(point: number, count: number, passes: (point: number) => boolean): Set<Row> {
    const near: number[] = [];
    for (let other = 0; other < this.x.length; other++) if (this.isPlaced(other) && this.rows[other] >= 0 && passes(other)) near.push(other);
    const distances = Float64Array.from(near, (other) => (this.x[other] - this.x[point]) ** 2 + (this.y[other] - this.y[point]) ** 2);
    const limit = Float64Array.from(distances).sort()[Math.min(count, near.length) - 1] ?? -1;
    const found = new Set<Row>();
    for (const equal of [false, true]) {
      for (let at = 0; at < near.length && found.size < count; at++) {
        if (equal ? distances[at] === limit : distances[at] < limit) found.add(this.rows[near[at]]);
      }
    }
    return found;
  }

  /** The point nearest to a place of those that pass, however far; -1 where there is none. */
  closest(x: number, y: number, passes: (point: number) => boolean): number {
    let [best, least] = [-1, Infinity];
    for (let point = 0; point < this.x.length; point++) {
      const distance = (this.x[point] - x) ** 2 + (this.y[point] - y) ** 2;
      if (distance < least && passes(point)) [best, least] = [point, distance];
    }
    return best;
  }

  /** The next point in a direction (of length 1, upwards positive) that passes: near, and not far aside. -1 where there is none. */
  next(from: number, direction: readonly [number, number], passes: (point: number) => boolean): number {
    let [best, least] = [-1, Infinity];
    for (let point = 0; point < this.x.length; point++) {
      const [x, y] = [this.x[point] - this.x[from], this.y[point] - this.y[from]];
      const along = x * direction[0] + y * direction[1];
      const aside = Math.abs(x * direction[1] - y * direction[0]);
      // Within 45 degrees; what lies aside counts double.
      if (!(along > 0 && aside <= along)) continue;
      const distance = along + 2 * aside;
      if (distance < least && passes(point)) [best, least] = [point, distance];
    }
    return best;
  }
}

/** A lasso with fewer corners: those that lie nearer to each other than a distance are one, and no more than `most`. */
export function simplified(polygon: readonly [number, number][], distance: number, most = 150): [number, number][] {
  const kept: [number, number][] = [];
  for (const corner of polygon) {
    const last = kept[kept.length - 1];
    if (last === undefined || Math.hypot(corner[0] - last[0], corner[1] - last[1]) >= distance) kept.push(corner);
  }
  return kept.length <= most ? kept : simplified(kept, distance * 1.5, most);
}
