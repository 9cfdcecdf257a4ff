import type { EntryName } from "#contract/system.ts";
import type { Clock } from "#core/clock.ts";
import type { EventJournal } from "#core/event-journal.ts";
import type { AppLog, DataFolder } from "#main/platform/index.ts";
import type { CoreFaces } from "#main/rpc/index.ts";
import type { UpdateInstallation } from "#main/updates/index.ts";

/** What a core needs to know. Nothing below reads the environment of its process. */
export interface CoreConfig {
  readonly data: DataFolder;
  readonly version: string;
  readonly entry: EntryName;
  /** The script that watches one or more runs: the built one, or its source. */
  readonly supervisorScript: string;
  /** The script of the threads that compress and search logs: the built one, or its source. */
  readonly logWorkerScript: string;
  /** The script that asks the system's keychain: the built one, or its source. */
  readonly keychainScript: string;
  readonly nodeExecutable: string;
  /** What the executable needs to act as Node, e.g. ELECTRON_RUN_AS_NODE. */
  readonly nodeEnvironment?: Readonly<Record<string, string>>;
  /** Where the samples that ship with the program lie. */
  readonly samplesFolder: string;
  readonly homeFolder: string;
  /** The environment Pilothouse was started with; agents inherit a short allow-list of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether agents of the start-up list are started; false for a core that lives for one command. */
  readonly startsAutostart: boolean;
  readonly platform?: NodeJS.Platform;
}

/** What an entry supplies to its core. */
export interface CoreProviders {
  readonly clock?: Clock;
  /** Pilothouse's own log; by default `app.log` in the data folder. */
  readonly log?: Pick<AppLog, "write">;
  /** A fresh sign-in address, or null when this entry has no page. */
  readonly createSignInLink?: () => string | null;
  /** Whether this core makes room for another one; if it says so, it closes soon after. */
  readonly yieldFolder?: () => boolean;
  /** Lets the person pick a folder in a dialog of the system; null when they picked none, or there is no dialog. */
  readonly chooseFolder?: () => Promise<string | null>;
  /** How this installation is renewed; without it no newer versions are looked for. */
  readonly updates?: UpdateInstallation;
}

/** A core: built by `createCore`, alive between `start` and `close`. */
export interface Core {
  /** @throws Error before `start` has resolved */
  readonly faces: CoreFaces;
  readonly journal: EventJournal;
  readonly clock: Clock;
  readonly log: Pick<AppLog, "write">;
  /** Writes a bug down and gives the incident id under which it stands. */
  readonly reportBug: (error: unknown, where: string) => string;
  /**
   * Takes the data folder and takes up what the last core left. A start that fails leaves nothing open.
   *
   * @throws AppError `core.already_running`, `data.*`
   */
  start(): Promise<void>;
  /** Lets go of everything; runs go on. Safe to call more than once. */
  close(): Promise<void>;
}
