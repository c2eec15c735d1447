import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeContext } from "../src/context.ts";
import { RANKS, rungOf } from "../src/data/ladder.ts";
import { readDataset } from "../src/data/dataset.ts";
import { compare } from "../src/messages/compare.ts";
import { core } from "../src/messages/core.ts";
import { filters } from "../src/messages/filters.ts";
import { list } from "../src/messages/list.ts";
import { map } from "../src/messages/map.ts";
import { pair } from "../src/messages/pair.ts";
import { tree } from "../src/messages/tree.ts";
import type { Language } from "../src/model.ts";
import { chipsOf } from "../src/panels/chips.ts";
import { PageStore } from "../src/state/store.ts";
import { CAUSES, HOSTILE, OUTCOMES, sample } from "./sample.ts";
import { setup } from "./setup.ts";

const source = (path: string) => readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");

test("every message has the same places to fill in all languages, and none is empty", () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  for (const [part, messages] of Object.entries({ compare, core, filters, list, map, pair, tree })) {
    const texts = messages as unknown as Record<Language, Record<string, string>>;
    for (const [key, english] of Object.entries(texts.en)) {
      for (const language of ["fr", "es"] as const) {
        const text = texts[language][key];
        assert.ok(text, `${language} ${key}`);
        assert.deepEqual([...new Set(holes(text))], [...new Set(holes(english))], `${part} ${language} ${key}`);
        if (language === "fr") assert.doesNotMatch(text, /[^\s\u00a0\u202f] [:;?!%»]|« /, `${key}: a space that may break`);
      }
    }
  }
});

test("every rank, cause and outcome of the program has a name", async () => {
  const rust = await source("../src/taxonomy/rank.rs");
  const ranks = [...rust.matchAll(/\(Rank::\w+, "(\w+)",/g)].map((match) => match[1]);
  assert.deepEqual([...RANKS, "unranked"], ranks);
  for (const rank of ranks) assert.ok(Object.hasOwn(core.en, `rank.${rank}`), rank);
  for (const cause of CAUSES) assert.ok(Object.hasOwn(core.en, `cause.${cause}`), cause);
  for (const outcome of OUTCOMES) assert.ok(Object.hasOwn(core.en, `outcome.${outcome}`), outcome);
  assert.deepEqual(["root", "kingdom", "tribe", "genus", "species", "cultivar", "unranked", "x"].map(rungOf), [7, 6, 2, 1, 0, 0, null, null]);
});

test("numbers follow the language, and what is not known is no number", async () => {
  const written = async (language: Language) => {
    const { context } = await setup({ images: 30 }, language);
    return [context.percent(0.834), context.percent(null), context.percent(Number.NaN), context.number(12345, 0), context.number(1.5), context.number(null), context.number(0.1234, 3), context.images(1), context.images(0), context.images(20000)].map((text) =>
      text.replace(/[\u00a0\u202f]/g, "_"),
    );
  };
  assert.deepEqual(await written("en"), ["83.4_%", "–", "–", "12,345", "1.5", "–", "0.123", "1_image", "0_images", "20,000_images"]);
  assert.deepEqual(await written("fr"), ["83,4_%", "–", "–", "12_345", "1,5", "–", "0,123", "1_image", "0_image", "20_000_images"]);
  assert.deepEqual(await written("es"), ["83,4_%", "–", "–", "12.345", "1,5", "–", "0,123", "1_imagen", "0_imágenes", "20.000_imágenes"]);
  const { context } = await setup({ images: 30, noun: { one: "sequence", many: "sequences" } });
  assert.deepEqual([context.images(1), context.images(2)], ["1\u00a0sequence", "2\u00a0sequences"]);
});

test("what a value holds is not read as a message", async () => {
  const { context } = await setup({ images: 30 });
  assert.equal(context.t("core.chip.text", { text: "{text} $& {n}" }), "name holds “{text} $& {n}”");
  assert.equal(context.t("core.load.note", { loaded: 5, toString: "" } as never), context.t("core.load.note", { loaded: 5 }));
  assert.throws(() => context.t("core.nothing"));
  assert.equal(context.rank("super_clade"), "super clade");
  assert.equal(context.t("cause.something_new"), "something new");
  const [script] = context.data.taxonomy.search(HOSTILE.script, 1);
  assert.equal(context.taxon(script), HOSTILE.script);
  assert.equal(context.taxon(script, true), `${HOSTILE.script} (${HOSTILE.script})`);
  assert.deepEqual([context.taxon(-1), context.taxon(0)], ["–", "root"]);
});

test("each filter is a chip that removes it alone", async () => {
  const data = await readDataset(sample());
  const store = new PageStore(data);
  const context = makeContext({ data, store, language: "en", say: () => {} });
  assert.deepEqual(chipsOf(context), []);
  store.set({ run: 0, other: 1 });
  store.filter({
    wrongAt: "family",
    heights: [1, 2],
    truth: 4,
    answer: 9,
    probability: [0.1, 0.5],
    groups: { site: [HOSTILE.script, HOSTILE.long, "Alps", ""], split: ["test"] },
    flags: [0],
    causes: ["confusion"],
    outcomes: ["wrong"],
    licences: [""],
    verdicts: ["none"],
    text: HOSTILE.bidi,
    rows: { of: "lasso", has: new Set([1, 2]) },
    only: "second",
  });
  const chips = chipsOf(context);
  const plain = chips.map(({ text }) => text.replace(/[\u2068\u2069]/g, ""));
  assert.equal(chips.length, 15);
  assert.equal(plain[0], "wrong at family or above");
  assert.ok(plain.includes("licence: without a value") && plain.includes("2\u00a0images picked out"));
  assert.match(plain.find((text) => text.startsWith("site"))!, /^site: <script>.* or Longissima.*… or Alps and 1 more$/);
  assert.ok(chips.every(({ text }) => text.length < 300));
  for (let left = chips.length; left > 0; left--) {
    chipsOf(context)[0].remove();
    assert.equal(chipsOf(context).length, left - 1);
  }
  assert.deepEqual(store.state.filters.groups, {});
});

/** Contrast of two colours by WCAG 2.2. */
function contrast(a: string, b: string): number {
  const light = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dark + 0.05);
}

test("text on the colours of flags can be read, and bars be seen, light and dark", async () => {
  const variables = async (path: string) => {
    const [light, dark] = (await source(path)).split("@media (prefers-color-scheme: dark)");
    return [light, dark].map((css) => Object.fromEntries([...css.split("@media")[0].matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]])));
  };
  const [page, own] = [await variables("../src/report/page/document.css"), await variables("src/styles/base.css")];
  for (const scheme of [0, 1]) {
    const colours: Record<string, string> = { ...page[scheme], ...own[scheme] };
    for (const flag of ["right", "acceptable", "wrong", "none"]) {
      assert.ok(contrast(colours[flag], colours[`on-${flag}`]) >= 4.5, `${scheme} on-${flag}`);
      for (const back of ["back", "card"]) assert.ok(contrast(colours[flag], colours[back]) >= 3, `${scheme} ${flag} on ${back}`);
    }
    for (const text of ["text", "soft", "accent", "chance"]) {
      for (const back of ["back", "card"]) assert.ok(contrast(colours[text], colours[back]) >= 4.5, `${scheme} ${text} on ${back}`);
    }
  }
});

test("what is built is the same each time, and names nothing of the machine", async () => {
  const { bundle } = (await import("../build.mjs" as string)) as { bundle(): Promise<Record<string, string>> };
  const [files, again] = [await bundle(), await bundle()];
  assert.deepEqual(files, again);
  const here = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
  for (const [name, content] of Object.entries(files)) {
    assert.ok(content.length > 1000, name);
    assert.ok(!content.includes(here) && !content.includes("node_modules"), name);
    assert.doesNotMatch(content, /<\/script|sourceMappingURL/i);
    // No request leaves the page: no address is loaded by a stylesheet or a script.
    assert.doesNotMatch(content, /url\(\s*["']?(?!#|data:)|@import|\bfetch\(|\bXMLHttpRequest\b|\bsendBeacon\b|\bWebSocket\b|\bEventSource\b/, name);
  }
});
