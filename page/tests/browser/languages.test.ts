import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Language } from "../../src/model.ts";
import { compare } from "../../src/messages/compare.ts";
import { core } from "../../src/messages/core.ts";
import { filters } from "../../src/messages/filters.ts";
import { list } from "../../src/messages/list.ts";
import { map } from "../../src/messages/map.ts";
import { pair } from "../../src/messages/pair.ts";
import { tree } from "../../src/messages/tree.ts";
import { type Subject, subject } from "./drive.ts";
import { type Use, inBrowser, reportPage, skippedKind } from "./pages.ts";
import { goTo, stops } from "./tour.ts";

const PARTS = [core, tree, filters, list, pair, map, compare] as Record<Language, Record<string, string>>[];
/** Letters of a piece of a message that are no accident. */
const LONG = 10;

/** What of the English messages must not be read in another language: whole texts, and long pieces of those with values in them. */
function english(language: Language): { whole: Set<string>; pieces: [string, string][] } {
  const [whole, pieces] = [new Set<string>(), [] as [string, string][]];
  const all = PARTS.flatMap((part) => Object.entries(part.en).map(([key, text]) => [key, text, part[language][key]] as const));
  const own = all.map(([, , other]) => other).join("\n");
  for (const [key, text, other] of all) {
    if (text === other) continue;
    if (!text.includes("{") && !all.some(([, , foreign]) => foreign === text)) whole.add(text);
    for (const piece of text.split(/\{\w+\}/)) if (piece.replace(/[^a-z]/gi, "").length >= LONG && !own.includes(piece)) pieces.push([key, piece]);
  }
  return { whole, pieces };
}

/** Everything in the workbench that is read or said: texts and the attributes that hold some. */
function said(use: Use): Promise<string[]> {
  return use.browser.run(() => {
    const texts: string[] = [];
    const root = document.getElementById("workbench")!;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const around = node.parentElement!;
      if (around.closest("[hidden]") === null && around.closest("option[lang]") === null) texts.push(node.textContent!.trim());
    }
    for (const element of root.querySelectorAll("*")) {
      if (element.closest("[hidden]") !== null) continue;
      for (const name of ["title", "aria-label", "aria-valuetext", "aria-roledescription", "placeholder", "alt"]) texts.push(element.getAttribute(name)?.trim() ?? "");
    }
    return texts.filter((text) => text !== "");
  });
}

async function assertTranslated(use: Use, page: Subject, language: Language): Promise<void> {
  const { whole, pieces } = english(language);
  const left = new Map<string, string>();
  await use.browser.open(page, { state: { language } });
  for (const stop of stops(page)) {
    await goTo(use.browser, page, stop, { language });
    // Labels of the tree come a little later.
    await use.browser.run(() => new Promise<void>((done) => setTimeout(done, 120)));
    for (const told of await said(use)) {
      // What the tables hold has no language.
      const text = told.replace(/observation \d+/g, "");
      if (whole.has(text)) left.set(text, stop.name);
      for (const [key, piece] of pieces) if (text.includes(piece)) left.set(`${key}: ${text.slice(0, 100)}`, stop.name);
    }
  }
  assert.deepEqual([...left], []);
}

inBrowser("languages", (use) => {
  describe("the sample", { skip: skippedKind("the sample") }, () => {
    for (const language of ["fr", "es"] as const) {
      it(`leaves nothing in English in ${language}`, async () => {
        await assertTranslated(use, await use.page("the sample"), language);
      });
    }

    it("has the words of its sentences in all languages, and none without a value", async () => {
      const page = await use.page("the sample");
      for (const language of ["en", "fr", "es"] as const) {
        await use.browser.open(page, { state: { language, tab: "list" } });
        const texts = await said(use);
        assert.deepEqual(texts.filter((text) => /\{\w+\}|undefined|NaN|\[object/.test(text)), [], language);
      }
    });
  });

  describe("a report", { skip: skippedKind("a report") }, () => {
    it("opens in French, as asked, and is read in English and Spanish by its switch", async () => {
      const { browser, world } = use;
      const page = await subject("a French report", await reportPage(world, "francais", "--language", "fr"));
      await assertTranslated(use, page, "fr");
      await browser.open(page);
      assert.equal(await browser.run(() => document.documentElement.lang), "fr");
      await browser.find(".w-tab", "Liste");
      // Decimal commas, and a space before the sign that nothing breaks.
      assert.match(await browser.text(".w-summary tr[data-rank='species']"), /\d,\d\u00a0%/);
      const common = [...page.data.names.keys()].map((row) => page.data.taxonomy.common(page.data.truth[row], "fr")).find((name) => name !== "")!;
      await browser.click(".w-tab", "Liste");
      await browser.click(".w-bar-view", "Rapport");
      const headings = () => browser.run(() => [...document.querySelectorAll("#report h2")].map((heading) => heading.textContent!));
      const french = await headings();
      await browser.choose(".w-bar-language", "en");
      const english = await headings();
      assert.equal(await browser.run(() => document.documentElement.lang), "en");
      assert.equal(french.length, english.length);
      assert.ok(french.filter((heading, place) => heading !== english[place]).length > french.length / 2, `${french}`);
      await browser.find(".w-bar-view", "Report");
      await browser.choose(".w-bar-language", "es");
      assert.equal(await browser.run(() => document.documentElement.lang), "es");
      await browser.choose(".w-bar-language", "fr");
      assert.deepEqual(await headings(), french);
      // Common names follow: the tree finds and tells them.
      await browser.open(page, { state: { root: [...page.data.truth].find((taxon) => page.data.taxonomy.common(taxon, "fr") === common)! } });
      assert.ok((await browser.text(".w-tree-about")).includes(common));
    });
  });
});
