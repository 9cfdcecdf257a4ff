import { join } from "node:path";
import type { Page } from "playwright-core";
import { COMPILED_FOLDER } from "../../bin/runtime.mjs";
import { type Desktop, startDesktop } from "./desktop.ts";
import type { App } from "./e2e.ts";
import type { PageWatch } from "./e2e-watch.ts";
import type { Program } from "./program.ts";

/** What only the desktop has: its shell, and what the system does to it. */
export interface DesktopApp extends App {
  readonly desktop: Desktop;
}

interface DesktopEntryDeps {
  readonly program: Program;
  readonly watch: PageWatch;
  /** Arguments of the start beside the data folder, e.g. a link. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the page lies in the browser of the stand-in; Chromium itself cannot open `app://pilothouse/`. */
const PAGE = "https://pilothouse.app.standin.invalid";

/** The desktop program and its window. */
export async function desktopEntry({ args, env, program, watch }: DesktopEntryDeps): Promise<DesktopApp> {
  const start = async () => {
    const desktop = await startDesktop({
      data: program.data,
      args: args ?? [],
      env: { NODE_COMPILE_CACHE: COMPILED_FOLDER, STANDIN_DROPS: join(program.folder, "dropped"), ...env },
    });
    watch.attach(contextOf(desktop));
    return { desktop, page: await shown(desktop) };
  };
  let { desktop, page } = await start();
  return {
    program,
    get desktop() {
      return desktop;
    },
    get page() {
      return page;
    },
    expectProblem: (pattern) => watch.expect(pattern),
    async open(address) {
      await page.goto(PAGE + address);
      await navigation(page).waitFor();
    },
    async close() {
      await desktop.act("app.quit");
      await desktop.ended;
      // Only the connection to it; one that stays would take part in every page of the specs that follow.
      await desktop.browser.close();
    },
    async reopen() {
      ({ desktop, page } = await start());
    },
  };
}

function contextOf(desktop: Desktop) {
  const [context] = desktop.browser.contexts();
  if (context === undefined) throw new Error("the browser of the stand-in has no context");
  return context;
}

async function shown(desktop: Desktop): Promise<Page> {
  const page = await desktop.window(1);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await navigation(page).waitFor();
  return page;
}

/** The rail, in either language: the sign that the window is ready. */
function navigation(page: Page) {
  return page.getByRole("navigation", { name: /Main navigation|Основная навигация/ });
}
