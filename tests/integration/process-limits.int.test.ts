import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import type { RunHandle } from "#main/drivers/index.ts";
import { makeProcessDriver } from "../contract/driver-process-target.ts";
import { hear, started, textOf } from "../contract/driver-under-test.ts";

const MEBIBYTE = 1 << 20;

/** What a limit does can only be seen where this user may set it; elsewhere the report must say so. */
function isEnforced(handle: RunHandle, limit: string): boolean {
  const report = handle.limits.find((one) => one.limit === limit);
  if (report === undefined) throw new Error(`nothing is said about ${limit}`);
  expect(report.how).not.toBe("");
  return report.isEnforced;
}

it("limits are reported one by one, in the manifest's words", async () => {
  await using subject = await makeProcessDriver();
  const limits = { cpuCores: 0.5, memoryBytes: 256 * MEBIBYTE, pids: 100 };

  const handle = await started(subject.driver, subject.specOfCommand(["true"], { limits }));
  await hear(handle);

  expect(handle.limits.map(({ limit, wanted }) => `${limit} ${wanted}`)).toEqual([
    "cpus 0.5",
    "memory 256MiB",
    "pids 100",
  ]);
});

it("a run that uses more memory than allowed is ended, and its end is called that", async () => {
  await using subject = await makeProcessDriver();
  const command = ["python3", "-c", "x = bytearray(300 << 20); print('too much')"];
  const handle = await started(
    subject.driver,
    subject.specOfCommand(command, { limits: { memoryBytes: 64 * MEBIBYTE } }),
  );

  const { chunks, exit } = await hear(handle);

  if (isEnforced(handle, "memory")) expect(exit).toMatchObject({ cause: "out-of-memory" });
  else expect(textOf(chunks)).toBe("too much\n");
});

it("a fork bomb stops at its limit and is ended whole", async () => {
  await using subject = await makeProcessDriver();
  const script = "i=0; while [ $i -lt 60 ]; do sleep 600 & i=$((i+1)); done; echo all; wait";
  const spec = subject.specOfCommand(["sh", "-c", script], { limits: { pids: 20 } });
  const handle = await started(subject.driver, spec);
  const heard = hear(handle);
  if (!isEnforced(handle, "pids")) {
    await handle.stop("hard");
    await heard;
    return;
  }

  expect(await subject.countProcesses(spec.runId)).toBeLessThanOrEqual(20);
  const outcome = await handle.stop("hard");
  await heard;

  expect(outcome).toMatchObject({ isGone: true, survivors: [] });
});

it("the command reaches the program unchanged through the limits", async () => {
  await using subject = await makeProcessDriver();
  const words = ["a b", "$(id)", "`id`", "'", '"', "\\", "", "*", "-n", "é\n"];
  const command = ["python3", "-c", "import sys, json; print(json.dumps(sys.argv[1:]))", ...words];
  const spec = subject.specOfCommand(command, { limits: { pids: 50 } });

  const { chunks } = await hear(await started(subject.driver, spec));

  expect(JSON.parse(textOf(chunks))).toEqual(words);
});

it("a processor limit is in force in the run's own control group, and the group goes with the run", async () => {
  await using subject = await makeProcessDriver();
  const spec = subject.specOfCommand(["cat", "/proc/self/cgroup"], { limits: { cpuCores: 0.5 } });
  const handle = await started(subject.driver, spec);

  const { chunks } = await hear(handle);

  if (isEnforced(handle, "cpus")) expect(textOf(chunks)).toContain(`pilothouse-${spec.runId}`);
  await subject.driver.remove(spec.runId);
  for (const folder of ["/sys/fs/cgroup", "/sys/fs/cgroup/cpu"]) {
    const groups = await readdir(folder).catch(() => []);
    expect(groups).not.toContain(`pilothouse-${spec.runId}`);
  }
});
