import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import { type DataFolder, removeDurably, systemCodeOf, writeDurably } from "#main/platform/index.ts";
import { type Database, isBusy, isDamage, openForLocking, toStoreError } from "./database.ts";

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  entry: z.string(),
  startedAtMs: z.number(),
  socket: z.string(),
});
/** The core that owns a data folder: for messages and for finding its socket, never for deciding who owns it. */
export type CoreOwner = z.infer<typeof ownerSchema>;

export interface CoreLockDeps {
  readonly place: Pick<DataFolder, "folder" | "socket">;
  readonly clock: Clock;
  readonly pid: number;
  /** `desktop`, `web` or `cli`. */
  readonly entry: string;
}

/** How long a fresh owner may take to write down who it is. */
const OWNER_FILE_WAIT_MS = 1_000;
const OWNER_FILE_STEP_MS = 20;

/**
 * One core per data folder.
 *
 * The lock is SQLite's own lock on `lock.db`, so the system takes it back the instant its owner dies, however it
 * dies, and a stopped owner keeps it. Nobody else in the process may open that file: closing any other handle of
 * it would let go of the lock (a rule of POSIX).
 */
export class CoreLock {
  readonly #db: Database;
  readonly #ownerFile: string;

  private constructor(db: Database, ownerFile: string) {
    this.#db = db;
    this.#ownerFile = ownerFile;
  }

  /**
   * Takes the folder or says who has it; never waits for the owner to leave.
   *
   * @throws AppError `core.already_running` with folder, pid (0 when not known), entry and socket
   * @throws AppError `data.read_only`, `data.full`, `data.io_failed`
   */
  static async acquire({ place, clock, pid, entry }: CoreLockDeps): Promise<CoreLock> {
    const ownerFile = path.join(place.folder, "core-owner.json");
    const db = tryLock(path.join(place.folder, "lock.db"));
    if (db === null) throw alreadyRunning(place.folder, await findOwner(ownerFile));
    const lock = new CoreLock(db, ownerFile);
    try {
      const owner: CoreOwner = { pid, entry, startedAtMs: clock.nowMs(), socket: place.socket };
      await writeDurably(ownerFile, `${JSON.stringify(owner)}\n`);
      return lock;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Lets go of the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#db.open) return;
    try {
      await removeDurably(this.#ownerFile);
    } finally {
      this.#db.close();
    }
  }
}

/** The locked connection, or null when another core holds the lock. */
function tryLock(file: string): Database | null {
  let db: Database | null = null;
  try {
    db = openForLocking(file);
    db.pragma("locking_mode = EXCLUSIVE");
    db.pragma("journal_mode = DELETE");
    db.exec("BEGIN EXCLUSIVE");
    return db;
  } catch (error) {
    db?.close();
    if (isBusy(error)) return null;
    if (!isDamage(error)) throw toStoreError(error, file);
    throw new AppError("data.damaged", `${file} is no lock file; delete it while no Pilothouse runs`, {
      details: { file, keptAs: "" },
      cause: error,
    });
  }
}

/** Who owns the folder; null when the owner has not said so in time. */
async function findOwner(file: string): Promise<CoreOwner | null> {
  let owner: CoreOwner | null = null;
  for (let waitedMs = 0; waitedMs <= OWNER_FILE_WAIT_MS; waitedMs += OWNER_FILE_STEP_MS) {
    owner = await readOwner(file);
    // A note of a dead process is that of the owner before; the new one is about to replace it.
    if (owner !== null && isAlive(owner.pid)) return owner;
    await sleep(OWNER_FILE_STEP_MS);
  }
  return owner;
}

async function readOwner(file: string): Promise<CoreOwner | null> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT" || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === "EPERM";
  }
}

function alreadyRunning(folder: string, owner: CoreOwner | null): AppError {
  const { pid = 0, entry = "unknown", socket = "" } = owner ?? {};
  const who = owner === null ? "another process" : `process ${pid} (${entry})`;
  return new AppError("core.already_running", `${folder} is in use by ${who}`, {
    details: { folder, pid, entry, socket },
  });
}
