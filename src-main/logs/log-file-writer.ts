import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "#core/clock.ts";
import { encodeChunk, encodeSeal } from "#core/log-framing.ts";
import { encodeGap } from "#core/output-gap.ts";
import { syncFolder, toDataError } from "#main/platform/index.ts";
import type { LogState, StoredEntry } from "./log-state.ts";
import type { LogChunk, LogGap, LogWriter } from "./log-store.ts";

/** What a writer needs of a file. */
export type WritableFile = Pick<FileHandle, "truncate" | "datasync" | "close"> & {
  read(target: Uint8Array, from: { position: number }): Promise<{ bytesRead: number }>;
  writev(pieces: readonly Uint8Array[], position: number): Promise<{ bytesWritten: number }>;
};

/** Where a writer gets the files from. `tail-file.ts` has the real ones. */
export interface TailFiles {
  /** The last plain segment, cut back to its last whole chunk, or the first one of a new log. */
  open(state: LogState): Promise<WritableFile>;
  /** A new segment behind the last one; durable, name included, when it resolves. */
  next(state: LogState): Promise<{ file: WritableFile; segment: number; sizeBytes: number }>;
}

export interface LogFileWriterDeps {
  readonly files: TailFiles;
  readonly state: LogState;
  readonly clock: Clock;
  /** Size at which a segment ends and the next one begins. */
  readonly segmentBytes: number;
  /** A segment is finished and can be sealed. Resolves when the writer may go on. */
  readonly onSegmentFinished: () => Promise<void>;
  readonly onClosed: () => void;
}

interface Waiting {
  readonly entry: StoredEntry;
  readonly pieces: readonly Uint8Array[];
  readonly sizeBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes that go to the disk with one call. */
const BATCH_BYTES = 4 * 1024 * 1024;
const REWRITE_BYTES = 1024 * 1024;

/**
 * Writes the plain segments of one log. Chunks that wait go out together, in order. A segment is on the disk whole
 * before the next one begins, so that a power cut takes bytes from the end of the log only.
 *
 * When the disk refuses, the file is cut back to its last whole chunk and everything that waits is refused with it,
 * so that no later chunk can overtake a lost one; the caller sends them again from `cursor` on.
 */
export class LogFileWriter implements LogWriter {
  readonly #deps: LogFileWriterDeps;
  readonly #queue: Waiting[] = [];
  /** Open for reading and writing; null while the last segment is a sealed one. */
  #file: WritableFile | null = null;
  #draining: Promise<void> | null = null;
  /** There may be bytes of a refused write behind the last whole chunk. */
  #hasRemains = false;
  /** Everything before this is on the disk for sure. */
  #syncedBytes: number;
  /** A sync failed: the system may have dropped what it could not write and would not say so again. */
  #mustRewrite = false;
  /** The file's name may be new, so the folders that hold it go to the disk with the first sync. */
  #isNameSynced = false;
  #isClosed = false;

  constructor(deps: LogFileWriterDeps) {
    this.#deps = deps;
    // Pages of an earlier writer that are not on the disk yet go there with the next sync of this file.
    this.#syncedBytes = deps.state.committedBytes;
  }

  /** Takes hold of the file. Called once, before anything else. */
  async open(): Promise<void> {
    const { files, state } = this.#deps;
    if (!state.isTailSealed) this.#file = await files.open(state);
  }

  get cursor(): string | null {
    return this.#deps.state.cursor;
  }

  async append(chunk: LogChunk): Promise<void> {
    this.#assertOpen();
    if (chunk.bytes.length === 0 && chunk.cursor === this.cursor) return;
    await this.#enqueue({ ...chunk, kind: chunk.stream }, encodeChunk(chunk, this.#deps.state.framing));
  }

  async gap({ gap, atMs, cursor }: LogGap): Promise<void> {
    this.#assertOpen();
    const bytes = encodeGap(gap);
    const pieces = encodeChunk({ stream: "gap", bytes, atMs, cursor }, this.#deps.state.framing);
    await this.#enqueue({ kind: "gap", bytes, atMs, cursor }, pieces);
  }

  async sync(): Promise<void> {
    this.#assertOpen();
    await this.#draining;
    await this.#sync();
  }

  async seal(): Promise<void> {
    this.#assertOpen();
    await this.#draining;
    const { state, clock } = this.#deps;
    if (!state.isSealed) {
      const atMs = clock.nowMs();
      const entry: StoredEntry = { kind: "sealed", bytes: new Uint8Array(0), atMs, cursor: "" };
      await this.#enqueue(entry, encodeSeal(atMs, state.framing));
    }
    await this.#sync();
    await this.#close();
  }

  async release(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#draining;
      await this.#sync();
    } finally {
      await this.#close();
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error(`The log writer of run ${this.#deps.state.runId} was closed`);
  }

  async #enqueue(entry: StoredEntry, pieces: readonly Uint8Array[]): Promise<void> {
    const sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({ entry, pieces, sizeBytes, resolve, reject });
    this.#draining ??= this.#drain();
    await promise;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#write(batch.flatMap(({ pieces }) => pieces));
      } catch (error) {
        const failure = toDataError(error, this.#deps.state.folder);
        for (const { reject } of [...batch, ...this.#queue.splice(0)]) reject(failure);
        break;
      }
      for (const { entry, resolve } of batch) {
        this.#deps.state.stored(entry);
        resolve();
      }
    }
    this.#draining = null;
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    const end = this.#queue.findIndex(({ sizeBytes }) => {
      bytes += sizeBytes;
      return bytes > BATCH_BYTES;
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : Math.max(1, end));
  }

  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    const { state } = this.#deps;
    const file = await this.#tail();
    if (this.#hasRemains) await file.truncate(state.committedBytes);
    this.#hasRemains = true;
    try {
      await writeAll(file, pieces, state.committedBytes);
      this.#hasRemains = false;
    } catch (error) {
      await file.truncate(state.committedBytes).then(
        () => {
          this.#hasRemains = false;
        },
        // The next write tries again before it adds anything; readers never look behind the last whole chunk.
        () => undefined,
      );
      throw error;
    }
  }

  /** The file that takes what comes next. */
  async #tail(): Promise<WritableFile> {
    const { files, state, segmentBytes, onSegmentFinished } = this.#deps;
    if (this.#file !== null && state.committedBytes < segmentBytes) return this.#file;
    if (this.#hasRemains) await this.#file?.truncate(state.committedBytes);
    await this.#sync();
    const next = await files.next(state);
    await this.#file?.close();
    this.#file = next.file;
    this.#syncedBytes = next.sizeBytes;
    this.#hasRemains = false;
    state.beginSegment(next.segment, next.sizeBytes);
    await onSegmentFinished();
    return next.file;
  }

  async #sync(): Promise<void> {
    const { state } = this.#deps;
    const file = this.#file;
    if (file === null) return;
    const end = state.committedBytes;
    try {
      if (this.#mustRewrite) await this.#rewrite(file, end);
      await file.datasync();
      // A sync that was under way when the next segment began says nothing about that one.
      if (file === this.#file) this.#syncedBytes = end;
      this.#mustRewrite = false;
      if (!this.#isNameSynced) await this.#syncName();
    } catch (error) {
      this.#mustRewrite = true;
      throw toDataError(error, state.folder);
    }
  }

  async #syncName(): Promise<void> {
    const { folder } = this.#deps.state;
    await syncFolder(folder);
    await syncFolder(dirname(folder));
    this.#isNameSynced = true;
  }

  /** Writes again what may have been dropped; reading it back gives what the system still holds in memory. */
  async #rewrite(file: WritableFile, end: number): Promise<void> {
    for (let at = this.#syncedBytes; at < end; at += REWRITE_BYTES) {
      const bytes = Buffer.alloc(Math.min(REWRITE_BYTES, end - at));
      const { bytesRead } = await file.read(bytes, { position: at });
      await writeAll(file, [bytes.subarray(0, bytesRead)], at);
    }
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#deps.onClosed();
    await this.#file?.close();
  }
}

async function writeAll(file: WritableFile, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let rest = pieces;
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, at);
    at += bytesWritten;
    rest = without(rest, bytesWritten);
  }
}

/** The pieces behind the first `count` bytes. A full disk takes a part and refuses only the next call. */
function without(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count;
  for (const [index, piece] of pieces.entries()) {
    if (left < piece.length) return [piece.subarray(left), ...pieces.slice(index + 1)];
    left -= piece.length;
  }
  return [];
}
