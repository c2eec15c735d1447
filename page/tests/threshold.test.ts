import assert from "node:assert/strict";
import { test } from "node:test";
import { readTaxonomy } from "../src/data/taxonomy.ts";
import type { Dataset, Run, Taxonomy } from "../src/model.ts";
import { RankAnswers, RankCurve } from "../src/panels/threshold/at_rank.ts";
import { BackOffAnswers, BackOffCurve } from "../src/panels/threshold/back_off.ts";
import { choices, chosen } from "../src/panels/threshold/choice.ts";
import { Clusters, numbered, shareInterval } from "../src/panels/threshold/clustered.ts";
import { RIGHT, UNANSWERED, WRONG, changed, transitions } from "../src/panels/threshold/curve.ts";
import { kinds, passing } from "../src/panels/threshold/differences.ts";
import { fallingOrder, level, reaching } from "../src/panels/threshold/level.ts";
import { Outcomes } from "../src/panels/threshold/outcome.ts";
import { parts } from "../src/panels/threshold/stops.ts";
import { clusteredShare } from "../src/statistics/share.ts";
import { setup } from "./setup.ts";

/** 0 root; 1 family F: 2 genus G: 3 species a, 4 species b (5 its subspecies b1); 6 subfamily S: 7 tribe T: 8 genus H: 9 species c;
 * 10 genus I: 11 species d; 12 family E: 13 genus J: 14 species e. */
const TREE: [number, string][] = [
  [-1, "root"], [0, "family"], [1, "genus"], [2, "species"], [2, "species"], [4, "subspecies"], [1, "subfamily"], [6, "tribe"],
  [7, "genus"], [8, "species"], [6, "genus"], [10, "species"], [0, "family"], [12, "genus"], [13, "species"],
];
const [F, G, A, B, B1, T, H, C, I, D, E] = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 14];

function packed(v: (number | string)[], t: "u32" | "text" | "u8" = "u32") {
  return { t, n: v.length, v };
}

async function tree(rows = TREE): Promise<Taxonomy> {
  const names = [...new Set(rows.map(([, rank]) => rank))];
  const texts = packed(rows.map((_, taxon) => `t${taxon}`), "text");
  const none = packed(rows.map(() => ""), "text");
  return readTaxonomy({
    count: rows.length,
    parent: packed(rows.map(([parent]) => (parent < 0 ? 0xffffffff : parent))),
    name: texts,
    rank_names: names,
    rank: packed(rows.map(([, rank]) => names.indexOf(rank)), "u8"),
    id: none,
    other_names: none,
    common: {},
    candidates: null,
    candidate_count: null,
    links: [],
  });
}

function dataset(taxonomy: Taxonomy, truth: number[], ranks = ["family", "genus", "species"]): Dataset {
  return {
    taxonomy,
    truth: Int32Array.from(truth),
    count: truth.length,
    ranks: ranks.map((name) => ({ name, rung: null, classes: 2, given: false })),
    cluster: null,
  } as unknown as Dataset;
}

/** A run with what its answers say, as the program would count it. */
function run(data: Dataset, outcomes: Outcomes, answer: number[], probability: number[], more: Partial<Run> = {}): Run {
  const { taxonomy, truth, ranks } = data;
  const [countsAt, rightAt] = [new Uint16Array(data.count), new Uint16Array(data.count)];
  const height = new Int16Array(data.count);
  for (let row = 0; row < data.count; row++) {
    ranks.forEach(({ name }, bit) => {
      const at = truth[row] < 0 ? -1 : taxonomy.at(truth[row], name);
      if (truth[row] < 0 || at >= 0) countsAt[row] |= 1 << bit;
      if (at >= 0 && taxonomy.at(answer[row], name) === at) rightAt[row] |= 1 << bit;
    });
    height[row] = truth[row] < 0 ? 7 : outcomes.height(truth[row], outcomes.predicted(truth[row], answer[row]));
  }
  const whole = { has_probabilities: true } as Run["whole"];
  return { name: "r", place: 0, whole, answer: Int32Array.from(answer), probability: Float64Array.from(probability), countsAt, rightAt, height, summed: null, steps: null, ...more } as Run;
}

const all = (data: Dataset) => Uint32Array.from({ length: data.count }, (_, row) => row);

test("scores that are equal on paper have one level, and order keeps equal ones as they stand", () => {
  assert.equal(level(0.1 + 0.2), level(0.3));
  assert.notEqual(level(0.3), level(0.300000001));
  assert.equal(level(1 - 1e-15), 1);
  assert.ok(Object.is(level(-0), 0) && Number.isNaN(level(Number.NaN)));
  const scores = Float64Array.from([0.2, 0.9, 0, 0.2, 1, 1e-30, 0.9000001].map(level));
  assert.deepEqual([...fallingOrder(scores)], [4, 6, 1, 0, 3, 5, 2]);
  const falling = Float64Array.from([1, 0.9, 0.9, 0.2, 0]);
  assert.deepEqual([1.1, 1, 0.95, 0.9, 0.2, 0.1, 0].map((threshold) => reaching(falling, 5, threshold)), [0, 1, 1, 3, 4, 4, 5]);
});

test("an answer is cut to the rank of the truth", async () => {
  const outcomes = new Outcomes(await tree(), true);
  // An answer below the truth becomes the truth, one that stops above stays.
  assert.equal(outcomes.predicted(B, B1), B);
  assert.equal(outcomes.predicted(A, F), F);
  assert.equal(outcomes.predicted(A, 0), 0);
  // In another branch: the ancestor at the truth's rank.
  assert.equal(outcomes.predicted(A, B1), B);
  assert.equal(outcomes.predicted(G, C), H);
  // A genus without a tribe, of a truth that is a tribe: the nearest main rank above, here the family that holds both.
  assert.equal(outcomes.predicted(T, D), F);
  assert.ok(outcomes.correct(T, F) && !outcomes.correct(T, I));
  assert.equal(outcomes.predicted(A, H), H);
  assert.ok(!outcomes.correct(A, H));
  // Heights by rungs: species against its sister genus's meets at the family; against the other family at the root.
  assert.deepEqual([outcomes.height(A, B), outcomes.height(A, D), outcomes.height(A, E), outcomes.height(A, F)], [1, 2, 7, 2]);
  const edges = new Outcomes(await tree(TREE.map(([parent], taxon) => [parent, taxon === 0 ? "root" : "unranked"])), false);
  // By depth: c is five edges down, its answer is cut to the three of a.
  assert.equal(edges.predicted(A, C), T);
  assert.deepEqual([edges.height(A, T), edges.height(C, A)], [2, 4]);
});

test("a threshold at a rank: ties stay together, what has no probability is kept only without one", async () => {
  const taxonomy = await tree();
  const data = dataset(taxonomy, [A, A, B, D, E, -1, G]);
  const outcomes = new Outcomes(taxonomy, true);
  // Genus: right, right (tie, in floating point), wrong, wrong, without probability, unknown truth. Row 6 is a genus: no species.
  const answers = run(data, outcomes, [A, B, D, A, E, C, G], [0.9, 0.1 + 0.2, 0.3, 0.3, Number.NaN, 0.05, 0.8]);
  const genus: RankAnswers = new RankAnswers(data, answers, { by: "genus", rank: 1, kind: "path" }, outcomes);
  const curve = new RankCurve(genus, all(data), null);
  assert.deepEqual([curve.n, curve.without], [7, 1]);
  const at = (threshold: number) => {
    const { kept, wrong, meanHeight } = curve.at(threshold);
    return [kept, wrong, meanHeight];
  };
  assert.deepEqual(at(1), [0, 0, null]);
  assert.equal(curve.at(1).interval, null);
  assert.deepEqual(at(0.9), [1, 0, null]);
  assert.deepEqual(at(0.8), [2, 0, null]);
  // b for d meets in the family (2), d for a as well: (2 + 2) / 2.
  assert.deepEqual(at(0.3), [5, 2, 2]);
  assert.deepEqual(at(0.31), [2, 0, null]);
  assert.deepEqual(at(0.01), [6, 3, 11 / 3]);
  assert.deepEqual(at(0), [7, 3, 11 / 3]);
  const species = new RankCurve(new RankAnswers(data, answers, { by: "species", rank: 2, kind: "path" }, outcomes), all(data), null);
  assert.deepEqual([species.n, species.at(0.8).kept, species.at(0.3).wrong], [6, 1, 3]);
  // Points never part a tie.
  assert.deepEqual(curve.points(200).map(({ kept, wrong }) => [kept, wrong]), [[1, 0], [2, 0], [5, 2], [6, 3], [7, 3]]);
  assert.equal(new RankCurve(genus, Uint32Array.of(3, 4), null).at(0.3).kept, 1);
  const none = new RankCurve(genus, new Uint32Array(), null);
  assert.deepEqual([none.n, none.at(0).kept, none.points(200)], [0, 0, []]);
});

test("summed answers are held against the truth at the rank, thresholds rounded as they are", async () => {
  const taxonomy = await tree();
  const data = dataset(taxonomy, [A, B, E, D]);
  const outcomes = new Outcomes(taxonomy, true);
  const summed = [null, { taxon: Int32Array.of(G, H, -1, I), probability: Float32Array.of(0.7, 0.7, Number.NaN, 0.2) }, null];
  const answers = run(data, outcomes, [A, B, E, D], [0.5, 0.5, 0.5, 0.5], { summed });
  const curve = new RankCurve(new RankAnswers(data, answers, { by: "genus", rank: 1, kind: "summed" }, outcomes), all(data), null);
  // 0.7 as a single float is less than 0.7, and still reached.
  assert.ok(Math.fround(0.7) < 0.7);
  assert.deepEqual([curve.at(0.7).kept, curve.at(0.7).wrong, curve.at(0.7).meanHeight], [2, 1, 2]);
  // Nothing answered for e: wrong up to the root, once nothing is asked for.
  assert.deepEqual([curve.at(0).kept, curve.at(0).wrong, curve.at(0).meanHeight], [4, 2, (2 + 7) / 2]);
  assert.deepEqual(choices(data, answers).map(({ by, kind }) => [by, kind]), [["family", "path"], ["genus", "summed"], ["species", "path"]]);
});

/** Four images: a with steps root 1, F .9, G .6, b .4 (wrong at last); c with F .95, T .5; unknown truth answered J; e without steps. */
async function backingOff() {
  const taxonomy = await tree();
  const data = dataset(taxonomy, [A, C, -1, E]);
  const outcomes = new Outcomes(taxonomy, true);
  const steps = {
    starts: Uint32Array.of(0, 4, 6, 7, 7),
    threshold: Float32Array.of(1, 0.9, 0.6, 0.4, 0.95, 0.5, 0.6),
    taxon: Int32Array.of(0, F, G, B, F, T, E),
  };
  const answers = run(data, outcomes, [B, C, E, E], [0.4, 0.5, 0.6, Number.NaN], { steps });
  return { data, outcomes, answers, of: new BackOffAnswers(data, answers, outcomes, true) };
}

test("the back-off rule answers the last step that reaches the threshold", async () => {
  const { data, of, answers } = await backingOff();
  const curve = new BackOffCurve(of, all(data), null);
  assert.deepEqual([curve.n, curve.without], [4, 1]);
  const at = (threshold: number) => {
    const { kept, wrong, meanHeight, depth } = curve.at(threshold);
    return { kept, wrong, meanHeight, correct: depth!.correct, exact: depth!.exact, mean: depth!.mean, stops: depth!.stops };
  };
  // Everything at the root: right as far as it goes but for the unknown truth.
  assert.deepEqual(at(1), { kept: 0, wrong: 0, meanHeight: null, correct: 3, exact: 0, mean: 0, stops: [0, 0, 0, 0, 0, 0, 0, 4, 0] });
  // F is on rung 2: five below the root.
  assert.deepEqual(at(0.9), { kept: 2, wrong: 0, meanHeight: null, correct: 3, exact: 0, mean: 10 / 4, stops: [0, 0, 2, 0, 0, 0, 0, 2, 0] });
  assert.deepEqual(at(0.95), { kept: 1, wrong: 0, meanHeight: null, correct: 3, exact: 0, mean: 5 / 4, stops: [0, 0, 1, 0, 0, 0, 0, 3, 0] });
  // G for a, F for c, e for the unknown one, which is wrong as the run has it: 7.
  assert.deepEqual(at(0.6), { kept: 3, wrong: 1, meanHeight: 7, correct: 3, exact: 0, mean: (6 + 5 + 7) / 4, stops: [1, 1, 1, 0, 0, 0, 0, 1, 0] });
  // b for a: height 1. The tribe takes the rung of its family.
  assert.deepEqual(at(0), { kept: 3, wrong: 2, meanHeight: 4, correct: 2, exact: 0, mean: (7 + 5 + 7) / 4, stops: [2, 0, 1, 0, 0, 0, 0, 1, 0] });
  const exact = curve.at(0.5).depth!;
  assert.deepEqual([exact.correct, exact.exact], [3, 0]);
  for (const threshold of [0, 0.4, 0.41, 0.5, 0.6, 0.9, 0.95, 1]) {
    const states = curve.states(threshold);
    const [kept, wrong] = [states.filter((state) => state !== UNANSWERED).length, states.filter((state) => state === WRONG).length];
    assert.deepEqual([kept, wrong], [curve.at(threshold).kept, curve.at(threshold).wrong], `at ${threshold}`);
  }
  assert.deepEqual(choices(data, answers).at(-1), { by: "back_off", rank: -1, kind: "back_off" });
  assert.equal(chosen(choices(data, answers), "")!.by, "back_off");
  assert.equal(chosen([], "genus"), null);
  assert.deepEqual(curve.points(200).map(({ kept, wrong }) => [kept, wrong]), [[1, 0], [2, 0], [3, 1], [3, 1], [3, 2]]);
});

test("which images change between two thresholds", async () => {
  const { data, of } = await backingOff();
  const curve = new BackOffCurve(of, Uint32Array.of(3, 2, 0, 1), null);
  const [none, now, high] = [curve.states(0), curve.states(0.6), curve.states(0.92)];
  assert.deepEqual([...none], [UNANSWERED, WRONG, WRONG, RIGHT]);
  assert.deepEqual([...now], [UNANSWERED, WRONG, RIGHT, RIGHT]);
  assert.deepEqual([...high], [UNANSWERED, UNANSWERED, UNANSWERED, RIGHT]);
  const of2 = (from: Uint8Array, to: Uint8Array, kind: "none" | "last") =>
    Object.fromEntries(kinds(kind, true).map((each) => [each.key.slice(10), passing(each, transitions(from, to))]));
  assert.deepEqual(of2(none, now, "none"), { keptWrong: 1, noLonger: 0, noLongerWrong: 0, mended: 1 });
  assert.deepEqual(of2(none, high, "none"), { keptWrong: 0, noLonger: 2, noLongerWrong: 2, mended: 0 });
  assert.deepEqual(of2(now, high, "last"), { noLonger: 2, again: 0, mended: 0, broken: 0 });
  assert.deepEqual(of2(now, none, "last"), { noLonger: 0, again: 0, mended: 0, broken: 1 });
  assert.deepEqual(of2(high, now, "last"), { noLonger: 0, again: 2, mended: 0, broken: 0 });
  assert.deepEqual([...changed(curve.rows, none, now, (from, to) => from === WRONG && to === RIGHT)], [0]);
  assert.equal(kinds("none", false).some(({ key }) => key === "threshold.mended"), false);
  assert.equal(data.count, 4);
});

test("totals of many steps are those of each image by itself", async () => {
  const taxonomy = await tree();
  const outcomes = new Outcomes(taxonomy, true);
  const truths = [A, B, C, D, E, T, -1];
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const truth = Array.from({ length: 500 }, () => truths[Math.floor(random() * truths.length)]);
  const data = dataset(taxonomy, truth);
  const [starts, threshold, taxon] = [[0], [] as number[], [] as number[]];
  for (const of of truth) {
    const answer = random() < 0.5 && of >= 0 ? of : truths[Math.floor(random() * 5)];
    const line = taxonomy.lineage(answer).reverse().slice(Math.floor(random() * 2));
    let score = 1;
    for (const step of line) {
      score = Math.round(score * (0.6 + 0.4 * random()) * 50) / 50;
      if (score <= (threshold.length > starts.at(-1)! ? threshold.at(-1)! - 0.01 : 2)) {
        threshold.push(score);
        taxon.push(step);
      }
    }
    starts.push(threshold.length);
  }
  const steps = { starts: Uint32Array.from(starts), threshold: Float32Array.from(threshold), taxon: Int32Array.from(taxon) };
  assert.ok(threshold.length > 600);
  const answers = run(data, outcomes, truth.map((of) => Math.max(of, 0)), truth.map(() => 0.5), { steps });
  const cluster = Uint32Array.from(truth, () => Math.floor(random() * 90));
  const rows = all(data).filter((row) => row % 3 !== 1);
  const curve = new BackOffCurve(new BackOffAnswers(data, answers, outcomes, true), rows, cluster);
  for (let t = 0; t <= 100; t += 4) {
    let [kept, wrong, exact, correct, height] = [0, 0, 0, 0, 0];
    const [inCluster, wrongIn] = [new Uint32Array(90), new Uint32Array(90)];
    for (const row of rows) {
      let answer = 0;
      for (let step = starts[row]; step < starts[row + 1]; step++) if (Math.fround(threshold[step]) >= Math.fround(t / 100)) answer = taxon[step];
      const predicted = truth[row] < 0 ? answer : outcomes.predicted(truth[row], answer);
      const right = truth[row] >= 0 && [truth[row], predicted].includes(taxonomy.lca(truth[row], predicted));
      correct += Number(right);
      exact += Number(predicted === truth[row]);
      if (predicted === 0) continue;
      kept += 1;
      inCluster[cluster[row]] += 1;
      if (right) continue;
      wrong += 1;
      wrongIn[cluster[row]] += 1;
      height += truth[row] < 0 ? 7 : outcomes.height(truth[row], predicted);
    }
    const point = curve.at(t / 100);
    assert.deepEqual([point.kept, point.wrong, point.depth!.exact, point.depth!.correct], [kept, wrong, exact, correct], `at ${t}`);
    assert.equal(point.meanHeight, wrong === 0 ? null : height / wrong);
    const interval = clusteredShare({ count: 90, right: wrongIn, images: inCluster });
    if (interval === null) assert.equal(point.interval, null);
    else assert.ok(Math.abs(point.interval!.low - interval.low) < 1e-9 && Math.abs(point.interval!.high - interval.high) < 1e-9);
  }
});

test("intervals are kept along with the images", () => {
  // Wilson of 3 of 10, by hand in the program's tests.
  const single = shareInterval(10, 3, null)!;
  assert.ok(Math.abs(single.low - 0.107795) < 5e-6 && Math.abs(single.high - 0.603218) < 5e-6);
  // Clusters 2/2, 1/2, 0/2, 2/2: n* = 4.827586; 0.569609 ± 0.326993, by hand there as well.
  const clusters = new Clusters(numbered(Uint32Array.of(70, 70, 5, 5, 9, 9, 4e9, 4e9)));
  [1, 1, 1, 0, 0, 0, 1, 1].forEach((wrong, row) => clusters.add(row, 1, wrong));
  const together = shareInterval(8, 5, clusters)!;
  assert.ok(Math.abs(together.low - 0.242616) < 5e-6 && Math.abs(together.high - 0.896602) < 5e-6, JSON.stringify(together));
  // What goes again leaves nothing.
  [1, 1, 1, 0, 0, 0, 1, 1].forEach((wrong, row) => clusters.add(row, -1, -wrong));
  assert.deepEqual([clusters.ww, clusters.wm, clusters.mm], [0, 0, 0]);
  assert.equal(shareInterval(0, 0, null), null);
});

test("answers stop from the deepest rank up to the root", () => {
  assert.deepEqual(parts([3, 0, 1, 0, 0, 0, 0, 2, 0], true), [{ stop: 0, images: 3 }, { stop: 2, images: 1 }, { stop: 7, images: 2 }]);
  assert.deepEqual(parts([4, 0, 1, 0, 0, 0, 0, 0, 2], false), [{ stop: 8, images: 2 }, { stop: 2, images: 1 }, { stop: 0, images: 4 }]);
});

test("without a threshold the error is what the summary says", async () => {
  const { data, context } = await setup({ images: 700 });
  const run = context.run();
  const outcomes = new Outcomes(data.taxonomy, true);
  const rows = Uint32Array.from({ length: 700 }, (_, row) => row).filter((row) => row % 5 !== 2);
  data.ranks.forEach(({ name: by }, rank) => {
    const point = new RankCurve(new RankAnswers(data, run, { by, rank, kind: "path" }, outcomes), rows, numbered(data.cluster!)).at(0);
    const { n, right, interval } = context.share(rows, rank, run);
    assert.deepEqual([point.kept, point.wrong], [n, n - right], by);
    assert.ok(Math.abs(point.interval!.low - (1 - interval!.high)) < 1e-9 && Math.abs(point.interval!.high - (1 - interval!.low)) < 1e-9, by);
  });
  // The heights of the program, found again from truths and answers.
  for (let row = 0; row < data.count; row++) {
    if (run.height[row] < 0 || run.answer[row] < 0) continue;
    const predicted = outcomes.predicted(data.truth[row], run.answer[row]);
    assert.equal(outcomes.height(data.truth[row], predicted), run.height[row], `row ${row}`);
  }
});
