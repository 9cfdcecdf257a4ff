import type { Page, Response } from "playwright-core";
import { BRIDGE_CHANNELS } from "#contract/desktop-bridge.ts";
import type { JournalEntry } from "#tests/desktop-standin/control.ts";
import type { Desktop } from "./desktop.ts";

/** Options of every window, as they must be. */
const WINDOW = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  devTools: false,
} as const;

const POLICY: Readonly<Record<string, string>> = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' blob: data:",
  "font-src": "'self'",
  "connect-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
};
const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
} as const;

const TRAVERSALS = [
  "/..%2f..%2fpackage.json",
  "/%2e%2e%2f%2e%2e%2fpackage.json",
  "/assets/..%2f..%2f..%2fpackage.json",
  "/..%5c..%5cpackage.json",
  "/%2fetc%2fpasswd",
];

/** Everything about the running shell that is not as it must be, by name; none for a sound one. */
export async function examineShell(desktop: Desktop): Promise<readonly string[]> {
  const page = await desktop.window(1);
  const loaded = await page.reload();
  return [
    ...examineStart(desktop),
    ...examineWindow(desktop),
    ...(await examineSession(desktop)),
    ...examineHeaders(loaded),
    ...(await examineFiles(page)),
    ...(await examineWays(desktop, page)),
    ...(await examineLink(desktop)),
  ];
}

/** The same for the end of the program. */
export async function examineEnd(desktop: Desktop): Promise<readonly string[]> {
  await desktop.act("app.quit").catch(() => undefined);
  await desktop.ended;
  const order = desktop.journal
    .map(({ what }) => what)
    .filter((what) => ["utility.exit", "app.exit"].includes(what));
  return order[0] === "utility.exit" ? [] : ["end: the core was not closed"];
}

function examineStart(desktop: Desktop): string[] {
  const names = desktop.journal.map(({ what }) => what);
  const before = names.slice(0, names.indexOf("main.loaded"));
  const [scheme] = desktop.entries("protocol.registerScheme");
  const [lock] = desktop.entries("app.requestSingleInstanceLock");
  const [crashes] = desktop.entries("crashReporter.start");
  const [menu] = desktop.entries("menu");
  return named({
    "start: the browser finds names of the network": !desktop
      .entries("app.appendSwitch")
      .some(({ name, value }) => name === "host-resolver-rules" && value === "MAP * ~NOTFOUND"),
    "start: no sandbox for all": !before.includes("app.enableSandbox"),
    "start: the scheme may too much":
      JSON.stringify(scheme?.["privileges"]) !==
      '{"standard":true,"secure":true,"supportFetchAPI":true,"codeCache":true}',
    "start: locked before the profile was named": lock?.["userData"] == null,
    "start: crash dumps leave the computer":
      JSON.stringify(crashes?.["options"]) !== '{"uploadToServer":false}',
    "start: Electron's own menu": menu?.["isReady"] !== false,
  });
}

function examineWindow(desktop: Desktop): string[] {
  const [window] = desktop.entries("window.created");
  const given = window?.["webPreferences"] as Readonly<Record<string, unknown>>;
  const options = window?.["options"] as Readonly<Record<string, unknown>>;
  const wrong = Object.entries(WINDOW).filter(([name, value]) => given[name] !== value);
  const [exposed] = desktop.entries("bridge.exposed");
  const [calls] = desktop.entries("contents.webRTC");
  return [
    ...wrong.map(([name]) => `window: ${name}`),
    ...named({
      "window: shown before it is painted": options["show"] !== false,
      "window: white before it is painted": !/^#[0-9a-f]{6}$/.test(String(options["backgroundColor"])),
      "window: calls to other browsers": calls?.["policy"] !== "disable_non_proxied_udp",
      "bridge: not these two functions": JSON.stringify(exposed?.["names"]) !== '["connect","pathOf"]',
    }),
  ];
}

async function examineSession(desktop: Desktop): Promise<string[]> {
  type Grants = Readonly<Record<"request" | "check" | "device", boolean>>;
  const media = (await desktop.act("session.ask", "media")) as Grants;
  const clipboard = (await desktop.act("session.ask", "clipboard-sanitized-write")) as Grants;
  return named({
    "session: permissions are granted": media.request,
    "session: permissions are said to be there": media.check,
    "session: devices are granted": media.device,
    "session: nothing can be copied": !clipboard.request || !clipboard.check,
    "session: requests leave the computer":
      (await desktop.act("session.isAllowed", "https://example.org/")) === true,
    "session: the disk is read": (await desktop.act("session.isAllowed", "file:///etc/passwd")) === true,
  });
}

function examineHeaders(loaded: Response | null): string[] {
  const headers = loaded?.headers() ?? {};
  const policy = new Map(
    (headers["content-security-policy"] ?? "").split("; ").map((directive): [string, string] => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values.join(" ")];
    }),
  );
  const directives = new Set([...Object.keys(POLICY), ...policy.keys()]);
  return [
    ...[...directives].filter((name) => policy.get(name) !== POLICY[name]).map((name) => `policy: ${name}`),
    ...Object.entries(HEADERS)
      .filter(([name, value]) => headers[name] !== value)
      .map(([name]) => `header: ${name}`),
  ];
}

async function examineFiles(page: Page): Promise<string[]> {
  const texts = await page.evaluate(
    (paths) => Promise.all(paths.map(async (path) => (await fetch(path)).text())),
    TRAVERSALS,
  );
  return named({
    "files: outside of the page": texts.some((text) => /"name": "pilothouse"|root:x:/.test(text)),
  });
}

async function examineWays(desktop: Desktop, page: Page): Promise<string[]> {
  await page.evaluate(() => window.open("https://example.org/unasked"));
  await Promise.race([desktop.until("dialog.answered"), desktop.until("shell.openExternal")]);
  await desktop.act("dialog.answer", 0);
  await page.evaluate(() => {
    window.open("https://example.org/manual");
    window.open("file:///etc/passwd");
    window.open("/runs");
  });
  const opened = () => desktop.entries("window.open");
  await desktop.until("window.open", () => opened().length === 4);
  const isSecond = ({ id }: JournalEntry) => id === 2;
  await desktop.until("shell.openExternal", ({ url }) => url === "https://example.org/manual");
  const handedOn = desktop.entries("shell.openExternal").map(({ url }) => url);
  await desktop.act("ipc.forge", { channel: BRIDGE_CHANNELS.connect, origin: "https://example.org" });
  const { outcome } = await desktop.until("forged");
  await page.evaluate(() => location.assign("https://example.org/away"));
  const isAway = ({ url }: JournalEntry) => url === "https://example.org/away";
  const { what } = await Promise.race([
    desktop.until("navigation.refused", isAway),
    desktop.until("navigation.allowed", isAway),
  ]);
  return named({
    "window.open: a window of its own": opened().some(({ action }) => action !== "deny"),
    "window.open: handed on without a question": handedOn.includes("https://example.org/unasked"),
    "window.open: a file was handed on": handedOn.includes("file:///etc/passwd"),
    "window.open: no second window of ours": !desktop.entries("window.created").some(isSecond),
    "ports: given to a foreign page": outcome !== "closed",
    "ports: sent to whatever page is there": desktop
      .entries("page.posted")
      .some(({ origin }) => origin !== "/"),
    "navigation: away from the page": what !== "navigation.refused",
  });
}

async function examineLink(desktop: Desktop): Promise<string[]> {
  await desktop.act("app.openUrl", "pilothouse://agents?add=folder");
  await desktop.act("app.openUrl", "pilothouse://targets");
  await desktop.until("send", ({ args }) => JSON.stringify(args).includes("/targets"));
  const paths = desktop.entries("send").map(({ args }) => JSON.stringify(args));
  return named({ "link: did more than show": paths.some((path) => path.includes("add=")) });
}

function named(problems: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(problems)
    .filter(([, isThere]) => isThere)
    .map(([name]) => name);
}
