// A picture of a page, for the README and for looking at it:
//   node tests/browser/picture.mjs REPORT_FOLDER OUT.png [width 1440] [light|dark] [fragment] [height: of the whole page]
import { stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import "../register.mjs";

const { Browser, skipped } = await import("./drive.ts");

const [folder, out, width = "1440", scheme = "light", fragment = "", height] = process.argv.slice(2);
if (!folder || !out || !["light", "dark"].includes(scheme)) {
  console.error("usage: node tests/browser/picture.mjs REPORT_FOLDER OUT.png [width] [light|dark] [fragment] [height]");
  process.exit(2);
}
if (skipped()) process.exit(1);

const path = resolve(folder);
const file = (await stat(path)).isDirectory() ? join(path, "index.html") : path;
const browser = await Browser.start();
try {
  const window = { width: Number(width), height: Number(height ?? 1000), scheme };
  await browser.look(window);
  await browser.load(file, fragment.replace(/^#/, ""));
  await browser.until("the page is there", () => document.readyState === "complete");
  await browser.still();
  if (height === undefined) {
    // As high as the page is, so that nothing is cut off.
    const all = await browser.run(() => document.documentElement.scrollHeight);
    await browser.look({ ...window, height: Math.min(all, 12_000) });
  }
  // Pictures and labels come a little later.
  await browser.run(() => new Promise((done) => setTimeout(done, 700)));
  const { data } = await browser.command("Page.captureScreenshot", { format: "png" });
  await writeFile(out, Buffer.from(data, "base64"));
} finally {
  await browser.stop();
}
