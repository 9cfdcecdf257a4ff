import { join } from "node:path";
import { shell } from "electron/common";
import { app, ipcMain, nativeTheme, powerMonitor, protocol, session, utilityProcess } from "electron/main";
import { BRIDGE_CHANNELS } from "#contract/desktop-bridge.ts";
import type { ReadyUpdate } from "#main/updates/index.ts";
import { createPageAnswer } from "./answer-page.ts";
import { type CoreChild, CoreProcess } from "./core-process.ts";
import { findLink, LINK_SCHEME, pathOfLink } from "./deep-link.ts";
import { DesktopDialogs } from "./desktop-dialogs.ts";
import { guardContents, guardSession, isOurPage } from "./guards.ts";
import type { CoreStart, FromCore } from "./host-messages.ts";
import { installUpdate } from "./install-update.ts";
import { appImageOf, installationKind } from "./installation.ts";
import { outsideAddress } from "./outside-address.ts";
import { PAGE_SCHEME } from "./page-address.ts";
import { readRemembered } from "./remembered.ts";
import { partsOf } from "./start-facts.ts";
import { SystemFace } from "./system-face.ts";
import { Windows } from "./windows.ts";

export interface DesktopAppDeps {
  readonly dataFolder: string;
  readonly profileFolder: string;
  /** Holds `dist` and `resources`; the archive in a package. */
  readonly appFolder: string;
}

/** The desktop around the page: it wires what Electron says to what the parts do, and holds nothing else. */
export class DesktopApp {
  readonly #deps: DesktopAppDeps;
  readonly #windows: Windows;
  readonly #core: CoreProcess;
  readonly #face: SystemFace;
  readonly #dialogs = new DesktopDialogs();
  #firstPath: string | undefined;
  #isCoreClosed = false;

  constructor(deps: DesktopAppDeps) {
    this.#deps = deps;
    const { appFolder, profileFolder } = deps;
    const iconsFolder = join(appFolder, "resources", "icons");
    this.#windows = new Windows({
      preloadFile: join(appFolder, "dist", "desktop", "preload.cjs"),
      iconFile: join(iconsFolder, "icon-256.png"),
      hasDevTools: !app.isPackaged,
      after: (delayMs, action) => void setTimeout(action, delayMs),
    });
    this.#core = new CoreProcess({
      fork: () =>
        forkCore(join(appFolder, "dist", "desktop", "core.cjs"), {
          start: this.#coreStart(),
          cacheFolder: join(profileFolder, "compiled"),
        }),
      onMessage: (message) => this.#hear(message),
      onCrash: () => this.#windows.showProgress(-1),
      after: (delayMs, action) => {
        const timer = setTimeout(action, delayMs);
        return () => clearTimeout(timer);
      },
      nowMs: () => performance.now(),
    });
    const rememberedFile = join(profileFolder, "remembered.json");
    this.#face = new SystemFace({
      windows: this.#windows,
      iconsFolder,
      dataFolder: deps.dataFolder,
      rememberedFile,
      remembered: readRemembered(rememberedFile),
      locale: () => app.getLocale(),
    });
  }

  /** Everything that Electron wants before it is ready, then the rest. */
  start(): void {
    this.#firstPath = pathOf(process.argv);
    app.on("second-instance", (_event, argv) => this.#windows.show(pathOf(argv)));
    app.on("open-url", (event, link) => {
      event.preventDefault();
      this.#openLink(link);
    });
    const wishes = {
      openOutside: (address: string) => void this.#openOutside(address),
      openWindow: (path: string) => this.#windows.openAnother(path),
    };
    app.on("web-contents-created", (_event, contents) => guardContents(contents, wishes));
    app.on("activate", () => this.#windows.show());
    app.on("window-all-closed", () => {
      if (!this.#face.keepsRunning) app.quit();
    });
    app.on("will-quit", (event) => {
      if (this.#isCoreClosed) return;
      event.preventDefault();
      void this.#closeCore();
    });
    ipcMain.on(BRIDGE_CHANNELS.connect, ({ ports: [port], senderFrame }) => {
      if (port === undefined) return;
      if (isOurPage(senderFrame)) this.#core.handOver(port);
      else port.close();
    });
    void app.whenReady().then(() => this.#open());
  }

  async #open(): Promise<void> {
    guardSession(session.defaultSession);
    protocol.handle(PAGE_SCHEME, await createPageAnswer(join(this.#deps.appFolder, "dist", "renderer")));
    this.#face.show();
    // The window first: its page loads while the core starts.
    this.#windows.open(this.#firstPath);
    this.#core.start();
    app.setAsDefaultProtocolClient(LINK_SCHEME);
    powerMonitor.on("resume", () => this.#core.tell({ type: "resumed" }));
    nativeTheme.on("updated", () => this.#windows.showTheme());
  }

  #openLink(link: string): void {
    const path = pathOfLink(link);
    if (app.isReady()) this.#windows.show(path ?? undefined);
    else this.#firstPath = path ?? undefined;
  }

  #hear(message: FromCore): void {
    if (message.type === "chooseFolder") void this.#chooseFolder();
    else if (message.type === "install") void this.#install(message.update);
    else if (message.type === "refused") void this.#askAgain(message.message);
    else this.#face.hear(message);
  }

  async #chooseFolder(): Promise<void> {
    this.#core.tell({ type: "folder", folder: await this.#dialogs.chooseFolder(this.#face.texts.folder) });
  }

  async #install(update: ReadyUpdate): Promise<void> {
    try {
      await installUpdate(update, {
        appImage: appImageOf(process.env),
        open: (file) => shell.openPath(file),
        quit: (startAnew) => {
          if (startAnew !== null) app.relaunch({ execPath: startAnew, args: process.argv.slice(1) });
          app.quit();
        },
      });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#core.tell({ type: "notInstalled", problem });
    }
  }

  /** The only place from which anything is handed to another program; an address can carry things out, so it is asked. */
  async #openOutside(address: string): Promise<void> {
    const allowed = outsideAddress(address);
    if (allowed === null || !(await this.#dialogs.askOutside(this.#face.texts.outside, allowed))) return;
    // Whether there is a program for it is the system's to say, and it says so.
    await shell.openExternal(allowed).catch(() => undefined);
  }

  async #askAgain(problem: string): Promise<void> {
    if (await this.#dialogs.askAgain(this.#face.texts.refused, problem)) await this.#core.restart();
    else app.quit();
  }

  async #closeCore(): Promise<void> {
    await this.#core.close();
    this.#isCoreClosed = true;
    app.quit();
  }

  #coreStart(): CoreStart {
    const parts = partsOf({
      appPath: this.#deps.appFolder,
      resourcesPath: process.resourcesPath,
      isPackaged: app.isPackaged,
      platform: process.platform,
      developmentNode: process.env["PILOTHOUSE_NODE"],
    });
    const updateKind = installationKind({
      platform: process.platform,
      isPackaged: app.isPackaged,
      executable: process.execPath,
      env: process.env,
    });
    return { dataFolder: this.#deps.dataFolder, version: app.getVersion(), updateKind, ...parts };
  }
}

interface CoreFork {
  readonly start: CoreStart;
  /** Where V8's compiled code is kept. */
  readonly cacheFolder: string;
}

function pathOf(argv: readonly string[]): string | undefined {
  const link = findLink(argv);
  return link === null ? undefined : (pathOfLink(link) ?? undefined);
}

function forkCore(file: string, { start, cacheFolder }: CoreFork): CoreChild {
  const child = utilityProcess.fork(file, [JSON.stringify(start)], {
    serviceName: "Pilothouse core",
    // Its one file is large; compiled code that is kept halves the time until it answers.
    env: { ...process.env, NODE_COMPILE_CACHE: cacheFolder },
  });
  return {
    postMessage: (message, ports = []) => child.postMessage(message, ports),
    onMessage: (listener) => void child.on("message", listener),
    onExit: (listener) => void child.on("exit", listener),
    kill: () => void child.kill(),
  };
}
