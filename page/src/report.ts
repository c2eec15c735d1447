/** The static report below the workbench: its words in the page's language. */

import type { Language } from "./model.ts";

const LANGUAGES: readonly Language[] = ["en", "fr", "es"];

/** What stood in an element before it was translated. */
const originals = new WeakMap<Element, { text: string; lang: string | null }>();

/** Gives every element that brings its text in several languages that of one of them. */
export function translate(language: Language, workbench: Element): void {
  for (const element of document.querySelectorAll("[data-en], [data-fr], [data-es]")) {
    if (workbench.contains(element)) continue;
    const text = element.getAttribute(`data-${language}`);
    let original = originals.get(element);
    if (!original) originals.set(element, (original = { text: element.textContent ?? "", lang: element.getAttribute("lang") }));
    if (text !== null) {
      element.textContent = text;
      element.setAttribute("lang", language);
    } else {
      element.textContent = original.text;
      setLang(element, original.lang ?? languageOf(element, original.text));
    }
  }
}

/** Numbers of the report's tables with the decimal mark of a language. Thousands are set apart by spaces in all of them. */
export function writeNumbers(language: Language, report: Element): void {
  for (const cell of report.querySelectorAll("td.number")) {
    const text = cell.textContent ?? "";
    if (/\d[.,]\d/.test(text) && /^[\d\s.,%()–−+<>=±/★\u1d2c-\u1d6a-]+$/.test(text)) {
      cell.textContent = language === "en" ? text.replace(/(\d),(\d)/g, "$1.$2") : text.replace(/(\d)\.(\d)/g, "$1,$2");
    }
  }
}

/** The language whose text an element had. */
function languageOf(element: Element, text: string): string | null {
  return LANGUAGES.find((language) => element.getAttribute(`data-${language}`) === text) ?? null;
}

function setLang(element: Element, lang: string | null): void {
  if (lang === null) element.removeAttribute("lang");
  else element.setAttribute("lang", lang);
}

/** What has no translation stays in the language of the report, whatever that of the page. */
export function keepLanguage(report: Element | null): void {
  const language = document.documentElement.getAttribute("lang");
  if (report && language && !report.hasAttribute("lang")) report.setAttribute("lang", language);
}
