import type { ErrorCode } from "./errors.ts";
import type { TargetId } from "./ids.ts";
import type { Phrase } from "./phrase.ts";

/** Names of driver kinds; only `compose.ts` and the driver itself may switch on one. */
export type TargetKind = "process" | "container" | "ssh" | "function" | "fake";

/** What a driver can do on a target. The interface asks this, never the kind. */
export interface DriverCapabilities {
  /** A run goes on while Pilothouse is closed. */
  readonly survivesAppExit: boolean;
  readonly terminal: boolean;
  readonly loadSamples: boolean;
  readonly screenshots: boolean;
  /** Takes `RunSpec.secrets`, and masks them in what the run says; absent for no. */
  readonly secrets?: boolean;
  /**
   * Whoever may look into a run on the target sees the variables of its environment: credentials go there only when
   * a person said so; absent for no.
   */
  readonly showsEnvironment?: boolean;
  /** Which runtime of a manifest it takes. */
  readonly runtime: "process" | "container" | "function";
  /** A runtime it also takes when the manifest lacks the first. */
  readonly otherRuntime?: "process";
}

/** What a look at a target found. */
export interface TargetProbe {
  readonly isReachable: boolean;
  readonly atMs: number;
  /** Facts to show, in order: label key and value, e.g. `system` → `Debian GNU/Linux 12`. */
  readonly facts: readonly { readonly key: string; readonly value: string }[];
  /** What does not work and why; English. */
  readonly warnings: readonly string[];
  /** The failure that kept the look from being taken, for other languages; its message is among the warnings. */
  readonly failure?: Phrase<ErrorCode>;
}

/** A place where agents run. */
export interface Target {
  readonly id: TargetId;
  readonly kind: TargetKind;
  /** Name shown to people, in English; `this-computer` is translated. */
  readonly name: string;
  readonly capabilities: DriverCapabilities;
  /** Null until it was looked at. */
  readonly probe: TargetProbe | null;
}
