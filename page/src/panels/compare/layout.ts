/** Where the parts of a forest plot stand, in pixels. */

/** Below this width the name of a clade stands above its line. */
const STACKED = 620;
const AXIS = 62;
/** Room for half of a tick's label beside the plot. */
const EDGE = 18;

export interface Layout {
  stacked: boolean;
  width: number;
  height: number;
  /** Above the first line, and of each line. */
  top: number;
  line: number;
  /** Within a line: where the interval is drawn, and where texts stand. */
  interval: number;
  text: number;
  /** Width for names; where the plot begins and ends. */
  names: number;
  left: number;
  right: number;
  /** Right ends of the columns n, only A, only B and p; empty where they stand below the name. */
  columns: number[];
}

export function layoutOf(width: number, lines: number): Layout {
  if (width < STACKED) {
    const [top, line] = [6, 56];
    return { stacked: true, width, height: top + lines * line + AXIS, top, line, interval: 44, text: 14, names: width - 10, left: EDGE, right: width - EDGE, columns: [] };
  }
  const [top, line] = [26, 26];
  const names = Math.round(Math.min(Math.max(width * 0.26, 150), 300));
  const columns = [-196, -138, -80, 0].map((from) => width + from);
  return { stacked: false, width, height: top + lines * line + AXIS, top, line, interval: 13, text: 17, names: names - 20, left: names + EDGE, right: width - 248 - EDGE, columns };
}

/** As much of a text as fits, by a measure of texts. */
export function fitted(text: string, width: number, measure: (text: string) => number): string {
  const letters = Array.from(text.slice(0, 400));
  const whole = letters.join("");
  if (whole.length === text.length && measure(text) <= width) return text;
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join("")}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("").trimEnd()}…`;
}
