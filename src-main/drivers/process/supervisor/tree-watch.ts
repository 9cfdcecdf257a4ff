import type { Clock } from "#core/clock.ts";
import { encodeLoad, encodeRecord, type ProcessIdentity } from "#core/spool/record.ts";
import type { SpoolWriter } from "../../shared/spool-writer.ts";
import type { ProcessEntry, ProcessTable } from "../process-table.ts";
import { descendantsIn } from "../process-tree.ts";

/** Runs are looked at often in the beginning, when most happens and most of them end. */
const EARLY_MS = 30_000;
const EARLY_STEP_MS = 1_000;
const LATE_STEP_MS = 5_000;

export interface TreeWatchDeps {
  readonly root: ProcessIdentity;
  readonly table: ProcessTable;
  readonly writer: SpoolWriter;
  readonly clock: Clock;
}

/** Measures the load of a run's process tree and records who belongs to it. */
export class TreeWatch {
  readonly #deps: TreeWatchDeps;
  readonly #beganMs: number;
  #timer: NodeJS.Timeout | null = null;
  #recorded: readonly ProcessIdentity[] = [];
  #last: { readonly atMs: number; readonly cpuSeconds: number };
  #isOver = false;

  constructor(deps: TreeWatchDeps) {
    this.#deps = deps;
    this.#beganMs = deps.clock.monotonicMs();
    this.#last = { atMs: this.#beganMs, cpuSeconds: 0 };
  }

  /** Descendants seen so far that lived at the last look. */
  get recorded(): readonly ProcessIdentity[] {
    return this.#recorded;
  }

  start(): void {
    const ageMs = this.#deps.clock.monotonicMs() - this.#beganMs;
    this.#timer = setTimeout(() => void this.#look(), ageMs < EARLY_MS ? EARLY_STEP_MS : LATE_STEP_MS);
  }

  end(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { root, table } = this.#deps;
    try {
      const members = descendantsIn(await table.all(), [root, ...this.#recorded]);
      if (this.#isOver) return;
      this.#record(members.filter(({ pid }) => pid !== root.pid));
      this.#measure(members);
    } catch {
      // One look is missed; the next one comes.
    }
    if (!this.#isOver) this.start();
  }

  #record(descendants: readonly ProcessEntry[]): void {
    const now = descendants.map(({ pid, startTime }) => ({ pid, startTime })).sort((a, b) => a.pid - b.pid);
    if (JSON.stringify(now) === JSON.stringify(this.#recorded)) return;
    this.#recorded = now;
    this.#write("tree", encodeRecord({ descendants: now }));
  }

  #measure(members: readonly ProcessEntry[]): void {
    if (members.length === 0) return;
    const atMs = this.#deps.clock.monotonicMs();
    const cpuSeconds = members.reduce((sum, { cpuSeconds: own }) => sum + own, 0);
    const memoryBytes = members.reduce((sum, { memoryBytes: own }) => sum + own, 0);
    // The sum shrinks when a process leaves that nobody waited for; that is no negative load.
    const usedSeconds = Math.max(0, cpuSeconds - this.#last.cpuSeconds);
    const cpuCores = (usedSeconds * 1000) / Math.max(1, atMs - this.#last.atMs);
    this.#last = { atMs, cpuSeconds };
    this.#write("sample", encodeLoad({ cpuCores, memoryBytes, processCount: members.length }));
  }

  #write(kind: "tree" | "sample", payload: Uint8Array): void {
    // While the disk refuses, samples are left out rather than heaped up in memory.
    if (!this.#deps.writer.isBlocked) this.#deps.writer.append(kind, payload);
  }
}
