/** The latent map: where the images lie in the space of the embeddings. */

import { h, name, replace } from "../dom.ts";
import type { Context, Dataset, MakePanel, Panel, Row, State } from "../model.ts";
import { picture } from "./list/picture.ts";
import { Chart } from "./map/chart.ts";
import { colourOf, colouring, colours, type Colouring } from "./map/colouring.ts";
import { Legend } from "./map/legend.ts";
import { Points, simplified } from "./map/points.ts";
import { mixed, themeOf, type Theme } from "./map/theme.ts";
import { hideTip, leaveTip, showTip } from "./tip.ts";

/** How much of its colour a point keeps that steps back. */
const FAINT = 0.16;
/** How many "the nearest" are, until somebody says otherwise. */
const NEAREST = 20;

const KINDS: Record<string, string> = { pca: "PCA", tsne: "t-SNE", umap: "UMAP", mds: "MDS", lda: "LDA" };

export const makeMap: MakePanel = (context) => new MapPanel(context);

/** The images in the lasso of a state; null where it has none. */
export function lassoRows(data: Dataset, { kind, lasso }: State["map"]): Set<Row> | null {
  const map = data.map?.maps.find((each) => each.kind === kind);
  return lasso === null || map === undefined || data.map === null ? null : new Points(map.x, map.y, rowsOf(data)).inside(lasso);
}

/** The image of each point; -1 where it is not in the page. */
function rowsOf(data: Dataset): Int32Array {
  return data.map!.image.map((row) => (row < data.count ? row : -1));
}

let panels = 0;

class MapPanel implements Panel {
  readonly element: HTMLElement;
  private readonly rows: Int32Array;
  /** Point of each image; -1 where it is not on the map. */
  private readonly pointOf: Int32Array;
  private readonly colours: string[];
  private readonly chart: Chart;
  private readonly legend: Legend;
  private readonly kindSelect: HTMLSelectElement;
  private readonly colourSelect: HTMLSelectElement;
  private readonly lassoButton: HTMLButtonElement;
  private readonly clearButton: HTMLButtonElement;
  private readonly count: HTMLInputElement;
  private readonly nearestNote: HTMLElement;
  private readonly help: HTMLElement;
  private readonly axes = { x: h("p", { class: "w-map-axis" }), y: h("p", { class: "w-map-axis w-map-axis-y" }) };
  private readonly notes = h("p", { class: "w-map-notes" });
  private points: Points | null = null;
  private kind = "";
  private colour = "";
  private theme: Theme | null = null;
  private colouring: Colouring | null = null;
  /** By point: 1 if it is in the selection, and if it is let through by all filters but the lasso. */
  private readonly selected: Uint8Array;
  private readonly reachable: Uint8Array;
  private hasReachable = false;
  private isNew = true;

  constructor(private readonly context: Context) {
    const { data } = context;
    this.rows = data.map === null ? new Int32Array() : rowsOf(data);
    this.pointOf = new Int32Array(data.count).fill(-1);
    for (let point = this.rows.length - 1; point >= 0; point--) if (this.rows[point] >= 0) this.pointOf[this.rows[point]] = point;
    this.selected = new Uint8Array(this.rows.length);
    this.reachable = new Uint8Array(this.rows.length);
    this.colours = colours(data);
    const id = `w-map-help-${++panels}`;
    this.help = h("p", { class: "w-map-help", id });
    this.chart = this.makeChart(id);
    this.legend = new Legend(context, () => this.paint());
    const t = context.t.bind(context);
    const kinds = (data.map?.maps ?? []).map(({ kind }) => h("option", { value: kind }, KINDS[kind.toLowerCase()] ?? kind));
    this.kindSelect = h("select", { "data-w-focus": "map-kind", onchange: () => this.change({ kind: this.kindSelect.value, lasso: null }) }, ...kinds);
    const options = this.colours.map((colour) => h("option", { value: colour }, this.colourLabel(colour)));
    this.colourSelect = h("select", { "data-w-focus": "map-colour", onchange: () => this.change({ colour: this.colourSelect.value }) }, ...options);
    this.lassoButton = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.draws(this.lassoButton.getAttribute("aria-pressed") !== "true") }, t("map.lasso"));
    this.clearButton = h("button", { type: "button", onclick: () => this.clear() }, t("map.clear"));
    this.count = h("input", { type: "number", min: 1, max: Math.max(this.rows.length, 1), step: 1, value: NEAREST, "aria-label": t("map.nearestNumber") });
    this.nearestNote = h("span", { class: "w-map-nearest-note" });
    this.element = h("section", { class: "w-map", "aria-label": t("map.title") }, this.controls(), this.help, this.body(), this.notes);
    this.watchScheme();
  }

  private makeChart(description: string): Chart {
    const { context } = this;
    return new Chart(
      { role: context.t("map.kind"), description },
      {
        point: (point, at) => showTip(at, ...this.about(point)),
        leave: (now) => (now ? hideTip() : leaveTip()),
        open: (point) => {
          hideTip();
          if (this.rows[point] >= 0) context.store.set({ image: this.rows[point] });
        },
        cursor: (point, at) => {
          showTip(at, ...this.about(point));
          context.say(this.sentence(point));
          this.nearestNote.textContent = "";
        },
        lasso: (polygon, pixel) => this.select(simplified(polygon, 3 * pixel)),
        reachable: (point) => !this.hasReachable || this.reachable[point] === 1,
        cancel: () => this.draws(false),
      },
    );
  }

  private controls(): HTMLElement {
    const t = this.context.t.bind(this.context);
    const labelled = (key: string, control: HTMLElement) => h("label", { class: "w-map-label" }, h("span", null, t(key)), control);
    const small = (key: string, sign: string, onclick: () => void) => h("button", { type: "button", class: "w-map-small", "aria-label": t(key), title: t(key), onclick }, sign);
    return h(
      "div",
      { class: "w-map-controls" },
      this.kindSelect.options.length > 1 && labelled("map.kind", this.kindSelect),
      this.colours.length > 0 && labelled("map.colour", this.colourSelect),
      h(
        "div",
        { class: "w-map-buttons" },
        small("map.zoomIn", "+", () => this.chart.zoomBy(1.5)),
        small("map.zoomOut", "−", () => this.chart.zoomBy(1 / 1.5)),
        h("button", { type: "button", onclick: () => this.chart.reset() }, t("map.reset")),
        this.lassoButton,
        this.clearButton,
      ),
      h("div", { class: "w-map-buttons" }, h("button", { type: "button", onclick: () => this.selectNearest() }, t("map.nearest")), this.count, this.nearestNote),
    );
  }

  private body(): HTMLElement {
    return h("div", { class: "w-map-body" }, h("div", { class: "w-map-frame" }, this.axes.y, this.chart.element, this.axes.x), this.legend.element);
  }

  private colourLabel(colour: string): string {
    const { context } = this;
    if (colour.startsWith("rank:")) return context.t("map.byRank", { rank: context.rank(colour.slice(5)) });
    if (colour.startsWith("group:")) return colour.slice(6);
    return context.t({ flag: "map.byFlag", height: "map.byHeight" }[colour] ?? "map.byVerdict");
  }

  update(changed: ReadonlySet<keyof State | "selection" | "verdicts">): void {
    const { store, data } = this.context;
    if (data.map === null || data.map.maps.length === 0) return;
    const { map, filters, image } = store.state;
    this.theme ??= themeOf(this.element);
    this.showKind(map.kind);
    const colour = colourOf(data, this.colours, map.colour, this.rows);
    const depends = (colour === "verdict" && changed.has("verdicts")) || ((colour === "flag" || colour === "height") && changed.has("run"));
    if (this.colouring === null || colour !== this.colour || depends) this.recolour(colour);
    if (this.isNew || changed.has("selection") || changed.has("filters")) this.reselect();
    const held = filters.rows?.of === "lasso";
    this.clearButton.disabled = !held;
    this.chart.lasso = held ? map.lasso : null;
    this.chart.marked = image !== null && image < this.pointOf.length ? this.pointOf[image] : -1;
    if (this.chart.marked >= 0 && !this.points!.isPlaced(this.chart.marked)) this.chart.marked = -1;
    this.paint();
    // Other panels are being told of this change: they hear of the next one after it.
    if (map.lasso !== null && !held) queueMicrotask(() => this.settle());
    else this.isNew = false;
  }

  /** A lasso that came with a link is applied once; one whose filter was taken away elsewhere goes as well. */
  private settle(): void {
    const { store, data } = this.context;
    const { map, filters } = store.state;
    const apply = this.isNew && filters.rows === null;
    this.isNew = false;
    if (map.lasso === null || filters.rows?.of === "lasso") return;
    const has = apply ? lassoRows(data, map) : null;
    if (has !== null && has.size > 0) store.filter({ rows: { of: "lasso", has } });
    else store.set({ map: { ...map, lasso: null } });
  }

  private showKind(wanted: string): void {
    const maps = this.context.data.map!.maps;
    const map = maps.find(({ kind }) => kind === wanted) ?? maps[0];
    if (this.points !== null && this.kind === map.kind) return;
    this.kind = map.kind;
    this.kindSelect.value = map.kind;
    this.points = new Points(map.x, map.y, this.rows);
    this.chart.show(this.points);
    replace(this.axes.x, name(map.axes[0]));
    replace(this.axes.y, name(map.axes[1]));
    this.axes.x.hidden = map.axes[0] === "";
    this.axes.y.hidden = map.axes[1] === "";
    this.colouring = null;
    this.nearestNote.textContent = "";
  }

  private recolour(colour: string): void {
    const keep = colour === this.colour && this.colouring !== null;
    this.colour = colour;
    this.colourSelect.value = colour;
    this.colouring = colouring(this.context, colour, this.rows, this.theme!);
    this.legend.show(this.colouring.categories, keep);
    this.showCounts();
  }

  private reselect(): void {
    const { store } = this.context;
    const mark = (marks: Uint8Array, rows: Uint32Array) => {
      marks.fill(0);
      for (let at = 0; at < rows.length; at++) {
        const point = this.pointOf[rows[at]];
        if (point >= 0) marks[point] = 1;
      }
    };
    mark(this.selected, store.selection);
    mark(this.reachable, store.without("rows"));
    this.hasReachable = this.reachable.includes(1);
    this.showCounts();
  }

  /** Counts beside the colours and below the map. */
  private showCounts(): void {
    const { context, points } = this;
    const { categories, of } = this.colouring!;
    const [selected, all] = [new Uint32Array(categories.length), new Uint32Array(categories.length)];
    let chosen = 0;
    for (let point = 0; point < of.length; point++) {
      if (!points!.isPlaced(point) || this.rows[point] < 0) continue;
      all[of[point]] += 1;
      selected[of[point]] += this.selected[point];
      chosen += this.selected[point];
    }
    this.legend.count(selected, all);
    const shown = all.reduce((sum, count) => sum + count, 0);
    const missing = this.rows.length - shown;
    this.chart.label(context.t("map.label", { images: context.images(shown) }));
    const sentences = [context.t("map.count", { shown: context.images(shown), selected: context.number(chosen, 0) })];
    if (chosen === 0) sentences.push(context.t("map.notHere"));
    if (missing > 0) sentences.push(context.t("map.unplaced", { images: context.images(missing) }));
    if (this.axes.x.hidden && this.axes.y.hidden) sentences.push(context.t("map.distances"));
    this.notes.textContent = sentences.join(" ");
  }

  /** Points in the order they are painted in: what steps back, then what has no colour of its own, then the rest; the worst on top. */
  private paint(): void {
    if (this.colouring === null || this.theme === null) return;
    const { categories, of } = this.colouring;
    const { lit } = this.legend;
    const layerOf = categories.map(({ rest }, category) => (lit.size > 0 && !lit.has(category) ? 0 : rest ? 1 : 2));
    const layers = [0, 0, 0];
    const layer = new Uint8Array(of.length);
    for (let point = 0; point < of.length; point++) {
      if (this.rows[point] < 0) {
        layer[point] = 3;
        continue;
      }
      layer[point] = this.selected[point] === 1 ? layerOf[of[point]] : 0;
      layers[layer[point]] += 1;
    }
    const next = [0, layers[0], layers[0] + layers[1]];
    const order = new Uint32Array(layers[0] + layers[1] + layers[2]);
    for (let point = of.length - 1; point >= 0; point--) if (layer[point] < 3) order[next[layer[point]]++] = point;
    const { x, y } = this.points!;
    const full = categories.map(({ colour }) => colour);
    const stepped = full.map((colour) => mixed(colour, this.theme!.back, FAINT));
    this.chart.paint({ x, y, order, faint: layers[0], of, full, stepped, back: this.theme.back }, this.theme);
  }

  private change(change: Partial<State["map"]>): void {
    this.context.store.set({ map: { ...this.context.store.state.map, kind: this.kind, ...change } });
  }

  private draws(drawing: boolean): void {
    this.lassoButton.setAttribute("aria-pressed", String(drawing));
    this.chart.setDrawing(drawing);
    this.help.textContent = drawing ? this.context.t("map.lassoHelp") : "";
  }

  private select(lasso: [number, number][]): void {
    const { context } = this;
    const { store } = context;
    const has = this.points!.inside(lasso);
    this.draws(false);
    if (has.size === 0) return context.say((this.help.textContent = context.t("map.selectedNone")));
    store.set({ map: { ...store.state.map, kind: this.kind, lasso }, filters: { ...store.state.filters, rows: { of: "lasso", has } } });
    context.say(context.t("map.selected", { images: context.images(store.selection.length) }));
  }

  private selectNearest(): void {
    const { context, chart } = this;
    const { store } = context;
    const wanted = Math.floor(this.count.valueAsNumber);
    if (chart.cursor < 0 || !(wanted >= 1)) {
      const text = chart.cursor < 0 ? context.t("map.nearestNeeds") : "";
      this.nearestNote.textContent = text;
      if (text !== "") context.say(text);
      return;
    }
    const has = this.points!.around(chart.cursor, wanted, (point) => !this.hasReachable || this.reachable[point] === 1);
    store.set({ map: { ...store.state.map, kind: this.kind, lasso: null }, filters: { ...store.state.filters, rows: { of: "lasso", has } } });
    context.say(context.t("map.selected", { images: context.images(store.selection.length) }));
  }

  private clear(): void {
    const { context } = this;
    const { store } = context;
    // The button goes out of use: the focus stays near.
    if (document.activeElement === this.clearButton) this.lassoButton.focus();
    store.set({ map: { ...store.state.map, lasso: null }, filters: { ...store.state.filters, rows: null } });
    context.say(context.t("map.cleared"));
  }

  private namesOf(point: number): { truth: string; answer: string | null } {
    const { context } = this;
    const { data } = context;
    const row = this.rows[point];
    const taxon = (of: number, none: string) => (of < 0 ? context.t(none) : context.taxon(of, true));
    const hasRun = data.format.runs.length > 0;
    return { truth: taxon(data.truth[row], "map.noTruth"), answer: hasRun ? taxon(context.run().answer[row], "map.noAnswer") : null };
  }

  private sentence(point: number): string {
    const { truth, answer } = this.namesOf(point);
    const { t } = this.context;
    return [`${t("map.truth")}: ${truth}`, ...(answer === null ? [] : [`${t("map.answer")}: ${answer}`])].join(", ");
  }

  /** The tip of a point: photograph, truth and answer. */
  private about(point: number): Node[] {
    const { context } = this;
    const row = this.rows[point];
    if (row < 0) return [];
    const { truth, answer } = this.namesOf(point);
    const line = (key: string, text: string) => h("p", null, h("span", { class: "w-map-tip-label" }, context.t(key)), " ", name(text, { class: "w-map-tip-name" }));
    const probability = context.run().probability[row];
    return [
      h(
        "div",
        { class: "w-map-tip" },
        context.data.picture(row) !== null && picture(context, row, ""),
        line("map.truth", truth),
        answer !== null && line("map.answer", answer),
        !Number.isNaN(probability) && h("p", null, context.t("map.probability", { value: context.number(probability, 2) })),
      ),
    ];
  }

  /** Another scheme has other colours. */
  private watchScheme(): void {
    const scheme = window.matchMedia?.("(prefers-color-scheme: dark)");
    if (scheme === undefined) return;
    let seen = false;
    const changed = () => {
      seen ||= this.element.isConnected;
      if (seen && !this.element.isConnected) return scheme.removeEventListener("change", changed);
      if (this.colouring === null) return;
      this.theme = themeOf(this.element);
      this.recolour(this.colour);
      this.paint();
    };
    scheme.addEventListener("change", changed);
  }
}
