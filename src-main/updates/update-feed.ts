import { createHash, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "#contract/errors.ts";
import type { Fetch } from "#main/network/index.ts";
import { describeError, toDataError } from "#main/platform/index.ts";
import { MAX_MANIFEST_BYTES, type UpdateFile, untrusted } from "./update-manifest.ts";

const MANIFEST_NAME = "pilothouse-update.json";
const MANIFEST_TIMEOUT_MS = 30_000;
/** A download may take long, but not stand still. */
const STALL_MS = 60_000;

/** Asks the folder that releases are published in. Follows no redirect: what is published lies in that folder. */
export class UpdateFeed {
  readonly #address: string;
  readonly #fetch: Fetch;

  constructor(address: string, fetch: Fetch) {
    this.#address = address;
    this.#fetch = fetch;
  }

  /**
   * The newest manifest, not yet believed.
   *
   * @throws AppError `update.unreachable`, `update.untrusted` when it is too long
   */
  async readManifest(signal: AbortSignal): Promise<Buffer> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(MANIFEST_TIMEOUT_MS)]);
    const parts: Uint8Array[] = [];
    await this.#read(MANIFEST_NAME, { signal: limited, maxBytes: MAX_MANIFEST_BYTES }, async (part) => {
      parts.push(part);
    });
    return Buffer.concat(parts);
  }

  /**
   * Fetches a file of a manifest that was believed. `to` is there afterwards if and only if it is that file.
   *
   * @throws AppError `update.unreachable`, `update.untrusted` when it is not the file that was signed, `data.*`
   */
  async download(
    file: UpdateFile,
    to: string,
    watch: { readonly signal: AbortSignal; readonly onProgress: (doneBytes: number) => void },
  ): Promise<void> {
    const partly = `${to}.part`;
    try {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      const summary = await this.#write(file, partly, watch);
      if (!isSame(summary, file)) throw untrusted("what was fetched is not what was signed");
      await rename(partly, to);
    } catch (error) {
      // A part that stays is written over by the next attempt.
      await rm(partly, { force: true }).catch(() => undefined);
      throw error instanceof AppError ? error : toDataError(error, dirname(to));
    }
  }

  async #write(
    file: UpdateFile,
    partly: string,
    { onProgress, signal }: { signal: AbortSignal; onProgress: (doneBytes: number) => void },
  ): Promise<FileSummary> {
    await using handle = await open(partly, "w", 0o600);
    const hash = createHash("sha512");
    let sizeBytes = 0;
    await this.#read(file.name, { signal, maxBytes: file.sizeBytes }, async (part) => {
      hash.update(part);
      // Told apart here, because everything else that fails on the way is the network's.
      await handle.writeFile(part).catch((error: unknown) => {
        throw toDataError(error, dirname(partly));
      });
      sizeBytes += part.length;
      onProgress(sizeBytes);
    });
    await handle.sync();
    return { sizeBytes, sha512: hash.digest("hex") };
  }

  /** Hands over the body part by part and never reads past `maxBytes`. */
  async #read(
    name: string,
    { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
    take: (part: Uint8Array) => Promise<void>,
  ): Promise<void> {
    const stall = new AbortController();
    let watchdog = setTimeout(() => stall.abort(new Error("no byte for a minute")), STALL_MS);
    try {
      const response = await this.#ask(name, AbortSignal.any([signal, stall.signal]));
      let bytes = 0;
      for await (const part of response.body ?? []) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => stall.abort(new Error("no byte for a minute")), STALL_MS);
        bytes += part.length;
        if (bytes > maxBytes) throw untrusted(`${name} is longer than it may be`);
        await take(part);
      }
    } catch (error) {
      throw error instanceof AppError ? error : this.#unreachable(error);
    } finally {
      clearTimeout(watchdog);
    }
  }

  async #ask(name: string, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(new URL(name, this.#address), {
      signal,
      headers: { accept: "*/*" },
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    throw this.#unreachable(new Error(`the answer was ${response.status}`));
  }

  #unreachable(cause: unknown): AppError {
    // `fetch` says only that it failed; why stands one level deeper.
    const problem = describeError(cause instanceof Error ? (cause.cause ?? cause) : cause);
    return new AppError("update.unreachable", `Could not ask for updates: ${problem}`, {
      details: { address: this.#address, problem },
      cause,
    });
  }
}

interface FileSummary {
  readonly sizeBytes: number;
  readonly sha512: string;
}

/** Whether a file on this disk still is the one that was signed; asked again right before it is used. */
export async function isSignedFile(path: string, wanted: FileSummary): Promise<boolean> {
  const hash = createHash("sha512");
  let sizeBytes = 0;
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(part);
    sizeBytes += part.length;
  }
  return isSame({ sizeBytes, sha512: hash.digest("hex") }, wanted);
}

function isSame(found: FileSummary, wanted: FileSummary): boolean {
  const isHash = timingSafeEqual(Buffer.from(found.sha512, "hex"), Buffer.from(wanted.sha512, "hex"));
  return found.sizeBytes === wanted.sizeBytes && isHash;
}
