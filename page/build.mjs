// Bundles the page into the two files that the program embeds. `--check` writes nothing and fails if they are not what would be built.
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/report/page");

/** What the script holds of others, with the licences that must go with it. */
const licences = `/*! nearmiss workbench, MIT OR Apache-2.0. It holds code of others:\n${await notices()}*/`;

async function notices() {
  const { dependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  // What the libraries bring with them, as the NOTICE lists it.
  const packages = [...Object.keys(dependencies), "d3-array", "d3-color", "d3-format", "d3-interpolate"].sort();
  const texts = new Map();
  for (const name of packages) {
    const text = (await readFile(join(here, "node_modules", name, "LICENSE"), "utf8")).trim();
    texts.set(text, [...(texts.get(text) ?? []), name]);
  }
  return [...texts].map(([text, names]) => `\n${names.join(", ")}:\n${text.replaceAll("*/", "* /")}\n`).join("");
}

/** The files by name. The same on every machine: no path and no time goes into them. */
export async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: { workbench: "src/main.ts", styles: "src/styles/main.css" },
    outdir: "out",
    write: false,
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    banner: { js: licences },
    sourcemap: false,
    logLevel: "error",
  });
  const text = (end) => `${outputFiles.find(({ path }) => path.endsWith(end)).text.trim()}\n`;
  const files = { "workbench.js": text("workbench.js"), "workbench.css": text("styles.css") };
  // They stand inside <script> and <style>: nothing in them may end or comment these.
  for (const [name, content] of Object.entries(files)) {
    if (/<\/(?:script|style)|<!--|<script/i.test(content)) throw new Error(`${name} holds a tag that would break the page around it`);
  }
  return files;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
  const files = await bundle();
  const isCheck = process.argv.includes("--check");
  for (const [name, content] of Object.entries(files)) {
    const file = join(out, name);
    if (!isCheck) await writeFile(file, content);
    else if ((await readFile(file, "utf8").catch(() => "")) !== content) {
      console.error(`src/report/page/${name} is not what page/ builds: run 'npm run build' in page/ and commit it.`);
      process.exitCode = 1;
      break;
    }
  }
}
