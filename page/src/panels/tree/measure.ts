/** How wide a text is drawn, and how much of it fits. */

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
/** Letters of a name that are measured at most. */
const LONGEST = 80;

let pen: CanvasRenderingContext2D | null | undefined;
const known = new Map<string, number>();

/** Width in pixels of a text at a size in pixels. */
export function width(text: string, size: number): number {
  const key = `${size} ${text}`;
  let found = known.get(key);
  if (found === undefined) {
    pen ??= document.createElement("canvas").getContext("2d");
    if (pen) pen.font = `${size}px ${FONT}`;
    found = pen ? pen.measureText(text).width : text.length * size * 0.55;
    if (known.size > 20_000) known.clear();
    known.set(key, found);
  }
  return found;
}

/** The text, or as much of it as fits with an ellipsis; "" where not even four letters do. */
export function fitting(text: string, size: number, room: number): string {
  const letters = [...text.slice(0, 2 * LONGEST)].slice(0, LONGEST);
  const short = letters.join("");
  if (short.length === text.length && width(text, size) <= room) return text;
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (width(`${letters.slice(0, middle).join("")}…`, size) <= room) low = middle;
    else high = middle - 1;
  }
  return low < 4 ? "" : `${letters.slice(0, low).join("").trimEnd()}…`;
}
