import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Key } from "selenium-webdriver";
import { noFilters } from "../../src/state/initial.ts";
import { KINDS, inBrowser, reportPage, skippedKind } from "./pages.ts";
import { formatOf } from "./drive.ts";
import { readCsv } from "./world.ts";

const NOTE = "the label says \"dubium\", the wing does not; see plate 3";

inBrowser("triage", (use) => {
  for (const kind of KINDS) {
    describe(kind, { skip: skippedKind(kind) }, () => {
      it("judges three images by keys, with a note, and its file is read back", async () => {
        const page = await use.page(kind);
        const { browser, world } = use;
        await browser.open(page);
        await browser.forget();
        await browser.open(page, { state: { tab: "list", filters: { ...noFilters(), wrongAt: "genus" } } });
        await browser.focus(".w-list-box");
        await browser.press(Key.ENTER);
        const judged: number[] = [];
        const here = async () => judged.push((await browser.state(page)).image!);
        // A note is written first: a verdict leads on to the next image.
        await here();
        await browser.press("n");
        assert.equal(await browser.run(() => document.activeElement!.className), "w-triage-note");
        await browser.press(...NOTE);
        await browser.press(Key.ESCAPE);
        assert.equal(await browser.count("dialog[open]"), 1);
        await browser.press("l");
        await here();
        await browser.press("x");
        await here();
        await browser.press("m");
        assert.equal(new Set(judged).size, 3);
        assert.match(await browser.text(".w-triage-counter"), /^3 judged/);
        // Back: the verdict is there, and can be taken back and given again.
        await browser.press(Key.ARROW_LEFT);
        assert.equal((await browser.state(page)).image, judged[2]);
        assert.equal(await browser.run(() => document.querySelector(".w-triage-model_wrong")!.getAttribute("aria-pressed")), "true");
        await browser.press("0");
        assert.match(await browser.text(".w-triage-counter"), /^2 judged/);
        await browser.press("m");
        await browser.press(Key.ESCAPE);
        assert.equal(await browser.count("dialog[open]"), 0);

        const csv = (await browser.saved("verdicts")).toString("utf8");
        const lines = new Map(readCsv(csv).map((line) => [line.image, line]));
        const names = judged.map((row) => page.data.names[row]);
        assert.deepEqual(names.map((name) => lines.get(name)?.verdict), ["label_wrong", "unusable", "model_wrong"]);
        assert.equal(lines.get(names[0])!.note, NOTE);
        assert.equal(lines.get(names[0])!.truth, page.data.taxonomy.name(page.data.truth[judged[0]]));
        // What the sample was given stays with what was judged here.
        assert.equal(lines.size, new Set([...names, ...page.data.format.verdicts.map(({ image }) => page.data.names[image])]).size);

        // They are still there when the page is opened again, and can be filtered for.
        await browser.open(page, { state: { filters: { ...noFilters(), verdicts: ["label_wrong", "unusable", "model_wrong"] } } });
        assert.equal(await browser.selected(), lines.size);
        await browser.forget();
        if (kind === "the sample") return;

        const file = await world.write("verdicts.csv", csv);
        const again = await reportPage(world, "judged", "--verdicts", file);
        const metrics = JSON.parse(await readFile(join(again, "../metrics.json"), "utf8")) as { accounting: { scored: number }; verdicts: Record<string, number> & { without: { accounting: { scored: number }; how_wrong: { mistakes: number } } }; how_wrong: { mistakes: number } };
        const { verdicts, accounting, how_wrong } = metrics;
        assert.deepEqual([verdicts.images, verdicts.label_wrong, verdicts.unusable, verdicts.model_wrong, verdicts.synonym, verdicts.unsure, verdicts.left_out], [3, 1, 1, 1, 0, 0, 2]);
        assert.equal(verdicts.without.accounting.scored, accounting.scored - 2);
        assert.equal(verdicts.without.how_wrong.mistakes, how_wrong.mistakes - 2);
        await browser.load(again, "v=report");
        await browser.find("#report h2", "With and without the images judged wrong");
        // The new page knows them without the browser.
        const format = await formatOf(again);
        assert.deepEqual(new Set(format.verdicts.map(({ verdict }) => verdict)), new Set(["label_wrong", "unusable", "model_wrong"]));
        assert.ok(format.verdicts.some(({ note }) => note === NOTE));
      });
    });
  }

  describe("a browser that keeps nothing", { skip: skippedKind("the sample") }, () => {
    it("says so, once, and judges all the same", async () => {
      const page = await use.page("the sample");
      const { browser } = use;
      await browser.open(page);
      await browser.run(() => {
        Storage.prototype.setItem = () => {
          throw new DOMException("full", "QuotaExceededError");
        };
      });
      await browser.click(".w-tab", "List");
      await browser.click(".w-list-row[data-place='0']");
      await browser.press("q");
      assert.match(await browser.text(".w-notice"), /keeps nothing/);
      await browser.press(Key.ESCAPE);
      await browser.saved("verdicts");
    });
  });
});
