import { AppError } from "#contract/errors.ts";
import type { Database } from "./database.ts";
import type { Migration } from "./migrations/migration.ts";

/** No version of the program comes near this; a file that claims more was hit by damage. */
const IMPLAUSIBLE_VERSION = 0x00ff_ffff;

export interface MigrateRequest {
  readonly file: string;
  readonly migrations: readonly Migration[];
  /** Called once before the first step of a file that already holds something. */
  readonly copyBefore: (fromVersion: number) => void;
}

/**
 * Brings the database to the newest step; each step is one transaction, so a crash leaves the file before or after it.
 *
 * @throws AppError `data.newer` when the file knows steps that this program does not
 */
export function migrate(db: Database, { file, migrations, copyBefore }: MigrateRequest): void {
  const fileVersion = versionOfFile(db);
  const knownVersion = migrations.at(-1)?.id ?? 0;
  if (fileVersion > knownVersion) {
    throw new AppError("data.newer", `${file} comes from a newer version of Pilothouse`, {
      details: { file, fileVersion, knownVersion },
    });
  }
  const missing = migrations.filter(({ id }) => id > fileVersion);
  if (missing.length > 0 && fileVersion > 0) copyBefore(fileVersion);
  for (const migration of missing) {
    const step = db.transaction(() => {
      migration.up(db);
      db.pragma(`user_version = ${migration.id}`);
    });
    step.immediate();
  }
}

/** Steps the file has behind it; 0 for a new file. */
export function versionOfFile(db: Database): number {
  return Number(db.pragma("user_version", { simple: true }));
}

/** Whether the version can only be the work of a damaged header. */
export function isImplausible(version: number): boolean {
  return version < 0 || version > IMPLAUSIBLE_VERSION;
}
