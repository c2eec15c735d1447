/** The images of a pair one by one: how sure, what each rank said, their groups. */

import type { Context, Row, Words } from "../../model.ts";
import { h } from "../../dom.ts";
import { saidAt } from "./said.ts";
import type { Walk } from "./walk.ts";
import { SHORT, cut, scrolling, shown, spoken, taxonNode, taxonText } from "./words.ts";

export interface Table {
  readonly element: HTMLElement;
  /** Verdicts changed. */
  refresh(): void;
}

/** Lines that are shown at first, and by each push of the button. */
const PAGE = 30;
/** Letters of a name in a narrow column. */
const WORD = 24;

/** `taxa`: whether truth and answer are told of each image, as they are not the same for all. */
export function makeTable(context: Context, walk: Walk, rows: ArrayLike<Row>, taxa: boolean): Table {
  const { t, data } = context;
  const ranks = [...data.ranks.keys()].filter((rank) => !data.ranks[rank].given);
  const body = h("tbody");
  const verdicts: { row: Row; cell: HTMLElement }[] = [];
  const more = h("button", { type: "button", class: "w-pair-more", onclick: () => grow() });
  const head = (text: Node | string, number = false) => h("th", { scope: "col", class: number ? "w-pair-number" : null }, text);
  const heads = [
    head(t("pair.table.name")),
    ...(taxa ? [head(t("pair.truth")), head(t("pair.answer"))] : []),
    head(t("pair.table.probability"), true),
    ...ranks.map((rank) => head(context.rank(data.ranks[rank].name))),
    ...data.groups.map((group) => head(shown(group.name, SHORT))),
    head(t("pair.table.verdict")),
  ];
  const table = h("table", { class: "w-pair-table" }, h("thead", null, h("tr", null, ...heads)), body);
  grow();

  function grow(): void {
    const from = verdicts.length;
    for (let i = from; i < Math.min(from + PAGE, rows.length); i++) body.append(line(rows[i]));
    const left = rows.length - verdicts.length;
    more.hidden = left === 0;
    more.textContent = t("pair.more", { n: context.number(Math.min(left, PAGE)) });
    if (from > 0) body.rows[from]?.querySelector("button")?.focus();
    refresh();
  }
  function line(row: Row): HTMLElement {
    const run = context.run();
    const verdict = h("td", { class: "w-pair-word" });
    verdicts.push({ row, cell: verdict });
    const text = data.names[row];
    const label = t("pair.enlarge", { name: spoken(text) });
    const open = () => walk.enlarge(row, rows);
    return h(
      "tr",
      null,
      h("th", { scope: "row" }, h("button", { type: "button", class: "w-pair-name", "aria-label": label, onclick: open }, shown(text, SHORT))),
      ...(taxa ? [data.truth[row], run.answer[row]].map((taxon) => h("td", { class: "w-pair-word" }, taxonNode(context, taxon, SHORT, false))) : []),
      h("td", { class: "w-pair-number" }, context.percent(run.probability[row])),
      ...ranks.map((rank) => said(context, row, rank)),
      ...data.groups.map((group) => h("td", { class: "w-pair-word" }, shown(wordOf(group, row), WORD))),
      verdict,
    );
  }
  function refresh(): void {
    for (const { row, cell } of verdicts) {
      const { verdict, note } = context.store.verdict(row);
      cell.textContent = verdict === "none" ? "–" : t(`triage.verdict.${verdict}`);
      if (note === "") cell.removeAttribute("title");
      else cell.title = cut(note, 400);
    }
  }
  const summed = context.run().summed?.some((rank) => rank !== null) ?? false;
  const element = h(
    "section",
    null,
    h("h3", null, t("pair.table")),
    h("p", { class: "w-pair-soft" }, t(summed ? "pair.table.note" : "pair.table.plain")),
    scrolling(t("pair.table"), table),
    more,
  );
  return { element, refresh };
}

function wordOf({ values, column }: Words, row: Row): string {
  return values[column[row]] ?? "";
}

function said(context: Context, row: Row, rank: number): HTMLElement {
  const { right, summed } = saidAt(context.data, context.run(), row, rank);
  const cell = h("td", null, mark(context, right));
  if (summed) {
    const label = context.t("pair.summed", { taxon: taxonText(context, summed.taxon, true) });
    const name = taxonNode(context, summed.taxon, WORD, false);
    cell.append(h("span", { class: "w-pair-summed", title: cut(label, 400) }, mark(context, summed.right), " ", name));
  }
  return cell;
}

function mark(context: Context, right: boolean | null): HTMLElement {
  const text = context.t(right === null ? "pair.not_counted" : right ? "pair.right" : "pair.wrong");
  const kind = right === null ? "none" : right ? "right" : "wrong";
  const sign = right === null ? "–" : right ? "✓" : "✗";
  return h("span", { class: `w-pair-mark w-pair-${kind}`, role: "img", "aria-label": text, title: text }, sign);
}
