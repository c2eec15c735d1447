/** Colours of the page as numbers, for a canvas: they change with the scheme. */

import { h } from "../../dom.ts";

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

export interface Theme {
  dark: boolean;
  text: Colour;
  soft: Colour;
  back: Colour;
  accent: Colour;
  right: Colour;
  acceptable: Colour;
  wrong: Colour;
  none: Colour;
}

const NAMES = ["text", "soft", "back", "accent", "right", "acceptable", "wrong", "none"] as const;

/** Where a page does not say: the colours of the light scheme. */
const ELSE: Record<(typeof NAMES)[number], Colour> = {
  text: [27, 31, 36],
  soft: [87, 96, 106],
  back: [255, 255, 255],
  accent: [11, 98, 164],
  right: [11, 98, 164],
  acceptable: [183, 110, 0],
  wrong: [180, 40, 40],
  none: [120, 128, 136],
};

/** The colours that hold at an element of the page. */
export function themeOf(element: HTMLElement): Theme {
  const probe = h("span", { hidden: true });
  element.append(probe);
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name}, rgb(${ELSE[name].join(" ")}))`;
    return [name, parsed(getComputedStyle(probe).color) ?? ELSE[name]] as const;
  });
  probe.remove();
  const theme = Object.fromEntries(colours) as Omit<Theme, "dark">;
  return { ...theme, dark: theme.back[0] + theme.back[1] + theme.back[2] < 384 };
}

/** `rgb(1, 2, 3)` and `color(srgb 0 0.5 1)`, as browsers write computed colours. */
export function parsed(text: string): Colour | null {
  const numbers = text.match(/[\d.]+(?:e-?\d+)?/g)?.map(Number);
  if (numbers === undefined || numbers.length < 3) return null;
  const scale = text.startsWith("color(") ? 255 : 1;
  return [numbers[0] * scale, numbers[1] * scale, numbers[2] * scale];
}

export function hex(colour: string): Colour {
  const number = Number.parseInt(colour.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

export function css(colour: Colour): string {
  return `rgb(${colour.map(Math.round).join(" ")})`;
}

/** A part of one colour, the rest of another. */
export function mixed(colour: Colour, other: Colour, part: number): Colour {
  return [0, 1, 2].map((channel) => colour[channel] * part + other[channel] * (1 - part)) as unknown as Colour;
}

/** A colour as a pixel of image data. */
export function pixel([red, green, blue]: Colour): number {
  return (0xff000000 | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}
