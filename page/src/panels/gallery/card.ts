/** What one card of the gallery shows. */

import { h, name } from "../../dom.ts";
import type { Context, Row } from "../../model.ts";
import { FLAGS, type Labels } from "../list/labels.ts";
import { picture, placeholder } from "../list/picture.ts";
import { MISTAKES, NOT_SCORED, RIGHT, type Cards } from "./cards.ts";
import { answerOf } from "./confusions.ts";

/** Pictures on a card of several images, and how far is looked for them. */
const PICTURES = 3;
const LOOKED_AT = 200;
/** Answers that are named on a card of an observation. */
const ANSWERS = 3;

/** The button that fills a card; the grid around it has the focus. */
export function makeCard(context: Context, labels: Labels, cards: Cards, card: number): HTMLElement {
  const first = cards.rows[cards.starts[card]];
  const images = cards.starts[card + 1] - cards.starts[card];
  const lines =
    cards.grouped === "observation"
      ? observationLines(context, labels, cards, card)
      : confusionLines(context, labels, first, cards.kind[card], cards.grouped === "none");
  const count = cards.grouped === "none" ? null : h("span", { class: "w-card-count", title: context.images(images) }, `×${context.number(images)}`);
  const judged = verdictsOf(context, labels, cards, card);
  return h(
    "button",
    { type: "button", class: `w-card w-card-${cards.grouped}`, tabindex: -1 },
    h("span", { class: "w-card-pictures" }, ...picturesOf(context, labels, cards, card), count, judged, flagOf(context, labels, cards, card)),
    ...lines,
    numbers(context, cards, card),
  );
}

/** Up to three pictures; where there is none, the name of the first image. */
function picturesOf(context: Context, labels: Labels, cards: Cards, card: number): HTMLElement[] {
  const from = cards.starts[card];
  const to = Math.min(cards.starts[card + 1], from + LOOKED_AT);
  const found: HTMLElement[] = [];
  for (let i = from; i < to && found.length < PICTURES; i++) {
    const row = cards.rows[i];
    // One description is enough: the others show the same confusion.
    if (context.data.picture(row) !== null) found.push(picture(context, row, found.length === 0 ? labels.picture(row) : ""));
  }
  if (found.length === 0) found.push(placeholder(context, cards.rows[from]));
  return found;
}

function line(kind: string, before: string, text: string): HTMLElement {
  return h("span", { class: `w-card-${kind}`, title: before + text }, before === "" ? null : h("span", { class: "w-list-soft" }, before), name(text));
}

function confusionLines(context: Context, labels: Labels, row: Row, kind: number, alone: boolean): HTMLElement[] {
  const { t } = context;
  const truth = line("truth", "", labels.truthOf(row));
  // A page without runs has images and no answers.
  if (context.data.format.runs.length === 0) return [truth, line("answer", "", alone ? context.data.names[row] : ""), line("meets", "", "")];
  if (kind === RIGHT) return [truth, line("answer", "", t("gallery.right")), line("meets", "", alone ? context.data.names[row] : "")];
  const none = answerOf(context.data, context.run(), row) < 0;
  const answer = line("answer", none ? "" : `${t("gallery.taken_for")} `, labels.answerOf(row));
  if (kind === NOT_SCORED) return [truth, answer, line("meets", `${t("gallery.not_scored")} `, labels.cause(row))];
  return [truth, answer, line("meets", `${t("gallery.meet_at")} `, labels.meets(row))];
}

function observationLines(context: Context, labels: Labels, cards: Cards, card: number): HTMLElement[] {
  const { data, t } = context;
  const from = cards.starts[card];
  const row = cards.rows[from];
  const counts = new Map<number, number>();
  for (let i = from; i < cards.starts[card + 1]; i++) {
    const answer = answerOf(data, context.run(), cards.rows[i]);
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]);
  const named = most.slice(0, ANSWERS).map(([answer, n]) => (n > 1 ? `${labels.answer(answer)} ×${context.number(n)}` : labels.answer(answer)));
  if (most.length > ANSWERS) named.push("…");
  const observation = data.observation?.values[data.observation.column[row]] ?? "";
  return [
    line("truth", "", labels.truthOf(row)),
    data.format.runs.length === 0 ? line("answer", "", "") : line("answer", `${t("gallery.answers")} `, named.join(", ")),
    observation === "" ? line("meets", "", t("gallery.without_observation")) : line("meets", `${t("gallery.observation")} `, observation),
  ];
}

/** Images that are right, cost and mean probability, each only where there is one. */
function numbers(context: Context, cards: Cards, card: number): HTMLElement {
  const { t } = context;
  const images = cards.starts[card + 1] - cards.starts[card];
  const parts: string[] = [];
  if (cards.grouped === "observation" && images > 1 && cards.kind[card] !== NOT_SCORED) {
    parts.push(t("gallery.share_right", { right: context.number(cards.right[card]), n: context.number(images) }));
  }
  if (context.run().cost !== null && cards.kind[card] === MISTAKES) parts.push(t("gallery.cost", { cost: context.number(cards.cost[card], 2) }));
  if (!Number.isNaN(cards.probability[card])) {
    parts.push(t(images > 1 ? "gallery.mean_probability" : "gallery.probability", { probability: context.percent(cards.probability[card]) }));
  }
  const text = parts.join(" · ");
  return h("span", { class: "w-card-numbers", title: text }, text);
}

/** Flag and height in words on the colour of the flag; images of one observation may differ in it, then there is none. */
function flagOf(context: Context, labels: Labels, cards: Cards, card: number): HTMLElement | null {
  const { t } = context;
  const several = cards.grouped === "observation" && cards.starts[card + 1] - cards.starts[card] > 1;
  const row = cards.rows[cards.starts[card]];
  const flag = FLAGS[context.run().flag[row]];
  if (cards.kind[card] === NOT_SCORED || flag === undefined) return null;
  const height = cards.height[card];
  const said = context.number(height, Number.isInteger(height) ? 0 : 1);
  if (cards.kind[card] === RIGHT) return h("span", { class: `w-card-flag w-is-${flag}` }, labels.flag(row));
  if (several) return h("span", { class: "w-card-flag" }, t("gallery.mean_height", { height: said }));
  const text = `${labels.flag(row)} · ${t("gallery.height", { height: said })}`;
  return h("span", { class: `w-card-flag w-is-${flag}`, title: text }, text);
}

/** What the images of the card were judged: the verdict of the only one, or how many are. */
function verdictsOf(context: Context, labels: Labels, cards: Cards, card: number): HTMLElement | null {
  const from = cards.starts[card];
  const to = Math.min(cards.starts[card + 1], from + LOOKED_AT);
  let judged = 0;
  let last = "";
  for (let i = from; i < to; i++) {
    const { verdict } = context.store.verdict(cards.rows[i]);
    if (verdict === "none") continue;
    judged++;
    last = labels.verdict(verdict);
  }
  if (judged === 0) return null;
  const text = to - from === 1 ? last : context.t("gallery.judged", { n: context.number(judged) });
  return h("span", { class: "w-card-verdict" }, text);
}
