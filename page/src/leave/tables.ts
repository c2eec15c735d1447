/** The selection and the verdicts as tables. */

import type { Dataset, Row, Run, Store, Taxon, Verdict, Words } from "../model.ts";
import { cell, line, numeral } from "./csv.ts";

const FLAGS = ["right", "acceptable", "wrong"];
/** Rungs of the ladder, as `mistakes.csv` names where truth and answer meet. */
const LADDER = ["species", "genus", "family", "order", "class", "phylum", "kingdom", "root"];
/** Lines that are joined to one text. */
const BLOCK = 4096;

type Judged = (row: Row) => { verdict: Verdict; note: string };

/** Heads of the columns of a selection. */
export function selectionColumns(data: Dataset): string[] {
  const before = ["image", "truth", "truth_id", "predicted", "predicted_id", "lca", "lca_rank", "height", "probability", "cause", "flag"];
  const ranks = data.ranks.map(({ name }) => `right_${name}`);
  const after = ["observation", "licence", "verdict", "note"];
  const taken = new Set([...before, ...ranks, ...after]);
  const groups = data.groups.map(({ name }) => {
    // A column of the user's that is called like one of ours, or like another of the user's.
    let head = taken.has(name) || name === "" ? `group_${name}` : name;
    for (let number = 2; taken.has(head); number++) head = `group_${name}_${number}`;
    taken.add(head);
    return head;
  });
  return [...before, ...ranks, ...groups, ...after];
}

/** The selection as CSV, in parts: one line per image, in the order of the rows. */
export function selectionTable(data: Dataset, run: Run, rows: ArrayLike<Row>, judged: Judged): string[] {
  const { taxonomy, format, ranks } = data;
  const named = once((taxon) => `${cell(taxonomy.name(taxon))},${cell(taxonomy.id(taxon))}`);
  const meets = once((taxon) => {
    const rank = format.has_ranks ? LADDER[taxonomy.rung(taxon)] : taxonomy.rank(taxon);
    return `${cell(taxonomy.name(taxon))},${cell(rank)}`;
  });
  const single = run.whole.probability?.t === "f32";
  const groups = data.groups.map(word);
  const observation = word(data.observation);
  const licence = word(data.licence);
  const tell = (row: Row): string => {
    const { verdict, note } = judged(row);
    const cells = [
      cell(data.names[row]),
      named(data.truth[row]),
      named(run.predicted[row]),
      meets(run.lca[row]),
      run.height[row] < 0 ? "" : String(run.height[row]),
      numeral(run.probability[row], single),
      cell(format.causes[run.cause[row]] ?? ""),
      FLAGS[run.flag[row]] ?? "",
    ];
    for (let rank = 0; rank < ranks.length; rank++) {
      const counts = (run.countsAt[row] >>> rank) & 1;
      cells.push(counts === 0 ? "" : (run.rightAt[row] >>> rank) & 1 ? "true" : "false");
    }
    for (const group of groups) cells.push(group(row));
    cells.push(observation(row), licence(row), verdict === "none" ? "" : verdict, cell(note));
    return `${cells.join(",")}\r\n`;
  };
  const parts = [line(selectionColumns(data))];
  for (let start = 0; start < rows.length; start += BLOCK) {
    let text = "";
    for (let i = start; i < Math.min(start + BLOCK, rows.length); i++) text += tell(rows[i]);
    parts.push(text);
  }
  return parts;
}

/** The verdicts as CSV, as `nearmiss report --verdicts` reads them. A note without a verdict keeps its line. */
export function verdictsTable(data: Dataset, run: Run, judged: ReturnType<Store["judged"]>): string[] {
  const { taxonomy, names, truth } = data;
  const named = (taxon: Taxon): string => (taxon < 0 ? "" : taxonomy.name(taxon));
  const tell = ({ row, verdict, note }: (typeof judged)[number]): string =>
    line([names[row], verdict === "none" ? "" : verdict, note, named(truth[row]), named(run.predicted[row])]);
  return [line(["image", "verdict", "note", "truth", "predicted"]), ...judged.map(tell)];
}

/** Two cells of a taxon, made once; empty ones for none. */
function once(make: (taxon: Taxon) => string): (taxon: Taxon) => string {
  const known = new Map<Taxon, string>([[-1, ","]]);
  return (taxon) => {
    let cells = known.get(taxon);
    if (cells === undefined) known.set(taxon, (cells = taxon < 0 ? "," : make(taxon)));
    return cells;
  };
}

/** Cells of a column of few texts, made once. */
function word(words: Words | null): (row: Row) => string {
  if (words === null) return () => "";
  const cells = words.values.map(cell);
  return (row) => cells[words.column[row]] ?? "";
}
