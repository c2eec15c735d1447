/** Elements made without markup: what comes from the user's tables only ever becomes text. */

type Child = Node | string | null | undefined | false;

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;

const SVG = "http://www.w3.org/2000/svg";

/** An element: attributes as they are in HTML (`class`, `aria-label`), `onclick` and the like as functions. False and null leave
 * an attribute out; true sets it empty. */
export function h<K extends keyof HTMLElementTagNameMap>(name: K, attributes?: Attributes | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(name), attributes, children) as HTMLElementTagNameMap[K];
}

/** The same of SVG. */
export function s<K extends keyof SVGElementTagNameMap>(name: K, attributes?: Attributes | null, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, name), attributes, children) as SVGElementTagNameMap[K];
}

function fill(element: Element, attributes: Attributes | null | undefined, children: Child[]): Element {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

export function append(element: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
}

/** Puts other children in the place of an element's. */
export function replace(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** A name that may hold anything: its own direction, so that it cannot turn the text around it. */
export function name(text: string, attributes?: Attributes): HTMLElement {
  return h("bdi", attributes ?? null, text);
}
