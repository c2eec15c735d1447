import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { appended, isBeside } from "../src/data/parts.ts";
import { readDataset } from "../src/data/dataset.ts";
import { folded } from "../src/data/folded.ts";
import { readTaxonomy } from "../src/data/taxonomy.ts";
import { NO_WORD, doubles, floats, integers, numbers, places, texts } from "../src/data/unpack.ts";
import type { Packed } from "../src/format.ts";
import { HOSTILE, packWith, sample, samplePage } from "./sample.ts";

const deflate = (bytes: Uint8Array) => deflateRawSync(bytes).toString("base64");
packWith(deflate);

test("columns come back as they were packed", async () => {
  const u16: Packed = { t: "u16", n: 3, z: deflate(new Uint8Array(Uint16Array.of(7, 65535, 300).buffer)) };
  assert.deepEqual([...(await integers(u16))], [7, -1, 300]);
  assert.deepEqual([...(await places(u16))], [7, NO_WORD, 300]);
  const f64: Packed = { t: "f64", n: 2, z: deflate(new Uint8Array(Float64Array.of(0.1, Number.NaN).buffer)) };
  assert.deepEqual([...(await doubles(f64))], [0.1, Number.NaN]);
  const f32: Packed = { t: "f32", n: 1, v: [null] };
  assert.deepEqual([...(await floats(f32))], [Number.NaN]);
  const names = ["", "</script>", "é\u202e\u0000", "x".repeat(10_000)];
  assert.deepEqual(await texts({ t: "text", n: 4, z: deflate(new TextEncoder().encode(JSON.stringify(names))) }), names);
  assert.deepEqual([...(await numbers({ t: "u8", n: 0, z: deflate(new Uint8Array()) }))], []);
  const long = Uint32Array.from({ length: 200_000 }, (_, i) => i * 3);
  assert.deepEqual(await numbers({ t: "u32", n: long.length, z: deflate(new Uint8Array(long.buffer)) }), long);
});

test("broken columns are refused", async () => {
  const bytes = deflate(Uint8Array.of(1, 2, 3, 4));
  await assert.rejects(numbers({ t: "u8", n: 3, z: bytes }), /longer/);
  await assert.rejects(numbers({ t: "u16", n: 3, z: bytes }), /shorter/);
  await assert.rejects(numbers({ t: "u8", n: 4, z: "####" }));
  await assert.rejects(numbers({ t: "u8", n: 4, z: "AAAA" }));
  await assert.rejects(texts({ t: "u8", n: 1, v: [1] }), /texts/);
  await assert.rejects(numbers({ t: "text", n: 1, v: ["a"] }), /numbers/);
  await assert.rejects(texts({ t: "text", n: 2, v: ["a"] }), /length/);
});

test("a dataset is the same packed and plain", async () => {
  const [plain, packed] = await Promise.all([readDataset(sample()), readDataset(sample({ packed: true }))]);
  assert.equal(plain.count, 600);
  for (const key of ["truth", "names", "cluster", "groups", "licence", "map"] as const) assert.deepEqual(packed[key], plain[key], key);
  assert.deepEqual(
    packed.runs.map(({ whole, ...columns }) => columns),
    plain.runs.map(({ whole, ...columns }) => columns),
  );
});

test("a taxon or a format that the page does not have is refused", async () => {
  const page = sample({ images: 20 });
  page.images.truth.v![3] = page.taxa.count;
  await assert.rejects(readDataset(page), /taxon/);
  await assert.rejects(readDataset({ ...sample({ images: 20 }), format: 2 as 1 }), /format 2/);
  const short = sample({ images: 20 });
  short.runs[0].flag = { t: "u8", n: 19, v: new Array<number>(19).fill(0) };
  await assert.rejects(readDataset(short), /19 values/);
});

test("a page without runs has one that answered nothing", async () => {
  const page = sample({ images: 20 });
  const data = await readDataset({ ...page, runs: [], compare: null });
  assert.equal(data.runs.length, 1);
  assert.ok(data.runs[0].flag.every((flag) => flag === 255));
  assert.deepEqual(data.runs[0].whole.whole, []);
});

test("the tree: lineages, clades, where two taxa meet", async () => {
  const tree = await readTaxonomy(sample().taxa);
  const [carabus] = tree.search("Carabus", 1);
  assert.deepEqual(
    tree.lineage(carabus).map((taxon) => tree.rank(taxon)),
    ["genus", "family", "order", "class", "phylum", "kingdom", "root"],
  );
  assert.equal(tree.name(0), "");
  assert.equal(tree.parent(0), -1);
  assert.equal(tree.name(tree.at(carabus, "order")), "Coleoptera");
  assert.equal(tree.at(carabus, "species"), -1);
  const [vanessa] = tree.search("vanessa", 1);
  assert.equal(tree.name(tree.lca(carabus, vanessa)), "Insecta");
  assert.equal(tree.lca(carabus, carabus), carabus);
  assert.equal(tree.lca(carabus, -1), -1);
  for (const taxon of [0, carabus, vanessa]) {
    const children = tree.children(taxon);
    assert.ok(children.every((child) => tree.parent(child) === taxon && tree.contains(taxon, child) && !tree.contains(child, taxon)));
    assert.equal(
      children.reduce((sum, child) => sum + tree.end(child) - child, 1),
      tree.end(taxon) - taxon,
    );
  }
});

test("rungs: a tribe lies in its family", async () => {
  const tree = await readTaxonomy(sample().taxa);
  const [tribe] = tree.search("Bombini", 1);
  assert.deepEqual([0, tribe, tree.parent(tribe), tree.children(tribe)[0]].map((taxon) => tree.rung(taxon)), [7, 2, 2, 1]);
});

test("search: exact first, then what begins so; accents, case and apostrophes aside; by every kind of name", async () => {
  const tree = await readTaxonomy(sample().taxa);
  const names = (text: string, most = 50) => tree.search(text, most).map((taxon) => tree.name(taxon));
  assert.equal(names("vespa")[0], "Vespa");
  assert.ok(names("vespa").indexOf("Vespidae") < 0 && names("vesp").includes("Vespidae") && names("vesp").includes("Vespula"));
  assert.equal(names("COLEOPTERES")[0], "Coleoptera");
  assert.equal(names("Arañas")[0], "Araneae");
  assert.ok(names("mesange d'alpina").length > 0);
  assert.ok(names("caroides").includes("Carabus alpina") || names("caroides").length > 0);
  const [byId] = tree.search(tree.id(5), 1);
  assert.equal(byId, 5);
  assert.deepEqual(names("  "), []);
  assert.deepEqual(names("no such taxon"), []);
  assert.equal(names("a", 3).length, 3);
  assert.deepEqual(names(HOSTILE.script), [HOSTILE.script]);
  assert.deepEqual(names("__proto__"), ["__proto__"]);
  assert.equal(folded("Œil de Bœuf à l’été"), "oeil de boeuf a l'ete");
});

test("pages about a taxon are of the web, their names encoded", async () => {
  const page = sample();
  page.taxa.links.push({ site: "bad", template: "javascript:alert({id})" }, { site: "plain", template: "http://example.org/{id}" });
  const tree = await readTaxonomy(page.taxa);
  const [script] = tree.search(HOSTILE.script, 1);
  const links = tree.links(script);
  assert.ok(links.length > 0 && links.every(({ address }) => address.startsWith("https://") && !/[<>"']/.test(address.replaceAll("'", "")) && !address.includes("<")));
  const without = tree.lineage(tree.search("Carabus", 1)[0]).concat([3, 10]).find((taxon) => tree.id(taxon) === "" && taxon > 0)!;
  assert.deepEqual(
    tree.links(without).map(({ site }) => site),
    ["iNaturalist"],
  );
  assert.deepEqual(tree.links(0), []);
});

test("chance is the share of candidates, where they are known", async () => {
  const page = sample();
  const tree = await readTaxonomy(page.taxa);
  assert.equal(tree.chance(0), 1);
  const [carabus] = tree.search("carabus", 1);
  assert.equal(tree.chance(carabus), 2 / page.taxa.candidate_count!);
  const unknown = await readTaxonomy({ ...page.taxa, candidates: null, candidate_count: null });
  assert.equal(unknown.chance(0), null);
});

test("further parts are appended: all columns are those of one page", async () => {
  const { format, parts } = samplePage({ images: 300, parts: [200, 100], packed: true });
  const whole = await readDataset(sample({ images: 600 }));
  let data = await readDataset(format);
  for (const [place, { images, runs }] of parts.entries()) data = await appended(data, format.images.parts[place].count, images, runs);
  assert.equal(data.count, 600);
  for (const key of ["names", "truth", "truthState", "cluster", "observation", "groups", "licence"] as const) assert.deepEqual(data[key], whole[key], key);
  assert.deepEqual(
    data.runs.map(({ whole: _, ...columns }) => columns),
    whole.runs.map(({ whole: _, ...columns }) => columns),
  );
  assert.equal(data.picture(550), whole.picture(550));
});

test("words that only a part has are taken in, words that it leaves out are the page's", async () => {
  const { format, parts } = samplePage({ images: 100, parts: [50], hostile: false });
  const [{ images, runs }] = parts;
  const known = new Map(format.images.observation!.values.map((value, place) => [place, value]));
  const own = [...new Set(images.observation!.column.v!.map((place) => known.get(place as number)!))].reverse();
  const expected = images.observation!.column.v!.map((place) => known.get(place as number));
  images.observation = { values: own, column: { t: "u8", n: 50, v: expected.map((value) => own.indexOf(value!)) } };
  images.groups[0].values = [];
  const data = await appended(await readDataset(format), 50, images, runs);
  assert.deepEqual(
    [...data.observation!.column.slice(100)].map((place) => data.observation!.values[place]),
    expected,
  );
  assert.equal(data.groups[0].values, format.images.groups[0].values);
  await assert.rejects(async () => appended(await readDataset(format), 50, images, runs.slice(1)), /runs/);
});

test("only files beside the page are run", () => {
  for (const file of ["images-1.js", "parts/images-1.js"]) assert.ok(isBeside(file), file);
  for (const file of ["https://x.org/a.js", "//x.org/a.js", "/a.js", "../a.js", "a/../../b.js", "data:text/javascript,1", "javascript:1", ""]) assert.ok(!isBeside(file), file);
});
