import type { RunId } from "#contract/ids.ts";
import type { LogSearchResult, SearchLog } from "#contract/log.ts";
import type { LogChunk, LogStore, LogWriter } from "#main/logs/index.ts";

interface MemoryLog {
  readonly chunks: LogChunk[];
  isSealed: boolean;
  isOpen: boolean;
}

/** The part of a log store that the supervisor uses, in memory; survives a "restart" of the core. */
export class MemoryLogs implements Pick<LogStore, "openWriter" | "search" | "remove"> {
  readonly #logs = new Map<RunId, MemoryLog>();
  /** The next this many appends fail, as on a full disk. */
  failingAppends = 0;
  failingSyncs = 0;

  async openWriter(runId: RunId): Promise<LogWriter> {
    const log = this.#logOf(runId);
    if (log.isOpen) throw new Error(`the log of ${runId} has a writer already`);
    log.isOpen = true;
    const letGo = async () => {
      log.isOpen = false;
    };
    return {
      get cursor() {
        return log.chunks.at(-1)?.cursor ?? null;
      },
      append: async (chunk) => {
        if (!log.isOpen) throw new Error(`the writer of ${runId} was let go of`);
        if (this.failingAppends > 0) {
          this.failingAppends -= 1;
          throw new Error("no space left on device");
        }
        log.chunks.push(chunk);
      },
      gap: async () => undefined,
      sync: async () => {
        if (this.failingSyncs > 0) {
          this.failingSyncs -= 1;
          throw new Error("input/output error");
        }
      },
      seal: async () => {
        log.isSealed = true;
        log.isOpen = false;
      },
      release: letGo,
    };
  }

  async search({ runId, text }: SearchLog): Promise<LogSearchResult> {
    return { lineNumbers: this.text(runId).includes(text) ? [1] : [], isTruncated: false };
  }

  async remove(runId: RunId): Promise<void> {
    this.#logs.delete(runId);
  }

  /** Everything stored of a run, both streams in order of arrival. */
  text(runId: RunId): string {
    return Buffer.concat(this.#logOf(runId).chunks.map(({ bytes }) => bytes)).toString("utf8");
  }

  isSealed(runId: RunId): boolean {
    return this.#logOf(runId).isSealed;
  }

  #logOf(runId: RunId): MemoryLog {
    const log = this.#logs.get(runId) ?? { chunks: [], isSealed: false, isOpen: false };
    this.#logs.set(runId, log);
    return log;
  }

  /** What the system does to a core that was killed: its writers are gone. */
  dropWriters(): void {
    for (const log of this.#logs.values()) log.isOpen = false;
  }
}
