import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import type { ManifestProblem } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";
import { faultPhrase } from "#core/manifest/manifest-fault.ts";
import { systemCodeOf } from "#main/platform/index.ts";
import { type ReadManifest, readManifest } from "./manifest-reader.ts";
import { MANIFEST_LIMIT_BYTES } from "./yaml-text.ts";

export const MANIFEST_FILE = "agent.yaml";

/** What a person may have called the file instead. */
const OTHER_NAMES = ["agent.yml", "Agent.yaml", "agents.yaml", "pilothouse.yaml", "agent.json"];

/** One look at an agent's folder. */
export type ManifestLook =
  | { readonly kind: "no-folder" }
  | { readonly kind: "no-manifest"; readonly signature: string }
  | { readonly kind: "unchanged"; readonly signature: string }
  | (ReadManifest & {
      readonly kind: "read";
      /** The same as long as the file was not touched. */
      readonly signature: string;
    });

const NO_MANIFEST = "no manifest";

/**
 * Reads the manifest in `folder`, unless it still has `knownSignature`. Never throws because of what is in
 * the folder: a file that cannot be read is a problem like any other.
 */
export async function lookAtManifest(folder: string, knownSignature: string | null): Promise<ManifestLook> {
  const file = join(folder, MANIFEST_FILE);
  try {
    const { isFile, signature } = await describeFile(file);
    if (signature === knownSignature) return { kind: "unchanged", signature };
    // Opening a pipe would wait for somebody to write into it.
    if (!isFile) return { kind: "read", signature, ...oneProblem(file, notAFile()) };
    return { kind: "read", signature, ...readManifest(await readAtMost(file), file) };
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === null) throw error;
    if (!(await isFolder(folder))) return { kind: "no-folder" };
    if (code === "ENOENT") return { kind: "no-manifest", signature: NO_MANIFEST };
    return {
      kind: "read",
      signature: code,
      ...oneProblem(file, {
        problem: `${MANIFEST_FILE} cannot be read (${code})`,
        ...faultPhrase("not-readable", { code }),
      }),
    };
  }
}

async function describeFile(file: string): Promise<{ isFile: boolean; signature: string }> {
  const stats = await stat(file, { bigint: true });
  const signature = [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
  return { isFile: stats.isFile(), signature };
}

function notAFile(): Pick<ManifestProblem, "problem" | "fault"> {
  return { problem: `${MANIFEST_FILE} is not a file`, ...faultPhrase("not-a-file") };
}

function oneProblem(file: string, found: Pick<ManifestProblem, "problem" | "fault">): ReadManifest {
  const start = { line: 1, column: 1 };
  const problems = [{ file, ...start, key: "", expected: "a readable text file", ...found }];
  return { manifest: null, problems, nameAt: start };
}

/** The bytes of `file`; one byte more than a manifest may have when there are more. */
async function readAtMost(file: string): Promise<Uint8Array> {
  const handle = await open(file, "r");
  try {
    return await readHandle(handle);
  } finally {
    await handle.close();
  }
}

async function readHandle(handle: FileHandle): Promise<Uint8Array> {
  const bytes = Buffer.alloc(MANIFEST_LIMIT_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** The manifest's text; bytes that are not UTF-8 show as U+FFFD. @throws AppError `manifest.missing`, `folder.unreadable` */
export async function readManifestText(folder: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readAtMost(join(folder, MANIFEST_FILE)));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT" && (await isFolder(folder))) throw await missingManifest(folder);
    throw unreadableFolder(folder, "cannot be read", error);
  }
}

/**
 * The folder that a person named: `~` is their home, and the manifest stands for the folder it lies in.
 *
 * @throws AppError `usage.invalid` for a relative path, `folder.unreadable`
 */
export async function resolveAgentFolder(text: string, homeFolder: string): Promise<string> {
  const path = expandHome(text, homeFolder);
  if (!isAbsolute(path)) {
    throw new AppError("usage.invalid", `${text} is not a full path`, {
      details: {
        argument: "folder",
        problem: `${text} is not a full path`,
        expected: "a full path, or one from ~",
      },
    });
  }
  const stats = await stat(path).catch((error: unknown) => {
    throw unreadableFolder(path, "does not exist or cannot be read", error);
  });
  if (stats.isDirectory()) return path;
  if (basename(path) === MANIFEST_FILE) return dirname(path);
  throw unreadableFolder(path, "is a file, not a folder", undefined);
}

export function expandHome(text: string, homeFolder: string): string {
  const isInHome = text === "~" || text.startsWith("~/") || text.startsWith("~\\");
  const path = normalize(isInHome ? join(homeFolder, text.slice(1)) : text);
  // A closing slash would make two names of one folder; the root consists of nothing else.
  return dirname(path) === path ? path : path.replace(/[/\\]$/, "");
}

/** Whether two paths lead to the same folder. False when one of them is gone. */
export async function isSameFolder(a: string, b: string): Promise<boolean> {
  if (a === b) return true;
  try {
    return (await realpath(a)) === (await realpath(b));
  } catch {
    // A folder that is gone is not the one in hand.
    return false;
  }
}

/** What to say of a folder without a manifest, with the file that may have been meant. */
export async function missingManifest(folder: string): Promise<AppError> {
  for (const name of OTHER_NAMES) {
    if (await exists(join(folder, name))) {
      return new AppError(
        "manifest.missing",
        `${folder} has no ${MANIFEST_FILE}; rename ${name} to ${MANIFEST_FILE}`,
        {
          details: { folder, found: name },
        },
      );
    }
  }
  const advice = `create one there, or choose the folder that holds it`;
  return new AppError("manifest.missing", `${folder} has no ${MANIFEST_FILE}; ${advice}`, {
    details: { folder },
  });
}

export function unreadableFolder(folder: string, problem: string, cause: unknown): AppError {
  return new AppError("folder.unreadable", `${folder} ${problem}`, { details: { folder, problem }, cause });
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
