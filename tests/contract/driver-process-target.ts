import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { agentNameSchema, type RunId, releaseIdSchema } from "#contract/ids.ts";
import {
  createProcessDriver,
  type Driver,
  type ProcessDriverDeps,
  type RunSpec,
} from "#main/drivers/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import { type Behaviour, CANARY, type DriverUnderTest, newRunId } from "./driver-under-test.ts";

const ROOT = join(import.meta.dirname, "..", "..");
export const SUPERVISOR_SOURCE = join(ROOT, "src-main/drivers/process/supervisor/main.ts");

/** A process driver on a temporary folder, with more than the suite needs for tests of its own. */
export interface ProcessDriverUnderTest extends DriverUnderTest {
  readonly folder: string;
  readonly releaseFolder: string;
  readonly deps: ProcessDriverDeps;
  specOfCommand(command: readonly string[], changes?: Partial<RunSpec>): RunSpec;
}

/** Pids of living processes that carry the run's id in their environment. */
export async function processesOf(runId: RunId): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
    if (environment.includes(`PILOTHOUSE_RUN_ID=${runId}`)) found.push(Number(name));
  }
  return found;
}

export async function makeProcessDriver(
  changes: Partial<ProcessDriverDeps> = {},
): Promise<ProcessDriverUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-driver-"));
  const releaseFolder = join(folder, "release");
  await mkdir(releaseFolder);
  await cp(join(import.meta.dirname, "driver-agent.mjs"), join(releaseFolder, "agent.mjs"));
  const deps: ProcessDriverDeps = {
    runsFolder: join(folder, "runs"),
    environmentsFolder: join(folder, "environments"),
    supervisorScript: SUPERVISOR_SOURCE,
    nodeExecutable: process.execPath,
    hostEnvironment: {
      ...process.env,
      SOME_TOKEN: CANARY,
      NODE_OPTIONS: `--title=${CANARY}`,
      LD_CANARY: CANARY,
    },
    clock: new SystemClock(),
    spool: { rotateBytes: 256 << 10, drainMs: 500 },
    ...changes,
  };
  const driver = createProcessDriver(deps);
  const made: Driver[] = [driver];
  const begun: RunId[] = [];
  const specOfCommand = (command: readonly string[], specChanges: Partial<RunSpec> = {}): RunSpec => {
    const runId = newRunId();
    begun.push(runId);
    return {
      runId,
      agent: agentNameSchema.parse("test-agent"),
      release: releaseIdSchema.parse("0".repeat(64)),
      releaseFolder,
      command,
      needs: {},
      env: {},
      inputJson: "{}",
      limits: {},
      graceMs: 1_000,
      port: null,
      ...specChanges,
    };
  };
  return {
    driver,
    manyRuns: 200,
    folder,
    releaseFolder,
    deps,
    specOfCommand,
    specOf: async (behaviour, specChanges) => {
      if (behaviour.does === "nothing") return specOfCommand(["true"], specChanges);
      // By file, because an argument cannot hold a megabyte.
      const file = `${newRunId()}.json`;
      await writeFile(join(releaseFolder, file), JSON.stringify(plainOf(behaviour, join(folder, "turn"))));
      return specOfCommand([process.execPath, "agent.mjs", file], specChanges);
    },
    createNext: async () => {
      const next = createProcessDriver(deps);
      made.push(next);
      return next;
    },
    endCore: () => driver[Symbol.asyncDispose](),
    giveTurn: (_runId, piece) => writeFile(join(folder, `turn-${piece}`), ""),
    impossibleSpec: async () => specOfCommand(["true"], { releaseFolder: join(folder, "missing") }),
    countProcesses: async (runId) => (await processesOf(runId)).length,
    loseBeginning: (runId) => rm(join(deps.runsFolder, runId, "spool", "1.spool")),
    [Symbol.asyncDispose]: async () => {
      for (const runId of begun) for (const pid of await processesOf(runId)) killQuietly(pid);
      for (const one of made) await one[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** The behaviour with its bytes as base64, and with the beginning of the names of the files that give it its turns. */
export function plainOf(behaviour: Behaviour, turnFile: string): unknown {
  if (!("pieces" in behaviour)) return behaviour;
  const pieces = behaviour.pieces.map(({ stream, bytes }) => ({
    stream,
    base64: Buffer.from(bytes).toString("base64"),
  }));
  return { ...behaviour, pieces, turnFile };
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
