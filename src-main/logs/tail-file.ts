import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { encodeStanding } from "#core/log-block.ts";
import { encodeChunk, LOG_FILE_HEAD } from "#core/log-framing.ts";
import { syncFolder, toDataError } from "#main/platform/index.ts";
import type { TailFiles } from "./log-file-writer.ts";
import type { LogState } from "./log-state.ts";

/** The files of the data folder. */
export const TAIL_FILES: TailFiles = { open: openTail, next: openNextSegment };

/**
 * The last plain segment, cut back to its last whole chunk, or the first one of a new log, whose name becomes durable with the first sync.
 *
 * @throws AppError `data.full`, `data.read_only`, `data.io_failed`
 */
async function openTail(state: LogState): Promise<FileHandle> {
  const name = state.fileOf(state.tailSegment, false);
  try {
    await mkdir(state.folder, { recursive: true, mode: 0o700 });
    const file = await open(name, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      await takeUp(file, state);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    throw toDataError(error, name);
  }
}

/** A new file behind the last segment. It says where the log stands, so it can be read without the others. */
async function openNextSegment(
  state: LogState,
): Promise<{ file: FileHandle; segment: number; sizeBytes: number }> {
  const segment = state.tailSegment + 1;
  const name = state.fileOf(segment, false);
  const pieces = standingPieces(state);
  const file = await open(name, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    await begin(file, state, pieces);
    return { file, segment, sizeBytes: sizeOf(pieces) };
  } catch (error) {
    await file.close();
    // Half a head is no segment; the next attempt begins anew if it stays.
    await rm(name, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function takeUp(file: FileHandle, state: LogState): Promise<void> {
  if (state.committedBytes > LOG_FILE_HEAD.length) {
    await file.truncate(state.committedBytes);
  } else if (state.tailSegment === 0) {
    await file.truncate(0);
    await file.write(LOG_FILE_HEAD, 0, LOG_FILE_HEAD.length, 0);
  } else {
    const pieces = standingPieces(state);
    await begin(file, state, pieces);
    state.beginSegment(state.tailSegment, sizeOf(pieces));
  }
}

async function begin(file: FileHandle, { folder }: LogState, pieces: readonly Uint8Array[]): Promise<void> {
  await file.truncate(0);
  await file.writeFile(Buffer.concat(pieces));
  await file.sync();
  await syncFolder(folder);
  await syncFolder(path.dirname(folder));
}

function standingPieces(state: LogState): readonly Uint8Array[] {
  const standing = encodeStanding(state.standing());
  const chunk = { stream: "begin", bytes: standing, atMs: 0, cursor: state.cursor ?? "" } as const;
  return [LOG_FILE_HEAD, ...encodeChunk(chunk, state.framing)];
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
