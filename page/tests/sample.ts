/** A made-up page: the same for the same options. For tests, and for looking at the workbench without the program. */

import type { Format, ImagePart, Packed, PackedWords, RunPart } from "../src/format.ts";
import { rungOf } from "../src/data/ladder.ts";

export interface SampleOptions {
  images?: number;
  seed?: number;
  /** Further images in parts, how many each. */
  parts?: number[];
  runs?: number;
  /** Names that try to break the page. On unless switched off. */
  hostile?: boolean;
  clusters?: boolean;
  language?: Format["language"];
  kind?: Format["kind"];
  /** Columns packed as the program packs them, instead of plain values. */
  packed?: boolean;
  noun?: Format["noun"];
}

export interface Sample {
  format: Format;
  /** What the files of further images call `nearmissPart` with. */
  parts: { images: ImagePart; runs: RunPart[] }[];
}

/** Names of the sample that no page may take for anything but text. */
export const HOSTILE = {
  script: "<script>document.title='broken'</script>",
  quotes: "\"quoted\" & 'single' <b>bold</b> \\",
  bidi: "\u202Egnp.gnorw\u202C \u2067rtl\u2069",
  long: "Longissima".repeat(1000),
  emoji: "Papilio 🦋👩‍👩‍👧‍👦 emoji",
  proto: "__proto__",
  image: "<img src=x onerror=document.title='broken'>.jpg",
} as const;

const MAIN = ["kingdom", "phylum", "class", "order", "family", "genus", "species"] as const;
export const CAUSES = [
  "right", "unreadable", "without_truth", "outside_taxonomy", "not_a_candidate", "unusable_label", "no_answer", "answer_outside_taxonomy", "synonym",
  "stopped_above", "probably_the_name", "confusion",
];
export const OUTCOMES = ["right", "wrong", "unreadable", "without_truth", "outside_taxonomy", "not_a_candidate"];
const PROBABILITY_STEPS = [0.9, 0.6, 0.35];

interface Node {
  name: string;
  rank: string;
  parent: number;
  depth: number;
  end: number;
  common: Record<string, string>;
  other: string;
}

interface Answered {
  answer: number;
  predicted: number;
  lca: number;
  height: number;
  outcome: string;
  cause: string;
  flag: number | null;
  probability: number | null;
  counts: number;
  right: number;
  summed: { taxon: number; probability: number }[] | null;
  steps: { threshold: number; taxon: number }[];
}

interface Pictured {
  name: string;
  truth: number | null;
  state: number;
  cluster: number;
  observation: string;
  site: string;
  split: string;
  licence: string;
  picture: number | null;
  map: [number, number];
  runs: Answered[];
}

/** A sample whose images are all in the page. */
export function sample(options: SampleOptions = {}): Format {
  return samplePage(options).format;
}

export function samplePage(options: SampleOptions = {}): Sample {
  const { images = 600, seed = 1, parts = [], runs = 2, hostile = true, clusters = true, language = "en", kind = runs > 1 ? "compare" : "report", packed = false, noun = null } = options;
  const random = generator(seed);
  const pack = packed ? deflated : (column: Packed) => column;
  const nodes = tree(hostile);
  const species = nodes.flatMap((node, taxon) => (node.rank === "species" ? [taxon] : []));
  const ranks = MAIN.map((name, row) => ({ name, rung: 6 - row, classes: nodes.filter((node) => node.rank === name).length, given: row < 2 }));
  const all = pictured(nodes, species, { count: images + parts.reduce((a, b) => a + b, 0), runs, hostile }, random);
  all.sort((a, b) => harm(b.runs[0]) - harm(a.runs[0]));
  const shown = all.slice(0, images);
  const values = valuesOf(all);
  const rest: Sample["parts"] = [];
  let at = images;
  for (const count of parts) {
    const some = all.slice(at, at + count);
    rest.push({ images: imageColumns(some, values, clusters, pack), runs: runColumns(some, runs, pack) });
    at += count;
  }
  const onMap = shown.slice(0, 5000);
  const format: Format = {
    format: 1,
    program: "nearmiss 0.9.0",
    kind,
    title: hostile ? `Insects of the sample ${HOSTILE.script}` : "Insects of the sample",
    language,
    noun,
    command_line: "nearmiss report answers.csv --taxonomy sample.csv --out report",
    sources: [{ path: "answers.csv", sha256: `${"0a".repeat(31)}${String(seed % 90 + 10)}` }],
    taxonomy: { source: "sample.csv", sha256: "1b".repeat(32), taxa: nodes.length },
    has_ranks: true,
    height_unit: "rungs",
    yellow_from: "genus",
    ranks,
    taxa: taxaColumns(nodes, species, pack),
    images: {
      count: images,
      total: all.length,
      parts: parts.map((count, place) => ({ file: `images-${place + 1}.js`, count })),
      ...imageColumns(shown, values, clusters, pack),
    },
    runs: runColumns(shown, runs, pack).map((columns, run) => ({ ...columns, ...wholeOf(all, run, nodes, species, hostile) })),
    outcomes: OUTCOMES,
    causes: CAUSES,
    map: {
      image: pack(u32(onMap.map((_, row) => row))),
      maps: [
        { kind: "pca", x: pack(f32(onMap.map(({ map }) => map[0]))), y: pack(f32(onMap.map(({ map }) => map[1]))), axes: ["PC1 (31.2 %)", "PC2 (12.4 %)"] },
        { kind: "umap", x: pack(f32(onMap.map(({ map }) => map[1] * 3 + map[0]))), y: pack(f32(onMap.map(({ map }) => map[0] * 2 - map[1]))), axes: ["", ""] },
      ],
    },
    compare: runs > 1 ? { pairs: [compared(all, nodes)], alpha: 0.05 } : null,
    verdicts: [{ image: 1, verdict: "label_wrong", note: hostile ? HOSTILE.script : "seen before" }],
  };
  return { format, parts: rest };
}

/** The same row of random numbers for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const ORDERS: Record<string, Record<string, string[]>> = {
  Coleoptera: { Carabidae: ["Carabus", "Pterostichus", "Amara"], Coccinellidae: ["Coccinella", "Harmonia"], Cerambycidae: ["Leptura"] },
  Hymenoptera: { Apidae: ["Bombus", "Apis", "Andrena"], Vespidae: ["Vespula", "Vespa"] },
  Lepidoptera: { Nymphalidae: ["Vanessa", "Aglais", "Boloria"], Lycaenidae: ["Polyommatus", "Lycaena"], Noctuidae: ["Noctua", "Agrotis"] },
  Odonata: { Libellulidae: ["Sympetrum", "Libellula"], Coenagrionidae: ["Enallagma", "Ischnura"] },
};
const EPITHETS = ["alpina", "borealis", "communis", "dubia", "elegans", "fallax"];

function tree(hostile: boolean): Node[] {
  const nodes: Node[] = [];
  const add = (parent: number, rank: string, name: string, common: Record<string, string> = {}, other = ""): number => {
    nodes.push({ name, rank, parent, depth: parent < 0 ? 0 : nodes[parent].depth + 1, end: 0, common, other });
    return nodes.length - 1;
  };
  const root = add(-1, "root", "");
  const kingdom = add(root, "kingdom", "Animalia", { en: "animals", fr: "animaux", es: "animales" });
  const phylum = add(kingdom, "phylum", "Arthropoda", { en: "arthropods", fr: "arthropodes", es: "artrópodos" });
  const insects = add(phylum, "class", "Insecta", { en: "insects", fr: "insectes", es: "insectos" });
  let place = 0;
  for (const [order, families] of Object.entries(ORDERS)) {
    const ofOrder = add(insects, "order", order, order === "Coleoptera" ? { en: "beetles", fr: "coléoptères", es: "escarabajos" } : {});
    for (const [family, genera] of Object.entries(families)) {
      const ofFamily = add(ofOrder, "family", family, family === "Vespidae" ? { en: "wasps", fr: "guêpes", es: "avispas" } : {});
      for (const genus of genera) {
        const above = family === "Apidae" && genus === "Bombus" ? add(ofFamily, "tribe", "Bombini") : ofFamily;
        const ofGenus = add(above, "genus", genus, genus === "Vanessa" ? { en: "ladies", fr: "vanesses", es: "vanesas" } : {});
        for (let i = 0; i < 2 + (place % 3); i++) {
          const name = `${genus} ${EPITHETS[(place + i) % EPITHETS.length]}`;
          const common: Record<string, string> = place % 2 === 0 ? { en: `${EPITHETS[i]} one`, fr: `mésange d’${EPITHETS[i]}`, es: `niña ${EPITHETS[i]}` } : {};
          add(ofGenus, "species", name, common, i === 0 ? `${genus} vetus\n${genus.slice(0, 3)}oïdes antiqua` : "");
        }
        place += 1;
      }
    }
  }
  const spiders = add(phylum, "class", "Arachnida", { en: "arachnids", fr: "arachnides", es: "arácnidos" });
  const araneae = add(spiders, "order", "Araneae", { en: "spiders", fr: "araignées", es: "arañas" });
  const family = add(araneae, "family", "Salticidae");
  const genus = add(family, "genus", "Salticus");
  const names = hostile ? Object.values(HOSTILE) : ["Salticus alpina", "Salticus borealis"];
  for (const name of names) add(genus, "species", name, hostile ? { en: name, fr: name, es: name } : {}, hostile ? name : "");
  nodes.forEach((node, taxon) => {
    node.end = taxon + 1;
  });
  for (let taxon = nodes.length - 1; taxon > 0; taxon--) nodes[nodes[taxon].parent].end = Math.max(nodes[nodes[taxon].parent].end, nodes[taxon].end);
  return nodes;
}

function at(nodes: Node[], taxon: number, rank: string): number {
  for (let step = taxon; step >= 0; step = nodes[step].parent) if (nodes[step].rank === rank) return step;
  return -1;
}

function meet(nodes: Node[], a: number, b: number): number {
  let step = a;
  while (!(b >= step && b < nodes[step].end)) step = nodes[step].parent;
  return step;
}

function pictured(nodes: Node[], species: number[], { count, runs, hostile }: { count: number; runs: number; hostile: boolean }, random: () => number): Pictured[] {
  const sites = ["Alps", "Béarn", "Camargue", ...(hostile ? [HOSTILE.script, HOSTILE.bidi, HOSTILE.long] : ["Drôme"])];
  const licences = ["CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0"];
  const images: Pictured[] = [];
  const perObservation = Math.max(1, Math.round(count / 3));
  for (let i = 0; i < count; i++) {
    const draw = random();
    const state = draw < 0.01 ? 1 : draw < 0.02 ? 2 : 0;
    const observation = Math.floor(random() * perObservation);
    // Images of one observation show one species.
    const truth = state === 0 ? species[Math.floor(generator(observation + 7)() ** 1.5 * species.length)] : null;
    const angle = ((truth ?? 0) / nodes.length) * 6.28;
    const hostileNames = Object.values(HOSTILE);
    images.push({
      name: hostile && i < hostileNames.length ? hostileNames[i] : `photographs/${String(i).padStart(6, "0")}.jpg`,
      truth,
      state,
      cluster: observation,
      observation: `observation ${observation}`,
      site: sites[Math.floor(random() ** 1.4 * sites.length)],
      split: random() < 0.7 ? "test" : "validation",
      licence: random() < 0.05 ? "" : licences[Math.floor(random() * licences.length)],
      picture: i < 200 ? i % 12 : null,
      map: [Math.cos(angle) * 5 + random() * 2, Math.sin(angle) * 5 + random() * 2],
      runs: Array.from({ length: runs }, (_, run) => answered(nodes, species, truth, state, 0.62 + 0.08 * run, random)),
    });
  }
  return images;
}

function answered(nodes: Node[], species: number[], truth: number | null, state: number, skill: number, random: () => number): Answered {
  const nothing: Answered = { answer: -1, predicted: -1, lca: -1, height: -1, outcome: "", cause: "", flag: null, probability: null, counts: 0, right: 0, summed: null, steps: [] };
  if (truth === null) {
    const outcome = state === 1 ? "without_truth" : "outside_taxonomy";
    return { ...nothing, answer: species[Math.floor(random() * species.length)], outcome, cause: outcome, probability: random() };
  }
  const draw = random();
  if (draw < 0.01) return { ...nothing, outcome: "unreadable", cause: "unreadable" };
  if (draw < 0.02) return { ...nothing, answer: species[Math.floor(random() * species.length)], outcome: "not_a_candidate", cause: "not_a_candidate", probability: random() };
  const { answer, cause } = guess(nodes, species, truth, skill, random);
  const predicted = answer < 0 ? 0 : answer;
  const lca = meet(nodes, truth, predicted);
  const isRight = predicted === truth;
  const height = Math.max(0, (rungOf(nodes[lca].rank) ?? 7) - (rungOf(nodes[truth].rank) ?? 0));
  const probability = answer < 0 ? null : Math.min(1, (isRight ? 0.45 : 0.15) + random() * 0.55);
  const [counts, right] = bits(nodes, truth, predicted);
  const steps = answer >= 0 ? backOff(nodes, predicted, probability ?? 0) : [];
  return {
    answer,
    predicted,
    lca,
    height,
    outcome: isRight ? "right" : "wrong",
    cause: isRight ? "right" : cause,
    flag: isRight ? 0 : height <= 1 ? 1 : 2,
    probability,
    counts,
    right,
    summed: MAIN.map((rank, row) => ({ taxon: at(nodes, predicted, rank), probability: Math.min(1, (probability ?? 0) + (6 - row) * 0.08) })),
    steps,
  };
}

/** An answer and why it would be wrong: mostly near the truth. */
function guess(nodes: Node[], species: number[], truth: number, skill: number, random: () => number): { answer: number; cause: string } {
  const draw = random();
  if (draw < skill) return { answer: truth, cause: "right" };
  if (draw > 0.995) return { answer: -1, cause: "no_answer" };
  const genus = at(nodes, truth, "genus");
  if (draw > 0.98) return { answer: genus, cause: "stopped_above" };
  const within = random() < 0.6 ? genus : random() < 0.6 ? at(nodes, truth, "family") : random() < 0.6 ? at(nodes, truth, "class") : 0;
  const others = species.filter((other) => other !== truth && other >= within && other < nodes[within].end);
  const answer = others[Math.floor(random() * others.length)] ?? genus;
  const cause = random() < 0.05 ? "synonym" : random() < 0.05 ? "probably_the_name" : "confusion";
  return { answer, cause };
}

function bits(nodes: Node[], truth: number, predicted: number): [number, number] {
  let [counts, right] = [0, 0];
  MAIN.forEach((rank, row) => {
    const wanted = at(nodes, truth, rank);
    if (wanted < 0) return;
    counts |= 1 << row;
    if (at(nodes, predicted, rank) === wanted) right |= 1 << row;
  });
  return [counts, right];
}

function backOff(nodes: Node[], predicted: number, probability: number): { threshold: number; taxon: number }[] {
  const steps = [];
  let [taxon, threshold] = [predicted, probability];
  for (const step of PROBABILITY_STEPS) {
    steps.push({ threshold: Math.fround(threshold * (1 - step * 0.1)), taxon });
    taxon = Math.max(0, nodes[taxon].parent);
    threshold = Math.min(1, threshold + 0.2);
  }
  return steps.sort((a, b) => b.threshold - a.threshold);
}

function harm({ flag, height }: Answered): number {
  return flag === null ? -2 : flag === 0 ? -1 : height;
}

interface Values {
  observation: string[];
  site: string[];
  split: string[];
  licence: string[];
}

function valuesOf(images: Pictured[]): Values {
  const of = (value: (image: Pictured) => string) => [...new Set(images.map(value))].sort();
  return { observation: of((image) => image.observation), site: of(({ site }) => site), split: of(({ split }) => split), licence: of(({ licence }) => licence).filter((text) => text !== "") };
}

function imageColumns(images: Pictured[], values: Values, clusters: boolean, pack: (column: Packed) => Packed): ImagePart {
  const words = (of: string[], value: (image: Pictured) => string): PackedWords => {
    const places = new Map(of.map((text, place) => [text, place]));
    return { values: of, column: pack(u32(images.map((image) => places.get(value(image)) ?? null))) };
  };
  return {
    name: pack(text(images.map(({ name }) => name))),
    truth: pack(u32(images.map(({ truth }) => truth))),
    truth_state: pack({ t: "u8", n: images.length, v: images.map(({ state }) => state) }),
    cluster: clusters ? pack(u32(images.map(({ cluster }) => cluster))) : null,
    cluster_noun: clusters ? "observations" : "images",
    observation: words(values.observation, ({ observation }) => observation),
    groups: [
      { name: "site", ...words(values.site, ({ site }) => site) },
      { name: "split", ...words(values.split, ({ split }) => split) },
    ],
    licence: words(values.licence, ({ licence }) => licence),
    picture: pack(u32(images.map(({ picture }) => picture))),
  };
}

function runColumns(images: Pictured[], runs: number, pack: (column: Packed) => Packed): RunPart[] {
  return Array.from({ length: runs }, (_, run) => {
    const of = images.map((image) => image.runs[run]);
    const taxa = (value: (answer: Answered) => number) => pack(u32(of.map((answer) => (value(answer) < 0 ? null : value(answer)))));
    const small = (value: (answer: Answered) => number | null) => pack({ t: "u8", n: of.length, v: of.map(value) });
    const starts = [0];
    for (const { steps } of of) starts.push(starts[starts.length - 1] + steps.length);
    return {
      answer: taxa(({ answer }) => answer),
      predicted: taxa(({ predicted }) => predicted),
      lca: taxa(({ lca }) => lca),
      height: small(({ height }) => (height < 0 ? null : height)),
      outcome: small(({ outcome }) => OUTCOMES.indexOf(outcome)),
      cause: small(({ cause }) => CAUSES.indexOf(cause)),
      flag: small(({ flag }) => flag),
      probability: pack({ t: "f64", n: of.length, v: of.map(({ probability }) => probability) }),
      counts_at: pack({ t: "u16", n: of.length, v: of.map(({ counts }) => counts) }),
      right_at: pack({ t: "u16", n: of.length, v: of.map(({ right }) => right) }),
      cost: null,
      summed: MAIN.map((_, row) => ({
        taxon: taxa(({ summed }) => summed?.[row].taxon ?? -1),
        probability: pack(f32(of.map(({ summed }) => summed?.[row].probability ?? null))),
      })),
      steps: {
        starts: pack(u32(starts)),
        threshold: pack(f32(of.flatMap(({ steps }) => steps.map(({ threshold }) => threshold)))),
        taxon: pack(u32(of.flatMap(({ steps }) => steps.map(({ taxon }) => taxon)))),
      },
    };
  });
}

function wholeOf(images: Pictured[], run: number, nodes: Node[], species: number[], hostile: boolean) {
  const scored = images.map((image) => image.runs[run]).filter(({ flag }) => flag !== null);
  const mistakes = scored.filter(({ flag }) => flag !== 0);
  const heights = scored.reduce((sum, { height }) => sum + height, 0);
  const names = ["ResNet-50", hostile ? `ViT ${HOSTILE.quotes}` : "ViT-B/16", "third", "fourth"];
  return {
    name: names[run] ?? `run ${run + 1}`,
    whole: MAIN.map((rank, row) => {
      const n = scored.filter(({ counts }) => (counts >> row) & 1).length;
      const right = scored.filter(({ right: bit }) => (bit >> row) & 1).length;
      const clades = new Map<number, number>();
      for (const taxon of species) clades.set(at(nodes, taxon, rank), (clades.get(at(nodes, taxon, rank)) ?? 0) + 1);
      const chance = [...clades.values()].reduce((sum, held) => sum + (held / species.length) ** 2, 0);
      return { n, right, low: n ? Math.max(0, right / n - 0.03) : null, high: n ? Math.min(1, right / n + 0.03) : null, chance, summed_right: null };
    }),
    scored: scored.length,
    mistakes: mistakes.length,
    mean_height: scored.length ? heights / scored.length : null,
    severity: mistakes.length ? heights / mistakes.length : null,
    has_probabilities: true,
  };
}

function compared(images: Pictured[], nodes: Node[]) {
  const paired = images.filter(({ runs: [a, b] }) => a.flag !== null && b.flag !== null && a.flag !== undefined && b.flag !== undefined);
  const clades = [];
  for (const [taxon, node] of nodes.entries()) {
    if (!["root", "class", "order", "family"].includes(node.rank)) continue;
    const within = paired.filter(({ truth }) => truth !== null && truth >= taxon && truth < node.end);
    if (within.length === 0) continue;
    const [onlyFirst, onlySecond] = [0, 1].map((run) => within.filter(({ runs }) => runs[run].flag === 0 && runs[1 - run].flag !== 0).length);
    const difference = (onlyFirst - onlySecond) / within.length;
    const half = 1.96 * Math.sqrt((onlyFirst + onlySecond + 1) / within.length ** 2);
    const p = Math.min(1, Math.exp(-((onlyFirst - onlySecond) ** 2) / Math.max(1, onlyFirst + onlySecond)) * 2);
    clades.push({ taxon, images: within.length, only_first: onlyFirst, only_second: onlySecond, difference, low: Math.max(-1, difference - half), high: Math.min(1, difference + half), adjusted: p });
  }
  return { first: 0, second: 1, clades };
}

function taxaColumns(nodes: Node[], species: number[], pack: (column: Packed) => Packed): Format["taxa"] {
  const rankNames = [...new Set(nodes.map(({ rank }) => rank))];
  const common = (language: string) => pack(text(nodes.map((node) => node.common[language] ?? "")));
  return {
    count: nodes.length,
    parent: pack(u32(nodes.map(({ parent }) => (parent < 0 ? null : parent)))),
    name: pack(text(nodes.map(({ name }) => name))),
    rank_names: rankNames,
    rank: pack({ t: "u8", n: nodes.length, v: nodes.map(({ rank }) => rankNames.indexOf(rank)) }),
    id: pack(text(nodes.map((_, taxon) => (taxon % 7 === 3 ? "" : String(1000 + taxon))))),
    other_names: pack(text(nodes.map(({ other }) => other))),
    common: { en: common("en"), fr: common("fr"), es: common("es") },
    candidates: pack(u32(nodes.map((node, taxon) => species.filter((of) => of >= taxon && of < node.end).length))),
    candidate_count: species.length,
    links: [
      { site: "GBIF", template: "https://www.gbif.org/species/{id}" },
      { site: "iNaturalist", template: "https://www.inaturalist.org/search?q={name}" },
    ],
  };
}

function u32(values: (number | null)[]): Packed {
  return { t: "u32", n: values.length, v: values };
}

function f32(values: (number | null)[]): Packed {
  return { t: "f32", n: values.length, v: values };
}

function text(values: string[]): Packed {
  return { t: "text", n: values.length, v: values };
}

/** Packs a plain column as the program does. Set by `packWith`, as deflate is not the same in node and in browsers. */
let deflate: ((bytes: Uint8Array) => string) | null = null;

/** Gives the sample what packs bytes: raw deflate and base64. */
export function packWith(pack: (bytes: Uint8Array) => string): void {
  deflate = pack;
}

function deflated(column: Packed): Packed {
  if (!deflate) throw new Error("packWith was not called");
  const values = column.v ?? [];
  const none = { u8: 0xff, u16: 0xffff, u32: 0xffffffff, f32: Number.NaN, f64: Number.NaN, text: 0 }[column.t];
  const filled = values.map((value) => (value === null ? none : Number(value)));
  const bytes = {
    u8: () => Uint8Array.from(filled),
    u16: () => Uint16Array.from(filled),
    u32: () => Uint32Array.from(filled),
    f32: () => Float32Array.from(filled),
    f64: () => Float64Array.from(filled),
    text: () => new TextEncoder().encode(JSON.stringify(values)),
  }[column.t]();
  return { t: column.t, n: column.n, z: deflate(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)) };
}
