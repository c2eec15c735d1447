/** Two runs: pairs in either order, the clades that are shown, which is right in the selection. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ComparedPair } from "../src/format.ts";
import { fitted, layoutOf } from "../src/panels/compare/layout.ts";
import { points, pValue } from "../src/panels/compare/numbers.ts";
import { comparedPair, mirrored, shownClades, square } from "../src/panels/compare/pair.ts";
import { setup } from "./setup.ts";

const clade = (taxon: number, onlyFirst: number, onlySecond: number, images = 100) => ({
  taxon,
  images,
  only_first: onlyFirst,
  only_second: onlySecond,
  difference: (onlyFirst - onlySecond) / images,
  low: (onlyFirst - onlySecond) / images - 0.1,
  high: (onlyFirst - onlySecond) / images + 0.2,
  adjusted: 0.5,
});

const PAIRS: ComparedPair[] = [
  { first: 0, second: 1, clades: [clade(3, 10, 2), clade(5, 4, 4)] },
  { first: 2, second: 0, clades: [clade(7, 1, 9)] },
];

test("a pair is found in either order, as it is or mirrored", () => {
  assert.equal(comparedPair(PAIRS, 0, 1), PAIRS[0]);
  const turned = comparedPair(PAIRS, 1, 0);
  assert.ok(turned);
  assert.deepEqual([turned.first, turned.second], [1, 0]);
  const [first, second] = turned.clades;
  assert.deepEqual([first.only_first, first.only_second, first.difference, first.images, first.adjusted], [2, 10, -0.08, 100, 0.5]);
  assert.ok(Math.abs(first.low + 0.28) < 1e-12 && Math.abs(first.high - 0.02) < 1e-12);
  assert.ok(Object.is(second.difference, 0));
  assert.equal(comparedPair(PAIRS, 0, 2)?.clades[0].only_first, 9);
  assert.equal(comparedPair(PAIRS, 1, 2), null);
  assert.equal(comparedPair(PAIRS, 1, 1), null);
  assert.equal(comparedPair(PAIRS, 1, null), null);
});

test("mirrored twice is as it was", () => {
  for (const pair of PAIRS) assert.deepEqual(mirrored(mirrored(pair)), pair);
});

test("the clades that differ most often are shown, by falling difference", () => {
  const clades = [clade(1, 1, 0, 2), clade(2, 50, 20, 1000), clade(3, 0, 40, 90), clade(4, 3, 3), clade(5, 0, 9)];
  assert.deepEqual(shownClades(clades, 3).map(({ taxon }) => taxon), [2, 5, 3]);
  assert.deepEqual(shownClades(clades, 40).map(({ taxon }) => taxon), [1, 2, 4, 5, 3]);
  assert.deepEqual(clades.map(({ taxon }) => taxon), [1, 2, 3, 4, 5]);
});

test("the square counts the selection, and its sides are what the filter lets through", async () => {
  const { data, store } = await setup({ images: 700, runs: 2 });
  const [a, b] = data.runs;
  const counts = square(data, a, b, store.selection);
  assert.equal(counts.both + counts.onlyFirst + counts.onlySecond + counts.neither + counts.unscored, data.count);
  const rows = [...store.selection];
  const right = (run: typeof a, row: number) => run.flag[row] === 0;
  const scored = rows.filter((row) => a.flag[row] !== 255 && b.flag[row] !== 255);
  assert.equal(counts.both, scored.filter((row) => right(a, row) && right(b, row)).length);
  assert.equal(counts.neither, scored.filter((row) => !right(a, row) && !right(b, row)).length);
  assert.ok(counts.onlyFirst > 0 && counts.onlySecond > 0);
  store.filter({ only: "first" });
  assert.equal(store.selection.length, counts.onlyFirst);
  store.filter({ only: "second" });
  assert.equal(store.selection.length, counts.onlySecond);
  // With the runs in each other's place the sides change places.
  const turned = square(data, b, a, rows);
  assert.deepEqual([turned.onlyFirst, turned.onlySecond, turned.both], [counts.onlySecond, counts.onlyFirst, counts.both]);
});

test("differences are percentage points with a sign in the page's language", async () => {
  const { context } = await setup({ images: 10 });
  assert.equal(points(context, 0.1234), "+12.3");
  assert.equal(points(context, -0.05), "−5.0");
  assert.equal(points(context, -0.0001), "0.0");
  assert.equal(points(context, Number.NaN), "–");
  assert.equal(pValue(context, 0.0123), "0.012");
  assert.equal(pValue(context, 1e-9), "< 0.001");
  const french = await setup({ images: 10 }, "fr");
  assert.equal(points(french.context, 0.1234), "+12,3");
});

test("names are cut to the width they have", () => {
  const measure = (text: string) => Array.from(text).length * 6;
  assert.equal(fitted("Fagaceae", 100, measure), "Fagaceae");
  assert.equal(fitted("Fagaceae of the north", 60, measure), "Fagaceae…");
  assert.ok(measure(fitted("Longissima".repeat(1000), 200, measure)) <= 200);
  assert.equal(fitted("🦋🦋🦋🦋", 18, measure), "🦋🦋…");
});

test("narrow plots have the name above its line, and all stand within their width", () => {
  const [narrow, wide] = [layoutOf(340, 10), layoutOf(900, 10)];
  assert.ok(narrow.stacked && !wide.stacked);
  for (const { left, right, width, columns, names } of [narrow, wide, layoutOf(260, 1), layoutOf(620, 3), layoutOf(2000, 3)]) {
    assert.ok(left < right - 100, `${left} to ${right} of ${width}`);
    assert.ok(right < width && names > 0 && names <= width);
    assert.ok(columns.every((end) => end > right && end <= width));
  }
});
