/** Mouse, pen, fingers and wheel on the map, told as zooming, panning, drawing and clicking. */

export interface Gestures {
  zoom(factor: number, x: number, y: number): boolean;
  pan(x: number, y: number): void;
  hover(x: number, y: number): void;
  leave(): void;
  click(x: number, y: number): void;
  reset(): void;
  /** Whether a drag draws a lasso. */
  draws(): boolean;
  draw(x: number, y: number): void;
  drawn(done: boolean): void;
}

/** Pixels that a pointer may move in a click. */
const STILL = 5;
/** Milliseconds in which a second click makes a double one. */
const DOUBLE = 230;

export function listen(element: HTMLElement, on: Gestures): void {
  const pointers = new Map<number, [number, number]>();
  let start: [number, number] | null = null;
  let drawing = false;
  let moved = false;
  let clicking: ReturnType<typeof setTimeout> | undefined;
  const place = (event: MouseEvent): [number, number] => {
    const { left, top } = element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const distance = ([a, b]: [number, number][]) => Math.hypot(a[0] - b[0], a[1] - b[1]);

  function down(event: PointerEvent): void {
    if (event.button !== 0) return;
    clearTimeout(clicking);
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    moved = pointers.size > 1;
    if (drawing) on.drawn(false);
    drawing = pointers.size === 1 && on.draws();
    start = place(event);
    if (drawing) on.draw(...start);
  }
  function move(event: PointerEvent): void {
    const at = place(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType !== "touch") on.hover(...at);
      return;
    }
    if (start !== null && Math.hypot(at[0] - start[0], at[1] - start[1]) > STILL) moved = true;
    if (!moved) return;
    on.leave();
    if (drawing) on.draw(...at);
    else if (pointers.size === 1) on.pan(at[0] - before[0], at[1] - before[1]);
    else pinch(event.pointerId, at);
    pointers.set(event.pointerId, at);
  }
  function pinch(id: number, at: [number, number]): void {
    const both = [...pointers].slice(0, 2);
    const before = both.map(([, place]) => place);
    const after = both.map(([pointer, place]) => (pointer === id ? at : place));
    const middle = (places: [number, number][], axis: 0 | 1) => (places[0][axis] + places[1][axis]) / 2;
    on.pan(middle(after, 0) - middle(before, 0), middle(after, 1) - middle(before, 1));
    if (distance(before) > 0) on.zoom(distance(after) / distance(before), middle(after, 0), middle(after, 1));
  }
  function up(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId)) return;
    if (drawing) {
      drawing = false;
      on.drawn(moved && event.type === "pointerup");
    } else if (!moved && event.type === "pointerup") {
      const at = place(event);
      // A double click shows everything, and opens nothing.
      clicking = setTimeout(() => on.click(...at), DOUBLE);
    }
  }
  function wheel(event: WheelEvent): void {
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const turned = Math.min(Math.max(event.deltaY * lines * (event.ctrlKey ? 5 : 1), -400), 400);
    // Where there is nothing more to zoom out of, the page scrolls.
    if (on.zoom(Math.exp(-turned * 0.002), ...place(event))) event.preventDefault();
  }

  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("pointerleave", () => on.leave());
  element.addEventListener("wheel", wheel, { passive: false });
  element.addEventListener("dblclick", (event) => {
    event.preventDefault();
    clearTimeout(clicking);
    if (!on.draws()) on.reset();
  });
}
