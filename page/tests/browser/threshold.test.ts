import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Key } from "selenium-webdriver";
import type { Dataset } from "../../src/model.ts";
import { noFilters } from "../../src/state/initial.ts";
import { KINDS, inBrowser, rowsOf, skippedKind } from "./pages.ts";

interface Outcome {
  n: number;
  kept: number;
  wrong: number;
}

/** What a threshold on the summed probability at a rank keeps, image by image. */
function atRank(data: Dataset, rows: ArrayLike<number>, rank: number, threshold: number): Outcome {
  const [run] = data.runs;
  const summed = run.summed?.[rank] ?? null;
  const outcome = { n: 0, kept: 0, wrong: 0 };
  for (const row of Array.from(rows)) {
    if (!((run.countsAt[row] >> rank) & 1)) continue;
    outcome.n += 1;
    const probability = summed ? summed.probability[row] : run.probability[row];
    // Images that have no probability are answered as long as nothing is asked.
    if (!(threshold === 0 || probability >= Math.fround(threshold))) continue;
    outcome.kept += 1;
    const isRight = summed ? data.truth[row] >= 0 && summed.taxon[row] === data.taxonomy.at(data.truth[row], data.ranks[rank].name) : (run.rightAt[row] >> rank) & 1;
    if (!isRight) outcome.wrong += 1;
  }
  return outcome;
}

/** What the back-off rule keeps: the deepest taxon that reaches the threshold, where that is below the root. */
function backOff(data: Dataset, rows: ArrayLike<number>, threshold: number): Outcome {
  const [run] = data.runs;
  const { starts, threshold: thresholds, taxon } = run.steps!;
  const outcome = { n: 0, kept: 0, wrong: 0 };
  for (const row of Array.from(rows)) {
    if (run.flag[row] === 255) continue;
    outcome.n += 1;
    let answer = 0;
    for (let step = starts[row]; step < starts[row + 1]; step++) if (thresholds[step] >= Math.fround(threshold)) answer = taxon[step];
    if (answer === 0) continue;
    outcome.kept += 1;
    const truth = data.truth[row];
    // Right as far as it goes: above the truth or, where the truth stops above, below it.
    if (truth < 0 || !(data.taxonomy.contains(answer, truth) || data.taxonomy.contains(truth, answer))) outcome.wrong += 1;
  }
  return outcome;
}

inBrowser("the threshold", (use) => {
  for (const kind of KINDS) {
    describe(kind, { skip: skippedKind(kind) }, () => {
      const shown = async (): Promise<Outcome> => {
        const texts = await use.browser.run(() => [...document.querySelectorAll(".w-threshold-numbers dd span")].slice(0, 2).map((span) => span.textContent!));
        const [[kept, n], [wrong, among]] = texts.map((text) => /(\d+) of (\d+)/.exec(text)!.slice(1).map(Number));
        assert.equal(kept, among);
        return { n, kept, wrong };
      };
      const threshold = () => use.browser.run(() => document.querySelector<HTMLInputElement>(".w-threshold-slider input[type=range]")!.valueAsNumber);

      it("on a rank keeps what it says", async () => {
        const page = await use.page(kind);
        const { browser } = use;
        await browser.open(page, { state: { tab: "threshold" } });
        for (const name of ["species", "family"]) {
          const rank = page.data.ranks.findIndex((rank) => rank.name === name);
          await browser.choose(".w-threshold-on select", name);
          await browser.focus(".w-threshold-slider input[type=range]");
          await browser.press(Key.HOME);
          const all = [...page.data.names.keys()];
          assert.deepEqual(await shown(), atRank(page.data, all, rank, 0), name);
          const seen = new Set<number>();
          for (let step = 0; step < 4; step++) {
            await browser.press(...Array<string>(17).fill(Key.ARROW_RIGHT));
            const value = await threshold();
            assert.deepEqual(await shown(), atRank(page.data, all, rank, value), `${name} at ${value}`);
            assert.deepEqual((await browser.state(page)).threshold, { by: name, value });
            seen.add((await shown()).kept);
          }
          assert.ok(seen.size > 1, "the slider changes what is kept");
        }
      });

      it("on the back-off rule keeps what it says, of the selection alone", async () => {
        const page = await use.page(kind);
        const { browser } = use;
        const filters = { ...noFilters(), groups: { split: ["test"] } };
        const rows = rowsOf(page.data, filters);
        assert.ok(rows.length > 0 && rows.length < page.data.count);
        await browser.open(page, { state: { tab: "threshold", filters } });
        await browser.choose(".w-threshold-on select", "back_off");
        for (const value of [0, 0.3, 0.62, 0.95, 1]) {
          await browser.run((value) => {
            const field = document.querySelector<HTMLInputElement>(".w-threshold-slider input[type=number]")!;
            field.value = String(value);
            for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
          }, value);
          await browser.still();
          assert.deepEqual(await shown(), backOff(page.data, rows, value), `at ${value}`);
        }
      });

      it("shows the images that change", async () => {
        const page = await use.page(kind);
        const { browser } = use;
        await browser.open(page, { state: { tab: "threshold", threshold: { by: "species", value: 0.6 } } });
        const { n, kept } = atRank(page.data, [...page.data.names.keys()], page.data.ranks.findIndex(({ name }) => name === "species"), 0.6);
        await browser.click(".w-threshold-changes button", "no longer answered");
        assert.equal(await browser.selected(), n - kept);
        assert.equal((await browser.state(page)).tab, "gallery");
        assert.match(await browser.text(".w-gallery-count"), new RegExp(`^${n - kept}\\D`));
        await browser.click(".w-chip");
        assert.equal(await browser.selected(), page.data.count);
      });
    });
  }
});
