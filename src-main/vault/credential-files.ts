import { readFile, stat } from "node:fs/promises";
import { parseEnv } from "node:util";
import type {
  CredentialChange,
  ImportEnv,
  ImportFile,
  ImportResult,
  SetCredential,
} from "#contract/credential.ts";
import { LONGEST_VALUE_BYTES } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { Door } from "#contract/run.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import { describeError, removeDurably } from "#main/platform/index.ts";
import { invalid, tooLong } from "./credential-view.ts";
import type { Credentials } from "./credentials.ts";

/** A `.env` file holds a few lines; one that is larger is something else. */
const MOST_FILE_BYTES = 1 << 20;

export interface CredentialFilesDeps {
  readonly credentials: Pick<Credentials, "set">;
  readonly audit: Pick<AuditTrail, "around">;
}

/** Takes values out of files of this computer, so that they pass through no page and no command line. */
export class CredentialFiles {
  readonly #deps: CredentialFilesDeps;

  constructor(deps: CredentialFilesDeps) {
    this.#deps = deps;
  }

  async readEnvNames(file: string): Promise<readonly string[]> {
    return Object.keys(parseEnvFile(file, await readEnvFile(file))).sort();
  }

  async importEnv({ allow, file, kind, removesFile, take }: ImportEnv, door: Door): Promise<ImportResult> {
    const details = { file, removesFile };
    return await this.#deps.audit.around(
      { door, action: "credential.import", subject: file, details },
      async () => {
        const text = await readEnvFile(file);
        const values = parseEnvFile(file, text);
        if (removesFile) refuseToLose(file, values, take);
        const byName = Map.groupBy(take, ({ name }) => name);
        const requests = [...byName].map(
          ([name, taken]): SetCredential => ({
            name,
            kind,
            allow,
            fields: Object.fromEntries(
              taken.map(({ field, variable }) => {
                const value = values[variable];
                if (value !== undefined && value !== "") return [field, value];
                throw invalid(name, field, `${file} sets no variable ${variable}`);
              }),
            ),
          }),
        );
        const credentials: ImportResult["credentials"][number][] = [];
        for (const request of requests) {
          credentials.push((await this.#deps.credentials.set(request, door)).credential);
        }
        // Every value was read back from its store by now. What somebody wrote into the file meanwhile was not.
        const isFileRemoved = removesFile && (await readEnvFile(file)) === text;
        if (isFileRemoved) await removeDurably(file);
        return { credentials, isFileRemoved };
      },
    );
  }

  async importFile({ field, file, ...rest }: ImportFile, door: Door): Promise<CredentialChange> {
    const value = await readText(file, LONGEST_VALUE_BYTES, (sizeBytes) =>
      tooLong(rest.name, field, sizeBytes),
    );
    if (value === "") throw invalid(rest.name, field, `${file} is empty`);
    return await this.#deps.credentials.set({ ...rest, fields: { [field]: value } }, door);
  }
}

/** The first line that says something, in a file that is not something else: a key, a certificate, a document. */
const ENV_LINE = /^\s*(export\s+)?[A-Za-z_][A-Za-z0-9_.-]*\s*=/;

/**
 * Names and values of a `.env` file. Of any other file, what stands before an equals sign may be part of a secret, such as
 * the last line of a private key, and must not come out as a name.
 *
 * @throws AppError `credential.invalid`
 */
function parseEnvFile(file: string, text: string): Readonly<Record<string, string | undefined>> {
  const first = text.split("\n").find((line) => !/^\s*(#|$)/.test(line));
  if (first !== undefined && !ENV_LINE.test(first)) {
    throw invalid(file, "file", "it is no .env file, whose lines are NAME=value");
  }
  return parseEnv(text);
}

/** @throws AppError `credential.invalid` when values would go with the file that nothing else holds */
function refuseToLose(
  file: string,
  values: Readonly<Record<string, string | undefined>>,
  take: ImportEnv["take"],
): void {
  const taken = new Set(take.map(({ variable }) => variable));
  const lost = Object.keys(values).filter((name) => !taken.has(name) && values[name] !== "");
  if (lost.length === 0) return;
  throw invalid(file, "file", `deleting it would lose ${lost.join(", ")}, which is not taken`);
}

function readEnvFile(file: string): Promise<string> {
  return readText(file, MOST_FILE_BYTES, (sizeBytes) =>
    invalid(file, "file", `it has ${sizeBytes} bytes; ${MOST_FILE_BYTES} can be taken`),
  );
}

/** @throws AppError `folder.unreadable`, `credential.invalid` for what is no text, and as `tooLarge` says */
async function readText(
  file: string,
  limitBytes: number,
  tooLarge: (sizeBytes: number) => AppError,
): Promise<string> {
  let bytes: Buffer;
  try {
    const { size } = await stat(file);
    if (size > limitBytes) throw tooLarge(size);
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("folder.unreadable", `${file} cannot be read: ${describeError(error)}`, {
      details: { folder: file },
      cause: error,
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("credential.invalid", `${file} is no text in UTF-8`, {
      details: { credential: file, field: "file", problem: "it is no text in UTF-8" },
      cause,
    });
  }
}
