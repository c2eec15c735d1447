/** From data to the canvas and back: everything fits, zoomed in by wheel, never lost from sight. */

/** Pixels around what is shown as a whole. */
const PADDING = 18;
const MOST_ZOOM = 400;

export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** The box around the points that have a place. */
export function boxOf(x: Float32Array, y: Float32Array): Box {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let point = 0; point < x.length; point++) {
    if (!Number.isFinite(x[point]) || !Number.isFinite(y[point])) continue;
    box.left = Math.min(box.left, x[point]);
    box.right = Math.max(box.right, x[point]);
    box.bottom = Math.min(box.bottom, y[point]);
    box.top = Math.max(box.top, y[point]);
  }
  return box.left > box.right ? { left: -1, right: 1, bottom: -1, top: 1 } : box;
}

/** One scale for both axes: distances on the map are those of the data. */
export class View {
  zoom = 1;
  private width = 1;
  private height = 1;
  private x: number;
  private y: number;

  constructor(private readonly box: Box) {
    this.x = (box.left + box.right) / 2;
    this.y = (box.bottom + box.top) / 2;
  }

  resize(width: number, height: number): void {
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    this.clamp();
  }

  /** Pixels for one unit of the data. */
  get scale(): number {
    const { left, right, bottom, top } = this.box;
    const fits = (pixels: number, extent: number) => Math.max(pixels - 2 * PADDING, 1) / extent;
    const extent = Math.max(right - left, top - bottom);
    if (extent === 0) return this.zoom;
    const wide = right > left ? fits(this.width, right - left) : Infinity;
    const high = top > bottom ? fits(this.height, top - bottom) : Infinity;
    return Math.min(wide, high) * this.zoom;
  }

  /** Pixel = data · scale + shift; upwards is less. */
  get shift(): { x: number; y: number } {
    return { x: this.width / 2 - this.x * this.scale, y: this.height / 2 + this.y * this.scale };
  }

  toPixel(x: number, y: number): [number, number] {
    const { scale, shift } = this;
    return [x * scale + shift.x, shift.y - y * scale];
  }

  toData(x: number, y: number): [number, number] {
    const { scale, shift } = this;
    return [(x - shift.x) / scale, (shift.y - y) / scale];
  }

  /** Zooms so that what lies under a pixel stays there. */
  zoomAt(factor: number, x: number, y: number): void {
    const [dataX, dataY] = this.toData(x, y);
    this.zoom = Math.min(Math.max(this.zoom * factor, 1), MOST_ZOOM);
    const [toX, toY] = this.toPixel(dataX, dataY);
    this.pan(x - toX, y - toY);
  }

  zoomBy(factor: number): void {
    this.zoomAt(factor, this.width / 2, this.height / 2);
  }

  pan(x: number, y: number): void {
    this.x -= x / this.scale;
    this.y += y / this.scale;
    this.clamp();
  }

  reset(): void {
    this.zoom = 1;
    this.clamp();
  }

  /** Moves so that a point of the data is well in sight. */
  show(x: number, y: number): void {
    const [left, top] = this.toPixel(x, y);
    const beyond = (at: number, size: number) => (at < PADDING ? PADDING - at : at > size - PADDING ? size - PADDING - at : 0);
    this.pan(beyond(left, this.width), beyond(top, this.height));
  }

  private clamp(): void {
    const { left, right, bottom, top } = this.box;
    const { scale } = this;
    const held = (at: number, low: number, high: number, size: number) => {
      const middle = (low + high) / 2;
      const slack = Math.max(0, (high - low) / 2 - (size / 2 - PADDING) / scale);
      return Math.min(Math.max(at, middle - slack), middle + slack);
    };
    this.x = held(this.x, left, right, this.width);
    this.y = held(this.y, bottom, top, this.height);
  }
}
