import assert from "node:assert/strict";
import { test } from "node:test";
import { bibtex, citation, escapedTex, plain } from "../src/leave/citation.ts";
import { cell, line, numeral } from "../src/leave/csv.ts";
import { fileName } from "../src/leave/download.ts";
import { escaped, plainColour, standingAlone, type Source } from "../src/leave/markup.ts";
import { selectionColumns, selectionTable, verdictsTable } from "../src/leave/tables.ts";
import { filters } from "../src/messages/filters.ts";
import type { Dataset, Run, Taxonomy } from "../src/model.ts";

/** Names that somebody gave in bad faith, or in none. */
const HOSTILE = [
  "<script>alert(1)</script>",
  'quote " and , comma',
  "two\r\nlines",
  '=HYPERLINK("http://x","y")',
  "+1+1|cmd",
  "-x",
  "@SUM(A1)",
  "\tx",
  "\rx",
  "'=already",
  "\u202eevil\u202c",
  "🦋 \ud800 \u0000 ]]>",
  "é,ñ;ü",
  "",
  "a".repeat(10_000),
];

/** Reads RFC 4180. */
function read(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = "";
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (text[at] === '"' && text[at + 1] === '"') value += text[at++];
        else if (text[at] === '"') break;
        else value += text[at];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") value += text[at++];
    }
    row.push(value);
    if (text[at] === ",") at++;
    else {
      assert.equal(text.slice(at, at + 2), "\r\n");
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text);

/** Root, family, genus, two species. */
const PARENT = [-1, 0, 1, 2, 2];
const RUNG = [7, 2, 1, 0, 0];

function dataset(over: { names?: string[]; taxa?: string[]; groups?: string[] } = {}): Dataset {
  const names = over.names ?? ["a.jpg", "b.jpg", "c.jpg"];
  const taxa = over.taxa ?? ["", "Apidae", "Apis", "Apis mellifera", "Apis cerana"];
  const taxonomy = {
    name: (taxon: number) => taxa[taxon],
    id: (taxon: number) => (taxon === 0 ? "" : `id ${taxon}`),
    rung: (taxon: number) => RUNG[taxon],
    rank: (taxon: number) => ["root", "family", "genus", "species", "species"][taxon],
    parent: (taxon: number) => PARENT[taxon],
  } as Partial<Taxonomy> as Taxonomy;
  const words = (name: string, values: string[]) => ({ name, values, column: Uint32Array.from(names, (_, row) => (row < values.length ? row : 0xffffffff)) });
  return {
    format: {
      program: "nearmiss 0.1.0",
      title: "A report & more",
      command_line: "nearmiss report 'my table.csv' --taxonomy t_1.csv",
      sources: [{ path: "C:\\data\\{x}.csv", sha256: "ab".repeat(32) }],
      taxonomy: { source: "t_1.csv", sha256: "cd".repeat(32), taxa: 5 },
      has_ranks: true,
      noun: null,
      causes: ["right", "confusion"],
      images: { total: 3 },
    },
    taxonomy,
    ranks: [{ name: "family" }, { name: "genus" }, { name: "species" }],
    count: names.length,
    names,
    truth: Int32Array.from(names, () => 3),
    groups: (over.groups ?? ["site"]).map((name) => words(name, ["here", "=there"])),
    observation: words("observation", ["o,1"]),
    licence: null,
  } as unknown as Dataset;
}

function run(count: number): Run {
  const all = (value: number) => new Array(count).fill(value);
  return {
    name: "my run",
    whole: { probability: { t: "f32", n: count } },
    predicted: Int32Array.from(all(4)),
    lca: Int32Array.from(all(2)),
    height: Int16Array.from(all(1)),
    cause: Uint8Array.from(all(1)),
    flag: Uint8Array.from(all(1)),
    probability: Float64Array.from(all(Math.fround(0.1))),
    countsAt: Uint16Array.from(all(0b110)),
    rightAt: Uint16Array.from(all(0b010)),
  } as unknown as Run;
}

const unjudged = () => ({ verdict: "none" as const, note: "" });

test("no cell is a formula, and numbers stay numbers", () => {
  for (const text of HOSTILE) {
    const [[back]] = read(`${cell(text)}\r\n`).length > 0 ? read(`${cell(text)}\r\n`) : [[""]];
    assert.ok(!isFormula(back), JSON.stringify(text.slice(0, 40)));
    assert.equal(back, isFormula(text) ? `'${text}` : text);
  }
  for (const number of ["-0.5", "+2", "-1e-3", "-.5", "-7."]) assert.equal(cell(number), number);
  for (const formula of ["-1+2", "-e", "+", "-", "-inf", "-1 ", "=1"]) assert.equal(cell(formula), `'${formula}`);
});

test("a line is RFC 4180", () => {
  assert.equal(line(["a", "b,c", 'd"e', "f\ng", ""]), 'a,"b,c","d""e","f\ng",\r\n');
  assert.deepEqual(read(line(HOSTILE.map((text) => `x${text}`))), [HOSTILE.map((text) => `x${text}`)]);
});

test("numbers have the digits of their kind", () => {
  assert.equal(numeral(Math.fround(0.1), true), "0.1");
  assert.equal(numeral(Math.fround(0.1), false), "0.10000000149011612");
  assert.equal(numeral(0.1234567890123, false), "0.1234567890123");
  assert.equal(numeral(Number.NaN, true), "");
  for (const value of [0, 1, 0.5, 1 / 3, 0.999999, 1e-9].map(Math.fround)) assert.equal(Math.fround(Number(numeral(value, true))), value);
});

test("the selection has a line per image in the order of the rows", () => {
  const data = dataset();
  const text = selectionTable(data, run(3), Uint32Array.of(2, 0), (row) => (row === 0 ? { verdict: "label_wrong", note: "it's, a \"wasp\"" } : unjudged())).join("");
  const rows = read(text);
  assert.deepEqual(rows[0], [
    "image", "truth", "truth_id", "predicted", "predicted_id", "lca", "lca_rank", "height", "probability", "cause", "flag",
    "right_family", "right_genus", "right_species", "site", "observation", "licence", "verdict", "note",
  ]);
  assert.deepEqual(rows.slice(1), [
    ["c.jpg", "Apis mellifera", "id 3", "Apis cerana", "id 4", "Apis", "genus", "1", "0.1", "confusion", "acceptable", "", "true", "false", "", "", "", "", ""],
    ["a.jpg", "Apis mellifera", "id 3", "Apis cerana", "id 4", "Apis", "genus", "1", "0.1", "confusion", "acceptable", "", "true", "false", "here", "o,1", "", "label_wrong", "it's, a \"wasp\""],
  ]);
});

test("what is unknown is empty", () => {
  const data = dataset();
  const of = run(3);
  data.truth[1] = -1;
  of.predicted[1] = of.lca[1] = of.height[1] = -1;
  of.flag[1] = of.cause[1] = 255;
  of.probability[1] = Number.NaN;
  of.countsAt[1] = 0;
  const [, row] = read(selectionTable(data, of, [1], unjudged).join(""));
  assert.deepEqual(row, ["b.jpg", "", "", "", "", "", "", "", "", "", "", "", "", "", "'=there", "", "", "", ""]);
});

test("columns of the user's do not hide ours", () => {
  const heads = selectionColumns(dataset({ groups: ["image", "image", "site", "", "right_genus", "group_image"] }));
  assert.deepEqual(heads.slice(14, 20), ["group_image", "group_image_2", "site", "group_", "group_right_genus", "group_group_image"]);
  assert.equal(new Set(heads).size, heads.length);
});

test("hostile names come back from the tables", () => {
  const taxa = ["", ...HOSTILE.slice(0, 4)];
  const data = dataset({ names: HOSTILE, taxa, groups: HOSTILE.slice(0, 3) });
  const rows = read(selectionTable(data, run(HOSTILE.length), HOSTILE.map((_, row) => row), () => ({ verdict: "unsure", note: "=1+1" })).join(""));
  assert.equal(rows.length, HOSTILE.length + 1);
  for (const row of rows) assert.equal(row.length, rows[0].length);
  assert.deepEqual(rows.slice(1).map(([image]) => image), HOSTILE.map((text) => (isFormula(text) ? `'${text}` : text)));
  assert.ok(rows.flat().every((text) => !isFormula(text)));
});

test("verdicts are what the program reads, and notes alone are kept", () => {
  const data = dataset({ names: ["=a.jpg", "b", "c"] });
  const text = verdictsTable(data, run(3), [
    { row: 0, verdict: "label_wrong", note: "" },
    { row: 2, verdict: "none", note: "look again" },
  ]).join("");
  assert.equal(text, "image,verdict,note,truth,predicted\r\n'=a.jpg,label_wrong,,Apis mellifera,Apis cerana\r\nc,,look again,Apis mellifera,Apis cerana\r\n");
});

const said = {
  t: (key: string, values: Record<string, string | number> = {}) =>
    (filters.en as Record<string, string>)[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name])),
  images: (count: number) => `${count} images`,
  number: (value: number | null) => String(value),
};

test("a citation says what was run on what", () => {
  const text = citation(dataset(), run(3), 2, said);
  for (const part of ["nearmiss 0.1.0", "my run", "3 images", "2 images", "--taxonomy t_1.csv", "ab".repeat(32), "cd".repeat(32)]) assert.ok(text.includes(part), part);
  assert.ok(!citation(dataset(), run(3), 3, said).includes("Selected"));
});

test("hostile names do not turn a citation or leave their field", () => {
  for (const hostile of [...HOSTILE, "}} @misc{x, {", "\\input{/etc/passwd}", "100 % #1 $x_y^2$ ~ & \\"]) {
    const data = dataset();
    Object.assign(data.format, { title: hostile, command_line: hostile, sources: [{ path: hostile, sha256: "" }] });
    const of = { ...run(3), name: hostile };
    assert.ok(!/[\u202a-\u202e\u2066-\u2069\u0000]/.test(citation(data, of, 3, said)));
    const tex = bibtex(data, of, 3, 2026);
    let depth = 0;
    let most = 0;
    for (const sign of tex) {
      if (sign === "{") most = Math.max(most, ++depth);
      if (sign === "}") assert.ok(--depth >= 0);
    }
    assert.equal(depth, 0);
    // Two entries, each on its own; nothing of a name begins a line.
    assert.equal(tex.match(/^@/gm)?.length, 2);
    assert.equal(tex.match(/^ {2}\w+ +=/gm)?.length, 4 + 4 - (plain(hostile) === "" ? 1 : 0), tex);
    assert.match(tex, /^@misc\{nearmiss-run[-a-z0-9]*,$/m);
  }
  assert.equal(escapedTex("a_b{c}\\d"), "a\\_b{\\textbraceleft}c{\\textbraceright}{\\textbackslash}d");
});

/** An element as the serializer reads it. */
function element(localName: string, attributes: Record<string, string>, ...children: (Source | string)[]): Source {
  return {
    nodeType: 1,
    localName,
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
    childNodes: children.map((child) => (typeof child === "string" ? { nodeType: 3, nodeValue: child, childNodes: [] } : child)),
  };
}

const LOOK: Record<string, string> = { fill: "rgb(11, 98, 164)", stroke: "none", "font-family": '"DejaVu Sans", sans-serif', "font-size": "12px", opacity: "1", display: "inline" };

function alone(svg: Source, look: (of: Source, property: string) => string | undefined = () => undefined, description = HOSTILE): string {
  return standingAlone(svg, {
    title: "Tree <of> life & more",
    description,
    width: 200,
    height: 100,
    background: "rgb(21, 25, 29)",
    computed: (of, property) => look(of, property) ?? LOOK[property] ?? "",
  });
}

test("a figure stands alone: colours as computed, a background, a title, its origin", () => {
  const text = alone(
    element("svg", { viewBox: "0 0 20 10", class: "w-tree", style: "color:var(--text)", onclick: "x()" },
      element("title", {}, "old"),
      element("rect", { x: "1", width: "3", fill: "var(--right)", class: "a", onmouseover: "alert(1)", style: "fill:var(--x)" }),
      element("text", { x: "1" }, ...HOSTILE)),
  );
  assert.match(text, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.ok(text.includes("<title>Tree &lt;of&gt; life &amp; more</title>"));
  assert.ok(!text.includes("old"));
  assert.ok(text.includes('<rect x="0" y="0" width="20" height="10" style="fill:#15191d;stroke:none"/>'));
  assert.ok(text.includes('<rect x="1" width="3" style="fill:#0b62a4"/>'));
  assert.ok(text.includes("font-family:&quot;DejaVu Sans&quot;, sans-serif"));
  assert.ok(text.includes("<dc:title>Tree &lt;of&gt; life &amp; more</dc:title>"));
  for (const never of ["var(", "class=", "onclick", "onmouseover", "<script", "\u0000"]) assert.ok(!text.includes(never), never);
});

test("a figure has nothing that runs, loads or is hidden", () => {
  const text = alone(
    element("svg", { width: "10", height: "10" },
      element("script", {}, "alert(1)"),
      element("style", {}, ".a{fill:var(--x)}"),
      element("foreignObject", {}, element("iframe", { src: "https://x" })),
      element("image", { href: "https://x/y.png" }),
      element("image", { "xlink:href": "data:image/svg+xml;base64,AAAA" }),
      element("image", { href: "data:image/png;base64,AAAA" }),
      element("a", { href: "javascript:alert(1)" }, element("circle", { r: "2" })),
      element("use", { href: "#mark" }),
      element("g", { id: "gone" }, element("rect", {})),
      element("animate", { attributeName: "x" })),
    (of, property) => {
      const isGone = Array.from(of.attributes ?? []).some(({ value }) => value === "gone");
      return property === "display" && isGone ? "none" : property === "fill" && of.localName === "circle" ? 'url("https://x/#y")' : undefined;
    },
    [],
  );
  for (const never of ["<script", "<style", "foreignObject", "iframe", "https://x", "svg+xml;base64", "javascript", "animate", "gone", "<a"]) assert.ok(!text.includes(never), never);
  assert.ok(text.includes('<image href="data:image/png;base64,AAAA" xlink:href="data:image/png;base64,AAAA"'));
  assert.ok(text.includes('href="#mark"'));
  assert.ok(text.includes('<circle r="2"/>'));
  assert.ok(text.includes('viewBox="0 0 200 100"'));
});

test("the background is as large as the file where the view box has other proportions", () => {
  const paper = (ratio: string) => /<rect (.*?) style/.exec(alone(element("svg", { viewBox: "0 0 100 100", preserveAspectRatio: ratio })))?.[1];
  assert.equal(paper("xMidYMid meet"), 'x="-50" y="0" width="200" height="100"');
  assert.equal(paper("xMinYMid"), 'x="0" y="0" width="200" height="100"');
  assert.equal(paper("none"), 'x="0" y="0" width="100" height="100"');
  assert.equal(paper("xMidYMid slice"), 'x="0" y="25" width="100" height="50"');
});

test("colours are such as every program reads", () => {
  assert.deepEqual(plainColour("rgb(1, 2, 255)"), { colour: "#0102ff", alpha: 1 });
  assert.deepEqual(plainColour("rgba(1, 2, 255, 0.25)"), { colour: "#0102ff", alpha: 0.25 });
  assert.deepEqual(plainColour("color(srgb 0 0.5 1 / 0.5)"), { colour: "#0080ff", alpha: 0.5 });
  assert.deepEqual(plainColour('url("#a")'), { colour: 'url("#a")', alpha: 1 });
  const text = alone(element("svg", {}, element("rect", {})), (of, property) =>
    of.localName === "rect" && property === "fill" ? "rgba(0, 0, 0, 0.5)" : of.localName === "rect" && property === "fill-opacity" ? "0.5" : undefined,
  );
  assert.ok(text.includes("fill:#000000;fill-opacity:0.25"), text);
});

test("what a style sheet moves is moved by its attribute", () => {
  const written = (origin: string, attributes = {}) =>
    /<rect(?! x)(.*?)\/>/.exec(alone(element("svg", {}, element("rect", attributes)), (of, property) =>
      of.localName !== "rect" ? undefined : property === "transform" ? "matrix(1, 0, 0, 1, 5, 0)" : property === "transform-origin" ? origin : undefined, []))?.[1];
  assert.match(written("0px 0px")!, / transform="matrix\(1, 0, 0, 1, 5, 0\)" style/);
  assert.match(written("3px 4px")!, / transform="translate\(3, 4\) matrix\(1, 0, 0, 1, 5, 0\) translate\(-3, -4\)" style/);
  assert.match(written("0px 0px", { transform: "scale(2)" })!, /^ transform="scale\(2\)" style/);
});

test("text is XML whatever it holds", () => {
  assert.equal(escaped("a\u0000b\ud800c🦋\udfff<&>\"\uffff"), "a\ufffdb\ufffdc🦋\ufffd&lt;&amp;&gt;&quot;\ufffd");
});

test("names of files are plain", () => {
  assert.equal(fileName("Árbol de ../../etc/passwd \u202e<b>"), "arbol-de-etc-passwd-b");
  assert.equal(fileName("中文"), "figure");
  assert.ok(fileName("a b".repeat(200)).length <= 60);
});

test("a hundred thousand images are a table in a moment", () => {
  const count = 100_000;
  const names = Array.from({ length: count }, (_, row) => `folder/image ${row}.jpg`);
  const data = dataset({ names });
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  const begin = performance.now();
  const parts = selectionTable(data, run(count), rows, unjudged);
  console.log(`table of ${count} rows: ${(performance.now() - begin).toFixed(0)} ms`);
  assert.equal(parts.reduce((total, part) => total + part.split("\r\n").length - 1, 0), count + 1);
});

test("languages have the same places in their sentences", () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();
  for (const language of ["fr", "es"] as const) {
    for (const [key, text] of Object.entries(filters.en)) assert.equal(places((filters[language] as Record<string, string>)[key]), places(text), `${language} ${key}`);
  }
  for (const [key, text] of Object.entries(filters.fr)) assert.ok(!/[^\u00a0\u202f]\s?[;!?»]| [:;!?»]|« /.test(text.replace(/\u00a0[:;!?»]/g, "")), `${key}: ${text}`);
});
