import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type TestEngine } from "#tests/helpers/engines.ts";
import { CANARIES } from "./canaries.ts";
import type { ContainerSightings } from "./canary-container-main.ts";
import { FLOW_MS, type Flow, holdsValue, runFlow } from "./canary-flow.ts";
import { filesWith, isIn, privateFilesOf } from "./canary-search.ts";

const { key, user } = CANARIES;
const NAME = "container";
// As the flow of this name plants it.
const password = CANARIES.password.replace("-4d1e", `${NAME}-4d1e`);
const SECRETS = [password, key];

/** Every `execve` of the engine, of what it starts and of what runs in its containers. */
interface EngineTrace {
  readonly file: string;
  end(): Promise<void>;
}

async function traceEngine(engine: TestEngine, folder: string): Promise<EngineTrace> {
  const file = path.join(folder, "engine-trace");
  const pids = (await processesOf(engine)).flatMap((pid) => ["-p", String(pid)]);
  const child: ChildProcess = spawn(
    "strace",
    ["-f", "-e", "trace=execve", "-s", "1000000", "-o", file, ...pids],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (pids.length / 2 <= said.split(" attached").length - 1) resolve();
    });
    child.once("exit", () => reject(new Error(`strace did not stay: ${said}`)));
  });
  return {
    file,
    async end() {
      const gone = once(child, "exit");
      child.kill("SIGINT");
      await gone;
    },
  };
}

/** The daemon, and what starts containers for it: their folders are in their arguments. */
async function processesOf(engine: TestEngine): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (command.startsWith("containerd\0") && command.includes(engine.folder)) found.push(Number(name));
  }
  return [engine.pid, ...found];
}

describe("values planted in containers of a real engine", () => {
  const opened = new AsyncDisposableStack();
  let engine: TestEngine;
  let flow: Flow<ContainerSightings>;
  let engineCommands = "";

  beforeAll(async () => {
    engine = opened.use(await startEngine("docker"));
    const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-engine-trace-"));
    opened.defer(() => rm(folder, { recursive: true, force: true }));
    const trace = await traceEngine(engine, folder);
    flow = opened.use(
      await runFlow<ContainerSightings>("canary-container-main.ts", {
        args: [JSON.stringify(engine.commandLine("inspect")), engine.folder],
        env: { DOCKER_HOST: `unix://${engine.socket}` },
        name: NAME,
      }),
    );
    await trace.end();
    engineCommands = await readFile(trace.file, "utf8");
  }, FLOW_MS);

  afterAll(() => opened.disposeAsync(), FLOW_MS);

  test("are in no argument of any process, of the engine and of the container neither", () => {
    expect(flow.commands).toContain("execve(");
    expect(engineCommands).toMatch(/execve\(.*C_KEY/);
    expect(holdsValue(flow.commands)).toBe(false);
    expect(holdsValue(engineCommands)).toBe(false);
  });

  test("are not in what the engine tells, but in an environment that its user lets them into", () => {
    const { inspected, inspectedOfOpen } = flow.sightings;
    expect(inspected).toContain("C_KEY=");
    expect(isIn(inspected, SECRETS)).toBe(false);
    // The twin: the same search finds what is there.
    expect(isIn(inspectedOfOpen, [password])).toBe(true);
  });

  test("are in the environment of no process while a file and a descriptor hand them over", () => {
    expect(flow.sightings.environments).toEqual([]);
    expect(flow.sightings.privateFilesWhileRunning).toBeGreaterThan(0);
  });

  test("are in no file of Pilothouse and of the engine, nor in the private ones of its runs", async () => {
    expect(await filesWith(flow.data, SECRETS)).toEqual([]);
    expect(flow.sightings.engineHits).toEqual([]);
    // The twin: what a user lets into an environment, an engine writes down.
    expect(flow.sightings.engineHitsOfOpen).not.toEqual([]);
    expect(await privateFilesOf(flow.keyring.env)).toEqual([]);
  });

  test("are in no answer, while what is no secret is found in answers and logs", async () => {
    expect(isIn(flow.sightings.answers, SECRETS)).toBe(false);
    expect(isIn(flow.sightings.answers, [user])).toBe(true);
    expect((await filesWith(flow.data, [user])).some((file) => file.startsWith("logs/"))).toBe(true);
  });
});
