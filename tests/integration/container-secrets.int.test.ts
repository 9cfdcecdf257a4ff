import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunId } from "#contract/ids.ts";
import type { LogStream } from "#contract/log.ts";
import type { OutputChunk, RunSecrets } from "#main/drivers/index.ts";
import { type ContainerDriverUnderTest, makeContainerDriver } from "../contract/driver-container-target.ts";
import { forever, hear, hearUntil, started, textOf } from "../contract/driver-under-test.ts";
import { type EngineProduct, startEngine, type TestEngine } from "../helpers/engines.ts";
import { filesBelow, filesWith } from "../security/canary-search.ts";

const FILE = "planted-in-a-file-3e81";
const DESCRIPTOR = "planted-on-input-99c4";
const SECRETS: RunSecrets = {
  env: {},
  files: [{ env: "KEY_FILE", name: "shop-key", content: FILE }],
  descriptors: [{ env: "KEY_FD", content: DESCRIPTOR }],
  masked: [FILE, DESCRIPTOR],
};

describe.each<EngineProduct>(["docker", "podman"])("secrets in containers of %s", (product) => {
  let engine: TestEngine;
  let memory: string;
  beforeAll(async () => {
    engine = await startEngine(product);
    memory = await mkdtemp(join(tmpdir(), "ph-memory-"));
  }, 120_000);
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(memory, { recursive: true, force: true });
  }, 120_000);

  const make = () => makeContainerDriver(engine, { environment: { XDG_RUNTIME_DIR: memory } });
  const containerOf = async (subject: ContainerDriverUnderTest) => {
    const [runId] = await subject.driver.list(forever);
    return `pilothouse-${runId}`;
  };
  /** Files in memory that belong to a run. */
  const leftBehind = async (runId: RunId) =>
    (await Array.fromAsync(filesBelow(memory))).filter((path) => path.includes(`${runId}/`));

  it("hands a file and a descriptor over that inspect does not show, and takes them back", async () => {
    await using subject = await make();
    const script = 'cat "$KEY_FILE"; echo; cat <&"$KEY_FD"; echo; sed s/./x/g "$KEY_FILE"; echo; sleep 600';
    const spec = subject.specOfCommand(["sh", "-c", script], { secrets: SECRETS });
    const handle = await started(subject.driver, spec);
    await hearUntil(handle, "xxxx");

    const shown = await engine.command("inspect", await containerOf(subject));
    expect(shown).toContain("KEY_FILE=/pilothouse-secrets/0-shop-key");
    expect(shown).not.toContain(FILE);
    expect(shown).not.toContain(DESCRIPTOR);
    expect(await leftBehind(spec.runId)).not.toEqual([]);
    await handle.stop("hard");
    await handle.detach();
    const again = await subject.driver.adopt({ runId: spec.runId, ref: null, afterCursor: null }, forever);
    if (again === null) throw new Error("the run was not found again");

    const { chunks } = await hear(again);

    expect(textOf(chunks)).toContain(`***\n***\n${"x".repeat(FILE.length)}\n`);
    expect(await leftBehind(spec.runId)).toEqual([]);
  });

  it("hears both streams of a run that was given a descriptor", async () => {
    await using subject = await make();
    const spec = subject.specOfCommand(["sh", "-c", "echo out; echo problem >&2"], { secrets: SECRETS });

    const { chunks } = await hear(await started(subject.driver, spec));

    const heard = (wanted: LogStream) =>
      chunks.filter((chunk) => "stream" in chunk && chunk.stream === wanted);
    expect([textOf(heard("stdout")), textOf(heard("stderr"))]).toEqual(["out\n", "problem\n"]);
  });

  it("writes no secret down, neither into its own spool nor into the engine's log", async () => {
    await using subject = await make();
    const spec = subject.specOfCommand(["sh", "-c", 'cat "$KEY_FILE"; cat'], { secrets: SECRETS });
    await hear(await started(subject.driver, spec));

    for (const folder of [subject.runsFolder, engine.folder])
      expect(await filesWith(folder, [FILE, DESCRIPTOR])).toEqual([]);
  });

  it("goes on masking what a run says that was found again, and says what is missing", async () => {
    await using subject = await make();
    const script = 'echo ready; until [ -e /pilothouse/go ]; do usleep 50000; done; cat "$KEY_FILE"; echo';
    const spec = subject.specOfCommand(["sh", "-c", script], { secrets: SECRETS });
    const first = await started(subject.driver, spec);
    const before = await hearUntil(first, "ready\n");
    await first.detach();
    await subject.endCore();
    await using next = await subject.createNext();

    const afterCursor = before.at(-1)?.cursor ?? null;
    const adopted = await next.adopt({ runId: spec.runId, ref: first.ref, afterCursor }, forever);
    if (adopted === null) throw new Error("the run was not found again");
    await subject.writeShared(spec.runId, "go", "");
    const { chunks, exit } = await hear(adopted);

    expect([gapsIn(chunks.slice(0, 1)), textOf(chunks)]).toEqual([["not-recorded"], "***\n"]);
    expect(exit.exitCode).toBe(0);
  });

  it("shows nothing more of a run when nobody knows what to hide", async () => {
    await using subject = await make();
    const script = 'echo ready; until [ -e /pilothouse/go ]; do usleep 50000; done; cat "$KEY_FILE"; exit 4';
    const spec = subject.specOfCommand(["sh", "-c", script], { secrets: SECRETS });
    const first = await started(subject.driver, spec);
    const before = await hearUntil(first, "ready\n");
    await first.detach();
    await subject.endCore();
    for (const path of await leftBehind(spec.runId)) if (path.endsWith("masks.json")) await rm(path);
    await using next = await subject.createNext();

    const afterCursor = before.at(-1)?.cursor ?? null;
    const adopted = await next.adopt({ runId: spec.runId, ref: first.ref, afterCursor }, forever);
    if (adopted === null) throw new Error("the run was not found again");
    await subject.writeShared(spec.runId, "go", "");
    const { chunks, exit } = await hear(adopted);

    expect([gapsIn(chunks), textOf(chunks)]).toEqual([["not-maskable"], ""]);
    expect(exit.exitCode).toBe(4);
  });

  it("sweeps away what runs left that ended while no core was there, and nothing of those that live", async () => {
    await using subject = await make();
    const living = subject.specOfCommand(["sleep", "600"], { secrets: SECRETS });
    const ending = subject.specOfCommand(["sleep", "600"], { secrets: SECRETS });
    for (const spec of [living, ending]) await (await started(subject.driver, spec)).detach();
    await subject.endCore();
    const name = `pilothouse-${ending.runId}`;
    await engine.command("kill", name);
    await expect.poll(() => engine.command("inspect", "-f", "{{.State.Status}}", name)).toBe("exited");
    await using next = await subject.createNext();

    await next.sweepSecrets(forever);

    expect(await leftBehind(living.runId)).not.toEqual([]);
    expect(await leftBehind(ending.runId)).toEqual([]);
  });

  it("refuses a second descriptor, and leaves nothing of the first", async () => {
    await using subject = await make();
    const descriptors = [...SECRETS.descriptors, { env: "OTHER_FD", content: FILE }];
    const spec = subject.specOfCommand(["true"], { secrets: { ...SECRETS, descriptors } });

    await expect(started(subject.driver, spec)).rejects.toMatchObject({
      code: "start.credential_unavailable",
    });
    expect(await subject.driver.list(forever)).toEqual([]);
    expect(await leftBehind(spec.runId)).toEqual([]);
  });
});

function gapsIn(chunks: readonly OutputChunk[]): readonly string[] {
  return chunks.flatMap((chunk) => ("gap" in chunk ? [chunk.gap.cause] : []));
}
