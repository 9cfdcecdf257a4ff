import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#contract/errors.ts";
import { type ReleaseId, releaseIdSchema } from "#contract/ids.ts";
import type { Clock } from "#core/clock.ts";
import { syncFolder, systemCodeOf, toDataError } from "#main/platform/index.ts";
import { copyFiles, type FileHashes, hashFiles } from "./release-copy.ts";
import {
  FolderChanged,
  listReleaseFiles,
  RELEASE_LIMITS,
  type ReleaseEntry,
  type ReleaseLimits,
} from "./release-files.ts";

export interface ReleaseStoreDeps {
  /** The data folder's `releases`. */
  readonly folder: string;
  readonly clock: Clock;
  /** `RELEASE_LIMITS` unless a test wants less. */
  readonly limits?: ReleaseLimits;
}

export interface Release {
  readonly id: ReleaseId;
  readonly folder: string;
}

/** A file this young may change again without a trace: times of some file systems count in two seconds. */
const SETTLED_MS = 2000;

/** Up to this much a folder is hashed where it is, to find out whether its release exists already. */
const READ_FIRST_BYTES = 16 * 1024 ** 2;

const BUILDING = ".building-";
const REMOVING = ".removing-";

/** Whoever asked for a release this lately may not have stored yet that it is used. */
const ASKED_LATELY_MS = 60 * 60_000;

/** Remembered folders; the one not looked at for longest is forgotten. */
const MOST_FOLDERS = 500;

interface Seen {
  readonly signature: string;
  readonly id: ReleaseId;
}

/**
 * Immutable copies of agent folders, each under the hash of its content.
 *
 * 1. The id is SHA-256 over the sorted paths with kind, executable bit and content. Equal folders share one.
 * 2. A release is complete and durable the moment its folder has its name; a crash leaves only `.building-*`,
 *    which the next `start` removes.
 * 3. An unchanged folder is looked at but not read again.
 * 4. A release goes as a whole: it loses its name first, and the next `start` ends what a crash left.
 * 5. Files are read-only. Whoever runs them must not write into the folder.
 */
export class ReleaseStore {
  readonly #deps: ReleaseStoreDeps;
  readonly #seen = new Map<string, Seen>();
  /** When a release was asked for last, in monotonic time. */
  readonly #asked = new Map<ReleaseId, number>();
  /** Ends when no release is losing its name. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(deps: ReleaseStoreDeps) {
    this.#deps = deps;
  }

  /** Removes what builders that are gone left behind. */
  async start(): Promise<void> {
    const { folder } = this.#deps;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const name of await readdir(folder)) {
        const isLeftOver = name.startsWith(REMOVING) || (name.startsWith(BUILDING) && !isBuilderAlive(name));
        if (isLeftOver) await rm(join(folder, name), { recursive: true, force: true });
      }
    } catch (error) {
      throw toDataError(error, folder);
    }
  }

  folderOf(id: ReleaseId): string {
    return join(this.#deps.folder, id);
  }

  /**
   * The release of `source` as it is now; made when there is none yet.
   *
   * @throws AppError `release.too_large`, `release.unsupported_file`, `release.folder_changing`,
   *   `folder.unreadable`, `data.*`
   */
  async make(source: string, signal: AbortSignal): Promise<Release> {
    try {
      return await this.#attempt(source, signal);
    } catch (error) {
      if (!(error instanceof FolderChanged)) throw error;
    }
    try {
      return await this.#attempt(source, signal);
    } catch (error) {
      if (!(error instanceof FolderChanged)) throw error;
      throw new AppError(
        "release.folder_changing",
        `${source} is being changed; try again when it is at rest`,
        {
          details: { folder: source, problem: error.message },
          cause: error,
        },
      );
    }
  }

  /**
   * Removes every release that is not in `used` and was not asked for within the last hour; says how many.
   *
   * @throws AppError `data.*`
   */
  async removeUnused(used: ReadonlySet<ReleaseId>): Promise<number> {
    const { clock, folder } = this.#deps;
    for (const [id, atMs] of this.#asked) {
      if (clock.monotonicMs() - atMs >= ASKED_LATELY_MS) this.#asked.delete(id);
    }
    let removed = 0;
    try {
      for (const name of await readdir(folder)) {
        const id = releaseIdSchema.safeParse(name);
        if (!id.success || used.has(id.data) || this.#asked.has(id.data)) continue;
        const leaving = join(folder, `${REMOVING}${name}`);
        const renaming = rename(join(folder, name), leaving);
        this.#leaving = renaming.catch(() => undefined);
        await renaming;
        await rm(leaving, { recursive: true, force: true });
        removed += 1;
      }
    } catch (error) {
      throw toDataError(error, folder);
    }
    return removed;
  }

  async #attempt(source: string, signal: AbortSignal): Promise<Release> {
    const limits = this.#deps.limits ?? RELEASE_LIMITS;
    const entries = await listReleaseFiles({ folder: source, limits, except: this.#deps.folder, signal });
    const signature = signatureOfAll(entries);
    const known = await this.#findSeen(source, signature);
    if (known !== null && (await this.#claim(known))) return this.#release(known);

    const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    if (sizeBytes <= READ_FIRST_BYTES) {
      const id = idOf(entries, await hashFiles(source, entries, signal));
      if (await this.#claim(id)) return this.#remember(source, entries, { signature, id });
    }
    const id = await this.#build(source, entries, signal);
    return this.#remember(source, entries, { signature, id });
  }

  async #build(folder: string, entries: readonly ReleaseEntry[], signal: AbortSignal): Promise<ReleaseId> {
    const building = join(this.#deps.folder, `${BUILDING}${process.pid}-${randomBytes(6).toString("hex")}`);
    try {
      await mkdir(building, { recursive: true, mode: 0o700 });
      const id = idOf(entries, await copyFiles({ folder, entries, into: building, signal }));
      await this.#giveName(building, id);
      return id;
    } catch (error) {
      throw toDataError(error, this.#deps.folder);
    } finally {
      // After a success the name is gone already. What cannot be removed now is found by the next start.
      await rm(building, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  async #giveName(building: string, id: ReleaseId): Promise<void> {
    // Somebody else made the same release meanwhile; theirs is as good.
    if (await this.#claim(id)) return;
    try {
      await rename(building, this.folderOf(id));
    } catch (error) {
      if (await this.#exists(id)) return;
      throw error;
    }
    await syncFolder(this.#deps.folder);
  }

  /** Whether it exists; from now on it is not removed for a while. */
  async #claim(id: ReleaseId): Promise<boolean> {
    this.#asked.set(id, this.#deps.clock.monotonicMs());
    // A removal that did not see the claim yet is under way; one that begins later sees it.
    await this.#leaving;
    return await this.#exists(id);
  }

  async #exists(id: ReleaseId): Promise<boolean> {
    try {
      await access(this.folderOf(id));
      return true;
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return false;
      throw toDataError(error, this.#deps.folder);
    }
  }

  #release(id: ReleaseId): Release {
    return { id, folder: this.folderOf(id) };
  }

  async #findSeen(source: string, signature: string): Promise<ReleaseId | null> {
    const seen = this.#seen.get(source) ?? (await this.#readSeen(source));
    return seen?.signature === signature ? seen.id : null;
  }

  /** Keeps what a folder looked like, in memory and for the next life of the program. */
  async #remember(source: string, entries: readonly ReleaseEntry[], seen: Seen): Promise<Release> {
    const newestMs = entries.reduce((latest, { changedAtMs }) => Math.max(latest, changedAtMs), 0);
    const ageMs = this.#deps.clock.nowMs() - newestMs;
    // A time in the future says nothing about the age.
    if (ageMs < SETTLED_MS) return this.#release(seen.id);
    this.#seen.delete(source);
    this.#seen.set(source, seen);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MOST_FOLDERS && oldest !== undefined) this.#seen.delete(oldest);
    await this.#writeSeen(source, seen);
    return this.#release(seen.id);
  }

  #seenFile(source: string): string {
    return join(this.#deps.folder, ".seen", createHash("sha256").update(source).digest("hex").slice(0, 32));
  }

  async #readSeen(source: string): Promise<Seen | null> {
    try {
      const [signature = "", id = ""] = (await readFile(this.#seenFile(source), "utf8")).split("\n");
      const parsed = releaseIdSchema.safeParse(id);
      return parsed.success ? { signature, id: parsed.data } : null;
    } catch {
      // Nothing is lost: the folder is read again.
      return null;
    }
  }

  async #writeSeen(source: string, { signature, id }: Seen): Promise<void> {
    const file = this.#seenFile(source);
    const draft = `${file}.${randomBytes(4).toString("hex")}`;
    try {
      await mkdir(join(this.#deps.folder, ".seen"), { recursive: true, mode: 0o700 });
      await writeFile(draft, `${signature}\n${id}\n`, { mode: 0o600 });
      await rename(draft, file);
    } catch {
      // Nothing is lost: the folder is read again.
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }
}

function signatureOfAll(entries: readonly ReleaseEntry[]): string {
  const hash = createHash("sha256");
  for (const { path, kind, signature, linkTo } of entries) {
    hash.update(`${JSON.stringify([path, kind, signature, linkTo])}\n`);
  }
  return hash.digest("hex");
}

function idOf(entries: readonly ReleaseEntry[], hashes: FileHashes): ReleaseId {
  const hash = createHash("sha256").update("pilothouse release 1\n");
  for (const { path, kind, isExecutable, linkTo } of entries) {
    const content = kind === "file" ? (hashes.get(path) ?? "") : linkTo;
    hash.update(`${JSON.stringify([path, kind, isExecutable, content])}\n`);
  }
  return releaseIdSchema.parse(hash.digest("hex"));
}

function isBuilderAlive(name: string): boolean {
  const pid = Number(name.slice(BUILDING.length).split("-")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === "EPERM";
  }
}
