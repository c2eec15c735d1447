/** What the colours mean: buttons that bring out their points. */

import { h, name, replace } from "../../dom.ts";
import type { Context } from "../../model.ts";
import type { Category } from "./colouring.ts";
import { css } from "./theme.ts";

export class Legend {
  readonly element: HTMLElement;
  private readonly list: HTMLElement;
  /** Categories that are brought out. */
  readonly lit = new Set<number>();
  private counts: HTMLElement[] = [];
  private items: HTMLElement[] = [];

  constructor(
    private readonly context: Context,
    private readonly changed: () => void,
  ) {
    this.list = h("ul");
    this.element = h("div", { class: "w-map-legend", role: "group", "aria-label": context.t("map.legend") }, this.list);
  }

  /** Shows other categories; `keep` leaves those brought out that were. */
  show(categories: readonly Category[], keep: boolean): void {
    if (!keep) this.lit.clear();
    const buttons = categories.map(({ label, colour }, place) => {
      const swatch = h("span", { class: "w-map-swatch", "aria-hidden": "true" });
      swatch.style.background = css(colour);
      const count = h("span", { class: "w-map-number" });
      const toggle = () => {
        if (!this.lit.delete(place)) this.lit.add(place);
        button.setAttribute("aria-pressed", String(this.lit.has(place)));
        this.changed();
      };
      const button = h("button", { type: "button", "aria-pressed": String(this.lit.has(place)), onclick: toggle }, swatch, name(label, { class: "w-map-name", title: label }), count);
      return { button, count };
    });
    this.counts = buttons.map(({ count }) => count);
    this.items = buttons.map(({ button }) => h("li", null, button));
    replace(this.list, ...this.items);
  }

  /** Points of the selection by category; categories that no point has are left out. */
  count(selected: Uint32Array, all: Uint32Array): void {
    this.counts.forEach((element, place) => {
      element.textContent = this.context.number(selected[place]);
      this.items[place].hidden = all[place] === 0;
    });
  }
}
