import assert from "node:assert/strict";
import { test } from "node:test";
import { clusteredShare, wilson } from "../src/statistics/share.ts";
import { Tally } from "../src/statistics/tally.ts";
import { generator } from "./sample.ts";
import { setup } from "./setup.ts";

function near(found: { low: number; high: number } | null, low: number, high: number, by = 5e-7) {
  assert.ok(found && Math.abs(found.low - low) < by && Math.abs(found.high - high) < by, `${JSON.stringify(found)}, not ${low} to ${high}`);
}

const clustered = (clusters: [number, number][]) =>
  clusteredShare({ count: clusters.length, right: clusters.map(([right]) => right), images: clusters.map(([, images]) => images) });

test("Wilson's interval as worked by hand in the program", () => {
  near(wilson(0.3, 10), 0.107795, 0.603218, 5e-6);
  near(wilson(0, 4), 0, 0.48989084, 1e-8);
  near(wilson(1, 4), 0.51010916, 1, 1e-8);
});

test("clusters as worked by hand in the program", () => {
  near(clustered([[2, 2], [2, 2]]), 0.34238, 1, 5e-6);
  near(clustered([[0, 1], [0, 1], [0, 4]]), 0, 0.65762, 5e-6);
  near(clustered([[9, 9]]), 1 / 4.8414588, 1, 5e-6);
  near(clustered([[2, 2], [1, 2], [0, 2], [2, 2]]), 0.242616, 0.896602, 5e-6);
  assert.equal(clustered([]), null);
  assert.deepEqual(clustered([[2, 2], [0, 2], [1, 1]]), wilson(0.6, 25 / 9));
});

test("clusters of one image are Wilson's images", () => {
  for (const [right, n] of [[0, 1], [1, 1], [3, 10], [40, 40], [7, 5000]]) {
    assert.deepEqual(clustered(Array.from({ length: n }, (_, i) => [i < right ? 1 : 0, 1])), wilson(right / n, n));
  }
});

/** The definition once more, cluster by cluster in fractions of whole numbers, for sums that no rounding touches. */
function byDefinition(clusters: Map<number, [number, number]>): { low: number; high: number } {
  const all = [...clusters.values()].map(([right, images]) => [BigInt(right), BigInt(images)] as const);
  const sum = (of: (cluster: readonly [bigint, bigint]) => bigint) => all.reduce((total, cluster) => total + of(cluster), 0n);
  const [y, w, squares] = [sum(([right]) => right), sum(([, images]) => images), sum(([, images]) => images * images)];
  // Everything times w: typical = squares / w; share with two = (y w + squares) / (w w + 2 squares) = a / b.
  const [a, b] = [y * w + squares, w * w + 2n * squares];
  const spread = sum(([right, images]) => (right * b - images * a) ** 2n);
  const added = squares * squares * ((b - a) ** 2n + a * a);
  // Spread is over b², what is added over b² w².
  const between = spread * w * w + added;
  const independent = a * (b - a) * b * w;
  const quotient = (x: bigint, z: bigint) => Number((x * 10n ** 30n) / z) / 1e30;
  const effect = Math.max(Math.min(quotient(between, independent), quotient(squares, w)), 1);
  return wilson(Number(y) / Number(w), Number(w) / effect);
}

test("random selections: within 1e-12 of the definition", () => {
  const random = generator(9);
  for (let round = 0; round < 50; round++) {
    const count = 1 + Math.floor(random() * 3000);
    const far = round % 5 === 0 ? 1000 : 1;
    const cluster = Uint32Array.from({ length: count }, () => Math.floor(random() ** 2 * count * random() + 1) * far);
    const [counts, right] = [new Uint16Array(count), new Uint16Array(count)];
    for (let row = 0; row < count; row++) {
      counts[row] = random() < 0.9 ? 4 : 3;
      right[row] = random() < 0.7 ? 7 : 0;
    }
    const rows = Uint32Array.from({ length: count }, (_, row) => row).filter(() => random() < 0.6);
    const tally = new Tally(cluster);
    // Once before on other rows: nothing of them may be left.
    tally.shares([0], { counts, right }, [0, 2]);
    const [, found] = tally.shares(rows, { counts, right }, [1, 2]);
    const expected = new Map<number, [number, number]>();
    for (const row of rows) {
      if ((counts[row] & 4) === 0) continue;
      const [hits, images] = expected.get(cluster[row]) ?? [0, 0];
      expected.set(cluster[row], [hits + ((right[row] >> 2) & 1), images + 1]);
    }
    if (found.n === 0) assert.equal(found.interval, null);
    else {
      const { low, high } = byDefinition(expected);
      near(found.interval, low, high, 1e-12);
    }
  }
});

test("a summary counts what is scored", async () => {
  const { data, context, store } = await setup();
  const run = data.runs[0];
  const summary = context.summary(store.selection);
  const scored = [...store.selection].filter((row) => run.flag[row] !== 255);
  assert.equal(summary.images, 600);
  assert.equal(summary.scored, scored.length);
  assert.equal(summary.scored, run.whole.scored);
  assert.equal(summary.mistakes, run.whole.mistakes);
  assert.equal(summary.meanHeight, run.whole.mean_height);
  assert.equal(summary.severity, run.whole.severity);
  assert.equal(
    summary.heights.reduce((a, b) => a + b, 0),
    scored.length,
  );
  summary.ranks.forEach(({ n, right }, rank) => assert.deepEqual([n, right], [run.whole.whole[rank].n, run.whole.whole[rank].right]));
  assert.equal(context.summary(store.selection), summary, "computed once");
  assert.notEqual(context.summary(store.selection, data.runs[1]), summary);
  const nothing = context.summary(new Uint32Array(0));
  assert.deepEqual([nothing.meanHeight, nothing.severity, nothing.ranks[0].share, nothing.ranks[0].interval], [null, null, null, null]);
});
