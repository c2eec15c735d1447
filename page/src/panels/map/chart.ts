/** The canvas of the map: points below, lasso and cursor above, and what pointer and keys do on it. */

import { h, replace } from "../../dom.ts";
import type { Colour, Theme } from "./theme.ts";
import { css } from "./theme.ts";
import { listen } from "./gestures.ts";
import { paint, radiusOf, type Painted } from "./painting.ts";
import type { Points } from "./points.ts";
import { boxOf, View } from "./view.ts";

/** Pixels within which a point is meant. */
const NEAR = 12;

export interface ChartEvents {
  /** A point is pointed at: its number, and where it lies in the window. */
  point(point: number, at: { x: number; y: number }): void;
  /** Nothing is pointed at any more; `now` where what was has moved away. */
  leave(now: boolean): void;
  open(point: number): void;
  /** The cursor has come to a point. */
  cursor(point: number, at: { x: number; y: number }): void;
  /** A lasso is drawn, in data coordinates. */
  lasso(polygon: [number, number][], pixel: number): void;
  /** Whether the keyboard's cursor may go to a point. */
  reachable(point: number): boolean;
  cancel(): void;
}

export class Chart {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** The point of the cursor, and that of the image which is enlarged; -1 for none. */
  cursor = -1;
  marked = -1;
  /** The lasso that holds, in data coordinates. */
  lasso: readonly [number, number][] | null = null;
  private readonly above: HTMLCanvasElement;
  private draft: [number, number][] = [];
  private drawing = false;
  private view = new View({ left: -1, right: 1, bottom: -1, top: 1 });
  private points: Points | null = null;
  private painted: Painted | null = null;
  private theme: Theme | null = null;
  private image: ImageData | null = null;
  private pixels = new Uint32Array();
  private width = 0;
  private height = 0;
  private frame = 0;
  private hovering = 0;
  /** The point that is pointed at; -1 for none. */
  private pointed = -1;
  private isStale = false;

  constructor(
    label: { role: string; description: string },
    private readonly on: ChartEvents,
  ) {
    this.canvas = h("canvas", { class: "w-map-canvas", tabindex: 0, role: "application", "aria-roledescription": label.role, "aria-describedby": label.description });
    this.above = h("canvas", { class: "w-map-above", "aria-hidden": "true" });
    this.element = h("div", { class: "w-map-place" }, this.canvas, this.above);
    this.gestures();
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("blur", () => this.leave(true));
    if (typeof ResizeObserver !== "undefined") new ResizeObserver(() => this.resize()).observe(this.element);
  }

  /** Another map: everything is shown again. */
  show(points: Points): void {
    this.points = points;
    this.view = new View(boxOf(points.x, points.y));
    this.cursor = -1;
    this.width = 0;
    this.resize();
    // So that the first hover does not wait.
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => points.index());
  }

  paint(painted: Painted, theme: Theme): void {
    this.painted = painted;
    this.theme = theme;
    this.draw(true);
  }

  setDrawing(drawing: boolean): void {
    this.drawing = drawing;
    this.canvas.classList.toggle("w-map-drawing", drawing);
    this.touch();
  }

  zoomBy(factor: number): void {
    this.view.zoomBy(factor);
    this.moved();
  }

  reset(): void {
    this.view.reset();
    this.moved();
  }

  /** Draws in the next frame; the points only where they have changed. */
  draw(points: boolean): void {
    this.isStale ||= points;
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.isStale) this.drawPoints();
      this.isStale = false;
      this.drawAbove();
    });
  }

  /** Where a point lies in the window. */
  placeOf(point: number): { x: number; y: number } {
    const { left, top } = this.canvas.getBoundingClientRect();
    const [x, y] = this.view.toPixel(this.points!.x[point], this.points!.y[point]);
    return { x: left + x, y: top + y };
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0 || (width === this.width && height === this.height && this.canvas.width === Math.round(width * ratio()))) return;
    [this.width, this.height] = [width, height];
    for (const canvas of [this.canvas, this.above]) {
      canvas.width = Math.round(width * ratio());
      canvas.height = Math.round(height * ratio());
    }
    this.image = null;
    this.view.resize(width, height);
    this.moved();
  }

  private leave(now: boolean): void {
    this.pointed = -1;
    this.on.leave(now);
  }

  private moved(): void {
    this.leave(true);
    this.touch();
    this.draw(true);
  }

  /** Where there is nothing to move on the map, a finger scrolls the page. */
  private touch(): void {
    this.canvas.style.touchAction = this.drawing || this.view.zoom > 1 ? "none" : "pan-y";
  }

  private drawPoints(): void {
    const context = this.canvas.getContext("2d", { alpha: false });
    if (context === null || this.painted === null || this.width === 0) return;
    if (this.image === null) {
      this.image = context.createImageData(this.canvas.width, this.canvas.height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    paint(this.pixels, this.canvas.width, this.canvas.height, this.painted, this.view, ratio());
    context.putImageData(this.image, 0, 0);
  }

  private drawAbove(): void {
    const context = this.above.getContext("2d");
    if (context === null || this.theme === null || this.points === null) return;
    context.setTransform(ratio(), 0, 0, ratio(), 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const held = this.draft.length > 0 ? this.draft : this.lasso;
    if (held !== null && held.length > 1) {
      context.beginPath();
      for (const [x, y] of held) context.lineTo(...this.view.toPixel(x, y));
      context.closePath();
      context.fillStyle = css(this.theme.accent);
      context.globalAlpha = 0.1;
      context.fill();
      context.globalAlpha = 1;
      stroke(context, this.theme.accent, 2);
    }
    if (this.marked >= 0) this.ring(context, this.marked, this.theme.accent);
    if (this.cursor >= 0) this.ring(context, this.cursor, this.theme.text);
  }

  private ring(context: CanvasRenderingContext2D, point: number, colour: Colour): void {
    const [x, y] = this.view.toPixel(this.points!.x[point], this.points!.y[point]);
    const radius = radiusOf(this.points!.x.length, this.view.zoom) + 5;
    for (const [line, of] of [[5, this.theme!.back], [2.5, colour]] as const) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      stroke(context, of, line);
    }
  }

  private at(x: number, y: number): number {
    if (this.points === null) return -1;
    const [dataX, dataY] = this.view.toData(x, y);
    return this.points.nearest(dataX, dataY, NEAR / this.view.scale);
  }

  private gestures(): void {
    listen(this.canvas, {
      zoom: (factor, x, y) => {
        const before = this.view.zoom;
        this.view.zoomAt(factor, x, y);
        if (this.view.zoom === before) return before > 1;
        this.moved();
        return true;
      },
      pan: (x, y) => {
        this.view.pan(x, y);
        this.moved();
      },
      hover: (x, y) => {
        if (this.hovering !== 0) cancelAnimationFrame(this.hovering);
        this.hovering = requestAnimationFrame(() => {
          this.hovering = 0;
          const point = this.at(x, y);
          this.canvas.classList.toggle("w-map-over", point >= 0);
          if (point < 0) this.leave(false);
          else if (point !== this.pointed) this.on.point(point, this.placeOf(point));
          this.pointed = point;
        });
      },
      leave: () => {
        if (this.hovering !== 0) cancelAnimationFrame(this.hovering);
        this.hovering = 0;
        this.leave(false);
      },
      click: (x, y) => {
        const point = this.at(x, y);
        if (point < 0) return;
        this.cursor = point;
        this.draw(false);
        this.on.open(point);
      },
      reset: () => this.reset(),
      draws: () => this.drawing,
      draw: (x, y) => {
        this.draft.push(this.view.toData(x, y));
        this.draw(false);
      },
      drawn: (done) => {
        const draft = this.draft;
        this.draft = [];
        this.draw(false);
        if (done && draft.length > 2) this.on.lasso(draft, 1 / this.view.scale);
      },
    });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.points === null) return;
    const arrows: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const arrow = arrows[event.key];
    if (arrow !== undefined) this.move(arrow);
    else if (event.key === "Enter" && this.cursor >= 0) this.on.open(this.cursor);
    else if (event.key === "+" || event.key === "=") this.zoomBy(1.5);
    else if (event.key === "-") this.zoomBy(1 / 1.5);
    else if (event.key === "0") this.reset();
    else if (event.key === "Escape" && (this.cursor >= 0 || this.drawing)) this.escape();
    else return;
    event.preventDefault();
  }

  private escape(): void {
    if (this.cursor < 0) this.on.cancel();
    this.cursor = -1;
    this.leave(true);
    this.draw(false);
  }

  private move(direction: [number, number]): void {
    const points = this.points!;
    const [x, y] = this.view.toData(this.width / 2, this.height / 2);
    const found = this.cursor < 0 ? points.closest(x, y, this.on.reachable) : points.next(this.cursor, direction, this.on.reachable);
    if (found >= 0) this.cursor = found;
    if (this.cursor < 0) return;
    this.view.show(points.x[this.cursor], points.y[this.cursor]);
    this.moved();
    this.on.cursor(this.cursor, this.placeOf(this.cursor));
  }

  /** Names the canvas. */
  label(text: string): void {
    this.canvas.setAttribute("aria-label", text);
    replace(this.canvas, text);
  }
}

function ratio(): number {
  return Math.min(Math.max(window.devicePixelRatio || 1, 1), 3);
}

function stroke(context: CanvasRenderingContext2D, colour: Colour, width: number): void {
  context.strokeStyle = css(colour);
  context.lineWidth = width;
  context.lineJoin = "round";
  context.stroke();
}
