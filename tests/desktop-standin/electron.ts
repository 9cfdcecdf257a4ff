// What `electron`, `electron/main` and `electron/common` are in the program under test. Only what the program uses
// is here; anything else is an error that names it.
import { app as realApp } from "./app.ts";
import { strict } from "./control.ts";
import { ipcMain as realIpcMain } from "./ipc.ts";
import { dialog as realDialog, shell as realShell } from "./shell.ts";
import { utilityProcess as realUtilityProcess } from "./utility.ts";

export { protocol, session } from "./session.ts";
export { crashReporter, Menu, Notification, nativeImage, nativeTheme, powerMonitor, Tray } from "./shell.ts";
export { BrowserWindow } from "./window.ts";
export const app = strict("app", realApp);
export const dialog = strict("dialog", realDialog);
export const ipcMain = strict("ipcMain", realIpcMain);
export const shell = strict("shell", realShell);
export const utilityProcess = strict("utilityProcess", realUtilityProcess);
