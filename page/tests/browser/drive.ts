/** A browser for tests: Debian's Chromium through its own WebDriver, and how a page is opened, read and acted on in it. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Builder, type WebDriver, type WebElement, logging } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";
import type { Format } from "../../src/format.ts";
import type { Dataset, State } from "../../src/model.ts";
import { readDataset } from "../../src/data/dataset.ts";
import { read, written } from "../../src/state/fragment.ts";
import { initialState } from "../../src/state/initial.ts";

const CHROMIUM = "/usr/bin/chromium";
const CHROMEDRIVER = "/usr/bin/chromedriver";
/** Milliseconds that a page may take for something. */
const LONG = 15_000;

// Nothing asks a manager for drivers.
process.env.SE_OFFLINE = "true";
process.env.SE_AVOID_STATS = "true";

/** Why tests in the browser cannot be made here; false where they can. It is said aloud, once a file. */
export function skipped(needs: { program?: boolean } = {}): string | false {
  const missing = [CHROMIUM, CHROMEDRIVER].filter((file) => !existsSync(file));
  if (needs.program) {
    const program = process.env.NEARMISS;
    if (!program) missing.push("NEARMISS, the path of the program");
    else if (!existsSync(program)) missing.push(program);
  }
  if (missing.length === 0) return false;
  const reason = `not made, there is no ${missing.join(" and no ")}`;
  if (!said.has(reason)) process.stderr.write(`SKIPPED, tests in the browser: ${reason}\n`);
  said.add(reason);
  return reason;
}

const said = new Set<string>();

export interface Window {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
  media?: "screen" | "print";
}

export interface Opening extends Window {
  /** What differs from how the page opens. */
  state?: Partial<State>;
  /** The fragment itself. */
  fragment?: string;
}

/** What a page says of the share right at a rank. */
export interface RankNumbers {
  n: number;
  right: number;
  low: number | null;
  high: number | null;
}

/** A page that can be opened, with its data as this side reads them. */
export interface Subject {
  name: string;
  file: string;
  data: Dataset;
}

export async function subject(name: string, file: string): Promise<Subject> {
  return { name, file, data: await readDataset(await formatOf(file)) };
}

/** The data that a page holds. */
export async function formatOf(file: string): Promise<Format> {
  const html = await readFile(file, "utf8");
  const found = /<script type="application\/json" id="nearmiss-data">(.*?)<\/script>/s.exec(html);
  assert.ok(found, `${file} holds no data of a workbench`);
  return JSON.parse(found[1]) as Format;
}

/** The fragment of a state that differs in some ways from how the page opens. */
export function fragmentOf(data: Dataset, change: Partial<State>): string {
  return written({ ...initialState(data), ...change }, data);
}

/** A seeded choice of some things. */
export function some<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)];
}

export class Browser {
  readonly driver: WebDriver;
  readonly #folder: string;
  readonly downloads: string;

  private constructor(driver: WebDriver, folder: string) {
    this.driver = driver;
    this.#folder = folder;
    this.downloads = join(folder, "downloads");
  }

  static async start({ network = false }: { network?: boolean } = {}): Promise<Browser> {
    const folder = await mkdtemp(join(tmpdir(), "nearmiss-browser-"));
    await mkdir(join(folder, "downloads"));
    const options = new chrome.Options();
    options.setChromeBinaryPath(CHROMIUM);
    options.addArguments(
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=en-US", "--window-size=1440,1000",
      `--user-data-dir=${join(folder, "profile")}`,
    );
    const logs = new logging.Preferences();
    logs.setLevel(logging.Type.BROWSER, logging.Level.ALL);
    if (network) logs.setLevel(logging.Type.PERFORMANCE, logging.Level.ALL);
    options.setLoggingPrefs(logs);
    const driver = await new Builder()
      .disableEnvironmentOverrides()
      .forBrowser("chrome")
      .setChromeOptions(options)
      .setChromeService(new chrome.ServiceBuilder(CHROMEDRIVER))
      .build();
    const browser = new Browser(driver, folder);
    await driver.manage().setTimeouts({ script: 60_000, pageLoad: 60_000 });
    await browser.command("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: browser.downloads });
    return browser;
  }

  async stop(): Promise<void> {
    await this.driver.quit();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** A command of the DevTools protocol. */
  async command<T = unknown>(name: string, parameters: object = {}): Promise<T> {
    return (await (this.driver as unknown as { sendAndGetDevToolsCommand(name: string, parameters: object): Promise<unknown> }).sendAndGetDevToolsCommand(name, parameters)) as T;
  }

  /** Runs a function in the page; it sees nothing of what is around it here. */
  async run<A extends unknown[], R>(script: (...values: A) => R | Promise<R>, ...values: A): Promise<Awaited<R>> {
    const body = `const done = arguments[arguments.length - 1]; const values = Array.prototype.slice.call(arguments, 0, -1);
      Promise.resolve().then(() => (${script.toString()})(...values)).then((value) => done({ value }), (error) => done({ error: String(error && error.stack || error) }));`;
    const { value, error } = (await this.driver.executeAsyncScript(body, ...values)) as { value: Awaited<R>; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** The size of the window and what the page takes it for. */
  async look({ width = 1440, height = 1000, scheme = "light", media = "screen" }: Window = {}): Promise<void> {
    await this.command("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await this.command("Emulation.setEmulatedMedia", { media, features: [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }] });
  }

  /** Opens a page anew and waits for its workbench. */
  async open(page: Subject, { state, fragment = state ? fragmentOf(page.data, state) : "", ...window }: Opening = {}): Promise<void> {
    await this.look(window);
    await this.load(page.file, fragment);
    await this.until("the workbench is there", () => document.querySelector(".w-bar") !== null && document.querySelector("#workbench:not([hidden])") !== null);
    await this.still();
  }

  /** Opens a page as it is, with a workbench or without. */
  async load(file: string, fragment = ""): Promise<void> {
    // From another page: a change of the fragment alone loads nothing.
    await this.driver.get("about:blank");
    await this.driver.get(`${pathToFileURL(file).href}${fragment === "" ? "" : `#${fragment}`}`);
  }

  /** Forgets verdicts. */
  async forget(): Promise<void> {
    await this.run(() => localStorage.clear());
  }

  /** Waits until the page says yes. */
  async until<A extends unknown[]>(what: string, condition: (...values: A) => boolean, ...values: A): Promise<void> {
    const end = Date.now() + LONG;
    while (!(await this.run(condition, ...values))) {
      if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
      await new Promise((wait) => setTimeout(wait, 25));
    }
  }

  /** Waits until what was asked of the page is drawn. */
  async still(): Promise<void> {
    await this.run(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20)))));
  }

  /** The state, as the page's address says it. */
  async state({ data }: Subject): Promise<State> {
    const hash = await this.run(() => {
      // What waits to be written is written where a page is left.
      window.dispatchEvent(new Event("pagehide"));
      return location.hash;
    });
    return read(hash, data);
  }

  /** Goes to another state of the open page. */
  async go({ data }: Subject, state: Partial<State>): Promise<void> {
    await this.run((fragment) => {
      window.dispatchEvent(new Event("pagehide"));
      location.hash = fragment;
    }, fragmentOf(data, state) || "workbench");
    await this.still();
  }

  /** The numbers of the summary by rank, exact. */
  async ranks(): Promise<Record<string, RankNumbers>> {
    return this.run(() => {
      const found: Record<string, { n: number; right: number; low: number | null; high: number | null }> = {};
      const number = (text: string | undefined) => (text === undefined ? null : Number(text));
      const ranks = document.querySelector<HTMLElement>(".w-summary .w-ranks");
      if (ranks === null || ranks.hidden) return found;
      for (const row of document.querySelectorAll<HTMLElement>(".w-summary tr[data-rank]")) {
        const { rank, n, right, low, high } = row.dataset;
        found[rank!] = { n: Number(n), right: Number(right), low: number(low), high: number(high) };
      }
      return found;
    });
  }

  /** Images of the selection, as the summary says. */
  async selected(): Promise<number> {
    return this.run(() => Number(document.querySelector(".w-numbers .w-number dd")!.textContent!.replace(/\D/g, "")));
  }

  /** The first element that a selector finds and that can be seen, with a text in it where one is asked for. */
  async find(selector: string, text = ""): Promise<WebElement> {
    await this.until(`there is ${selector} ${text}`, (selector, text) => [...document.querySelectorAll(selector)].some((one) => one.getClientRects().length > 0 && one.textContent!.includes(text)), selector, text);
    return this.driver.executeScript<WebElement>(
      "return [...document.querySelectorAll(arguments[0])].find((one) => one.getClientRects().length > 0 && one.textContent.includes(arguments[1]))",
      selector,
      text,
    );
  }

  async click(selector: string, text = ""): Promise<void> {
    const element = await this.find(selector, text);
    await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
    await element.click();
    await this.still();
  }

  /** Gives the focus to an element, as the keyboard would have. */
  async focus(selector: string, text = ""): Promise<void> {
    const element = await this.find(selector, text);
    await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' }); arguments[0].focus({ focusVisible: true })", element);
  }

  /** Presses keys on what has the focus. */
  async press(...keys: string[]): Promise<void> {
    await this.driver.actions().sendKeys(...keys).perform();
    await this.still();
  }

  async text(selector: string): Promise<string> {
    return (await this.run((selector) => document.querySelector<HTMLElement>(selector)?.textContent ?? "", selector)).trim();
  }

  async count(selector: string): Promise<number> {
    return this.run((selector) => [...document.querySelectorAll(selector)].filter((one) => one.getClientRects().length > 0).length, selector);
  }

  async choose(selector: string, value: string): Promise<void> {
    await this.run(
      (selector, value) => {
        const select = [...document.querySelectorAll<HTMLSelectElement>(selector)].find((one) => one.getClientRects().length > 0);
        if (!select) throw new Error(`no ${selector}`);
        if (![...select.options].some((option) => option.value === value)) throw new Error(`no choice ${value} in ${selector}`);
        select.value = value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      },
      selector,
      value,
    );
    await this.still();
  }

  /** What the menu saves, as bytes. */
  async saved(what: "selection" | "verdicts"): Promise<Buffer> {
    // The first part of the menu has the tables.
    return (await this.download(() => this.click(`.w-leave-part:first-child .w-leave-do:nth-of-type(${what === "selection" ? 1 : 2})`))).bytes;
  }

  /** Opens the menu, unless it is. */
  async menu(): Promise<void> {
    const isOpen = await this.run(() => document.querySelector(".w-leave-button")?.getAttribute("aria-expanded") === "true");
    if (!isOpen) await this.click(".w-leave-button");
  }

  /** The file that something in the menu saves. */
  async download(act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
    const before = new Set(await readdir(this.downloads));
    await this.menu();
    await act();
    const end = Date.now() + LONG;
    for (;;) {
      const name = (await readdir(this.downloads)).find((file) => !before.has(file) && !file.endsWith(".crdownload") && !file.startsWith("."));
      if (name !== undefined) {
        const file = join(this.downloads, name);
        const bytes = await readFile(file);
        if (bytes.length > 0 && bytes.length === (await stat(file)).size) {
          await rm(file);
          return { name, bytes };
        }
      }
      if (Date.now() > end) throw new Error("nothing was saved");
      await new Promise((wait) => setTimeout(wait, 20));
    }
  }

  /** What the console holds since it was last asked: only what is severe. */
  async complaints(): Promise<string[]> {
    const entries = await this.driver.manage().logs().get(logging.Type.BROWSER);
    return entries.filter(({ level }) => level.value >= logging.Level.SEVERE.value).map(({ message }) => message.slice(0, 500));
  }

  /** Addresses that pages asked for since it was last asked. */
  async requests(): Promise<string[]> {
    const entries = await this.driver.manage().logs().get(logging.Type.PERFORMANCE);
    return entries.flatMap(({ message }) => {
      const { method, params } = (JSON.parse(message) as { message: { method: string; params: { request?: { url: string }; url?: string } } }).message;
      if (method === "Network.requestWillBeSent") return [params.request!.url];
      return method === "Network.webSocketCreated" || method === "Network.webTransportCreated" ? [params.url!] : [];
    });
  }
}

/** Fails where the console holds an error. */
export async function assertQuiet(browser: Browser | undefined): Promise<void> {
  if (browser) assert.deepEqual(await browser.complaints(), [], "errors in the console");
}
