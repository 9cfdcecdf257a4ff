import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { writeDurably } from "#main/platform/index.ts";
import { compareVersions, VERSION } from "./versions.ts";

const seenSchema = z.object({ newest: z.string().regex(VERSION) });

/** The newest version that a believed manifest ever offered here. */
export class SeenVersion {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Null when none was offered yet, or what is written there cannot be read. */
  async read(): Promise<string | null> {
    try {
      return seenSchema.parse(JSON.parse(await readFile(this.#file, "utf8"))).newest;
    } catch {
      // Without it a replay is believed once more; it still cannot offer anything older than what is installed.
      return null;
    }
  }

  /**
   * Remembers `version` unless a newer one was seen.
   *
   * @throws AppError `data.*`
   */
  async raise(version: string): Promise<void> {
    const before = await this.read();
    if (before !== null && compareVersions(version, before) <= 0) return;
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeDurably(this.#file, JSON.stringify({ newest: version }));
  }
}
