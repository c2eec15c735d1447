/** What tests of panels and of logic start from. */

import type { Context, Dataset, Language } from "../src/model.ts";
import { makeContext } from "../src/context.ts";
import { readDataset } from "../src/data/dataset.ts";
import { PageStore } from "../src/state/store.ts";
import { type SampleOptions, sample } from "./sample.ts";

export interface Setup {
  data: Dataset;
  store: PageStore;
  context: Context;
  /** What was announced. */
  said: string[];
}

export async function setup(options: SampleOptions = {}, language: Language = "en"): Promise<Setup> {
  const data = await readDataset(sample(options));
  const store = new PageStore(data);
  const said: string[] = [];
  return { data, store, context: makeContext({ data, store, language, say: (sentence) => void said.push(sentence) }), said };
}
