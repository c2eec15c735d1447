import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Key, Origin } from "selenium-webdriver";
import { View, boxOf } from "../../src/panels/map/view.ts";
import type { Subject } from "./drive.ts";
import { inBrowser, skippedKind } from "./pages.ts";
import { readCsv } from "./world.ts";

// A run with vectors would need the encoder: the sample has maps.
inBrowser("the map", (use) => {
  describe("the sample", { skip: skippedKind("the sample") }, () => {
    const opened = async (): Promise<{ page: Subject; points: { row: number; x: number; y: number }[] }> => {
      const page = await use.page("the sample");
      const { browser } = use;
      await browser.open(page, { state: { tab: "map" } });
      await browser.find(".w-map-canvas");
      await browser.run(() => document.querySelector(".w-map-canvas")!.scrollIntoView({ block: "center" }));
      const points = await placed(use, page);
      return { page, points };
    };

    it("is drawn, in other colours for another rank", async () => {
      await opened();
      const { browser } = use;
      const colours = () =>
        browser.run(() => {
          const canvas = document.querySelector<HTMLCanvasElement>(".w-map-canvas")!;
          const pixels = new Uint32Array(canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return new Set(pixels).size;
        });
      assert.ok((await colours()) > 2);
      await browser.choose("[data-w-focus='map-colour']", "rank:order");
      assert.ok((await colours()) > 4);
      assert.ok((await browser.count(".w-map-legend li, .w-map-legend button")) >= 4);
    });

    it("tells what is pointed at, and enlarges it on a click", async () => {
      const { page, points } = await opened();
      const { browser } = use;
      // A point that no other is near.
      const alone = points.find((one) => points.every((other) => other === one || Math.hypot(one.x - other.x, one.y - other.y) > 15))!;
      const at = { x: Math.round(alone.x), y: Math.round(alone.y), origin: Origin.VIEWPORT, duration: 0 };
      await browser.driver.actions().move({ ...at, x: at.x - 60 }).move(at).perform();
      await browser.find(".w-map-tip");
      const tip = await browser.text(".w-map-tip");
      assert.ok(page.data.truth[alone.row] < 0 || tip.includes(page.data.taxonomy.name(page.data.truth[alone.row])), tip);
      await browser.driver.actions().click().perform();
      await browser.find("dialog.w-image[open]");
      assert.equal((await browser.state(page)).image, alone.row);
      await browser.press(Key.ESCAPE);
    });

    it("selects with a lasso, and the link keeps it", async () => {
      const { page } = await opened();
      const { browser } = use;
      await browser.click(".w-map-buttons button[aria-pressed]");
      // The button may have scrolled the page.
      await browser.run(() => document.querySelector(".w-map-canvas")!.scrollIntoView({ block: "center" }));
      const points = await placed(use, page);
      const xs = points.map(({ x }) => x);
      const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
      const ys = points.map(({ y }) => y);
      const [low, high] = [Math.min(...ys) - 8, Math.max(...ys) + 8];
      const corners = [[Math.min(...xs) - 8, low], [middle, low], [middle + 30, (low + high) / 2], [middle, high], [Math.min(...xs) - 8, high]].map(([x, y]) => ({ x: Math.round(x), y: Math.round(y) }));
      let actions = browser.driver.actions().move({ ...corners[0], origin: Origin.VIEWPORT, duration: 0 }).press();
      for (const corner of corners.slice(1)) actions = actions.move({ ...corner, origin: Origin.VIEWPORT, duration: 20 });
      await actions.release().perform();
      await browser.still();
      const inside = points.map((point) => signed(corners, point));
      const names = readCsv((await browser.saved("selection")).toString("utf8")).map(({ image }) => image);
      assert.equal(names.length, await browser.selected());
      const selected = new Set(names);
      points.forEach(({ row }, point) => {
        // The line itself may be drawn a little off.
        if (Math.abs(inside[point]) < 4) return;
        assert.equal(selected.has(page.data.names[row]), inside[point] > 0, `${page.data.names[row]} at ${inside[point]}`);
      });
      assert.ok(names.length > 20 && names.length < page.data.count);
      const state = await browser.state(page);
      assert.ok(state.map.lasso !== null);
      const link = await browser.driver.getCurrentUrl();
      await browser.driver.get("about:blank");
      await browser.driver.get(link);
      await browser.until("the lasso is applied", (n) => document.querySelector(".w-numbers dd")?.textContent === String(n), names.length);
      await browser.click(".w-chip");
      assert.equal(await browser.selected(), page.data.count);
      assert.equal((await browser.state(page)).map.lasso, null);
    });

    it("is walked through and selected from by the keyboard alone", async () => {
      const { page } = await opened();
      const { browser } = use;
      await browser.focus(".w-map-canvas");
      await browser.press(Key.ARROW_RIGHT);
      await browser.press(Key.ARROW_RIGHT);
      await browser.find(".w-map-tip");
      await browser.press(Key.ENTER);
      const { image } = await browser.state(page);
      assert.ok(image !== null);
      await browser.press(Key.ESCAPE);
      await browser.click(".w-map-buttons button", "nearest");
      assert.equal(await browser.selected(), 20);
    });
  });
});

type Use = Parameters<Parameters<typeof inBrowser>[1]>[0];

/** Where the points of the open map lie in the window now. */
async function placed({ browser }: Use, page: Subject): Promise<{ row: number; x: number; y: number }[]> {
  const { left, top, width, height } = await browser.run(() => {
    const { left, top, width, height } = document.querySelector(".w-map-canvas")!.getBoundingClientRect();
    return { left, top, width, height };
  });
  const { image, maps } = page.data.map!;
  const view = new View(boxOf(maps[0].x, maps[0].y));
  view.resize(width, height);
  return Array.from(image, (row, point) => {
    const [x, y] = view.toPixel(maps[0].x[point], maps[0].y[point]);
    return { row, x: left + x, y: top + y };
  });
}

/** Distance from the edge of a polygon: positive inside. */
function signed(corners: readonly { x: number; y: number }[], { x, y }: { x: number; y: number }): number {
  let [isInside, least] = [false, Infinity];
  corners.forEach((a, place) => {
    const b = corners[(place + 1) % corners.length];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isInside = !isInside;
    const along = Math.min(Math.max(((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / ((b.x - a.x) ** 2 + (b.y - a.y) ** 2), 0), 1);
    least = Math.min(least, Math.hypot(x - a.x - along * (b.x - a.x), y - a.y - along * (b.y - a.y)));
  });
  return isInside ? least : -least;
}
