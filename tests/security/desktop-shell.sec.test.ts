import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { launchChromium } from "#tests/desktop-standin/chromium.ts";
import { type Desktop, startDesktop } from "#tests/helpers/desktop.ts";
import { asPackaged, type Breakage, copyDesktop } from "#tests/helpers/desktop-copy.ts";
import { examineEnd, examineShell } from "#tests/helpers/examine-shell.ts";
import { ensureBuilt } from "#tests/helpers/program.ts";

const MAIN = "desktop/main.cjs";
const PRELOAD = "desktop/preload.cjs";

interface NamedBreakage extends Breakage {
  /** What the examination says of it. */
  readonly found: string;
}

const main = (found: string, from: string | RegExp, to: string): NamedBreakage => ({
  file: MAIN,
  found,
  from,
  to,
});

const START_AND_WINDOW: readonly NamedBreakage[] = [
  main("start: no sandbox for all", "electron_main.app.enableSandbox();", ""),
  main(
    "start: crash dumps leave the computer",
    "uploadToServer: false",
    "uploadToServer: true, submitURL: 'https://example.org'",
  ),
  main("start: the scheme may too much", "codeCache: true", "codeCache: true, bypassCSP: true"),
  main("start: Electron's own menu", "electron_main.Menu.setApplicationMenu(null);", ""),
  main(
    "start: locked before the profile was named",
    'electron_main.app.setPath("userData", profileFolder);',
    "",
  ),
  main("start: the browser finds names of the network", '"MAP * ~NOTFOUND"', '""'),
  main("window: calls to other browsers", '"disable_non_proxied_udp"', '"default"'),
  main("window: sandbox", "sandbox: true", "sandbox: false"),
  main("window: contextIsolation", "contextIsolation: true", "contextIsolation: false"),
  main("window: nodeIntegration", "nodeIntegration: false", "nodeIntegration: true"),
  main(
    "window: nodeIntegrationInSubFrames",
    "nodeIntegrationInSubFrames: false",
    "nodeIntegrationInSubFrames: true",
  ),
  main("window: webviewTag", "webviewTag: false", "webviewTag: true"),
  main("window: webSecurity", "webSecurity: true", "webSecurity: false"),
  main("window: devTools", "devTools: hasDevTools", "devTools: true"),
  main("window: shown before it is painted", "show: false", "show: true"),
  main("window: white before it is painted", "backgroundColor: background(),", ""),
  {
    file: PRELOAD,
    found: "bridge: not these two functions",
    from: "pathOf: (file)",
    to: "send: electron_renderer.ipcRenderer.send, pathOf: (file)",
  },
];

const SESSION_AND_POLICY: readonly NamedBreakage[] = [
  main(
    "session: permissions are granted",
    /session\.setPermissionRequestHandler\(.*\);/,
    "session.setPermissionRequestHandler((_contents, _permission, answer) => answer(true));",
  ),
  main("session: permissions are said to be there", /session\.setPermissionCheckHandler\(.*\);/, ""),
  main("session: devices are granted", /session\.setDevicePermissionHandler\(.*\);/, ""),
  main("session: requests leave the computer", "data|devtools):/", "data|devtools|https):/"),
  main("session: the disk is read", "/^(?:app|", "/^(?:app|file|"),
  main("policy: default-src", "\"default-src 'none'\"", '"default-src *"'),
  main("policy: script-src", "\"script-src 'self'\"", "\"script-src 'self' 'unsafe-inline' 'unsafe-eval'\""),
  main("policy: require-trusted-types-for", "\"require-trusted-types-for 'script'\",", ""),
  main("policy: trusted-types", "\"trusted-types 'none'\"", '"trusted-types *"'),
  main("header: x-content-type-options", '["X-Content-Type-Options", "nosniff"],', ""),
  main(
    "files: outside of the page",
    /const file = files\.find\((.*)\);/,
    `const file = files.find($1) ?? {
       file: require("node:path").resolve(__dirname, "../renderer", "." + decodeURIComponent(new URL(url).pathname)),
       type: "text/plain", cacheControl: "no-cache" };`,
  ),
];

const WAYS_OUT: readonly NamedBreakage[] = [
  main("window.open: a window of its own", 'return { action: "deny" };', 'return { action: "allow" };'),
  main("window.open: handed on without a question", /!await this\.#dialogs\.askOutside\([^)]*\)/, "false"),
  main("window.open: a file was handed on", "var ALLOWED = [", 'var ALLOWED = ["file:",'),
  main("ports: given to a foreign page", "if (isOurPage(senderFrame))", "if (true)"),
  {
    file: PRELOAD,
    found: "ports: sent to whatever page is there",
    from: 'var OWN_ORIGIN = "/"',
    to: 'var OWN_ORIGIN = "*"',
  },
  main(
    "window.open: no second window of ours",
    "if (isPageAddress(url)) openOurs(url, wishes);",
    "if (false);",
  ),
  main(
    "navigation: away from the page",
    /contents\.on\("will-navigate"[\s\S]*?(?=contents\.on\("will-redirect")/,
    "",
  ),
  main("link: did more than show", "VIEW.test(path) ? path : null", "path"),
  main("end: the core was not closed", "if (this.#isCoreClosed) return;", "return;"),
];

// One for all: a browser takes longest of all to start, and does not go away under a program that ends at once.
const browser = await launchChromium();
afterAll(() => browser.close());

interface Examined extends AsyncDisposable {
  readonly desktop: Desktop;
}

async function open(
  breakages: readonly Breakage[],
  env: Readonly<Record<string, string>> = {},
): Promise<Examined> {
  await ensureBuilt();
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-shell-"));
  const mainFile = await copyDesktop(join(folder, "program"), breakages);
  const desktop = await startDesktop({
    data: join(folder, "data"),
    mainFile,
    // As a package is: what is for developers only must be off.
    env: { ...asPackaged(join(folder, "program")), STANDIN_BROWSER: browser.endpoint, ...env },
  });
  return {
    desktop,
    async [Symbol.asyncDispose]() {
      await desktop[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function problemsOf(breakages: readonly Breakage[]): Promise<readonly string[]> {
  await using examined = await open(breakages);
  const found = await examineShell(examined.desktop);
  return [...found, ...(await examineEnd(examined.desktop))].toSorted();
}

describe("the shell of the desktop", () => {
  test("is sound", async () => {
    expect(await problemsOf([])).toEqual([]);
  });

  test.each([
    { what: "start and window", breakages: START_AND_WINDOW },
    { what: "session, policy and files", breakages: SESSION_AND_POLICY },
    { what: "ways out", breakages: WAYS_OUT },
  ])("broken in its $what, every breakage is found, and nothing else", async ({ breakages }) => {
    const names = breakages.map(({ found }) => found).toSorted();

    expect(await problemsOf(breakages)).toEqual(names);
  });

  test("of a second start opens nothing, unless the lock is ignored", async () => {
    const second = { STANDIN_IS_SECOND: "1" };
    await using refused = await open([], second);
    await refused.desktop.ended;
    await using ignored = await open(
      [main("", /if \(electron_main\.app\.requestSingleInstanceLock\(.*\)\)/, "if (true)")],
      second,
    );
    await ignored.desktop.window(1);

    expect(refused.desktop.entries("window.created")).toEqual([]);
    expect(refused.desktop.entries("utility.fork")).toEqual([]);
  });
});
