/** Names within sentences: cut where they are endless, and in their own direction. */

import type { Context, Taxon } from "../../model.ts";
import { h, name } from "../../dom.ts";

/** What fits into a heading, and into a cell. */
export const LONG = 120;
export const SHORT = 48;
/** What a tooltip or a label for screen readers holds. */
const LONGEST = 400;

/** The first letters of a text. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const letters = Array.from(text.slice(0, 2 * most + 2));
  return letters.length <= most && text.length <= 2 * most + 2 ? text : `${letters.slice(0, most - 1).join("")}…`;
}

/** A text of the user's tables, as a node. */
export function shown(text: string, most: number): HTMLElement {
  const part = cut(text, most);
  return name(part, part === text ? undefined : { title: cut(text, LONGEST) });
}

/** Name of a taxon; a dash for none and for one without a name. */
export function taxonText(context: Context, taxon: Taxon, withCommon: boolean): string {
  return context.taxon(taxon, withCommon).trim() || "–";
}

export function taxonNode(context: Context, taxon: Taxon, most: number, withCommon = true): HTMLElement {
  return shown(taxonText(context, taxon, withCommon), most);
}

/** A text for labels that only screen readers say: names that turn the text are held in. */
export function spoken(text: string): string {
  return cut(text, SHORT * 2).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** The first of the private letters that stand for nodes while a message is put together. */
const FIRST = 0xe000;

/** A message with nodes in the place of some of its values. */
export function sentence(context: Context, key: string, values: Record<string, Node | string | number>): Node[] {
  const nodes: Node[] = [];
  const texts: Record<string, string> = {};
  for (const [of, value] of Object.entries(values)) {
    if (value instanceof Node) texts[of] = String.fromCharCode(FIRST + nodes.push(value) - 1);
    else texts[of] = String(value).replace(/[\ue000-\ue0ff]/gu, "");
  }
  const parts = context.t(key, texts).split(/([\ue000-\ue0ff])/u);
  return parts.filter((part) => part !== "").map((part) => nodes[part.charCodeAt(0) - FIRST] ?? document.createTextNode(part));
}

/** A table that scrolls sideways where it is too wide, by keyboard as well. */
export function scrolling(label: string, table: HTMLElement): HTMLElement {
  return h("div", { class: "w-pair-scroll", role: "region", tabindex: 0, "aria-label": label }, table);
}
