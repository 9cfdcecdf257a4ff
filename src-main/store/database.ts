import Sqlite from "better-sqlite3";
import { AppError } from "#contract/errors.ts";
import { describeError, systemCodeOf, toDataError } from "#main/platform/index.ts";

export type Database = Sqlite.Database;

/** What a reader may do with the database: ask. Its connection is opened read-only as well. */
export type ReadDatabase = Pick<Database, "prepare">;

/** Older ones can corrupt a file in WAL mode when two connections checkpoint (sqlite.org/wal.html, "WAL-reset"). */
const OLDEST_SAFE_SQLITE = [3, 51, 3];

/** How long another program (a backup, a virus scanner) may hold the file before a call gives up. */
const BUSY_TIMEOUT_MS = 2_000;

/** Opens the database for writing, with every commit on the disk before its call returns. */
export function openForWriting(file: string): Database {
  const db = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    assertSafeSqlite(db);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("secure_delete = ON");
    db.pragma("trusted_schema = OFF");
    // Bounds the journal after a burst; without it the file keeps its largest size for ever.
    db.pragma("journal_size_limit = 16777216");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A second connection that can only read; what its caller does wrong can change nothing. */
export function openForReading(file: string): Database {
  return new Sqlite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
}

/** Opens a bare connection for locking: no journal of its own, and it never waits. */
export function openForLocking(file: string): Database {
  return new Sqlite(file, { timeout: 0 });
}

export function versionOf(db: ReadDatabase): string {
  return String(db.prepare("SELECT sqlite_version()").pluck().get());
}

/** @throws Error when the library is too old to be trusted with the file: a fault of the build, not of the user */
export function assertSafeSqlite(db: ReadDatabase): void {
  const version = versionOf(db);
  if (!isAtLeast(version, OLDEST_SAFE_SQLITE)) {
    throw new Error(`SQLite ${version} is older than ${OLDEST_SAFE_SQLITE.join(".")}, which is needed`);
  }
}

/** Whether a dotted version is not below `wanted`. */
export function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  for (const [index, want] of wanted.entries()) {
    const have = parts[index] ?? 0;
    if (have !== want) return have > want;
  }
  return true;
}

/** Whether SQLite says that the file itself is not what it wrote. */
export function isDamage(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code !== null && (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB");
}

/** Whether another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return systemCodeOf(error)?.startsWith("SQLITE_BUSY") === true;
}

/** What a refusal of SQLite means for the data folder; anything else comes back as it is. */
export function toStoreError(error: unknown, file: string): unknown {
  const code = systemCodeOf(error);
  if (code === null || error instanceof AppError) return error;
  if (!code.startsWith("SQLITE_")) return toDataError(error, file);
  const problem = describeError(error);
  const fail = (name: "data.full" | "data.read_only" | "data.damaged" | "data.io_failed", message: string) =>
    new AppError(name, message, {
      details: name === "data.damaged" ? { file, keptAs: "" } : { folder: file, problem },
      cause: error,
    });
  if (code === "SQLITE_FULL") return fail("data.full", `No space is left for ${file}`);
  if (isDamage(error)) return fail("data.damaged", `${file} is damaged; start Pilothouse again to repair it`);
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) {
    return fail("data.read_only", `${file} cannot be written: ${problem}`);
  }
  if (isBusy(error)) return fail("data.io_failed", `Another program holds ${file}`);
  return /^SQLITE_IOERR/.test(code)
    ? fail("data.io_failed", `The disk failed on ${file}: ${problem}`)
    : error;
}

/** Runs `action`; what SQLite refuses leaves as an `AppError`. */
export function translated<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toStoreError(error, file);
  }
}
