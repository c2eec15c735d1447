/** The order in which the images of the selection are shown: what the arrow keys of the enlarged image walk through. */

import type { Context, Row, Store } from "../../model.ts";
import { orderRows, startsDescending } from "./keys.ts";

interface Shown {
  selection: Uint32Array;
  run: number;
  rows: Uint32Array;
  /** By row: its place in `rows`, -1 where it is not there. Made when it is first asked for. */
  places: Int32Array | null;
}

const shown = new WeakMap<Store, Shown>();

/** Says in which order the gallery or the list shows the selection. */
export function showInOrder(context: Context, rows: Uint32Array): void {
  const { store } = context;
  const now = shown.get(store);
  if (now?.rows === rows && now.selection === store.selection) return;
  shown.set(store, { selection: store.selection, run: store.state.run, rows, places: null });
}

/** The order that holds now: the last one shown, or where the selection has changed since the one that the state asks for. */
function current(context: Context): Shown {
  const { data, store } = context;
  const now = shown.get(store);
  if (now !== undefined && now.selection === store.selection && now.run === store.state.run) return now;
  const key = store.state.sort;
  const rows = orderRows(data, context.run(), store, store.selection, key, startsDescending(key));
  const made = { selection: store.selection, run: store.state.run, rows, places: null };
  shown.set(store, made);
  return made;
}

/** All rows of the selection as they are shown. */
export function rowsInOrder(context: Context): Uint32Array {
  return current(context).rows;
}

/** Place of a row in that order; -1 where it is not in the selection. */
export function placeInOrder(context: Context, row: Row): number {
  const now = current(context);
  if (now.places === null) {
    now.places = new Int32Array(context.data.count).fill(-1);
    for (let i = 0; i < now.rows.length; i++) now.places[now.rows[i]] = i;
  }
  return now.places[row] ?? -1;
}
