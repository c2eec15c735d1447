/** From packed columns to arrays. */

import type { Packed } from "../format.ts";

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** Bytes of one value. */
const WIDTH = { u8: 1, u16: 2, u32: 4, f32: 4, f64: 8, text: 0 } as const;

/** The largest number of each unsigned type stands for "none". */
const NONE: Record<string, number> = { u8: 0xff, u16: 0xffff, u32: 0xffffffff };

/** What stands for "none" in a column of `Words`, whatever the width it was packed in. */
export const NO_WORD = 0xffffffff;

/** Values as they are, each where the type has its own number for none. */
export async function numbers(packed: Packed): Promise<Numbers> {
  if (packed.t === "text") throw new Error("a column of texts where numbers should be");
  if (packed.v) return plain(packed);
  const bytes = await inflate(packed.z ?? "", packed.n * WIDTH[packed.t]);
  return view(packed.t, bytes, packed.n);
}

/** Unsigned numbers with -1 for none: indices of taxa, heights. */
export async function integers(packed: Packed): Promise<Int32Array> {
  const values = await numbers(packed);
  const none = NONE[packed.t];
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = values[i] === none ? -1 : values[i];
  return result;
}

/** Places among the values of a column of few texts; `NO_WORD` for none. */
export async function places(packed: Packed): Promise<Uint32Array> {
  const values = await numbers(packed);
  if (values instanceof Uint32Array) return values;
  const none = NONE[packed.t];
  const result = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = values[i] === none ? NO_WORD : values[i];
  return result;
}

export async function bytes(packed: Packed): Promise<Uint8Array> {
  const values = await numbers(packed);
  return values instanceof Uint8Array ? values : Uint8Array.from(values);
}

export async function shorts(packed: Packed): Promise<Uint16Array> {
  const values = await numbers(packed);
  return values instanceof Uint16Array ? values : Uint16Array.from(values);
}

export async function longs(packed: Packed): Promise<Uint32Array> {
  const values = await numbers(packed);
  return values instanceof Uint32Array ? values : Uint32Array.from(values);
}

export async function floats(packed: Packed): Promise<Float32Array> {
  const values = await numbers(packed);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

export async function doubles(packed: Packed): Promise<Float64Array> {
  const values = await numbers(packed);
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

export async function texts(packed: Packed): Promise<string[]> {
  if (packed.t !== "text") throw new Error("a column of numbers where texts should be");
  const values = packed.v ?? (JSON.parse(new TextDecoder().decode(await inflate(packed.z ?? "", null))) as unknown);
  if (!Array.isArray(values) || values.length !== packed.n) throw new Error("a column of texts has another length than it says");
  return values.map((value) => (typeof value === "string" ? value : ""));
}

function plain(packed: Packed): Numbers {
  const values = packed.v ?? [];
  if (values.length !== packed.n) throw new Error("a column has another length than it says");
  const none = NONE[packed.t] ?? Number.NaN;
  const filled = values.map((value) => (value === null ? none : Number(value)));
  switch (packed.t) {
    case "u8":
      return Uint8Array.from(filled);
    case "u16":
      return Uint16Array.from(filled);
    case "u32":
      return Uint32Array.from(filled);
    case "f32":
      return Float32Array.from(filled);
    default:
      return Float64Array.from(filled);
  }
}

/** Inflated bytes stand at the start of a buffer of their own; all machines that browsers run on are little-endian. */
function view(type: Packed["t"], bytes: Uint8Array, count: number): Numbers {
  const buffer = bytes.buffer as ArrayBuffer;
  switch (type) {
    case "u8":
      return new Uint8Array(buffer, 0, count);
    case "u16":
      return new Uint16Array(buffer, 0, count);
    case "u32":
      return new Uint32Array(buffer, 0, count);
    case "f32":
      return new Float32Array(buffer, 0, count);
    case "f64":
      return new Float64Array(buffer, 0, count);
    case "text":
      throw new Error("a column of texts where numbers should be");
  }
}

/** Raw deflate in base64, to bytes; `length` is how many there must be, null where that is not known. */
async function inflate(base64: string, length: number | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    const stream = new DecompressionStream("deflate-raw");
    const writer = stream.writable.getWriter();
    const written = writer.write(fromBase64(base64)).then(() => writer.close());
    // A stream that is broken says so where it is read as well.
    written.catch(() => {});
    const reader = stream.readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      total += value.length;
      if (length !== null && total > length) break;
    }
    if (length === null || total <= length) await written;
  } catch (error) {
    throw new Error("a column cannot be unpacked", { cause: error });
  }
  if (length !== null && total !== length) throw new Error(`a column is ${total > length ? "longer" : "shorter"} than it says`);
  const result = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return result;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const result = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) result[i] = binary.charCodeAt(i);
  return result;
}
