import { extname, join } from "node:path";
import type { EntryCapabilities, EntryName } from "#contract/system.ts";
import type { Clock } from "#core/clock.ts";
import { AppLog, type DataFolder, type FolderPlace } from "#main/platform/index.ts";
import { type AppRouter, createAppRouter, type RpcContext, serveLocalSocket } from "#main/rpc/index.ts";
import type { UpdateInstallation } from "#main/updates/index.ts";
import { createCore } from "./compose.ts";
import type { Core } from "./core-config.ts";
import { findProgram } from "./program.ts";

export interface CoreHostOptions {
  readonly data: DataFolder;
  readonly place: FolderPlace;
  readonly clock: Clock;
  readonly entry: EntryName;
  /** A fresh sign-in address, or null when this entry has no page. */
  readonly createSignInLink: () => string | null;
  /** Whether this core makes room for another entry; if it says so, it closes soon after. */
  readonly yieldFolder: () => boolean;
  /** Asks the person for a folder, where the entry has a dialog for it. */
  readonly chooseFolder?: () => Promise<string | null>;
  /** How this installation is renewed, where the entry can do so or tell of it. */
  readonly updates?: UpdateInstallation;
  /** Where the parts of the program lie, when not where a Node of the system finds them. */
  readonly parts?: ProgramParts;
}

/** Parts that plain Node reads and starts, so they lie in no archive. */
export interface ProgramParts {
  readonly version: string;
  /** Holds `dist/main/run-supervisor.js` and `resources/samples`. */
  readonly folder: string;
  readonly nodeExecutable: string;
}

/** A core that runs in this process and answers on the local socket of its data folder. */
export interface CoreHost {
  readonly core: Core;
  readonly router: AppRouter;
  readonly reportBug: RpcContext["reportBug"];
  /** Writes something down that went wrong and was got along with. */
  readonly warn: (message: string, error: unknown) => void;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** What a command line can do for its user. */
const CLI_CAPABILITIES: EntryCapabilities = {
  entry: "cli",
  nativeDialogs: false,
  notifications: false,
  newWindow: false,
};

/** What a window of the desktop can do that shows a core of another entry: its dialogs are out of reach. */
const WINDOW_CAPABILITIES: EntryCapabilities = {
  entry: "desktop",
  nativeDialogs: false,
  notifications: true,
  newWindow: true,
};

/**
 * Takes the data folder, starts a core on it and serves the local socket.
 *
 * @throws AppError `core.already_running`, `data.*`
 */
export async function openCoreHost(options: CoreHostOptions): Promise<CoreHost> {
  const { clock, createSignInLink, data, entry, place, yieldFolder } = options;
  const parts = options.parts ?? ownParts();
  const log = new AppLog({ file: data.appLog, clock });
  await using opened = new AsyncDisposableStack();
  // What could not be written is lost with the disk that refused it.
  opened.defer(() => log.flush().catch(() => undefined));
  const core = createCore(
    {
      data,
      version: parts.version,
      entry,
      supervisorScript: scriptOf(parts, {
        source: "drivers/process/supervisor/main.ts",
        built: () => SUPERVISOR_FILE,
      }),
      logWorkerScript: scriptOf(parts, { source: "logs/worker/main.ts", built: () => LOG_WORKER_FILE }),
      keychainScript: scriptOf(parts, { source: "vault/keychain/main.ts", built: () => KEYCHAIN_FILE }),
      nodeExecutable: parts.nodeExecutable,
      samplesFolder: join(parts.folder, "resources", "samples"),
      homeFolder: place.home,
      environment: place.env,
      startsAutostart: entry !== "cli",
    },
    {
      clock,
      log,
      createSignInLink,
      yieldFolder,
      ...(options.chooseFolder === undefined ? {} : { chooseFolder: options.chooseFolder }),
      ...(options.updates === undefined ? {} : { updates: options.updates }),
    },
  );
  await core.start();
  opened.defer(() => core.close());
  const router = createAppRouter(core.faces);
  const socket = await serveLocalSocket({
    path: data.socket,
    router,
    context: { door: "cli", capabilities: CLI_CAPABILITIES, reportBug: core.reportBug },
    windowContext: { door: "window", capabilities: WINDOW_CAPABILITIES, reportBug: core.reportBug },
    clock,
  });
  opened.defer(() => socket.close());
  const open = opened.move();
  return {
    core,
    router,
    reportBug: core.reportBug,
    warn: (message, error) => log.write({ level: "warning", message, error }),
    clock,
    close: () => open.disposeAsync(),
  };
}

function ownParts(): ProgramParts {
  const { root, version } = findProgram(import.meta.dirname);
  return { version, folder: root, nodeExecutable: process.execPath };
}

/** Names of the built scripts that belong to this very build; the build puts them in. */
declare const SUPERVISOR_FILE: string;
declare const LOG_WORKER_FILE: string;
declare const KEYCHAIN_FILE: string;

/** The built script, or its source when the core runs from its source. */
function scriptOf(
  { folder }: ProgramParts,
  { source, built }: { source: string; built: () => string },
): string {
  return extname(import.meta.filename) === ".ts"
    ? join(folder, "src-main", ...source.split("/"))
    : join(folder, "dist", "main", built());
}
