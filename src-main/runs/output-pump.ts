import type { Clock, Timer } from "#core/clock.ts";
import type { OutputBytes, OutputChunk, RunHandle } from "#main/drivers/index.ts";
import type { LogWriter } from "#main/logs/index.ts";

/** Output that was stored is made durable, and the source told so, at the latest after this. */
const SYNC_AFTER_MS = 500;

/** The log could not be written; the link to the run is not to blame. */
export class LogBroken extends Error {
  override readonly name = "LogBroken";
}

export interface OutputPumpDeps {
  readonly handle: RunHandle;
  readonly writer: LogWriter;
  readonly clock: Clock;
  /** Sees what was printed, after it was stored. */
  readonly onBytes: (chunk: OutputBytes) => void;
}

/** Carries the output of one handle into the log, in order, and acknowledges what is durable. */
export class OutputPump {
  readonly #deps: OutputPumpDeps;
  #cursor: string | null = null;
  #timer: Timer | null = null;
  #broken: LogBroken | null = null;

  constructor(deps: OutputPumpDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when the output has ended, or after the handle was detached.
   *
   * @throws LogBroken when the log cannot be written
   * @throws AppError as the driver's output does, when the link is lost
   */
  async run(): Promise<void> {
    const { handle, onBytes } = this.#deps;
    try {
      for await (const chunk of handle.output) {
        await this.#store(chunk);
        if (!("gap" in chunk)) onBytes(chunk);
      }
    } finally {
      this.#timer?.cancel();
      this.#timer = null;
    }
    if (this.#broken !== null) throw this.#broken;
  }

  /** Tells the source that everything pumped is durable; after the writer was sealed. */
  acknowledgeAll(): void {
    if (this.#cursor !== null) this.#deps.handle.acknowledge(this.#cursor);
  }

  async #store(chunk: OutputChunk): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    try {
      if ("gap" in chunk) await this.#deps.writer.gap(chunk);
      else await this.#deps.writer.append(chunk);
    } catch (cause) {
      throw brokenBy(cause);
    }
    this.#cursor = chunk.cursor;
    this.#timer ??= this.#deps.clock.after(SYNC_AFTER_MS, () => void this.#sync());
  }

  async #sync(): Promise<void> {
    const { handle, writer } = this.#deps;
    const cursor = this.#cursor;
    try {
      await writer.sync();
      if (cursor !== null) handle.acknowledge(cursor);
    } catch (cause) {
      // After a failed sync nobody knows which pages reached the disk, so this writer is not used again.
      this.#broken = brokenBy(cause);
      await handle.detach();
    } finally {
      const isBehind = this.#cursor !== cursor && this.#broken === null && this.#timer !== null;
      this.#timer = isBehind ? this.#deps.clock.after(SYNC_AFTER_MS, () => void this.#sync()) : null;
    }
  }
}

function brokenBy(cause: unknown): LogBroken {
  return new LogBroken(cause instanceof Error ? cause.message : String(cause), { cause });
}
