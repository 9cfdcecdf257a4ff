import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "#contract/errors.ts";
import { PREPARE_STEPS } from "#contract/phrase.ts";
import { inheritEnvironment } from "#core/inherited-environment.ts";
import { isPythonVersionIn } from "#core/python-version.ts";
import { describeError } from "#main/platform/index.ts";
import type { OnProgress, RuntimeNeeds } from "../driver.ts";
import { findExecutable } from "./command-path.ts";
import type { PackageCache } from "./package-cache.ts";
import { runPackageTool } from "./package-tool.ts";
import { searchPathOf } from "./run-environment.ts";

export interface PythonPackagesDeps {
  readonly cache: PackageCache;
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

export interface PackagesFor<TNeeds> {
  readonly needs: TNeeds;
  readonly releaseFolder: string;
  readonly release: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

interface Interpreter {
  readonly path: string;
  readonly version: string;
}

const ASK_LIMIT_MS = 10_000;
/** The plain name first, because it is what the user means by Python; then each version by name. */
const NAMES = ["python3", "python", ...[14, 13, 12, 11, 10, 9, 8].map((minor) => `python3.${minor}`)];
/** Lines that pull in other files of the release, so that its whole content decides. */
const REFERS_TO_FILES = /^\s*(-r|-c|-e|--requirement|--constraint|--editable|\.|\/|file:|\S+\s*@\s*file:)/m;

/** Virtual environments for Python releases. */
export class PythonPackages {
  readonly #deps: PythonPackagesDeps;

  constructor(deps: PythonPackagesDeps) {
    this.#deps = deps;
  }

  async prepare(
    request: PackagesFor<NonNullable<RuntimeNeeds["python"]>>,
  ): Promise<{ readonly folder: string; readonly programs: string }> {
    const { needs, releaseFolder, release, onProgress, signal } = request;
    const interpreter = await this.#findInterpreter(needs.version ?? "", signal);
    const requirements = await readRequirements(releaseFolder, needs.requirementsFile);
    const content = requirements !== null && REFERS_TO_FILES.test(requirements) ? release : "";
    const name = `python-${hashOf([interpreter.path, interpreter.version, requirements ?? "", content])}`;
    const folder = await this.#deps.cache.provide({
      name,
      onProgress,
      signal,
      build: (target, tell, buildSignal) =>
        this.#build({ target, tell, signal: buildSignal, interpreter, name, request }),
    });
    return { folder, programs: this.#programs(folder) };
  }

  async #build(job: {
    readonly target: string;
    readonly tell: OnProgress;
    readonly signal: AbortSignal;
    readonly interpreter: Interpreter;
    readonly name: string;
    readonly request: PackagesFor<NonNullable<RuntimeNeeds["python"]>>;
  }): Promise<void> {
    const { requirementsFile } = job.request.needs;
    const call = {
      folder: job.request.releaseFolder,
      env: { ...inheritEnvironment(this.#deps.host, this.#deps.platform, "package-tool") },
      logFile: this.#deps.cache.logFile(job.name),
      signal: job.signal,
    };
    job.tell(PREPARE_STEPS["creating-python"]);
    // Without requirements there is nothing pip would do, and leaving it out saves seconds.
    const flags = requirementsFile === undefined ? ["--without-pip"] : [];
    const makeVenv = [job.interpreter.path, "-m", "venv", ...flags, job.target];
    await runPackageTool({ ...call, tool: "python -m venv", command: makeVenv });
    if (requirementsFile === undefined) return;
    job.tell(PREPARE_STEPS["installing-python"]);
    const python = join(
      this.#programs(job.target),
      this.#deps.platform === "win32" ? "python.exe" : "python",
    );
    const quiet = ["--no-input", "--disable-pip-version-check"];
    const install = [python, "-m", "pip", "install", ...quiet, "-r", requirementsFile];
    await runPackageTool({ ...call, tool: "pip", command: install });
  }

  #programs(folder: string): string {
    return join(folder, this.#deps.platform === "win32" ? "Scripts" : "bin");
  }

  async #findInterpreter(wanted: string, signal: AbortSignal): Promise<Interpreter> {
    const folders = searchPathOf(this.#deps.host)
      .split(delimiter)
      .filter((folder) => folder !== "");
    const endings = this.#deps.platform === "win32" ? [".exe"] : [];
    const found: string[] = [];
    for (const name of NAMES) {
      const path = await findExecutable(
        folders.map((folder) => join(folder, name)),
        endings,
      );
      const version = path === null ? null : await askVersion(path, signal);
      if (path === null || version === null) continue;
      const isIn = isPythonVersionIn(version, wanted);
      if (isIn === null) throw missing(wanted, "a version range that cannot be read, e.g. >=3.10,<3.13 can");
      if (isIn) return { path: await realpath(path), version };
      if (!found.includes(version)) found.push(version);
    }
    throw missing(wanted, found.length === 0 ? "no Python" : found.join(", "));
  }
}

async function askVersion(path: string, signal: AbortSignal): Promise<string | null> {
  try {
    const script = "import sys;print('.'.join(map(str,sys.version_info[:3])))";
    const options = { timeout: ASK_LIMIT_MS, signal, env: {}, windowsHide: true };
    const { stdout } = await promisify(execFile)(path, ["-I", "-S", "-c", script], options);
    return stdout.trim();
  } catch (error) {
    if (signal.aborted) throw new AppError("run.cancelled", "The request was taken back", { cause: error });
    // A program of that name that is no working Python; the next name may be one.
    return null;
  }
}

async function readRequirements(releaseFolder: string, file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  try {
    return await readFile(join(releaseFolder, file), "utf8");
  } catch (error) {
    const problem = `the requirements file ${file} cannot be read: ${describeError(error)}`;
    throw new AppError("start.packages_failed", `The Python packages could not be installed: ${problem}`, {
      details: { tool: "pip", problem, logFile: "" },
      cause: error,
    });
  }
}

function missing(wanted: string, found: string): AppError {
  const text = wanted === "" ? "Python" : `Python ${wanted}`;
  return new AppError("start.runtime_missing", `The agent needs ${text}; found: ${found}`, {
    details: { runtime: "python", wanted, found },
  });
}

export function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
