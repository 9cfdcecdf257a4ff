import { isErrorCode } from "#contract/errors.ts";
import type { Run, RunReason, RunState } from "#contract/run.ts";
import type { SecretStoreKind } from "#contract/vault.ts";
import { formatDuration, formatSize } from "#core/units.ts";
import { adviceFor } from "./advice.ts";
import { type Colour, harmless, type Terminal } from "./terminal.ts";

/** Shape and word: a state is never said by colour alone. */
const STATES: Readonly<Record<RunState, { shape: string; word: string; colour: Colour | null }>> = {
  queued: { shape: "○", word: "queued", colour: "grey" },
  starting: { shape: "◐", word: "starting", colour: "blue" },
  running: { shape: "●", word: "running", colour: "blue" },
  stopping: { shape: "◐", word: "stopping", colour: "blue" },
  disconnected: { shape: "◌", word: "disconnected", colour: "yellow" },
  "needs-attention": { shape: "!", word: "needs attention", colour: "yellow" },
  succeeded: { shape: "✓", word: "succeeded", colour: "green" },
  failed: { shape: "✕", word: "failed", colour: "red" },
  stopped: { shape: "■", word: "stopped", colour: "grey" },
  killed: { shape: "■", word: "killed", colour: "grey" },
  lost: { shape: "?", word: "lost", colour: "yellow" },
};

export function stateText(state: RunState, terminal: Terminal): string {
  const { shape, word, colour } = STATES[state];
  return terminal.colour(`${shape} ${word}`, colour);
}

/** A store of secrets in a sentence, after "the". */
export const STORE_WORDS: Readonly<Record<SecretStoreKind, string>> = {
  keychain: "keychain",
  passphrase: "passphrase vault",
};

type Details = RunReason["details"];

const duration = (value: Details[string] | undefined) => formatDuration(Number(value ?? 0));

const REASONS: Readonly<Record<RunReason["code"], (details: Details) => string>> = {
  exited: ({ exitCode }) => `Ended by itself with exit code ${exitCode}.`,
  signalled: ({ signal }) => `Ended by signal ${signal}, which did not come from Pilothouse.`,
  "out-of-memory": ({ limitBytes }) =>
    limitBytes === undefined
      ? "Ended by the system because memory ran out."
      : `Ended by the system at its memory limit of ${formatSize(Number(limitBytes))}.`,
  "stopped-by-user": () => "Stopped on request.",
  "killed-by-user": () => "Killed on request.",
  "killed-after-grace": ({ graceMs }) =>
    `Killed because it had not ended ${duration(graceMs)} after being asked to.`,
  survivors: ({ pids }) => `Some of its processes could not be ended: ${pids}.`,
  "time-limit": ({ timeoutMs }) => `Stopped at its time limit of ${duration(timeoutMs)}.`,
  unhealthy: ({ failures, problem }) => `Its health check failed ${failures} times: ${problem}.`,
  "start-failed": ({ code, problem }) => `Could not be started: ${problem ?? code}`,
  "waiting-to-restart": ({ atMs }) =>
    `Starts again ${typeof atMs === "number" ? `at ${isoOf(atMs)} ` : ""}by its restart policy.`,
  "supervisor-gone": () => "The process that watched it is gone and left no exit code.",
  "host-restarted": () => "The computer was restarted while it ran.",
  "core-gone-while-starting": () => "Pilothouse ended before the start was known to have happened.",
  preparing: ({ step }) => `Preparing: ${step}.`,
  "vault-unavailable": ({ problem, state, store }) =>
    `Waits for the ${STORE_WORDS[store === "keychain" ? store : "passphrase"]}, which is ${state}: ${problem}. It goes on by itself after that.`,
};

/** Why a run is in its state, in one English sentence; null when there is nothing to say. */
export function reasonText(reason: RunReason | null): string | null {
  return reason === null ? null : harmless(REASONS[reason.code](reason.details));
}

/** What a person can do about a run that could not be started; empty when that is not known. */
export function startAdvice(reason: RunReason | null): string {
  if (reason?.code !== "start-failed") return "";
  const { code, ...details } = reason.details;
  return isErrorCode(code) ? harmless(adviceFor(code, details)) : "";
}

/** A run as programs get it. */
export function runDocument(run: Run) {
  return {
    id: run.id,
    agent: run.agent,
    release: run.release,
    target: run.target,
    state: run.state,
    exitCode: run.exitCode,
    reason: reasonText(run.reason),
    reasonCode: run.reason?.code ?? null,
    reasonDetails: run.reason?.details ?? {},
    health: run.health,
    attempt: run.attempt,
    previousRun: run.previousRunId,
    door: run.door,
    input: JSON.parse(run.inputJson) as unknown,
    pid: run.pid,
    port: run.port,
    limits: run.limits,
    createdAt: isoOf(run.createdAtMs),
    startedAt: run.startedAtMs === null ? null : isoOf(run.startedAtMs),
    endedAt: run.endedAtMs === null ? null : isoOf(run.endedAtMs),
  };
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** `12 s ago`; the date itself for what lies more than a month back. */
export function agoText(atMs: number, nowMs: number): string {
  const agoMs = nowMs - atMs;
  if (agoMs < 1_000) return "just now";
  if (agoMs > 30 * 86_400_000) return isoOf(atMs).slice(0, 10);
  return `${formatDuration(roundDown(agoMs))} ago`;
}

/** Whole units only: nobody wants `2 h 3 m 4 s`. */
function roundDown(ms: number): number {
  const unit = [86_400_000, 3_600_000, 60_000, 1_000].find((size) => ms >= size) ?? 1;
  return Math.floor(ms / unit) * unit;
}

/** How long a run took or has taken so far; empty before it started. */
export function tookText(run: Run, nowMs: number): string {
  if (run.startedAtMs === null) return "";
  return formatDuration(Math.max(0, (run.endedAtMs ?? nowMs) - run.startedAtMs));
}
