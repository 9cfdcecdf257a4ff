import type { Door } from "#contract/run.ts";
import type { EntryCapabilities } from "#contract/system.ts";

/** The receiving end of a connection, as far as pacing needs it. */
export interface Sink {
  /** Bytes handed over and not yet taken by the other side. */
  readonly bufferedAmount: number;
  readonly isOpen: boolean;
}

/** What a procedure knows about its caller. The same for every transport. */
export interface RpcContext {
  readonly door: Door;
  readonly capabilities: EntryCapabilities;
  readonly sink: Sink;
  /** Says that a query or mutation is being answered until the result is disposed; lets a server end in order. */
  readonly beginCall?: (() => Disposable) | undefined;
  /** Writes a bug to Pilothouse's own log and returns the incident id under which it stands there. */
  reportBug(error: unknown, path: string): string;
}
