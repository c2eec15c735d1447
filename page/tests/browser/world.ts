/** Tables, taxonomies and photographs that are made up, and the program that makes pages of them. The same for the same seed. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { generator } from "../sample.ts";
import { png } from "../photograph.ts";

const execute = promisify(execFile);

type Random = () => number;

export const RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"] as const;

/** A species with its lineage, in the order of the ranks. */
export interface Species {
  id: string;
  lineage: string[];
  name: string;
  english: string;
  french: string;
}

/** A line of a table: cells by column. */
export type Line = Record<string, string>;

export interface Table {
  columns: string[];
  lines: Line[];
}

const GENERA: Record<string, string[]> = {
  "Animalia;Arthropoda;Insecta;Coleoptera;Carabidae": ["Carabus", "Pterostichus", "Amara"],
  "Animalia;Arthropoda;Insecta;Coleoptera;Coccinellidae": ["Coccinella", "Harmonia"],
  "Animalia;Arthropoda;Insecta;Hymenoptera;Apidae": ["Bombus", "Apis"],
  "Animalia;Arthropoda;Insecta;Hymenoptera;Vespidae": ["Vespula"],
  "Animalia;Arthropoda;Insecta;Lepidoptera;Nymphalidae": ["Vanessa", "Aglais", "Boloria"],
  "Animalia;Arthropoda;Arachnida;Araneae;Salticidae": ["Salticus"],
  "Plantae;Tracheophyta;Magnoliopsida;Asterales;Asteraceae": ["Centaurea", "Cirsium"],
  "Plantae;Tracheophyta;Magnoliopsida;Fabales;Fabaceae": ["Trifolium", "Lotus"],
};
const EPITHETS = ["alpinum", "boreale", "commune", "dubium", "elegans", "fallax"];

/** Some forty species of two kingdoms. */
export function speciesOf(genera: Record<string, string[]> = GENERA): Species[] {
  const species: Species[] = [];
  for (const [above, names] of Object.entries(genera)) {
    for (const [place, genus] of names.entries()) {
      for (let i = 0; i < 2 + (place % 3); i++) {
        const name = `${genus} ${EPITHETS[(place + i) % EPITHETS.length]}`;
        const number = species.length + 1;
        const common = species.length % 2 === 0;
        species.push({
          id: String(1000 + number),
          lineage: [...above.split(";"), genus],
          name,
          english: common ? `${genus.toLowerCase()} number ${number}` : "",
          french: common ? `${genus.toLowerCase()} d’été ${number}` : "",
        });
      }
    }
  }
  return species;
}

export function taxonomyTable(species: readonly Species[]): Table {
  const columns = ["id", ...RANKS, "common_name", "common_name_fr"];
  const lines = species.map(({ id, lineage, name, english, french }) =>
    Object.fromEntries([["id", id], ...RANKS.map((rank, place) => [rank, lineage[place] ?? name]), ["common_name", english], ["common_name_fr", french]]),
  );
  return { columns, lines };
}

const SITES = ["Alps", "Béarn", "Camargue", "Drôme, the \"south\""];
const LICENCES = ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0", ""];

/** Answers with a probability for each class; truths that are blank, unknown, of a genus alone and not among the classes are there as well. */
export function predictions(species: readonly Species[], { images, seed, skill }: { images: number; seed: number; skill: number }): Table {
  const truths = generator(seed);
  // Another model sees the same photographs.
  const random = generator(seed * 7919 + Math.round(1000 * skill));
  const classes = species.slice(0, -2);
  const lines: Line[] = [];
  for (let image = 0; image < images; image++) {
    const observation = Math.floor(truths() * (images / 3));
    const draw = truths();
    // Images of one observation show one species.
    const shown = Math.floor(generator(observation + 7)() ** 1.4 * species.length);
    const truth = draw < 0.01 ? "" : draw < 0.02 ? "Nowhereia ignota" : draw < 0.05 ? species[shown].lineage[5] : species[shown].name;
    const line: Line = {
      image: `${species[shown].lineage[5]}/${String(image).padStart(4, "0")}.png`,
      truth,
      site: SITES[Math.floor(truths() ** 1.5 * SITES.length)],
      split: truths() < 0.7 ? "test" : "validation",
      observation_id: `observation ${observation}`,
      licence: LICENCES[Math.floor(truths() * LICENCES.length)],
    };
    distribution(classes, species[shown], skill, random).forEach((probability, place) => (line[`prob_${classes[place].name}`] = probability));
    lines.push(line);
  }
  return { columns: ["image", "truth", "site", "split", "observation_id", "licence", ...classes.map(({ name }) => `prob_${name}`)], lines };
}

/** Probabilities of the classes, near ones more than others, whose sum is 1. */
function distribution(classes: readonly Species[], truth: Species, skill: number, random: Random): string[] {
  const near = (other: Species) => truth.lineage.filter((name, rank) => other.lineage[rank] === name).length;
  const answer = random() < skill ? classes.indexOf(truth) : guess(classes, near, random);
  const weights = classes.map((other, place) => (place === answer ? 0 : random() ** 3 * 4 ** near(other)));
  const sum = weights.reduce((a, b) => a + b, 0);
  const rest = answer < 0 ? 10_000 : Math.round(10_000 * (0.05 + 0.6 * random()));
  const whole = weights.map((weight) => Math.floor((rest * weight) / sum));
  const best = answer < 0 ? whole.indexOf(Math.max(...whole)) : answer;
  whole[best] += 10_000 - whole.reduce((a, b) => a + b, 0);
  return whole.map((part) => String(part / 10_000));
}

function guess(classes: readonly Species[], near: (other: Species) => number, random: Random): number {
  const least = [6, 6, 5, 5, 4, 3, 0, 0][Math.floor(random() * 8)];
  const some = classes.flatMap((other, place) => (near(other) >= least ? [place] : []));
  return some.length === 0 ? Math.floor(random() * classes.length) : some[Math.floor(random() * some.length)];
}

/** What no page may take for anything but text, each where it would break out of something. */
export const HOSTILE = [
  "<script>window.pwned=1</script>",
  "\"><img src=x onerror=window.pwned=1>",
  "' onmouseover='window.pwned=1' onfocus='window.pwned=1' autofocus='",
  "</script><script>window.pwned=1</script>",
  "</style><style>*{display:none}</style>",
  "--><svg onload=window.pwned=1>",
  "javascript:window.pwned=1",
  "${window.pwned=1}{{constructor.constructor('window.pwned=1')()}}",
  "\u202Egnp.gnorw\u202C \u2067\u05D0\u05D1\u2069 \u200F rtl",
  "Longissima".repeat(1000),
  "W".repeat(10_000),
  "🦋👩‍👩‍👧‍👦🇫🇷 e\u0301\u0301\u0301\u0301\u0301\u0301 Z\u0335\u0321\u0322a\u0336lgo",
  "bell\u0007 escape\u001b[31m delete\u007f unit\u001f",
  "=HYPERLINK(\"https://evil.example/\",\"click\")",
  "@SUM(1+1)|cmd' /C calc'!A0",
  "__proto__",
  "constructor",
  "&lt;b&gt;&amp;amp; &#60;i&#62; %3Cscript%3E",
  "two\nlines\tand a tab",
  "\\u003cscript\\u003e \\\" \\\\ \u2028 \u2029",
] as const;

/** A taxonomy and a table whose every field is hostile; the run and the groups as well. */
export function hostileWorld(seed = 3): { taxonomy: Table; table: Table; runs: string[]; groups: string[] } {
  const random = generator(seed);
  const taxonomy: Table = { columns: ["id", ...RANKS, "common_name", "common_name_fr"], lines: [] };
  const names: string[] = [];
  HOSTILE.forEach((text, place) => {
    // The letters below keep names apart that differ in what is left aside.
    const name = `${text} ${String.fromCharCode(97 + place)}`;
    names.push(name);
    const lineage = { kingdom: "Animalia", phylum: "Arthropoda", class: "Insecta", order: `Order ${HOSTILE[place % 4]}`, family: `Family ${HOSTILE[place % 7]}${place % 4}`, genus: `Genus ${text}` };
    taxonomy.lines.push({ id: `id ${place} ${text}`, ...lineage, species: name, common_name: `common ${text}`, common_name_fr: `commun ${text}` });
  });
  const runs = [HOSTILE[0], HOSTILE[1]].map((text) => `predicted ${text}`);
  const groups = [`site ${HOSTILE[3]}`, "__proto__", `camera ${HOSTILE[10]}`];
  const lines: Line[] = [];
  for (let image = 0; image < 160; image++) {
    const text = HOSTILE[image % HOSTILE.length];
    const truth = names[Math.floor(random() * names.length)];
    const answer = () => (random() < 0.5 ? truth : names[Math.floor(random() * names.length)]);
    lines.push({
      image: `${image} ${text}`,
      truth,
      [runs[0]]: answer(),
      [runs[1]]: answer(),
      ...Object.defineProperty({}, "__proto__", { value: HOSTILE[(image * 7) % HOSTILE.length], enumerable: true }),
      [groups[0]]: HOSTILE[(image * 3) % HOSTILE.length],
      [groups[2]]: HOSTILE[(image * 5) % HOSTILE.length],
      observation_id: `${HOSTILE[(image >> 1) % HOSTILE.length]} ${image >> 1}`,
      licence: HOSTILE[(image * 11) % HOSTILE.length],
    });
    // A literal does not define this key.
    Object.defineProperty(lines[image], "__proto__", { value: HOSTILE[(image * 7) % HOSTILE.length], enumerable: true });
  }
  return { taxonomy, table: { columns: ["image", "truth", ...runs, ...groups, "observation_id", "licence"], lines }, runs, groups };
}

export function csv({ columns, lines }: Table): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[columns, ...lines.map((line) => columns.map((column) => line[column] ?? ""))].map((cells) => cells.map(cell).join(",")).join("\n")}\n`;
}

/** Lines of CSV as cells by column: what the page and the program write. */
export function readCsv(text: string): Line[] {
  const rows: string[][] = [[]];
  let [cell, isQuoted] = ["", false];
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') cell += text[++i];
      else isQuoted = false;
    } else if (letter === '"') isQuoted = true;
    else if (letter === "," || letter === "\n") {
      rows[rows.length - 1].push(cell);
      cell = "";
      if (letter === "\n") rows.push([]);
    } else if (letter !== "\r") cell += letter;
  }
  if (cell !== "") rows[rows.length - 1].push(cell);
  const [head, ...lines] = rows.filter((row) => row.length > 1 || (row[0] ?? "") !== "");
  return lines.map((row) => Object.fromEntries(head.map((column, place) => [column, row[place] ?? ""])));
}

export class World {
  readonly folder: string;
  readonly species = speciesOf();
  readonly program = process.env.NEARMISS ?? "";

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<World> {
    return new World(await mkdtemp(join(tmpdir(), "nearmiss-world-")));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs the program; what it prints on stdout. */
  async run(...options: string[]): Promise<string> {
    try {
      return (await execute(this.program, options, { cwd: this.folder, maxBuffer: 1 << 28 })).stdout;
    } catch (error) {
      throw new Error(`nearmiss ${options.join(" ").slice(0, 300)}: ${String((error as { stderr?: string }).stderr ?? error).slice(0, 1000)}`);
    }
  }

  async write(file: string, content: string | Buffer): Promise<string> {
    const path = join(this.folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  /** The taxonomy of the species; its path. */
  taxonomy(): Promise<string> {
    return this.write("species.csv", csv(taxonomyTable(this.species)));
  }

  /** Photographs of most images of a table; their folder. */
  async photographs({ lines }: Table): Promise<string> {
    for (const [place, line] of lines.entries()) {
      if (place % 20 === 19) continue;
      const species = this.species.findIndex(({ lineage, name }) => name === line.truth || lineage[5] === line.truth);
      await this.write(join("photographs", line.image), png(64, 40 + (place % 3) * 12, species + 1));
    }
    return join(this.folder, "photographs");
  }

  /** A report of a table; its page. */
  async report(table: string, name: string, ...options: string[]): Promise<string> {
    const out = join(this.folder, "reports", name);
    await this.run("report", table, "--taxonomy", await this.taxonomy(), "-o", out, "--quiet", ...options);
    return join(out, "index.html");
  }
}

/** The sample that needs no program, as a page; its file. It has maps, two runs and the steps of the back-off rule. */
export async function samplePage(folder: string, ...options: string[]): Promise<string> {
  const out = join(folder, "sample", "index.html");
  await execute(process.execPath, [join(import.meta.dirname, "../sample-page.mjs"), out, ...options]);
  return out;
}
