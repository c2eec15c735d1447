/** The clade of the truth or of the answer: a field that finds taxa, and a chip of the one that was chosen. */

import { append, h, name, replace } from "../../dom.ts";
import type { Context, Taxon } from "../../model.ts";
import { rowsWithout, sumClades } from "./counting.ts";
import { delayed, makeSection, type Section } from "./section.ts";

/** Taxa that the list shows at most. */
const MOST = 30;

export function makeClade(context: Context, which: "truth" | "answer"): Section {
  const { store } = context;
  const title = context.t(which === "truth" ? "filters.truth" : "filters.answer");
  const chip = h("div", { class: "w-filters-chips" });
  const finder = makeFinder(context, which, title, (taxon) => store.filter({ [which]: taxon }));
  const section = makeSection(
    context,
    {
      title,
      key: which,
      on: () => (store.state.filters[which] === null ? 0 : 1),
      clear: () => store.filter({ [which]: null }),
      draw: () => {
        finder.forgetCounts();
        const taxon = store.state.filters[which];
        replace(chip, taxon === null ? null : makeChip(context, taxon, title, () => (finder.input.focus(), store.filter({ [which]: null }))));
      },
    },
    chip,
    finder.element,
  );
  return { ...section, forget: finder.forget };
}

function makeChip(context: Context, taxon: Taxon, title: string, remove: () => void): HTMLElement {
  const text = context.taxon(taxon, true);
  return h(
    "span",
    { class: "w-filters-chip", title: `${text} · ${context.rank(context.data.taxonomy.rank(taxon))}` },
    name(text, { class: "w-filters-chip-name" }),
    h(
      "button",
      { type: "button", class: "w-filters-chip-remove", "aria-label": context.t("filters.remove", { filter: title, value: text }), onclick: remove },
      h("span", { "aria-hidden": "true" }, "×"),
    ),
  );
}

interface Finder {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  forgetCounts(): void;
  forget(): void;
}

/** A combobox with a list box (ARIA 1.2): the focus stays in the field, arrow keys go through the list. */
function makeFinder(context: Context, which: "truth" | "answer", title: string, choose: (taxon: Taxon) => void): Finder {
  const { data, store } = context;
  const id = `w-filters-${which}`;
  let found: Taxon[] = [];
  let active = -1;
  let sums: Uint32Array | null = null;

  const input = h("input", {
    type: "text",
    class: "w-filters-input",
    role: "combobox",
    "aria-label": title,
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: context.t("filters.search_taxon"),
    oninput: () => search.call(),
    onkeydown: (event: KeyboardEvent) => press(event),
    onblur: () => close(),
  });
  const list = h("ul", {
    class: "w-filters-list",
    id: `${id}-list`,
    role: "listbox",
    "aria-label": title,
    hidden: true,
    // The field keeps the focus.
    onmousedown: (event: MouseEvent) => event.preventDefault(),
  });
  const status = h("p", { class: "w-filters-note", role: "status", hidden: true });
  const search = delayed(100, () => (input.value.trim() === "" ? close() : open(data.taxonomy.search(input.value, MOST))));

  function images(taxon: Taxon): number {
    const column = which === "truth" ? data.truth : context.run().answer;
    sums ??= sumClades(rowsWithout(store, which), column, data.taxonomy.count);
    return sums[data.taxonomy.end(taxon)] - sums[taxon];
  }
  /** The clades below the chosen one, those of most images first: a way down without typing. */
  function below(): Taxon[] {
    const children = [...data.taxonomy.children(store.state.filters[which] ?? 0)];
    return children.sort((a, b) => images(b) - images(a)).slice(0, MOST);
  }
  function open(taxa: Taxon[]): void {
    found = taxa;
    list.replaceChildren();
    append(list, taxa.map((taxon, place) => option(taxon, place)));
    list.hidden = taxa.length === 0;
    status.hidden = taxa.length > 0;
    status.textContent = taxa.length > 0 ? "" : context.t("filters.no_taxon");
    input.setAttribute("aria-expanded", String(taxa.length > 0));
    point(taxa.length > 0 ? 0 : -1);
  }
  function option(taxon: Taxon, place: number): HTMLElement {
    const text = context.taxon(taxon, true);
    const rank = context.rank(data.taxonomy.rank(taxon));
    const count = images(taxon);
    return h(
      "li",
      {
        id: `${id}-${place}`,
        role: "option",
        class: count === 0 ? "w-filters-option w-filters-zero" : "w-filters-option",
        "aria-selected": "false",
        title: `${text} · ${rank} · ${context.images(count)}`,
        onclick: () => take(place),
      },
      name(text, { class: "w-filters-name" }),
      h("span", { class: "w-filters-rank" }, rank),
      h("span", { class: "w-filters-count" }, context.number(count, 0)),
    );
  }
  function close(): void {
    search.cancel();
    found = [];
    list.hidden = true;
    status.hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(-1);
  }
  function point(place: number): void {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[place];
    if (place < 0 || option === undefined) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }
  function take(place: number): void {
    const taxon = found[place];
    if (taxon === undefined) return;
    input.value = "";
    close();
    choose(taxon);
  }
  function press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const isOpen = !list.hidden;
    const last = found.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      search.flush();
      if (list.hidden) open(input.value.trim() === "" ? below() : data.taxonomy.search(input.value, MOST));
      else if (isOpen) point(event.key === "ArrowDown" ? (active >= last ? 0 : active + 1) : active <= 0 ? last : active - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      search.flush();
      take(active);
    } else if (event.key === "Escape" && (isOpen || input.value !== "")) {
      event.preventDefault();
      event.stopPropagation();
      if (!isOpen) input.value = "";
      close();
    }
  }
  return {
    element: h("div", { class: "w-filters-finder" }, input, list, status),
    input,
    forgetCounts: () => (sums = null),
    forget: () => ((input.value = ""), close()),
  };
}
