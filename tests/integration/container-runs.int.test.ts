import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AppError } from "#contract/errors.ts";
import type { RunSpec } from "#main/drivers/index.ts";
import {
  AGENT_FILES,
  type ContainerDriverUnderTest,
  makeContainerDriver,
} from "../contract/driver-container-target.ts";
import { bytesOf, forever, hear, hearUntil, started, textOf } from "../contract/driver-under-test.ts";
import {
  BUSYBOX_IMAGE,
  type EngineProduct,
  NODE_IMAGE,
  startEngine,
  type TestEngine,
} from "../helpers/engines.ts";

const MIB = 1 << 20;
const FULL_STATUS =
  "grep -E 'CapEff|NoNewPrivs' /proc/self/status; id -u; ls /pilothouse; cat /pilothouse/input.json";

/** Around the size at which an engine cuts a line of its log. */
const LONG_LINES = [16_383, 16_384, 16_385, 32_768, 32_768, 100_000, 16_384];

describe.each<EngineProduct>(["docker", "podman"])("runs in containers of %s", (product) => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine(product, { nodeFiles: AGENT_FILES });
  }, 120_000);
  afterAll(() => engine[Symbol.asyncDispose](), 120_000);

  const say = async (subject: ContainerDriverUnderTest, spec: RunSpec) => {
    const { chunks, exit } = await hear(await started(subject.driver, spec));
    return { text: textOf(chunks), exit };
  };

  it("has no rights, no root and its own input in a private folder", async () => {
    await using subject = await makeContainerDriver(engine);
    const spec = subject.specOfCommand(["sh", "-c", FULL_STATUS], { inputJson: '{"shop":"north"}' });

    const { text } = await say(subject, spec);

    expect(text).toMatch(/CapEff:\t0000000000000000\n/);
    expect(text).toMatch(/NoNewPrivs:\t1\n/);
    expect(text).toContain("65534\n");
    expect(text).toContain('{"shop":"north"}');
  });

  it("is root where that was asked for, and even then without any rights", async () => {
    await using subject = await makeContainerDriver(engine);
    const container = { image: BUSYBOX_IMAGE, network: "none", volumes: [], user: "root" };
    const spec = subject.specOfCommand(["sh", "-c", "id -u; grep CapEff /proc/self/status"], { container });

    const { text } = await say(subject, spec);

    expect(text).toBe("0\nCapEff:\t0000000000000000\n");
  });

  it("hands images of the run over through its private folder", async () => {
    await using subject = await makeContainerDriver(engine);
    const spec = subject.specOfCommand(["sh", "-c", 'echo picture > "$PILOTHOUSE_SCREENSHOTS/a.png"']);
    const handle = await started(subject.driver, spec);
    await hear(handle);

    expect(await readFile(join(handle.screenshotFolder ?? "", "a.png"), "utf8")).toBe("picture\n");
  });

  it("keeps limits, and reports each as the engine says it is", async () => {
    await using subject = await makeContainerDriver(engine);
    const limits = { cpuCores: 0.5, memoryBytes: 64 * MIB, pids: 50 };
    const handle = await started(subject.driver, subject.specOfCommand(["sleep", "600"], { limits }));
    const host = JSON.parse(
      await engine.command(
        "inspect",
        "--format",
        "{{json .HostConfig}}",
        handle.ref.replace("container:", ""),
      ),
    ) as Record<string, unknown>;

    expect(handle.limits.map(({ limit, wanted, isEnforced }) => ({ limit, wanted, isEnforced }))).toEqual([
      { limit: "cpus", wanted: "0.5", isEnforced: true },
      { limit: "memory", wanted: "64 MiB", isEnforced: true },
      { limit: "pids", wanted: "50", isEnforced: true },
    ]);
    expect(host).toMatchObject({ Memory: 64 * MIB, PidsLimit: 50, Privileged: false });
    await handle.stop("hard");
  });

  it("says that memory ran out, and not only that it was killed", async () => {
    await using subject = await makeContainerDriver(engine);
    const fill = "const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1));";
    const spec = subject.specOfCommand(["node", "-e", fill], { limits: { memoryBytes: 96 * MIB } });

    const { exit } = await say(subject, spec);

    expect(exit.cause).toBe("out-of-memory");
  });

  it("runs an agent for processes through a generated Dockerfile", async () => {
    await using subject = await makeContainerDriver(engine);
    const releaseFolder = join(subject.runsFolder, "..", "process-release");
    await mkdir(releaseFolder);
    await writeFile(join(releaseFolder, "hello.sh"), "echo hello from $PWD\n");
    const { container: _, ...plain } = subject.specOfCommand(["sh", "hello.sh"]);
    const spec: RunSpec = { ...plain, releaseFolder };
    const steps: string[] = [];

    await subject.driver.prepare(spec, (step) => steps.push(step), forever);
    const failureOrText = await say(subject, spec).catch((error: unknown) => error);

    // The suite's Docker has no bridge, which is the network of an agent that names none.
    if (failureOrText instanceof AppError) {
      expect(failureOrText).toMatchObject({ code: "start.refused" });
    } else {
      expect(failureOrText).toMatchObject({ text: "hello from /agent\n", exit: { exitCode: 0 } });
    }
    expect(steps.join("\n")).toMatch(/COPY \. \/agent/);
    await expect(access(join(releaseFolder, "Dockerfile.pilothouse"))).rejects.toThrow();
  });

  it("builds the Dockerfile of an agent once, without what .dockerignore names", async () => {
    await using subject = await makeContainerDriver(engine);
    const releaseFolder = join(subject.runsFolder, "..", "build-release");
    await mkdir(releaseFolder);
    await writeFile(join(releaseFolder, "Dockerfile"), `FROM ${BUSYBOX_IMAGE}\nCOPY . /srv/\n`);
    await writeFile(join(releaseFolder, ".dockerignore"), "secret.txt\n");
    await writeFile(join(releaseFolder, "secret.txt"), "secret");
    const container = { build: ".", network: "none", volumes: [] };
    const changes = { container, releaseFolder, release: "1".repeat(64) as RunSpec["release"] };
    const steps: string[] = [];
    const spec = subject.specOfCommand(["ls", "/srv"], changes);
    await subject.driver.prepare(spec, (step) => steps.push(step), forever);

    expect((await say(subject, spec)).text).toBe("Dockerfile\n");
    expect(steps.length).toBeGreaterThan(1);
    await subject.driver.prepare(
      subject.specOfCommand(["ls"], changes),
      (step) => steps.push(`again ${step}`),
      forever,
    );
    expect(steps.filter((step) => step.startsWith("again"))).toEqual([]);
  });

  it.each([
    { network: "host", volumes: [] },
    { network: "container:other", volumes: [] },
    { network: "none", volumes: ["/var/run/docker.sock:/var/run/docker.sock"] },
    { network: "none", volumes: ["/etc:/etc"] },
    { network: "none", volumes: [], gpus: 1 },
  ])("starts nothing that asks for %o", async (asked) => {
    await using subject = await makeContainerDriver(engine);
    const spec = subject.specOfCommand(["true"], { container: { image: BUSYBOX_IMAGE, ...asked } });

    await expect(started(subject.driver, spec)).rejects.toMatchObject({ code: "start.refused" });
    expect(await subject.driver.list(forever)).toEqual([]);
  });

  it("keeps what an agent writes into a volume for its next run", async () => {
    await using subject = await makeContainerDriver(engine);
    const container = { image: BUSYBOX_IMAGE, network: "none", volumes: ["state:/tmp"] };
    await say(subject, subject.specOfCommand(["sh", "-c", "echo kept > /tmp/state"], { container }));

    const { text } = await say(subject, subject.specOfCommand(["cat", "/tmp/state"], { container }));

    expect(text).toBe("kept\n");
  });

  it.each([
    { image: "localhost/no/such:1" },
    { image: `${NODE_IMAGE.split(":")[0]}@sha256:${"0".repeat(64)}` },
  ])("says that $image is missing", async ({ image }) => {
    await using subject = await makeContainerDriver(engine);
    const spec = subject.specOfCommand(["true"], { container: { image, network: "none", volumes: [] } });

    await expect(started(subject.driver, spec)).rejects.toMatchObject({ code: "start.image_missing" });
  });

  it("says in the run's own output that the image lacks the command", async () => {
    await using subject = await makeContainerDriver(engine);
    const { exit, text } = await say(subject, subject.specOfCommand(["no-such-program"]));

    // Docker's init ends with 127 and Podman's with 1; each in words of its own.
    expect(exit.exitCode).toBe(product === "docker" ? 127 : 1);
    expect(text).toMatch(/no-such-program|No such file/);
  });

  it("loses and repeats no byte of what was said while no core was there", async () => {
    await using subject = await makeContainerDriver(engine);
    const script =
      "process.stdout.write('ready\\n');setTimeout(() => {" +
      "process.stdout.write(Buffer.from([0xc3, 0x28, 0, 0xff, 13, 10]));process.stderr.write('gap\\n');" +
      `for (const size of ${JSON.stringify(LONG_LINES)}) process.stdout.write('x'.repeat(size) + '\\n');` +
      "setTimeout(() => process.stdout.write('after\\n'), 3000)}, 700)";
    const spec = subject.specOfCommand(["node", "-e", script]);
    const first = await started(subject.driver, spec);
    const before = await hearUntil(first, "ready\n");
    await first.detach();
    await subject.endCore();
    await expect.poll(() => engine.command("logs", first.ref.replace("container:", ""))).toMatch(/ready/);
    await using next = await subject.createNext();

    const afterCursor = before.at(-1)?.cursor ?? null;
    const adopted = await next.adopt({ runId: spec.runId, ref: first.ref, afterCursor }, forever);
    if (adopted === null) throw new Error("the run was not found again");
    const { chunks, exit } = await hear(adopted);

    expect(chunks.every((chunk) => "bytes" in chunk)).toBe(true);
    expect(bytesOf(chunks, "stdout")).toEqual(
      Buffer.concat([
        Buffer.from([0xc3, 0x28, 0, 0xff, 13, 10]),
        ...LONG_LINES.map((size) => Buffer.from(`${"x".repeat(size)}\n`)),
        Buffer.from("after\n"),
      ]),
    );
    expect(bytesOf(chunks, "stderr").toString()).toBe("gap\n");
    expect(exit.exitCode).toBe(0);
  });

  it("samples the load of a run and keeps it", async () => {
    await using subject = await makeContainerDriver(engine);
    const handle = await started(subject.driver, subject.specOfCommand(["sh", "-c", "while :; do :; done"]));
    const { runId } = await firstRun(subject);
    for await (const sample of handle.samples) {
      expect(sample.cpuCores).toBeGreaterThan(0);
      expect(sample.memoryBytes).toBeGreaterThan(0);
      break;
    }
    await handle.stop("hard");

    expect((await subject.driver.loadHistory(runId)).length).toBeGreaterThan(0);
  });
});

async function firstRun(subject: ContainerDriverUnderTest) {
  const [runId] = await subject.driver.list(forever);
  if (runId === undefined) throw new Error("the engine knows no run");
  return { runId };
}
