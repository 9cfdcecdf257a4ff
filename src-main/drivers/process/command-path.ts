import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, relative, resolve } from "node:path";
import { AppError } from "#contract/errors.ts";

export interface CommandSearch {
  /** First entry of the command. */
  readonly program: string;
  /** Where a relative path with a separator counts from, and what it becomes in the end. */
  readonly releaseFolder: string;
  readonly workFolder: string;
  /** Folders of the run's own packages, searched first. */
  readonly ownFolders: readonly string[];
  readonly searchPath: string;
  /** Windows: endings of programs, from PATHEXT. */
  readonly endings: readonly string[];
  /** Pilothouse's own Node, for `node` where none is installed. */
  readonly nodeExecutable: string;
}

/** Names to try in order; `python` is called `python3` on many systems. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = { python: ["python3"], python3: ["python"] };

/**
 * The absolute path of a command's program.
 *
 * @throws AppError `start.command_not_found`, whose details name every place that was searched
 */
export async function findCommand(search: CommandSearch): Promise<string> {
  const { program, releaseFolder, workFolder, ownFolders, searchPath } = search;
  if (program.includes("/") || (search.endings.length > 0 && program.includes("\\"))) {
    const inRelease = await findExecutable([resolve(releaseFolder, program)], search.endings);
    if (inRelease === null) throw notFound(program, "the agent's folder", resolve(releaseFolder, program));
    return isAbsolute(program) ? inRelease : join(workFolder, relative(releaseFolder, inRelease));
  }
  const folders = [...ownFolders, ...searchPath.split(delimiter)].filter((folder) => folder !== "");
  for (const name of [program, ...(OTHER_NAMES[program] ?? [])]) {
    const found = await findExecutable(
      folders.map((folder) => join(folder, name)),
      search.endings,
    );
    if (found !== null) return found;
  }
  if (program === "node") return search.nodeExecutable;
  throw notFound(program, "any folder of PATH", folders.join(delimiter));
}

/** The first of `paths` that is an executable file; null when none is. */
export async function findExecutable(
  paths: readonly string[],
  endings: readonly string[],
): Promise<string | null> {
  const candidates = paths.flatMap((path) => ["", ...endings].map((ending) => path + ending));
  // All at once: a search path has a dozen folders, and each question is a trip to the disk.
  const answers = await Promise.all(candidates.map(isExecutable));
  return candidates.find((_, index) => answers[index]) ?? null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not for us: the search goes on and says at its end where it looked.
    return false;
  }
}

function notFound(command: string, place: string, searched: string): AppError {
  return new AppError("start.command_not_found", `There is no program "${command}" in ${place}`, {
    details: { command, searched },
  });
}
