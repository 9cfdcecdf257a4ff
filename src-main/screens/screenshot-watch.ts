import { type FSWatcher, watch } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import path from "node:path";
import { type RunId, type ScreenshotId, screenshotIdSchema } from "#contract/ids.ts";
import type { Screenshot } from "#contract/run.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { hasImageEnd, IMAGE_HEADER_BYTES, readImageHeader } from "#core/image-header.ts";

/** A larger file is no screenshot. */
export const SCREENSHOT_LIMIT_BYTES = 20 * 1024 * 1024;
/** After a hint of the system. */
const HINT_DELAY_MS = 50;
/** Hints get lost (network folders, full queues), so everything is also looked at this often… */
const POLL_MS = 5_000;
/** …and this often where the system gives no hints at all. */
const POLL_WITHOUT_HINTS_MS = 1_000;
/** Bytes from the end that say whether an image is whole. */
const TAIL_BYTES = 16;
/** A file without an end mark that has not changed for so long is as whole as it gets. */
const SETTLED_MS = 3_000;
/** Files of one run; an agent that writes more has a bug, and the list must stay usable. */
const LIMIT_FILES = 10_000;

export interface ScreenshotWatchDeps {
  readonly runId: RunId;
  readonly folder: string;
  readonly clock: Clock;
  readonly isKnown: (id: ScreenshotId) => boolean;
  readonly onScreenshot: (screenshot: Screenshot) => void;
  /** A file that is no screenshot, said once per file. */
  readonly onRefused: (name: string, problem: string) => void;
  readonly onTrouble: (error: unknown) => void;
}

type Verdict =
  | { readonly kind: "screenshot"; readonly screenshot: Screenshot }
  | { readonly kind: "refused"; readonly problem: string }
  | { readonly kind: "growing" };

/** Takes up the image files of one run's screenshot folder, each once, when it is complete. */
export class ScreenshotWatch {
  readonly #deps: ScreenshotWatchDeps;
  readonly #done = new Set<string>();
  /** Files that were not complete: when their present size was first seen. */
  readonly #growing = new Map<string, { sizeBytes: number; sinceMs: number }>();
  #watcher: FSWatcher | null = null;
  #timer: Timer | null = null;
  #sweep: Promise<void> | null = null;
  #isHinted = false;
  #isClosed = false;

  constructor(deps: ScreenshotWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    try {
      this.#watcher = watch(this.#deps.folder, () => this.#hint());
      // The poll goes on without hints.
      this.#watcher.on("error", () => {
        this.#watcher?.close();
        this.#watcher = null;
      });
      this.#watcher.unref();
    } catch {
      // The folder may not be there yet, or the system is out of watches: the poll finds the files.
    }
    this.#lookIn(0);
  }

  /** Takes up what is there now, complete or settled, and lets go. */
  async finish(): Promise<void> {
    this.#letGo();
    await this.#sweep;
    await this.#look(true);
    this.#isClosed = true;
  }

  close(): void {
    this.#letGo();
    this.#isClosed = true;
  }

  #letGo(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#timer?.cancel();
    this.#isClosed = true;
  }

  #hint(): void {
    if (this.#isHinted || this.#isClosed) return;
    this.#isHinted = true;
    this.#timer?.cancel();
    this.#lookIn(HINT_DELAY_MS);
  }

  #lookIn(delayMs: number): void {
    this.#timer = this.#deps.clock.after(delayMs, () => {
      this.#isHinted = false;
      this.#sweep = this.#look(false).finally(() => {
        if (!this.#isClosed && !this.#isHinted) this.#lookIn(this.#pause());
      });
    });
  }

  #pause(): number {
    if (this.#growing.size > 0) return HINT_DELAY_MS * 4;
    return this.#watcher === null ? POLL_WITHOUT_HINTS_MS : POLL_MS;
  }

  async #look(isLast: boolean): Promise<void> {
    for (const name of await this.#names()) {
      const id = screenshotIdSchema.safeParse(name);
      if (!id.success || this.#done.has(name)) continue;
      if (this.#deps.isKnown(id.data)) {
        this.#done.add(name);
        continue;
      }
      try {
        this.#deal(name, await this.#judge(id.data, isLast));
      } catch (error) {
        // A file that vanished between listing and looking, or a store that takes nothing now.
        this.#deps.onTrouble(error);
      }
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.#deps.folder);
      // A name with a dot in front is how programs mark a file that they still write.
      return names.filter((name) => !name.startsWith(".")).slice(0, LIMIT_FILES);
    } catch {
      // No folder: no screenshots. It may appear later.
      return [];
    }
  }

  #deal(name: string, verdict: Verdict): void {
    switch (verdict.kind) {
      case "screenshot":
        this.#deps.onScreenshot(verdict.screenshot);
        this.#settle(name);
        break;
      case "refused":
        this.#settle(name);
        this.#deps.onRefused(name, verdict.problem);
        break;
      case "growing":
        break;
    }
  }

  #settle(name: string): void {
    this.#growing.delete(name);
    this.#done.add(name);
  }

  async #judge(id: ScreenshotId, isLast: boolean): Promise<Verdict> {
    const { runId, folder } = this.#deps;
    const file = path.join(folder, id);
    const stat = await lstat(file);
    // A link could lead anywhere on this computer.
    if (!stat.isFile()) return { kind: "refused", problem: "is no ordinary file" };
    if (stat.size > SCREENSHOT_LIMIT_BYTES) {
      return { kind: "refused", problem: `is larger than ${SCREENSHOT_LIMIT_BYTES} bytes` };
    }
    const isSettled = isLast || this.#hasSettled(id, stat.size);
    const ends = await readEnds(file, stat.size);
    const header = readImageHeader(ends.head);
    if (header === null) {
      return isSettled
        ? { kind: "refused", problem: "is no PNG, JPEG, WebP or GIF image" }
        : { kind: "growing" };
    }
    if (!hasImageEnd(header, { ...ends, sizeBytes: stat.size }) && !isSettled) return { kind: "growing" };
    return {
      kind: "screenshot",
      screenshot: { id, runId, atMs: Math.round(stat.mtimeMs), sizeBytes: stat.size, ...header },
    };
  }

  #hasSettled(name: string, sizeBytes: number): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    const seen = this.#growing.get(name);
    if (seen?.sizeBytes !== sizeBytes) {
      this.#growing.set(name, { sizeBytes, sinceMs: nowMs });
      return false;
    }
    return nowMs - seen.sinceMs >= SETTLED_MS;
  }
}

async function readEnds(file: string, sizeBytes: number): Promise<{ head: Uint8Array; tail: Uint8Array }> {
  const handle = await open(file, "r");
  try {
    const head = new Uint8Array(Math.min(sizeBytes, IMAGE_HEADER_BYTES));
    const tail = new Uint8Array(Math.min(sizeBytes, TAIL_BYTES));
    const first = await handle.read(head, 0, head.length, 0);
    const last = await handle.read(tail, 0, tail.length, sizeBytes - tail.length);
    return { head: head.subarray(0, first.bytesRead), tail: tail.subarray(0, last.bytesRead) };
  } finally {
    await handle.close();
  }
}
