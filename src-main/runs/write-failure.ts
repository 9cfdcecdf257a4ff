import { AppError } from "#contract/errors.ts";
import type { RunsLog } from "./sources.ts";

/** Writes down what nobody else hears: a failure that has a code under its code, anything else as a bug. */
export function writeFailure(log: RunsLog, error: unknown, where: string): void {
  if (!(error instanceof AppError)) {
    log.bug(error, where);
    return;
  }
  log.warn("a step was not taken", { where, code: error.code, problem: error.message });
}
