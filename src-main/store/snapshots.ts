import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "#core/clock.ts";
import { syncFolder } from "#main/platform/index.ts";
import type { Database } from "./database.ts";

/**
 * Why a copy was made. `start` copies were made right after the file passed its checks, so they stay apart from the
 * `regular` ones, which could carry damage that nobody has seen yet.
 */
export type SnapshotKind = "start" | "regular" | "migration";

const KEPT_OF_EACH_KIND = 3;
const NAME = /^(start|regular|migration)-([0-9TZ-]+)\.db$/;

/** Copies of the database in the data folder, whole and durable once they bear their name. */
export class Snapshots {
  readonly #folder: string;
  readonly #clock: Clock;

  constructor({ folder, clock }: { folder: string; clock: Clock }) {
    this.#folder = path.join(folder, "snapshots");
    this.#clock = clock;
  }

  /** Copies the open database in small steps between which the event loop turns. */
  async take(db: Database, kind: Exclude<SnapshotKind, "migration">): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = this.#draft();
    try {
      await db.backup(draft);
      return await this.#keep(draft, kind);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Copies the open database at once, without a turn of the event loop; `keepMigration` gives it its name. */
  copyNow(db: Database): string {
    const draft = this.#draft();
    db.prepare("VACUUM INTO ?").run(draft);
    return draft;
  }

  async keepMigration(draft: string): Promise<string> {
    return await this.#keep(draft, "migration");
  }

  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // A draft is a copy that was cut short; nothing refers to it.
    const drafts = (await this.#names()).filter((name) => name.includes(".draft"));
    await Promise.all(drafts.map((name) => rm(path.join(this.#folder, name), { force: true })));
  }

  /** Files of all kinds, newest first. */
  async list(): Promise<readonly string[]> {
    const names = (await this.#names()).filter((name) => NAME.test(name));
    return names
      .toSorted((a, b) => stampOf(b).localeCompare(stampOf(a)))
      .map((name) => path.join(this.#folder, name));
  }

  async #keep(draft: string, kind: SnapshotKind): Promise<string> {
    const handle = await open(draft, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    const file = path.join(this.#folder, `${kind}-${stamp(this.#clock.nowMs())}.db`);
    await rename(draft, file);
    await syncFolder(this.#folder);
    await this.#prune(kind);
    return file;
  }

  async #prune(kind: SnapshotKind): Promise<void> {
    const ofKind = (await this.list()).filter((file) => path.basename(file).startsWith(`${kind}-`));
    await Promise.all(ofKind.slice(KEPT_OF_EACH_KIND).map((file) => rm(file, { force: true })));
  }

  async #names(): Promise<readonly string[]> {
    return await readdir(this.#folder);
  }

  #draft(): string {
    return path.join(this.#folder, `${stamp(this.#clock.nowMs())}.draft`);
  }
}

/** A moment as part of a file name that sorts by time. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[:.]/g, "-");
}

function stampOf(file: string): string {
  return NAME.exec(file)?.[2] ?? "";
}
