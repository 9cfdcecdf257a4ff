import { chmod, mkdir, mkdtempDisposable, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeProcessDriver, processesOf } from "../contract/driver-process-target.ts";
import { bytesOf, forever, hear, hearUntil, started, textOf } from "../contract/driver-under-test.ts";

describe("the command of a run", () => {
  it("that does not exist is named in one short sentence, and the places that were searched in the details", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand(["no-such-program"]);

    const failure = await subject.driver.start(spec, forever).catch((error: unknown) => error);

    expect(failure).toMatchObject({
      code: "start.command_not_found",
      message: 'There is no program "no-such-program" in any folder of PATH',
      details: { command: "no-such-program", searched: expect.stringContaining("/usr/bin") },
    });
    expect(await subject.driver.list(forever)).toEqual([]);
  });

  it("is found in the release folder when it has a path", async () => {
    await using subject = await makeProcessDriver();
    const program = join(subject.releaseFolder, "run me.sh");
    await writeFile(program, '#!/bin/sh\necho "$0" "$1"\n');
    await chmod(program, 0o755);

    const { chunks } = await hear(
      await started(subject.driver, subject.specOfCommand(["./run me.sh", "$(id) ; *"])),
    );

    expect(textOf(chunks)).toMatch(/\/work\/run me\.sh \$\(id\) ; \*\n$/);
  });

  it("python and node are found under their other names", async () => {
    await using bin = await mkdtempDisposable(join(tmpdir(), "pilothouse-bin-"));
    await symlink("/usr/bin/python3", join(bin.path, "python3"));
    await symlink("/usr/bin/mkfifo", join(bin.path, "mkfifo"));
    await using subject = await makeProcessDriver({ hostEnvironment: { PATH: bin.path } });
    const python = subject.specOfCommand(["python", "-c", "print('snake')"]);
    const node = subject.specOfCommand(["node", "-p", "process.version"]);

    expect(textOf((await hear(await started(subject.driver, python))).chunks)).toBe("snake\n");
    expect(textOf((await hear(await started(subject.driver, node))).chunks)).toBe(`${process.version}\n`);
  });

  it("that the system refuses is a refused start, and the next run starts", async () => {
    await using subject = await makeProcessDriver();
    const tooLong = subject.specOfCommand(["true", "x".repeat(200_000)]);

    const failure = await subject.driver.start(tooLong, forever).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: "start.refused" });
    expect((await hear(await started(subject.driver, subject.specOfCommand(["true"])))).exit.exitCode).toBe(
      0,
    );
  });
});

describe("a run", () => {
  it("works in a private, writable copy of its release with its input", async () => {
    await using subject = await makeProcessDriver();
    await mkdir(join(subject.releaseFolder, "data"));
    await writeFile(join(subject.releaseFolder, "data", "fixed.txt"), "from the release\n", { mode: 0o444 });
    const script =
      "cat data/fixed.txt input.json && echo changed > data/fixed.txt && pwd && test -d $PILOTHOUSE_SCREENSHOTS";
    const spec = subject.specOfCommand(["sh", "-c", script], { inputJson: '{"a":1}\n' });

    const handle = await started(subject.driver, spec);
    const { chunks, exit } = await hear(handle);

    const work = join(subject.deps.runsFolder, spec.runId, "work");
    expect(textOf(chunks)).toBe(`from the release\n{"a":1}\n${work}\n`);
    expect(exit.exitCode).toBe(0);
    expect((await stat(join(subject.releaseFolder, "data", "fixed.txt"))).size).toBe(17);
  });

  it("sees exactly the allowed variables", async () => {
    const hostEnvironment = {
      PATH: "/usr/bin:/bin",
      HOME: "/home/somebody",
      SECRET: "no",
      LC_TIME: "C",
      NODE_ENV: "no",
    };
    await using subject = await makeProcessDriver({ hostEnvironment });
    const spec = subject.specOfCommand(["env", "-0"], { env: { MINE: "1" } });

    const { chunks } = await hear(await started(subject.driver, spec));
    const names = textOf(chunks)
      .split("\0")
      .map((line) => line.split("=")[0]);

    expect(names.filter((name) => name !== "").sort()).toEqual([
      "HOME",
      "LC_TIME",
      "MINE",
      "PATH",
      "PILOTHOUSE_AGENT",
      "PILOTHOUSE_INPUT",
      "PILOTHOUSE_RELEASE",
      "PILOTHOUSE_RUN_ID",
      "PILOTHOUSE_SCREENSHOTS",
      "PILOTHOUSE_STOP_FILE",
      "PILOTHOUSE_WORKDIR",
      "PYTHONUNBUFFERED",
    ]);
  });

  it("can open its output again by name, as shell scripts do", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand(["sh", "-c", "echo out > /dev/stdout; echo err > /dev/stderr"]);

    const { chunks } = await hear(await started(subject.driver, spec));

    expect(bytesOf(chunks, "stdout").toString()).toBe("out\n");
    expect(bytesOf(chunks, "stderr").toString()).toBe("err\n");
  });

  it("owns its tree: what its main process leaves behind is ended with it", async () => {
    await using subject = await makeProcessDriver();
    const script = "(setsid sleep 600 >/dev/null 2>&1 &) ; sleep 600 & echo bye; exit 4";
    const spec = subject.specOfCommand(["sh", "-c", script]);

    const { chunks, exit } = await hear(await started(subject.driver, spec));

    expect(textOf(chunks)).toBe("bye\n");
    expect(exit).toMatchObject({ exitCode: 4, cause: "ended" });
    expect(await processesOf(spec.runId)).toEqual([]);
  });

  it("hears a soft stop by the stop file as well", async () => {
    await using subject = await makeProcessDriver();
    const script =
      'trap "" TERM; echo ready; while ! test -e "$PILOTHOUSE_STOP_FILE"; do sleep 0.02; done; echo stopping; exit 0';
    const spec = subject.specOfCommand(["sh", "-c", script], { graceMs: 20_000 });
    const handle = await started(subject.driver, spec);
    const output = handle.output[Symbol.asyncIterator]();
    await output.next();

    const outcome = await handle.stop("soft");
    const last = await output.next();

    expect(outcome).toEqual({ isGone: true, wasKilled: false, survivors: [] });
    expect(Buffer.from(last.value?.bytes ?? []).toString()).toBe("stopping\n");
  });

  it("lets acknowledged spool files go, and never one that is still needed", async () => {
    await using subject = await makeProcessDriver({ spool: { rotateBytes: 64 << 10, drainMs: 500 } });
    const spec = subject.specOfCommand(["sh", "-c", "seq 1 200000; echo ready; sleep 600"]);
    const handle = await started(subject.driver, spec);
    const spool = join(subject.deps.runsFolder, spec.runId, "spool");

    const chunks = await hearUntil(handle, "ready\n");
    const cursor = chunks.at(-1)?.cursor ?? "";
    expect((await readdir(spool)).length).toBeGreaterThan(5);
    handle.acknowledge(cursor);
    await handle.detach();

    expect(await readdir(spool)).toEqual([`${cursor.split(":")[0]}.spool`]);
    await subject.endCore();
    await using next = await subject.createNext();
    const adopted = await next.adopt({ runId: spec.runId, ref: null, afterCursor: cursor }, forever);
    expect(adopted).toMatchObject({ pid: handle.pid, startedAtMs: handle.startedAtMs });
    await adopted?.stop("hard");
  });

  it("is measured while it runs, and its load is known after its end", async () => {
    await using subject = await makeProcessDriver();
    const spec = subject.specOfCommand(["sh", "-c", "sleep 600 & while :; do :; done"]);
    const handle = await started(subject.driver, spec);
    const heard = hear(handle);

    const seen = [];
    for await (const sample of handle.samples) {
      seen.push(sample);
      if (seen.length === 2) break;
    }
    await handle.stop("hard");
    await heard;

    expect(seen[1]).toMatchObject({ processCount: 2 });
    expect(seen[1]?.cpuCores).toBeGreaterThan(0);
    expect(seen[1]?.memoryBytes).toBeGreaterThan(100_000);
    expect((await subject.driver.loadHistory(spec.runId)).slice(0, 2)).toEqual(seen);
  });
});
