import { homedir } from "node:os";
import { join } from "node:path";
import { nativeImage } from "electron/common";
import { app, Menu, Notification, nativeTheme, Tray } from "electron/main";
import { type Settings, settingsSchema } from "#contract/system.ts";
import { aboutPanel } from "./about.ts";
import type { FromCore, Notice } from "./host-messages.ts";
import { appImageOf } from "./installation.ts";
import { writeAutostart } from "./login-item.ts";
import { menuTemplate } from "./menu.ts";
import { type Remembered, remember } from "./remembered.ts";
import { type Texts, textsFor } from "./texts.ts";
import type { Windows } from "./windows.ts";

export interface SystemFaceDeps {
  readonly windows: Windows;
  readonly iconsFolder: string;
  readonly dataFolder: string;
  readonly rememberedFile: string;
  readonly remembered: Remembered;
  readonly locale: () => string;
}

/** Electron's value for a bar without a length. */
const INDETERMINATE = 2;
const NO_PROGRESS = -1;

/** What the system shows of the program besides its windows: menu, tray, notices, progress; in one language. */
export class SystemFace {
  readonly #deps: SystemFaceDeps;
  #settings: Settings;
  #tray: Tray | null = null;
  /** A notice that nobody holds on to may be collected before it is clicked; the newest few are kept. */
  readonly #notices: Notification[] = [];

  constructor(deps: SystemFaceDeps) {
    this.#deps = deps;
    this.#settings = { ...settingsSchema.parse({}), ...deps.remembered };
  }

  get texts(): Texts {
    return textsFor(this.#settings.language, this.#deps.locale());
  }

  /** Whether the program goes on without a window: where the system keeps it reachable, or with a tray icon. */
  get keepsRunning(): boolean {
    return process.platform === "darwin" || this.#tray !== null;
  }

  show(): void {
    const { chrome, electron, node } = process.versions;
    app.setAboutPanelOptions(
      aboutPanel({
        platform: process.platform,
        version: app.getVersion(),
        parts: { Electron: electron, Chromium: chrome, Node: node },
        iconFile: join(this.#deps.iconsFolder, "icon-256.png"),
      }),
    );
    nativeTheme.themeSource = this.#settings.colorScheme;
    this.#showMenu();
  }

  hear(message: FromCore): void {
    if (message.type === "started" || message.type === "settings") this.#apply(message.settings);
    else if (message.type === "notice") this.#notify(message.notice);
    else if (message.type === "activity") {
      app.setBadgeCount(message.liveRuns);
      this.#deps.windows.showProgress(message.startingRuns > 0 ? INDETERMINATE : NO_PROGRESS);
    }
  }

  #apply(settings: Settings): void {
    const before = this.#settings;
    this.#settings = settings;
    nativeTheme.themeSource = settings.colorScheme;
    this.#showMenu();
    this.#showTray();
    if (settings.startsAtLogin !== before.startsAtLogin) void this.#startAtLogin(settings.startsAtLogin);
    // Only colours and words of the next start's first moment are lost when the disk refuses.
    void remember(this.#deps.rememberedFile, settings).catch(() => undefined);
  }

  #showMenu(): void {
    const { windows } = this.#deps;
    const template = menuTemplate({
      texts: this.texts.menu,
      isMac: process.platform === "darwin",
      hasDevTools: !app.isPackaged,
      actions: {
        newWindow: () => windows.openAnother(),
        open: (path) => windows.show(path),
        about: () => app.showAboutPanel(),
        quit: () => app.quit(),
      },
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  /** On Linux many desktops show no icons, so there it has to be asked for. */
  #showTray(): void {
    const { tray } = this.#settings;
    const isWanted = tray === "on" || (tray === "system" && process.platform !== "linux");
    if (!isWanted) {
      this.#tray?.destroy();
      this.#tray = null;
      return;
    }
    const { iconsFolder, windows } = this.#deps;
    this.#tray ??= new Tray(nativeImage.createFromPath(join(iconsFolder, "tray.png")));
    this.#tray.setToolTip("Pilothouse");
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { id: "tray-show", label: this.texts.tray.show, click: () => windows.show() },
        { type: "separator" },
        { id: "tray-quit", label: this.texts.tray.quit, click: () => app.quit() },
      ]),
    );
  }

  #notify({ agent, kind, runId }: Notice): void {
    if (!this.#settings.notifies || this.#deps.windows.isAnyInFront || !Notification.isSupported()) return;
    const { attention, attentionBody, failed, failedBody } = this.texts.notice;
    const [title, body] = kind === "failed" ? [failed, failedBody] : [attention, attentionBody];
    const notice = new Notification({ title: title.replace("{agent}", agent), body });
    notice.on("click", () => this.#deps.windows.show(`/runs/${runId}`));
    notice.show();
    this.#notices.push(notice);
    if (this.#notices.length > MAX_NOTICES) this.#notices.shift();
  }

  async #startAtLogin(isOn: boolean): Promise<void> {
    if (process.platform !== "linux") {
      app.setLoginItemSettings({ openAtLogin: isOn });
      return;
    }
    const place = {
      configFolder: process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"),
      // An AppImage lies in another place each time it runs; its file stays.
      executable: appImageOf(process.env) ?? process.execPath,
      args: [...(app.isPackaged ? [] : [app.getAppPath()]), "--data", this.#deps.dataFolder],
    };
    // The settings page shows what was asked for; a folder that refuses the file is told by the file manager as well.
    await writeAutostart(place, isOn).catch(() => undefined);
  }
}

const MAX_NOTICES = 20;
