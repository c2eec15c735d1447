import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Dataset, Filters } from "../../src/model.ts";
import { generator } from "../sample.ts";
import { noFilters } from "../../src/state/initial.ts";
import { type Subject, some, subject } from "./drive.ts";
import { type Use, inBrowser, rowsOf } from "./pages.ts";
import { type Table, csv, predictions, readCsv } from "./world.ts";

/** As the program writes them. */
interface RankRow {
  rank: string;
  n: number;
  path_top1: number | null;
  path_top1_low: number | null;
  path_top1_high: number | null;
}
interface Metrics {
  accounting: { images: number; scored: number };
  ranks: RankRow[];
  how_wrong: { mistakes: number; mean_height: number | null };
}

const EQUAL = 1e-9;

/** One to three filters at random. */
function randomFilters(data: Dataset, random: () => number): Partial<Filters> {
  const [run] = data.runs;
  const row = Math.floor(random() * data.count);
  const above = (taxon: number) => (taxon < 0 ? null : some(data.taxonomy.lineage(taxon), random));
  const values = <T>(all: readonly T[]) => all.filter(() => random() < 0.5);
  const orNull = <T>(all: T[]) => (all.length === 0 ? null : all);
  const kinds: (() => Partial<Filters>)[] = [
    () => ({ wrongAt: some(data.ranks, random).name }),
    () => ({ heights: orNull(values([0, 1, 2, 3, 4, 7])) }),
    () => ({ flags: orNull(values([0, 1, 2])) }),
    () => ({ truth: above(data.truth[row]) }),
    () => ({ answer: above(run.answer[row]) }),
    () => ({ probability: [Math.round(random() * 50) / 100, Math.round(50 + random() * 50) / 100] }),
    () => ({ groups: Object.fromEntries(data.groups.flatMap(({ name, values: all }) => (random() < 0.7 ? [[name, [some(all, random), some(all, random)]]] : []))) }),
    () => ({ causes: orNull(values(data.format.causes)) }),
    () => ({ text: data.names[row].slice(0, 3) }),
  ];
  return Object.assign({}, ...Array.from({ length: 1 + Math.floor(random() * 3) }, () => some(kinds, random)()));
}

/** The best answer with its probability, in the place of all probabilities. */
function best({ columns, lines }: Table): Table {
  const classes = columns.filter((column) => column.startsWith("prob_"));
  return {
    columns: [...columns.filter((column) => !column.startsWith("prob_")), "predicted", "score"],
    lines: lines.map((line) => {
      const most = classes.reduce((a, b) => (Number(line[b]) > Number(line[a]) ? b : a));
      return { ...line, predicted: most.slice(5), score: line[most] };
    }),
  };
}

const without = ({ columns, lines }: Table, column: string): Table => ({ columns: columns.filter((other) => other !== column), lines });

inBrowser(
  "the numbers of selections",
  (use) => {
    const cases: { name: string; seed: number; selections: number; table: (whole: Table) => Table }[] = [
      { name: "of images that observations hold together", seed: 11, selections: 22, table: best },
      { name: "of images that stand alone", seed: 12, selections: 18, table: (whole) => without(best(whole), "observation_id") },
      { name: "of images with a probability for each class", seed: 13, selections: 10, table: (whole) => ({ ...whole, lines: whole.lines.slice(0, 120) }) },
    ];
    for (const { name, seed, selections, table } of cases) {
      describe(`${selections} random ones ${name}`, () => {
        it("are those of the library", async () => {
          const { world, browser } = use;
          const made = table(predictions(world.species, { images: 400, seed, skill: 0.5 }));
          const file = await world.write(`table-${seed}.csv`, csv(made));
          const page = await subject(name, await world.report(file, `numbers-${seed}`, "--group-column", "site", "--group-column", "split"));
          assert.equal(page.data.cluster !== null, made.columns.includes("observation_id"));
          await browser.open(page);
          const random = generator(seed);
          const [asked, checks]: [Set<string>, Promise<void>[]] = [new Set(), []];
          while (asked.size < selections) {
            const filters = { ...noFilters(), ...randomFilters(page.data, random) };
            const rows = rowsOf(page.data, filters);
            const isScored = rows.some((row) => page.data.runs[0].flag[row] !== 255);
            const key = rows.join();
            if (!isScored || rows.length === page.data.count || asked.has(key)) continue;
            asked.add(key);
            const check = await compared(use, page, made, filters, `${seed}-${asked.size}`);
            checks.push(check());
            // Two at a time: the machine that checks has two cores.
            if (checks.length % 2 === 0) await Promise.all(checks.splice(0));
          }
          await Promise.all(checks);
        });
      });
    }

    it("of no selection at all are those of the run", async () => {
      const { world, browser } = use;
      const file = await world.write("all.csv", csv(best(predictions(world.species, { images: 400, seed: 14, skill: 0.6 }))));
      const page = await subject("all", await world.report(file, "all"));
      await browser.open(page);
      const shown = await browser.ranks();
      page.data.runs[0].whole.whole.forEach(({ n, right, low, high }, rank) => {
        const row = shown[page.data.ranks[rank].name];
        assert.deepEqual([row.n, row.right], [n, right]);
        close(row.low, low, `low of ${rank}`);
        close(row.high, high, `high of ${rank}`);
      });
    });
  },
  { program: true },
);

/** Goes to a selection; what comes back asks the library for its numbers and compares. */
async function compared({ browser, world }: Use, page: Subject, table: Table, filters: Filters, name: string): Promise<() => Promise<void>> {
  await browser.go(page, { filters });
  const shown = await browser.ranks();
  const figures = await browser.run(() => [...document.querySelectorAll(".w-numbers dd")].map((dd) => dd.firstChild!.textContent!));
  const chosen = readCsv((await browser.saved("selection")).toString("utf8"));
  const what = `${name}: ${JSON.stringify(filters, (_, value: unknown) => value ?? undefined)}`;
  assert.deepEqual(chosen.map(({ image }) => image), Array.from(rowsOf(page.data, filters), (row) => page.data.names[row]), what);
  const byName = new Map(table.lines.map((line) => [line.image, line]));
  const file = await world.write(`selection-${name}.csv`, csv({ columns: table.columns, lines: chosen.map(({ image }) => byName.get(image)!) }));
  return async () => {
    const out = await world.run("report", file, "--taxonomy", await world.taxonomy(), "-o", `${file}.d`, "--json", "--tables-only", "--quiet");
    const metrics = JSON.parse(out) as Metrics;
    assert.equal(metrics.accounting.images, chosen.length, what);
    assert.deepEqual(figures.slice(0, 3).map(Number), [metrics.accounting.images, metrics.accounting.scored, metrics.how_wrong.mistakes], what);
    const { mean_height } = metrics.how_wrong;
    if (mean_height !== null) assert.ok(Math.abs(Number(figures[3]) - mean_height) <= 0.005 + EQUAL, `${what}: height ${figures[3]} and ${mean_height}`);
    const counted = metrics.ranks.filter(({ n }) => n > 0);
    assert.ok(counted.length > 0, what);
    for (const row of counted) {
      const { n, right, low, high } = shown[row.rank];
      assert.equal(n, row.n, `${what} n at ${row.rank}`);
      close(right / n, row.path_top1, `${what} right at ${row.rank}`);
      close(low, row.path_top1_low, `${what} low at ${row.rank}`);
      close(high, row.path_top1_high, `${what} high at ${row.rank}`);
    }
    // A rank that the library has no row for is one at which nothing counts.
    const ranks = new Set(counted.map(({ rank }) => rank));
    for (const [rank, { n }] of Object.entries(shown)) if (!ranks.has(rank)) assert.equal(n, 0, `${what} n at ${rank}`);
    // Each image's own columns say the same.
    for (const row of counted) assert.equal(chosen.filter((line) => line[`right_${row.rank}`] === "true").length, shown[row.rank].right, what);
  };
}

function close(a: number | null, b: number | null, what: string): void {
  if (a === null || b === null) assert.equal(a, b, what);
  else assert.ok(Math.abs(a - b) <= EQUAL, `${what}: ${a} and ${b}`);
}
