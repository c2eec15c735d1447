/** The pages that tests open, and what they start from: one browser and one world for each file of tests. */

import { after, afterEach, before, describe } from "node:test";
import type { Dataset, Filters, Row, Run } from "../../src/model.ts";
import { noFilters } from "../../src/state/initial.ts";
import { PageStore } from "../../src/state/store.ts";
import { Browser, assertQuiet, skipped, subject, type Subject } from "./drive.ts";
import { World, csv, predictions, samplePage } from "./world.ts";

/** The sample, which needs no program, and a page that the program makes. */
export const KINDS = ["the sample", "a report"] as const;
export type Kind = (typeof KINDS)[number];

export interface Use {
  browser: Browser;
  world: World;
  /** The page of a kind, made when it is first asked for. */
  page(kind: Kind): Promise<Subject>;
}

/** Tests that share a browser; an error in its console fails the one that was being made. */
export function inBrowser(name: string, tests: (use: Use) => void, options: { network?: boolean; program?: boolean } = {}): void {
  describe(name, { skip: skipped({ program: options.program }) }, () => {
    const pages = new Map<Kind, Promise<Subject>>();
    const use = {
      page(kind: Kind): Promise<Subject> {
        let made = pages.get(kind);
        if (made === undefined) pages.set(kind, (made = make(kind, use.world)));
        return made;
      },
    } as Use;
    before(async () => {
      use.world = await World.make();
      use.browser = await Browser.start(options);
    });
    afterEach(() => assertQuiet(use.browser));
    after(async () => {
      await use.browser?.stop();
      await use.world?.remove();
    });
    tests(use);
  });
}

/** Why tests on pages of a kind are not made; false where they are. */
export function skippedKind(kind: Kind): string | false {
  return skipped({ program: kind === "a report" });
}

async function make(kind: Kind, world: World): Promise<Subject> {
  if (kind === "the sample") return subject(kind, await samplePage(world.folder, "--plain", "--kind", "report"));
  return subject(kind, await reportPage(world));
}

/** The report of a table of some three hundred photographs. */
export async function reportPage(world: World, name = "whole", ...options: string[]): Promise<string> {
  const table = predictions(world.species, { images: 300, seed: 1, skill: 0.55 });
  const file = await world.write("predictions.csv", csv(table));
  const photographs = await world.photographs(table);
  return world.report(file, name, "--photographs", photographs, "--thumbnails", "all", "--group-column", "site", "--group-column", "split", ...options);
}

/** Rows that filters let through, by the page's own code. */
export function rowsOf(data: Dataset, filters: Partial<Filters>, run = 0): Uint32Array {
  const store = new PageStore(data);
  store.set({ run, filters: { ...noFilters(), ...filters } });
  return store.selection;
}

/** Images that count at a rank and those that are right there, counted one by one. */
export function counted(run: Run, rows: ArrayLike<Row>, rank: number): { n: number; right: number } {
  let [n, right] = [0, 0];
  for (const row of Array.from(rows)) {
    if (!((run.countsAt[row] >> rank) & 1)) continue;
    n += 1;
    if ((run.rightAt[row] >> rank) & 1) right += 1;
  }
  return { n, right };
}
