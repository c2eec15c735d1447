/** Tables as RFC 4180 has them, in which no spreadsheet finds a formula. */

/** What a spreadsheet may run, and numbers that only begin like it. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A cell: with an apostrophe before what a spreadsheet would run, in quotes where it must be. As `--csv-safe` does it. */
export function cell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line with its end. */
export function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

/** A number as short as it can be read back; "" for none. `single`: it comes from 32 bits and has no further digits. */
export function numeral(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return "";
  if (!single) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
