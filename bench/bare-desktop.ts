import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = `
const { app, BrowserWindow, protocol } = require("electron/main");
const { join } = require("node:path");
protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges: { standard: true, secure: true } }]);
app.on("web-contents-created", (_event, contents) => contents.setWindowOpenHandler(() => ({ action: "deny" })));
app.whenReady().then(() => {
  const headers = { "Content-Type": "text/html" };
  protocol.handle("app", () => new Response("<!doctype html><nav>nothing</nav>", { headers }));
  new BrowserWindow({ webPreferences: { preload: join(__dirname, "preload.js") } }).loadURL("app://bare/");
});
`;

/** Writes a desktop program that shows one empty page and does nothing else; resolves with its main file. */
export async function writeBareDesktop(): Promise<{ readonly folder: string; readonly mainFile: string }> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-bench-"));
  const mainFile = join(folder, "main.cjs");
  await writeFile(join(folder, "preload.js"), "");
  await writeFile(mainFile, PROGRAM);
  return { folder, mainFile };
}
