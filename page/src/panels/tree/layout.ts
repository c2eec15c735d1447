/** Where the cells of the tree lie: a column per rank, as high as the images of the taxon are many. */

import type { Taxon, Taxonomy } from "../../model.ts";

export interface Cell {
  /** The taxon; of a cell that holds what is too small to draw the clade that these lie in. */
  taxon: Taxon;
  column: number;
  /** Place of the cell around it; -1 at the left. */
  parent: number;
  /** Places of the cells in it, from the top. */
  children: number[];
  /** In images from the top. */
  start: number;
  n: number;
  right: number;
  /** Right by the run this one is held against. */
  otherRight: number;
  /** The taxa that are too small to draw; null of a taxon. */
  small: Taxon[] | null;
  /** Whether what is in it is not drawn, as it is too small. */
  cut: boolean;
}

export interface Layout {
  cells: Cell[];
  /** Images from top to bottom. */
  total: number;
  /** Columns that have cells, from the left. */
  columns: number[];
}

export interface Counted {
  n: ArrayLike<number>;
  right: ArrayLike<number>;
  otherRight: ArrayLike<number> | null;
}

export interface Sheet {
  taxonomy: Pick<Taxonomy, "end">;
  /** Column of each taxon; -1 none. */
  columnOf: ArrayLike<number>;
  /** Columns that are drawn: from the first, exclusive of the second. */
  span: [number, number];
  root: Taxon;
  /** Height in pixels, and the lowest cell that is drawn by itself. */
  height: number;
  lowest: number;
  /** Cells at most: where there are more, the lowest cell is a higher one. */
  most: number;
}

/** The cells below a root. All images of a column are in one of its cells, but those whose truth is not known to its rank. */
export function layout(sheet: Sheet, counted: Counted): Layout {
  const total = images(sheet, counted);
  if (total === 0) return { cells: [], total, columns: [] };
  let lowest = sheet.lowest;
  let cells = place(sheet, counted, (lowest * total) / sheet.height);
  while (cells.length > sheet.most) {
    lowest *= 1.5;
    cells = place(sheet, counted, (lowest * total) / sheet.height);
  }
  const columns = [...new Set(cells.map((cell) => cell.column))].sort((a, b) => a - b);
  return { cells, total, columns };
}

/** Images of the taxa that lie in no other. */
function images(sheet: Sheet, counted: Counted): number {
  const end = sheet.taxonomy.end(sheet.root);
  let total = 0;
  for (let taxon = sheet.root; taxon < end; ) {
    if (drawn(sheet, counted, taxon)) {
      total += counted.n[taxon];
      taxon = sheet.taxonomy.end(taxon);
    } else taxon++;
  }
  return total;
}

function drawn(sheet: Sheet, counted: Counted, taxon: Taxon): boolean {
  const column = sheet.columnOf[taxon];
  return column >= sheet.span[0] && column < sheet.span[1] && counted.n[taxon] > 0;
}

/** Cells of at least so many images in pre-order, and after them those of what is smaller. */
function place(sheet: Sheet, counted: Counted, least: number): Cell[] {
  const end = sheet.taxonomy.end(sheet.root);
  const cells: Cell[] = [];
  // Where the next cell starts: in each cell, and at the left.
  const next: number[] = [];
  const outside = { next: 0 };
  const small = new Map<string, Cell>();
  const open: number[] = [];
  for (let taxon = sheet.root; taxon < end; ) {
    if (!drawn(sheet, counted, taxon)) {
      taxon++;
      continue;
    }
    while (open.length > 0 && sheet.taxonomy.end(cells[open.at(-1)!].taxon) <= taxon) open.pop();
    const column = sheet.columnOf[taxon];
    const parent = open.findLast((place) => cells[place].column < column) ?? -1;
    const n = counted.n[taxon];
    if (n < least) {
      const key = `${parent} ${column}`;
      let rest = small.get(key);
      if (rest === undefined) {
        rest = { ...empty(parent < 0 ? sheet.root : cells[parent].taxon, column, parent), small: [], cut: true };
        small.set(key, rest);
      }
      rest.small!.push(taxon);
      add(rest, counted, taxon);
      taxon = sheet.taxonomy.end(taxon);
      continue;
    }
    const cell = empty(taxon, column, parent);
    cell.start = parent < 0 ? outside.next : next[parent];
    add(cell, counted, taxon);
    if (parent < 0) outside.next += n;
    else next[parent] += n;
    const index = cells.push(cell) - 1;
    if (parent >= 0) cells[parent].children.push(index);
    next.push(cell.start);
    open.push(index);
    taxon++;
  }
  for (const rest of small.values()) {
    rest.start = rest.parent < 0 ? outside.next : next[rest.parent];
    if (rest.parent < 0) outside.next += rest.n;
    else next[rest.parent] += rest.n;
    const index = cells.push(rest) - 1;
    if (rest.parent >= 0) cells[rest.parent].children.push(index);
  }
  return cells.map(alone);
}

function empty(taxon: Taxon, column: number, parent: number): Cell {
  return { taxon, column, parent, children: [], start: 0, n: 0, right: 0, otherRight: 0, small: null, cut: false };
}

function add(cell: Cell, counted: Counted, taxon: Taxon): void {
  cell.n += counted.n[taxon];
  cell.right += counted.right[taxon];
  if (counted.otherRight !== null) cell.otherRight += counted.otherRight[taxon];
}

/** A single taxon that is too small is still one, and has its name. */
function alone(cell: Cell): Cell {
  return cell.small?.length === 1 ? { ...cell, taxon: cell.small[0], small: null } : cell;
}

/** The cell that a key leads to; the same where it leads nowhere. */
export function moved(layout: Layout, from: number, key: string): number {
  const cell = layout.cells[from];
  if (cell === undefined) return from;
  if (key === "ArrowLeft") return cell.parent >= 0 ? cell.parent : from;
  if (key === "ArrowRight") return cell.children[0] ?? from;
  const column = layout.cells.map((_, place) => place).filter((place) => layout.cells[place].column === cell.column);
  column.sort((a, b) => layout.cells[a].start - layout.cells[b].start);
  const place = column.indexOf(from);
  if (key === "ArrowUp") return column[place - 1] ?? from;
  if (key === "ArrowDown") return column[place + 1] ?? from;
  if (key === "Home") return column[0];
  if (key === "End") return column.at(-1)!;
  return from;
}
