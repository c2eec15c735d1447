/** Starts the workbench where a page has data for it; where it cannot, the report stays as it is, with a sentence that says so. */

import { readDataset } from "./data/dataset.ts";
import { h } from "./dom.ts";
import type { Format } from "./format.ts";
import { message } from "./messages.ts";
import type { Language } from "./model.ts";
import { Page } from "./page.ts";
import { keepLanguage } from "./report.ts";
import { reasonOf } from "./slot.ts";

async function start(): Promise<void> {
  const holder = document.getElementById("nearmiss-data");
  const section = document.getElementById("workbench");
  const report = document.getElementById("report");
  if (!holder || !section) return;
  try {
    const data = await readDataset(JSON.parse(holder.textContent ?? "") as Format);
    keepLanguage(report);
    // Shown before it is filled, so that its parts know how wide they are.
    section.hidden = false;
    document.documentElement.classList.add("with-workbench");
    new Page(section, report, data);
    performance.mark("nearmiss");
  } catch (error) {
    console.error(error);
    fail(section, report, error);
  }
}

function fail(section: HTMLElement, report: HTMLElement | null, error: unknown): void {
  section.hidden = true;
  section.replaceChildren();
  document.documentElement.classList.remove("with-workbench");
  if (report) report.hidden = false;
  const written = document.documentElement.lang.slice(0, 2);
  const language: Language = written === "fr" || written === "es" ? written : "en";
  section.before(h("p", { class: "w-failed", role: "alert", lang: language }, message(language, "core.failed").replace("{reason}", () => reasonOf(error))));
}

void start();
