/** When scores are equal, as in `src/numbers/ties.rs`: neither rounding nor the order of a table decides what is answered. */

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** A score rounded to 40 significant bits, halves away from zero: 0.1 + 0.2 and 0.3 have one level. */
export function level(score: number): number {
  if (!Number.isFinite(score)) return score;
  // Minus zero becomes zero. A carry out of the low word belongs into the high one.
  double[0] = score + 0;
  const low = words[0] + 0x1000;
  if (low > 0xffffffff) words[1] += 1;
  words[0] = low & ~0x1fff;
  return double[0];
}

/** Places of scores, the highest first, equal ones in their order. Scores must be levels of at least 0. */
export function fallingOrder(scores: Float64Array): Uint32Array {
  const bits = new Uint16Array(scores.buffer, scores.byteOffset, scores.length * 4);
  let from = new Uint32Array(scores.length);
  let to = new Uint32Array(scores.length);
  for (let place = 0; place < from.length; place++) from[place] = place;
  const starts = new Uint32Array(0x10000);
  for (let digit = 0; digit < 4; digit++) {
    starts.fill(0);
    for (let place = digit; place < bits.length; place += 4) starts[0xffff - bits[place]] += 1;
    let before = 0;
    for (let value = 0; value < starts.length; value++) {
      const count = starts[value];
      starts[value] = before;
      before += count;
    }
    for (let at = 0; at < from.length; at++) {
      const place = from[at];
      to[starts[0xffff - bits[place * 4 + digit]]++] = place;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** How many of the first `count` falling scores are at least a threshold. */
export function reaching(falling: Float64Array, count: number, threshold: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (falling[middle] >= threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
