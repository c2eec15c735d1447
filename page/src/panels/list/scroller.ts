/** Scrolling through many rows of one height, of which only those in sight are in the page. */

import { Virtualizer } from "@tanstack/virtual-core";

export interface Scroller {
  /** Number of rows and the height of each in pixels. Makes those in sight anew. */
  setRows(count: number, size: number): void;
  /** Makes the rows in sight anew. */
  redraw(): void;
  /** Scrolls no further than is needed to see a row. */
  reveal(row: number): void;
  toTop(): void;
  /** The first row that is wholly in sight, and how many are. */
  first(): number;
  visible(): number;
}

/** Browsers lay nothing out below some 17 million pixels: a taller list is scrolled in larger steps. */
const TALLEST = 8_000_000;

export interface Scrolled {
  box: HTMLElement;
  /** In the box: it has the height of all rows. */
  spacer: HTMLElement;
  /** In the spacer: holds the rows, one below the other. */
  lane: HTMLElement;
  /** Height of what sticks to the top of the box. */
  head(): number;
  make(row: number): HTMLElement;
  /** Called when other rows are in the lane. */
  drawn(): void;
}

export function makeScroller({ box, spacer, lane, head, make, drawn }: Scrolled): Scroller {
  let count = 0;
  let size = 1;
  let first = 0;
  /** Rows in the lane. */
  let kept = new Map<number, HTMLElement>();
  let report: () => void = () => {};

  const room = () => Math.max(box.clientHeight - head(), 0);
  const height = () => Math.min(count * size, TALLEST);
  /** Pixels of the list that one pixel of the scroll bar stands for. */
  function step(): number {
    const all = count * size;
    return all > TALLEST ? (all - room()) / (TALLEST - room()) : 1;
  }
  const offset = () => box.scrollTop * step();

  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
    count: 0,
    getScrollElement: () => box,
    estimateSize: () => size,
    overscan: 3,
    observeElementRect(_, told) {
      const tell = () => told({ width: box.clientWidth, height: box.clientHeight });
      const observer = new ResizeObserver(tell);
      observer.observe(box);
      tell();
      return () => observer.disconnect();
    },
    observeElementOffset(_, told) {
      report = () => told(offset(), false);
      const scrolled = () => {
        report();
        place();
      };
      box.addEventListener("scroll", scrolled, { passive: true });
      report();
      return () => box.removeEventListener("scroll", scrolled);
    },
    // All rows have one height: there is nothing for it to correct.
    scrollToFn: () => {},
    onChange: () => render(),
  });

  function place(): void {
    lane.style.transform = `translateY(${first * size + box.scrollTop - offset()}px)`;
  }
  function render(): void {
    const items = virtualizer.getVirtualItems();
    first = items[0]?.index ?? 0;
    const now = new Map<number, HTMLElement>();
    for (const { index } of items) now.set(index, kept.get(index) ?? make(index));
    for (const [row, element] of kept) if (now.get(row) !== element) element.remove();
    let before: Element | null = null;
    // What is there already stays where it is: a picture that is moved in the page is loaded again.
    for (const element of now.values()) {
      const place: Element | null = before === null ? lane.firstElementChild : before.nextElementSibling;
      if (place !== element) lane.insertBefore(element, place);
      before = element;
    }
    kept = now;
    place();
    drawn();
  }
  function clear(): void {
    kept = new Map();
    lane.replaceChildren();
  }
  function scrollTo(pixels: number): void {
    box.scrollTop = Math.max(pixels, 0) / step();
    report();
    place();
  }
  return {
    setRows(rows, pixels) {
      count = rows;
      size = pixels;
      spacer.style.height = `${height()}px`;
      virtualizer.setOptions({ ...virtualizer.options, count });
      virtualizer._willUpdate();
      report();
      clear();
      virtualizer.measure();
      render();
    },
    redraw() {
      clear();
      render();
    },
    reveal(row) {
      const top = row * size;
      const now = offset();
      // Half a pixel is what a scroll position is rounded by.
      if (top < now - 0.5) scrollTo(top);
      else if (top + size > now + room() + 0.5) scrollTo(top + size - room());
    },
    toTop: () => scrollTo(0),
    first: () => Math.ceil(offset() / size - 0.01),
    visible: () => Math.max(Math.floor(room() / size), 1),
  };
}

/** Pixels of a length in rem: rows keep pace with the size of the text. */
export function pixels(rem: number): number {
  return rem * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
}
