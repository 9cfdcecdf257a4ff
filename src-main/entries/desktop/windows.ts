import { BrowserWindow, nativeTheme } from "electron/main";
import { BRIDGE_CHANNELS } from "#contract/desktop-bridge.ts";
import { pageAddress } from "./page-address.ts";

export interface WindowsDeps {
  readonly preloadFile: string;
  readonly iconFile: string;
  readonly hasDevTools: boolean;
  /** Calls `action` once after `delayMs`. */
  readonly after: (delayMs: number, action: () => void) => void;
}

/** The page's own colours, so that a window is never white before its first paint. */
const BACKGROUND = { light: "#f6f7f9", dark: "#12151b" } as const;
/** The window whose place is remembered; others open beside it. */
const MAIN_WINDOW = "main";
const RELOAD_PAUSE_MS = 300;
/** More than anybody looks at; a page that asks for windows without end gets no further ones. */
const MOST_WINDOWS = 12;

/** The windows, all of the same page. */
export class Windows {
  readonly #deps: WindowsDeps;

  constructor(deps: WindowsDeps) {
    this.#deps = deps;
  }

  open(path = "/"): void {
    const { hasDevTools, iconFile, preloadFile } = this.#deps;
    const isFirst = BrowserWindow.getAllWindows().length === 0;
    const window = new BrowserWindow({
      width: 1280,
      height: 800,
      minWidth: 720,
      minHeight: 480,
      // Electron keeps the place on the right screen when screens come and go.
      ...(isFirst ? { name: MAIN_WINDOW, windowStatePersistence: true } : {}),
      show: false,
      title: "Pilothouse",
      icon: iconFile,
      backgroundColor: background(),
      webPreferences: {
        preload: preloadFile,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        webviewTag: false,
        webSecurity: true,
        spellcheck: false,
        devTools: hasDevTools,
        v8CacheOptions: "bypassHeatCheck",
      },
    });
    window.once("ready-to-show", () => window.show());
    window.webContents.on("render-process-gone", (_event, { reason }) => {
      if (reason !== "clean-exit") this.#deps.after(RELOAD_PAUSE_MS, () => reload(window));
    });
    load(window, path);
  }

  /** One more window, as far as there may be one. */
  openAnother(path?: string): void {
    if (BrowserWindow.getAllWindows().length < MOST_WINDOWS) this.open(path);
  }

  /** Brings a window to the front, opens one if there is none, and shows `path` in it. */
  show(path?: string): void {
    const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
    if (window === undefined) {
      this.open(path);
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    if (path !== undefined) window.webContents.send(BRIDGE_CHANNELS.open, path);
  }

  get isAnyInFront(): boolean {
    return BrowserWindow.getFocusedWindow() !== null;
  }

  /** What shows while a page loads follows the theme too. */
  showTheme(): void {
    for (const window of BrowserWindow.getAllWindows()) window.setBackgroundColor(background());
  }

  /** Below 0 for none, above 1 for "something is going on". */
  showProgress(progress: number): void {
    for (const window of BrowserWindow.getAllWindows()) window.setProgressBar(progress);
  }
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

function load(window: BrowserWindow, path: string): void {
  // A load that a newer one or the window's end cut short is no failure, and others show in the window itself.
  window.loadURL(pageAddress(path)).catch(() => undefined);
}

function reload(window: BrowserWindow): void {
  if (!window.isDestroyed()) window.webContents.reload();
}
