import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilCoreIsKept } from "#tests/helpers/compiled-code.ts";
import { type DesktopOptions, startDesktop } from "#tests/helpers/desktop.ts";
import { writeBareDesktop } from "./bare-desktop.ts";
import { median, printFigure } from "./figure.ts";

const ROUNDS = 5;
const LOAD_PROMISED_MS = 150;
const WINDOW_PROMISED_MS = 800;

interface Start {
  readonly loadMs: number;
  /** From the window being made to its page showing what it got from the core. */
  readonly windowMs: number;
}

/**
 * The desktop on the stand-in: the main bundle's load, and the window from its making to a connected page, at the
 * very first start and at a later one, beside a program whose window shows an empty page.
 */
async function measure(): Promise<void> {
  const first: Start[] = [];
  const later: Start[] = [];
  const bare: Start[] = [];
  const empty = await writeBareDesktop();
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), "pilothouse-bench-"));
    const data = join(folder, "data");
    first.push(await startOnce({ data }, () => untilCoreIsKept(data)));
    later.push(await startOnce({ data }));
    bare.push(await startOnce({ data: join(folder, "bare"), mainFile: empty.mainFile }));
    await remove(folder);
  }
  await remove(empty.folder);
  const loadMs = median([...first, ...later].map((start) => start.loadMs));
  printFigure({
    name: "desktop: the main bundle is loaded",
    ours: `${loadMs.toFixed(0)} ms`,
    alternative: "nothing comparable",
    ratio: loadMs / LOAD_PROMISED_MS,
    promise: `≤ ${LOAD_PROMISED_MS} ms`,
    isKept: loadMs <= LOAD_PROMISED_MS,
  });
  printWindow("the very first start", first, bare);
  printWindow("a later start", later, bare);
}

function printWindow(which: string, starts: readonly Start[], bare: readonly Start[]): void {
  const windowMs = median(starts.map((start) => start.windowMs));
  const bareMs = median(bare.map((start) => start.windowMs));
  printFigure({
    name: `desktop: from the window to a usable page, under the stand-in, ${which}`,
    ours: `${windowMs.toFixed(0)} ms`,
    alternative: `${bareMs.toFixed(0)} ms for a window with an empty page`,
    ratio: windowMs / bareMs,
    promise: `≤ ${WINDOW_PROMISED_MS} ms`,
    isKept: windowMs <= WINDOW_PROMISED_MS,
  });
}

async function startOnce(options: DesktopOptions, beforeEnd = async () => {}): Promise<Start> {
  await using desktop = await startDesktop(options);
  await desktop.until("window.created");
  const madeAt = performance.now();
  await (await desktop.window(1)).getByRole("navigation").first().waitFor();
  const windowMs = performance.now() - madeAt;
  const { inMs } = await desktop.until("main.loaded");
  await beforeEnd();
  return { loadMs: Number(inMs), windowMs };
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

await measure();
