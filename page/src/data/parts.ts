/** The images that stand in files beside the page. A page that was opened from a folder may not fetch them, but it may run them as
 * scripts: each calls `nearmissPart(place, images, runs)`. */

import type { ImagePart, RunPart } from "../format.ts";
import type { Dataset, Words } from "../model.ts";
import { type Decoded, type ImageColumns, type RunColumns, checkTaxa, datasetOf, readImages, readRun } from "./dataset.ts";

/** Called by a file of further images: its place among the parts, and columns as in the page. */
type Deliver = (place: number, images: ImagePart, runs: RunPart[]) => void;

declare global {
  interface Window {
    nearmissPart?: Deliver;
  }
}

/** Loads all parts that are missing, one after the other, and gives the dataset with them. `progress` is given the dataset
 * as it grows. Rejects with the file that could not be read. */
export async function loadParts(dataset: Dataset, progress: (grown: Dataset) => void): Promise<Dataset> {
  let result = dataset;
  let loaded = dataset.format.images.count;
  for (const [place, part] of dataset.format.images.parts.entries()) {
    if (result.count > loaded) {
      loaded += part.count;
      continue;
    }
    const { images, runs } = await delivered(place, part.file);
    result = await appended(result, part.count, images, runs);
    loaded += part.count;
    progress(result);
  }
  return result;
}

/** A file beside the page or below it, never one of another site. */
export function isBeside(file: string): boolean {
  return /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(file) && !file.includes("..");
}

/** Runs a file as a script and takes what it calls back with. */
function delivered(place: number, file: string): Promise<{ images: ImagePart; runs: RunPart[] }> {
  if (!isBeside(file)) return Promise.reject(new Error(file));
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const deliver: Deliver = (which, images, runs) => {
      if (which === place) resolve({ images, runs });
    };
    window.nearmissPart = deliver;
    // Called after the script has run: one that delivered nothing is broken.
    script.onload = script.onerror = () => {
      script.remove();
      // That of the next part may stand there already.
      if (window.nearmissPart === deliver) delete window.nearmissPart;
      reject(new Error(file));
    };
    script.src = file;
    document.head.append(script);
  });
}

/** A dataset with the images of a part behind its own. */
export async function appended(dataset: Dataset, count: number, images: ImagePart, runs: RunPart[]): Promise<Dataset> {
  const own = (dataset as Dataset & Decoded).columns;
  if (runs.length !== own.runs.length) throw new Error("a part has other runs than the page");
  const [further, ...furtherRuns] = await Promise.all([readImages(images, count), ...runs.map((run) => readRun(run, count))]);
  checkTaxa(dataset.taxonomy, further, furtherRuns);
  const joined = own.runs.map((run, place) => joinRuns(run, furtherRuns[place], own.images.names.length, count));
  return datasetOf(dataset.format, dataset.taxonomy, joinImages(own.images, further), joined, dataset.map);
}

type Typed = Int32Array | Int16Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

function join<T extends Typed>(a: T, b: T): T {
  const result = new (a.constructor as new (length: number) => T)(a.length + b.length);
  result.set(a, 0);
  result.set(b, a.length);
  return result;
}

function both<T extends Typed>(a: T | null, b: T | null): T | null {
  if (a === null && b === null) return null;
  if (a === null || b === null) throw new Error("a part has other columns than the page");
  return join(a, b);
}

function joinImages(a: ImageColumns, b: ImageColumns): ImageColumns {
  if (a.groups.length !== b.groups.length) throw new Error("a part has other columns than the page");
  const groups = a.groups.map((group) => {
    const further = b.groups.find((other) => other.name === group.name);
    if (!further) throw new Error("a part has other columns than the page");
    return joinWords(group, further);
  });
  return {
    names: a.names.concat(b.names),
    truth: join(a.truth, b.truth),
    truthState: join(a.truthState, b.truthState),
    cluster: both(a.cluster, b.cluster),
    observation: a.observation && b.observation ? joinWords(a.observation, b.observation) : null,
    groups,
    licence: a.licence && b.licence ? joinWords(a.licence, b.licence) : null,
    picture: a.picture || b.picture ? join(a.picture ?? noPictures(a), b.picture ?? noPictures(b)) : null,
  };
}

function noPictures(images: ImageColumns): Int32Array {
  return new Int32Array(images.names.length).fill(-1);
}

/** Words of a part are those of the page, with or without being written again; words that only the part has are taken in. */
function joinWords(a: Words, b: Words): Words {
  const same = b.values.length === 0 || (b.values.length === a.values.length && b.values.every((value, i) => value === a.values[i]));
  if (same) return { name: a.name, values: a.values, column: join(a.column, b.column) };
  const known = new Map(a.values.map((value, i) => [value, i]));
  const values = a.values.slice();
  const places = b.values.map((value) => {
    const place = known.get(value);
    if (place !== undefined) return place;
    known.set(value, values.length);
    return values.push(value) - 1;
  });
  const column = b.column.map((place) => (place < places.length ? places[place] : place));
  return { name: a.name, values, column: join(a.column, column) };
}

function joinRuns(a: RunColumns, b: RunColumns, aCount: number, bCount: number): RunColumns {
  return {
    answer: join(a.answer, b.answer),
    predicted: join(a.predicted, b.predicted),
    lca: join(a.lca, b.lca),
    height: join(a.height, b.height),
    outcome: join(a.outcome, b.outcome),
    cause: join(a.cause, b.cause),
    flag: join(a.flag, b.flag),
    probability: join(a.probability, b.probability),
    countsAt: join(a.countsAt, b.countsAt),
    rightAt: join(a.rightAt, b.rightAt),
    cost: both(a.cost, b.cost),
    summed: joinSummed(a.summed, b.summed, aCount, bCount),
    steps: joinSteps(a.steps, b.steps),
  };
}

function joinSummed(a: RunColumns["summed"], b: RunColumns["summed"], aCount: number, bCount: number): RunColumns["summed"] {
  if (!a && !b) return null;
  const blank = (count: number) => ({ taxon: new Int32Array(count).fill(-1), probability: new Float32Array(count).fill(Number.NaN) });
  const rows = Math.max(a?.length ?? 0, b?.length ?? 0);
  return Array.from({ length: rows }, (_, row) => {
    const [first, second] = [a?.[row] ?? null, b?.[row] ?? null];
    if (!first && !second) return null;
    const [of, more] = [first ?? blank(aCount), second ?? blank(bCount)];
    return { taxon: join(of.taxon, more.taxon), probability: join(of.probability, more.probability) };
  });
}

/** Starts of the part's steps count from the end of the page's. */
function joinSteps(a: RunColumns["steps"], b: RunColumns["steps"]): RunColumns["steps"] {
  if (!a && !b) return null;
  if (!a || !b) throw new Error("a part has other columns than the page");
  const shift = a.threshold.length;
  const starts = join(a.starts, b.starts.slice(1).map((start) => start + shift));
  return { starts, threshold: join(a.threshold, b.threshold), taxon: join(a.taxon, b.taxon) };
}
