/** Figures that are in sight, as SVG or PNG. */

import type { Context } from "../model.ts";
import { standingAlone, type Computed, type Source } from "./markup.ts";

export interface Figure {
  element: SVGSVGElement | HTMLCanvasElement;
  label: string;
}

/** Pixels per pixel of the page. */
const SCALE = 2;
/** Browsers draw nothing on a canvas that is larger. */
const LARGEST = 16384;

/** SVGs and labelled canvases that are shown, in their order; none of those that only decorate. */
export function figuresIn(root: ParentNode): Figure[] {
  const found: Figure[] = [];
  for (const element of root.querySelectorAll<SVGSVGElement | HTMLCanvasElement>("svg, canvas[aria-label]")) {
    if (element.parentElement?.closest("svg") || element.closest("[aria-hidden='true'], [hidden]")) continue;
    const { width, height } = element.getBoundingClientRect();
    // Icons are no figures.
    if (width < 40 || height < 24) continue;
    const label = labelOf(element);
    if (label !== "") found.push({ element, label });
  }
  return found;
}

function labelOf(element: Element): string {
  const by = element.getAttribute("aria-labelledby");
  const texts = [
    element.getAttribute("aria-label"),
    by === null ? null : by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" "),
    element.closest("figure")?.querySelector("figcaption")?.textContent,
    element.querySelector(":scope > title")?.textContent,
    element.closest("[aria-label]")?.getAttribute("aria-label"),
  ];
  return texts.map((text) => (text ?? "").replace(/\s+/g, " ").trim()).find((text) => text !== "") ?? "";
}

/** The text of an SVG file. */
export function svgText({ element, label }: Figure & { element: SVGSVGElement }, description: readonly string[]): string {
  const styles = new WeakMap<object, CSSStyleDeclaration>();
  const computed: Computed = (source: Source, property: string) => {
    let style = styles.get(source);
    if (style === undefined) styles.set(source, (style = getComputedStyle(source as unknown as Element)));
    return style.getPropertyValue(property);
  };
  const { width, height } = element.getBoundingClientRect();
  return standingAlone(element as unknown as Source, {
    title: label,
    description,
    width: round(width),
    height: round(height),
    background: backgroundOf(element),
    computed,
  });
}

/** A PNG of a figure at twice its size; of a canvas the pixels that it has. */
export async function pngOf(figure: Figure, description: readonly string[]): Promise<Blob> {
  const { element } = figure;
  if (element instanceof HTMLCanvasElement) return drawn(element, element.width, element.height, backgroundOf(element));
  const { width, height } = element.getBoundingClientRect();
  const scale = Math.min(SCALE, LARGEST / width, LARGEST / height);
  const image = new Image(round(width), round(height));
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText({ ...figure, element }, description))}`;
  await image.decode();
  return drawn(image, Math.round(width * scale), Math.round(height * scale), backgroundOf(element));
}

function drawn(source: CanvasImageSource, width: number, height: number, background: string): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  if (pen === null) return Promise.reject(new Error("no canvas"));
  pen.fillStyle = background;
  pen.fillRect(0, 0, width, height);
  pen.drawImage(source, 0, 0, width, height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)), "image/png"));
}

/** A figure's own background; else white, or in a dark scheme that of the page. */
function backgroundOf(element: Element): string {
  const of = (of: Element): string | null => {
    const colour = getComputedStyle(of).backgroundColor;
    return colour === "" || colour === "transparent" || /[,/]\s*0\)$/.test(colour) ? null : colour;
  };
  return of(element) ?? (window.matchMedia("(prefers-color-scheme: dark)").matches ? (of(document.body) ?? "#15191d") : "#ffffff");
}

function round(length: number): number {
  return Math.max(1, Math.round(length * 100) / 100);
}

/** What a figure is of, a line each: written into the file. */
export function originOf(context: Context): string[] {
  const { format } = context.data;
  const of = (path: string, sum: string): string => (sum === "" ? path : `${path} (sha256 ${sum})`);
  return [
    format.title,
    `${format.program} · ${context.run().name}`,
    `${context.images(context.store.selection.length)} / ${context.images(format.images.total)}`,
    ...(format.command_line === null ? [] : [format.command_line]),
    ...format.sources.map(({ path, sha256 }) => of(path, sha256)),
    of(format.taxonomy.source ?? "", format.taxonomy.sha256).trim(),
  ].filter((line) => line !== "");
}
