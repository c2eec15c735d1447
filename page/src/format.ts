/** What the program writes into the page: the contract with `src/report/workbench`. */

/** A column of numbers or texts. Little-endian bytes (of texts: the UTF-8 of a JSON array), raw deflate, base64. */
export interface Packed {
  t: "u8" | "u16" | "u32" | "f32" | "f64" | "text";
  n: number;
  /** Packed bytes. */
  z?: string;
  /** The values as they are: for tests. Not-a-number is null. */
  v?: (number | string | null)[];
}

/** A column of few texts: the value of row i is `values[column[i]]`. */
export interface PackedWords {
  values: string[];
  column: Packed;
}

/** In columns of unsigned numbers the largest number stands for "none"; in those of floats not-a-number does. */
export interface Format {
  format: 1;
  program: string;
  kind: "report" | "compare" | "latent";
  title: string;
  language: "en" | "fr" | "es";
  /** What one answer is about where it is not an image: "sequence", "sequences". */
  noun: { one: string; many: string } | null;
  command_line: string | null;
  sources: { path: string; sha256: string }[];
  taxonomy: { source: string | null; sha256: string; taxa: number };
  has_ranks: boolean;
  height_unit: "rungs" | "edges";
  /** The rank at which truth and answer must meet for a near miss to be acceptable (yellow). */
  yellow_from: string;
  /** The rows of ranks of the report that have images, the coarsest first. Bit r of `counts_at` and `right_at` is of row r. */
  ranks: {
    name: string;
    /** Rung of the ladder: species 0 ... kingdom 6; null below species. */
    rung: number | null;
    /** Taxa of the rank that could be answered. */
    classes: number;
    /** Whether one clade that was given holds all: the rank says nothing. */
    given: boolean;
  }[];
  taxa: {
    count: number;
    /** Pre-order: children after their parents, a clade is a range. Taxon 0 is the root. */
    parent: Packed;
    name: Packed;
    rank_names: string[];
    rank: Packed;
    /** Identifiers in the source of the taxonomy; empty where there is none. */
    id: Packed;
    /** Synonyms and further names to find a taxon by, one a line. */
    other_names: Packed;
    /** Common names by language, one per taxon, empty where there is none. */
    common: Record<string, Packed>;
    /** Candidate labels at or below each taxon; null where the source does not say which there were. */
    candidates: Packed | null;
    candidate_count: number | null;
    /** Pages about a taxon: `{id}` or `{name}` is replaced by the encoded id or name. */
    links: { site: string; template: string }[];
  };
  images: {
    /** Images in this page, mistakes of the first run first, the worst of them first; and all there are. */
    count: number;
    total: number;
    /** The others, in files beside the page that call `nearmissPart(place, images, runs)`; see data/parts.ts. */
    parts: { file: string; count: number }[];
  } & ImagePart;
  runs: (RunPart & {
    name: string;
    /** Numbers of the whole run as the report has them, by row of `ranks`. */
    whole: { n: number; right: number; low: number | null; high: number | null; chance: number | null; summed_right: number | null }[];
    scored: number;
    mistakes: number;
    mean_height: number | null;
    severity: number | null;
    has_probabilities: boolean;
  })[];
  outcomes: string[];
  causes: string[];
  map: { image: Packed; maps: { kind: string; x: Packed; y: Packed; axes: [string, string] }[] } | null;
  compare: { pairs: ComparedPair[]; alpha: number } | null;
  /** Verdicts that were read with --verdicts. */
  verdicts: { image: number; verdict: string; note: string }[];
}

/** Columns with a value per image. */
export interface ImagePart {
  name: Packed;
  /** Taxon; none where the truth is missing or outside the taxonomy. */
  truth: Packed;
  /** 0 a taxon, 1 missing, 2 outside the taxonomy. */
  truth_state: Packed;
  /** Number of what the intervals draw together; null where each image counts by itself. */
  cluster: Packed | null;
  cluster_noun: string;
  /** Names of observations; null where the source has none. */
  observation: PackedWords | null;
  groups: ({ name: string } & PackedWords)[];
  licence: PackedWords | null;
  /** Number of the picture `pictures/NUMBER.jpg` (or the type in `extension`); none where there is no picture. */
  picture: Packed | null;
}

/** Columns with a value per image and run. */
export interface RunPart {
  /** The answer as given; none where nothing was answered or it is outside the taxonomy. */
  answer: Packed;
  /** The answer as scored (never deeper than the truth's rank), and where it meets the truth; none where not scored. */
  predicted: Packed;
  lca: Packed;
  height: Packed;
  outcome: Packed;
  cause: Packed;
  /** 0 right, 1 acceptable, 2 wrong; none where not scored. */
  flag: Packed;
  /** Of the best answer; not-a-number where the source has none. */
  probability: Packed;
  counts_at: Packed;
  right_at: Packed;
  /** What the mistake costs by the user's matrix. */
  cost: Packed | null;
  /** At each row of `ranks` that has one: the taxon of most summed probability, and that probability. */
  summed: ({ taxon: Packed; probability: Packed } | null)[] | null;
  /** Answers of the back-off rule by falling threshold: image i has the steps starts[i] to starts[i + 1]; at a threshold t
   * the answer is the taxon of the last step whose threshold is at least t. */
  steps: { starts: Packed; threshold: Packed; taxon: Packed } | null;
}

/** Two runs of a comparison. */
export interface ComparedPair {
  first: number;
  second: number;
  clades: {
    taxon: number;
    images: number;
    only_first: number;
    only_second: number;
    /** Share right of the first less that of the second, with its interval. */
    difference: number;
    low: number;
    high: number;
    /** Two-sided sign test, adjusted by Holm over the clades. */
    adjusted: number;
  }[];
}
