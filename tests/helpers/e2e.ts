import { type Browser, test as base, expect, type Page, type TestInfo } from "@playwright/test";
import { addressesIn } from "#tests/desktop-standin/chromium.ts";
import { ROOT } from "../../bin/runtime.mjs";
import { desktopUnderTest } from "../../scripts/test/desktop-under-test.ts";
import { type DesktopApp, desktopEntry } from "./e2e-desktop-entry.ts";
import { electronEntry } from "./e2e-electron-entry.ts";
import { tellFailure } from "./e2e-failure.ts";
import { PageWatch } from "./e2e-watch.ts";
import { type WebApp, webEntry } from "./e2e-web-entry.ts";
import { createProgram, type Program } from "./program.ts";
import { WorkerBrowsers } from "./worker-browsers.ts";

export { expect, type Page };

export type EntryName = "web" | "desktop";

export interface EntryOptions {
  /** Through which entry the specs use the program. */
  entry: EntryName;
  /** What the program finds in its environment besides the least it needs. */
  programEnvironment: Readonly<Record<string, string>>;
}

/** The program with its window open and a person signed in. Which entry it is, a spec cannot tell. */
export interface App {
  /** The window; another one after `reopen`. */
  readonly page: Page;
  readonly program: Program;
  /** Loads the window anew at an address of the program, such as `/runs?state=failed`. */
  open(address: string): Promise<void>;
  /** Closes window and program as a person does. Runs go on. */
  close(): Promise<void>;
  /** Starts the program on the same data folder again and opens its window as a first visit. */
  reopen(): Promise<void>;
  /** Problems of the page that the spec is about. */
  expectProblem(pattern: RegExp): void;
}

export interface Fixtures {
  readonly app: App;
  /** The same app, with what only a browser on a local address has. */
  readonly webApp: WebApp;
  /** The same app, with what only the desktop has: always on the stand-in, because the specs play the system. */
  readonly desktopApp: DesktopApp;
}

export interface WorkerFixtures {
  readonly browsers: WorkerBrowsers;
}

/** Every spec gets a program of its own on an empty data folder, and fails when its page misbehaves. */
export const test = base.extend<Fixtures & EntryOptions, WorkerFixtures>({
  entry: ["web", { option: true }],
  programEnvironment: [{}, { option: true }],
  browsers: [
    async ({ playwright }, use) => {
      await using browsers = new WorkerBrowsers(() => playwright.chromium.launch());
      await use(browsers);
    },
    { scope: "worker" },
  ],
  webApp: async ({ browsers, programEnvironment }, use, testInfo) =>
    withWeb({ browser: await browsers.tabs(), programEnvironment }, accounted(use, testInfo)),
  desktopApp: async ({ browsers }, use, testInfo) =>
    withDesktop(await browsers.windows(), accounted(use, testInfo)),
  app: async ({ browsers, entry, programEnvironment }, use, testInfo) => {
    const { electron } = desktopUnderTest(ROOT);
    const spec = accounted<App>(use, testInfo);
    if (entry === "desktop" && electron !== null) await withElectron(electron, spec);
    else if (entry === "desktop") await withDesktop(await browsers.windows(), spec);
    else await withWeb({ browser: await browsers.tabs(), programEnvironment }, spec);
  },
});

/** A spec, and while its program still stands, an account of its failure. */
function accounted<T extends App>(use: (app: T) => Promise<void>, testInfo: TestInfo): typeof use {
  return async (app) => {
    await use(app);
    await tellFailure(testInfo, app);
  };
}

interface WebOn {
  readonly browser: Browser;
  readonly programEnvironment: Readonly<Record<string, string>>;
}

async function withWeb(on: WebOn, use: (app: WebApp) => Promise<void>): Promise<void> {
  const { browser, programEnvironment } = on;
  const watch = new PageWatch();
  const context = await browser.newContext();
  watch.attach(context);
  await using program = await createProgram(programEnvironment);
  const app = await webEntry({ program, context, watch });
  await use(app);
  // A frozen core could not be ended.
  app.thawCore();
  const problems = watch.unexpected();
  await context.close();
  expect(problems, "problems of the page").toEqual([]);
}

async function withElectron(binary: string, use: (app: App) => Promise<void>): Promise<void> {
  const watch = new PageWatch();
  await using program = await createProgram();
  let problems: readonly string[] = [];
  {
    await using app = await electronEntry({ binary, program, watch });
    await use(app);
    problems = watch.unexpected();
  }
  expect(problems, "problems of the page").toEqual([]);
}

async function withDesktop(browser: string, use: (app: DesktopApp) => Promise<void>): Promise<void> {
  const watch = new PageWatch();
  await using program = await createProgram();
  const app = await desktopEntry({ program, watch, env: { STANDIN_BROWSER: browser } });
  let problems: readonly string[] = [];
  try {
    await use(app);
    // What the page still fetches while the program under it is being ended finds nobody.
    problems = watch.unexpected();
  } finally {
    await app.desktop[Symbol.asyncDispose]();
  }
  expect(problems, "problems of the page").toEqual([]);
  // One that stays would be taken for a page of the next spec, and what it asks for then finds nobody.
  expect(await addressesIn(browser), "pages left behind").toEqual(["about:blank"]);
}
