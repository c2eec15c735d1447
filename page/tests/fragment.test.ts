import assert from "node:assert/strict";
import { test } from "node:test";
import { readDataset } from "../src/data/dataset.ts";
import type { Dataset, State } from "../src/model.ts";
import { check, isAnchor, read, written } from "../src/state/fragment.ts";
import { initialState, noFilters } from "../src/state/initial.ts";
import { CAUSES, generator, HOSTILE, sample } from "./sample.ts";

const data = await readDataset(sample());

/** A state in which everything is set. */
function full(of: Dataset): State {
  return {
    view: "report",
    language: "fr",
    run: 1,
    other: 0,
    root: 5,
    tab: "matrix",
    sort: "name",
    grouped: "none",
    pair: { truth: 12, answer: -1 },
    image: 44,
    threshold: { by: "summed: genus/é", value: 0.25 },
    map: { kind: "umap", colour: `group:${HOSTILE.quotes}`, lasso: [[0.5, 1], [2, -3.25], [1e-5, 4]] },
    filters: {
      ...noFilters(),
      wrongAt: "family",
      heights: [2, 5],
      truth: 4,
      answer: 9,
      probability: [0.125, 1],
      groups: { site: [HOSTILE.script, HOSTILE.long], split: ["test"] },
      flags: [0, 2],
      causes: ["confusion", "synonym"],
      outcomes: ["wrong"],
      licences: ["", of.licence!.values[0]],
      verdicts: ["none", "unsure"],
      text: `a&b=c#<"é🦋 `,
      only: "second",
    },
  };
}

test("a state comes back, from letters that stay as they are in an address", () => {
  const state = full(data);
  const text = written(state, data);
  assert.match(text, /^[\w.~:;,=&%!*'()-]*$/);
  assert.ok(text.length < 600, String(text.length));
  assert.deepEqual(read(`#${text}`, data), state);
});

test("the page as it opens has no fragment", () => {
  assert.equal(written(initialState(data), data), "");
  for (const text of ["", "#", "#workbench"]) assert.deepEqual(read(text, data), initialState(data));
});

test("places of the report show the report", () => {
  assert.equal(read("#section-confusions", data).view, "report");
  assert.equal(read("#report", data).view, "report");
  assert.ok(isAnchor("section-x") && !isAnchor("t=list") && !isAnchor(""));
});

test("a report that has changed restores no other taxon, image, run or value", async () => {
  const text = written(full(data), data);
  const page = sample();
  page.taxa.name.v = page.taxa.name.v!.map((name) => (name === "" ? "" : `${name}x`));
  page.images.name.v!.reverse();
  page.runs.forEach((run) => (run.name += "x"));
  for (const group of page.images.groups) group.values = group.values.map((value) => `${value}x`);
  page.images.licence!.values = page.images.licence!.values.map((value) => `${value}x`);
  const state = read(text, await readDataset(page));
  const first = initialState(data);
  assert.deepEqual([state.root, state.pair, state.image, state.run, state.other], [0, null, null, first.run, first.other]);
  const { truth, answer, groups, licences } = state.filters;
  assert.deepEqual({ truth, answer, groups, licences }, { truth: null, answer: null, groups: {}, licences: null });
  assert.equal(state.filters.wrongAt, "family");
});

test("numbers are clamped, what is unknown is dropped", () => {
  const state = read("#fp=-3~1e9&fh=9.77.x.3&ff=7.1&fc=confusion.evil.right&fw=clan&t=nothing&s=&h=x:99&i=9999999.aaaa&z=5.zzzz&fx=third&fv=unsure.evil&ml=1,2;3,4&mk=none", data);
  const { filters } = state;
  assert.deepEqual(filters.probability, [0, 1]);
  assert.deepEqual(filters.heights, [3, 9]);
  assert.deepEqual(filters.flags, [1]);
  assert.deepEqual(filters.causes, ["confusion", "right"]);
  assert.deepEqual([filters.wrongAt, filters.only, state.tab, state.image, state.root, state.map.lasso, state.map.kind], [null, null, initialState(data).tab, null, 0, null, "pca"]);
  assert.deepEqual(state.threshold, { by: "x", value: 1 });
  assert.deepEqual(filters.verdicts, ["unsure"]);
});

test("any fragment is read without an error, and only into states that the page knows", () => {
  const random = generator(11);
  const good = written(full(data), data);
  const letters = [..."0123456789.-~:;,=&%#abcéз\u202e<>\"'__proto__constructor\u0000😀"];
  for (let round = 0; round < 3000; round++) {
    let text = "";
    if (round % 2) {
      const at = Math.floor(random() * good.length);
      text = good.slice(0, at) + letters[Math.floor(random() * letters.length)] + good.slice(at + Math.floor(random() * 4));
    } else for (let i = 0; i < random() * 60; i++) text += letters[Math.floor(random() * letters.length)];
    const state = read(`#${text}`, data);
    assert.ok(state.run >= 0 && state.run < data.runs.length && state.root >= 0 && state.root < data.taxonomy.count);
    assert.ok(state.image === null || (state.image >= 0 && state.image < data.count));
    assert.ok(!state.filters.causes || state.filters.causes.every((cause) => CAUSES.includes(cause)));
    const again = written(state, data);
    assert.equal(written(read(again, data), data), again, text);
  }
  read(`#${"a=1&".repeat(100_000)}`, data);
  read(`#fg=${"0.".repeat(100_000)}`, data);
  read(`#fn=${"%F0%9F%A6%8B".repeat(10_000)}`, data);
  read("#fn=%", data);
});

test("a column called __proto__ is a column", async () => {
  const page = sample({ images: 50 });
  page.images.groups[0].name = "__proto__";
  const odd = await readDataset(page);
  const state = { ...initialState(odd), filters: { ...noFilters(), groups: { ["__proto__"]: ["Alps"] } } };
  const { groups } = read(written(state, odd), odd).filters;
  assert.deepEqual(Object.entries(groups), [["__proto__", ["Alps"]]]);
});

test("a long lasso is thinned", () => {
  const state = initialState(data);
  state.map.lasso = Array.from({ length: 5000 }, (_, i) => [Math.sin(i), Math.cos(i)]);
  const text = written(state, data);
  assert.ok(text.length < 4000, String(text.length));
  assert.ok(read(text, data).map.lasso!.length > 100);
});

test("checks tell texts apart", () => {
  const checks = new Set(Array.from({ length: 1000 }, (_, i) => check(`Carabus ${i}`)));
  assert.ok(checks.size > 995);
  assert.match(check(""), /^[0-9a-z]{4}$/);
});
