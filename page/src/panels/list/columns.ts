/** The columns of the list. The first four are seen on a telephone; the others can be scrolled to. */

import type { Context, Row } from "../../model.ts";
import { h, name } from "../../dom.ts";
import type { Key } from "./keys.ts";
import { FLAGS, type Labels } from "./labels.ts";
import { hasPictures, picture } from "./picture.ts";

export interface Column {
  key: Key;
  /** Head of the column. It may be a name that the user gave. */
  label: string;
  /** Least width in rem, and the share of what is left over. */
  width: number;
  share: number;
  number?: boolean;
  /** Puts the value of a row into its cell. */
  fill(cell: HTMLElement, row: Row): void;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export function makeColumns(context: Context, labels: Labels): Column[] {
  const { data, store, t } = context;
  const text = (of: (row: Row) => string) => (cell: HTMLElement, row: Row) => put(cell, of(row));
  const image: Column[] = [
    { key: "name", label: data.format.noun ? capital(data.format.noun.one) : t("list.image"), width: hasPictures(context) ? 4 : 5, share: 1, fill: (cell, row) => fillImage(context, cell, row) },
    { key: "truth", label: t("list.truth"), width: 6, share: 2, fill: text(labels.truthOf) },
  ];
  const rest: Column[] = data.groups.map((group, place) => {
    const fill = text((row) => group.values[group.column[row]] ?? "");
    return { key: `group ${place}`, label: group.name, width: 6, share: 1, fill };
  });
  rest.push({ key: "verdict", label: t("list.verdict"), width: 7, share: 0.5, fill: text((row) => labels.verdict(store.verdict(row).verdict)) });
  // A page of embeddings alone has images and no answers.
  return data.format.runs.length === 0 ? [...image, ...rest] : [...image, ...answerColumns(context, labels), ...rest];
}

function answerColumns(context: Context, labels: Labels): Column[] {
  const { t } = context;
  const text = (of: (row: Row) => string) => (cell: HTMLElement, row: Row) => put(cell, of(row));
  const columns: Column[] = [
    { key: "answer", label: t("list.answer"), width: 6, share: 2, fill: (cell, row) => fillAnswer(context, labels, cell, row) },
    { key: "height", label: t("list.height"), width: 4.9, share: 0, number: true, fill: (cell, row) => fillHeight(context, labels, cell, row) },
    { key: "meets", label: t("list.meets"), width: 8, share: 1.5, fill: text(labels.meets) },
  ];
  const run = context.run();
  if (run.whole.has_probabilities) {
    const fill = text((row) => context.percent(run.probability[row]));
    columns.push({ key: "probability", label: t("list.probability"), width: 6.5, share: 0, number: true, fill });
  }
  const { cost } = run;
  if (cost !== null) {
    const fill = text((row) => context.number(cost[row], 2));
    columns.push({ key: "cost", label: t("list.cost"), width: 5, share: 0, number: true, fill });
  }
  columns.push({ key: "cause", label: t("list.cause"), width: 8, share: 1, fill: text(labels.cause) });
  return columns;
}

/** A text, cut where it does not fit: all of it in `title`. */
function put(cell: HTMLElement, text: string): void {
  cell.title = text;
  cell.append(name(text));
}

function fillImage(context: Context, cell: HTMLElement, row: Row): void {
  const text = context.data.names[row];
  if (hasPictures(context)) {
    const small = picture(context, row, "");
    small.classList.add("w-list-picture");
    cell.append(small);
  }
  put(cell, text);
}

/** The answer as scored; as given in the title where it is another. */
function fillAnswer(context: Context, labels: Labels, cell: HTMLElement, row: Row): void {
  const run = context.run();
  put(cell, labels.answerOf(row));
  if (run.answer[row] >= 0 && run.predicted[row] >= 0 && run.answer[row] !== run.predicted[row]) {
    cell.title += ` – ${context.t("list.given", { answer: labels.taxon(run.answer[row]) })}`;
  }
}

function fillHeight(context: Context, labels: Labels, cell: HTMLElement, row: Row): void {
  const flag = FLAGS[context.run().flag[row]];
  // The colour repeats what the height and the title say.
  if (flag !== undefined) cell.append(h("span", { class: `w-list-dot w-is-${flag}`, "aria-hidden": "true" }));
  put(cell, labels.height(row));
  const word = labels.flag(row);
  if (word !== "") {
    cell.title += ` – ${word}`;
    cell.append(h("span", { class: "w-unseen" }, ` ${word}`));
  }
}
