import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { AppError } from "#contract/errors.ts";
import { describeError } from "#main/platform/index.ts";
import { sendSignal } from "./process-signal.ts";

export interface ToolCall {
  /** Name shown to people, e.g. `pip`. */
  readonly tool: string;
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets all output; appended to. */
  readonly logFile: string;
  readonly signal: AbortSignal;
}

const GIST_LENGTH = 600;
const KEPT_TAIL = 16_384;

/**
 * Runs a package tool to its end. Taking it back ends the tool and its children.
 *
 * @throws AppError `start.packages_failed` with the gist of what the tool said; `run.cancelled`
 */
export async function runPackageTool(call: ToolCall): Promise<void> {
  const { signal, logFile } = call;
  if (signal.aborted) throw new AppError("run.cancelled", "The request was taken back");
  const log = await open(logFile, "a", 0o600);
  try {
    const [program = "", ...args] = call.command;
    const child = spawn(program, args, {
      cwd: call.folder,
      env: call.env,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const ended = Promise.withResolvers<number | null>();
    child.once("error", ended.reject);
    child.once("close", ended.resolve);
    const end = () => {
      if (child.pid === undefined) return;
      if (process.platform === "win32") child.kill();
      else sendSignal(-child.pid, "SIGKILL");
    };
    signal.addEventListener("abort", end, { once: true });
    const exitCode = await ended.promise.finally(() => signal.removeEventListener("abort", end));
    if (signal.aborted) throw new AppError("run.cancelled", "The request was taken back");
    if (exitCode !== 0) throw failed(call, gistOf(await readTail(logFile)), undefined);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw failed(call, describeError(error), error);
  } finally {
    await log.close();
  }
}

async function readTail(file: string): Promise<string> {
  return (await readFile(file, "utf8")).slice(-KEPT_TAIL);
}

/** What a person needs to read first: the tool's own error lines, otherwise its last ones. */
function gistOf(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const errors = lines.filter((line) => /^(error|npm err!|npm error|fatal)\b/i.test(line));
  const chosen = errors.length > 0 ? errors.slice(0, 4) : lines.slice(-4);
  return chosen.join("\n").slice(0, GIST_LENGTH);
}

function failed(call: ToolCall, problem: string, cause: unknown): AppError {
  const { tool, logFile } = call;
  return new AppError("start.packages_failed", `${tool} could not install the packages: ${problem}`, {
    details: { tool, problem, logFile },
    cause,
  });
}
