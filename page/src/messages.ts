/** All texts of the workbench. Each part has a file of its own, whose languages must have the same keys. */

import type { Language } from "./model.ts";
import { core } from "./messages/core.ts";
import { tree } from "./messages/tree.ts";
import { filters } from "./messages/filters.ts";
import { list } from "./messages/list.ts";
import { pair } from "./messages/pair.ts";
import { map } from "./messages/map.ts";
import { compare } from "./messages/compare.ts";

/** Texts of one part: `T` is the type of the English ones, so that a key that is missing does not compile. */
export type Messages<T extends Record<string, string>> = Record<Language, { [K in keyof T]: string }>;

const parts = [core, tree, filters, list, pair, map, compare] as const;

export function message(language: Language, key: string): string {
  for (const part of parts) {
    const text = (part[language] as Record<string, string>)[key];
    if (text !== undefined) return text;
  }
  throw new Error(`no message '${key}'`);
}
