/** The box in which a taxon is found by any name: a combobox with a list. */

import { h, name, replace } from "../../dom.ts";
import type { Context, Taxon } from "../../model.ts";

/** Taxa in the list at most. */
const MOST = 12;

export interface Choice {
  open: boolean;
  /** Place of the option that is looked at; -1 none. */
  active: number;
}

/** What a key does to a list of so many options; null where the box itself has the key. */
export function afterKey({ open, active }: Choice, key: string, options: number): (Choice & { choose?: number; clear?: boolean }) | null {
  switch (key) {
    case "ArrowDown":
      return options === 0 ? { open: false, active: -1 } : { open: true, active: open ? (active + 1) % options : 0 };
    case "ArrowUp":
      return options === 0 ? { open: false, active: -1 } : { open: true, active: open && active > 0 ? active - 1 : options - 1 };
    case "Enter":
      if (!open || options === 0) return null;
      return { open: false, active: -1, choose: Math.max(active, 0) };
    case "Escape":
      return open ? { open: false, active: -1 } : { open: false, active: -1, clear: true };
    case "Tab":
      return open ? { open: false, active: -1 } : null;
    default:
      return null;
  }
}

export interface Search {
  element: HTMLElement;
  /** Lists taxa that were not searched for. */
  offer(taxa: readonly Taxon[]): void;
}

let count = 0;

/** The box. `describe` says what stands behind a name, `choose` is called with the taxon that is chosen. */
export function makeSearch(context: Context, describe: (taxon: Taxon) => string, choose: (taxon: Taxon) => void): Search {
  const id = `w-tree-found-${++count}`;
  let choice: Choice = { open: false, active: -1 };
  let found: readonly Taxon[] = [];

  const list = h("ul", { class: "w-tree-found", role: "listbox", id, "aria-label": context.t("tree.found"), hidden: true });
  const none = h("p", { class: "w-tree-found w-tree-found-none", hidden: true }, context.t("tree.foundNone"));
  const input = h("input", {
    class: "w-tree-input",
    type: "text",
    role: "combobox",
    "aria-label": context.t("tree.search"),
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: context.t("tree.searchHint"),
    oninput: () => {
      found = context.data.taxonomy.search(input.value.trim(), MOST);
      draw();
      show({ open: found.length > 0, active: -1 });
      none.hidden = found.length > 0 || input.value.trim() === "";
      if (!none.hidden) context.say(context.t("tree.foundNone"));
      else if (found.length > 0) context.say(context.t("tree.foundCount", { n: found.length }));
    },
    onkeydown: (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const next = afterKey(choice, event.key, found.length);
      if (next === null) return;
      if (event.key !== "Tab") event.preventDefault();
      if (event.key === "Escape") event.stopPropagation();
      show(next);
      if (next.clear) clear();
      if (next.choose !== undefined) take(found[next.choose]);
    },
    onblur: () => {
      show({ open: false, active: -1 });
      none.hidden = true;
    },
  });

  function draw(): void {
    const option = (taxon: Taxon, place: number) =>
      h(
        "li",
        { role: "option", id: `${id}-${place}`, "aria-selected": "false", class: "w-tree-option" },
        name(context.taxon(taxon, true), { class: "w-tree-option-name" }),
        h("span", { class: "w-tree-option-about" }, describe(taxon)),
      );
    replace(list, ...found.map(option));
  }

  function show(next: Choice): void {
    choice = next;
    list.hidden = !next.open;
    input.setAttribute("aria-expanded", String(next.open));
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === next.active)));
    const active = next.active >= 0 ? list.children[next.active] : undefined;
    if (active === undefined) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView?.({ block: "nearest" });
    }
  }

  function clear(): void {
    input.value = "";
    found = [];
    none.hidden = true;
    replace(list);
  }

  function take(taxon: Taxon): void {
    clear();
    choose(taxon);
  }

  // The focus stays in the box.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = (event.target as Element).closest("li");
    if (option === null) return;
    const taxon = found[[...list.children].indexOf(option)];
    show({ open: false, active: -1 });
    if (taxon !== undefined) take(taxon);
  });

  return {
    element: h("div", { class: "w-tree-search" }, input, list, none),
    offer: (taxa) => {
      clear();
      found = taxa;
      draw();
      input.focus();
      show({ open: taxa.length > 0, active: -1 });
    },
  };
}
