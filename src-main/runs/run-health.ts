import type { Run } from "#contract/run.ts";
import type { Clock } from "#core/clock.ts";
import type { HealthPlan } from "#core/manifest/class-defaults.ts";
import { fillInPort } from "#core/port-text.ts";
import type { OutputBytes } from "#main/drivers/index.ts";
import type { LogStore } from "#main/logs/index.ts";
import { HealthWatch } from "./health-watch.ts";
import type { RunBook } from "./run-book.ts";
import type { HealthProbes, RunsLog } from "./sources.ts";

export interface RunHealthDeps {
  readonly book: RunBook;
  readonly logs: Pick<LogStore, "search">;
  readonly probes: HealthProbes;
  readonly clock: Clock;
  readonly log: RunsLog;
  /** Aborts when this core lets go of the run. */
  readonly signal: AbortSignal;
  /** Takes a step for a timer: what it throws is written down. */
  readonly attempt: (step: () => void) => void;
  readonly onUnhealthy: (failures: number, problem: string) => void;
}

/** Begins to watch the health of a run and stores every answer. */
export function watchHealth(run: Run, plan: HealthPlan, deps: RunHealthDeps): HealthWatch {
  const { attempt, book, clock, onUnhealthy, probes } = deps;
  const health = run.health === "none" ? "waiting" : run.health;
  if (run.health === "none") book.change(run.id, { health });
  const watch = new HealthWatch({
    plan: withPort(plan, run.port),
    health,
    probes,
    clock,
    onHealthy: () => attempt(() => book.change(run.id, { health: "healthy" })),
    onUnhealthy: (failures, problem) => {
      attempt(() => book.change(run.id, { health: "unhealthy" }));
      onUnhealthy(failures, problem);
    },
  });
  watch.start();
  if (plan.kind === "log" && health !== "healthy") {
    void searchLog(run, plan.text, { ...deps, watch });
  }
  return watch;
}

function withPort(plan: HealthPlan, port: number | null): HealthPlan {
  switch (plan.kind) {
    case "http":
      return { ...plan, url: fillInPort(plan.url, port) };
    case "command":
      return { ...plan, command: plan.command.map((part) => fillInPort(part, port)) };
    case "log":
      return plan;
  }
}

/** The text may have been printed before this core followed the run. */
async function searchLog(
  { id }: Run,
  text: string,
  { log, logs, signal, watch }: Pick<RunHealthDeps, "log" | "logs" | "signal"> & { watch: HealthWatch },
): Promise<void> {
  try {
    const found = await logs.search({ runId: id, text, isCaseSensitive: true, limit: 1 }, signal);
    if (found.lineNumbers.length > 0) watch.see(chunkOf(text));
  } catch (error) {
    log.warn("the log could not be searched for the health check", { run: id, problem: String(error) });
  }
}

function chunkOf(text: string): OutputBytes {
  return { stream: "stdout", bytes: Buffer.from(text, "utf8"), atMs: 0, cursor: "" };
}
