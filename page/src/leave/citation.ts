/** How a run is cited: as a sentence and as BibTeX. */

import type { Dataset, Run } from "../model.ts";

/** Sentences of the page's language. */
export interface Said {
  t(key: string, values?: Record<string, string | number>): string;
  images(count: number): string;
  number(value: number | null, decimals?: number): string;
}

/** Signs that turn the text around them, and those that no line of text has. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;
const BREAKING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** A text on one line, which reads in the order in which it stands. */
export function plain(text: string): string {
  return text.replace(TURNING, "").replace(BREAKING, " ").trim();
}

/** The citation as text, a line for each statement. */
export function citation(data: Dataset, run: Run, selected: number, said: Said): string {
  const { format } = data;
  const sum = (sha256: string): string => (sha256 === "" ? "" : ` (sha256 ${sha256})`);
  const lines = [
    said.t(plain(run.name) === "" ? "leave.cite_page" : "leave.cite_run", { title: plain(format.title), run: plain(run.name), program: plain(format.program) }),
    said.t("leave.cite_images", { images: said.images(format.images.total) }),
    selected === format.images.total ? "" : said.t("leave.cite_selection", { images: said.images(selected) }),
    format.command_line === null ? "" : said.t("leave.cite_command", { command: plain(format.command_line) }),
    ...format.sources.map(({ path, sha256 }) => said.t("leave.cite_source", { source: plain(path) + sum(sha256) })),
    said.t("leave.cite_taxonomy", {
      taxonomy: (format.taxonomy.source === null ? said.t("leave.cite_no_file") : plain(format.taxonomy.source)) + sum(format.taxonomy.sha256),
      n: said.number(format.taxonomy.taxa, 0),
    }),
  ];
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

/** Two entries: the run, and the program that scored it. `year`: of today, since nobody wrote down when the run was made. */
export function bibtex(data: Dataset, run: Run, selected: number, year: number): string {
  const { format } = data;
  const { program, version } = programOf(format.program);
  const sum = (sha256: string): string => (sha256 === "" ? "" : ` (sha256 ${sha256})`);
  const notes = [
    `${format.images.total} ${format.noun?.many ?? "images"}${selected === format.images.total ? "" : `, of which ${selected} are selected`}`,
    ...(format.command_line === null ? [] : [`command line: ${format.command_line}`]),
    ...format.sources.map(({ path, sha256 }) => `source: ${path}${sum(sha256)}`),
    `taxonomy: ${format.taxonomy.source ?? "not from a file"}${sum(format.taxonomy.sha256)}, ${format.taxonomy.taxa} taxa`,
  ];
  const title = [format.title, run.name].map(plain).filter((text) => text !== "");
  return [
    entry("misc", `${program}-run${key(run.name)}`, {
      // In braces: no style shall change the case of names.
      title: title.length === 0 ? "" : `{${escapedTex([...new Set(title)].join(": "))}}`,
      howpublished: escapedTex(`Scored with ${plain(format.program)}`),
      note: escapedTex(notes.map(plain).join("; ")),
      year: String(year),
    }),
    entry("misc", `${program}${key(version)}`, {
      author: "{The nearmiss authors}",
      title: "{nearmiss: how wrong is your species classifier?}",
      howpublished: version === "" ? "Computer program" : escapedTex(`Computer program, version ${version}`),
      year: String(year),
    }),
  ].join("\n");
}

/** "nearmiss 0.1.0" as name and version. */
function programOf(text: string): { program: string; version: string } {
  const found = /^(\S+)\s+v?(\S.*)$/.exec(plain(text));
  return { program: found?.[1].replace(/[^A-Za-z0-9]/g, "") || "nearmiss", version: found?.[2] ?? "" };
}

/** A part of a key: letters and figures only. */
function key(text: string): string {
  const letters = text.normalize("NFD").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return letters === "" ? "" : `-${letters.slice(0, 40).replace(/-+$/, "").toLowerCase()}`;
}

function entry(kind: string, name: string, fields: Record<string, string>): string {
  const width = Math.max(...Object.keys(fields).map((field) => field.length));
  const lines = Object.entries(fields).filter(([, value]) => value !== "").map(([field, value]) => `  ${field.padEnd(width)} = {${value}}`);
  return `@${kind}{${name},\n${lines.join(",\n")}\n}\n`;
}

const TEX: Record<string, string> = {
  "\\": "{\\textbackslash}",
  "{": "{\\textbraceleft}",
  "}": "{\\textbraceright}",
  "~": "{\\textasciitilde}",
  "^": "{\\textasciicircum}",
  "<": "{\\textless}",
  ">": "{\\textgreater}",
  "|": "{\\textbar}",
  '"': "{\\char34}",
};

/** Text for TeX. Braces become words: BibTeX counts also those that are escaped. */
export function escapedTex(text: string): string {
  return text.replace(/[\\{}~^<>|"]/g, (sign) => TEX[sign]).replace(/[$&%#_]/g, "\\$&");
}
