import { randomBytes } from "node:crypto";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { SampleAgent } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";
import { findNearest } from "#core/manifest/nearest-word.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import { exists, isSameFolder, lookAtManifest } from "./manifest-file.ts";

export interface SampleShelfDeps {
  /** Where the samples that ship with the program lie, one folder each. */
  readonly folder: string;
  /** The data folder's `samples`. */
  readonly copies: string;
}

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

/** The agents that ship with the program, to try and to learn from. */
export class SampleShelf {
  readonly #deps: SampleShelfDeps;

  constructor(deps: SampleShelfDeps) {
    this.#deps = deps;
  }

  /** By name. Empty when the program was installed without samples. */
  async list(): Promise<readonly SampleAgent[]> {
    const samples = await Promise.all((await this.#names()).map((name) => this.#describe(name)));
    return samples.filter((sample) => sample !== null).sort((a, b) => a.name.localeCompare(b.name));
  }

  /**
   * The sample as a folder of the user's own, made if it is not there yet. A copy that is there stays as it
   * is, with whatever was changed in it.
   *
   * @throws AppError `agent.not_found`, `data.*`
   */
  async take(name: string): Promise<string> {
    const names = await this.#names();
    if (!names.includes(name)) {
      const nearest = findNearest(name, names) ?? "";
      throw new AppError("agent.not_found", `There is no sample ${name}`, {
        details: { agent: name, nearest },
      });
    }
    const copy = join(this.#deps.copies, name);
    if (await exists(copy)) return copy;
    const draft = join(this.#deps.copies, `.copying-${randomBytes(6).toString("hex")}`);
    try {
      await mkdir(this.#deps.copies, { recursive: true, mode: 0o700 });
      await copyFolder(join(this.#deps.folder, name), draft);
      await addPackages(draft);
      await rename(draft, copy);
    } catch (error) {
      // Two callers may take the same sample at the same moment.
      if (!(await exists(copy))) throw toDataError(error, this.#deps.copies);
    } finally {
      // After a success there is nothing to remove; otherwise the error on its way says what matters.
      await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    }
    return copy;
  }

  /** The name of the sample whose shipped folder this is; null for every other folder. */
  async nameOf(folder: string): Promise<string | null> {
    return (await isSameFolder(dirname(folder), this.#deps.folder)) ? basename(folder) : null;
  }

  async #names(): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.#deps.folder, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  async #describe(name: string): Promise<SampleAgent | null> {
    const folder = join(this.#deps.folder, name);
    const look = await lookAtManifest(folder, null);
    if (look.kind !== "read" || look.manifest === null) return null;
    return { name, description: look.manifest.description ?? "", class: look.manifest.class, folder };
  }
}

/** A copy the user may change, also when the program itself is installed read-only. */
async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, errorOnExist: true, force: false });
  const entries = await readdir(to, { recursive: true, withFileTypes: true });
  await chmod(to, 0o755);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o777) | 0o600);
  }
}

/**
 * Puts the packages that a sample names in its package.json into its `vendor` folder, from Pilothouse's own.
 * So the sample runs without a network, and its release is complete in itself.
 */
async function addPackages(folder: string): Promise<void> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
  const { dependencies } = packageSchema.parse(JSON.parse(text));
  for (const name of Object.keys(dependencies))
    await copyFolder(packageFolder(name), join(folder, "vendor", name));
}

function packageFolder(name: string): string {
  const resolver = createRequire(import.meta.url);
  // Written out so that tools which look for unused dependencies see this one.
  if (name === "playwright-core") return dirname(resolver.resolve("playwright-core/package.json"));
  throw new Error(`a sample wants the package ${name}, which Pilothouse does not carry`);
}
