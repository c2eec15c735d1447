/** Knowing when to stop: a slider on the operating curve of the selection. */

import { h, name, replace } from "../dom.ts";
import type { Context, MakePanel, Panel, Row, State } from "../model.ts";
import { RankAnswers, RankCurve } from "./threshold/at_rank.ts";
import { BackOffAnswers, BackOffCurve } from "./threshold/back_off.ts";
import { choices, chosen, type Choice } from "./threshold/choice.ts";
import { numbered } from "./threshold/clustered.ts";
import type { Curve, Point } from "./threshold/curve.ts";
import { Differences, kinds } from "./threshold/differences.ts";
import { Outcomes } from "./threshold/outcome.ts";
import { makePlot, type Plot } from "./threshold/plot.ts";
import { showStops } from "./threshold/stops.ts";

/** Points of the plot's line. */
const POINTS = 200;

export const makeThreshold: MakePanel = (context) => new ThresholdPanel(context);

type Answers = RankAnswers | BackOffAnswers;

class ThresholdPanel implements Panel {
  readonly element: HTMLElement;
  private readonly ranked: boolean;
  private all: Choice[] = [];
  private choice: Choice | null = null;
  private outcomes: Outcomes | null = null;
  /** Answers of each choice, sorted once; of the run that is looked at. */
  private readonly answers = new Map<string, Answers>();
  private run = -1;
  private readonly cluster: Uint32Array | null;
  private curve: Curve | null = null;
  private line: { kept: number; wrong: number }[] = [];
  /** States without a threshold, and at the last position. */
  private none: Uint8Array = new Uint8Array();
  private last: Uint8Array = new Uint8Array();
  private value = 0;
  /** The position that the slider was let go at, and the one before it. */
  private settled = 0;
  private before = 0;
  private frame = 0;
  private parts: Parts | null = null;

  constructor(private readonly context: Context) {
    this.ranked = context.data.format.has_ranks;
    this.cluster = context.data.cluster && numbered(context.data.cluster);
    this.element = h("section", { class: "w-threshold", "aria-label": context.t("threshold.title") });
  }

  update(changed: ReadonlySet<keyof State | "selection" | "verdicts">): void {
    const { state } = this.context.store;
    const newRun = this.run !== state.run;
    if (newRun) this.start(state.run);
    if (this.parts === null) return;
    const wanted = chosen(this.all, state.threshold.by);
    const newChoice = newRun || wanted !== this.choice;
    if (newChoice) {
      this.choice = wanted;
      this.parts.choose(wanted!);
    }
    if (newChoice || this.curve === null || changed.has("selection") || changed.has("filters")) this.select();
    const value = clamped(state.threshold.value);
    if (value !== this.settled || newChoice) {
      this.before = newChoice ? 0 : this.settled;
      this.settled = value;
    }
    this.value = value;
    this.last = this.curve!.states(this.before);
    this.parts.position(value);
    this.show();
  }

  /** Begins with a run: what a threshold can be on, and the controls. */
  private start(run: number): void {
    this.run = run;
    this.answers.clear();
    this.curve = null;
    this.all = choices(this.context.data, this.context.run());
    this.choice = null;
    if (this.all.length === 0) {
      this.parts = null;
      replace(this.element, h("p", { class: "w-threshold-none" }, this.context.t("threshold.noProbabilities")));
      return;
    }
    this.parts = new Parts(this.context, this.all, {
      choose: (by) => this.context.store.set({ threshold: { by, value: this.value } }),
      move: (value) => this.move(value),
      settle: (value) => this.settle(value),
      show: (rows) => this.showRows(rows),
      clear: () => this.context.store.filter({ rows: null }),
    });
    replace(this.element, ...this.parts.elements);
  }

  /** The selection, without what the buttons of this panel narrowed it to. */
  private rows(): Uint32Array {
    const { store } = this.context;
    return store.state.filters.rows?.of === "threshold" ? store.without("rows") : store.selection;
  }

  private select(): void {
    const choice = this.choice!;
    const { data } = this.context;
    this.outcomes ??= new Outcomes(data.taxonomy, this.ranked && data.format.height_unit === "rungs");
    let answers = this.answers.get(choice.by);
    if (answers === undefined) {
      const run = this.context.run();
      answers = choice.kind === "back_off" ? new BackOffAnswers(data, run, this.outcomes, this.ranked) : new RankAnswers(data, run, choice, this.outcomes);
      this.answers.set(choice.by, answers);
    }
    const rows = this.rows();
    this.curve = answers instanceof RankAnswers ? new RankCurve(answers, rows, this.cluster) : new BackOffCurve(answers, rows, this.cluster);
    this.line = this.curve.points(POINTS);
    this.none = this.curve.states(0);
    this.last = this.curve.states(this.before);
  }

  /** While the slider moves: the state is set where it stops, so that nothing else is drawn meanwhile. */
  private move(value: number): void {
    this.value = clamped(value);
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.last = this.curve!.states(this.value === this.settled ? this.before : this.settled);
      this.show();
    });
  }

  private settle(value: number): void {
    if (this.frame !== 0) cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.value = clamped(value);
    this.context.store.set({ threshold: { by: this.choice!.by, value: this.value } });
    this.context.say(sentence(this.context, this.curve!, this.curve!.at(this.value)));
  }

  private show(): void {
    const { curve, parts, choice } = this;
    if (curve === null || parts === null || choice === null) return;
    const now = curve.states(this.value);
    const from = this.value === this.settled ? this.before : this.settled;
    const narrowed = this.context.store.state.filters.rows?.of === "threshold";
    parts.show(curve, curve.at(this.value), curve.at(0), this.line, { narrowed, ranked: this.ranked });
    parts.changes(curve, { none: this.none, last: this.last, now }, from);
  }

  private showRows(has: Set<Row>): void {
    this.context.store.filter({ rows: { of: "threshold", has } });
    this.context.store.set({ tab: "gallery" });
  }
}

function clamped(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, 0), 1) : 0;
}

/** "0.62", with more decimals only where they are there. */
function written(context: Context, value: number): string {
  return context.number(value, Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? 2 : 4);
}

/** What a threshold does, in one sentence. */
function sentence(context: Context, curve: Curve, point: Point): string {
  const error = context.percent(point.kept === 0 ? null : point.wrong / point.kept);
  return context.t("threshold.sentence", {
    threshold: written(context, point.threshold),
    kept: context.images(point.kept),
    share: context.percent(curve.n === 0 ? null : point.kept / curve.n),
    error,
  });
}

interface Handlers {
  choose(by: string): void;
  move(value: number): void;
  settle(value: number): void;
  show(rows: Set<Row>): void;
  clear(): void;
}

/** What stands in the panel, made once per run. */
class Parts {
  readonly elements: HTMLElement[];
  private readonly select: HTMLSelectElement;
  private readonly range: HTMLInputElement;
  private readonly number: HTMLInputElement;
  private readonly numbers = h("dl", { class: "w-threshold-numbers" });
  private readonly notes = h("div", { class: "w-threshold-notes" });
  private readonly rule = h("p", { class: "w-threshold-rule" });
  private readonly stops = h("div");
  private readonly stopsPart: HTMLElement;
  private readonly plot: Plot;
  private readonly changed = h("div", { class: "w-threshold-changed" });
  private readonly lastTitle = h("h4");
  private readonly clear: HTMLElement;
  private fromNone: Differences | null = null;
  private fromLast: Differences | null = null;

  constructor(
    private readonly context: Context,
    all: Choice[],
    private readonly handlers: Handlers,
  ) {
    const t = context.t.bind(context);
    const options = all.map(({ by, kind }) => h("option", { value: by }, kind === "back_off" ? t("threshold.backOff") : t("threshold.atRank", { rank: context.rank(by) })));
    this.select = h("select", { onchange: () => handlers.choose(this.select.value) }, ...options);
    const limits = { min: 0, max: 1, step: 0.01 };
    const slide = (done: boolean) => () => {
      this.number.value = this.range.value;
      if (done) handlers.settle(this.range.valueAsNumber);
      else handlers.move(this.range.valueAsNumber);
    };
    const type = (done: boolean) => () => {
      const value = clamped(this.number.valueAsNumber);
      this.range.value = String(value);
      if (done) this.number.value = String(value);
      if (done) handlers.settle(value);
      else handlers.move(value);
    };
    this.range = h("input", { type: "range", ...limits, "aria-label": t("threshold.threshold"), oninput: slide(false), onchange: slide(true) });
    this.number = h("input", { type: "number", ...limits, "aria-label": t("threshold.typed"), oninput: type(false), onchange: type(true) });
    this.plot = makePlot(context, h("div", { class: "w-threshold-place" }));
    this.stopsPart = h("div", null, h("h3", null, t("threshold.stops")), this.stops);
    this.clear = h("p", { class: "w-threshold-narrowed" }, t("threshold.narrowed"), " ", h("button", { type: "button", onclick: () => handlers.clear() }, t("threshold.widen")));
    this.elements = [this.controls(), this.rule, this.clear, h("div", { class: "w-threshold-columns" }, this.left(), this.right()), this.notes];
  }

  private controls(): HTMLElement {
    const t = this.context.t.bind(this.context);
    return h(
      "div",
      { class: "w-threshold-controls" },
      h("label", { class: "w-threshold-on" }, h("span", null, t("threshold.on")), this.select),
      h("div", { class: "w-threshold-slider" }, h("span", { "aria-hidden": "true" }, t("threshold.threshold")), this.range, this.number),
    );
  }

  private left(): HTMLElement {
    const legend = h(
      "p",
      { class: "w-threshold-legend" },
      h("span", null, h("span", { class: "w-threshold-mark" }), this.context.t("threshold.now")),
      h("span", null, h("span", { class: "w-threshold-mark w-threshold-mark-base" }), this.context.t("threshold.base")),
    );
    return h("div", null, this.numbers, h("h3", null, this.context.t("threshold.curve")), this.plot.element, legend);
  }

  private right(): HTMLElement {
    return h("div", null, this.stopsPart, h("h3", null, this.context.t("threshold.changes")), this.changed);
  }

  /** Sets what the threshold is on. */
  choose(choice: Choice): void {
    const t = this.context.t.bind(this.context);
    this.select.value = choice.by;
    const backsOff = choice.kind === "back_off";
    const given = choice.rank >= 0 && this.context.data.ranks[choice.rank].given;
    replace(this.rule, t(`threshold.rule.${choice.kind}`, { rank: backsOff ? "" : this.context.rank(choice.by) }), given && ` ${t("threshold.given")}`);
    this.stopsPart.hidden = !backsOff;
    this.fromNone = new Differences(this.context, kinds("none", backsOff), this.handlers.show);
    this.fromLast = new Differences(this.context, kinds("last", backsOff), this.handlers.show);
    replace(this.changed, h("h4", null, t("threshold.fromNone")), this.fromNone.element, this.lastTitle, this.fromLast.element);
  }

  /** Moves the slider to a threshold, unless it is there. */
  position(value: number): void {
    if (this.range.valueAsNumber !== value) this.range.value = String(value);
    if (this.number.valueAsNumber !== value) this.number.value = String(Number(value.toFixed(4)));
  }

  show(curve: Curve, point: Point, base: Point, line: { kept: number; wrong: number }[], about: { narrowed: boolean; ranked: boolean }): void {
    const { context } = this;
    this.range.setAttribute("aria-valuetext", sentence(context, curve, point));
    this.clear.hidden = !about.narrowed;
    replace(this.numbers, ...figures(context, curve, point, base, about.ranked));
    if (point.depth !== null) showStops(context, this.stops, point.depth.stops, curve.n, about.ranked);
    const place = ({ kept, wrong }: { kept: number; wrong: number }) => (kept === 0 ? null : { coverage: kept / curve.n, risk: wrong / kept });
    const now = place(point);
    this.plot.draw({
      line: line.map((each) => place(each)!),
      base: place(base),
      now: now && { ...now, interval: point.interval },
      label: `${context.t("threshold.curve")}. ${sentence(context, curve, base)} ${sentence(context, curve, point)}`,
    });
    replace(this.notes, ...notes(context, curve, point.depth !== null));
  }

  changes(curve: Curve, states: { none: Uint8Array; last: Uint8Array; now: Uint8Array }, from: number): void {
    this.fromNone?.update(curve, states.none, states.now);
    this.fromLast?.update(curve, states.last, states.now);
    replace(this.lastTitle, this.context.t("threshold.fromLast", { threshold: written(this.context, from) }));
  }
}

function figures(context: Context, curve: Curve, point: Point, base: Point, ranked: boolean): HTMLElement[] {
  const t = context.t.bind(context);
  const percent = context.percent.bind(context);
  const { n } = curve;
  const part = (count: number, whole: number) => percent(whole === 0 ? null : count / whole);
  const figure = (key: string, value: string, more: string, without?: string) =>
    h("div", null, h("dt", null, t(key)), h("dd", null, h("strong", null, value), h("span", null, more), without !== undefined && h("small", null, t("threshold.was", { value: without }))));
  const counted = (count: number, whole: number) => t("threshold.of", { n: context.number(count), whole: context.images(whole) });
  const interval = point.interval && t("threshold.interval", { low: percent(point.interval.low), high: percent(point.interval.high) });
  const found = [
    figure("threshold.kept", part(point.kept, n), counted(point.kept, n), part(base.kept, n)),
    figure("threshold.error", part(point.wrong, point.kept), [interval, counted(point.wrong, point.kept)].filter(Boolean).join(" · "), part(base.wrong, base.kept)),
    figure("threshold.height", context.number(point.meanHeight, 2), context.images(point.wrong), context.number(base.meanHeight, 2)),
  ];
  if (point.depth === null || base.depth === null) return found;
  const { correct, exact, mean } = point.depth;
  found.splice(
    2,
    0,
    figure("threshold.correct", part(correct, n), counted(correct, n), part(base.depth.correct, n)),
    figure("threshold.exact", part(exact, n), counted(exact, n), part(base.depth.exact, n)),
    figure(ranked ? "threshold.depth" : "threshold.depthEdges", context.number(n === 0 ? null : mean, 2), context.images(n), context.number(base.depth.mean, 2)),
  );
  return found;
}

/** What must be known to read the numbers. */
function notes(context: Context, curve: Curve, backsOff: boolean): HTMLElement[] {
  const t = context.t.bind(context);
  const { data } = context;
  const found: string[] = [];
  if (curve.n === 0) found.push(t("threshold.empty"));
  if (curve.without > 0) found.push(t(backsOff ? "threshold.withoutSteps" : "threshold.without", { images: context.images(curve.without) }));
  const { total } = data.format.images;
  if (data.count < total) found.push(t("threshold.partial", { images: context.images(data.count), total: context.number(total) }));
  // The report tries thresholds on another half where it has whole distributions.
  found.push(context.run().steps === null ? t("threshold.tuned") : `${t("threshold.tuned")} ${t("threshold.tried")}`);
  const run = data.runs.length > 1 ? [h("p", null, t("threshold.ofRun"), " ", name(context.run().name))] : [];
  return [...run, ...found.map((text) => h("p", null, text))];
}
