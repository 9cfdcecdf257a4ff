import { AppError } from "#contract/errors.ts";

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const READ_ONLY = new Set(["EROFS", "EACCES", "EPERM", "ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG"]);

/** The system's name of an error, e.g. `ENOSPC`; null for anything that is no system error. */
export function systemCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** The message of whatever was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What a refusal of the file system means for the data folder: `data.full`, `data.read_only` or
 * `data.io_failed`. Anything that is no system error comes back as it is.
 */
export function toDataError(error: unknown, folder: string): unknown {
  const code = systemCodeOf(error);
  if (code === null || error instanceof AppError || !/^E[A-Z0-9]+$/.test(code)) return error;
  if (FULL.has(code)) {
    return new AppError("data.full", `No space is left for ${folder}`, { details: { folder }, cause: error });
  }
  const problem = describeError(error);
  if (READ_ONLY.has(code)) {
    return new AppError("data.read_only", `${folder} cannot be written: ${problem}`, {
      details: { folder, problem },
      cause: error,
    });
  }
  return new AppError("data.io_failed", `The disk of ${folder} failed: ${problem}`, {
    details: { folder, problem },
    cause: error,
  });
}
