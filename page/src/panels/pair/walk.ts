/** What the arrow keys of an image that was enlarged from the sheet walk through: the strip it stands in, not the selection. */

import type { Context, Row } from "../../model.ts";
import { rowsInOrder, showInOrder } from "../list/order.ts";

export class Walk {
  readonly #context: Context;
  #rows: Uint32Array | null = null;
  /** The order that held before, and of which selection it was. */
  #before: { rows: Uint32Array; selection: Uint32Array } | null = null;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Enlarges an image of some rows. */
  enlarge(row: Row, rows: ArrayLike<Row>): void {
    const { store } = this.#context;
    this.#before ??= { rows: rowsInOrder(this.#context), selection: store.selection };
    this.#rows = rows instanceof Uint32Array ? rows : Uint32Array.from(rows);
    showInOrder(this.#context, this.#rows);
    store.set({ image: row });
  }

  /** Holds the order against the gallery, which says its own each time it is drawn; ends it when no image is enlarged any more. */
  hold(): void {
    if (this.#rows === null) return;
    if (this.#context.store.state.image === null) this.end();
    else showInOrder(this.#context, this.#rows);
  }

  /** The selection is walked through again. */
  end(): void {
    const { store } = this.#context;
    if (this.#before !== null && this.#before.selection === store.selection) showInOrder(this.#context, this.#before.rows);
    this.#rows = null;
    this.#before = null;
  }
}
