/** Texts as they are searched for: without case, accents and kinds of apostrophe. */

/** `Mésange à l’œil` is `mesange a l'oeil`. */
export function folded(text: string): string {
  const lower = text.toLowerCase();
  // Most names are plain letters: they need no second look.
  if (/^[\x20-\x7e]*$/.test(lower)) return lower.trim();
  return lower
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[’‘ʼ]/g, "'")
    .replace(/ß/g, "ss")
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .replace(/[\u00a0\u202f]/g, " ")
    .trim();
}
