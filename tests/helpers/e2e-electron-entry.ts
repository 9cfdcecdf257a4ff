import { join } from "node:path";
import { type ElectronApplication, _electron as launcher, type Page } from "playwright-core";
import type { App } from "./e2e.ts";
import type { PageWatch } from "./e2e-watch.ts";
import type { Program } from "./program.ts";

interface ElectronEntryDeps {
  readonly binary: string;
  readonly program: Program;
  readonly watch: PageWatch;
}

const ROOT = join(import.meta.dirname, "..", "..");
const PAGE = "app://pilothouse";

/** The desktop program on Electron itself. */
export async function electronEntry(deps: ElectronEntryDeps): Promise<App & AsyncDisposable> {
  const { program, watch } = deps;
  let running = await launch(deps);
  let page = await shown(running);
  return {
    program,
    get page() {
      return page;
    },
    expectProblem: (pattern) => watch.expect(pattern),
    async open(address) {
      await page.goto(PAGE + address);
      await navigation(page).waitFor();
    },
    close: () => running.close(),
    async reopen() {
      running = await launch(deps);
      page = await shown(running);
    },
    [Symbol.asyncDispose]: () => running.close(),
  };
}

async function launch({ binary, program, watch }: ElectronEntryDeps): Promise<ElectronApplication> {
  const running = await launcher.launch({
    executablePath: binary,
    args: [ROOT, "--data", program.data],
    env: {
      ...(process.env as Record<string, string>),
      PILOTHOUSE_NODE: process.execPath,
      XDG_CONFIG_HOME: join(program.folder, "config"),
    },
  });
  watch.attach(running.context());
  return running;
}

async function shown(running: ElectronApplication): Promise<Page> {
  const page = await running.firstWindow();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await navigation(page).waitFor();
  return page;
}

/** The rail, in either language: the sign that the window is ready. */
function navigation(page: Page) {
  return page.getByRole("navigation", { name: /Main navigation|Основная навигация/ });
}
