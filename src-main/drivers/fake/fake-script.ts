import type { AppError } from "#contract/errors.ts";
import type { LogStream, OutputGap } from "#contract/log.ts";
import type { LimitReport, LoadSample } from "#contract/run.ts";
import type { RunExit, RunSpec } from "../driver.ts";

/** A piece of output: text for standard output, bytes of a stream, or a place where output is missing. */
export type FakeOutput =
  | string
  | { readonly stream?: LogStream; readonly bytes: Uint8Array | string }
  | { readonly gap: OutputGap };

/** What a fake run does. Everything is optional: the default run prints nothing and exits with 0 at once. */
export interface FakeScript {
  /** Printed at the start, one chunk each; a function sees what the run was given. */
  readonly output?: readonly FakeOutput[] | ((seen: FakeRunView) => readonly FakeOutput[]);
  /**
   * How it ends by itself, right after the output. `null`: it does not; it goes on until it is stopped or
   * the test calls `finish`.
   */
  readonly exit?: Partial<RunExit> | null;
  /** `prepare` reports these steps. */
  readonly prepareSteps?: readonly string[];
  readonly prepareError?: AppError;
  /** `prepare` waits until the test calls `FakeDriver.letPrepare`, or until its signal aborts. */
  readonly holdsPrepare?: boolean;
  readonly startError?: AppError;
  /** The process starts but the answer never arrives: `start` rejects with this, and `adopt` finds the run. */
  readonly lostAnswer?: AppError;
  /** The link is lost after the output: `output` throws this; the run goes on and can be adopted. */
  readonly lostLink?: AppError;
  /** A soft stop has no effect; the run is killed when the grace time is over. */
  readonly ignoresSoftStop?: boolean;
  /** Processes a stop cannot end. */
  readonly survivors?: readonly number[];
  readonly samples?: readonly LoadSample[];
  readonly limits?: readonly LimitReport[];
  readonly screenshotFolder?: string | null;
}

/** What the script of a run can see. */
export interface FakeRunView {
  readonly spec: RunSpec;
  /** The whole environment of the run. */
  readonly env: Readonly<Record<string, string>>;
}
