// Writes a page with the workbench and the sample, for looking at it:
//   node tests/sample-page.mjs OUT.html [--images 600] [--parts 200,200] [--runs 2] [--language fr] [--plain] [--kind report]
//   chromium --headless --no-sandbox --disable-gpu --window-size=1440,2000 --screenshot=out.png file:///…/OUT.html
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deflateRawSync } from "node:zlib";
import "./register.mjs";
import { bundle } from "../build.mjs";

const { packWith, samplePage } = await import("./sample.ts");
const { png } = await import("./photograph.ts");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: "string", default: "600" },
    parts: { type: "string", default: "" },
    runs: { type: "string", default: "2" },
    language: { type: "string", default: "en" },
    kind: { type: "string" },
    seed: { type: "string", default: "1" },
    plain: { type: "boolean", default: false },
    clusters: { type: "boolean", default: true },
    built: { type: "boolean", default: false },
  },
});
const out = resolve(positionals[0] ?? "sample.html");
const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, "../../src/report");

packWith((bytes) => deflateRawSync(bytes, { level: 6 }).toString("base64"));
const { format, parts } = samplePage({
  images: Number(values.images),
  parts: values.parts === "" ? [] : values.parts.split(",").map(Number),
  runs: Number(values.runs),
  language: values.language,
  seed: Number(values.seed),
  hostile: !values.plain,
  clusters: values.clusters,
  packed: true,
  ...(values.kind ? { kind: values.kind } : {}),
});

/** JSON that may stand inside a script element. */
const inside = (value) => JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
// As the program writes it: the page may run its own script, and load what lies beside it.
const policy = (script) =>
  `default-src 'none'; script-src 'sha256-${createHash("sha256").update(script).digest("base64")}' 'self' file:; style-src 'unsafe-inline'; img-src 'self' file: data: blob:; base-uri 'none'; form-action 'none'`;
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const files = values.built
  ? { "workbench.js": await readFile(join(page, "page/workbench.js"), "utf8"), "workbench.css": await readFile(join(page, "page/workbench.css"), "utf8") }
  : await bundle();

const sections = Array.from(
  { length: 12 },
  (_, i) => `<h2 id="section-${i + 1}" data-en="Section ${i + 1}" data-fr="Partie ${i + 1}" data-es="Sección ${i + 1}">Section ${i + 1}</h2><p>${"A sentence of the report. ".repeat(30)}</p>`,
);
await mkdir(dirname(out), { recursive: true });
await writeFile(
  out,
  `<!doctype html>
<html lang="${format.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy(files["workbench.js"])}">
<title>${escape(format.title)}</title>
<style>
${await readFile(join(page, "page/document.css"), "utf8")}</style>
<style>
${files["workbench.css"]}</style>
</head>
<body>
<main>
<section id="workbench" hidden></section>
<div id="report">
<h1>${escape(format.title)}</h1>
<p><a href="#section-9">To section 9</a></p>
${sections.join("\n")}
</div>
</main>
<script type="application/json" id="nearmiss-data">${inside(format)}</script>
<script>${files["workbench.js"]}</script>
</body>
</html>
`,
);
for (const [place, { images, runs }] of parts.entries()) {
  await writeFile(join(dirname(out), format.images.parts[place].file), `nearmissPart(${place},${inside(images)},${inside(runs)});\n`);
}
await mkdir(join(dirname(out), "pictures"), { recursive: true });
// Browsers look at what a picture is, not at what it is called.
for (let number = 0; number < 12; number++) await writeFile(join(dirname(out), "pictures", `${number}.jpg`), png(160, 110 + number * 10, number));
