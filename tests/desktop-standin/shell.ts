import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { app } from "./app.ts";
import { note, onControl } from "./control.ts";

type Template = Electron.MenuItemConstructorOptions;

/** Menus as the program gave them; clicking is the harness's. */
export class Menu {
  readonly #template: readonly Template[];

  private constructor(template: readonly Template[]) {
    this.#template = template;
  }

  static buildFromTemplate(template: Template[]): Menu {
    return new Menu(template);
  }

  static setApplicationMenu(menu: Menu | null): void {
    note("menu", { isReady: app.isReady(), items: menu?.outline() ?? null });
    if (menu !== null) onControl("menu.click", (id) => menu.click(String(id)));
  }

  outline(): readonly unknown[] {
    return outlineOf(this.#template);
  }

  click(id: string): void {
    const item = find(this.#template, id);
    if (item === null) throw new Error(`no item ${id}`);
    (item.click as () => void)();
  }
}

function outlineOf(items: readonly Template[]): readonly unknown[] {
  return items.map(({ accelerator, id, label, role, submenu }) => ({
    ...(id === undefined ? {} : { id }),
    ...(label === undefined ? {} : { label }),
    ...(role === undefined ? {} : { role }),
    ...(accelerator === undefined ? {} : { accelerator }),
    ...(Array.isArray(submenu) ? { items: outlineOf(submenu) } : {}),
  }));
}

function find(items: readonly Template[], id: string): Template | null {
  for (const item of items) {
    if (item.id === id) return item;
    const inside = Array.isArray(item.submenu) ? find(item.submenu, id) : null;
    if (inside !== null) return inside;
  }
  return null;
}

export class Tray implements Pick<Electron.Tray, "destroy" | "setToolTip"> {
  constructor(image: { file: string }) {
    app.mustBeReady("Tray");
    note("tray.created", { icon: image.file });
  }

  setToolTip(text: string): void {
    note("tray.toolTip", { text });
  }

  setContextMenu(menu: Menu | null): void {
    note("tray.menu", { items: menu?.outline() ?? null });
    if (menu !== null) onControl("tray.click", (id) => menu.click(String(id)));
  }

  destroy(): void {
    note("tray.destroyed");
  }
}

export class Notification extends EventEmitter implements Pick<Electron.Notification, "show"> {
  readonly #options: Electron.NotificationConstructorOptions;

  constructor(options: Electron.NotificationConstructorOptions) {
    super();
    this.#options = options;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    note("notification", { ...this.#options });
    onControl("notification.click", () => this.emit("click"));
  }
}

const dialogAnswers: unknown[] = [];
onControl("dialog.answer", (answer) => dialogAnswers.push(answer));

/** Answers are given beforehand; without one a dialog is cancelled. */
export const dialog = {
  async showOpenDialog(...args: unknown[]): Promise<{ canceled: boolean; filePaths: string[] }> {
    note("dialog.open", { options: args.at(-1) });
    const folder = dialogAnswers.shift();
    return typeof folder === "string"
      ? { canceled: false, filePaths: [folder] }
      : { canceled: true, filePaths: [] };
  },
  async showMessageBox(...args: unknown[]): Promise<{ response: number }> {
    note("dialog.message", { options: args.at(-1) });
    const response = Number(dialogAnswers.shift() ?? 1);
    note("dialog.answered", { response });
    return { response };
  },
};

export const shell: Pick<Electron.Shell, "openExternal" | "openPath"> = {
  async openPath(path) {
    note("shell.openPath", { path });
    return "";
  },
  async openExternal(url) {
    note("shell.openExternal", { url });
  },
};

export const nativeImage = {
  createFromPath(file: string): { file: string } {
    if (!existsSync(file)) throw new Error(`no image ${file}`);
    return { file };
  },
};

class NativeTheme extends EventEmitter {
  readonly shouldUseDarkColors = process.env["STANDIN_DARK"] === "1";
  #source = "system";

  get themeSource(): string {
    return this.#source;
  }

  set themeSource(source: string) {
    this.#source = source;
    note("nativeTheme.themeSource", { source });
  }
}
export const nativeTheme = new NativeTheme();

class PowerMonitor extends EventEmitter {}
export const powerMonitor = new PowerMonitor();
onControl("power.resume", () => powerMonitor.emit("resume"));

export const crashReporter = {
  start(options: Electron.CrashReporterStartOptions): void {
    app.mustNotBeReady("crashReporter.start()");
    note("crashReporter.start", { options });
  },
};
