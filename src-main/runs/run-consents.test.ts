import { expect, test } from "vitest";
import type { ContainerConsent } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import { agentNameSchema, THIS_COMPUTER } from "#contract/ids.ts";
import { settle } from "#tests/helpers/fake-clock.ts";
import { createHarness, type Harness } from "#tests/helpers/run-harness.ts";
import { createConsents } from "./run-consents.ts";

const WORKER = agentNameSchema.parse("worker");
const OTHER = agentNameSchema.parse("other");

/** A harness whose driver shows variables, with an agent that wants a credential in one. */
async function createAsking() {
  const harness = await createHarness();
  Object.assign(harness.driver.capabilities, { showsEnvironment: true });
  harness.secrets.values.set("shop", "a-secret");
  harness.agents.add({ credentials: [{ name: "shop", env: { token: "SHOP_TOKEN" } }] });
  const start = (confirms?: ContainerConsent[]) =>
    harness.supervisor.start({ agent: WORKER, target: THIS_COMPUTER, ...(confirms && { confirms }) }, "cli");
  return { harness, start };
}

const consentsOn = ({ audit, store }: Harness) => createConsents({ audit, settings: store.settings });

/** What the trail says, oldest first. */
const trailOf = ({ audit }: Harness) =>
  audit
    .list({ limit: 100 })
    .entries.toReversed()
    .map(({ action, details, door, outcome, subject }) => [action, subject, door, outcome, details]);

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
  const { harness, start } = await createAsking();
  await using _ = harness;

  const first = await start(["environment"]);
  const second = await start();
  await settle();

  expect(harness.store.settings.get().containerConsents).toEqual({ worker: ["environment"] });
  for (const { id } of [first, second]) expect(harness.run(id).state).not.toBe("failed");
});

test("a yes is on the trail once, with the door that it came through", async () => {
  const { harness, start } = await createAsking();
  await using _ = harness;

  await start(["environment"]);
  await start(["environment"]);

  expect(trailOf(harness)).toEqual([
    ["consent.change", "worker", "cli", "begun", { given: "environment" }],
    ["consent.change", "worker", "cli", "done", {}],
  ]);
});

test("a yes that was taken back before the start is none", async () => {
  const { harness, start } = await createAsking();
  await using _ = harness;

  const { id } = await start(["environment"]);
  consentsOn(harness).changeAll({}, "window");
  await settle();

  expect(harness.run(id)).toMatchObject({
    state: "failed",
    reason: { code: "start-failed", details: { code: "start.needs_consent" } },
  });
});

test("a change of all that was given is on the trail agent by agent, and only where something is different", async () => {
  await using harness = await createHarness();
  const consents = consentsOn(harness);
  consents.changeAll({ [WORKER]: ["environment"], [OTHER]: ["root"] }, "window");

  consents.changeAll({ [WORKER]: ["root"], [OTHER]: ["root"] }, "cli");

  expect(trailOf(harness).filter(([, , , outcome]) => outcome === "begun")).toEqual([
    ["consent.change", "worker", "window", "begun", { given: "environment" }],
    ["consent.change", "other", "window", "begun", { given: "root" }],
    ["consent.change", "worker", "cli", "begun", { given: "root", taken: "environment" }],
  ]);
  expect(harness.store.settings.get().containerConsents).toEqual({ worker: ["root"], other: ["root"] });
});

test("without its entry on the trail there is no yes", async () => {
  await using harness = await createHarness();
  const audit = {
    aroundSync: () => {
      throw new AppError("data.full", "no space");
    },
  };
  const consents = createConsents({ audit, settings: harness.store.settings });

  expect(() => consents.give(WORKER, ["root"], "window")).toThrow("no space");
  expect(consents.given(WORKER)).toEqual([]);
});
