/** The decoded page: columns of images and of runs. */

import type { Format, ImagePart, PackedWords, RunPart } from "../format.ts";
import type { Dataset, Run, Row, Taxonomy, Words } from "../model.ts";
import { readTaxonomy } from "./taxonomy.ts";
import { bytes, doubles, floats, integers, longs, places, shorts, texts } from "./unpack.ts";

/** Columns with a value per image, and pictures as numbers. */
export interface ImageColumns {
  names: string[];
  truth: Int32Array;
  truthState: Uint8Array;
  cluster: Uint32Array | null;
  observation: Words | null;
  groups: Words[];
  licence: Words | null;
  picture: Int32Array | null;
}

/** Columns of a run. */
export type RunColumns = Omit<Run, "name" | "place" | "whole">;

/** Decodes what the program wrote into the page; rejects with a sentence where it is broken. */
export async function readDataset(format: Format): Promise<Dataset> {
  if (format.format !== 1) throw new Error(`this page has data of format ${String(format.format)}, which its script does not know`);
  const [taxonomy, images, runs, map] = await Promise.all([
    readTaxonomy(format.taxa),
    readImages(format.images, format.images.count),
    Promise.all(format.runs.map((run) => readRun(run, format.images.count))),
    readMap(format.map),
  ]);
  checkTaxa(taxonomy, images, runs);
  return datasetOf(format, taxonomy, images, runs, map);
}

/** A dataset of columns. A page without runs gets one that answered nothing, so that nobody needs to ask. */
export function datasetOf(format: Format, taxonomy: Taxonomy, images: ImageColumns, columns: RunColumns[], map: Dataset["map"]): Dataset {
  const named = columns.map((run, place): Run => ({ ...run, name: format.runs[place].name, place, whole: format.runs[place] }));
  const { picture, ...rest } = images;
  return {
    ...rest,
    format,
    taxonomy,
    ranks: format.ranks,
    runs: named.length > 0 ? named : [blankRun(images.names.length)],
    count: images.names.length,
    picture: (row: Row) => (picture && row >= 0 && row < picture.length && picture[row] >= 0 ? `pictures/${picture[row]}.jpg` : null),
    map,
    pairs: format.compare?.pairs ?? [],
    columns: { images, runs: columns },
  } as Dataset & Decoded;
}

/** What a dataset of `datasetOf` has beside what panels see: the columns that further parts are appended to. */
export interface Decoded {
  columns: { images: ImageColumns; runs: RunColumns[] };
}

export async function readImages(part: ImagePart, count: number): Promise<ImageColumns> {
  const [names, truth, truthState, cluster, observation, licence, picture, ...groups] = await Promise.all([
    texts(part.name),
    integers(part.truth),
    bytes(part.truth_state),
    part.cluster ? longs(part.cluster) : null,
    part.observation ? words("observation", part.observation) : null,
    part.licence ? words("licence", part.licence) : null,
    part.picture ? integers(part.picture) : null,
    ...part.groups.map((group) => words(group.name, group)),
  ]);
  const columns = [names, truth, truthState, cluster, picture, observation?.column, licence?.column, ...groups.map((group) => group.column)];
  checkLengths(columns, count);
  return { names, truth, truthState, cluster, observation, groups, licence, picture };
}

export async function readRun(part: RunPart, count: number): Promise<RunColumns> {
  const [answer, predicted, lca, height, outcome, cause, flag, probability, countsAt, rightAt, cost, summed, steps] = await Promise.all([
    integers(part.answer),
    integers(part.predicted),
    integers(part.lca),
    integers(part.height).then((heights) => Int16Array.from(heights)),
    bytes(part.outcome),
    bytes(part.cause),
    bytes(part.flag),
    doubles(part.probability),
    shorts(part.counts_at),
    shorts(part.right_at),
    part.cost ? doubles(part.cost) : null,
    part.summed ? Promise.all(part.summed.map((rank) => (rank ? summedAt(rank) : null))) : null,
    part.steps ? stepsOf(part.steps) : null,
  ]);
  checkLengths([answer, predicted, lca, height, outcome, cause, flag, probability, countsAt, rightAt, cost], count);
  for (const rank of summed ?? []) if (rank) checkLengths([rank.taxon, rank.probability], count);
  if (steps) {
    checkLengths([steps.starts], count + 1);
    checkLengths([steps.threshold, steps.taxon], steps.starts[count]);
  }
  return { answer, predicted, lca, height, outcome, cause, flag, probability, countsAt, rightAt, cost, summed, steps };
}

async function summedAt(rank: { taxon: Parameters<typeof integers>[0]; probability: Parameters<typeof floats>[0] }) {
  const [taxon, probability] = await Promise.all([integers(rank.taxon), floats(rank.probability)]);
  return { taxon, probability };
}

async function stepsOf(steps: NonNullable<RunPart["steps"]>) {
  const [starts, threshold, taxon] = await Promise.all([longs(steps.starts), floats(steps.threshold), integers(steps.taxon)]);
  return { starts, threshold, taxon };
}

async function readMap(map: Format["map"]): Promise<Dataset["map"]> {
  if (!map) return null;
  const [image, maps] = await Promise.all([
    integers(map.image),
    Promise.all(
      map.maps.map(async ({ kind, x, y, axes }) => {
        const [xs, ys] = await Promise.all([floats(x), floats(y)]);
        return { kind, x: xs, y: ys, axes };
      }),
    ),
  ]);
  for (const { x, y } of maps) checkLengths([x, y], image.length);
  return { image, maps };
}

async function words(name: string, packed: PackedWords): Promise<Words> {
  return { name, values: packed.values, column: await places(packed.column) };
}

function blankRun(count: number): Run {
  const none = () => new Int32Array(count).fill(-1);
  return {
    name: "",
    place: 0,
    whole: { name: "", whole: [], scored: 0, mistakes: 0, mean_height: null, severity: null, has_probabilities: false } as unknown as Run["whole"],
    answer: none(),
    predicted: none(),
    lca: none(),
    height: new Int16Array(count).fill(-1),
    outcome: new Uint8Array(count).fill(255),
    cause: new Uint8Array(count).fill(255),
    flag: new Uint8Array(count).fill(255),
    probability: new Float64Array(count).fill(Number.NaN),
    countsAt: new Uint16Array(count),
    rightAt: new Uint16Array(count),
    cost: null,
    summed: null,
    steps: null,
  };
}

function checkLengths(columns: ({ length: number } | null | undefined)[], count: number): void {
  for (const column of columns) if (column && column.length !== count) throw new Error(`a column has ${column.length} values where there should be ${count}`);
}

/** Every taxon that a column names is one. */
export function checkTaxa(taxonomy: Taxonomy, images: ImageColumns, runs: RunColumns[]): void {
  const columns = [images.truth, ...runs.flatMap((run) => [run.answer, run.predicted, run.lca])];
  for (const column of columns) {
    for (let row = 0; row < column.length; row++) if (column[row] >= taxonomy.count) throw new Error("an image has a taxon that the page does not have");
  }
}
