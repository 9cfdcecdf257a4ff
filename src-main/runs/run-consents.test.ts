import { expect, test } from "vitest";
import type { ContainerConsent } from "#contract/engine.ts";
import { agentNameSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { type Settings, settingsSchema } from "#contract/system.ts";
import { settle } from "#tests/helpers/fake-clock.ts";
import { createHarness } from "#tests/helpers/run-harness.ts";
import { createConsents } from "./run-consents.ts";

const WORKER = agentNameSchema.parse("worker");

function memorySettings() {
  let settings: Settings = settingsSchema.parse({});
  return {
    get: () => settings,
    set: (change: Partial<Settings>) => {
      settings = { ...settings, ...change };
      return settings;
    },
  };
}

/** A harness whose driver shows variables, with an agent that wants a credential in one. */
async function createAsking() {
  const settings = memorySettings();
  const harness = await createHarness({ consents: createConsents(settings) });
  Object.assign(harness.driver.capabilities, { showsEnvironment: true });
  harness.secrets.values.set("shop", "a-secret");
  harness.agents.add({ credentials: [{ name: "shop", env: { token: "SHOP_TOKEN" } }] });
  const start = (confirms?: ContainerConsent[]) =>
    harness.supervisor.start({ agent: WORKER, target: THIS_COMPUTER, ...(confirms && { confirms }) }, "cli");
  return { harness, settings, start };
}

test("a start that needs a yes is refused and nothing is stored", async () => {
  const { harness, start } = await createAsking();
  await using _ = harness;

  await expect(start()).rejects.toMatchObject({
    code: "start.needs_consent",
    details: { agent: "worker", consent: "environment" },
  });
  expect(harness.store.runs.latestOf(WORKER)).toBeNull();
});

test("a yes is kept for the agent, and the next start needs none", async () => {
  const { harness, settings, start } = await createAsking();
  await using _ = harness;

  const first = await start(["environment"]);
  const second = await start();
  await settle();

  expect(settings.get().containerConsents).toEqual({ worker: ["environment"] });
  for (const { id } of [first, second]) expect(harness.run(id).state).not.toBe("failed");
});

test("a yes that was taken back before the start is none", async () => {
  const { harness, settings, start } = await createAsking();
  await using _ = harness;

  const { id } = await start(["environment"]);
  settings.set({ containerConsents: {} });
  await settle();

  expect(harness.run(id)).toMatchObject({
    state: "failed",
    reason: { code: "start-failed", details: { code: "start.needs_consent" } },
  });
});
