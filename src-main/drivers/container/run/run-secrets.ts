import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import { toDataError } from "#main/platform/index.ts";
import type { RunSpec } from "../../driver.ts";
import { SecretFolders, type SecretFoldersDeps } from "../../shared/secret-folders.ts";

/** What goes into a container because its run was given secrets. */
export interface HandedToContainer {
  /** Readable by whoever may inspect the container: places of files, and the values that a person let go there. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of this computer that the container sees, read-only; null when there are no files. */
  readonly mount: { readonly source: string; readonly target: string } | null;
  /** Written to the standard input of the container, which then ends; null when there is none. */
  readonly input: string | null;
  /** Hidden in what the run says. */
  readonly masked: readonly string[];
}

const MOUNT = "/pilothouse-secrets";
const FILES = "files";
const MASKS = "masks.json";
const INPUT_DESCRIPTOR = "0";
const masksSchema = z.array(z.string());

export const NO_SECRETS: HandedToContainer = { env: {}, mount: null, input: null, masked: [] };

/**
 * The secrets of runs in containers of one engine, in a private folder in memory: the files that containers see, and
 * what a later core has to hide in the output of a run that goes on.
 */
export class RunSecretPlaces {
  readonly #folders: SecretFolders;
  readonly #isLocal: boolean;
  /** Made by this core: their containers may be younger than the list that a sweep goes by. */
  readonly #own = new Set<RunId>();

  constructor(deps: SecretFoldersDeps & { readonly isLocal: boolean }) {
    this.#folders = new SecretFolders(deps);
    this.#isLocal = deps.isLocal;
  }

  /** @throws AppError `start.credential_unavailable` for what no container can be given; `data.*` */
  async create(spec: RunSpec): Promise<HandedToContainer> {
    const { runId, secrets } = spec;
    if (secrets === undefined) return NO_SECRETS;
    const { descriptors, env, files, masked } = secrets;
    const [descriptor, second] = descriptors;
    if (second !== undefined) {
      throw unavailable(spec, second.env, "a container can be given one open descriptor, its standard input");
    }
    const [file] = files;
    if (file !== undefined && !this.#isLocal) {
      const problem = "the engine is on another computer, which this one shares no private files with";
      throw unavailable(spec, file.env, problem);
    }
    this.#own.add(runId);
    const folder = await this.#folders.of(runId);
    try {
      await this.#folders.make(runId);
      await writeFile(join(folder, MASKS), JSON.stringify(masked), { mode: 0o600 });
      const variables = await writeFiles(join(folder, FILES), files);
      return {
        env: {
          ...env,
          ...variables,
          ...(descriptor === undefined ? {} : { [descriptor.env]: INPUT_DESCRIPTOR }),
        },
        mount: files.length === 0 ? null : { source: join(folder, FILES), target: MOUNT },
        input: descriptor?.content ?? null,
        masked,
      };
    } catch (error) {
      throw toDataError(error, folder);
    }
  }

  /** What is to be hidden in the output of a run; null when nobody knows any more. */
  async masksOf(runId: RunId): Promise<readonly string[] | null> {
    try {
      const text = await readFile(join(await this.#folders.of(runId), MASKS), "utf8");
      return masksSchema.parse(JSON.parse(text));
    } catch {
      // The computer was restarted, or somebody cleared its memory: what cannot be hidden is not shown.
      return null;
    }
  }

  /** Never throws: what stays behind is found by the sweep. */
  async remove(runId: RunId): Promise<void> {
    await this.#folders.remove(runId).catch(() => undefined);
    this.#own.delete(runId);
  }

  /** Removes what belongs to no run that lives; for what ended while no core was there. */
  async sweep(live: ReadonlySet<RunId>): Promise<void> {
    await this.#folders.sweep(async (runId) => live.has(runId) || this.#own.has(runId));
  }
}

/** The user inside the container is another one; nobody else gets to the files, because the folder above is private. */
async function writeFiles(
  folder: string,
  files: NonNullable<RunSpec["secrets"]>["files"],
): Promise<Readonly<Record<string, string>>> {
  if (files.length === 0) return {};
  await mkdir(folder);
  await chmod(folder, 0o755);
  const variables: Record<string, string> = {};
  for (const [index, { content, env, name }] of files.entries()) {
    const file = `${index}-${name}`;
    await writeFile(join(folder, file), content, { flag: "wx" });
    await chmod(join(folder, file), 0o444);
    variables[env] = `${MOUNT}/${file}`;
  }
  return variables;
}

function unavailable({ agent }: RunSpec, credential: string, problem: string): AppError {
  return new AppError("start.credential_unavailable", `The credential for ${credential}: ${problem}`, {
    details: { agent, credential, problem },
  });
}
