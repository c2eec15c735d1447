/** An SVG that stands alone, written from the tree of one in the page. Written by hand rather than by the browser's serializer: names
 * may hold characters that no XML may hold. */

/** What is read of an element; those of the page are such, and so are those of tests. */
export interface Source {
  readonly nodeType: number;
  readonly localName?: string;
  readonly nodeValue?: string | null;
  readonly childNodes: ArrayLike<Source>;
  readonly attributes?: ArrayLike<{ name: string; value: string }>;
}

/** Value of a CSS property of an element as the browser computed it. */
export type Computed = (element: Source, property: string) => string;

export interface Standing {
  title: string;
  /** What the figure is of: a line each. */
  description: readonly string[];
  width: number;
  height: number;
  background: string;
  computed: Computed;
}

/** Properties that make a figure look as it does, with the value that needs no saying. */
const PROPERTIES: Record<string, string> = {
  fill: "",
  "fill-opacity": "1",
  "fill-rule": "nonzero",
  stroke: "none",
  "stroke-width": "1px",
  "stroke-opacity": "1",
  "stroke-dasharray": "none",
  "stroke-dashoffset": "0px",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  opacity: "1",
  visibility: "visible",
  "font-family": "",
  "font-size": "",
  "font-weight": "",
  "font-style": "normal",
  "font-variant-numeric": "normal",
  "letter-spacing": "normal",
  "text-anchor": "start",
  "text-decoration-line": "none",
  "text-decoration-color": "",
  "dominant-baseline": "auto",
  "paint-order": "normal",
  "vector-effect": "none",
  "shape-rendering": "auto",
  "clip-path": "none",
  mask: "none",
  "marker-start": "none",
  "marker-mid": "none",
  "marker-end": "none",
  "mix-blend-mode": "normal",
  "stop-color": "",
  "stop-opacity": "1",
};
/** Properties of some elements only: no font for a rectangle, no stop colour but for stops. */
const TEXT = new Set(["font-family", "font-size", "font-weight", "font-style", "font-variant-numeric", "letter-spacing", "text-anchor", "dominant-baseline"]);
const TEXTS = new Set(["text", "tspan", "textPath"]);
const STOP = new Set(["stop-color", "stop-opacity"]);
const SHAPES = new Set(["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use", "text", "tspan", "textPath"]);

/** Elements that draw. Others do not come along: no script, no style sheet, no foreign markup, nothing that moves. */
const DRAWN = new Set([
  ...SHAPES, "svg", "g", "defs", "symbol", "marker", "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "image", "title", "desc", "a",
]);
/** Elements that draw nothing by themselves: how they would be displayed is no matter. */
const NEVER_SHOWN = new Set(["defs", "symbol", "marker", "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "title", "desc"]);

/** Attributes of form: where things are. What they look like is said by the properties. */
const ATTRIBUTES = new Set([
  "id", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "fx", "fy", "d", "points", "width", "height", "transform", "viewBox",
  "preserveAspectRatio", "rotate", "textLength", "lengthAdjust", "startOffset", "offset", "gradientUnits", "gradientTransform", "spreadMethod",
  "patternUnits", "patternContentUnits", "patternTransform", "clipPathUnits", "maskUnits", "maskContentUnits", "markerWidth", "markerHeight",
  "markerUnits", "refX", "refY", "orient", "pathLength",
]);

/** The text of a file. */
export function standingAlone(svg: Source, standing: Standing): string {
  const { title, width, height, background } = standing;
  const viewBox = attribute(svg, "viewBox") ?? `0 0 ${width} ${height}`;
  const ratio = attribute(svg, "preserveAspectRatio");
  const head = {
    xmlns: "http://www.w3.org/2000/svg",
    "xmlns:xlink": "http://www.w3.org/1999/xlink",
    width: String(width),
    height: String(height),
    viewBox,
    ...(ratio === null ? {} : { preserveAspectRatio: ratio }),
    role: "img",
    style: styleOf(svg, "text", standing.computed),
  };
  const paper = tag("rect", { ...visible(viewBox, ratio ?? "", width, height), style: `fill:${plainColour(background).colour};stroke:none` }, "");
  const contents = children(svg, standing.computed, true);
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    tag("svg", head, `${tag("title", {}, escaped(title))}\n${metadata(standing)}\n${paper}\n${contents}`) +
    "\n"
  );
}

/** The part of the plane that the file shows, also where the view box has other proportions than the file. */
function visible(viewBox: string, ratio: string, width: number, height: number): Record<"x" | "y" | "width" | "height", string> {
  const [x, y, w, h] = viewBox.trim().split(/[\s,]+/).map(Number);
  const say = (...numbers: number[]) => ({ x: String(numbers[0]), y: String(numbers[1]), width: String(numbers[2]), height: String(numbers[3]) });
  if (![x, y, w, h].every(Number.isFinite) || w <= 0 || h <= 0) return say(0, 0, width, height);
  if (ratio.includes("none")) return say(x, y, w, h);
  const scale = ratio.includes("slice") ? Math.max(width / w, height / h) : Math.min(width / w, height / h);
  /** Where the view box begins in what is shown: 0, half or all of what is left over. */
  const begins = (axis: string): number => (ratio.includes(`${axis}Min`) ? 0 : ratio.includes(`${axis}Max`) ? 1 : 0.5);
  const [shownW, shownH] = [width / scale, height / scale];
  return say(x - (shownW - w) * begins("x"), y - (shownH - h) * begins("Y"), shownW, shownH);
}

/** Title and origin in the words of Dublin Core, which drawing programs show. */
function metadata({ title, description }: Standing): string {
  const dc = (name: string, text: string): string => tag(`dc:${name}`, {}, escaped(text));
  const work = [dc("format", "image/svg+xml"), dc("title", title), dc("description", description.join("\n"))].join("");
  const names = { "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "xmlns:cc": "http://creativecommons.org/ns#", "xmlns:dc": "http://purl.org/dc/elements/1.1/" };
  return tag("metadata", {}, tag("rdf:RDF", names, tag("cc:Work", { "rdf:about": "" }, work)));
}

function children(element: Source, computed: Computed, isRoot = false): string {
  let text = "";
  for (let i = 0; i < element.childNodes.length; i++) {
    const child = element.childNodes[i];
    // The root has its own title.
    if (isRoot && (child.localName === "title" || child.localName === "desc")) continue;
    if (child.nodeType === 3) text += escaped(child.nodeValue ?? "");
    else if (child.nodeType === 1) text += written(child, computed);
  }
  return text;
}

function written(element: Source, computed: Computed): string {
  const name = element.localName ?? "";
  if (!DRAWN.has(name)) return "";
  if (name === "title" || name === "desc") return tag(name, {}, children(element, computed));
  if (!NEVER_SHOWN.has(name) && computed(element, "display") === "none") return "";
  const kept: Record<string, string> = {};
  for (let i = 0; i < (element.attributes?.length ?? 0); i++) {
    const { name: key, value } = element.attributes![i];
    if (ATTRIBUTES.has(key) && !/var\(/i.test(value)) kept[key] = value;
    // What is drawn is in the file, or not drawn.
    else if ((key === "href" || key === "xlink:href") && name !== "a" && /^(?:#|data:image\/(?:png|jpeg|gif|webp);)/i.test(value)) {
      kept.href = value;
      kept["xlink:href"] = value;
    }
  }
  const moved = movement(element, computed);
  if (moved !== null) kept.transform = moved;
  const style = styleOf(element, name, computed);
  if (style !== "") kept.style = style;
  // A link leads nowhere from a picture: it becomes a group.
  return tag(name === "a" ? "g" : name, kept, children(element, computed));
}

/** Where a style sheet moves an element to, as the attribute that every program knows; null where none does. */
function movement(element: Source, computed: Computed): string | null {
  const transform = computed(element, "transform");
  if (!transform.startsWith("matrix(") || attribute(element, "transform") !== null) return null;
  const [x, y] = computed(element, "transform-origin").split(/\s+/).map(Number.parseFloat);
  return !x && !y ? transform : `translate(${x || 0}, ${y || 0}) ${transform} translate(${-x || 0}, ${-y || 0})`;
}

/** Declarations of what the browser computed. */
function styleOf(element: Source, name: string, computed: Computed): string {
  const said = new Map<string, string>();
  for (const [property, plain] of Object.entries(PROPERTIES)) {
    if (TEXT.has(property) && !TEXTS.has(name)) continue;
    if (STOP.has(property) !== (name === "stop")) continue;
    if (property === "text-decoration-color" && computed(element, "text-decoration-line") === "none") continue;
    if ((property === "fill" || property.startsWith("stroke")) && !SHAPES.has(name)) continue;
    if (property.startsWith("stroke-") && computed(element, "stroke") === "none") continue;
    const value = computed(element, property);
    if (value === "" || value === plain || /var\(|;/i.test(value)) continue;
    // Only what is in the file can be pointed to.
    if (/url\(/i.test(value) && !/^url\(["']?#/i.test(value)) continue;
    said.set(property, value);
  }
  for (const property of PAINTS) {
    const paint = said.get(property);
    if (paint === undefined) continue;
    const { colour, alpha } = plainColour(paint);
    said.set(property, colour);
    const opacity = property === "stop-color" ? "stop-opacity" : `${property}-opacity`;
    if (alpha < 1) said.set(opacity, String(Number(said.get(opacity) ?? 1) * alpha));
  }
  return [...said].map(([property, value]) => `${property}:${value}`).join(";");
}

const PAINTS = ["fill", "stroke", "stop-color"];

/** A colour that every program reads, and what shines through it: `rgba(…)` and `color(srgb …)` are of browsers only. */
export function plainColour(value: string): { colour: string; alpha: number } {
  const found = /^(rgba?|color)\((?:srgb )?\s*([\d.e-]+)[\s,]+([\d.e-]+)[\s,]+([\d.e-]+)(?:\s*[,/]\s*([\d.e-]+))?\)$/.exec(value);
  if (found === null) return { colour: value, alpha: 1 };
  const most = found[1] === "color" ? 1 : 255;
  const parts = found.slice(2, 5).map((part) => Math.round(255 * Math.min(Math.max(Number(part) / most, 0), 1)));
  return { colour: `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`, alpha: found[5] === undefined ? 1 : Number(found[5]) };
}

function attribute(element: Source, name: string): string | null {
  for (let i = 0; i < (element.attributes?.length ?? 0); i++) if (element.attributes![i].name === name) return element.attributes![i].value;
  return null;
}

function tag(name: string, attributes: Record<string, string>, contents: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return contents === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${contents}</${name}>`;
}

/** Text as it stands in XML: what no XML may hold becomes the sign for "unreadable". */
export function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\r/g, "&#13;");
}
