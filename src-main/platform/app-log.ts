import { appendFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "#core/clock.ts";
import { systemCodeOf, toDataError } from "./fs-errors.ts";

export interface AppLogEntry {
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  /** The number a person was shown; under it the whole error stands here. */
  readonly incident?: string;
  readonly error?: unknown;
}

export interface AppLogDeps {
  readonly file: string;
  readonly clock: Clock;
  /** Size at which the file is put aside as `<file>.1`; there are never more than these two. */
  readonly limitBytes?: number;
}

const LIMIT_BYTES = 5 * 1024 * 1024;
/** Longest text of one entry; a stack beyond it tells nothing more. */
const TEXT_LIMIT = 64 * 1024;
const QUEUE_LIMIT = 1_000;

/**
 * Pilothouse's own log: one JSON object per line, at most two files of `limitBytes`.
 *
 * `write` never throws and never waits, because it is called where something already went wrong. When the
 * disk refuses, entries wait in memory (at most a thousand, the newest) and the next `write` tries again.
 */
export class AppLog {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #limitBytes: number;
  readonly #queue: string[] = [];
  #dropped = 0;
  #writing: Promise<void> | null = null;
  #failure: unknown = null;

  constructor({ file, clock, limitBytes = LIMIT_BYTES }: AppLogDeps) {
    this.#file = file;
    this.#clock = clock;
    this.#limitBytes = limitBytes;
  }

  write(entry: AppLogEntry): void {
    this.#queue.push(this.#lineOf(entry));
    if (this.#queue.length > QUEUE_LIMIT) {
      this.#queue.shift();
      this.#dropped += 1;
    }
    this.#writing ??= this.#drain();
  }

  /**
   * Waits until everything written so far is in the file.
   *
   * @throws AppError `data.full`, `data.read_only`, `data.io_failed` when it is not
   */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#queue.length > 0) {
      this.#writing = this.#drain();
      await this.#writing;
    }
    if (this.#failure !== null) throw toDataError(this.#failure, dirname(this.#file));
  }

  async #drain(): Promise<void> {
    // Entries of the same turn go out together.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        const lines = this.#queue.splice(0);
        try {
          await this.#append(this.#takeDropNote() + lines.join(""));
        } catch (error) {
          this.#queue.unshift(...lines);
          throw error;
        }
      }
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#writing = null;
    }
  }

  async #append(text: string): Promise<void> {
    // Retention puts the file aside too, so its size is asked each time.
    const sizeBytes = await sizeOf(this.#file);
    if (sizeBytes > 0 && sizeBytes + Buffer.byteLength(text) > this.#limitBytes) {
      await rename(this.#file, `${this.#file}.1`);
    }
    await appendFile(this.#file, text, { mode: 0o600 });
  }

  #takeDropNote(): string {
    if (this.#dropped === 0) return "";
    const message = `${this.#dropped} entries were lost because the disk refused them`;
    this.#dropped = 0;
    return this.#lineOf({ level: "warning", message });
  }

  #lineOf({ level, message, incident, error }: AppLogEntry): string {
    const entry = {
      time: new Date(this.#clock.nowMs()).toISOString(),
      level,
      message: message.slice(0, TEXT_LIMIT),
      ...(incident === undefined ? {} : { incident }),
      ...(error === undefined ? {} : { error: textOf(error) }),
    };
    return `${JSON.stringify(entry)}\n`;
  }
}

/** The error with its causes, as Node shows an uncaught one. */
function textOf(error: unknown): string {
  const parts: string[] = [];
  let current = error;
  while (current !== undefined && current !== null && parts.length < 8) {
    parts.push(current instanceof Error ? (current.stack ?? current.message) : String(current));
    current = current instanceof Error ? current.cause : null;
  }
  return parts.join("\nCaused by: ").slice(0, TEXT_LIMIT);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return 0;
    throw error;
  }
}
