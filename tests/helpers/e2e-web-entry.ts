import type { BrowserContext, Page } from "@playwright/test";
import type { App } from "./e2e.ts";
import type { PageWatch } from "./e2e-watch.ts";
import type { Program, ServedProgram } from "./program.ts";

/** What a browser that is pointed at a local address has, and no other entry. */
export interface WebApp extends App {
  /** The sign-in link the program printed at its start; used up by then. */
  readonly spentLink: string;
  /** The core hangs: it holds its connections and answers nothing. */
  freezeCore(): void;
  thawCore(): void;
  /** `kill -9` of the core; the window stays. */
  killCore(): Promise<void>;
  /** Starts the core again on the same folder and port; the window stays and is not touched. */
  restartCore(): Promise<void>;
}

interface WebEntryDeps {
  readonly program: Program;
  readonly context: BrowserContext;
  readonly watch: PageWatch;
}

/** `pilothouse serve` and a signed-in tab. */
export async function webEntry({ program, context, watch }: WebEntryDeps): Promise<WebApp> {
  let served = await program.serve();
  let page = await signedIn(context, served);
  return {
    program,
    get spentLink() {
      return served.signIn;
    },
    get page() {
      return page;
    },
    expectProblem: (pattern) => watch.expect(pattern),
    async open(address) {
      await page.goto(new URL(address, served.url).href);
      await navigation(page).waitFor();
    },
    async close() {
      await page.close();
      served.command.kill("SIGINT");
      await served.command.result;
    },
    async reopen() {
      served = await program.serve();
      page = await signedIn(context, served);
    },
    freezeCore: () => served.command.kill("SIGSTOP"),
    thawCore: () => served.command.kill("SIGCONT"),
    async killCore() {
      served.command.kill("SIGKILL");
      await served.command.result;
    },
    async restartCore() {
      served = await program.serve(["--port", new URL(served.url).port]);
    },
  };
}

async function signedIn(context: BrowserContext, { signIn }: ServedProgram): Promise<Page> {
  const page = await context.newPage();
  await page.goto(signIn);
  await navigation(page).waitFor();
  return page;
}

/** The rail, in either language: the sign that the window is ready. */
function navigation(page: Page) {
  return page.getByRole("navigation", { name: /Main navigation|Основная навигация/ });
}
