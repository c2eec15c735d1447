/** "Leave with it": the selection, the verdicts, figures, a citation and the link, as files or to copy. */

import { h, replace } from "../dom.ts";
import { bibtex, citation } from "../leave/citation.ts";
import { copy, download, fileName } from "../leave/download.ts";
import { figuresIn, originOf, pngOf, svgText, type Figure } from "../leave/figures.ts";
import { selectionTable, verdictsTable } from "../leave/tables.ts";
import type { Context, MakePanel } from "../model.ts";

const CSV = "text/csv;charset=utf-8";

/** A part of the menu; `draw` is called when it opens and when what it shows changes. */
interface Part {
  element: HTMLElement;
  draw(): void;
}

let menus = 0;

export const makeLeave: MakePanel = (context) => {
  const id = `w-leave-menu-${++menus}`;
  const parts = [makeTables(context), makeFigures(context), makeCitation(context), makeLink(context)];
  const menu = h("div", { class: "w-leave-menu", id, role: "group", "aria-label": context.t("leave.title"), hidden: true }, ...parts.map((part) => part.element));
  const button = h(
    "button",
    { type: "button", class: "w-leave-button", "aria-expanded": "false", "aria-controls": id, onclick: () => (menu.hidden ? open() : close()) },
    context.t("leave.title"),
    h("span", { "aria-hidden": "true", class: "w-leave-arrow" }, "▾"),
  );
  const element = h("div", { class: "w-leave" }, button, menu);

  function open(): void {
    for (const part of parts) part.draw();
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside, true);
  }
  function close(): void {
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
  }
  /** Also takes itself away where the menu is gone from the page. */
  function outside(event: Event): void {
    if (!element.isConnected || !element.contains(event.target as Node)) close();
  }
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    close();
    button.focus();
  });
  element.addEventListener("focusout", (event) => {
    // The window may only have lost the focus to another one.
    if (event.relatedTarget instanceof Node && !element.contains(event.relatedTarget)) close();
  });
  return {
    element,
    update() {
      if (!menu.hidden) for (const part of parts) part.draw();
    },
  };
};

function makePart(title: string, ...contents: (Node | null)[]): HTMLElement {
  return h("div", { class: "w-leave-part", role: "group", "aria-label": title }, h("p", { class: "w-leave-title" }, title), ...contents);
}

function makeButton(text: string, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "w-leave-do", onclick }, text);
}

function makeTables(context: Context): Part {
  const { data, store } = context;
  const selection = makeButton("", () => {
    const rows = store.selection;
    save(context, "nearmiss-selection.csv", selectionTable(data, context.run(), rows, (row) => store.verdict(row)), CSV);
  });
  const verdicts = makeButton("", () => save(context, "nearmiss-verdicts.csv", verdictsTable(data, context.run(), store.judged()), CSV));
  const judged = h("p", { class: "w-leave-note" });
  const { total } = data.format.images;
  const partly = data.count < total ? context.t("leave.not_loaded", { loaded: context.images(data.count), total: context.images(total) }) : null;
  const loaded = partly === null ? null : h("p", { class: "w-leave-note" }, partly);
  return {
    element: makePart(context.t("leave.tables"), selection, loaded, verdicts, judged, h("p", { class: "w-leave-note" }, context.t("leave.formulas"))),
    draw() {
      const count = store.judged().length;
      selection.textContent = context.t("leave.selection", { images: context.images(store.selection.length) });
      verdicts.textContent = context.t("leave.verdicts", { images: context.images(count) });
      verdicts.disabled = count === 0;
      judged.textContent = context.t(count === 0 ? "leave.no_verdicts" : "leave.verdicts_note");
    },
  };
}

function makeFigures(context: Context): Part {
  let figures: Figure[] = [];
  const select = h("select", { class: "w-leave-select", "aria-label": context.t("leave.figure"), onchange: () => allow() });
  const asSvg = makeButton(context.t("leave.as_svg"), () => {
    const figure = chosen();
    if (figure?.element instanceof SVGSVGElement) {
      save(context, `nearmiss-${fileName(figure.label)}.svg`, [svgText({ ...figure, element: figure.element }, originOf(context))], "image/svg+xml;charset=utf-8");
    }
  });
  const asPng = makeButton(context.t("leave.as_png"), () => {
    const figure = chosen();
    if (figure === undefined) return;
    const name = `nearmiss-${fileName(figure.label)}.png`;
    pngOf(figure, originOf(context)).then(
      (blob) => save(context, name, blob, "image/png"),
      () => context.say((note.textContent = context.t("leave.no_png"))),
    );
  });
  const note = h("p", { class: "w-leave-note" });
  const buttons = h("div", { class: "w-leave-row" }, asSvg, asPng);
  const chosen = (): Figure | undefined => figures[Number(select.value)];
  function allow(): void {
    const figure = chosen();
    asSvg.disabled = !(figure?.element instanceof SVGSVGElement);
    asPng.disabled = figure === undefined;
    const isCanvas = figure?.element instanceof HTMLCanvasElement;
    note.textContent = figure === undefined ? context.t("leave.no_figure") : isCanvas ? context.t("leave.only_png") : "";
    select.title = figure?.label ?? "";
  }
  return {
    element: makePart(context.t("leave.figures"), select, buttons, note),
    draw() {
      const before = chosen()?.element;
      figures = figuresIn(document);
      replace(select, ...figures.map(({ label }, place) => h("option", { value: String(place) }, short(label))));
      const kept = figures.findIndex(({ element }) => element === before);
      select.value = String(Math.max(kept, 0));
      select.hidden = figures.length === 0;
      allow();
    },
  };
}

function makeCitation(context: Context): Part {
  const { data, store } = context;
  const text = h("textarea", { class: "w-leave-text", readonly: true, rows: 4, spellcheck: "false", "aria-label": context.t("leave.citation_text") });
  const tex = h("textarea", { class: "w-leave-text w-leave-code", readonly: true, rows: 4, spellcheck: "false", "aria-label": context.t("leave.bibtex") });
  const copied = makeStatus();
  return {
    element: makePart(
      context.t("leave.citation"),
      text,
      makeButton(context.t("leave.copy_text"), () => copyOut(context, text, copied)),
      tex,
      makeButton(context.t("leave.copy_bibtex"), () => copyOut(context, tex, copied)),
      copied,
    ),
    draw() {
      copied.textContent = "";
      text.value = citation(data, context.run(), store.selection.length, context);
      tex.value = bibtex(data, context.run(), store.selection.length, new Date().getFullYear());
    },
  };
}

function makeLink(context: Context): Part {
  const link = h("input", { type: "text", class: "w-leave-input", readonly: true, spellcheck: "false", "aria-label": context.t("leave.link") });
  const copied = makeStatus();
  const isFile = window.location.protocol === "file:";
  return {
    element: makePart(
      context.t("leave.link"),
      link,
      makeButton(context.t("leave.copy_link"), () => {
        link.value = window.location.href;
        copyOut(context, link, copied);
      }),
      copied,
      isFile ? h("p", { class: "w-leave-note" }, context.t("leave.link_file")) : null,
      h("p", { class: "w-leave-note" }, context.t("leave.link_note")),
    ),
    draw() {
      copied.textContent = "";
      link.value = window.location.href;
    },
  };
}

function makeStatus(): HTMLElement {
  return h("p", { class: "w-leave-note w-leave-copied" });
}

function copyOut(context: Context, field: HTMLInputElement | HTMLTextAreaElement, status: HTMLElement): void {
  void copy(field.value, field).then((done) => {
    status.textContent = context.t(done ? "leave.copied" : "leave.not_copied");
    context.say(status.textContent);
  });
}

function save(context: Context, file: string, parts: BlobPart[] | Blob, type: string): void {
  download(file, parts, type);
  context.say(context.t("leave.saved", { file }));
}

/** A label that fits into a list. */
function short(label: string): string {
  const letters = [...label.slice(0, 400)];
  return letters.length > 90 ? `${letters.slice(0, 90).join("")}…` : label;
}
