import { EventEmitter } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { flushNotes, note, onControl, Refusable } from "./control.ts";

type AppMembers = Pick<
  Electron.App,
  | "commandLine"
  | "enableSandbox"
  | "exit"
  | "getAppPath"
  | "getLocale"
  | "getPath"
  | "getVersion"
  | "isPackaged"
  | "isReady"
  | "quit"
  | "relaunch"
  | "requestSingleInstanceLock"
  | "setAboutPanelOptions"
  | "setAppUserModelId"
  | "setAsDefaultProtocolClient"
  | "setBadgeCount"
  | "setLoginItemSettings"
  | "setName"
  | "setPath"
  | "showAboutPanel"
  | "whenReady"
>;

/** What `app.quit` must know of the windows, which know `app` themselves. */
export interface QuitParts {
  /** Asks every window to close; whether all did. */
  closeWindows(): boolean;
  end(): Promise<void>;
}

/** Order and refusals as in Electron's documentation of `app`; what the program asks for goes into the journal. */
export class App extends EventEmitter implements AppMembers {
  readonly isPackaged = process.env["STANDIN_PACKAGED"] === "1";
  /** As far as the program uses it. */
  readonly commandLine = {
    appendSwitch: (name: string, value?: string) => {
      this.mustNotBeReady("app.commandLine.appendSwitch()");
      note("app.appendSwitch", { name, value });
    },
  } as Electron.CommandLine;
  readonly #ready = Promise.withResolvers<void>();
  readonly #paths = new Map<string, string>();
  #isReady = false;
  #isQuitting = false;
  #parts: QuitParts = { closeWindows: () => true, end: async () => undefined };

  constructor() {
    super();
    onControl("app.secondInstance", (argv) => this.emit("second-instance", new Refusable(), argv, ""));
    onControl("app.openUrl", (url) => this.emit("open-url", new Refusable(), url));
    onControl("app.activate", () => this.emit("activate", new Refusable(), false));
    onControl("app.quit", () => this.quit());
  }

  connect(parts: QuitParts): void {
    this.#parts = parts;
  }

  becomeReady(): void {
    this.#isReady = true;
    this.emit("ready", new Refusable(), {});
    this.#ready.resolve();
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  enableSandbox(): void {
    this.mustNotBeReady("app.enableSandbox()");
    note("app.enableSandbox");
  }

  setName(name: string): void {
    note("app.setName", { name });
  }

  setPath(name: string, folder: string): void {
    if (!existsSync(folder)) throw new Error(`Path does not exist: ${folder}`);
    note("app.setPath", { name, folder });
    this.#paths.set(name, folder);
  }

  getPath(name: string): string {
    const folder = this.#paths.get(name);
    if (folder === undefined) throw new Error(`the stand-in has no path ${name}`);
    return folder;
  }

  getAppPath(): string {
    return process.cwd();
  }

  getVersion(): string {
    const manifest = JSON.parse(readFileSync(join(process.cwd(), "package.json"), "utf8")) as {
      version: string;
    };
    return manifest.version;
  }

  getLocale(): string {
    return process.env["STANDIN_LOCALE"] ?? "en-US";
  }

  /** Answered at once, as the call demands, so the environment says who was first. */
  requestSingleInstanceLock(): boolean {
    const isFirst = process.env["STANDIN_IS_SECOND"] !== "1";
    note("app.requestSingleInstanceLock", { isFirst, userData: this.#paths.get("userData") ?? null });
    return isFirst;
  }

  setAppUserModelId(id: string): void {
    note("app.setAppUserModelId", { id });
  }

  setAsDefaultProtocolClient(scheme: string): boolean {
    note("app.setAsDefaultProtocolClient", { scheme });
    return true;
  }

  setAboutPanelOptions(options: Electron.AboutPanelOptionsOptions): void {
    note("app.setAboutPanelOptions", { options });
  }

  showAboutPanel(): void {
    note("app.showAboutPanel");
  }

  setLoginItemSettings(settings: Electron.Settings): void {
    note("app.setLoginItemSettings", { settings });
  }

  setBadgeCount(count?: number): boolean {
    note("app.setBadgeCount", { count });
    return true;
  }

  quit(): void {
    if (this.#isQuitting) return;
    const before = new Refusable();
    this.emit("before-quit", before);
    if (before.defaultPrevented || !this.#parts.closeWindows()) return;
    const last = new Refusable();
    this.emit("will-quit", last);
    if (last.defaultPrevented) return;
    this.#isQuitting = true;
    this.emit("quit", new Refusable(), 0);
    this.exit(0);
  }

  relaunch(options?: Electron.RelaunchOptions): void {
    note("app.relaunch", { options });
  }

  exit(exitCode = 0): void {
    note("app.exit", { exitCode });
    void this.#parts
      .end()
      .then(flushNotes)
      .finally(() => process.exit(exitCode));
  }

  mustNotBeReady(call: string): void {
    if (this.#isReady) throw new Error(`${call} can only be called before app is ready`);
  }

  mustBeReady(what: string): void {
    if (!this.#isReady) throw new Error(`${what} can only be used when app is ready`);
  }
}

export const app = new App();
