import { createHash } from "node:crypto";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentNameSchema, type RunId, targetIdSchema } from "#contract/ids.ts";
import { LOG_STREAMS, type LogStream } from "#contract/log.ts";
import { startRunSchema } from "#contract/run.ts";
import type { LogStore } from "#main/logs/index.ts";
import { type CoreHarness, openCore } from "#tests/helpers/core-harness.ts";
import { type EngineProduct, NODE_IMAGE, startEngine, type TestEngine } from "#tests/helpers/engines.ts";
import { everyByte } from "#tests/helpers/every-byte.ts";
import { openLogs } from "#tests/helpers/log-store.ts";
import { createHarness } from "#tests/helpers/run-harness.ts";

const PRINTER = path.join(import.meta.dirname, "../helpers/every-byte.ts");
const PRODUCED = everyByte();
const SLOW_MS = 120_000;

const shaOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function storedSha(logs: Pick<LogStore, "raw">, id: RunId): Promise<string> {
  const hash = createHash("sha256");
  const { signal } = new AbortController();
  for await (const bytes of logs.raw(id, { isFollowing: false, signal })) hash.update(bytes);
  return hash.digest("hex");
}

/** Runs the printer on a target of a real core; the sha256 of what is stored. */
async function printedBy(harness: CoreHarness, stream: LogStream, target: string): Promise<string> {
  const { core } = harness;
  const wish = { agent: agentNameSchema.parse(`says-${stream}`), target: targetIdSchema.parse(target) };
  const { id } = await core.faces.runs.start(startRunSchema.parse(wish), "cli");
  expect(await harness.ended(id)).toMatchObject({ state: "succeeded" });
  expect(await core.faces.logs.stats(id)).toMatchObject({ sizeBytes: PRODUCED.length, gapCount: 0 });
  return await storedSha(core.faces.logs, id);
}

test.each(LOG_STREAMS)("what the fake driver says on %s is stored byte for byte", async (stream) => {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-bytes-"));
  try {
    await using logs = openLogs(folder);
    await using harness = await createHarness({ logs });
    const pieces = [PRODUCED.subarray(0, 70_001), PRODUCED.subarray(70_001)];
    harness.driver.script({ output: pieces.map((bytes) => ({ stream, bytes })) });
    harness.agents.add();
    const { id } = await harness.start();
    await expect.poll(() => harness.run(id).state).toBe("succeeded");

    expect(await storedSha(logs, id)).toBe(shaOf(PRODUCED));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.each(LOG_STREAMS)(
  "what a process prints on %s is stored byte for byte",
  async (stream) => {
    await using harness = await openCore();
    const command = JSON.stringify([process.execPath, "every-byte.ts", stream]);
    const manifest = `class: computational\nruntimes: { process: { command: ${command} } }\n`;
    await harness.agent(`says-${stream}`, manifest);
    const folder = path.join(harness.base, "agents", `says-${stream}`);
    await copyFile(PRINTER, path.join(folder, "every-byte.ts"));

    expect(await printedBy(harness, stream, "this-computer")).toBe(shaOf(PRODUCED));
  },
  SLOW_MS,
);

describe.each<EngineProduct>(["docker", "podman"])("containers of %s", (product) => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine(product, { nodeFiles: { "/agent/every-byte.ts": PRINTER } });
  }, SLOW_MS);
  afterAll(() => engine[Symbol.asyncDispose](), SLOW_MS);

  test.each(LOG_STREAMS)(
    "what one prints on %s is stored byte for byte",
    async (stream) => {
      const host = product === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
      const environment = { ...process.env, [host]: `unix://${engine.socket}` };
      await using harness = await openCore({ environment });
      const runtime = {
        image: NODE_IMAGE,
        network: "none",
        command: ["node", "/agent/every-byte.ts", stream],
      };
      const manifest = `class: computational\nruntimes: { container: ${JSON.stringify(runtime)} }\n`;
      await harness.agent(`says-${stream}`, manifest);

      expect(await printedBy(harness, stream, product)).toBe(shaOf(PRODUCED));
    },
    SLOW_MS,
  );
});
