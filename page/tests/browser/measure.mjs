// Measures large pages in the browser and prints a table for benches/RESULTS.md; nothing is asserted:
//   NEARMISS=…/nearmiss node tests/browser/measure.mjs [--images 100000] [--folder DIR, to keep what is made] [--only NAME]
//   node tests/browser/measure.mjs REPORT_FOLDER…, of pages that are there already
import { existsSync } from "node:fs";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import "../register.mjs";

const { Browser, skipped, subject } = await import("./drive.ts");
const { RANKS, World, csv, predictions, taxonomyTable } = await import("./world.ts");
const { generator } = await import("../sample.ts");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: "string", default: "100000" }, folder: { type: "string" }, only: { type: "string" } },
});
if (skipped({ program: positionals.length === 0 })) process.exit(1);
const images = Number(values.images);

/** Two thousand species, each with its lineage. */
function manySpecies() {
  const species = [];
  for (let i = 0; i < 2000; i++) {
    const genus = i % 400;
    const family = genus % 60;
    const order = family % 12;
    const name = `Genus${genus} epithet${i}`;
    species.push({ id: String(i + 1), lineage: ["Animalia", "Arthropoda", order < 9 ? "Insecta" : "Arachnida", `Order${order}`, `Family${family}idae`, `Genus${genus}`], name, english: `creature ${i}`, french: `créature ${i}` });
  }
  return species;
}

/** Answers by name with a score; a share of them is wrong, mostly nearby. */
function named(species, count, wrong, seed) {
  const random = generator(seed);
  const columns = ["image", "truth", "predicted", "score", "site", "split", "observation_id"];
  const lines = [];
  for (let image = 0; image < count; image++) {
    const truth = Math.floor(random() ** 1.6 * species.length);
    const step = [400, 60, 12, 1][Math.floor(random() ** 1.3 * 4)];
    const answer = image < count * wrong ? (truth + step * (1 + Math.floor(random() * 3))) % species.length : truth;
    lines.push({
      image: `camera ${image % 97}/2024-06-${String(1 + (image % 30)).padStart(2, "0")}/${String(image).padStart(6, "0")}.jpg`,
      truth: species[truth].name,
      predicted: species[answer].name,
      score: (0.2 + 0.79 * random()).toFixed(4),
      site: `site ${image % 40}`,
      split: image % 3 === 0 ? "validation" : "test",
      observation_id: `observation ${truth}-${Math.floor(image / 4)}`,
    });
  }
  return { columns, lines };
}

const world = await World.make();
const species = manySpecies();
const GROUPS = ["--group-column", "site", "--group-column", "split"];
const cases = [
  { name: "all of them mistakes, 2 000 species", species, table: () => named(species, images, 1, 1) },
  { name: "a third of them mistakes, 2 000 species", species, table: () => named(species, images, 1 / 3, 2) },
  { name: "with a probability for each of 40 classes", species: world.species, table: () => predictions(world.species, { images, seed: 3, skill: 0.5 }) },
].filter(({ name }) => positionals.length === 0 && (!values.only || name.includes(values.only)));

const kept = values.folder ? resolve(values.folder) : world.folder;
const results = [];
for (const [place, { name, species, table }] of cases.entries()) {
  const folder = join(kept, `${name.replace(/\W+/g, "-")}-${images}`);
  if (!existsSync(join(folder, "report/index.html"))) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "table.csv"), csv(table()));
    await writeFile(join(folder, "taxonomy.csv"), csv(taxonomyTable(species)));
    const start = Date.now();
    await world.run("report", join(folder, "table.csv"), "--taxonomy", join(folder, "taxonomy.csv"), "-o", join(folder, "report"), "--quiet", ...GROUPS);
    console.error(`${place + 1} of ${cases.length}: ${name}: made in ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
  results.push({ name, ...(await measured(join(folder, "report"))) });
}
for (const folder of positionals) results.push({ name: folder.split("/").at(-1), ...(await measured(resolve(folder))) });
await world.remove();

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;
const range = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms, at most ${sorted.at(-1).toFixed(0)} ms`;
};
console.log(`${positionals.length > 0 ? "" : `${images.toLocaleString("en")} images; `}Chromium ${results[0]?.version}, headless, on ${cpus().length} × ${cpus()[0].model}. Opening: from the navigation to the first frame with the gallery, of five times the median and the most. A filter: from the click to the next frame, tick by tick.\n`);
console.log("| page | size without photographs | beside it | opening | a filter, gallery | a filter, list | a filter, matrix | a filter, threshold | memory: heap + arrays |");
console.log("|---|---|---|---|---|---|---|---|---|");
for (const { name, size, beside, opening, filters, heap, arrays } of results) {
  const cells = ["gallery", "list", "matrix", "threshold"].map((tab) => (filters[tab] ? range(filters[tab]) : "–"));
  const [median, most] = [[...opening].sort((a, b) => a - b)[2], Math.max(...opening)];
  console.log(`| ${name} | ${megabytes(size)} | ${beside === 0 ? "–" : megabytes(beside)} | ${seconds(median)}, at most ${seconds(most)} | ${cells.join(" | ")} | ${megabytes(heap)} + ${megabytes(arrays)} |`);
}

async function measured(report) {
  const file = join(report, "index.html");
  const { size } = await stat(file);
  let beside = 0;
  for (const other of await readdir(report)) if (/\.js$/.test(other)) beside += (await stat(join(report, other))).size;
  const browser = await Browser.start();
  try {
    const page = await subject(report, file);
    const version = (await browser.driver.getCapabilities()).getBrowserVersion();
    // Looks at each frame until the gallery is there.
    await browser.command("Page.addScriptToEvaluateOnNewDocument", {
      source: `(() => { const look = () => document.querySelector(".w-gallery-box .w-card") ? requestAnimationFrame(() => (window.openedAt = performance.now())) : requestAnimationFrame(look); requestAnimationFrame(look); })()`,
    });
    await browser.look();
    const opening = [];
    for (let time = 0; time < 5; time++) {
      await browser.load(file);
      await browser.until("the gallery is there", () => "openedAt" in window);
      opening.push(await browser.run(() => window.openedAt));
    }
    await browser.run(() => new Promise((done) => setTimeout(done, 1500)));
    const filters = {};
    for (const tab of ["gallery", "list", "matrix", "threshold"]) {
      if ((await browser.count(`#w-tab-${tab}`)) === 0) continue;
      await browser.click(`#w-tab-${tab}`);
      filters[tab] = await browser.run(timesOfFilters, RANKS.length);
    }
    await browser.click("#w-tab-gallery");
    await browser.command("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = await browser.command("Runtime.getHeapUsage");
    const faults = await browser.complaints();
    if (faults.length > 0) console.error(`${page.name}: ${faults}`);
    return { size, beside, opening, filters, heap: usedSize, arrays: backingStorageSize, version };
  } finally {
    await browser.stop();
  }
}

/** Ticks the choices of the filters one after the other; milliseconds until the frame after each. In the page. */
async function timesOfFilters() {
  const times = [];
  const time = async (act) => {
    await new Promise((done) => setTimeout(done, 450));
    const start = performance.now();
    act();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    times.push(performance.now() - start);
  };
  const select = document.querySelector(".w-filters-select");
  for (const value of [...select.options].map(({ value }) => value)) {
    if (value === "") continue;
    await time(() => {
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  await time(() => {
    select.value = "";
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  for (let part = 0; part < document.querySelectorAll(".w-filters-part").length; part++) {
    // What is ticked may be drawn anew.
    const box = () => document.querySelectorAll(".w-filters-part")[part].querySelector("input[type=checkbox]");
    if (!box() || !document.querySelectorAll(".w-filters-part")[part].open) continue;
    await time(() => box().click());
    await time(() => box().click());
  }
  return times;
}
