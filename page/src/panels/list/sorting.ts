/** Sorting of many rows by numbers: a radix sort, exact and stable, the same time whatever the numbers are. */

const DIGITS = 1 << 16;

/**
 * The places 0 ... n - 1 in the order of their keys; equal ones keep their order, not-a-number comes last in both directions.
 */
export function placesByKey(keys: Float64Array, descending: boolean): Uint32Array {
  const n = keys.length;
  const bits = sortableBits(keys, descending);
  let places = new Uint32Array(n);
  for (let i = 0; i < n; i++) places[i] = i;
  // Few keys: the counts of a digit would cost more than comparing.
  if (n < 512) return places.sort((a, b) => bits[2 * a + 1] - bits[2 * b + 1] || bits[2 * a] - bits[2 * b] || a - b);
  let other = new Uint32Array(n);
  const counts = new Uint32Array(DIGITS);
  for (let digit = 0; digit < 4; digit++) {
    const word = digit >> 1;
    const shift = (digit & 1) << 4;
    if (!count(bits, word, shift, counts)) continue;
    for (let i = 0; i < n; i++) {
      const place = places[i];
      other[counts[(bits[2 * place + word] >>> shift) & 0xffff]++] = place;
    }
    [places, other] = [other, places];
  }
  return places;
}

/** `rows` in the order of the keys that belong to them. */
export function rowsByKey(rows: Uint32Array, keys: Float64Array, descending: boolean): Uint32Array {
  const places = placesByKey(keys, descending);
  for (let i = 0; i < places.length; i++) places[i] = rows[places[i]];
  return places;
}

/** Rank of each text among the others, equal ones alike. Kept with the array, which must not change. */
export function textRanks(texts: readonly string[]): Float64Array {
  let ranks = known.get(texts);
  if (ranks === undefined) known.set(texts, (ranks = rankTexts(texts)));
  return ranks;
}

const known = new WeakMap<readonly string[], Float64Array>();

function rankTexts(texts: readonly string[]): Float64Array {
  const n = texts.length;
  // The first letters as two numbers order most texts; only runs of equal ones are compared as texts.
  const start = commonStart(texts);
  const first = new Float64Array(n);
  const second = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    first[i] = lettersFrom(texts[i], start);
    second[i] = lettersFrom(texts[i], start + 3);
  }
  const bySecond = placesByKey(second, false);
  const places = rowsByKey(bySecond, Float64Array.from(bySecond, (i) => first[i]), false);
  const ranks = new Float64Array(n);
  let rank = 0;
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && first[places[to]] === first[places[from]] && second[places[to]] === second[places[from]]) to++;
    const run = places.subarray(from, to);
    if (run.length > 1) run.sort((a, b) => (texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : a - b));
    for (let i = 0; i < run.length; i++) {
      if (i > 0 && texts[run[i]] !== texts[run[i - 1]]) rank++;
      ranks[run[i]] = rank;
    }
    rank++;
    from = to;
  }
  return ranks;
}

/** Letters that all texts begin with: "photographs/2024/". */
function commonStart(texts: readonly string[]): number {
  const first = texts[0] ?? "";
  let start = first.length;
  for (const text of texts) {
    let i = 0;
    while (i < start && text.charCodeAt(i) === first.charCodeAt(i)) i++;
    start = i;
    if (start === 0) break;
  }
  return start;
}

/** Three letters of 16 bits fit into a number exactly. */
function lettersFrom(text: string, start: number): number {
  let number = 0;
  for (let i = start; i < start + 3; i++) number = number * 65537 + (i < text.length ? text.charCodeAt(i) + 1 : 0);
  return number;
}

/** The keys as 64 bits that have the order of unsigned whole numbers. */
function sortableBits(keys: Float64Array, descending: boolean): Uint32Array {
  const floats = new Float64Array(keys.length);
  // Adding nought makes one of the two noughts.
  for (let i = 0; i < keys.length; i++) floats[i] = (descending ? -keys[i] : keys[i]) + 0;
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < keys.length; i++) {
    const high = bits[2 * i + 1];
    if (Number.isNaN(keys[i])) {
      bits[2 * i] = bits[2 * i + 1] = 0xffffffff;
    } else if (high >>> 31 !== 0) {
      bits[2 * i] = ~bits[2 * i];
      bits[2 * i + 1] = ~high;
    } else {
      bits[2 * i + 1] = high | 0x80000000;
    }
  }
  return bits;
}

/** Where each value of a digit begins; false if all keys have the same one. */
function count(bits: Uint32Array, word: number, shift: number, counts: Uint32Array): boolean {
  counts.fill(0);
  for (let i = word; i < bits.length; i += 2) counts[(bits[i] >>> shift) & 0xffff]++;
  if (counts[(bits[word] >>> shift) & 0xffff] === bits.length / 2) return false;
  let before = 0;
  for (let value = 0; value < DIGITS; value++) {
    const here = counts[value];
    counts[value] = before;
    before += here;
  }
  return true;
}
