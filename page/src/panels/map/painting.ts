/** Discs written straight into the pixels of a canvas: 100 000 take some milliseconds. */

import { pixel, type Colour } from "./theme.ts";
import type { View } from "./view.ts";

export interface Painted {
  x: Float32Array;
  y: Float32Array;
  /** Points from the lowest to the topmost; the first `faint` of them step back. */
  order: Uint32Array;
  faint: number;
  /** Colour of each point by its category, in full and stepped back. */
  of: Uint8Array;
  full: Colour[];
  stepped: Colour[];
  back: Colour;
}

/** A disc of a radius in pixels: places around its middle, and how much of each it covers, of 256. */
export function disc(radius: number): { x: Int8Array; y: Int8Array; cover: Uint16Array } {
  const reach = Math.ceil(radius);
  const [x, y, cover]: number[][] = [[], [], []];
  for (let down = -reach; down <= reach; down++) {
    for (let right = -reach; right <= reach; right++) {
      const part = Math.min(Math.max(radius + 0.5 - Math.hypot(right, down), 0), 1);
      if (part < 0.05) continue;
      x.push(right);
      y.push(down);
      cover.push(Math.round(part * 256));
    }
  }
  return { x: Int8Array.from(x), y: Int8Array.from(y), cover: Uint16Array.from(cover) };
}

/** Radius of a disc in pixels of the page: smaller where there are many, growing a little with the zoom. */
export function radiusOf(count: number, zoom: number): number {
  const small = count > 30_000 ? 1.3 : count > 5_000 ? 1.8 : count > 800 ? 2.6 : 4;
  return Math.min(small * zoom ** 0.3, 7);
}

/** Paints all points; `ratio` is the number of pixels of the canvas for one of the page. */
export function paint(pixels: Uint32Array, width: number, height: number, what: Painted, view: View, ratio: number): void {
  pixels.fill(pixel(what.back));
  const { x, y, order, of } = what;
  const radius = Math.max(radiusOf(x.length, view.zoom) * ratio, 1);
  const mask = disc(radius);
  const reach = Math.ceil(radius);
  const offsets = Int32Array.from(mask.x, (right, at) => mask.y[at] * width + right);
  const scale = view.scale * ratio;
  const shift = { x: view.shift.x * ratio, y: view.shift.y * ratio };
  const [full, stepped] = [what.full.map(pixel), what.stepped.map(pixel)];
  for (let at = 0; at < order.length; at++) {
    const point = order[at];
    const left = Math.round(x[point] * scale + shift.x);
    const top = Math.round(shift.y - y[point] * scale);
    if (!(left >= -reach && left < width + reach && top >= -reach && top < height + reach)) continue;
    const colour = at < what.faint ? stepped[of[point]] : full[of[point]];
    if (left >= reach && left < width - reach && top >= reach && top < height - reach) {
      const middle = top * width + left;
      for (let part = 0; part < offsets.length; part++) blend(pixels, middle + offsets[part], colour, mask.cover[part]);
      continue;
    }
    for (let part = 0; part < offsets.length; part++) {
      const [right, down] = [left + mask.x[part], top + mask.y[part]];
      if (right >= 0 && right < width && down >= 0 && down < height) blend(pixels, down * width + right, colour, mask.cover[part]);
    }
  }
}

function blend(pixels: Uint32Array, at: number, colour: number, cover: number): void {
  if (cover === 256) {
    pixels[at] = colour;
    return;
  }
  const below = pixels[at];
  // Red and blue together, then green: what overflows falls between them.
  const rest = 256 - cover;
  const redBlue = (((colour & 0xff00ff) * cover + (below & 0xff00ff) * rest) >>> 8) & 0xff00ff;
  const green = (((colour & 0x00ff00) * cover + (below & 0x00ff00) * rest) >>> 8) & 0x00ff00;
  pixels[at] = (0xff000000 | redBlue | green) >>> 0;
}
