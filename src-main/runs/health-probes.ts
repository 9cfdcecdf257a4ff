import { execFile } from "node:child_process";
import type { HealthProbes } from "./sources.ts";

export interface HealthProbesDeps {
  /** Where commands run. */
  readonly folder: string;
  /** The whole environment of commands. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The first answer decides: a redirect or a success is well, everything else is not. */
const FIRST_BAD_STATUS = 400;
const MOST_PROBLEM_CHARACTERS = 200;

/** Health questions as this computer asks them. */
export function createHealthProbes(deps: HealthProbesDeps): HealthProbes {
  return { http: askHttp, command: (command, signal) => askCommand(command, { ...deps, signal }) };
}

async function askHttp(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: "manual", signal });
    // The body is not read; cancelling it gives the connection back.
    await response.body?.cancel();
    return response.status < FIRST_BAD_STATUS ? null : `answered with status ${response.status}`;
  } catch (error) {
    return problemOf(error);
  }
}

function askCommand(
  [program = "", ...args]: readonly string[],
  { environment, folder, signal }: HealthProbesDeps & { signal: AbortSignal },
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      env: { ...environment },
      signal,
      windowsHide: true,
      killSignal: "SIGKILL",
    } as const;
    execFile(program, args, options, (error, _stdout, stderr) => {
      if (error === null) resolve(null);
      else if (typeof error.code === "number") resolve(`exit code ${error.code} ${firstLine(stderr)}`.trim());
      else resolve(problemOf(error));
    });
  });
}

function problemOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return firstLine(cause instanceof Error ? cause.message : String(cause));
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, MOST_PROBLEM_CHARACTERS);
}
