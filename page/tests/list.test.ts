/** Sorting and the order in which the selection is shown. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { orderRows } from "../src/panels/list/keys.ts";
import { placeInOrder, rowsInOrder, showInOrder } from "../src/panels/list/order.ts";
import { placesByKey, rowsByKey, textRanks } from "../src/panels/list/sorting.ts";
import { generator, HOSTILE } from "./sample.ts";
import { setup } from "./setup.ts";

/** The same by comparing. */
function compared(keys: Float64Array, descending: boolean): number[] {
  const value = (place: number) => (descending ? -keys[place] : keys[place]);
  return Array.from(keys.keys()).sort((a, b) => {
    if (Number.isNaN(keys[a]) || Number.isNaN(keys[b])) return Number(Number.isNaN(keys[a])) - Number(Number.isNaN(keys[b])) || a - b;
    return value(a) - value(b) || a - b;
  });
}

test("places are in the order of their keys, equal ones as they were, nothing last", () => {
  const random = generator(3);
  for (const n of [0, 1, 2, 100, 511, 512, 5000]) {
    const kinds = [
      () => Math.floor(random() * 10) - 5,
      () => (random() - 0.5) * 10 ** Math.floor(random() * 300 - 150),
      () => (random() < 0.2 ? NaN : random()),
      () => [0, -0, Infinity, -Infinity, NaN, 1e-310][Math.floor(random() * 6)],
    ];
    for (const kind of kinds) {
      const keys = Float64Array.from({ length: n }, kind);
      for (const descending of [false, true]) assert.deepEqual([...placesByKey(keys, descending)], compared(keys, descending));
    }
  }
});

test("rows follow the keys that belong to them", () => {
  assert.deepEqual([...rowsByKey(Uint32Array.of(7, 3, 9), Float64Array.of(1, NaN, 2), true)], [9, 7, 3]);
});

test("texts have the ranks of their order, equal ones the same", () => {
  const random = generator(5);
  const letters = ["a", "b", "é", "𝒳", "\u202e", "~", ""];
  const texts = Array.from({ length: 3000 }, () => `images/${Array.from({ length: Math.floor(random() * 6) }, () => letters[Math.floor(random() * letters.length)]).join("")}`);
  texts.push(...Object.values(HOSTILE), "", "i");
  const ranks = textRanks(texts);
  const sorted = [...new Set(texts)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  texts.forEach((text, i) => assert.equal(ranks[i], sorted.indexOf(text), JSON.stringify(text.slice(0, 20))));
  assert.equal(textRanks(texts), ranks);
  assert.equal(textRanks([]).length, 0);
});

test("the list is sorted by every column, what has no value comes last", async () => {
  const { data, store, context } = await setup({ images: 800, runs: 1 });
  const run = context.run();
  const order = (key: Parameters<typeof orderRows>[4], descending: boolean) => orderRows(data, run, store, store.selection, key, descending);
  for (const key of ["harm", "height", "probability", "name", "cost", "count", "truth", "answer", "meets", "cause", "verdict", "group 0", "group 1"] as const) {
    for (const descending of [false, true]) assert.equal(new Set(order(key, descending)).size, store.selection.length, key);
  }
  const heights = [...order("height", true)].map((row) => run.height[row]);
  assert.deepEqual(heights, [...heights].sort((a, b) => b - a));
  const rising = [...order("height", false)].map((row) => run.height[row]);
  assert.ok(rising[0] === 0 && rising[rising.length - 1] === -1);
  const truths = [...order("truth", false)].map((row) => data.truth[row]);
  const named = truths.filter((truth) => truth >= 0).map((truth) => data.taxonomy.name(truth));
  assert.deepEqual(named, [...named].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  assert.ok(truths.slice(named.length).every((truth) => truth < 0) && named.length < truths.length);
  store.judge(5, "unsure");
  store.judge(700, "label_wrong");
  const verdicts = [...order("verdict", false)].map((row) => store.verdict(row).verdict);
  assert.deepEqual(verdicts.filter((verdict) => verdict !== "none").slice(-1), ["unsure"]);
  assert.equal(verdicts[0], "label_wrong");
  assert.equal(verdicts[verdicts.length - 1], "none");
});

test("by harm come mistakes, images that are not scored, right ones", async () => {
  const { data, store, context } = await setup({ images: 800, runs: 1 });
  const run = context.run();
  const rows = [...orderRows(data, run, store, store.selection, "harm", true)];
  const kinds = rows.map((row) => (run.height[row] < 0 ? 1 : run.predicted[row] === data.truth[row] ? 2 : 0));
  assert.deepEqual(kinds, [...kinds].sort((a, b) => a - b));
  assert.deepEqual([...new Set(kinds)], [0, 1, 2]);
});

test("the arrow keys follow the order that is shown, and another one as soon as the selection is another", async () => {
  const { store, context } = await setup({ images: 300, runs: 1 });
  const shown = store.selection.slice().reverse();
  showInOrder(context, shown);
  assert.equal(rowsInOrder(context), shown);
  assert.equal(placeInOrder(context, shown[4]), 4);
  store.filter({ heights: [1, 2] });
  const rows = rowsInOrder(context);
  assert.equal(rows.length, store.selection.length);
  assert.deepEqual([...rows].sort((a, b) => a - b), [...store.selection]);
  assert.equal(placeInOrder(context, rows[3]), 3);
  const outside = shown.find((row) => !store.selection.includes(row)) ?? -1;
  assert.equal(placeInOrder(context, outside), -1);
});
