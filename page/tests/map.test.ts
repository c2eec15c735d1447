import assert from "node:assert/strict";
import { test } from "node:test";
import { lassoRows } from "../src/panels/map.ts";
import { colourOf, colouring, colours, ranked } from "../src/panels/map/colouring.ts";
import { disc, paint, radiusOf, type Painted } from "../src/panels/map/painting.ts";
import { hues, MOST } from "../src/panels/map/palette.ts";
import { Points, simplified } from "../src/panels/map/points.ts";
import { hex, mixed, parsed, pixel, type Colour, type Theme } from "../src/panels/map/theme.ts";
import { boxOf, View } from "../src/panels/map/view.ts";
import { setup } from "./setup.ts";

const WHITE: Colour = [255, 255, 255];
const THEME: Theme = { dark: false, text: [0, 0, 0], soft: [90, 90, 90], back: WHITE, accent: [0, 0, 255], right: [0, 100, 0], acceptable: [200, 120, 0], wrong: [200, 0, 0], none: [120, 120, 120] };

function points(places: [number, number][], rows?: number[]): Points {
  return new Points(Float32Array.from(places, ([x]) => x), Float32Array.from(places, ([, y]) => y), Int32Array.from(rows ?? places.map((_, row) => row)));
}

test("a lasso holds the points inside it, holes of its shape left out", () => {
  // A "C" that is open to the right, and points in its arms, its back, its mouth, and beside it.
  const lasso: [number, number][] = [[0, 0], [6, 0], [6, 2], [2, 2], [2, 4], [6, 4], [6, 6], [0, 6]];
  const map = points([[1, 3], [5, 1], [5, 5], [4, 3], [7, 1], [-1, 3], [Number.NaN, 1]], [10, 11, 12, 13, 14, 15, 16]);
  assert.deepEqual([...map.inside(lasso)], [10, 11, 12]);
  assert.equal(map.missing, 1);
  // Whichever way round it is drawn; what is no polygon holds nothing; a point without an image is no image.
  assert.deepEqual([...map.inside([...lasso].reverse())], [10, 11, 12]);
  assert.equal(map.inside([[0, 0], [9, 9]]).size, 0);
  assert.deepEqual([...points([[1, 1], [1, 1.5]], [-1, 4]).inside([[0, 0], [3, 0], [0, 3]])], [4]);
});

test("a lasso keeps its shape with fewer corners", () => {
  const circle = Array.from({ length: 1000 }, (_, at): [number, number] => [Math.cos(at / 159.155), Math.sin(at / 159.155)]);
  const few = simplified(circle, 0.001);
  assert.ok(few.length <= 150 && few.length > 50, String(few.length));
  const map = points([[0, 0], [0.9, 0], [0, -0.97], [1.01, 0], [0.72, 0.72]]);
  assert.deepEqual([...map.inside(few)], [0, 1, 2]);
  assert.deepEqual(simplified([[0, 0], [0.1, 0], [3, 0], [3, 0.1], [3, 4]], 1), [[0, 0], [3, 0], [3, 4]]);
});

test("the lasso of a link finds its images", async () => {
  const { data } = await setup({ images: 200 });
  const { x, y } = data.map!.maps[1];
  const box: [number, number][] = [[-1e6, -1e6], [1e6, -1e6], [1e6, 1e6], [-1e6, 1e6]];
  assert.equal(lassoRows(data, { kind: "umap", colour: "", lasso: box })!.size, 200);
  const half = lassoRows(data, { kind: "umap", colour: "", lasso: [[-1e6, -1e6], [0, -1e6], [0, 1e6], [-1e6, 1e6]] })!;
  assert.deepEqual([...half].sort((a, b) => a - b), [...x].flatMap((at, point) => (at < 0 && y[point] < 1e6 ? [data.map!.image[point]] : [])).sort((a, b) => a - b));
  assert.equal(lassoRows(data, { kind: "umap", colour: "", lasso: null }), null);
  assert.equal(lassoRows(data, { kind: "none", colour: "", lasso: box }), null);
});

test("the nearest point, the next one in a direction, and those around", () => {
  const map = points([[0, 0], [2, 0.5], [1.5, 2], [0, 3], [-1, 0], [2, 0.5], [Number.NaN, 0]]);
  assert.equal(map.nearest(1.9, 0.4, 0.5), 1);
  assert.equal(map.nearest(10, 10, 3), -1);
  assert.equal(map.closest(10, 10, () => true), 2);
  const all = () => true;
  assert.equal(map.next(0, [1, 0], all), 1);
  assert.equal(map.next(0, [-1, 0], all), 4);
  // 2 lies 45 degrees aside at most: 2 up, 1.5 aside; 3 straight up is nearer by what counts.
  assert.equal(map.next(0, [0, 1], all), 3);
  assert.equal(map.next(0, [0, 1], (point) => point !== 3), 2);
  assert.equal(map.next(0, [0, -1], all), -1);
  // Itself, then 4; 1 and 5 are equally near: the first.
  assert.deepEqual([...map.around(0, 3, all)].sort(), [0, 1, 4]);
  assert.deepEqual([...map.around(0, 2, (point) => point !== 4)].sort(), [0, 1]);
  assert.equal(map.around(0, 99, all).size, 6);
});

test("everything fits, one scale for both axes, nothing is lost from sight", () => {
  const map = points([[0, 0], [10, 4], [Number.NaN, 99]]);
  const box = boxOf(map.x, map.y);
  assert.deepEqual(box, { left: 0, right: 10, bottom: 0, top: 4 });
  const view = new View(box);
  view.resize(236, 436);
  assert.equal(view.scale, 20);
  assert.deepEqual(view.toPixel(0, 0), [18, 258]);
  assert.deepEqual(view.toPixel(10, 4), [218, 178]);
  assert.deepEqual(view.toData(18, 258), [0, 0]);
  // What is fitted does not move; zoomed, what is under the pointer stays.
  view.pan(50, 50);
  assert.deepEqual(view.toPixel(0, 0), [18, 258]);
  const under = view.toData(60, 230);
  view.zoomAt(4, 60, 230);
  assert.ok(view.zoom === 4 && Math.abs(view.toPixel(...under)[0] - 60) < 1e-9, String(view.toPixel(...under)));
  view.pan(1e6, 0);
  assert.ok(Math.abs(view.toPixel(0, 0)[0] - 18) < 1e-9, "the left edge, not beyond it");
  view.show(10, 2);
  assert.ok(Math.abs(view.toPixel(10, 2)[0] - 218) < 1e-9);
  view.zoomAt(1e-9, 5, 5);
  assert.deepEqual([view.zoom, ...view.toPixel(0, 0)], [1, 18, 258]);
  const one = new View(boxOf(Float32Array.of(3), Float32Array.of(3)));
  one.resize(100, 100);
  assert.deepEqual(one.toPixel(3, 3), [50, 50]);
});

test("the most frequent get colours, in the order of the tree", () => {
  // Values 0 to 14, value v met v times, but 3 as often as 14; -1 has none.
  const values = Int32Array.from([...Array.from({ length: 15 }, (_, value) => Array(value === 3 ? 14 : value).fill(value)).flat(), -1]);
  const { shown, others } = ranked(values, 20);
  assert.equal(shown.length, MOST);
  assert.deepEqual(shown, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  assert.equal(others, 2);
  assert.deepEqual([hues(1, false).length, hues(12, true).length, hues(99, true).length, hues(0, true).length], [1, 12, 12, 0]);
  for (const dark of [false, true]) {
    assert.equal(new Set(hues(12, dark).map(String)).size, 12);
    for (const colour of hues(12, dark)) {
      const contrast = ratio(colour, dark ? hex("#15191d") : WHITE);
      assert.ok(contrast >= 3, `${colour} has ${contrast}`);
    }
  }
});

function ratio(a: Colour, b: Colour): number {
  const light = (colour: Colour) => {
    const [r, g, bl] = colour.map((channel) => (channel <= 10.3 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [x, y] = [light(a), light(b)].sort((one, other) => other - one);
  return (x + 0.05) / (y + 0.05);
}

test("points are coloured by what the data have", async () => {
  const { data, store, context } = await setup({ images: 300 });
  const rows = data.map!.image;
  const all = colours(data);
  assert.deepEqual(all.slice(0, 5), ["rank:class", "rank:order", "rank:family", "rank:genus", "rank:species"]);
  assert.deepEqual(all.slice(5, 8), ["flag", "height", "verdict"]);
  assert.ok(all.includes("group:site"));
  assert.equal(colourOf(data, all, "group:site", rows), "group:site");
  assert.equal(colourOf(data, all, "__proto__", rows), "rank:family");
  for (const colour of all) {
    const { categories, of } = colouring(context, colour, rows, THEME);
    assert.ok(categories.length > 1 && of.length === rows.length, colour);
    assert.ok(of.every((category) => category < categories.length), colour);
  }
  const byOrder = colouring(context, "rank:order", rows, THEME);
  rows.forEach((row, point) => {
    const order = data.truth[row] < 0 ? -1 : data.taxonomy.at(data.truth[row], "order");
    assert.equal(byOrder.categories[byOrder.of[point]].label, order < 0 ? context.t("map.withoutTaxon") : context.taxon(order, true));
  });
  const bySpecies = colouring(context, "rank:species", rows, THEME);
  assert.equal(bySpecies.categories.filter(({ rest }) => !rest).length, MOST);
  assert.match(bySpecies.categories[MOST].label, /^\d+ others$/);
  store.judge(5, "synonym");
  const byVerdict = colouring(context, "verdict", rows, THEME);
  assert.equal(byVerdict.categories[byVerdict.of[rows.indexOf(5)]].label, "synonym");
  const { flag, height } = context.run();
  assert.ok(colouring(context, "flag", rows, THEME).of.every((category, point) => category === Math.min(flag[rows[point]], 3)));
  assert.ok(colouring(context, "height", rows, THEME).of.every((category, point) => category === (height[rows[point]] < 0 ? 8 : height[rows[point]])));
});

test("discs are painted in order, faint ones with their own colour, and cut at the edge", () => {
  assert.deepEqual(parsed("rgb(1, 2, 3)"), [1, 2, 3]);
  assert.deepEqual(parsed("color(srgb 1 0.5 0)"), [255, 127.5, 0]);
  assert.deepEqual(mixed([100, 0, 0], WHITE, 0.5), [177.5, 127.5, 127.5]);
  assert.ok(disc(2).x.length > 12 && disc(2).cover.includes(256));
  assert.ok(radiusOf(100_000, 1) < radiusOf(100, 1) && radiusOf(100, 4) > radiusOf(100, 1));
  const map = points([[0, 0], [10, 0], [5, 0]]);
  const view = new View(boxOf(map.x, map.y));
  view.resize(136, 100);
  const pixels = new Uint32Array(136 * 100);
  const [red, blue]: Colour[] = [[255, 0, 0], [0, 0, 255]];
  const what: Painted = { x: map.x, y: map.y, order: Uint32Array.of(2, 0, 1), faint: 1, of: Uint8Array.of(0, 1, 1), full: [red, blue], stepped: [red, mixed(blue, WHITE, 0.2)], back: WHITE };
  paint(pixels, 136, 100, what, view, 1);
  const at = (x: number, y: number) => pixels[y * 136 + x];
  assert.deepEqual([at(18, 50), at(118, 50), at(68, 50), at(40, 50)], [pixel(red), pixel(blue), pixel(mixed(blue, WHITE, 0.2)), pixel(WHITE)]);
  // The edge of a disc lies between its colour and what is below.
  const colours = new Set(pixels);
  assert.ok(colours.size > 4 && [...colours].every((colour) => colour >>> 24 === 255));
  view.zoomAt(3, 18, 50);
  view.resize(40, 100);
  paint(pixels.subarray(0, 4000), 40, 100, what, view, 1);
});
