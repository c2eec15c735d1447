import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Format } from "../src/format.ts";
import type { Dataset } from "../src/model.ts";
import { makeContext } from "../src/context.ts";
import { readDataset } from "../src/data/dataset.ts";
import { above, columnsOf, crumbs } from "../src/panels/tree/columns.ts";
import { countTaxa, mostConfused } from "../src/panels/tree/counts.ts";
import { type Cell, type Layout, layout, moved } from "../src/panels/tree/layout.ts";
import { numbersOf, testedClades } from "../src/panels/tree/numbers.ts";
import { afterKey } from "../src/panels/tree/search.ts";
import { cellLabel } from "../src/panels/tree/words.ts";
import { PageStore } from "../src/state/store.ts";
import { sample } from "./sample.ts";
import { type Setup, setup } from "./setup.ts";

function laid({ data, store, context }: Setup, root = 0, { height = 400, lowest = 2, most = 1500 } = {}): Layout {
  const columns = columnsOf(data);
  const counts = countTaxa(data, columns, store.selection, context.run(), null);
  return layout({ taxonomy: data.taxonomy, columnOf: columns.of, span: [0, columns.count], root, height, lowest, most }, counts);
}

function checkAreas({ cells, total }: Layout, isWhole: boolean): void {
  const check = (children: Cell[], start: number, end: number) => {
    let next = start;
    for (const child of children.sort((a, b) => a.start - b.start)) {
      assert.equal(child.start, next);
      next += child.n;
      assert.ok(child.right <= child.n);
    }
    if (isWhole) assert.equal(next, end);
    else assert.ok(next <= end);
  };
  check(cells.filter((cell) => cell.parent < 0), 0, total);
  cells.forEach((cell, place) => {
    if (cell.children.length > 0) check(cell.children.map((child) => cells[child]), cell.start, cell.start + cell.n);
    for (const child of cell.children) assert.equal(cells[child].parent, place);
  });
}

describe("counts", () => {
  test("of each taxon are those of the statistics, for any selection", async () => {
    const made = await setup({ images: 900, runs: 2 });
    const { data, store, context } = made;
    const columns = columnsOf(data);
    for (const flags of [null, [1, 2], [0]]) {
      store.filter({ flags });
      const counts = countTaxa(data, columns, store.selection, context.run(), null);
      for (let taxon = 1; taxon < data.taxonomy.count; taxon++) {
        if (columns.of[taxon] < 0) continue;
        const rows = [...store.selection].filter((row) => data.taxonomy.contains(taxon, data.truth[row]));
        const share = context.share(rows, columns.of[taxon]);
        assert.deepEqual([counts.n[taxon], counts.right[taxon]], [share.n, share.right]);
        const { first } = numbersOf(context, columns, counts, taxon);
        assert.deepEqual(first, share);
      }
    }
  });

  test("of two runs are of what both score", async () => {
    const { data, store } = await setup({ images: 500, runs: 2 });
    const columns = columnsOf(data);
    const [a, b] = data.runs;
    const counts = countTaxa(data, columns, store.selection, a, b);
    let [n, right, otherRight] = [0, 0, 0];
    for (let row = 0; row < data.count; row++) {
      if (a.flag[row] === 255 || b.flag[row] === 255 || data.truth[row] < 0) continue;
      n++;
      right += (a.rightAt[row] >> 6) & 1;
      otherRight += (b.rightAt[row] >> 6) & 1;
    }
    const sum = (values: Uint32Array) => values.reduce((all, value, taxon) => all + (columns.of[taxon] === 6 ? value : 0), 0);
    assert.deepEqual([sum(counts.n), sum(counts.right), sum(counts.otherRight!)], [n, right, otherRight]);
  });

  test("the most frequent confusion is that of a count by hand", async () => {
    const { data, store, context } = await setup({ images: 900, runs: 1 });
    const columns = columnsOf(data);
    const run = context.run();
    const counts = countTaxa(data, columns, store.selection, run, null);
    let met = 0;
    for (let taxon = 1; taxon < data.taxonomy.count; taxon++) {
      const rank = data.taxonomy.rank(taxon);
      const times = new Map<number, number>();
      for (const row of store.selection) {
        if (run.flag[row] === 255 || !data.taxonomy.contains(taxon, data.truth[row]) || run.answer[row] < 0) continue;
        const other = data.taxonomy.at(run.answer[row], rank);
        if (other >= 0 && other !== taxon) times.set(other, (times.get(other) ?? 0) + 1);
      }
      const [best] = [...times].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      const found = mostConfused(columns, run, counts.rows(taxon), taxon);
      assert.deepEqual(found, best === undefined ? null : { taxon: best[0], count: best[1] });
      if (found !== null) met++;
    }
    assert.ok(met > 20);
  });
});

describe("layout", () => {
  test("areas add up, whatever is too small to draw", async () => {
    const made = await setup({ images: 900, runs: 1 });
    for (const lowest of [0, 2, 8, 40, 1000]) {
      const found = laid(made, 0, { lowest });
      checkAreas(found, false);
      // All truths of the sample are species: nothing is lost in what is not cut.
      if (lowest === 0) checkAreas(found, true);
      const coarsest = found.cells.filter((cell) => cell.column === 0).reduce((sum, cell) => sum + cell.n, 0);
      assert.equal(coarsest, found.total);
      for (const cell of found.cells) if (!cell.cut) assert.ok((cell.n * 400) / found.total >= lowest);
    }
  });

  test("what is too small is one cell per clade and column", async () => {
    const made = await setup({ images: 900, runs: 1 });
    const { cells } = laid(made, 0, { lowest: 8 });
    const rest = cells.filter((cell) => cell.small !== null);
    assert.ok(rest.length > 0);
    assert.equal(new Set(rest.map((cell) => `${cell.parent} ${cell.column}`)).size, rest.length);
    const counts = countTaxa(made.data, columnsOf(made.data), made.store.selection, made.context.run(), null);
    for (const cell of rest) {
      assert.ok(cell.small!.length > 1);
      assert.equal(cell.n, cell.small!.reduce((sum, taxon) => sum + counts.n[taxon], 0));
      assert.equal(cell.right, cell.small!.reduce((sum, taxon) => sum + counts.right[taxon], 0));
    }
  });

  test("there are never more cells than may be", async () => {
    const made = await setup({ images: 900, runs: 1 });
    for (const most of [200, 60, 20]) {
      const found = laid(made, 0, { lowest: 0.1, most });
      assert.ok(found.cells.length <= most);
      checkAreas(found, false);
    }
  });

  test("a zoom fills the sheet with the clade and nothing else", async () => {
    const made = await setup({ images: 900, runs: 1 });
    const { data } = made;
    const counts = countTaxa(data, columnsOf(data), made.store.selection, made.context.run(), null);
    const family = data.taxonomy.search("Carabidae", 1)[0];
    const { cells, total, columns } = laid(made, family);
    assert.equal(total, counts.n[family]);
    assert.deepEqual([cells[0].taxon, cells[0].start, cells[0].n], [family, 0, total]);
    for (const cell of cells) assert.ok(data.taxonomy.contains(family, cell.taxon));
    assert.deepEqual(columns, [4, 5, 6]);
    assert.deepEqual(laid(made, data.taxonomy.count - 1, {}).cells.map((cell) => cell.taxon), counts.n[data.taxonomy.count - 1] > 0 ? [data.taxonomy.count - 1] : []);
  });

  test("an empty selection has no cells", async () => {
    const made = await setup({ images: 100, runs: 1 });
    made.store.filter({ text: "no image has this name" });
    assert.deepEqual(laid(made), { cells: [], total: 0, columns: [] });
  });

  test("one clade up leaves out ranks that were given", async () => {
    const { data } = await setup({ images: 50, runs: 1 });
    const columns = columnsOf(data);
    const family = data.taxonomy.search("Carabidae", 1)[0];
    assert.deepEqual(crumbs(data, columns, family).map((taxon) => data.taxonomy.rank(taxon)), ["root", "kingdom", "phylum", "class", "order", "family"]);
    const order = above(data, columns, family);
    assert.equal(data.taxonomy.rank(order), "order");
    const last = above(data, columns, above(data, columns, order));
    assert.equal(last, 0);
    assert.equal(above(data, columns, 0), 0);
  });
});

describe("keys", () => {
  test("move to the cell around, the first in it, and the neighbours of the column", async () => {
    const made = await setup({ images: 900, runs: 1 });
    const found = laid(made);
    const { cells } = found;
    cells.forEach((cell, place) => {
      assert.equal(moved(found, place, "ArrowLeft"), cell.parent < 0 ? place : cell.parent);
      const child = moved(found, place, "ArrowRight");
      if (cell.children.length > 0) assert.deepEqual([cells[child].parent, cells[child].start], [place, cell.start]);
      else assert.equal(child, place);
      const below = moved(found, place, "ArrowDown");
      if (below !== place) {
        assert.equal(cells[below].column, cell.column);
        assert.ok(cells[below].start >= cell.start + cell.n);
        assert.equal(moved(found, below, "ArrowUp"), place);
      }
      assert.equal(moved(found, moved(found, place, "Home"), "ArrowUp"), moved(found, place, "Home"));
      assert.equal(moved(found, place, "x"), place);
    });
    // Down from the first reaches each cell of the column once.
    const species = cells.filter((cell) => cell.column === 6).length;
    let at = moved(found, cells.findIndex((cell) => cell.column === 6), "Home");
    for (let step = 1; step < species; step++) at = moved(found, at, "ArrowDown");
    assert.equal(at, moved(found, at, "End"));
  });

  test("of the search: arrows go round, Enter takes the option looked at or the first, Escape closes, then clears", () => {
    const closed = { open: false, active: -1 };
    assert.deepEqual(afterKey(closed, "ArrowDown", 3), { open: true, active: 0 });
    assert.deepEqual(afterKey({ open: true, active: 2 }, "ArrowDown", 3), { open: true, active: 0 });
    assert.deepEqual(afterKey({ open: true, active: -1 }, "ArrowUp", 3), { open: true, active: 2 });
    assert.deepEqual(afterKey({ open: true, active: 0 }, "ArrowUp", 3), { open: true, active: 2 });
    assert.deepEqual(afterKey({ open: true, active: 1 }, "Enter", 3), { open: false, active: -1, choose: 1 });
    assert.deepEqual(afterKey({ open: true, active: -1 }, "Enter", 3), { open: false, active: -1, choose: 0 });
    assert.equal(afterKey(closed, "Enter", 3), null);
    assert.deepEqual(afterKey({ open: true, active: 1 }, "Escape", 3), closed);
    assert.deepEqual(afterKey(closed, "Escape", 0), { ...closed, clear: true });
    assert.deepEqual(afterKey(closed, "ArrowDown", 0), closed);
    assert.equal(afterKey({ open: true, active: 1 }, "a", 3), null);
    assert.equal(afterKey({ open: true, active: 1 }, "Home", 3), null);
  });
});

describe("words", () => {
  test("a label says name, rank, count and share with its interval", async () => {
    const made = await setup({ images: 900, runs: 1, hostile: false });
    const { data, store, context } = made;
    const columns = columnsOf(data);
    const counts = countTaxa(data, columns, store.selection, context.run(), null);
    const cell = laid(made).cells.find((of) => of.column === 5)!;
    const numbers = numbersOf(context, columns, counts, cell.taxon);
    const label = cellLabel(context, columns, cell, undefined, numbers);
    assert.match(label, /^Carabus, genus, \d+\u00a0images, [\d.]+\u00a0% right \([\d.]+–[\d.]+\)$/);
    const given = cellLabel(context, columns, laid(made).cells[0], undefined, null);
    assert.match(given, /^Animalia, kingdom, \d+\u00a0images, only one$/);
  });

  test("the difference of two runs turns with them, and clades without a test are said to be so", async () => {
    const made = await setup({ images: 900, runs: 2, hostile: false });
    const { data, store, context } = made;
    const columns = columnsOf(data);
    const clade = data.pairs[0].clades.find(({ taxon }) => data.taxonomy.rank(taxon) === "family")!;
    assert.deepEqual(testedClades(context).get(clade.taxon), clade);
    store.set({ run: 1, other: 0 });
    const turned = testedClades(context).get(clade.taxon)!;
    assert.deepEqual([turned.difference, turned.low, turned.high, turned.only_first], [-clade.difference, -clade.high, -clade.low, clade.only_second]);
    const found = laid(made);
    const genus = found.cells.find((cell) => cell.column === 5)!;
    assert.match(cellLabel(context, columns, genus, testedClades(context).get(genus.taxon), null), /not tested$/);
    store.set({ other: null });
    assert.equal(testedClades(context).size, 0);
  });
});

/** The sample without the ranks of its taxa. */
async function unranked(): Promise<Setup> {
  const format: Format = sample({ images: 400, runs: 1, clusters: false });
  format.has_ranks = false;
  format.ranks = [];
  const blank = { t: "u16" as const, n: 400, v: Array.from({ length: 400 }, () => 0) };
  Object.assign(format.runs[0], { counts_at: blank, right_at: blank });
  const data: Dataset = await readDataset(format);
  const store = new PageStore(data);
  return { data, store, context: makeContext({ data, store, language: "en", say: () => {} }), said: [] };
}

test("a tree without ranks has levels, and an answer is right where it meets the truth", async () => {
  const made = await unranked();
  const { data, store, context } = made;
  const columns = columnsOf(data);
  assert.deepEqual([columns.ranked, columns.count], [false, 8]);
  const run = context.run();
  const counts = countTaxa(data, columns, store.selection, run, null);
  const found = laid(made, 0, { lowest: 0 });
  checkAreas(found, true);
  for (let taxon = 1; taxon < data.taxonomy.count; taxon++) {
    let [n, right] = [0, 0];
    for (let row = 0; row < data.count; row++) {
      if (run.flag[row] === 255 || !data.taxonomy.contains(taxon, data.truth[row])) continue;
      n++;
      if (data.taxonomy.contains(taxon, run.answer[row])) right++;
    }
    assert.deepEqual([counts.n[taxon], counts.right[taxon]], [n, right]);
    const { first } = numbersOf(context, columns, counts, taxon);
    assert.deepEqual([first!.n, first!.right, first!.interval === null], [n, right, n === 0]);
  }
});

test("a truth that is known to a genus only leaves the column of species empty, and one without a family lies in its order", () => {
  // root, order 1, family 2, genus 3, species 4, species 5 that has no family
  const ends = [6, 6, 5, 5, 5, 6];
  const columnOf = [-1, 0, 1, 2, 3, 3];
  const counted = { n: [0, 12, 8, 8, 5, 4], right: [0, 12, 6, 5, 2, 1], otherRight: null };
  const { cells, total } = layout({ taxonomy: { end: (taxon) => ends[taxon] }, columnOf, span: [0, 4], root: 0, height: 100, lowest: 2, most: 100 }, counted);
  assert.equal(total, 12);
  const shown = cells.map(({ taxon, parent, start, n }) => [taxon, parent, start, n]);
  assert.deepEqual(shown, [[1, -1, 0, 12], [2, 0, 0, 8], [3, 1, 0, 8], [4, 2, 0, 5], [5, 0, 8, 4]]);
});
