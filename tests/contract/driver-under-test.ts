import { randomBytes } from "node:crypto";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import type { Driver, OutputBytes, OutputChunk, RunExit, RunHandle, RunSpec } from "#main/drivers/index.ts";

type Stream = OutputBytes["stream"];

export interface Piece {
  readonly stream: Stream;
  readonly bytes: Uint8Array;
}

/** What a run of the suite does; each driver under test knows how to make its target do it. */
export type Behaviour =
  /** Prints the pieces one after the other, then exits. */
  | {
      readonly does: "print";
      readonly pieces: readonly Piece[];
      readonly exitCode?: number;
    }
  /** Prints each piece once `giveTurn` was called for it, then exits. */
  | { readonly does: "print-in-turn"; readonly pieces: readonly Piece[] }
  /** Prints `count` lines, each its own number, as fast as it can. */
  | { readonly does: "count"; readonly count: number }
  /** Prints its environment as one JSON object. */
  | { readonly does: "show-environment" }
  /** Does nothing and exits with 0. */
  | { readonly does: "nothing" }
  /** Ends itself by a signal. */
  | { readonly does: "die-by-signal"; readonly signal: string }
  /** Prints `ready` and a line feed, then waits to be stopped. */
  | { readonly does: "wait"; readonly ignoresSoftStop?: boolean }
  /**
   * Like `wait`, with children that left its process group and its tree (setsid, double fork) and ignore a
   * soft stop.
   */
  | { readonly does: "wait-with-family" };

/** One driver with a target of its own, set up for the suite. */
export interface DriverUnderTest extends AsyncDisposable {
  readonly driver: Driver;
  /**
   * How many runs in a row the suite counts exit codes of: 200, or fewer where each of them makes and removes a
   * container, which takes an engine half a second. A thousand of those run in
   * `tests/faults/short-containers.fault.test.ts`.
   */
  readonly manyRuns: number;
  /** A further driver on the same target, like the one of the next core. */
  createNext(): Promise<Driver>;
  /** Lets go of `driver` as a core does that ends. */
  endCore(): Promise<void>;
  specOf(behaviour: Behaviour, changes?: Partial<RunSpec>): Promise<RunSpec>;
  /** Lets a run that prints in turn print the piece with this number, from 0. */
  giveTurn(runId: RunId, piece: number): Promise<void>;
  /** A spec whose start fails because of the system or the vendor. */
  impossibleSpec(): Promise<RunSpec>;
  /** Processes of the run that live on the target, in whatever group or session. */
  countProcesses(runId: RunId): Promise<number>;
  /** Removes the beginning of what the driver keeps of a run's output, as somebody else might. */
  loseBeginning(runId: RunId): Promise<void>;
}

export const forever = new AbortController().signal;

export function newRunId(): RunId {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return runIdSchema.parse([...randomBytes(16)].map((byte) => alphabet[byte % 32]).join(""));
}

export interface Heard {
  readonly chunks: readonly OutputChunk[];
  readonly exit: RunExit;
}

/** Everything a run says, to its end. */
export async function hear(handle: RunHandle): Promise<Heard> {
  const chunks: OutputChunk[] = [];
  for await (const chunk of handle.output) chunks.push(chunk);
  return { chunks, exit: await handle.exit };
}

/** The run with its output up to and including the chunk that completes `text`. */
export async function hearUntil(handle: RunHandle, text: string): Promise<readonly OutputChunk[]> {
  const chunks: OutputChunk[] = [];
  for await (const chunk of handle.output) {
    chunks.push(chunk);
    if (textOf(chunks).includes(text)) return chunks;
  }
  throw new Error(`the run ended without saying ${text}`);
}

export function bytesOf(chunks: readonly OutputChunk[], stream?: Stream): Buffer {
  return Buffer.concat(
    chunks.map((chunk) => {
      const isWanted = "bytes" in chunk && (stream === undefined || chunk.stream === stream);
      return isWanted ? chunk.bytes : new Uint8Array(0);
    }),
  );
}

export function textOf(chunks: readonly OutputChunk[]): string {
  return bytesOf(chunks).toString("utf8");
}

export async function started(driver: Driver, spec: RunSpec): Promise<RunHandle> {
  await driver.prepare(spec, () => undefined, forever);
  return driver.start(spec, forever);
}

/** Set in the environment the core runs in; must never be seen in a run. */
export const CANARY = "canary-4c1f9a";
