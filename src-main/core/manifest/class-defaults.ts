import type { AgentClass, Manifest } from "#contract/manifest.ts";
import { parseBackoff, parseDuration, parseSize } from "#core/units.ts";

/** When a finished run is followed by another. */
export interface RestartPlan {
  readonly when: "never" | "on-failure" | "always";
  /** Restarts in a row at most; null for no limit. */
  readonly max: number | null;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
}

interface HealthRhythm {
  readonly everyMs: number;
  /** So many failures in a row make the run unhealthy. */
  readonly failures: number;
}

/** How a run is asked whether it is well. */
export type HealthPlan = HealthRhythm &
  (
    | { readonly kind: "http" /** May hold `{port}`. */; readonly url: string }
    | { readonly kind: "command"; readonly command: readonly string[] }
    | { readonly kind: "log" /** Part of a line that says the agent is ready. */; readonly text: string }
  );

/** Limits in plain units; absent means none asked for. */
export interface LimitPlan {
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
}

/** What a manifest and its class say about a run, in numbers; nothing is left to be defaulted later. */
export interface RunPlan {
  /** Longest life of a run; null for no end. */
  readonly timeoutMs: number | null;
  /** From the soft stop to the hard one. */
  readonly graceMs: number;
  readonly restart: RestartPlan;
  readonly health: HealthPlan | null;
  readonly limits: LimitPlan;
  /** True when the manifest uses `{port}`: the run gets a free loopback port. */
  readonly needsPort: boolean;
  readonly isAutostartDefault: boolean;
}

interface ClassDefaults {
  readonly timeoutMs: number | null;
  readonly restart: RestartPlan["when"];
  readonly maxRestarts: number | null;
  readonly isAutostart: boolean;
}

const HOUR_MS = 3_600_000;
const GRACE_MS = 10_000;
const BACKOFF = { minMs: 1000, maxMs: 60_000 };
const HEALTH_EVERY_MS = 10_000;
const HEALTH_FAILURES = 3;

/**
 * What each class means where the manifest is silent.
 *
 * - `computational` ends by itself, and nobody can say when: no time limit. A batch that failed fails again
 *   with the same input: no restart.
 * - `automation` waits for other systems, and a lost answer would keep it waiting for ever: one hour. It has
 *   effects outside (it orders, posts, sends), so it is repeated only when the manifest says that this is safe.
 * - `service` runs for ever: no time limit, restarted after a failure without an end to the attempts, and
 *   started with Pilothouse.
 * - `autonomous` decides by itself how long it goes on, which costs money: a wall-clock budget of four hours,
 *   and no restart that would spend it twice.
 *
 * When a manifest asks for restarts without saying how many, three is the end for all but a service.
 */
const CLASS_DEFAULTS: Readonly<Record<AgentClass, ClassDefaults>> = {
  computational: { timeoutMs: null, restart: "never", maxRestarts: 3, isAutostart: false },
  automation: { timeoutMs: HOUR_MS, restart: "never", maxRestarts: 3, isAutostart: false },
  service: { timeoutMs: null, restart: "on-failure", maxRestarts: null, isAutostart: true },
  autonomous: { timeoutMs: 4 * HOUR_MS, restart: "never", maxRestarts: 3, isAutostart: false },
};

/** The numbers a run of `manifest` goes by: its own where it names them, those of its class otherwise. */
export function resolvePlan(manifest: Manifest): RunPlan {
  const defaults = CLASS_DEFAULTS[manifest.class];
  const { limits, stop } = manifest;
  return {
    timeoutMs: limits?.timeout === undefined ? defaults.timeoutMs : durationOr(limits.timeout, null),
    graceMs: stop?.grace === undefined ? GRACE_MS : durationOr(stop.grace, GRACE_MS),
    restart: planRestart(manifest, defaults),
    health: planHealth(manifest),
    limits: planLimits(manifest),
    needsPort: needsPort(manifest),
    isAutostartDefault: defaults.isAutostart,
  };
}

function planRestart({ restart }: Manifest, defaults: ClassDefaults): RestartPlan {
  const backoff = (restart?.backoff === undefined ? null : parseBackoff(restart.backoff)) ?? BACKOFF;
  return {
    when: restart?.when ?? defaults.restart,
    max: restart?.max ?? defaults.maxRestarts,
    backoffMinMs: backoff.minMs,
    backoffMaxMs: backoff.maxMs,
  };
}

function planHealth({ health }: Manifest): HealthPlan | null {
  if (health === undefined) return null;
  const rhythm = {
    everyMs: health.every === undefined ? HEALTH_EVERY_MS : durationOr(health.every, HEALTH_EVERY_MS),
    failures: health.failures ?? HEALTH_FAILURES,
  };
  if (health.http !== undefined) return { kind: "http", url: health.http, ...rhythm };
  if (health.command !== undefined) return { kind: "command", command: health.command, ...rhythm };
  return { kind: "log", text: health.log ?? "", ...rhythm };
}

function planLimits({ limits }: Manifest): LimitPlan {
  const memoryBytes = limits?.memory === undefined ? null : parseSize(limits.memory);
  return {
    ...(limits?.cpus === undefined ? {} : { cpuCores: limits.cpus }),
    ...(memoryBytes === null ? {} : { memoryBytes }),
    ...(limits?.pids === undefined ? {} : { pids: limits.pids }),
  };
}

function needsPort({ health, runtimes, env }: Manifest): boolean {
  const texts = [
    health?.http ?? "",
    ...(health?.command ?? []),
    ...(runtimes.process?.command ?? []),
    ...(runtimes.container?.command ?? []),
    ...Object.values(env ?? {}),
  ];
  return texts.some((text) => text.includes("{port}"));
}

function durationOr<T>(text: string, otherwise: T): number | T {
  return parseDuration(text) ?? otherwise;
}
