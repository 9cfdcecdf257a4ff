import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { listPageFiles, type PageFile, type PageFiles, pageFileOf } from "#main/page/index.ts";

export interface AssetsOptions {
  readonly folder: string;
  /** False only in security tests: looks files up by the path that was asked for. */
  readonly servesListedFilesOnly: boolean;
}

/** Answers requests for the files of the page. */
export class Assets {
  readonly #options: AssetsOptions;
  readonly #files: PageFiles;

  private constructor(options: AssetsOptions, files: PageFiles) {
    this.#options = options;
    this.#files = files;
  }

  /** @throws AppError `folder.unreadable` when the page was not built */
  static async list(options: AssetsOptions): Promise<Assets> {
    return new Assets(options, await listPageFiles(options.folder));
  }

  /** Sends the file for `url`, the page itself for its own addresses, or 404. */
  async send(url: string, response: ServerResponse, isHead: boolean): Promise<void> {
    const asset = this.#find(url);
    if (asset === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", asset.type);
    response.setHeader("Cache-Control", asset.cacheControl);
    if (isHead || asset.content !== undefined) {
      response.end(isHead ? undefined : asset.content);
      return;
    }
    try {
      await pipeline(createReadStream(asset.file), response);
    } catch (error) {
      // The reader went away, or the file did (a new build): the browser asks again.
      if (!response.headersSent) response.writeHead(404).end();
      else response.destroy(error instanceof Error ? error : undefined);
    }
  }

  #find(url: string): PageFile | undefined {
    if (this.#options.servesListedFilesOnly) return this.#files.find(url);
    return unlisted(this.#options.folder, url.split("?", 1)[0] ?? "/");
  }
}

/** What a file server without the list would do; for the test that shows why there is one. */
function unlisted(folder: string, path: string): PageFile {
  return pageFileOf("/", resolve(folder, `.${decodeURIComponent(path)}`).slice(1));
}
