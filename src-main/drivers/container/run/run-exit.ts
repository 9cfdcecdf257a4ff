import { constants } from "node:os";
import type Dockerode from "dockerode";
import type { RunExit } from "../../driver.ts";
import { timeOrNull } from "../engine/container-facts.ts";

/** Added to the number of a signal where only one number tells how a process ended. */
const SIGNAL_BASE = 128;
const SIGNALS = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/** How a container that is not running ended. */
export function toExit(state: Dockerode.ContainerInspectInfo["State"], nowMs: number): RunExit {
  const atMs = timeOrNull(state.FinishedAt) ?? nowMs;
  const signal = SIGNALS.get(state.ExitCode - SIGNAL_BASE) ?? null;
  const exitCode = signal === null ? state.ExitCode : null;
  if (state.OOMKilled) return { exitCode, signal, atMs, cause: "out-of-memory" };
  return { exitCode, signal, atMs, cause: "ended" };
}

/** The container is gone, and with it what it knew. */
export function unknownExit(nowMs: number): RunExit {
  return { exitCode: null, signal: null, atMs: nowMs, cause: "unknown" };
}
