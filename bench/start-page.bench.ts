import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "#tests/helpers/installed-browser.ts";
import { median, printFigure } from "./figure.ts";

const ROUNDS = 5;
const PROMISED_MS = 1_500;
const ROOT = join(import.meta.dirname, "..");

/** `npm start -- --web` to a page that can be used, beside a bare Node server with an empty page. */
async function measure(): Promise<void> {
  const executablePath = findInstalledBrowser();
  if (executablePath === null) throw new Error("no browser is installed");
  const browser = await chromium.launch({ executablePath, args: [...TEST_BROWSER_FLAGS] });
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await startPilothouse(browser));
    bare.push(await startBareServer(browser));
  }
  await browser.close();
  const ratio = median(ours) / median(bare);
  printFigure({
    name: "`npm start -- --web` to a usable page, once built",
    ours: `${median(ours).toFixed(0)} ms`,
    alternative: `${median(bare).toFixed(0)} ms for an empty page of a bare Node server`,
    ratio,
    promise: `≤ ${PROMISED_MS} ms`,
    isKept: median(ours) <= PROMISED_MS,
  });
}

async function startPilothouse(browser: Browser): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), "pilothouse-bench-"));
  const startedMs = performance.now();
  const args = ["start", "--web", "--no-open", "--data", data];
  const child = spawn("node", [join(ROOT, "bin", "launch.mjs"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(await addressIn(child));
    await page.getByRole("navigation").first().waitFor();
    const tookMs = performance.now() - startedMs;
    await page.close();
    return tookMs;
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
    await rm(data, { recursive: true, force: true });
  }
}

async function addressIn(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const piece of child.stdout ?? []) {
    text += String(piece);
    const address = /http:\/\/\S+#signin=\S+/.exec(text)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`no sign-in address in: ${text}`);
}

async function startBareServer(browser: Browser): Promise<number> {
  const startedMs = performance.now();
  const server = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<nav>nothing</nav>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.getByRole("navigation").waitFor();
  const tookMs = performance.now() - startedMs;
  await page.close();
  server.close();
  return tookMs;
}

await measure();
