import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#contract/errors.ts";
import { toDataError } from "./fs-errors.ts";

/** What the place of the data folder depends on. Entries fill it in; nothing below them reads the environment. */
export interface FolderPlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where short-lived files go, e.g. `os.tmpdir()`. */
  readonly tmp: string;
}

/** A unix socket's address holds 108 bytes with its closing NUL. */
const SOCKET_PATH_LIMIT_BYTES = 107;

/** SQLite opens no path of more than 504 bytes; the names of the files inside take their part. */
const FOLDER_PATH_LIMIT_BYTES = 400;

/** The data folder of a person who did not name one. */
export function resolveDataFolder({ platform, env, home }: FolderPlace): string {
  if (platform === "win32") {
    return path.win32.join(env["APPDATA"] || path.win32.join(home, "AppData", "Roaming"), "Pilothouse");
  }
  if (platform === "darwin") return path.posix.join(home, "Library", "Application Support", "Pilothouse");
  const xdg = env["XDG_DATA_HOME"];
  // The XDG rules say that a relative path is to be ignored.
  const base = xdg?.startsWith("/") ? xdg : path.posix.join(home, ".local", "share");
  return path.posix.join(base, "pilothouse");
}

/** Names everything in one data folder. Making one touches nothing; `open` creates and checks the folder. */
export class DataFolder {
  /** Absolute. */
  readonly folder: string;
  readonly database: string;
  readonly logs: string;
  readonly runs: string;
  /** Runs in containers, one folder per engine. */
  readonly engines: string;
  readonly releases: string;
  readonly environments: string;
  readonly samples: string;
  readonly appLog: string;
  /** What the page's server keeps from one start to the next; holds keys of sessions. */
  readonly webMemory: string;
  /** Where a command line finds the core: a unix socket, or a named pipe on Windows. */
  readonly socket: string;

  constructor(folder: string, place: FolderPlace) {
    this.folder = path.resolve(folder);
    this.database = path.join(this.folder, "pilothouse.db");
    this.logs = path.join(this.folder, "logs");
    this.runs = path.join(this.folder, "runs");
    this.engines = path.join(this.folder, "engines");
    this.releases = path.join(this.folder, "releases");
    this.environments = path.join(this.folder, "environments");
    this.samples = path.join(this.folder, "samples");
    this.appLog = path.join(this.folder, "app.log");
    this.webMemory = path.join(this.folder, "web.json");
    this.socket = socketOf(this.folder, place);
  }

  /**
   * Creates the folder, for its owner alone, and proves that it can be written.
   *
   * @throws AppError `usage.invalid` for a path that is too long, `data.read_only`, `data.full`, `data.io_failed`
   */
  async open(): Promise<void> {
    this.#checkLength();
    try {
      await this.#createFolder();
      await this.#createSocketFolder();
      await this.#probe();
      const inside = [this.logs, this.runs, this.engines, this.releases, this.environments, this.samples];
      await Promise.all(inside.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
    } catch (error) {
      throw toDataError(error, this.folder);
    }
  }

  /** The folder the socket lies in; the data folder itself unless its path is too long. */
  socketFolder(): string {
    return this.socket.startsWith("\\\\") ? this.folder : path.dirname(this.socket);
  }

  #checkLength(): void {
    const length = Buffer.byteLength(this.folder);
    if (length <= FOLDER_PATH_LIMIT_BYTES) return;
    const problem = `is too long with its ${length} bytes`;
    const expected = `a path of at most ${FOLDER_PATH_LIMIT_BYTES} bytes`;
    throw new AppError("usage.invalid", `The path of the data folder ${problem}; expected ${expected}`, {
      details: { argument: "--data", problem, expected },
    });
  }

  async #createFolder(): Promise<void> {
    if (await createFolders(this.folder)) return;
    const { mode, uid } = await stat(this.folder);
    if ((mode & 0o077) === 0 || uid !== process.getuid?.()) return;
    // A folder that holds other things has a use of its own; everything of ours in it is closed one by one.
    if ((await readdir(this.folder)).length === 0) await chmod(this.folder, 0o700);
  }

  async #createSocketFolder(): Promise<void> {
    const folder = this.socketFolder();
    if (folder === this.folder) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = await stat(folder);
    // In a shared temporary folder somebody else may have made this name first, to catch our callers.
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
      throw new AppError("data.read_only", `${folder} belongs to somebody else`, {
        details: { folder, problem: "the folder of the local socket belongs to somebody else" },
      });
    }
  }

  async #probe(): Promise<void> {
    const file = path.join(this.folder, `.probe-${randomBytes(6).toString("hex")}`);
    try {
      const handle = await open(file, "wx", 0o600);
      try {
        await handle.writeFile(new Uint8Array(4096));
        await handle.sync();
      } finally {
        await handle.close();
      }
    } finally {
      // A probe that could not be removed is an empty file with a name of its own; the error that matters
      // is the one on its way.
      await rm(file, { force: true }).catch(() => undefined);
    }
  }
}

function socketOf(folder: string, { platform, env, tmp }: FolderPlace): string {
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  if (platform === "win32") return `\\\\.\\pipe\\pilothouse-${digest}`;
  const inside = path.posix.join(folder, "core.sock");
  if (Buffer.byteLength(inside) <= SOCKET_PATH_LIMIT_BYTES) return inside;
  const user = process.getuid?.() ?? 0;
  const candidates = [env["XDG_RUNTIME_DIR"], tmp, "/tmp"]
    .filter((base): base is string => base?.startsWith("/") === true)
    .map((base) => path.posix.join(base, `pilothouse-${user}`, `${digest}.sock`));
  return (
    candidates.find((candidate) => Buffer.byteLength(candidate) <= SOCKET_PATH_LIMIT_BYTES) ??
    path.posix.join("/tmp", `pilothouse-${user}`, `${digest}.sock`)
  );
}

/**
 * Creates the folder and the ones above it; false when it was there. Not Node's own recursive `mkdir`, which
 * asks for ever where the system calls a folder missing that it refuses to make, as `/proc` does.
 */
async function createFolders(folder: string): Promise<boolean> {
  const parent = path.dirname(folder);
  if (parent !== folder && !(await isFolder(parent))) await createFolders(parent);
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    // It was there all along, or somebody else made it in the meantime.
    if (await isFolder(folder)) return false;
    throw error;
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
