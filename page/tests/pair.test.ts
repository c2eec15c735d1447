/** The pair sheet: which images belong, how often a truth is taken for an answer, typical ones, what each rank said. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset, Run, Taxon } from "../src/model.ts";
import { wilson } from "../src/statistics/share.ts";
import { spread } from "../src/panels/pair/distribution.ts";
import { Frequencies, allRows } from "../src/panels/pair/frequency.ts";
import { aligned } from "../src/panels/pair/heading.ts";
import { type Pair, counterparts, heights, members, stopsAbove, turned } from "../src/panels/pair/members.ts";
import { saidAt } from "../src/panels/pair/said.ts";
import { typical } from "../src/panels/pair/typical.ts";
import { cut } from "../src/panels/pair/words.ts";
import { setup } from "./setup.ts";

/** Whether a taxon is the clade or below it, by its lineage. */
function below(data: Dataset, clade: Taxon, taxon: Taxon): boolean {
  return taxon >= 0 && data.taxonomy.lineage(taxon).includes(clade);
}

function rowsWhere(data: Dataset, test: (row: number) => boolean): number[] {
  return [...allRows(data)].filter(test);
}

/** A confusion of two species: of the first mistake whose taxa do not hold each other. */
function confusion(data: Dataset, run: Run): Pair {
  for (let row = 0; row < data.count; row++) {
    const pair = { truth: data.truth[row], answer: run.predicted[row] };
    if (pair.truth > 0 && pair.answer > 0 && turned(data, pair) !== null) return pair;
  }
  throw new Error("the sample has no confusion");
}

test("an image belongs if its truth and its answer lie in the two clades", async () => {
  const { data, context } = await setup({ images: 800 });
  const run = context.run();
  const species = confusion(data, run);
  for (const rank of ["species", "genus", "family", "order"]) {
    const pair = { truth: data.taxonomy.at(species.truth, rank), answer: data.taxonomy.at(species.answer, rank) };
    if (pair.truth < 0 || pair.answer < 0 || stopsAbove(data, pair)) continue;
    const expected = rowsWhere(data, (row) => below(data, pair.truth, data.truth[row]) && below(data, pair.answer, run.answer[row]));
    assert.deepEqual([...members(data, run, pair)], expected, rank);
    assert.ok(expected.length > 0, rank);
  }
});

test("the sheet of a pair has what the filters let through", async () => {
  const { data, context, store } = await setup({ images: 800 });
  const pair = confusion(data, context.run());
  store.filter(pair);
  assert.deepEqual([...members(data, context.run(), pair)], [...store.selection]);
});

test("without an answer all mistakes of the truth belong, without a truth all that is wrongly answered so", async () => {
  const { data, context } = await setup({ images: 800 });
  const run = context.run();
  const { truth, answer } = confusion(data, run);
  const wrong = (row: number) => run.height[row] >= 0 && run.predicted[row] !== data.truth[row];
  const family = data.taxonomy.at(truth, "family");
  for (const clade of [truth, family].filter((taxon) => taxon >= 0)) {
    const expected = rowsWhere(data, (row) => wrong(row) && below(data, clade, data.truth[row]));
    assert.deepEqual([...members(data, run, { truth: clade, answer: -1 })], expected);
  }
  const expected = rowsWhere(data, (row) => wrong(row) && below(data, answer, run.answer[row]));
  assert.deepEqual([...members(data, run, { truth: -1, answer })], expected);
  assert.ok(expected.length > 0);
});

test("an answer that stops above the truth is that answer alone, not all that lies below it", async () => {
  const { data, context } = await setup({ images: 2000 });
  const run = context.run();
  const stopped = rowsWhere(data, (row) => {
    const [truth, answer] = [data.truth[row], run.answer[row]];
    return truth > 0 && answer > 0 && truth !== answer && below(data, answer, truth);
  });
  assert.ok(stopped.length > 0);
  const pair = { truth: data.truth[stopped[0]], answer: run.answer[stopped[0]] };
  assert.ok(stopsAbove(data, pair));
  assert.equal(turned(data, pair), null);
  const expected = rowsWhere(data, (row) => data.truth[row] === pair.truth && run.answer[row] === pair.answer);
  assert.deepEqual([...members(data, run, pair)], expected);
});

test("how often: the scored images of the truth, those of them that were answered so, Wilson's interval", async () => {
  const { data, context, store } = await setup({ images: 800, clusters: false });
  const run = context.run();
  const pair = confusion(data, run);
  const opposite = turned(data, pair) as Pair;
  assert.deepEqual(opposite, { truth: pair.answer, answer: pair.truth });
  store.filter({ heights: [1, 2, 3, 4, 5, 6, 7] });
  for (const way of [pair, opposite]) {
    for (const rows of [allRows(data), store.selection]) {
      const scored = [...rows].filter((row) => run.height[row] >= 0 && below(data, way.truth, data.truth[row]));
      const k = scored.filter((row) => below(data, way.answer, run.answer[row])).length;
      const found = new Frequencies(data, run, way).among(rows);
      assert.equal(found.n, scored.length);
      assert.equal(found.k, k);
      assert.deepEqual(found.interval, scored.length > 0 ? wilson(k / scored.length, scored.length) : null);
      assert.equal(found.share, scored.length > 0 ? k / scored.length : null);
    }
  }
});

test("how often: images of a cluster are drawn together", async () => {
  const { data, context } = await setup({ images: 800, clusters: true });
  const run = context.run();
  const way = { truth: 0, answer: -1 };
  const found = new Frequencies(data, run, way).among(allRows(data));
  assert.ok(found.interval && found.share !== null);
  const plain = wilson(found.share, found.n);
  assert.ok(found.interval.high - found.interval.low >= plain.high - plain.low);
});

test("how often: of an answer, how much of what was answered so is wrong", async () => {
  const { data, context } = await setup({ images: 800 });
  const run = context.run();
  const { answer } = confusion(data, run);
  const found = new Frequencies(data, run, { truth: -1, answer }).among(allRows(data));
  assert.equal(found.n, rowsWhere(data, (row) => run.height[row] >= 0 && below(data, answer, run.answer[row])).length);
  assert.equal(found.k, members(data, run, { truth: -1, answer }).length);
});

test("typical ones are right, in the clade, and the surest", async () => {
  const { data, context } = await setup({ images: 1500 });
  const run = context.run();
  const sure = (row: number) => (Number.isNaN(run.probability[row]) ? 0 : run.probability[row]);
  for (const rank of ["species", "genus", "family"]) {
    const clade = data.taxonomy.at(confusion(data, run).truth, rank);
    if (clade < 0) continue;
    const right = rowsWhere(data, (row) => below(data, clade, data.truth[row]) && run.predicted[row] === data.truth[row]);
    const expected = right.sort((a, b) => Number(data.picture(b) !== null) - Number(data.picture(a) !== null) || sure(b) - sure(a) || a - b).slice(0, 12);
    assert.deepEqual(typical(data, run, clade, 12), expected, rank);
  }
});

test("without probabilities typical ones come in the order of the data", async () => {
  const { data, context } = await setup({ images: 300 });
  const run = { ...context.run(), probability: new Float64Array(data.count).fill(NaN) };
  const plain = { ...data, picture: () => null };
  const right = rowsWhere(data, (row) => data.truth[row] >= 0 && run.predicted[row] === data.truth[row]);
  assert.deepEqual(typical(plain, run, 0, 5), right.slice(0, 5));
});

test("what a truth was taken for: each answer with its count, the most frequent first", async () => {
  const { data, context } = await setup({ images: 800 });
  const run = context.run();
  const pair = { truth: 0, answer: -1 };
  const rows = members(data, run, pair);
  const found = counterparts(data, run, pair, rows);
  assert.equal(found.reduce((sum, { count }) => sum + count, 0), rows.length);
  assert.ok(found.every(({ count }, i) => i === 0 || found[i - 1].count >= count));
  const [first] = found;
  assert.equal([...rows].filter((row) => (run.answer[row] < 0 ? -1 : run.predicted[row]) === first.taxon).length, first.count);
});

test("heights of the images of a pair", async () => {
  const { data, context } = await setup({ images: 800 });
  const run = context.run();
  const rows = members(data, run, { truth: 0, answer: -1 });
  const all = [...rows].map((row) => run.height[row]);
  assert.deepEqual(heights(run, rows), [Math.min(...all), Math.max(...all)]);
  assert.equal(heights(run, []), null);
});

test("lineages stand side by side by rank, whatever ranks one of them lacks", () => {
  assert.deepEqual(aligned([["order", "family", "genus", "species"], ["order", "genus", "species"]]), [[0, 0], [1, null], [2, 1], [3, 2]]);
  assert.deepEqual(aligned([["order", "species"], ["order", "tribe", "species", "variety"]]), [[0, 0], [null, 1], [1, 2], [null, 3]]);
  assert.deepEqual(aligned([["a", "b"], ["b", "a"]]), [[0, null], [1, 0], [null, 1]]);
  assert.deepEqual(aligned([["genus", "species"]]), [[0], [1]]);
  assert.deepEqual(aligned([[], []]), []);
});

test("what each rank said: bits, and the summed answer only where it is another one", async () => {
  const { data, context } = await setup({ images: 400 });
  const run = context.run();
  for (let row = 0; row < data.count; row++) {
    for (const [rank, { name }] of data.ranks.entries()) {
      const said = saidAt(data, run, row, rank);
      const counts = ((run.countsAt[row] >> rank) & 1) === 1;
      assert.equal(said.right, counts ? ((run.rightAt[row] >> rank) & 1) === 1 : null);
      const summed = run.summed?.[rank]?.taxon[row] ?? -1;
      const answer = run.answer[row] < 0 ? -1 : data.taxonomy.at(run.answer[row], name);
      assert.equal(said.summed === null, summed < 0 || summed === answer);
      if (said.summed) assert.equal(said.summed.right, below(data, said.summed.taxon, data.truth[row]));
    }
  }
  const [row] = rowsWhere(data, (of) => run.answer[of] >= 0 && data.truth[of] >= 0 && data.taxonomy.rung(data.truth[of]) === 0);
  const other = { ...run, summed: data.ranks.map(() => ({ taxon: Int32Array.from(data.truth), probability: new Float32Array(data.count) })) };
  const species = data.ranks.findIndex(({ name }) => name === "species");
  assert.deepEqual(saidAt(data, { ...other, answer: new Int32Array(data.count).fill(0) }, row, species).summed, { taxon: data.truth[row], right: true });
});

test("the distribution counts each probability once and says what has none", async () => {
  const { context } = await setup({ images: 10 });
  const run = { ...context.run(), probability: Float64Array.of(0, 0.049, 0.05, 0.5, 1, NaN) };
  const found = spread(run, [0, 1, 2, 3, 4, 5]);
  assert.ok(found);
  assert.deepEqual([found.n, found.without, found.low, found.median, found.high], [5, 1, 0, 0.05, 1]);
  assert.equal(found.bins.length, 20);
  assert.deepEqual([found.bins[0], found.bins[1], found.bins[10], found.bins[19]], [2, 1, 1, 1]);
  assert.equal(spread(run, [5]), null);
});

test("names are cut between letters", () => {
  assert.equal(cut("Quercus robur", 120), "Quercus robur");
  assert.equal(cut("abcdef", 4), "abc…");
  assert.equal(cut("🦋🦋🦋🦋🦋", 3), "🦋🦋…");
  assert.equal(cut("🦋🦋🦋", 3), "🦋🦋🦋");
  assert.equal(Array.from(cut("Longissima".repeat(1000), 48)).length, 48);
});
