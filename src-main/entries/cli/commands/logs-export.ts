import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#contract/errors.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import type { Command } from "../command.ts";
import { rawBytes } from "../log-text.ts";

export const logsExport: Command = {
  path: ["logs", "export"],
  summary: "Write the stored bytes of a run's output to a file",
  notes: ["The bytes are exactly those that the run printed, both streams in order of arrival."],
  args: [
    { name: "RUN", summary: "Id, its first characters, or @AGENT for its latest run", completion: "run" },
    { name: "FILE", summary: "Where to; a file that is there is replaced", completion: "file" },
  ],
  flags: [],
  examples: ["pilothouse logs export @price-watcher price-watcher.log"],
  async run(call) {
    const file = path.resolve(call.text("FILE"));
    const link = await call.link();
    const { id } = await link.ask((client) => client.runs.get.query({ reference: call.text("RUN") }));
    // A file that is there is replaced by a log, never by nothing.
    const stored = await link.ask((client) => client.logs.stats.query({ runId: id }));
    let sizeBytes = 0;
    try {
      const handle = await openTarget(file);
      try {
        for await (const bytes of rawBytes(link, id, false)) {
          await handle.writeFile(bytes);
          sizeBytes += bytes.length;
        }
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw toDataError(error, path.dirname(file));
    }
    // Bytes are written as they are or not at all: what is damaged has no mark in the file, so it is said here.
    const damagedBytes = Math.max(0, stored.sizeBytes - sizeBytes);
    const damage = damagedBytes === 0 ? "" : `; ${damagedBytes} more are damaged and cannot be read`;
    await call.answer(
      { run: id, file, sizeBytes, damagedBytes },
      `${sizeBytes} bytes written to ${file}${damage}`,
    );
    return 0;
  },
};

/** What is wrong with FILE itself, and not with a disk. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EISDIR: "is a folder",
  ENOENT: "is in a folder that is not there",
  ENOTDIR: "is in a folder that is not there",
  EACCES: "may not be written",
  EPERM: "may not be written",
};

/** @throws AppError `usage.invalid` when there can be no such file */
async function openTarget(file: string): Promise<FileHandle> {
  try {
    return await open(file, "w");
  } catch (error) {
    const problem = PROBLEMS[systemCodeOf(error) ?? ""];
    if (problem === undefined) throw error;
    const details = { argument: "FILE", problem, expected: "a file that can be written" };
    throw new AppError("usage.invalid", `${file} ${problem}`, { details, cause: error });
  }
}
