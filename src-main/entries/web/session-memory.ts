import { open } from "node:fs/promises";
import { z } from "zod";
import type { AppError } from "#contract/errors.ts";
import { systemCodeOf, writeDurably } from "#main/platform/index.ts";

const keptSchema = z.strictObject({
  version: z.literal(1),
  /** The port that the page was served on last. */
  port: z.int().min(1).max(65_535),
  sessions: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(100),
        key: z.string().min(1).max(100),
        /** Milliseconds since the epoch, UTC. */
        lastUsedAtMs: z.number(),
      }),
    )
    .max(100),
});

/** What the web entry of a data folder knows from one start to the next. All sessions were made on `port`. */
export type WebMemory = z.infer<typeof keptSchema>;

export interface SessionMemoryDeps {
  /** `web.json` in the data folder, which the caller holds the lock of. */
  readonly file: string;
  /** Told when nothing could be remembered, which costs a sign-in later and nothing now. */
  readonly warn: (message: string, error: unknown) => void;
}

/** Larger than any file of ours. */
const MAX_BYTES = 64 * 1024;

/**
 * The file in which sessions outlive the core.
 *
 * It holds the keys of sessions, so its owner alone may read it; one that others could have read is not believed,
 * and neither is one that is damaged. Writing never fails for the caller.
 */
export class SessionMemory {
  readonly #deps: SessionMemoryDeps;
  #next: WebMemory | null = null;
  #writing: Promise<void> | null = null;

  constructor(deps: SessionMemoryDeps) {
    this.#deps = deps;
  }

  /** What was kept last; null when there is nothing, or nothing to be believed. */
  async read(): Promise<WebMemory | null> {
    try {
      await using handle = await open(this.#deps.file, "r");
      const { mode, uid, size } = await handle.stat();
      const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
      if (!isOurs || size > MAX_BYTES) {
        throw new Error("others may read or write it, or it is too large");
      }
      return keptSchema.parse(JSON.parse(await handle.readFile("utf8")));
    } catch (error) {
      if (systemCodeOf(error) !== "ENOENT") this.#deps.warn("kept sessions are not used", error);
      return null;
    }
  }

  /** Puts `memory` in place of what was kept. Calls that come while one is written become one write. */
  keep(memory: WebMemory): Promise<void> {
    this.#next = memory;
    this.#writing ??= this.#write();
    return this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#next !== null) {
      const memory = this.#next;
      this.#next = null;
      await writeDurably(this.#deps.file, JSON.stringify(memory)).catch((error: AppError) =>
        this.#deps.warn("sessions could not be kept", error),
      );
    }
    this.#writing = null;
  }
}
