import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "../helpers/installed-browser.ts";

const FLAGS = [
  ...TEST_BROWSER_FLAGS,
  "--headless=new",
  // As Playwright starts its own: a page that is kept after one was left costs a new process for the next.
  "--disable-back-forward-cache",
  "--remote-debugging-port=0",
  "--no-default-browser-check",
  "--password-store=basic",
  // Nothing that a page asks for leaves this computer, whatever the program under test forgets to refuse.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "about:blank",
];
const CLOSE_MS = 2_000;

/** A running Chromium with a fresh profile, which listens for DevTools. */
export interface Chromium {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** What its tabs show; one that nobody has used yet shows `about:blank`. */
export async function addressesIn(endpoint: string): Promise<readonly string[]> {
  const response = await fetch(`http://${new URL(endpoint).host}/json/list`);
  const targets = (await response.json()) as readonly { type: string; url: string }[];
  return targets.filter(({ type }) => type === "page").map(({ url }) => url);
}

export async function launchChromium(): Promise<Chromium> {
  const browser = findInstalledBrowser();
  if (browser === null) throw new Error("the stand-in needs a Chromium");
  const profile = await mkdtemp(join(tmpdir(), "pilothouse-standin-"));
  const child = spawn(browser, [`--user-data-dir=${profile}`, ...FLAGS], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const endpoint = await endpointOf(child);
  return {
    endpoint,
    async close() {
      const isRunning = child.exitCode === null && child.signalCode === null;
      const gone = isRunning ? once(child, "exit") : Promise.resolve();
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
      await gone;
      clearTimeout(late);
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found === undefined) return;
      child.stderr?.removeAllListeners("data").resume();
      resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`the browser ended with ${code}: ${said.slice(-2_000)}`)));
  });
}
