import { constants } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "#contract/errors.ts";
import type { SinkTarget } from "#contract/log-sink.ts";
import { visibleJson } from "#core/visible-text.ts";
import { syncFolder, systemCodeOf, toDataError } from "#main/platform/index.ts";
import { ALL_TAKEN, type Delivery, type SinkLine, type Target } from "./sink-line.ts";

/** What was delivered, as it is stored with the places of the lines. */
const stateSchema = z.object({
  /** The number that the growing file gets when it is put aside. */
  number: z.number().int().min(1),
  /** Bytes of it that were delivered. */
  sizeBytes: z.number().int().min(0),
});
type FileState = z.infer<typeof stateSchema>;

export interface FileTargetDeps {
  readonly sink: string;
  readonly target: Extract<SinkTarget, { kind: "file" }>;
  /** As it was after the last delivery; null before the first. */
  readonly state: string | null;
}

const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/**
 * Lines of JSON in `NAME.jsonl`, put aside as `NAME.1.jsonl`, `NAME.2.jsonl` … when it is large enough.
 *
 * Each line is in the files exactly once: a delivery is durable before its places are stored, and what a crash left
 * behind the stored end is cut off by the next one. Putting aside is one rename.
 */
export class FileTarget implements Target {
  readonly #deps: FileTargetDeps;
  readonly #file: string;
  #state: FileState | null;
  #handle: FileHandle | null = null;

  constructor(deps: FileTargetDeps) {
    this.#deps = deps;
    this.#file = path.join(deps.target.folder, `${deps.sink}.jsonl`);
    this.#state = readState(deps.state);
  }

  get state(): string | null {
    return this.#state === null ? null : JSON.stringify(this.#state);
  }

  async deliver(lines: readonly SinkLine[]): Promise<Delivery> {
    const bytes = Buffer.from(lines.map(textOf).join(""));
    try {
      const { handle, state } = await this.#current();
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, state.sizeBytes);
      // A disk that fills up in the middle takes the beginning and says so only by the number.
      if (bytesWritten < bytes.length)
        throw Object.assign(new Error("write was cut short"), { code: "ENOSPC" });
      await handle.datasync();
      this.#state = { ...state, sizeBytes: state.sizeBytes + bytes.length };
    } catch (error) {
      // What was written of it is cut off when the file is opened again.
      await this[Symbol.asyncDispose]();
      throw this.#failure(error);
    }
    return ALL_TAKEN;
  }

  async test(): Promise<void> {
    const draft = `${this.#file}.test`;
    try {
      const handle = await open(draft, OPEN_FLAGS | constants.O_EXCL, 0o600);
      try {
        await handle.writeFile("A test of Pilothouse's log forwarding\n");
        await handle.sync();
      } finally {
        await handle.close();
        await rm(draft, { force: true });
      }
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  /** The growing file and where its next byte belongs; it is put aside first when it is large enough. */
  async #current(): Promise<{ handle: FileHandle; state: FileState }> {
    const { maxFileBytes } = this.#deps.target;
    const open = this.#handle === null || this.#state === null ? await this.#reopen() : null;
    const { handle, state } = open ?? { handle: this.#handle, state: this.#state };
    if (handle !== null && state !== null && state.sizeBytes < maxFileBytes) return { handle, state };
    return await this.#putAside(state?.number ?? 1);
  }

  async #reopen(): Promise<{ handle: FileHandle; state: FileState }> {
    const aside = await this.#asideNumbers();
    const stored = this.#state;
    const handle = await open(this.#file, OPEN_FLAGS, 0o600);
    this.#handle = handle;
    await syncFolder(this.#deps.target.folder);
    const { size } = await handle.stat();
    // A file that is there before the first line is somebody's; it is gone on with.
    if (stored === null) return this.#stand(handle, { number: (aside.at(-1) ?? 0) + 1, sizeBytes: size });
    // It was put aside, and what would have said so was never stored.
    const isAside = aside.includes(stored.number);
    const known = isAside ? { number: stored.number + 1, sizeBytes: 0 } : stored;
    // Behind the known end lies a delivery that was cut short. An emptied file goes on as it is.
    if (size > known.sizeBytes) await handle.truncate(known.sizeBytes);
    return this.#stand(handle, { ...known, sizeBytes: Math.min(size, known.sizeBytes) });
  }

  async #putAside(number: number): Promise<{ handle: FileHandle; state: FileState }> {
    await this[Symbol.asyncDispose]();
    await rename(this.#file, this.#asideFile(number));
    await syncFolder(this.#deps.target.folder);
    await this.#forgetOldest();
    return await this.#reopen();
  }

  #stand(handle: FileHandle, state: FileState): { handle: FileHandle; state: FileState } {
    this.#state = state;
    return { handle, state };
  }

  async #forgetOldest(): Promise<void> {
    const numbers = await this.#asideNumbers();
    for (const number of numbers.slice(0, -this.#deps.target.maxFiles)) {
      await rm(this.#asideFile(number), { force: true });
    }
  }

  async #asideNumbers(): Promise<readonly number[]> {
    const pattern = new RegExp(`^${this.#deps.sink}\\.(\\d+)\\.jsonl$`);
    const names = await readdir(this.#deps.target.folder);
    const numbers = names.map((name) => Number(pattern.exec(name)?.[1]));
    return numbers.filter((number) => number > 0).toSorted((a, b) => a - b);
  }

  #asideFile(number: number): string {
    return path.join(this.#deps.target.folder, `${this.#deps.sink}.${number}.jsonl`);
  }

  #failure(error: unknown): unknown {
    const { folder } = this.#deps.target;
    if (systemCodeOf(error) !== "ENOENT") return toDataError(error, folder);
    return new AppError("folder.unreadable", `${folder} does not exist`, {
      details: { folder },
      cause: error,
    });
  }
}

function readState(text: string | null): FileState | null {
  return text === null ? null : stateSchema.parse(JSON.parse(text));
}

function textOf({ runId, agent, line }: SinkLine): string {
  const { details, isCut, number, stream, text } = line;
  const document = {
    time: new Date(line.atMs).toISOString(),
    agent,
    run: runId,
    line: number,
    stream,
    ...(details?.level == null ? {} : { level: details.level }),
    text,
    ...(isCut ? { isCut } : {}),
  };
  // Somebody will look at this file on a terminal.
  return `${visibleJson(document)}\n`;
}
