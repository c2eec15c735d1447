import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Key } from "selenium-webdriver";
import type { Dataset, Taxon } from "../../src/model.ts";
import { noFilters } from "../../src/state/initial.ts";
import type { Subject } from "./drive.ts";
import { KINDS, counted, inBrowser, rowsOf, skippedKind } from "./pages.ts";

/** The genus with most images among those of several species. */
function frequentGenus(data: Dataset): Taxon {
  const { taxonomy, truth } = data;
  const counts = new Map<Taxon, number>();
  for (const taxon of truth) {
    const genus = taxon < 0 ? -1 : taxonomy.at(taxon, "genus");
    if (genus >= 0 && taxonomy.children(genus).length > 1) counts.set(genus, (counts.get(genus) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}

/** The most frequent confusion of two taxa at the rank of species. */
function frequentConfusion(data: Dataset): { truth: Taxon; answer: Taxon; rows: number[] } {
  const pairs = new Map<string, { truth: Taxon; answer: Taxon; rows: number[] }>();
  const { predicted } = data.runs[0];
  for (let row = 0; row < data.count; row++) {
    const [truth, answer] = [data.truth[row], predicted[row]];
    if (truth < 0 || answer <= 0 || truth === answer) continue;
    const key = `${truth} ${answer}`;
    if (!pairs.has(key)) pairs.set(key, { truth, answer, rows: [] });
    pairs.get(key)!.rows.push(row);
  }
  return [...pairs.values()].sort((a, b) => b.rows.length - a.rows.length)[0];
}

inBrowser("the workbench", (use) => {
  for (const kind of KINDS) {
    describe(kind, { skip: skippedKind(kind) }, () => {
      const opened = async (opening: Parameters<typeof use.browser.open>[1] = {}): Promise<Subject> => {
        const page = await use.page(kind);
        await use.browser.open(page, opening);
        return page;
      };

      it("appears with the numbers of the run", async () => {
        const { data } = await opened();
        const { browser } = use;
        assert.equal(await browser.run(() => document.getElementById("report")!.getClientRects().length), 0);
        assert.equal(await browser.selected(), data.count);
        assert.equal(await browser.count(".w-failed"), 0);
        const shown = await browser.ranks();
        assert.deepEqual(await browser.run(() => [...document.querySelectorAll<HTMLElement>(".w-summary tr[data-rank]")].map((row) => row.dataset.rank)), data.ranks.map(({ name }) => name));
        data.ranks.forEach(({ name }, rank) => {
          const { n, right } = counted(data.runs[0], [...data.names.keys()], rank);
          assert.deepEqual([shown[name].n, shown[name].right], [n, right], name);
        });
        const tabs = await browser.run(() => [...document.querySelectorAll(".w-tab")].map((tab) => tab.id));
        assert.deepEqual(tabs.slice(0, 4), ["w-tab-gallery", "w-tab-list", "w-tab-matrix", "w-tab-threshold"]);
      });

      it("zooms to a genus by a click, and out again", async () => {
        const page = await opened();
        const { browser } = use;
        const genus = frequentGenus(page.data);
        await browser.click(`.w-tree-cell[data-key="${genus}"]`);
        assert.equal((await browser.state(page)).root, genus);
        assert.ok((await browser.text(".w-tree-path [aria-current]")).includes(page.data.taxonomy.name(genus)));
        const species = page.data.taxonomy.children(genus);
        const drawn = await browser.run(() => [...document.querySelectorAll<SVGElement>(".w-tree-cell")].map((cell) => Number(cell.dataset.key)));
        assert.ok(species.some((taxon) => drawn.includes(taxon)));
        assert.ok(drawn.every((taxon) => page.data.taxonomy.contains(genus, taxon) || page.data.taxonomy.contains(taxon, genus)));
        await browser.click(".w-tree-path button");
        assert.equal((await browser.state(page)).root, 0);
      });

      it("zooms to a genus by the keyboard", async () => {
        const page = await opened();
        const { browser } = use;
        const { taxonomy } = page.data;
        const genus = frequentGenus(page.data);
        await browser.focus(".w-tree-cell[tabindex='0']");
        let at = -1;
        for (let pressed = 0; pressed < 80 && at !== genus; pressed++) {
          at = await browser.run(() => Number((document.activeElement as SVGElement).dataset.key));
          if (at === genus) break;
          await browser.driver.actions().sendKeys(taxonomy.contains(at, genus) ? Key.ARROW_RIGHT : Key.ARROW_DOWN).perform();
        }
        assert.equal(at, genus);
        assert.equal(await browser.count(".w-tree-ring[visibility='visible']"), 1);
        await browser.press(Key.ENTER);
        assert.equal((await browser.state(page)).root, genus);
        await browser.press(Key.ESCAPE);
        assert.ok((await browser.state(page)).root < genus);
      });

      it("finds a genus by a name, accents and case aside", async () => {
        const page = await opened({ state: { language: "fr" } });
        const { browser } = use;
        const { taxonomy } = page.data;
        const genus = frequentGenus(page.data);
        await browser.click(".w-tree-input");
        await browser.press(...taxonomy.name(genus).toUpperCase());
        await browser.press(Key.ARROW_DOWN, Key.ENTER);
        assert.equal((await browser.state(page)).root, genus);
        // A common name with an accent or an apostrophe.
        const common = Array.from({ length: taxonomy.count }, (_, taxon) => taxon).find((taxon) => /[éàè]/.test(taxonomy.common(taxon, "fr")))!;
        await browser.click(".w-tree-input");
        await browser.press(...taxonomy.common(common, "fr").normalize("NFD").replace(/\p{M}/gu, ""));
        const offered = await browser.run(() => [...document.querySelectorAll(".w-tree-found li")].map((one) => one.textContent ?? ""));
        assert.ok(offered.some((text) => text.includes(taxonomy.name(common))), `${offered}`);
        await browser.press(Key.ESCAPE);
      });

      it("filters to what is wrong at family or above", async () => {
        const page = await opened();
        const { browser } = use;
        const { data } = page;
        const rank = data.ranks.findIndex(({ name }) => name === "family");
        await browser.choose(".w-filters-select", String(rank));
        const [run] = data.runs;
        const wrong = [...data.names.keys()].filter((row) => (run.countsAt[row] >> rank) & 1 && !((run.rightAt[row] >> rank) & 1));
        assert.ok(wrong.length > 0 && wrong.length < data.count);
        assert.equal(await browser.selected(), wrong.length);
        assert.equal((await browser.state(page)).filters.wrongAt, "family");
        const shown = await browser.ranks();
        assert.equal(shown.family.right, 0);
        assert.equal(shown.genus.right, 0);
        data.ranks.forEach(({ name }, rank) => assert.deepEqual([shown[name].n, shown[name].right], Object.values(counted(run, wrong, rank)), name));
        // What holds in the summary holds in the tree and the gallery.
        // With two runs the tree is of images that both of them score.
        const { other } = await browser.state(page);
        const placed = wrong.filter((row) => data.truth[row] >= 0 && (other === null || data.runs[other].flag[row] !== 255));
        assert.match(await browser.text(".w-tree-about"), new RegExp(`\\D${placed.length}\\D`));
        assert.match(await browser.text(".w-gallery-count"), new RegExp(`\\b${wrong.length}\\b`));
        await browser.click(".w-chip");
        assert.equal(await browser.selected(), data.count);
      });

      it("opens a pair sheet from the matrix", async () => {
        const page = await opened({ state: { tab: "matrix" } });
        const { browser } = use;
        const { truth, answer, rows } = frequentConfusion(page.data);
        const rank = page.data.ranks.findIndex(({ name }) => name === "species");
        await browser.choose(".w-matrix-rank", String(rank));
        const names = [truth, answer].map((taxon) => page.data.taxonomy.name(taxon));
        await browser.run((names) => {
          const wanted = [...document.querySelectorAll<HTMLElement>(".w-matrix-wrong button")].find((button) => {
            const label = button.getAttribute("aria-label")!;
            return label.includes(names[0]) && label.includes(names[1]) && label.indexOf(names[0]) < label.indexOf(names[1]);
          });
          if (!wanted) throw new Error(`no cell of ${names}`);
          wanted.setAttribute("data-wanted", "");
        }, names);
        await browser.click("[data-wanted]");
        assert.deepEqual((await browser.state(page)).pair, { truth, answer });
        assert.equal(await browser.count("dialog.w-pair[open]"), 1);
        const title = await browser.text(".w-pair-title");
        assert.ok(names.every((name) => title.includes(name)) && title.includes(`×${rows.length}`), title);
        const pictures = await browser.run(() => document.querySelector(".w-pair-strip")!.querySelectorAll(".w-pair-picture").length);
        assert.equal(pictures, Math.min(rows.length, 60));
        await browser.press(Key.ESCAPE);
        assert.equal(await browser.count("dialog[open]"), 0);
        assert.equal((await browser.state(page)).pair, null);
      });

      it("opens a pair sheet from a card and gives the focus back", async () => {
        const page = await opened({ state: { filters: { ...noFilters(), causes: ["confusion"] } } });
        const { browser } = use;
        await browser.focus(".w-gallery-box");
        await browser.press(Key.ENTER);
        const { pair } = await browser.state(page);
        assert.ok(pair !== null && pair.truth >= 0 && pair.answer >= 0);
        assert.equal(await browser.count("dialog.w-pair[open]"), 1);
        await browser.press(Key.ESCAPE);
        assert.equal(await browser.run(() => document.activeElement!.className), "w-gallery-box");
        await browser.click(".w-card");
        const again = (await browser.state(page)).pair;
        assert.ok(again !== null && again.truth >= 0 && again.answer >= 0);
        await browser.click("dialog[open] .w-dialog-close");
        assert.equal(await browser.count("dialog[open]"), 0);
      });

      it("opens a pair sheet from the list, and images from the sheet", async () => {
        const page = await opened({ state: { tab: "list" } });
        const { browser } = use;
        const { data } = page;
        const row = [...data.names.keys()].find((row) => data.truth[row] >= 0 && data.runs[0].answer[row] >= 0 && data.runs[0].flag[row] > 0)!;
        await browser.go(page, { tab: "list", filters: { ...noFilters(), text: data.names[row] } });
        await browser.click(".w-list-row[data-place='0']");
        const { image } = await browser.state(page);
        assert.equal(image, row);
        await browser.click(".w-image-sheet");
        const { pair } = await browser.state(page);
        assert.deepEqual(pair, { truth: data.truth[row], answer: data.runs[0].predicted[row] });
        await browser.click("dialog.w-pair .w-pair-picture");
        const enlarged = (await browser.state(page)).image!;
        assert.equal(data.truth[enlarged], pair!.truth);
        assert.equal(await browser.count("dialog[open]"), 2);
        await browser.press(Key.ESCAPE);
        await browser.press(Key.ESCAPE);
        await browser.until("both are closed", () => document.querySelector("dialog[open]") === null);
      });

      it("has no sheet of two taxa for what was not answered", async () => {
        const page = await opened({ state: { filters: { ...noFilters(), causes: ["no_answer"] } } });
        const { browser } = use;
        if ((await browser.selected()) === 0) return;
        await browser.click(".w-card");
        const { image, pair } = await browser.state(page);
        assert.equal(pair, null);
        await browser.click(".w-image-sheet");
        assert.deepEqual((await browser.state(page)).pair, { truth: page.data.truth[image!], answer: -1 });
        assert.ok((await browser.count(".w-pair-picture")) > 0);
      });

      it("enlarges an image, and arrow keys walk through the selection", async () => {
        const page = await opened({ state: { grouped: "none" } });
        const { browser } = use;
        await browser.focus(".w-gallery-box");
        await browser.press(Key.ENTER);
        const seen = [(await browser.state(page)).image!];
        for (let step = 0; step < 3; step++) {
          await browser.press(Key.ARROW_RIGHT);
          seen.push((await browser.state(page)).image!);
          assert.match(await browser.text(".w-image-counter"), new RegExp(`\\b${step + 2}\\b.*\\b${page.data.count}\\b`));
        }
        assert.equal(new Set(seen).size, 4);
        await browser.press(Key.ARROW_LEFT);
        assert.equal((await browser.state(page)).image, seen[2]);
        assert.ok((await browser.text("dialog.w-image .w-image-details")).includes(page.data.names[seen[2]].split("/").pop()!));
        await browser.press(Key.ESCAPE);
        assert.equal((await browser.state(page)).image, null);
      });

      it("walks back through what was opened with the back button", async () => {
        const page = await opened();
        const { browser } = use;
        await browser.click(".w-card");
        assert.equal(await browser.count("dialog[open]"), 1);
        await browser.driver.navigate().back();
        await browser.until("the sheet is closed", () => document.querySelector("dialog[open]") === null);
        await browser.click(".w-bar-view", "Report");
        assert.equal(await browser.run(() => document.getElementById("report")!.hidden), false);
        await browser.driver.navigate().back();
        await browser.until("the workbench is back", () => document.getElementById("report")!.hidden === true);
        assert.equal(await browser.selected(), page.data.count);
        // Several steps at once: nothing stays open over the report.
        await browser.click(".w-bar-view", "Report");
        await browser.click(".w-bar-view", "Workbench");
        await browser.click(".w-card");
        assert.equal(await browser.count("dialog[open]"), 1);
        await browser.run(() => history.go(-2));
        await browser.until("the report is there", () => document.getElementById("report")!.hidden === false);
        assert.equal(await browser.count("dialog[open]"), 0);
      });

      it("tells of a taxon what is pointed at in the tree", async () => {
        const page = await opened();
        const { browser } = use;
        const { data } = page;
        const genus = frequentGenus(data);
        const cell = await browser.find(`.w-tree-cell[data-key="${genus}"]`);
        await browser.driver.actions().move({ origin: cell }).perform();
        await browser.find(".w-tip");
        const tip = await browser.text(".w-tip");
        const rank = data.ranks.findIndex(({ name }) => name === "genus");
        const other = data.runs[(await browser.state(page)).other ?? 0];
        const rows = [...data.names.keys()].filter((row) => data.truth[row] >= 0 && data.taxonomy.contains(genus, data.truth[row]) && other.flag[row] !== 255);
        const { n, right } = counted(data.runs[0], rows, rank);
        assert.ok(tip.includes(data.taxonomy.name(genus)), tip);
        assert.match(tip, new RegExp(`\\D${n}\\D`));
        assert.ok(tip.includes(`${(Math.round((1000 * right) / n) / 10).toFixed(1)}\u00a0%`), tip);
        assert.match(tip, /chance|guess/i);
        await browser.driver.actions().move({ x: 5, y: 5 }).perform();
        await browser.until("the tip is gone", () => document.querySelector(".w-tip") === null);
      });

      it("restores all of a state from its link in a fresh window", async () => {
        const page = await opened();
        const { browser } = use;
        const { data } = page;
        const genus = frequentGenus(data);
        const order = data.taxonomy.at(genus, "order");
        const group = data.groups[0];
        await browser.choose(".w-filters-select", String(data.ranks.findIndex(({ name }) => name === "species")));
        await browser.go(page, { ...(await browser.state(page)), root: order, filters: { ...noFilters(), wrongAt: "species", probability: [0.1, 0.9], groups: { [group.name]: group.values.slice(0, 2) as string[] } } });
        await browser.click(".w-tab", "List");
        await browser.choose(".w-bar-language", "es");
        await browser.click(".w-list-row[data-place='1']");
        const before = { state: await browser.state(page), ranks: await browser.ranks(), selected: await browser.selected() };
        assert.ok(before.selected > 0 && before.selected < data.count && before.state.image !== null);
        const link = await browser.driver.getCurrentUrl();
        const first = await browser.driver.getWindowHandle();
        await browser.driver.switchTo().newWindow("window");
        try {
          await browser.driver.get(link);
          await browser.until("the workbench is there", () => document.querySelector(".w-bar") !== null);
          assert.deepEqual(await browser.state(page), before.state);
          assert.deepEqual(await browser.ranks(), before.ranks);
          assert.equal(await browser.selected(), rowsOf(data, before.state.filters).length);
          assert.equal(await browser.count("dialog.w-image[open]"), 1);
          assert.equal(await browser.run(() => document.documentElement.lang), "es");
          assert.equal(await browser.run(() => document.querySelector(".w-tab[aria-selected='true']")!.id), "w-tab-list");
        } finally {
          await browser.driver.close();
          await browser.driver.switchTo().window(first);
        }
      });
    });
  }
});
