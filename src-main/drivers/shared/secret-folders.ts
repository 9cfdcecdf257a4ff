import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunId } from "#contract/ids.ts";
import { runIdSchema } from "#contract/ids.ts";

const NAME_DIGITS = 16;
/** Memory that looks like a disk: gone with the power, and never part of a backup. */
const MEMORY_FOLDER = "/dev/shm";

export interface SecretFoldersDeps {
  /** Tells the runs of one data folder from those of another. */
  readonly runsFolder: string;
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** Where the private files of runs lie while they run: in memory where the system has such a place. */
export class SecretFolders {
  readonly #deps: SecretFoldersDeps;
  #base: Promise<string> | null = null;

  constructor(deps: SecretFoldersDeps) {
    this.#deps = deps;
  }

  async of(runId: RunId): Promise<string> {
    return join(await this.#place(), runId);
  }

  /**
   * Makes the folder of a run, for its user alone.
   *
   * @throws Error when somebody else made the folder around it first, to put files of his own under ours
   */
  async make(runId: RunId): Promise<string> {
    const folder = await this.of(runId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = await lstat(dirname(folder));
    const isOwn = uid === process.getuid?.() && (mode & 0o077) === 0;
    if (this.#deps.platform !== "win32" && !isOwn)
      throw new Error(`${dirname(folder)} belongs to somebody else`);
    return folder;
  }

  /** Removes what a run left behind. */
  async remove(runId: RunId): Promise<void> {
    await rm(await this.of(runId), { recursive: true, force: true });
  }

  /** Removes the files of every run that is over; for what died before it could do so itself. */
  async sweep(isAlive: (runId: RunId) => Promise<boolean>): Promise<void> {
    // A core that was started another way may have had another place.
    for (const place of this.#candidates()) {
      for (const name of await readdir(place).catch(() => [])) {
        const runId = runIdSchema.safeParse(name);
        if (!runId.success || (await isAlive(runId.data))) continue;
        await rm(join(place, runId.data), { recursive: true, force: true });
      }
    }
  }

  #place(): Promise<string> {
    this.#base ??= this.#findPlace();
    return this.#base;
  }

  async #findPlace(): Promise<string> {
    for (const place of this.#candidates()) if (await isWritable(dirname(place))) return place;
    return this.#onDisk();
  }

  #candidates(): readonly string[] {
    const { host, platform, runsFolder } = this.#deps;
    const digest = createHash("sha256").update(runsFolder).digest("hex").slice(0, NAME_DIGITS);
    const folders = platform === "linux" ? [host["XDG_RUNTIME_DIR"] ?? "", MEMORY_FOLDER] : [];
    const inMemory = folders
      .filter((folder) => folder.startsWith("/"))
      .map((folder) => join(folder, `pilothouse-secrets-${digest}`));
    return [...inMemory, this.#onDisk()];
  }

  #onDisk(): string {
    return join(this.#deps.runsFolder, ".secrets");
  }
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
