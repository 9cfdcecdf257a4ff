import { open } from "node:fs/promises";
import type { Clock, Timer } from "#core/clock.ts";
import type { AgentRecords } from "#main/agents/index.ts";
import type { AuditRecords } from "#main/audit/index.ts";
import type { LogRecords } from "#main/logs/index.ts";
import { type DataFolder, systemCodeOf } from "#main/platform/index.ts";
import type { RunRecords } from "#main/runs/index.ts";
import type { ScreenshotRecords } from "#main/screens/index.ts";
import type { SinkRecords } from "#main/sinks/index.ts";
import type { CredentialRecords, VariableRecords } from "#main/vault/index.ts";
import { SqliteAgentRecords } from "./agent-records.ts";
import { SqliteAuditRecords } from "./audit-records.ts";
import { SqliteCredentialRecords } from "./credential-records.ts";
import {
  type Database,
  isDamage,
  openForReading,
  openForWriting,
  toStoreError,
  versionOf,
} from "./database.ts";
import { findDamage } from "./health.ts";
import { SqliteLogRecords } from "./log-records.ts";
import { isImplausible, migrate, versionOfFile } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Migration } from "./migrations/migration.ts";
import { findSize, repair, type StoreRecovery } from "./repair.ts";
import { SqliteRunRecords } from "./run-records.ts";
import { SqliteScreenshotRecords } from "./screenshot-records.ts";
import { type SettingsRecords, SqliteSettingsRecords } from "./settings-records.ts";
import { SqliteSinkRecords } from "./sink-records.ts";
import { Snapshots } from "./snapshots.ts";
import { SqliteVariableRecords } from "./variable-records.ts";

export type { StoreRecovery } from "./repair.ts";

/** The open database. Made by `openStore`; `start` begins the snapshots, disposing it ends everything. */
export interface Store {
  readonly runs: RunRecords;
  readonly agents: AgentRecords;
  readonly screenshots: ScreenshotRecords;
  readonly logs: LogRecords;
  readonly settings: SettingsRecords;
  readonly credentials: CredentialRecords;
  readonly variables: VariableRecords;
  readonly audit: AuditRecords;
  readonly sinks: SinkRecords;
  /** What had to be done about a damaged file when this store was opened; null when it was sound. */
  readonly recovery: StoreRecovery | null;
  readonly sqliteVersion: string;
  /** Takes a snapshot now, and every five minutes in which something changed. */
  start(): void;
  /** Takes a snapshot now, unless one is being taken. @throws AppError `data.full`, `data.io_failed` */
  takeSnapshot(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface StoreDeps {
  readonly place: Pick<DataFolder, "folder" | "database">;
  readonly clock: Clock;
  /** Told when a snapshot failed; the store itself goes on. */
  readonly onSnapshotFailed: (error: unknown) => void;
  /** Only tests name others. */
  readonly migrations?: readonly Migration[];
}

const SNAPSHOT_EVERY_MS = 5 * 60_000;

/**
 * Opens the database of a data folder, creating, migrating or repairing it as needed. The caller holds the
 * folder's `CoreLock`.
 *
 * @throws AppError `data.newer`, `data.full`, `data.read_only`, `data.io_failed`
 */
export async function openStore(deps: StoreDeps): Promise<Store> {
  const { place, clock, migrations = MIGRATIONS } = deps;
  const snapshots = new Snapshots({ folder: place.folder, clock });
  try {
    await snapshots.prepare();
    const { db, recovery } = await openSound(deps, snapshots);
    try {
      let copy: string | null = null;
      migrate(db, {
        file: place.database,
        migrations,
        copyBefore: () => {
          copy = snapshots.copyNow(db);
        },
      });
      if (copy !== null) await snapshots.keepMigration(copy);
      return new OpenStore({ ...deps, db, snapshots, recovery });
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw toStoreError(error, place.database);
  }
}

async function openSound(
  { place, clock, migrations = MIGRATIONS }: StoreDeps,
  snapshots: Snapshots,
): Promise<{ db: Database; recovery: StoreRecovery | null }> {
  const problem = await findProblem(place.database, { snapshots, knownVersion: migrations.at(-1)?.id ?? 0 });
  const recovery =
    problem === null
      ? null
      : await repair({ folder: place.folder, database: place.database, snapshots, clock }, problem);
  // SQLite would make it readable for everybody; its journals take over the mode.
  await (await open(place.database, "a", 0o600)).close();
  return { db: openForWriting(place.database), recovery };
}

/** What keeps the file from being used; null when it can be, or when this is a new folder. */
async function findProblem(
  file: string,
  { snapshots, knownVersion }: { snapshots: Snapshots; knownVersion: number },
): Promise<string | null> {
  const size = await findSize(file);
  if (size === null || size === 0) {
    const isNewFolder = (await snapshots.list()).length === 0;
    if (isNewFolder) return null;
    return size === null ? "the file has vanished" : "the file is empty";
  }
  let db: Database;
  try {
    db = openForChecking(file);
  } catch (error) {
    if (isDamage(error)) return error instanceof Error ? error.message : String(error);
    throw error;
  }
  try {
    // A newer version may hold what looks strange to this one; `migrate` refuses it with a clear word.
    const version = versionOfFile(db);
    if (version > knownVersion && !isImplausible(version)) return null;
    return findDamage(db);
  } finally {
    db.close();
  }
}

/**
 * A connection that cannot write leaves the journal of a damaged file as it is, to be kept with it. What such a
 * connection cannot open (a file whose making was cut short) is for one that can.
 */
function openForChecking(file: string): Database {
  const db = openForReading(file);
  try {
    versionOfFile(db);
    return db;
  } catch (error) {
    db.close();
    if (/^SQLITE_(READONLY|CANTOPEN)/.test(systemCodeOf(error) ?? "")) return openForWriting(file);
    throw error;
  }
}

interface OpenStoreDeps extends StoreDeps {
  readonly db: Database;
  readonly snapshots: Snapshots;
  readonly recovery: StoreRecovery | null;
}

class OpenStore implements Store {
  readonly runs: RunRecords;
  readonly agents: AgentRecords;
  readonly screenshots: ScreenshotRecords;
  readonly logs: LogRecords;
  readonly settings: SettingsRecords;
  readonly credentials: CredentialRecords;
  readonly variables: VariableRecords;
  readonly audit: AuditRecords;
  readonly sinks: SinkRecords;
  readonly recovery: StoreRecovery | null;
  readonly sqliteVersion: string;
  readonly #deps: OpenStoreDeps;
  readonly #reader: Database;
  #timer: Timer | null = null;
  #snapshot: Promise<void> | null = null;
  #changesInSnapshot = -1;
  #isClosed = false;

  constructor(deps: OpenStoreDeps) {
    this.#deps = deps;
    this.#reader = openForReading(deps.place.database);
    const access = { writer: deps.db, reader: this.#reader, file: deps.place.database };
    this.runs = new SqliteRunRecords(access);
    this.agents = new SqliteAgentRecords(access);
    this.screenshots = new SqliteScreenshotRecords(access);
    this.logs = new SqliteLogRecords(access);
    this.settings = new SqliteSettingsRecords(access);
    this.credentials = new SqliteCredentialRecords(access);
    this.variables = new SqliteVariableRecords(access);
    this.audit = new SqliteAuditRecords(access);
    this.sinks = new SqliteSinkRecords(access);
    this.recovery = deps.recovery;
    this.sqliteVersion = versionOf(deps.db);
  }

  start(): void {
    this.#snapshotQuietly("start");
    this.#schedule();
  }

  async takeSnapshot(): Promise<void> {
    await this.#take("regular");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    // Its failure was told to `onSnapshotFailed` or to its caller already.
    await this.#snapshot?.catch(() => undefined);
    this.#reader.close();
    this.#deps.db.close();
  }

  #schedule(): void {
    this.#timer = this.#deps.clock.after(SNAPSHOT_EVERY_MS, () => {
      if (this.#changes() !== this.#changesInSnapshot) this.#snapshotQuietly("regular");
      this.#schedule();
    });
  }

  #snapshotQuietly(kind: "start" | "regular"): void {
    this.#take(kind).catch(this.#deps.onSnapshotFailed);
  }

  #take(kind: "start" | "regular"): Promise<void> {
    this.#snapshot ??= this.#takeOne(kind).finally(() => {
      this.#snapshot = null;
    });
    return this.#snapshot;
  }

  async #takeOne(kind: "start" | "regular"): Promise<void> {
    const changes = this.#changes();
    try {
      await this.#deps.snapshots.take(this.#deps.db, kind);
      this.#changesInSnapshot = changes;
    } catch (error) {
      throw toStoreError(error, this.#deps.place.database);
    }
  }

  #changes(): number {
    return Number(this.#deps.db.prepare("SELECT total_changes()").pluck().get());
  }
}
