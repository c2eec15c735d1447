import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type Subject, skipped, subject } from "./drive.ts";
import { type Use, inBrowser } from "./pages.ts";
import { csv, predictions, samplePage } from "./world.ts";

async function comparison({ world }: Use): Promise<Subject> {
  const skills = [0.5, 0.62];
  const files = await Promise.all(skills.map((skill, place) => world.write(`model ${place + 1}.csv`, csv(predictions(world.species, { images: 200, seed: 5, skill })))));
  const out = join(world.folder, "comparison");
  await world.run("compare", ...files, "--taxonomy", await world.taxonomy(), "-o", out);
  return subject("a comparison", join(out, "index.html"));
}

inBrowser("a comparison and what is taken from it", (use) => {
  for (const [kind, program] of [["the sample", false], ["a comparison", true]] as const) {
    describe(kind, { skip: skipped({ program }) }, () => {
      let page: Subject;

      it("opens with both runs, and shows the images that only one of them gets right", async () => {
        page = kind === "the sample" ? await subject(kind, await samplePage(use.world.folder, "--plain")) : await comparison(use);
        const { browser } = use;
        const { data } = page;
        await browser.open(page);
        assert.equal(await browser.run(() => document.querySelector(".w-tab[aria-selected='true']")!.id), "w-tab-compare");
        const [first, second] = data.runs;
        const only = (a: typeof first, b: typeof first) => [...data.names.keys()].filter((row) => a.flag[row] === 0 && b.flag[row] !== 0 && b.flag[row] !== 255).length;
        for (const [which, count] of [["A", only(first, second)], ["B", only(second, first)]] as const) {
          assert.ok(count > 0);
          await browser.go(page, { tab: "compare" });
          await browser.click(".w-compare button", `Only ${which} right (${count})`);
          assert.equal(await browser.selected(), count);
          assert.equal((await browser.state(page)).filters.only, which === "A" ? "first" : "second");
        }
        // The other way round.
        await browser.go(page, { tab: "compare" });
        await browser.choose("[data-w-focus='run']", "1");
        await browser.find(".w-compare button", `Only A right (${only(second, first)})`);
        const shown = await browser.ranks();
        data.ranks.forEach(({ name }, rank) => {
          const right = [...data.names.keys()].filter((row) => (second.countsAt[row] >> rank) & (second.rightAt[row] >> rank) & 1).length;
          assert.equal(shown[name].right, right, name);
        });
      });

      it("saves every figure that is seen as SVG that is well-formed and as PNG", async () => {
        const { browser } = use;
        for (const tab of ["compare", "threshold"] as const) {
          await browser.open(page, { state: { tab } });
          await browser.menu();
          const figures = await browser.run(() => [...document.querySelector<HTMLSelectElement>(".w-leave-select")!.options].map(({ value, text }) => [value, text]));
          assert.ok(figures.length >= 3, `${figures}`);
          for (const [value, label] of figures) {
            await browser.menu();
            await browser.choose(".w-leave-select", value);
            const svg = await browser.download(() => browser.click(".w-leave-row .w-leave-do", "SVG"));
            assert.match(svg.name, /\.svg$/);
            const faults = await browser.run((text) => {
              const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
              const found = [...root.querySelectorAll("parsererror, script, foreignObject, image")].map((element) => element.outerHTML.slice(0, 200));
              if (root.tagName !== "svg" || !(Number(root.getAttribute("width")?.replace("px", "")) > 0)) found.push(root.outerHTML.slice(0, 200));
              // It stands alone: no colour is left to a stylesheet of the page.
              if (/var\(--/.test(text)) found.push("a variable of the page");
              return found;
            }, svg.bytes.toString("utf8"));
            assert.deepEqual(faults, [], label);
            await browser.menu();
            await browser.choose(".w-leave-select", value);
            const png = await browser.download(() => browser.click(".w-leave-row .w-leave-do", "PNG"));
            assert.equal(png.bytes.subarray(1, 4).toString("latin1"), "PNG", label);
            assert.ok(png.bytes.readUInt32BE(16) > 100 && png.bytes.length > 1000, label);
          }
        }
      });

      it("gives a citation and its link", async () => {
        const { browser } = use;
        await browser.open(page, { state: { tab: "list", sort: "name" } });
        await browser.menu();
        const [text, tex] = await browser.run(() => [...document.querySelectorAll<HTMLTextAreaElement>(".w-leave-text")].map(({ value }) => value));
        assert.ok(text.includes(page.data.format.program) || text.includes("nearmiss"), text);
        assert.match(tex, /^@\w+\{/);
        const link = await browser.run(() => document.querySelector<HTMLInputElement>(".w-leave-input")!.value);
        assert.match(link, /^file:.*#.*t=list/);
      });
    });
  }
});
