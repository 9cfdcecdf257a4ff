import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { removeFolder } from "#tests/helpers/core-harness.ts";
import { Keyring } from "#tests/helpers/keyring.ts";
import { MARKS } from "./canaries.ts";

/** Dozens of cores are started, each from its sources. */
export const FLOW_MS = 900_000;

export interface Flow<T> extends AsyncDisposable {
  readonly sightings: T;
  /** Every `execve` of every process, with whole arguments. */
  readonly commands: string;
  readonly data: string;
  readonly keyring: Keyring;
}

export interface FlowOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Part of its password. */
  readonly name?: string;
}

/** Runs a script under strace in a session with a real keyring. */
export async function runFlow<T>(
  script: string,
  { args = [], env = {}, name = "" }: FlowOptions = {},
): Promise<Flow<T>> {
  const keyring = await Keyring.open();
  const base = await mkdtemp(path.join(tmpdir(), "pilothouse-canary-"));
  const trace = path.join(base, "trace");
  // Only calls that are asked for stop a process, which makes tracing cheap.
  const strace = ["-f", "--seccomp-bpf", "-e", "trace=execve", "-s", "1000000", "-o", trace];
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn("strace", [...strace, process.execPath, file, base, ...args], {
    env: { ...keyring.env, ...env, CANARY_FLOW: name },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`the flow ended with ${code}`);
  return {
    sightings: JSON.parse(await readFile(path.join(base, "sightings.json"), "utf8")),
    commands: await readFile(trace, "utf8"),
    data: path.join(base, "data"),
    keyring,
    async [Symbol.asyncDispose]() {
      await keyring[Symbol.asyncDispose]();
      await removeFolder(base);
      await rm(base, { recursive: true, force: true });
    },
  };
}

export function holdsValue(commands: string): boolean {
  return MARKS.some((mark) => commands.includes(mark));
}
