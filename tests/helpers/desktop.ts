import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { JournalEntry } from "#tests/desktop-standin/control.ts";
import { getPackedDesktop } from "./packed-desktop.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Set by `npm test`: the desktop that is driven is the one taken out of its packaged archive. */
const IS_PACKED = process.env["PILOTHOUSE_TEST_PACKED"] === "1";

export interface DesktopOptions {
  readonly data: string;
  /** The built main process; that of the project unless a test has broken a copy. */
  readonly mainFile?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The desktop program on the stand-in for Electron, with what a person and the system do to it. */
export interface Desktop extends AsyncDisposable {
  readonly pid: number;
  readonly journal: readonly JournalEntry[];
  /** What the program and its core wrote on standard error. */
  readonly stderr: string;
  /** Its browser, for tests; the windows are pages of it. */
  readonly browser: Browser;
  /** Resolves with the newest entry of this name that fits, now or when it comes. */
  until(what: string, fits?: (entry: JournalEntry) => boolean): Promise<JournalEntry>;
  entries(what: string): readonly JournalEntry[];
  /** The page of the window with this number, counted from 1. */
  window(id: number): Promise<Page>;
  /** Does what a person or the system would, e.g. `menu.click`. */
  act(control: string, argument?: unknown): Promise<unknown>;
  readonly ended: Promise<number | null>;
}

/** Starts the program; resolves once its browser is there. The first window may still be loading. */
export async function startDesktop(options: DesktopOptions): Promise<Desktop> {
  const child = spawnDesktop(options, await builtDesktop(options));
  const desktop = new RunningDesktop(child);
  const { endpoint } = await desktop.until("browser");
  desktop.browser = await chromium.connectOverCDP(String(endpoint));
  return desktop;
}

interface BuiltDesktop {
  readonly mainFile: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

async function builtDesktop({ mainFile }: DesktopOptions): Promise<BuiltDesktop> {
  if (mainFile !== undefined || !IS_PACKED) {
    return { mainFile: mainFile ?? join(ROOT, "dist", "desktop", "main.cjs"), cwd: ROOT, env: {} };
  }
  const { extracted, resources } = await getPackedDesktop();
  return {
    mainFile: join(extracted, "dist", "desktop", "main.cjs"),
    cwd: extracted,
    env: { STANDIN_PACKAGED: "1", STANDIN_RESOURCES: resources },
  };
}

function spawnDesktop({ args = [], data, env = {} }: DesktopOptions, built: BuiltDesktop): ChildProcess {
  const { DISPLAY: _display, ...rest } = process.env;
  return spawn(
    process.execPath,
    [join(ROOT, "tests", "desktop-standin", "run.ts"), built.mainFile, "--data", data, ...args],
    {
      cwd: built.cwd,
      env: {
        ...rest,
        PILOTHOUSE_NODE: process.execPath,
        ...built.env,
        XDG_CONFIG_HOME: join(data, "..", "config"),
        ...env,
      },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    },
  );
}

interface Answer {
  readonly answer: number;
  readonly value?: unknown;
  readonly error?: string;
}

class RunningDesktop implements Desktop {
  readonly journal: JournalEntry[] = [];
  readonly ended: Promise<number | null>;
  stderr = "";
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  readonly #answers = new Map<number, (answer: Answer) => void>();
  #browser: Browser | null = null;
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    // What it noted last may be read after its end.
    const ended = Promise.all([once(child, "close"), once(child, "disconnect")]);
    this.ended = ended.then(([[code]]) => code as number | null);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    child.on("message", (message: Answer | { journal: JournalEntry }) => {
      if ("journal" in message) {
        this.journal.push(message.journal);
        for (const look of [...this.#watchers]) look();
      } else this.#answers.get(message.answer)?.(message);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get browser(): Browser {
    if (this.#browser === null) throw new Error("not connected yet");
    return this.#browser;
  }

  set browser(browser: Browser) {
    this.#browser = browser;
  }

  entries(what: string): readonly JournalEntry[] {
    return this.journal.filter((entry) => entry.what === what);
  }

  until(what: string, fits: (entry: JournalEntry) => boolean = () => true): Promise<JournalEntry> {
    const arrived = new Promise<JournalEntry>((resolve) => {
      const look = () => {
        const found = this.entries(what).findLast(fits);
        if (found === undefined) return;
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      look();
    });
    const ended = this.ended.then((code) => {
      throw new Error(`the desktop ended with ${code} before ${what}: ${this.stderr}`);
    });
    return Promise.race([arrived, ended]);
  }

  async window(id: number): Promise<Page> {
    const { target } = await this.until("window.target", (entry) => entry["id"] === id);
    await this.until("window.ready", (entry) => entry["id"] === id);
    const [context] = this.browser.contexts();
    if (context === undefined) throw new Error("the browser has no context");
    const find = async () => {
      for (const page of context.pages()) if ((await targetOf(page)) === target) return page;
      return null;
    };
    for (;;) {
      // The browser may tell the program of a page before it tells us.
      const another = Promise.withResolvers<void>();
      context.once("page", () => another.resolve());
      const found = await find();
      if (found !== null) return found;
      await another.promise;
    }
  }

  act(control: string, argument: unknown = null): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#child.send({ control, id, argument });
    return new Promise((resolve, reject) =>
      this.#answers.set(id, ({ error, value }) => {
        this.#answers.delete(id);
        if (error === undefined) resolve(value);
        else reject(new Error(error));
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser?.close();
    if (this.#child.exitCode === null) this.#child.kill("SIGTERM");
    await this.ended;
  }
}

async function targetOf(page: Page): Promise<string | null> {
  try {
    const session = await page.context().newCDPSession(page);
    const { targetInfo } = await session.send("Target.getTargetInfo");
    await session.detach();
    return targetInfo.targetId;
  } catch {
    // A page that crashed or closed meanwhile is not the one that is looked for.
    return null;
  }
}
