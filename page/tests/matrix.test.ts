import assert from "node:assert/strict";
import { test } from "node:test";
import { nextCell } from "../src/panels/matrix.ts";
import { columnsOf } from "../src/panels/tree/columns.ts";
import { columnFor, confusions } from "../src/panels/tree/confusions.ts";
import { setup } from "./setup.ts";

test("each scored image of any selection is in one cell, and the diagonal is what is right", async () => {
  const { data, store, context } = await setup({ images: 900, runs: 1 });
  const columns = columnsOf(data);
  const run = context.run();
  const family = data.taxonomy.search("Carabidae", 1)[0];
  for (const flags of [null, [0], [1, 2]]) {
    store.filter({ flags });
    const { scored, ranks } = context.summary(store.selection);
    for (let column = 0; column < columns.count; column++) {
      for (const root of [0, family]) {
        for (const most of [1, 5, 40, 1000]) {
          const found = confusions(data, columns, run, store.selection, { column, root, most });
          const wide = found.columns.length + 2;
          assert.equal(found.counts.length, (found.rows.length + 2) * wide);
          assert.equal(found.counts.reduce((a, b) => a + b, 0), scored);
          assert.deepEqual([found.images, found.counted, found.rightly], [scored, ranks[column].n, ranks[column].right]);
          assert.equal(found.right.reduce((a, b) => a + b, 0), ranks[column].right);
          assert.ok(found.rows.length <= most && found.columns.length <= most);
          assert.deepEqual([...found.columns].sort((a, b) => a - b), found.columns);
          found.rows.forEach((truth, row) => {
            assert.ok(data.taxonomy.contains(root, truth));
            found.columns.forEach((answer, place) => {
              const cell = row * wide + place;
              assert.equal(found.right[cell], truth === answer ? found.counts[cell] : 0);
            });
          });
        }
      }
    }
  }
});

test("a cell counts the images of its truth and answer", async () => {
  const { data, store, context } = await setup({ images: 600, runs: 1 });
  const columns = columnsOf(data);
  const run = context.run();
  const found = confusions(data, columns, run, store.selection, { column: 5, root: 0, most: 40 });
  const wide = found.columns.length + 2;
  found.rows.forEach((truth, row) => {
    found.columns.forEach((answer, place) => {
      const count = [...store.selection].filter((of) => run.flag[of] !== 255 && data.taxonomy.contains(truth, data.truth[of]) && data.taxonomy.contains(answer, run.answer[of]));
      assert.equal(found.counts[row * wide + place], count.length);
    });
  });
});

test("what has a row has the most mistakes", async () => {
  const { data, store, context } = await setup({ images: 900, runs: 1 });
  const columns = columnsOf(data);
  const run = context.run();
  const mistakes = (taxon: number) =>
    [...store.selection].filter((row) => {
      const [truth, answer] = [data.truth[row], run.answer[row]].map((of) => (of < 0 ? -1 : columns.at[6][of]));
      return run.flag[row] !== 255 && truth >= 0 && truth !== answer && (truth === taxon || answer === taxon);
    }).length;
  const few = confusions(data, columns, run, store.selection, { column: 6, root: 0, most: 8 });
  const all = confusions(data, columns, run, store.selection, { column: 6, root: 0, most: 1000 });
  const least = Math.min(...few.columns.map(mistakes));
  for (const taxon of all.columns) if (!few.columns.includes(taxon)) assert.ok(mistakes(taxon) <= least);
});

test("the rank to begin with is the finest with few enough taxa, below the clade of the tree", async () => {
  const { data, store, context } = await setup({ images: 900, runs: 1 });
  const columns = columnsOf(data);
  const at = (root: number, most: number) => columns.names[columnFor(data, columns, context.run(), store.selection, root, most)];
  assert.equal(at(0, 1000), "species");
  assert.equal(at(0, 40), "genus");
  assert.equal(at(0, 6), "order");
  // Ranks that were given say nothing; where all others have too many taxa, the coarsest of them.
  assert.equal(at(0, 1), "class");
  const [family, genus] = ["Carabidae", "Carabus"].map((name) => data.taxonomy.search(name, 1)[0]);
  assert.equal(at(family, 40), "species");
  assert.equal(at(family, 3), "genus");
  assert.equal(at(genus, 1), "species");
  assert.equal(at(genus + 1, 40), "species");
});

test("arrow keys go to the next cell that is not empty", () => {
  const cells: [number, number][] = [[0, 0], [0, 3], [2, 0], [2, 3], [2, 4]];
  assert.deepEqual(nextCell(cells, [0, 0], "ArrowRight", false), [0, 3]);
  assert.deepEqual(nextCell(cells, [0, 3], "ArrowRight", false), [0, 3]);
  assert.deepEqual(nextCell(cells, [0, 3], "ArrowDown", false), [2, 3]);
  assert.deepEqual(nextCell(cells, [2, 3], "ArrowUp", false), [0, 3]);
  assert.deepEqual(nextCell(cells, [2, 4], "Home", false), [2, 0]);
  assert.deepEqual(nextCell(cells, [2, 0], "End", false), [2, 4]);
  assert.deepEqual(nextCell(cells, [2, 0], "Home", true), [0, 0]);
  assert.deepEqual(nextCell(cells, [0, 0], "End", true), [2, 4]);
  assert.equal(nextCell(cells, [0, 0], "a", false), null);
});
