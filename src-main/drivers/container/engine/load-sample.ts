import { z } from "zod";
import type { LoadSample } from "#contract/run.ts";

/** The part of a stats answer that is used; engines leave out what their system does not count. */
const statsSchema = z.object({
  read: z.string(),
  cpu_stats: z.object({
    cpu_usage: z.object({ total_usage: z.number().default(0) }).default({ total_usage: 0 }),
  }),
  memory_stats: z
    .object({
      usage: z.number().default(0),
      limit: z.number().optional(),
      stats: z.record(z.string(), z.number()).optional(),
    })
    .default({ usage: 0 }),
  pids_stats: z.object({ current: z.number().optional() }).optional(),
});
export type EngineStats = z.infer<typeof statsSchema>;

const NANOSECONDS_PER_MS = 1e6;
/** A limit above this is the engine's way to say that there is none. */
const NO_LIMIT_BYTES = 2 ** 60;

export interface EngineLoad extends LoadSample {
  readonly memoryLimitBytes: number | null;
}

/** Turns counters into loads: each is the difference to the answer before it. */
export class LoadMeter {
  #last: { readonly atMs: number; readonly cpuNanoseconds: number } | null = null;

  /** Null for the first answer, and for one that cannot be used. */
  measure(answer: unknown): EngineLoad | null {
    const stats = statsSchema.safeParse(answer).data;
    const atMs = Date.parse(stats?.read ?? "");
    if (stats === undefined || Number.isNaN(atMs) || atMs <= 0) return null;
    const last = this.#last;
    const cpuNanoseconds = stats.cpu_stats.cpu_usage.total_usage;
    if (last !== null && atMs <= last.atMs) return null;
    this.#last = { atMs, cpuNanoseconds };
    if (last === null) return null;
    const cpuMs = (cpuNanoseconds - last.cpuNanoseconds) / NANOSECONDS_PER_MS;
    const { limit } = stats.memory_stats;
    return {
      atMs,
      cpuCores: Math.max(0, cpuMs / (atMs - last.atMs)),
      memoryBytes: memoryOf(stats),
      processCount: stats.pids_stats?.current ?? 0,
      memoryLimitBytes: limit === undefined || limit === 0 || limit > NO_LIMIT_BYTES ? null : limit,
    };
  }
}

/** Without the file cache, as `docker stats` shows it. */
function memoryOf({ memory_stats: memory }: EngineStats): number {
  const cache = memory.stats?.["total_inactive_file"] ?? memory.stats?.["inactive_file"] ?? 0;
  return cache < memory.usage ? memory.usage - cache : memory.usage;
}
