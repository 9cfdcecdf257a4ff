import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { crashReporter } from "electron/common";
import { app, Menu, protocol } from "electron/main";
import { findLink } from "./deep-link.ts";
import { DesktopApp } from "./desktop-app.ts";
import { PAGE_SCHEME } from "./page-address.ts";
import { readStartFacts } from "./start-facts.ts";

const { dataFolder, profileFolder } = readStartFacts(process.argv, process.env, process.platform);

// Before anything else: the profile decides whose window program this is, and Electron wants the folder to exist.
mkdirSync(profileFolder, { recursive: true, mode: 0o700 });
app.setName("Pilothouse");
app.setPath("userData", profileFolder);
if (process.platform === "win32") app.setAppUserModelId("org.pilothouse.desktop");
// Dumps hold memory, so they stay on this computer.
crashReporter.start({ uploadToServer: false });
app.enableSandbox();
// Nothing of the page lies on the network, so the browser in the program finds no name there, whoever asks for one.
app.commandLine.appendSwitch("host-resolver-rules", "MAP * ~NOTFOUND");
// Electron would build a menu of its own first, which costs time and shows words we did not choose.
Menu.setApplicationMenu(null);
protocol.registerSchemesAsPrivileged([
  {
    scheme: PAGE_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
  },
]);

if (app.requestSingleInstanceLock({ link: findLink(process.argv) })) {
  new DesktopApp({ dataFolder, profileFolder, appFolder: join(import.meta.dirname, "..", "..") }).start();
} else {
  app.exit(0);
}
