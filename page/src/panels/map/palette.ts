/** Colours that can be told apart. */

import { hex, type Colour } from "./theme.ts";

/** Taxa or values that get a colour of their own. */
export const MOST = 12;

/**
 * In the order of hues. Found by search: for full, green-blind, red-blind and blue-blind vision (Machado et al. 2009) the two nearest, and
 * the nearest to the grey of the others, lie as far apart in OKLab as can be, with a contrast of 3 : 1 to the page.
 */
const LIGHT = ["#e17272", "#ab4309", "#4c3f00", "#908800", "#08744f", "#239bc0", "#034a79", "#3269df", "#9981fe", "#6e3bac", "#9b5c8a", "#810452"].map(hex);
const DARK = ["#c23a15", "#c18301", "#fae01d", "#aebe00", "#7ff7a5", "#12b377", "#027858", "#d0e7fe", "#8ab3f1", "#b274f6", "#8a53a3", "#eb8db8"].map(hex);

/** Heights 0 to 7 and more: from blue over violet to red, ever stronger against the page. */
const HEIGHTS_LIGHT = ["#4a93d4", "#6a80c8", "#8d6bb4", "#a2559a", "#a93f79", "#a12855", "#871530", "#5c0813"].map(hex);
const HEIGHTS_DARK = ["#3f7fb8", "#6a83c9", "#9a86d2", "#c58bcd", "#e493b9", "#f7a39d", "#ffbd8b", "#ffe08f"].map(hex);

/** So many colours, spread over the hues. */
export function hues(count: number, dark: boolean): Colour[] {
  const all = dark ? DARK : LIGHT;
  const wanted = Math.min(count, MOST);
  return Array.from({ length: wanted }, (_, place) => all[Math.floor(((place + 0.5) * MOST) / wanted)]);
}

export function heights(dark: boolean): Colour[] {
  return dark ? HEIGHTS_DARK : HEIGHTS_LIGHT;
}

/** What has no colour of its own. */
export function grey(dark: boolean): Colour {
  return hex(dark ? "#656d76" : "#a9afb6");
}
