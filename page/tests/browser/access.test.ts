import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Key } from "selenium-webdriver";
import { type Subject, subject } from "./drive.ts";
import { type Use, inBrowser, skippedKind } from "./pages.ts";
import { REPORT, goTo, openFilters, stops } from "./tour.ts";
import { samplePage } from "./world.ts";

const AXE = join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js");

// High enough for all of a dialog: axe-core loses its way in what is scrolled within what is scrolled.
const WINDOWS = [1440, 390].flatMap((width) => (["light", "dark"] as const).map((scheme) => ({ width, scheme, height: 3000 })));

/** Rules that may say something else in the dark. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe-core takes for serious or critical: rule, element, and why. */
async function faults({ browser }: Use, axe: string, within: string, runOnly: string[] | null): Promise<string[]> {
  // Through the driver the page's own rules for scripts do not stop it.
  if (!(await browser.run(() => "axe" in window))) await browser.driver.executeScript(axe);
  return browser.run(async (within, runOnly) => {
    interface Violation {
      id: string;
      impact: string;
      nodes: { target: string[]; failureSummary: string }[];
      error?: { message: string };
    }
    const { axe } = window as unknown as { axe: { run(context: string, options: object): Promise<{ violations: Violation[]; incomplete: Violation[]; passes: unknown[] }> } };
    const { violations, incomplete, passes } = await axe.run(within, { resultTypes: ["violations"], preload: false, iframes: false, elementRef: false, ...(runOnly ? { runOnly } : {}) });
    for (const { id, error } of incomplete) if (error) throw new Error(`${id} in ${within}: ${error.message}`);
    if (passes.length === 0) throw new Error(`nothing was looked at in ${within}`);
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${target.join(" ").slice(0, 140)}: ${failureSummary.replace(/\s+/g, " ").slice(0, 200)}`));
  }, within, runOnly);
}

/** Texts of the tree and of the summary whose contrast to what is drawn below them is too small (WCAG 1.4.3). */
function pale({ browser }: Use): Promise<string[]> {
  return browser.run(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
    const light = (colour: string, over: string) => {
      for (const style of [over, colour]) {
        canvas.fillStyle = style;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const back = getComputedStyle(document.body).backgroundColor;
    const found: string[] = [];
    let seen = 0;
    for (const text of document.querySelectorAll<SVGTextElement>(".w-tree-svg text, .w-ranks-bars text")) {
      text.scrollIntoView({ block: "nearest" });
      const { left, top, width, height } = text.getBoundingClientRect();
      if (width === 0) continue;
      const below = document.elementsFromPoint(left + width / 2, top + height / 2).find((element) => element.matches("rect.w-tree-box, rect.w-tree-cut"));
      const ground = below ? getComputedStyle(below).fill : back;
      const [a, b] = [light(getComputedStyle(text).fill, ground), light(ground, back)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (below) seen += 1;
      if (contrast < 4.5) found.push(`${text.textContent} ${getComputedStyle(text).fill} on ${ground}: ${contrast.toFixed(2)}`);
    }
    if (seen === 0) found.push("no text was found on a cell");
    return found;
  });
}

interface Stopped {
  /** Number of the element among those that can be reached; -1 for none of them. */
  place: number;
  what: string;
  isSeen: boolean;
  isMarked: boolean;
}

/** Numbers what the tabulator must come to in a part of the page; what is there. */
function reachable({ browser }: Use, within: string): Promise<string[]> {
  return browser.run((within) => {
    const all = document.querySelectorAll<HTMLElement | SVGElement>(`${within} :is(a[href], button, input, select, textarea, summary, [tabindex])`);
    const found = [...all].filter((element) => element.tabIndex >= 0 && !element.matches(":disabled") && element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }));
    found.forEach((element, place) => element.setAttribute("data-reached", String(place)));
    return found.map((element) => `${element.tagName} .${element.getAttribute("class")} ${element.textContent!.slice(0, 30)}`);
  }, within);
}

/** What has the focus, whether it lies in the window and whether that is to be seen. */
function focused({ browser }: Use): Promise<Stopped> {
  return browser.run(() => {
    const element = document.activeElement as HTMLElement | SVGElement;
    const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
    const isSeen = width > 0 && height > 0 && right > 0 && bottom > 0 && left < window.innerWidth && top < window.innerHeight;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const ring = document.querySelector(".w-tree-ring");
    const isRinged = element.matches(".w-tree-cell") && ring?.getAttribute("visibility") === "visible";
    const isMarked = element.matches(":focus-visible") && ((outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none" || isRinged);
    return { place: Number(element.getAttribute("data-reached") ?? -1), what: `${element.tagName} .${element.getAttribute("class")}`, isSeen, isMarked };
  });
}

/** Presses the tabulator until it has been everywhere; what was left out, met twice, out of sight or without a mark. */
async function tabThrough(use: Use, within: string): Promise<string[]> {
  const all = await reachable(use, within);
  const met = new Map<number, number>();
  const left: string[] = [];
  for (let pressed = 0; pressed < all.length + 5; pressed++) {
    await use.browser.driver.actions().sendKeys(Key.TAB).perform();
    const { place, what, isSeen, isMarked } = await focused(use);
    if (place < 0) {
      if (met.size === all.length) break;
      continue;
    }
    if (met.has(place)) break;
    met.set(place, pressed);
    if (!isSeen) left.push(`out of sight: ${what} ${all[place]}`);
    if (!isMarked) left.push(`without a mark: ${all[place]}`);
  }
  all.forEach((what, place) => {
    if (!met.has(place)) left.push(`not reached: ${what}`);
  });
  return left;
}

inBrowser("access", (use) => {
  const made = new Map<string, Promise<Subject>>();
  const pageOf = (kind: "a report" | "a comparison with a map"): Promise<Subject> => {
    if (!made.has(kind)) made.set(kind, kind === "a report" ? use.page(kind) : samplePage(use.world.folder, "--plain").then((file) => subject(kind, file)));
    return made.get(kind)!;
  };
  for (const kind of ["a comparison with a map", "a report"] as const) {
    describe(kind, { skip: skippedKind(kind === "a report" ? kind : "the sample") }, () => {
      for (const window of WINDOWS) {
        it(`has nothing serious for axe-core at ${window.width} pixels, ${window.scheme}`, async () => {
          const page = await pageOf(kind);
          const { browser } = use;
          const axe = await readFile(AXE, "utf8");
          await browser.open(page, window);
          const left = new Map<string, string>();
          // Of a report all that a comparison with a map has not; all stops in the first window, then one of each kind.
          const all = stops(page).filter(({ name }) => window === WINDOWS[0] || !/^(?:the gallery of|the sheet of|an enlarged image|open filters|a selection|a zoomed|the threshold at)/.test(name));
          const ways = kind === "a report" ? all.filter(({ name }) => /^(?:the gallery|the list|a pair sheet|an enlarged mistake)$/.test(name)) : all;
          for (const stop of [...ways, REPORT]) {
            await goTo(browser, page, stop);
            for (const fault of await faults(use, axe, stop.part, window.scheme === "dark" ? COLOURS : null)) if (!left.has(fault)) left.set(fault, stop.name);
          }
          assert.deepEqual([...left].map(([fault, where]) => `${where}: ${fault}`), []);
        });
      }

      it("has texts in the tree that are read on their colours, which axe-core does not look at", async () => {
        const page = await pageOf(kind);
        const left: string[] = [];
        for (const scheme of ["light", "dark"] as const) {
          for (const run of kind === "a report" ? [{}] : [{}, { other: null }]) {
            await use.browser.open(page, { scheme, state: run });
            left.push(...(await pale(use)).map((fault) => `${scheme}: ${fault}`));
          }
        }
        assert.deepEqual(left, []);
      });

      it("is reached by the keyboard, each part once, with a mark that is seen", async () => {
        const page = await pageOf(kind);
        const { browser } = use;
        const left: string[] = [];
        const all = stops(page).filter(({ name }) => /^the (?:gallery$|list|matrix|threshold of|map|comparison)/.test(name));
        const tabs = kind === "a report" ? all.slice(0, 1) : all;
        for (const stop of tabs) {
          await browser.open(page, { state: stop.state });
          if (stop.name === "the gallery") await openFilters(browser);
          left.push(...(await tabThrough(use, "#workbench")).map((fault) => `${stop.name}: ${fault}`));
        }
        await browser.open(page, { state: { view: "report" } });
        left.push(...(await tabThrough(use, "body")).map((fault) => `the report: ${fault}`));
        assert.deepEqual(left, []);
      });

      if (kind === "a report") return;

      it("keeps the keyboard in its dialogs, and everything in them is reached", async () => {
        const page = await pageOf(kind);
        const { browser } = use;
        const left: string[] = [];
        for (const stop of stops(page).filter(({ name }) => /sheet|enlarged/.test(name))) {
          await browser.open(page, { state: stop.state });
          left.push(...(await tabThrough(use, "dialog[open]")).map((fault) => `${stop.name}: ${fault}`));
          // Once more around: nothing behind the dialog gets the focus.
          for (let pressed = 0; pressed < 5; pressed++) {
            await browser.press(pressed % 2 === 0 ? Key.TAB : Key.chord(Key.SHIFT, Key.TAB));
            if (!(await browser.run(() => document.activeElement!.closest("dialog[open]") !== null))) left.push(`${stop.name}: the focus leaves the dialog`);
          }
        }
        assert.deepEqual(left, []);
      });

      it("has nothing to push that neither the tabulator nor arrow keys reach", async () => {
        const page = await pageOf(kind);
        const { browser } = use;
        // Of these the arrow keys go from one to the next.
        const roving = ".w-tabs, .w-tree-svg, .w-gallery-box, .w-list-box, .w-matrix-table, .w-pair-strip, .w-tip";
        const left: string[] = [];
        await browser.open(page);
        for (const stop of stops(page)) {
          await goTo(browser, page, stop);
          const found = await browser.run((roving) => [...document.querySelectorAll<HTMLElement>("#workbench :is(a[href], button, input, select, textarea, summary)")].filter((element) => element.tabIndex < 0 && element.closest(roving) === null && element.closest("[hidden]") === null).map((element) => `${element.tagName}.${element.className}`), roving);
          left.push(...found.map((what) => `${stop.name}: ${what}`));
        }
        assert.deepEqual(left, []);
      });
    });
  }
});
