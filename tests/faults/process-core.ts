/**
 * A core of its own process, to be killed: starts one run and writes down each chunk it has taken, with its
 * cursor, one JSON line each. `node process-core.ts DEPS SPEC JOURNAL`, the first two as JSON.
 */
import { appendFileSync } from "node:fs";
import process from "node:process";
import { createProcessDriver, type ProcessDriverDeps, type RunSpec } from "#main/drivers/index.ts";
import { SystemClock } from "#main/platform/index.ts";

const [, , depsText = "", specText = "", journal = ""] = process.argv;
const deps = JSON.parse(depsText) as Omit<ProcessDriverDeps, "clock">;
const spec = JSON.parse(specText) as RunSpec;
const driver = createProcessDriver({ ...deps, clock: new SystemClock() });
const forever = new AbortController().signal;

setInterval(() => undefined, 60_000);
await driver.prepare(spec, () => undefined, forever);
const handle = await driver.start(spec, forever);
appendFileSync(journal, `${JSON.stringify({ pid: handle.pid })}\n`);
for await (const chunk of handle.output) {
  if ("gap" in chunk) continue;
  const { stream, bytes, cursor } = chunk;
  appendFileSync(
    journal,
    `${JSON.stringify({ stream, base64: Buffer.from(bytes).toString("base64"), cursor })}\n`,
  );
  handle.acknowledge(cursor);
}
appendFileSync(journal, `${JSON.stringify({ exit: await handle.exit })}\n`);
