/** Files and texts that leave the page, by the reader's hand. */

/** Hands a file to the browser. */
export function download(file: string, parts: BlobPart[] | Blob, type: string): void {
  const blob = parts instanceof Blob ? parts : new Blob(parts, { type });
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  // Some browsers only follow links that stand in the page.
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser needs the address until it has begun.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Part of a file's name that every system takes. */
export function fileName(text: string): string {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase();
  return plain.slice(0, 60).replace(/-+$/, "") || "figure";
}

/** Copies a text; where the browser does not allow it, the field with the text is selected for the reader to copy. */
export async function copy(text: string, field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field.focus();
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}
