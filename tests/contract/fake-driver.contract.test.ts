import { AppError } from "#contract/errors.ts";
import { agentNameSchema, releaseIdSchema } from "#contract/ids.ts";
import { createFakeDriver, type FakeScript } from "#main/drivers/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import { describeDriverContract } from "./driver-contract.ts";
import { describeDriverSecretsContract } from "./driver-secrets-contract.ts";
import { type Behaviour, type DriverUnderTest, newRunId } from "./driver-under-test.ts";

function scriptOf(behaviour: Behaviour): FakeScript {
  switch (behaviour.does) {
    case "print":
      return { output: behaviour.pieces, exit: { exitCode: behaviour.exitCode ?? 0 } };
    case "print-in-turn":
      return { output: behaviour.pieces };
    case "count": {
      const lines = Array.from({ length: behaviour.count }, (_, index) => `${index + 1}\n`);
      const half = lines.length / 2;
      return { output: [lines.slice(0, half).join(""), lines.slice(half).join("")] };
    }
    case "show-environment":
      return { output: ({ env }) => [JSON.stringify(env)] };
    case "nothing":
      return {};
    case "die-by-signal":
      return { exit: { exitCode: null, signal: behaviour.signal } };
    case "wait":
      return { output: ["ready\n"], exit: null, ignoresSoftStop: behaviour.ignoresSoftStop ?? false };
    case "wait-with-family":
      return { output: ["ready\n"], exit: null, ignoresSoftStop: true };
  }
}

async function make(): Promise<DriverUnderTest> {
  const driver = createFakeDriver({ clock: new SystemClock() });
  const specOf: DriverUnderTest["specOf"] = async (behaviour, changes = {}) => {
    const runId = newRunId();
    driver.scriptFor(runId, scriptOf(behaviour));
    return {
      runId,
      agent: agentNameSchema.parse("fake-agent"),
      release: releaseIdSchema.parse("0".repeat(64)),
      releaseFolder: "/nowhere",
      command: [runId],
      needs: {},
      env: {},
      inputJson: "{}",
      limits: {},
      graceMs: 1_000,
      port: null,
      ...changes,
    };
  };
  return {
    driver,
    manyRuns: 200,
    specOf,
    // The target outlives the core: it is the same object.
    createNext: async () => driver,
    endCore: async () => undefined,
    // It says one piece after the other by itself.
    giveTurn: async () => undefined,
    impossibleSpec: async () => {
      const spec = await specOf({ does: "nothing" });
      driver.scriptFor(spec.runId, { startError: new AppError("start.refused", "No") });
      return spec;
    },
    countProcesses: async (runId) =>
      driver.started.filter((run) => run.spec.runId === runId && run.exit === null).length,
    loseBeginning: async (runId) => driver.run(runId).lose(1),
    [Symbol.asyncDispose]: () => driver[Symbol.asyncDispose](),
  };
}

describeDriverContract("fake", make);
describeDriverSecretsContract("fake", make);
