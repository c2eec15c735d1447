import assert from "node:assert/strict";
import { dirname } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { noFilters } from "../../src/state/initial.ts";
import { KINDS, inBrowser, skippedKind } from "./pages.ts";
import { goTo, stops } from "./tour.ts";

/** Pages of a PDF. */
function pagesOf(pdf: Buffer): number {
  return (pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
}

inBrowser(
  "without a screen, a script and a network",
  (use) => {
    for (const kind of KINDS) {
      describe(kind, { skip: skippedKind(kind) }, () => {
        const shown = () =>
          use.browser.run(() => Object.fromEntries(["workbench", "report"].map((id) => [id, document.getElementById(id)!.getClientRects().length > 0])));

        it("prints the report, whatever is seen", async () => {
          const page = await use.page(kind);
          const { browser } = use;
          await browser.open(page, { state: { tab: "list", filters: { ...noFilters(), flags: [2] } } });
          assert.deepEqual(await shown(), { workbench: true, report: false });
          const { data } = await browser.command<{ data: string }>("Page.printToPDF", { printBackground: true });
          assert.ok(pagesOf(Buffer.from(data, "base64")) > 1);
          await browser.look({ media: "print", scheme: "dark" });
          assert.deepEqual(await shown(), { workbench: false, report: true });
          // Ink on paper, also where the screen is dark.
          const colours = await browser.run(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]);
          assert.deepEqual(colours, ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
          await browser.look();
          assert.deepEqual(await shown(), { workbench: true, report: false });
        });

        it("is the report where no script runs", async () => {
          const page = await use.page(kind);
          const { browser } = use;
          await browser.command("Emulation.setScriptExecutionDisabled", { value: true });
          try {
            await browser.load(page.file);
            const visible = async (selector: string) => (await browser.driver.findElement({ css: selector })).isDisplayed();
            assert.equal(await visible("#workbench"), false);
            assert.equal(await visible("#report h1"), true);
            assert.equal(await visible("#report h2"), true);
            // A part of the report is an address as well.
            await browser.load(page.file, "section-3");
            assert.equal(await visible("#section-3"), true);
          } finally {
            await browser.command("Emulation.setScriptExecutionDisabled", { value: false });
          }
        });

        it("shows a part of the report that a link leads to", async () => {
          const page = await use.page(kind);
          const { browser } = use;
          await browser.open(page, { fragment: "section-3" });
          assert.deepEqual(await shown(), { workbench: true, report: true });
          const top = await browser.run(() => document.getElementById("section-3")!.getBoundingClientRect().top);
          assert.ok(top >= -1 && top < 900, `${top}`);
          await browser.click(".contents a, #report a[href^='#section']");
          assert.deepEqual(await shown(), { workbench: true, report: true });
        });

        it("asks for nothing that is not in its folder", async () => {
          const page = await use.page(kind);
          const { browser } = use;
          await browser.driver.get("about:blank");
          await browser.requests();
          await browser.open(page);
          for (const stop of stops(page)) await goTo(browser, page, stop);
          await browser.go(page, { view: "report" });
          const folder = `${pathToFileURL(dirname(page.file)).href}/`;
          const asked = await browser.requests();
          assert.ok(asked.some((url) => url.startsWith(folder)), "what is asked for is seen");
          assert.ok(asked.some((url) => url.includes("/pictures/")), "pictures are asked for");
          assert.deepEqual(asked.filter((url) => !url.startsWith(folder) && !/^(?:data:|blob:|about:)/.test(url)).map((url) => url.slice(0, 120)), []);
          const links = await browser.run(() => [...document.querySelectorAll("a[href]")].map((link) => [link.getAttribute("href")!, link.getAttribute("rel") ?? ""]));
          for (const [href, rel] of links) assert.ok(href.startsWith("#") || (href.startsWith("https://") && rel.includes("noopener") && rel.includes("noreferrer")), href);
        });
      });
    }
  },
  { network: true },
);
