import { copyFile, readFile, rm, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { AppError } from "#contract/errors.ts";
import { PREPARE_STEPS } from "#contract/phrase.ts";
import { inheritEnvironment } from "#core/inherited-environment.ts";
import { describeError, systemCodeOf, toDataError } from "#main/platform/index.ts";
import type { RuntimeNeeds } from "../driver.ts";
import { findExecutable } from "./command-path.ts";
import type { PackageCache } from "./package-cache.ts";
import { runPackageTool } from "./package-tool.ts";
import { hashOf, type PackagesFor } from "./python-packages.ts";
import { searchPathOf } from "./run-environment.ts";

export interface NodePackagesDeps {
  readonly cache: PackageCache;
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

/** Installed modules of a release, to be linked into the working folders of its runs. */
export interface NodeModules {
  placeIn(workFolder: string): string;
  link(workFolder: string): Promise<void>;
}

/**
 * Modules for Node releases: `npm ci` with the release's lock file.
 *
 * Install scripts never run. They are the way a single bad package takes over a computer at install time,
 * and would act with the user's rights before anything of the agent was started.
 */
export class NodePackages {
  readonly #deps: NodePackagesDeps;

  constructor(deps: NodePackagesDeps) {
    this.#deps = deps;
  }

  async prepare(request: PackagesFor<NonNullable<RuntimeNeeds["node"]>>): Promise<NodeModules> {
    const { needs, releaseFolder, onProgress, signal } = request;
    const place = dirname(needs.lockFile);
    const packageFile = join(releaseFolder, place, "package.json");
    const lockFile = join(releaseFolder, needs.lockFile);
    const contents = await Promise.all([packageFile, lockFile].map(readText));
    const name = `node-${hashOf([process.platform, process.arch, ...contents])}`;
    const folder = await this.#deps.cache.provide({
      name,
      onProgress,
      signal,
      build: async (target, tell, buildSignal) => {
        const npm = await this.#findNpm();
        await copyFile(packageFile, join(target, "package.json"));
        await copyFile(lockFile, join(target, "package-lock.json"));
        tell(PREPARE_STEPS["installing-node"]);
        await runPackageTool({
          tool: "npm",
          command: [
            npm,
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--omit=dev",
            "--loglevel=error",
          ],
          folder: target,
          env: inheritEnvironment(this.#deps.host, this.#deps.platform, "package-tool"),
          logFile: this.#deps.cache.logFile(name),
          signal: buildSignal,
        });
      },
    });
    const placeIn = (workFolder: string) => join(workFolder, place, "node_modules");
    return { placeIn, link: (workFolder) => link(join(folder, "node_modules"), placeIn(workFolder)) };
  }

  async #findNpm(): Promise<string> {
    const folders = searchPathOf(this.#deps.host)
      .split(delimiter)
      .filter((folder) => folder !== "");
    const found = await findExecutable(
      folders.map((folder) => join(folder, "npm")),
      this.#deps.platform === "win32" ? [".cmd"] : [],
    );
    if (found !== null) return found;
    throw new AppError("start.runtime_missing", "The agent needs npm, and there is none on this computer", {
      details: { runtime: "npm", wanted: "npm", found: "none" },
    });
  }
}

async function link(modules: string, place: string): Promise<void> {
  try {
    await rm(place, { recursive: true, force: true });
    // A junction needs no special right on Windows; elsewhere the word is ignored.
    await symlink(modules, place, "junction");
  } catch (error) {
    // An empty lock file installs nothing, and then there is nothing to link.
    if (systemCodeOf(error) !== "ENOENT") throw toDataError(error, place);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const problem = `${file} cannot be read: ${describeError(error)}`;
    throw new AppError("start.packages_failed", `The Node packages could not be installed: ${problem}`, {
      details: { tool: "npm", problem, logFile: "" },
      cause: error,
    });
  }
}
