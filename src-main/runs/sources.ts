import type { Agent } from "#contract/agent.ts";
import type { ContainerConsent } from "#contract/engine.ts";
import type { AgentName, ReleaseId, RunId, TargetId } from "#contract/ids.ts";
import type { Manifest } from "#contract/manifest.ts";
import type { Door } from "#contract/run.ts";
import type { Settings } from "#contract/system.ts";
import type { SecretStoreKind } from "#contract/vault.ts";
import type { Driver } from "#main/drivers/index.ts";
import type { HandedSecrets, HandOverRequest } from "#main/vault/index.ts";

/** An agent's folder as it is run: copied, content-addressed, never changed again. */
export interface PreparedRelease {
  readonly release: ReleaseId;
  readonly releaseFolder: string;
  readonly manifest: Manifest;
}

/** What the supervisor asks of the agents module. */
export interface AgentSource {
  list(): readonly Agent[];
  /** @throws AppError `agent.not_found` */
  get(name: AgentName): Agent;
  /**
   * The input as JSON text, `{}` when the agent takes none.
   *
   * @throws AppError `run.input_invalid`, `run.input_too_large`
   */
  checkInput(agent: Agent, input: unknown): string;
  /**
   * Makes a release of the agent's folder as it is now.
   *
   * @throws AppError `agent.not_found`, `manifest.*`, `release.*`, `folder.unreadable`, `data.*`
   */
  prepareStart(name: AgentName, signal: AbortSignal): Promise<PreparedRelease>;
}

/** What the supervisor asks of the targets module. */
export interface TargetSource {
  /** @throws AppError `target.not_found` */
  driverOf(target: TargetId): Driver;
  /** Every target with its driver, for looking up what still runs there. */
  drivers(): readonly Driver[];
}

/** What the supervisor asks of the screens module. */
export interface ScreenSource {
  /** Takes up the image files of a run, also those that are already there, until the watch is closed. */
  watch(runId: RunId, folder: string): ScreenWatch;
  /** Forgets all screenshots of a run. */
  removeOf(runId: RunId): void;
}

export interface ScreenWatch {
  /** Takes up what is there now, for the last time, and lets go. */
  finish(): Promise<void>;
  /** Lets go; what appears from now on is found by the next watch. */
  close(): void;
}

/** What people said yes to. */
export interface ConsentSource {
  given(agent: AgentName): readonly ContainerConsent[];
  /** Remembers it beside what was given before. @throws AppError `data.*` when nobody would know who gave it */
  give(agent: AgentName, consents: readonly ContainerConsent[], door: Door): void;
}

export interface ConsentChange {
  /** Puts these in the place of all that was given. @throws AppError `data.*` as above */
  changeAll(consents: Settings["containerConsents"], door: Door): void;
}

/** What the supervisor asks of the vault module. */
export interface SecretSource {
  /** Whether the agent may have what its manifest names; asks for no value. @throws AppError `start.credential_*` */
  check(agent: AgentName, uses: HandOverRequest["uses"]): void;
  /**
   * The values a run's manifest names; audited before they are fetched.
   *
   * @throws AppError `start.credential_*`, `vault.*` for a store that may open later, `data.*`
   */
  give(request: HandOverRequest): Promise<HandedSecrets>;
  /** Resolves once the store is open. @throws AppError `run.cancelled` when `signal` aborts */
  untilUnlocked(store: SecretStoreKind, signal: AbortSignal): Promise<void>;
}

/** What the supervisor asks about variables. */
export interface VariableSource {
  /** @throws AppError `start.variable_missing` */
  valuesFor(agent: AgentName, names: readonly string[]): Readonly<Record<string, string>>;
}

/** Questions that tell whether a run is well. Null for yes, else the problem in a few English words. */
export interface HealthProbes {
  http(url: string, signal: AbortSignal): Promise<string | null>;
  command(command: readonly string[], signal: AbortSignal): Promise<string | null>;
}

/** Where the supervisor writes down what no run's timeline takes. */
export interface RunsLog {
  warn(message: string, facts: Readonly<Record<string, string | number | boolean>>): void;
  /** Writes an unexpected error down and gives the incident id under which it stands. */
  bug(error: unknown, where: string): string;
}
