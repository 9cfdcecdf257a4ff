import { readdir } from "node:fs/promises";
import type { OutputGap } from "#contract/log.ts";
import type { LimitReport } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import { encodeGap } from "#core/output-gap.ts";
import { spoolFileNumbers } from "#core/spool/cursor.ts";
import { MAX_PAYLOAD_BYTES } from "#core/spool/frame.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import type { RunExit } from "../../driver.ts";
import { createMasks, type MaskedOutput } from "../../shared/masked-output.ts";
import { SpoolTail } from "../../shared/spool-tail.ts";
import { SpoolWriter } from "../../shared/spool-writer.ts";
import type { StreamPiece } from "../engine/multiplexed.ts";

/** Bytes per stream since the beginning of the run. */
export interface CapturedBytes {
  readonly stdout: number;
  readonly stderr: number;
}

/** First frame of every file of the spool. */
export interface StartedContainer {
  readonly containerId: string;
  readonly pid: number | null;
  readonly startedAtMs: number;
  readonly limits: readonly LimitReport[];
  readonly graceMs: number;
  /** Whether the engine's own log gives bytes back exactly. */
  readonly isLogExact: boolean;
  /** Whether that log is without the line feeds of long lines; see `LineEndRestorer`. Absent: it is not. */
  readonly isLogLosingLineEnds?: boolean;
  /** Whether the engine has a log at all: it has none of a run with secrets, which nobody would mask. */
  readonly isLogKept: boolean;
  /** Whether the engine says by itself that memory ran out. */
  readonly isMemoryTold: boolean;
  /** What was captured before this file. */
  readonly captured: CapturedBytes;
}

/** What a spool holds when nobody writes it. */
export interface SpoolContent {
  readonly started: StartedContainer;
  readonly captured: CapturedBytes;
  readonly lastAtMs: number;
  readonly exit: RunExit | null;
  readonly lastFile: number;
}

const ROTATE_BYTES = 4 << 20;

/** Null when there is no spool, or none that says which container it belongs to. */
export async function readSpool(folder: string): Promise<SpoolContent | null> {
  const files = await filesOf(folder);
  // The last file may hold no whole frame yet; then the one before it has the newest ones.
  for (const file of files.toReversed()) {
    const content = await readFrom(folder, file, files.at(-1) ?? file);
    if (content !== null) return content;
  }
  return null;
}

async function readFrom(folder: string, file: number, lastFile: number): Promise<SpoolContent | null> {
  const tail = new SpoolTail(folder, { from: { file, offset: 0 }, isTornToldAgain: true });
  let started: StartedContainer | null = null;
  let captured: CapturedBytes = { stdout: 0, stderr: 0 };
  let lastAtMs = 0;
  let exit: RunExit | null = null;
  try {
    for (let frames = await tail.readMore(); frames.length > 0; frames = await tail.readMore()) {
      for (const { kind, payload, atMs } of frames) {
        lastAtMs = atMs;
        if (kind === "started") {
          started = decode<StartedContainer>(payload);
          captured = started.captured;
        } else if (kind === "exit") {
          exit = decode<RunExit>(payload);
        } else if (kind === "stdout" || kind === "stderr") {
          captured = { ...captured, [kind]: captured[kind] + payload.byteLength };
        }
      }
    }
  } finally {
    await tail.close();
  }
  return started === null ? null : { started, captured, lastAtMs, exit, lastFile };
}

/** Writes what a container says. What is appended can be read at once by a `SpoolTail`. */
export class RunSpool {
  readonly #writer: SpoolWriter;
  readonly #started: StartedContainer;
  readonly #clock: Clock;
  readonly #masks: Readonly<Record<StreamPiece["stream"], MaskedOutput>> | null;
  #captured: CapturedBytes;

  /** @param before what another writer left; null for a new run */
  constructor(
    deps: {
      readonly folder: string;
      readonly clock: Clock;
      readonly started: StartedContainer;
      /** Hidden before anything is written. */
      readonly masked: readonly string[];
    },
    before: SpoolContent | null,
  ) {
    this.#started = deps.started;
    this.#clock = deps.clock;
    this.#captured = before?.captured ?? { stdout: 0, stderr: 0 };
    const opening = () => this.#opening();
    const nowMs = () => this.#clock.nowMs();
    this.#writer = new SpoolWriter({
      folder: deps.folder,
      rotateBytes: ROTATE_BYTES,
      lastFile: before?.lastFile ?? 0,
      clock: deps.clock,
      opening: {
        get atMs() {
          return nowMs();
        },
        get payload() {
          return opening();
        },
      },
      onFree: () => undefined,
    });
    const [stdout, stderr] = createMasks(deps.masked, this.#writer);
    this.#masks = stdout === undefined || stderr === undefined ? null : { stdout, stderr };
    // A further file is opened with the same frame by the writer itself.
    if (before === null || before.lastFile === 0) this.#writer.append("started", this.#opening());
  }

  /** What a reader would find in it now. */
  get content(): Pick<SpoolContent, "started" | "captured" | "lastAtMs"> {
    return { started: this.#started, captured: this.#captured, lastAtMs: this.#clock.nowMs() };
  }

  /** Resolves when the disk takes more; while it refuses, nothing more may be read from the container. */
  async append({ stream, bytes }: StreamPiece): Promise<void> {
    for (let at = 0; at < bytes.byteLength; at += MAX_PAYLOAD_BYTES) {
      const part = bytes.subarray(at, at + MAX_PAYLOAD_BYTES);
      if (this.#masks === null) this.#writer.append(stream, part);
      else this.#masks[stream].take(part);
      if (this.#writer.isBlocked) await this.#writer.sync();
      this.#captured = { ...this.#captured, [stream]: this.#captured[stream] + part.byteLength };
    }
  }

  /** Says that output is missing here; as `append`. */
  async appendGap(gap: OutputGap): Promise<void> {
    this.#writer.append("gap", encodeGap(gap));
    if (this.#writer.isBlocked) await this.#writer.sync();
  }

  /** Writes the end of the run; nothing comes after it. */
  async end(exit: RunExit): Promise<void> {
    this.#endMasks();
    this.#writer.append("exit", encode(exit));
    await this.#writer.sync();
    this.close();
  }

  close(): void {
    this.#endMasks();
    this.#writer.close();
  }

  #endMasks(): void {
    this.#masks?.stdout.end();
    this.#masks?.stderr.end();
  }

  #opening(): Uint8Array {
    return encode({ ...this.#started, captured: this.#captured });
  }
}

export function decodeExit(payload: Uint8Array): RunExit {
  return decode<RunExit>(payload);
}

function encode(record: StartedContainer | RunExit): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

/** The payload came through a checksum, so its shape is what was written. */
function decode<T extends StartedContainer | RunExit>(payload: Uint8Array): T {
  return JSON.parse(Buffer.from(payload).toString("utf8")) as T;
}

async function filesOf(folder: string): Promise<readonly number[]> {
  try {
    return spoolFileNumbers(await readdir(folder));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw toDataError(error, folder);
  }
}
