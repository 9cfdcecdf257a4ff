import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { agentNameSchema, type RunId, THIS_COMPUTER } from "#contract/ids.ts";
import { isFinal, type Run, startRunSchema } from "#contract/run.ts";
import { createCore } from "#main/compose.ts";
import type { Core, CoreConfig } from "#main/core-config.ts";
import { DataFolder } from "#main/platform/index.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The configuration of a core on this folder, from the sources, with the runtime of the test. */
export function coreConfigOf(folder: string, change: Partial<CoreConfig> = {}): CoreConfig {
  const env = process.env;
  const place = { platform: process.platform, env, home: homedir(), tmp: tmpdir() };
  return {
    data: new DataFolder(folder, place),
    version: "0.0.0-test",
    entry: "cli",
    supervisorScript: path.join(ROOT, "src-main/drivers/process/supervisor/main.ts"),
    logWorkerScript: path.join(ROOT, "src-main/logs/worker/main.ts"),
    keychainScript: path.join(ROOT, "src-main/vault/keychain/main.ts"),
    nodeExecutable: process.execPath,
    samplesFolder: path.join(ROOT, "resources/samples"),
    homeFolder: homedir(),
    environment: env,
    startsAutostart: false,
    ...change,
  };
}

export interface CoreHarness {
  readonly base: string;
  readonly data: string;
  core: Core;
  /** Writes an agent folder with this manifest and these files, and adds it. */
  agent(name: string, manifest: string, files?: Readonly<Record<string, string>>): Promise<void>;
  start(name: string, input?: unknown): Promise<Run>;
  run(id: RunId): Run;
  /** Waits until the run fits. */
  until(id: RunId, fits: (run: Run) => boolean): Promise<Run>;
  ended(id: RunId): Promise<Run>;
  raw(id: RunId): Promise<Buffer>;
  /** Closes the core and starts another one on the same folder. */
  reopen(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A whole core with real parts on a folder of its own. */
export async function openCore(change: Partial<CoreConfig> = {}): Promise<CoreHarness> {
  const base = await mkdtemp(path.join(tmpdir(), "pilothouse-core-"));
  const data = path.join(base, "data");
  const core = createCore(coreConfigOf(data, change));
  await core.start();
  const harness: CoreHarness = {
    base,
    data,
    core,
    async agent(name, manifest, files = {}) {
      const folder = await writeAgent(path.join(base, "agents", name), { name, manifest, files });
      await harness.core.faces.agents.add(folder);
    },
    async start(name, input) {
      const agent = agentNameSchema.parse(name);
      return await harness.core.faces.runs.start(
        startRunSchema.parse({ agent, target: THIS_COMPUTER, input }),
        "cli",
      );
    },
    run: (id) => harness.core.faces.runs.resolve(id),
    until: async (id, fits) => await untilFits(harness.core, id, fits),
    ended: async (id) => await untilFits(harness.core, id, ({ state }) => isFinal(state)),
    raw: async (id) => await rawOf(harness.core, id),
    async reopen() {
      await harness.core.close();
      harness.core = createCore(coreConfigOf(data, change));
      await harness.core.start();
    },
    async [Symbol.asyncDispose]() {
      await endRuns(harness.core);
      await harness.core.close();
      await removeFolder(base);
    },
  };
  return harness;
}

export async function writeAgent(
  folder: string,
  { name, manifest, files }: { name: string; manifest: string; files: Readonly<Record<string, string>> },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const head = `apiVersion: pilothouse/v1\nkind: Agent\nname: ${name}\n`;
  await writeFile(path.join(folder, "agent.yaml"), head + manifest);
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, file), text);
  return folder;
}

/** Waits for the core to say that a run fits; told by its journal. */
export async function untilFits(core: Core, id: RunId, fits: (run: Run) => boolean): Promise<Run> {
  const { journal } = core;
  const reached = Promise.withResolvers<Run>();
  const look = () => {
    const run = core.faces.runs.resolve(id);
    if (fits(run)) reached.resolve(run);
  };
  const stop = journal.subscribe(look);
  look();
  try {
    return await reached.promise;
  } finally {
    stop();
  }
}

export async function rawOf(core: Core, id: RunId): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const options = { isFollowing: false, signal: new AbortController().signal };
  for await (const bytes of core.faces.logs.raw(id, options)) parts.push(bytes);
  return Buffer.concat(parts);
}

/** Ends everything that still runs, so that no test leaves a process behind. */
export async function endRuns(core: Core): Promise<void> {
  const live = core.faces.runs.list({ limit: 1_000 }).runs.filter(({ state }) => !isFinal(state));
  for (const { id } of live) {
    // It may end by itself in between.
    await core.faces.runs.stop({ runId: id, isForced: true }).catch(() => undefined);
  }
  await Promise.all(live.map(({ id }) => untilFits(core, id, ({ state }) => isFinal(state))));
}

/** Releases are read-only; a folder that is not writable cannot be emptied by its owner. */
export async function removeFolder(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
