import { X509Certificate } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { AppError } from "#contract/errors.ts";
import { describeError } from "#main/platform/index.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
/** Much more than the authorities of the whole world. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * The certificates in a PEM file of a person's own; none for an empty name.
 *
 * @throws AppError `network.authorities_unusable` when it cannot be read, is too large, or holds no certificate
 */
export async function readAuthorities(file: string): Promise<readonly string[]> {
  if (file === "") return [];
  const found = (await readText(file)).match(CERTIFICATE) ?? [];
  if (found.length === 0) throw unusable(file, "no certificate in it");
  for (const text of found) {
    try {
      new X509Certificate(text);
    } catch (error) {
      throw unusable(file, describeError(error), error);
    }
  }
  return found;
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const facts = await handle.stat();
    // A device or a pipe may never end.
    if (!facts.isFile()) throw unusable(file, "not a file");
    const { size } = facts;
    if (size > MOST_BYTES) throw unusable(file, `${size} bytes are too many`);
    return await handle.readFile("utf8");
  } catch (error) {
    throw error instanceof AppError ? error : unusable(file, describeError(error), error);
  }
}

function unusable(file: string, problem: string, cause?: unknown): AppError {
  return new AppError(
    "network.authorities_unusable",
    `The certificates in ${file} cannot be used: ${problem}`,
    {
      details: { file, problem },
      cause,
    },
  );
}
