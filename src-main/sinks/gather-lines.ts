import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import { isGapGoingOn, type LogPage, type ReadLog } from "#contract/log.ts";
import { type SinkLine, sizeOf } from "./sink-line.ts";
import type { PendingRun, SinkPlace } from "./sink-records.ts";

/** What goes out at once at most; receivers refuse larger bodies by default at 4 MiB. */
const BATCH_BYTES = 1024 * 1024;
const BATCH_LINES = 5_000;
/** Read in one step, so that nothing else of the core waits long for it. */
const PAGE_LINES = 500;

export interface Gathered {
  readonly lines: readonly SinkLine[];
  /** Where the runs stand behind these lines; those that did not move are left out. */
  readonly places: readonly SinkPlace[];
  /** Logs that were removed before they were sent whole. */
  readonly missedLogs: number;
  /** The batch is full, so there may be more. */
  readonly isMore: boolean;
}

export interface GatherDeps {
  /** Only of these; null for all. */
  readonly agents: readonly AgentName[] | null;
  readonly logs: { page(request: ReadLog): Promise<LogPage> };
  readonly signal: AbortSignal;
}

/** The next lines of these runs, as many as one batch holds. */
export async function gatherLines(pending: readonly PendingRun[], deps: GatherDeps): Promise<Gathered> {
  const gathering = new Gathering(deps);
  for (const run of pending) {
    if (gathering.isFull || deps.signal.aborted) break;
    await gathering.takeFrom(run);
  }
  return gathering;
}

class Gathering implements Gathered {
  readonly lines: SinkLine[] = [];
  readonly places: SinkPlace[] = [];
  missedLogs = 0;
  #sizeBytes = 0;
  readonly #deps: GatherDeps;

  constructor(deps: GatherDeps) {
    this.#deps = deps;
  }

  get isFull(): boolean {
    return this.#sizeBytes >= BATCH_BYTES || this.lines.length >= BATCH_LINES;
  }

  get isMore(): boolean {
    return this.isFull;
  }

  async takeFrom(run: PendingRun): Promise<void> {
    const { agents } = this.#deps;
    if (agents !== null && !agents.includes(run.agent)) {
      if (run.isFinal) this.#done(run);
      return;
    }
    let { line, sizeBytes } = run;
    for (;;) {
      const page = await this.#page(run, line + 1);
      if (page === null) return;
      const taken = this.#take(run, page);
      line += taken.count;
      sizeBytes += taken.sizeBytes;
      const isAtEnd = line >= page.lineCount;
      if (!isAtEnd && !this.isFull) continue;
      const isDone = isAtEnd && page.isEnd;
      if (isDone || line > run.line) this.places.push({ runId: run.runId, line, sizeBytes, isDone });
      return;
    }
  }

  /** Null when there is no log. */
  async #page(run: PendingRun, from: number): Promise<LogPage | null> {
    try {
      return await this.#deps.logs.page({ runId: run.runId, from, limit: PAGE_LINES, hasDetails: true });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "log.not_found") throw error;
      if (run.isFinal) {
        if (run.hasStarted) this.missedLogs += 1;
        this.#done(run);
      }
      return null;
    }
  }

  #take({ agent, runId }: PendingRun, { lines }: LogPage): { count: number; sizeBytes: number } {
    let count = 0;
    let sizeBytes = 0;
    for (const line of lines) {
      if (this.isFull) break;
      count += 1;
      // Damage is told once, however many lines it took.
      if (isGapGoingOn(line)) continue;
      this.lines.push({ runId, agent, line });
      const size = sizeOf(line);
      sizeBytes += size;
      this.#sizeBytes += size;
    }
    return { count, sizeBytes };
  }

  #done({ line, runId, sizeBytes }: PendingRun): void {
    this.places.push({ runId, line, sizeBytes, isDone: true });
  }
}
