import { EventEmitter } from "node:events";
import { app } from "./app.ts";
import { WebContents } from "./contents.ts";
import { note, onControl, Refusable, strict } from "./control.ts";
import { Browser } from "./devtools.ts";

type WindowMembers = Pick<
  Electron.BrowserWindow,
  | "close"
  | "focus"
  | "isDestroyed"
  | "isMinimized"
  | "loadURL"
  | "restore"
  | "setBackgroundColor"
  | "setProgressBar"
  | "show"
>;

let browser: Browser | null = null;
let lastId = 0;
const windows = new Set<BrowserWindow>();
let focused: BrowserWindow | null = null;

/** Started before the program, so that a window can be made without waiting. */
export async function openBrowser(): Promise<void> {
  browser = await Browser.open(process.env["STANDIN_BROWSER"] ?? null);
  note("browser", { endpoint: browser.endpoint });
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
}

function getBrowser(): Browser {
  if (browser === null) throw new Error("the browser was not started");
  return browser;
}

/** A window without a frame: what it shows is real, where it stands is not. */
export class BrowserWindow extends EventEmitter implements WindowMembers {
  readonly id: number;
  readonly #contents: WebContents;
  readonly webContents: WebContents;
  #isDestroyed = false;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    app.mustBeReady("BrowserWindow");
    lastId += 1;
    this.id = lastId;
    const { webPreferences = {}, ...rest } = options;
    note("window.created", { id: this.id, options: rest, webPreferences });
    this.#contents = new WebContents(getBrowser(), webPreferences.preload ?? "");
    this.webContents = strict("webContents", this.#contents);
    windows.add(this);
    this.#contents.once("did-finish-load", () => {
      note("window.ready", { id: this.id });
      this.emit("ready-to-show");
    });
    void this.#contents
      .openTarget()
      .then(() => note("window.target", { id: this.id, target: this.#contents.target }))
      .catch((error: unknown) => {
        // A window may be closed before its page is there, and the program ended; everything else is a failure.
        if (!this.#contents.isDestroyed() && !getBrowser().isClosing) throw error;
      });
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }

  static getFocusedWindow(): BrowserWindow | null {
    return focused;
  }

  loadURL(address: string): Promise<void> {
    note("window.loadURL", { id: this.id, address });
    return this.#contents.loadURL(address);
  }

  show(): void {
    note("window.show", { id: this.id });
    this.focus();
  }

  focus(): void {
    focused = this;
  }

  blur(): void {
    focused = null;
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    note("window.restore", { id: this.id });
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  setBackgroundColor(color: string): void {
    note("window.setBackgroundColor", { id: this.id, color });
  }

  setProgressBar(progress: number): void {
    note("window.setProgressBar", { id: this.id, progress });
  }

  close(): void {
    const event = new Refusable();
    this.emit("close", event);
    if (event.defaultPrevented || this.#isDestroyed) return;
    this.#isDestroyed = true;
    windows.delete(this);
    if (focused === this) focused = null;
    note("window.closed", { id: this.id });
    void this.#contents.destroy();
    this.emit("closed");
    if (windows.size === 0 && !isClosingAll) app.emit("window-all-closed");
  }
}

let isClosingAll = false;

export function closeAllWindows(): boolean {
  isClosingAll = true;
  for (const window of [...windows]) window.close();
  isClosingAll = false;
  return windows.size === 0;
}

onControl("window.closeAll", () => {
  for (const window of [...windows]) window.close();
});
onControl("window.blur", () => focused?.blur());
