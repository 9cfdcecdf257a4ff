import { expect, test } from "vitest";
import { AGENT_CLASSES, type Manifest } from "#contract/manifest.ts";
import { resolvePlan } from "./class-defaults.ts";

function manifestOf(change: Partial<Manifest> = {}): Manifest {
  return {
    apiVersion: "pilothouse/v1",
    kind: "Agent",
    name: "a",
    class: "computational",
    runtimes: { process: { command: ["true"] } },
    ...change,
  };
}

test("a silent manifest gets the numbers of its class", () => {
  const plans = AGENT_CLASSES.map((name) => resolvePlan(manifestOf({ class: name })));

  expect(
    plans.map(({ timeoutMs, restart, isAutostartDefault }) => [
      timeoutMs,
      restart.when,
      restart.max,
      isAutostartDefault,
    ]),
  ).toEqual([
    [null, "never", 3, false],
    [3_600_000, "never", 3, false],
    [null, "on-failure", null, true],
    [14_400_000, "never", 3, false],
  ]);
});

test("what all classes share has its default", () => {
  const { graceMs, restart, health, limits, needsPort } = resolvePlan(manifestOf());

  expect({
    graceMs,
    backoff: [restart.backoffMinMs, restart.backoffMaxMs],
    health,
    limits,
    needsPort,
  }).toEqual({
    graceMs: 10_000,
    backoff: [1000, 60_000],
    health: null,
    limits: {},
    needsPort: false,
  });
});

test("the manifest's own numbers win over those of its class", () => {
  const plan = resolvePlan(
    manifestOf({
      class: "service",
      limits: { cpus: 0.5, memory: "256MiB", pids: 128, timeout: "15m" },
      restart: { when: "always", max: 0, backoff: "5s..2m" },
      health: { http: "http://127.0.0.1:{port}/", every: "3s", failures: 1 },
      stop: { grace: "0s" },
    }),
  );

  expect(plan).toEqual({
    timeoutMs: 900_000,
    graceMs: 0,
    restart: { when: "always", max: 0, backoffMinMs: 5000, backoffMaxMs: 120_000 },
    health: { kind: "http", url: "http://127.0.0.1:{port}/", everyMs: 3000, failures: 1 },
    limits: { cpuCores: 0.5, memoryBytes: 268_435_456, pids: 128 },
    needsPort: true,
    isAutostartDefault: true,
  });
});

test("a policy without numbers gets an end and the usual waits", () => {
  const { restart } = resolvePlan(manifestOf({ restart: { when: "on-failure" } }));

  expect(restart).toEqual({ when: "on-failure", max: 3, backoffMinMs: 1000, backoffMaxMs: 60_000 });
});

test("each kind of health check keeps its own words and the common rhythm", () => {
  const healths = [{ command: ["check"] }, { log: "ready" }, {}].map(
    (health) => resolvePlan(manifestOf({ health })).health,
  );

  expect(healths).toEqual([
    { kind: "command", command: ["check"], everyMs: 10_000, failures: 3 },
    { kind: "log", text: "ready", everyMs: 10_000, failures: 3 },
    { kind: "log", text: "", everyMs: 10_000, failures: 3 },
  ]);
});

test("a port is needed wherever the manifest writes {port}", () => {
  const changes: readonly Partial<Manifest>[] = [
    { env: { ADDRESS: "127.0.0.1:{port}" } },
    { runtimes: { process: { command: ["serve", "--port={port}"] } } },
    { runtimes: { container: { image: "a", command: ["{port}"] } } },
    { health: { command: ["check", "{port}"] } },
    { env: { PORT: "8080" } },
  ];

  expect(changes.map((change) => resolvePlan(manifestOf(change)).needsPort)).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});

test("numbers too large to be exact leave the default, as a stored manifest of other rules may hold them", () => {
  const plan = resolvePlan(
    manifestOf({
      limits: { timeout: "99999999999999d", memory: "99999999999GiB" },
      restart: { when: "never", backoff: "nonsense" },
      stop: { grace: "99999999999999d" },
      health: { log: "x", every: "99999999999999d" },
    }),
  );

  expect([
    plan.timeoutMs,
    plan.limits,
    plan.restart.backoffMinMs,
    plan.graceMs,
    plan.health?.everyMs,
  ]).toEqual([null, {}, 1000, 10_000, 10_000]);
});
