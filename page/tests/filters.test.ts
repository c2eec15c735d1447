import assert from "node:assert/strict";
import { test } from "node:test";
import type { Filters, Row, Run } from "../src/model.ts";
import {
  allRows, countBytes, countHeights, countOn, countProbabilities, countWords, countWrong, isOn, rowsWithout, sumClades, verdictCodes, VERDICTS,
} from "../src/panels/filters/counting.ts";
import { delayed } from "../src/panels/filters/section.ts";
import { noFilters } from "../src/state/initial.ts";
import { generator } from "./sample.ts";
import { setup, type Setup } from "./setup.ts";

type Name = keyof Filters;

/** Filters drawn at random: a third of them on. */
function someFilters({ data, store }: Setup, random: () => number): Partial<Filters> {
  const some = <T>(values: readonly T[]): T[] | null => {
    if (random() < 0.67) return null;
    const chosen = values.filter(() => random() < 0.5);
    return chosen.length === 0 ? null : chosen;
  };
  const taxon = (): number | null => (random() < 0.67 ? null : Math.floor(random() * data.taxonomy.count * 0.4));
  const low = random() * 0.5;
  const sites = some(data.groups[0].values);
  return {
    wrongAt: random() < 0.67 ? null : data.ranks[Math.floor(random() * data.ranks.length)].name,
    heights: some([0, 1, 2, 3, 4, 5, 6, 7]),
    truth: taxon(),
    answer: taxon(),
    probability: random() < 0.67 ? null : [low, low + random() * 0.5],
    groups: sites === null ? {} : { site: sites },
    flags: some([0, 1, 2]),
    causes: some(data.format.causes),
    licences: some(data.licence?.values ?? []),
    verdicts: some(VERDICTS.slice()),
    text: random() < 0.8 ? null : String(Math.floor(random() * 10)),
    rows: random() < 0.9 ? null : { of: "lasso", has: new Set(store.selection.filter(() => random() < 0.5)) },
  };
}

const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);

test("counts of choices are those of the selections that they lead to", async () => {
  const made = await setup({ images: 900, seed: 3 });
  const { data, store, context } = made;
  const random = generator(11);
  for (let row = 0; row < 60; row++) store.judge(row, VERDICTS[Math.floor(random() * 6)]);
  /** Images there are if only this choice of the filter were ticked. */
  const leads = (change: Partial<Filters>): number => {
    const before = store.state.filters;
    store.filter(change);
    const { length } = store.selection;
    store.filter(before);
    return length;
  };
  for (let round = 0; round < 25; round++) {
    store.filter({ ...noFilters(), ...someFilters(made, random) });
    const run: Run = context.run();
    const expect = (counts: Uint32Array, size: number, change: (code: number) => Partial<Filters>): void => {
      for (let code = 0; code < size; code++) assert.equal(counts[code], leads(change(code)), JSON.stringify(change(code)));
    };
    expect(countHeights(rowsWithout(store, "heights"), run.height, 8), 8, (height) => ({ heights: [height] }));
    expect(countBytes(rowsWithout(store, "flags"), run.flag, 3), 3, (flag) => ({ flags: [flag] }));
    const { causes } = data.format;
    expect(countBytes(rowsWithout(store, "causes"), run.cause, causes.length), causes.length, (code) => ({ causes: [causes[code]] }));
    const ranks = data.ranks.length;
    expect(countWrong(rowsWithout(store, "wrongAt"), run, ranks), ranks, (rank) => ({ wrongAt: data.ranks[rank].name }));
    const [site] = data.groups;
    expect(countWords(rowsWithout(store, "groups", "site"), site.column, site.values.length), site.values.length, (code) => ({ groups: { site: [site.values[code]] } }));
    const licence = data.licence!;
    // The last count is of images without a licence.
    expect(countWords(rowsWithout(store, "licences"), licence.column, licence.values.length), licence.values.length + 1, (code) => ({ licences: [licence.values[code] ?? ""] }));
    expect(countBytes(rowsWithout(store, "verdicts"), verdictCodes(data, store), 6), 6, (code) => ({ verdicts: [VERDICTS[code]] }));
    for (const [filter, column] of [["truth", data.truth], ["answer", run.answer]] as const) {
      const sums = sumClades(rowsWithout(store, filter), column, data.taxonomy.count);
      for (let taxon = 0; taxon < data.taxonomy.count; taxon += 7) assert.equal(sums[data.taxonomy.end(taxon)] - sums[taxon], leads({ [filter]: taxon }));
    }
    const bins = countProbabilities(rowsWithout(store, "probability"), run, causes.indexOf("right"), 20);
    assert.equal(sum(bins.right) + sum(bins.wrong), leads({ probability: [0, 1] }));
    assert.equal(sum(bins.right) + sum(bins.wrong) + bins.without, leads({ probability: null }));
  }
});

test("probabilities at the ends lie in the outer parts", () => {
  const run = { probability: Float64Array.of(0, 0.049, 0.05, 1, 1.2, -0.1, Number.NaN), cause: Uint8Array.of(0, 1, 0, 0, 1, 1, 0) } as unknown as Run;
  const bins = countProbabilities(Uint32Array.of(0, 1, 2, 3, 4, 5, 6), run, 0, 20);
  assert.deepEqual([bins.right[0], bins.wrong[0], bins.right[1], bins.right[19], bins.wrong[19], bins.without], [1, 2, 1, 1, 1, 1]);
});

test("images without a value are counted apart", () => {
  assert.deepEqual([...countWords(Uint32Array.of(0, 1, 2, 3), Uint32Array.of(0, 0xffffffff, 1, 0), 2)], [2, 1, 1]);
});

test("filters that are on are known, whatever columns are called", () => {
  const filters = noFilters();
  assert.equal(countOn(filters), 0);
  assert.ok(!isOn(filters, "groups", "constructor"));
  filters.groups = { site: ["a"], toString: ["b"] } as Filters["groups"];
  filters.text = "x";
  assert.equal(countOn(filters), 3);
  for (const [name, group] of [["groups", "site"], ["groups", "toString"], ["text", undefined], ["groups", undefined]] as [Name, string?][]) assert.ok(isOn(filters, name, group));
  for (const [name, group] of [["groups", "split"], ["heights", undefined]] as [Name, string?][]) assert.ok(!isOn(filters, name, group));
});

test("what waits is called once, at once or never", async () => {
  let calls = 0;
  const wait = delayed(5, () => calls++);
  wait.call();
  wait.call();
  assert.ok(wait.waits());
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(calls, 1);
  wait.flush();
  assert.equal(calls, 1);
  wait.call();
  wait.flush();
  assert.equal(calls, 2);
  wait.call();
  wait.cancel();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(calls, 2);
});

test("all counts of a hundred thousand images", async () => {
  const { data, store, context } = await setup({ images: 100_000, hostile: false });
  const run = context.run();
  const { causes, outcomes } = data.format;
  const count = (): number => {
    const begin = performance.now();
    countHeights(rowsWithout(store, "heights"), run.height, 8);
    countBytes(rowsWithout(store, "flags"), run.flag, 3);
    countBytes(rowsWithout(store, "causes"), run.cause, causes.length);
    countBytes(rowsWithout(store, "outcomes"), run.outcome, outcomes.length);
    countWrong(rowsWithout(store, "wrongAt"), run, data.ranks.length);
    for (const group of data.groups) countWords(rowsWithout(store, "groups", group.name), group.column, group.values.length);
    countWords(rowsWithout(store, "licences"), data.licence!.column, data.licence!.values.length);
    countBytes(rowsWithout(store, "verdicts"), verdictCodes(data, store), VERDICTS.length);
    countProbabilities(rowsWithout(store, "probability"), run, causes.indexOf("right"), 20);
    sumClades(rowsWithout(store, "truth"), data.truth, data.taxonomy.count);
    sumClades(rowsWithout(store, "answer"), run.answer, data.taxonomy.count);
    return performance.now() - begin;
  };
  const states: [string, Partial<Filters>][] = [
    ["no filter", {}],
    ["one filter", { flags: [0, 1] }],
    ["six filters", { flags: [0, 1, 2], heights: [0, 1, 2, 3, 4, 5, 6, 7], probability: [0.1, 1], groups: { split: ["test"] }, truth: 1, licences: ["CC0-1.0", "CC-BY-4.0"] }],
  ];
  for (const [name, filters] of states) {
    store.filter({ ...noFilters(), ...filters });
    const first = count();
    console.log(`all counts, ${data.count} images, ${name}: ${first.toFixed(1)} ms, again ${count().toFixed(1)} ms`);
  }
  const all: Row = allRows(data).length;
  assert.equal(all, 100_000);
});
