import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { agentNameSchema, type RunId, releaseIdSchema, targetIdSchema } from "#contract/ids.ts";
import { type ContainerDriver, createContainerDriver, EngineLink } from "#main/drivers/container/index.ts";
import type { RunSpec } from "#main/drivers/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import { BUSYBOX_IMAGE, NODE_IMAGE, type TestEngine } from "../helpers/engines.ts";
import { plainOf, processesOf } from "./driver-process-target.ts";
import { type Behaviour, CANARY, type DriverUnderTest, newRunId } from "./driver-under-test.ts";

/** The agent of the suite as it lies in the Node image. */
export const AGENT_FILES = { "/agent/agent.mjs": join(import.meta.dirname, "driver-agent.mjs") };

/** A container driver on an engine of the suite, with more than the suite needs for tests of its own. */
export interface ContainerDriverUnderTest extends DriverUnderTest {
  readonly runsFolder: string;
  readonly link: EngineLink;
  createNext(): Promise<ContainerDriver>;
  specOfCommand(command: readonly string[], changes?: Partial<RunSpec>): RunSpec;
  /** Puts a file where the run sees it as `/pilothouse/NAME`. */
  writeShared(runId: RunId, name: string, text: string): Promise<void>;
}

export interface ContainerTargetOptions {
  /** Where the engine is reached; its own socket when absent. */
  readonly socket?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export function linkTo(engine: TestEngine, socket = engine.socket): EngineLink {
  return new EngineLink({
    id: targetIdSchema.parse(engine.product),
    found: {
      name: engine.product,
      addressText: `unix://${socket}`,
      address: { kind: "socket", path: socket },
      source: "environment",
    },
    clock: new SystemClock(),
    publish: () => undefined,
    agentFor: () => {
      throw new Error("these engines are behind sockets of this computer");
    },
    environment: { SOME_TOKEN: CANARY },
    composeTool: () => null,
  });
}

export async function makeContainerDriver(
  engine: TestEngine,
  { environment = {}, socket = engine.socket }: ContainerTargetOptions = {},
): Promise<ContainerDriverUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-containers-"));
  const runsFolder = join(folder, "runs");
  const link = linkTo(engine, socket);
  const deps = {
    link,
    runsFolder,
    clock: new SystemClock(),
    plainUser: "65534:65534",
    bases: { python: NODE_IMAGE, node: NODE_IMAGE, plain: BUSYBOX_IMAGE },
    buildNetwork: "none",
    environment,
    platform: process.platform,
  };
  const driver = createContainerDriver(deps);
  const made: ContainerDriver[] = [driver];
  const specOfCommand = (command: readonly string[], changes: Partial<RunSpec> = {}): RunSpec => ({
    runId: newRunId(),
    agent: agentNameSchema.parse("test-agent"),
    release: releaseIdSchema.parse("0".repeat(64)),
    releaseFolder: folder,
    command,
    container: { image: command[0] === "node" ? NODE_IMAGE : BUSYBOX_IMAGE, network: "none", volumes: [] },
    needs: {},
    env: {},
    inputJson: "{}",
    limits: {},
    graceMs: 1_000,
    port: null,
    ...changes,
  });
  const writeShared = (runId: RunId, name: string, text: string) =>
    writeFile(join(runsFolder, runId, "shared", name), text);
  return {
    driver,
    manyRuns: 20,
    runsFolder,
    link,
    specOfCommand,
    writeShared,
    giveTurn: (runId, piece) => writeShared(runId, `turn-${piece}`, ""),
    specOf: async (behaviour, changes) => specOfCommand(commandOf(behaviour), changes),
    createNext: async () => {
      const next = createContainerDriver(deps);
      made.push(next);
      return next;
    },
    endCore: () => driver[Symbol.asyncDispose](),
    impossibleSpec: async () =>
      specOfCommand(["true"], { container: { image: "localhost/no/such:1", network: "none", volumes: [] } }),
    countProcesses: async (runId: RunId) => (await processesOf(runId)).length,
    loseBeginning: (runId) => rm(join(runsFolder, runId, "spool", "1.spool")),
    [Symbol.asyncDispose]: async () => {
      for (const one of made) await one[Symbol.asyncDispose]();
      await removeRuns(link);
      await link.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** Over the engine's API, because its command takes as long to begin as a whole test. */
async function removeRuns(link: EngineLink): Promise<void> {
  const filters = { label: ["io.pilothouse.run"] };
  const runs = await link.api.call((docker) => docker.listContainers({ all: true, filters }));
  await Promise.all(
    runs.map(({ Id }) =>
      link.api.call(async (docker) => {
        const container = docker.getContainer(Id);
        // One that runs is killed first: Podman would ask it and wait for 10 s.
        await container.kill().catch(() => undefined);
        // Whatever is left goes with the engine.
        await container.remove({ force: true }).catch(() => undefined);
      }),
    ),
  );
}

function commandOf(behaviour: Behaviour): readonly string[] {
  if (behaviour.does === "nothing") return ["true"];
  // Packed, because an argument cannot hold a megabyte.
  const packed = gzipSync(JSON.stringify(plainOf(behaviour, "/pilothouse/turn"))).toString("base64");
  return ["node", "/agent/agent.mjs", `gzip:${packed}`];
}
