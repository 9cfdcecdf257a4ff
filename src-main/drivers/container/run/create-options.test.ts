import { expect, test } from "vitest";
import { agentNameSchema, releaseIdSchema, runIdSchema } from "#contract/ids.ts";
import type { ContainerNeeds, RunSpec } from "../../driver.ts";
import { createOptions } from "./create-options.ts";
import { NO_SECRETS } from "./run-secrets.ts";

const FACTS = {
  product: "docker",
  version: "20.10",
  isRootless: false,
  offersGpus: true,
  logDrivers: ["local"],
  system: "",
  cpuCount: 2,
  memoryBytes: 0,
  missingLimits: [],
} as const;

function specOf(container: Partial<ContainerNeeds>): RunSpec {
  return {
    runId: runIdSchema.parse("0123456789abcdef"),
    agent: agentNameSchema.parse("worker"),
    release: releaseIdSchema.parse("0".repeat(64)),
    releaseFolder: "/release",
    command: ["work"],
    container: { image: "web:1", volumes: [], ...container },
    needs: {},
    env: {},
    inputJson: "{}",
    limits: {},
    graceMs: 1_000,
    port: null,
  };
}

function optionsFor(
  container: Partial<ContainerNeeds>,
  changes: { imageUser?: string; offersGpus?: boolean } = {},
) {
  const { imageUser = "", offersGpus = true } = changes;
  return createOptions({
    spec: specOf(container),
    image: "web:1",
    imageUser,
    facts: { ...FACTS, offersGpus },
    sharedFolder: null,
    home: "home",
    plainUser: "1000:1000",
    secrets: NO_SECRETS,
  });
}

test.each([
  { imageUser: "", user: undefined, runsAs: "1000:1000" },
  { imageUser: "root", user: undefined, runsAs: "1000:1000" },
  { imageUser: "web", user: undefined, runsAs: "web" },
  { imageUser: "web", user: "root", runsAs: "root" },
  { imageUser: "", user: "2000", runsAs: "2000" },
])("an image of %o", ({ imageUser, runsAs, user }) => {
  expect(optionsFor(user === undefined ? {} : { user }, { imageUser }).User).toBe(runsAs);
});

test("GPUs are asked for as the manifest says, and nothing is asked for without it", () => {
  const count = (gpus: number | "all") => optionsFor({ gpus }).HostConfig?.DeviceRequests?.[0]?.Count;

  expect([count(2), count("all")]).toEqual([2, -1]);
  expect(optionsFor({}).HostConfig?.DeviceRequests).toBeUndefined();
});

test("GPUs are refused where the engine offers none", () => {
  expect(() => optionsFor({ gpus: 1 }, { offersGpus: false })).toThrow(/offers none/);
});
