/** The picture of an image, or what stands in its place. */

import type { Context, Row } from "../../model.ts";
import { h, name } from "../../dom.ts";

export function hasPictures(context: Context): boolean {
  return context.data.format.images.picture !== null;
}

/** The name of the image in a frame: where there is no picture, and where it cannot be shown. */
export function placeholder(context: Context, row: Row): HTMLElement {
  const text = context.data.names[row];
  return h("span", { class: "w-nopicture", title: text }, name(text));
}

/** A picture that is loaded when it comes into sight; `alt` "" where the text beside it says all. */
export function picture(context: Context, row: Row, alt: string): HTMLElement {
  const address = context.data.picture(row);
  if (address === null) return placeholder(context, row);
  const image = h("img", { alt, loading: "lazy", decoding: "async", onerror: () => image.replaceWith(placeholder(context, row)) });
  image.src = address;
  return image;
}
