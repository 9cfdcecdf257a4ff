import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#contract/errors.ts";
import { syncFolder, toDataError } from "#main/platform/index.ts";
import type { OnProgress } from "../driver.ts";

const FINISH_MARK = ".pilothouse-complete";

/** One environment to be there: `name` is its content address. */
export interface PackageRequest {
  readonly name: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /** Fills the folder. Its own signal aborts when nobody waits for the result any more. */
  readonly build: (folder: string, onProgress: OnProgress, signal: AbortSignal) => Promise<void>;
}

/**
 * Folders that are built once per content.
 *
 * An environment is built at its final place, because Python writes absolute paths into it, and counts only
 * once its finish mark is there; a folder without one is the rest of a build that was cut off, and is thrown
 * away. Starts that need the same folder at the same time wait for one build; it is given up when the last
 * of them is taken back.
 */
export class PackageCache {
  readonly #folder: string;
  readonly #building = new Map<string, Building>();

  constructor(deps: { readonly folder: string }) {
    this.#folder = deps.folder;
  }

  /** @returns the folder, complete */
  async provide(request: PackageRequest): Promise<string> {
    const { name, signal } = request;
    const folder = join(this.#folder, name);
    refuseAborted(signal);
    const building = await this.#join(request, folder);
    if (building === null) return folder;
    await this.#wait(building, request);
    return folder;
  }

  /** The build to wait for; null when the folder is complete. */
  async #join(request: PackageRequest, folder: string): Promise<Building | null> {
    const { name } = request;
    for (let given = this.#building.get(name); given !== undefined; given = this.#building.get(name)) {
      if (!given.abort.signal.aborted) return given;
      // Given up by everybody before us: its rest is cleared away first, then we build anew.
      await given.done.catch(() => undefined);
    }
    if (await exists(join(folder, FINISH_MARK))) return null;
    // Somebody else may have begun while we looked.
    return this.#building.get(name) ?? this.#begin(request, folder);
  }

  /** Output of the tools that built `name`. */
  logFile(name: string): string {
    return join(this.#folder, `${name}.log`);
  }

  #begin(request: PackageRequest, folder: string): Building {
    const abort = new AbortController();
    const listeners = new Set<OnProgress>();
    const building: Building = { abort, listeners, lastStep: null, waiting: 0, done: Promise.resolve() };
    const tell: OnProgress = (step) => {
      building.lastStep = step;
      for (const listener of listeners) listener(step);
    };
    building.done = this.#build(request, folder, { tell, signal: abort.signal }).finally(() => {
      this.#building.delete(request.name);
    });
    // Every waiter gets the failure; the promise itself may have none left when the last was taken back.
    building.done.catch(() => undefined);
    this.#building.set(request.name, building);
    return building;
  }

  async #build(
    request: PackageRequest,
    folder: string,
    to: { readonly tell: OnProgress; readonly signal: AbortSignal },
  ): Promise<void> {
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await request.build(folder, to.tell, to.signal);
      await writeFile(join(folder, FINISH_MARK), "");
      await syncFolder(folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      throw toDataError(error, folder);
    }
  }

  async #wait(building: Building, request: PackageRequest): Promise<void> {
    const { onProgress, signal } = request;
    const cancelled = Promise.withResolvers<never>();
    const cancel = () => cancelled.reject(takenBack());
    signal.addEventListener("abort", cancel, { once: true });
    // It may have aborted while the disk was asked, and then says so no more.
    if (signal.aborted) cancel();
    building.waiting += 1;
    building.listeners.add(onProgress);
    if (building.lastStep !== null) onProgress(building.lastStep);
    try {
      await Promise.race([building.done, cancelled.promise]);
    } finally {
      signal.removeEventListener("abort", cancel);
      building.listeners.delete(onProgress);
      building.waiting -= 1;
      if (building.waiting === 0) building.abort.abort();
    }
  }
}

interface Building {
  done: Promise<void>;
  lastStep: string | null;
  waiting: number;
  readonly abort: AbortController;
  readonly listeners: Set<OnProgress>;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw takenBack();
}

function takenBack(): AppError {
  return new AppError("run.cancelled", "The request was taken back");
}
