import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CANARIES } from "./canaries.ts";
import { FLOW_MS, type Flow, holdsValue, runFlow } from "./canary-flow.ts";
import type { LongSightings } from "./canary-long-main.ts";
import { filesWith, isIn, privateFilesOf } from "./canary-search.ts";
import { HAND_OVER_STEPS, ROTATION_STEPS, SUPERVISOR_STEPS } from "./crash-steps.ts";

const { key, password, rotated, user } = CANARIES;

describe("planted values, through every flow and a crash at every step", () => {
  const opened = new AsyncDisposableStack();
  let flow: Flow<LongSightings>;
  const secrets = [password, key, rotated];

  beforeAll(async () => {
    flow = opened.use(await runFlow<LongSightings>("canary-long-main.ts"));
  }, FLOW_MS);

  afterAll(() => opened.disposeAsync());

  test("are in no file but their store, private files of dead runs included", async () => {
    expect(await filesWith(flow.data, secrets)).toEqual([]);
    expect(await filesWith(flow.keyring.folder, [...secrets, user])).toEqual([]);
    expect(await privateFilesOf(flow.keyring.env)).toEqual([]);
  });

  test("are in no argument of any process that was started", () => {
    expect(flow.commands).toContain("execve(");
    expect(holdsValue(flow.commands)).toBe(false);
  });

  test("are in no answer, while what is no secret is found in answers, logs and spools", async () => {
    expect(isIn(flow.sightings.answers, secrets)).toBe(false);
    expect(isIn(flow.sightings.answers, [user])).toBe(true);
    const places = await filesWith(flow.data, [user]);
    expect(places.some((file) => file.startsWith("logs/"))).toBe(true);
    expect(places.some((file) => file.includes("/spool/"))).toBe(true);
  });

  test("are in the environment of their run and of no other process of the computer", () => {
    expect(flow.sightings.environments.filter(({ isOfRun }) => !isOfRun)).toEqual([]);
    expect(flow.sightings.environments.length).toBeGreaterThan(0);
  });

  test("every step was one at which a process died", () => {
    const steps = [...HAND_OVER_STEPS, ...SUPERVISOR_STEPS, ...ROTATION_STEPS].map(({ step }) => step);
    expect(flow.sightings.crashes.map(({ step }) => step)).toEqual(steps);
  });

  test("leave nothing behind whenever a process dies, and one of the values stays valid", () => {
    const { crashes, isChainWhole } = flow.sightings;
    expect(crashes.filter(({ hits, left }) => hits.length + left.length > 0)).toEqual([]);
    expect(crashes.filter(({ isValueWhole }) => !isValueWhole)).toEqual([]);
    expect(isChainWhole).toBe(true);
  });

  test("go to a run at most once, which ends, and never without the trail saying so first", () => {
    const runs = flow.sightings.crashes.filter(({ state }) => state !== null);
    expect(runs.filter(({ state }) => !["succeeded", "failed", "lost"].includes(state ?? ""))).toEqual([]);
    expect(runs.filter(({ executions }) => executions > 1)).toEqual([]);
    expect(runs.filter(({ executions, isOnTrail }) => executions === 1 && !isOnTrail)).toEqual([]);
  });
});
