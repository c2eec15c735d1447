import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { noFilters } from "../../src/state/initial.ts";
import { type Subject, skipped, subject } from "./drive.ts";
import { type Use, inBrowser } from "./pages.ts";
import { REPORT, goTo, openFilters, stops } from "./tour.ts";
import { HOSTILE, csv, hostileWorld, readCsv, samplePage } from "./world.ts";

/** The file's name is a name as well. */
const FILE = "\"><img src=x onerror=window.pwned=1> '=1+1 🦋.csv";

async function hostilePages({ world }: Use): Promise<Record<string, () => Promise<Subject>>> {
  const { taxonomy, table, runs, groups } = hostileWorld();
  const files = async () => ({ table: await world.write(FILE, csv(table)), taxonomy: await world.write("hostile taxonomy.csv", csv(taxonomy)) });
  const options = [...runs.flatMap((run) => ["--predicted-column", run])];
  return {
    "the hostile sample": async () => subject("the hostile sample", await samplePage(world.folder)),
    "a hostile report": async () => {
      const { table, taxonomy } = await files();
      const out = join(world.folder, "hostile-report");
      await world.run("report", table, "--taxonomy", taxonomy, "-o", out, "--quiet", ...options, ...groups.flatMap((group) => ["--group-column", group]));
      return subject("a hostile report", join(out, "index.html"));
    },
    "a hostile comparison": async () => {
      const { table, taxonomy } = await files();
      const out = join(world.folder, "hostile-comparison");
      await world.run("compare", table, "--taxonomy", taxonomy, "-o", out, ...options);
      return subject("a hostile comparison", join(out, "index.html"));
    },
  };
}

/** What data could have made: elements and attributes that the page itself has not. */
function foreign({ browser }: Use): Promise<string[]> {
  return browser.run(() => {
    const found: string[] = [];
    if ("pwned" in window) found.push("something was executed");
    const scripts = document.querySelectorAll("script").length;
    if (scripts !== 2) found.push(`${scripts} scripts`);
    for (const element of document.querySelectorAll("iframe, object, embed, base, form, link, video, audio, body > svg, math, marquee")) found.push(element.outerHTML.slice(0, 80));
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on")) found.push(`${element.tagName} ${name}`);
        if (["href", "src", "action", "formaction", "xlink:href"].includes(name) && !/^(?:#|https:\/\/|pictures\/|data:image\/|blob:)/.test(value)) found.push(`${name}=${value.slice(0, 80)}`);
      }
    }
    return found;
  });
}

/** What sticks out of the page, where it can be scrolled sideways. */
function wide({ browser }: Use): Promise<string[]> {
  return browser.run(() => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= window.innerWidth + 1) return [];
    const out = [...document.querySelectorAll<HTMLElement>("body *")].filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1 && element.getClientRects().length > 0);
    return [`${scrollWidth} > ${window.innerWidth}`, ...out.slice(0, 6).map((element) => `${element.tagName}.${element.getAttribute("class")}`)];
  });
}

inBrowser("hostile names", (use) => {
  for (const [kind, program] of [["the hostile sample", false], ["a hostile report", true], ["a hostile comparison", true]] as const) {
    describe(kind, { skip: skipped({ program }) }, () => {
      let page: Subject;

      it("are text wherever they stand, and fit on a telephone", async () => {
        page = await (await hostilePages(use))[kind]();
        const { browser } = use;
        const left: string[] = [];
        for (const width of kind === "a hostile report" ? [390, 1440] : [390]) {
          await browser.open(page, { width, height: 844 });
          for (const stop of [...stops(page), REPORT]) {
            await goTo(browser, page, stop);
            for (const fault of [...(await foreign(use)), ...(await wide(use))]) left.push(`${stop.name} at ${width}: ${fault}`);
          }
        }
        assert.deepEqual(left, []);
      });

      it("are shown whole in titles, and cut where they are long", async () => {
        const { browser } = use;
        await browser.open(page, { state: { tab: "list" } });
        const texts = await browser.run(() => [...document.querySelectorAll<HTMLElement>(".w-list-cell")].map((cell) => `${cell.title}\n${cell.textContent}`).join("\n"));
        assert.ok(HOSTILE.slice(0, 6).some((text) => texts.includes(text)) || texts.includes("<script>"), texts.slice(0, 500));
        const highest = await browser.run(() => Math.max(...[...document.querySelectorAll(".w-list-row")].map((row) => row.getBoundingClientRect().height)));
        assert.ok(highest < 80, `a row of ${highest} pixels`);
        await openFilters(browser);
        const named = await browser.run(() => [...document.querySelectorAll(".w-filters-title-name")].map((title) => title.textContent!));
        for (const { name } of page.data.groups) assert.ok(named.includes(name), name);
      });

      it("leave as they came: in the CSV and in links", async () => {
        const { browser } = use;
        const state = { filters: { ...noFilters(), groups: Object.fromEntries(page.data.groups.filter(({ name }) => name !== "__proto__").map(({ name, values }) => [name, values.slice(0, 12) as string[]])) } };
        await browser.open(page, { state });
        assert.deepEqual((await browser.state(page)).filters, state.filters);
        const lines = readCsv((await browser.saved("selection")).toString("utf8"));
        assert.equal(lines.length, await browser.selected());
        const names = new Set(page.data.names);
        // A spreadsheet would run what begins like a formula: there an apostrophe may stand before it.
        assert.deepEqual(lines.map(({ image }) => image).filter((image) => !names.has(image) && !names.has(image.replace(/^'/, ""))), []);
        assert.deepEqual(await foreign(use), []);
      });

      it("do nothing when they are searched for, hovered and pressed", async () => {
        const { browser } = use;
        await browser.open(page, { state: { tab: "matrix" } });
        for (const text of [HOSTILE[0], HOSTILE[1], "__proto__", "constructor", "🦋"]) {
          await browser.run((text) => {
            for (const selector of [".w-tree-input", ".w-filters-input"]) {
              const input = document.querySelector<HTMLInputElement>(selector)!;
              input.value = text;
              input.dispatchEvent(new Event("input", { bubbles: true }));
            }
          }, text);
          await browser.run(() => new Promise<void>((done) => setTimeout(done, 260)));
        }
        await browser.open(page);
        await browser.run(() => {
          for (const element of document.querySelectorAll("#workbench *")) {
            for (const type of ["pointerover", "pointerenter", "mouseover"]) element.dispatchEvent(new PointerEvent(type, { bubbles: true, clientX: 200, clientY: 300, pointerType: "mouse" }));
          }
        });
        assert.deepEqual(await foreign(use), []);
      });
    });
  }
});
