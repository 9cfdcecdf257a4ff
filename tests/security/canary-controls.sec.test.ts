import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { ControlSightings } from "./canary-controls-main.ts";
import { FLOW_MS, holdsValue, runFlow } from "./canary-flow.ts";
import { CONTROL_GROUPS, CONTROLS } from "./control-changes.ts";
import { HAND_OVER_STEPS, ROTATION_STEPS, SUPERVISOR_STEPS } from "./crash-steps.ts";
import type { SourceChange } from "./source-changes.ts";

async function runControls(changes: readonly SourceChange[]): Promise<ControlSightings> {
  // The changes themselves are in an argument, and name no value.
  const args = [JSON.stringify(changes)];
  await using flow = await runFlow<ControlSightings>("canary-controls-main.ts", { args, name: "controls" });
  return { ...flow.sightings, commandsHoldValue: holdsValue(flow.commands) };
}

test("every change of a source fits the source as it is", async () => {
  const steps = [...HAND_OVER_STEPS, ...SUPERVISOR_STEPS, ...ROTATION_STEPS];
  const changes = [...steps, ...CONTROLS.flatMap((control) => control.changes)];
  const root = new URL("../../src-main/", import.meta.url);

  for (const { file, find } of changes) {
    const pieces = (await readFile(new URL(file, root), "utf8")).split(find);
    expect(pieces.length - 1, `${file}: ${find}`).toBe(1);
  }
});

describe("each control", () => {
  let sound: ControlSightings;
  const broken = new Map<string, ControlSightings>();

  beforeAll(async () => {
    sound = await runControls([]);
    for (const group of CONTROL_GROUPS) {
      const seen = await runControls(group.flatMap(({ changes }) => changes));
      for (const { name } of group) broken.set(name, seen);
    }
  }, FLOW_MS);

  test.each(CONTROLS)("holds, and is missed when it is switched off: $name", ({ isBroken, name }) => {
    const seen = broken.get(name);

    expect(isBroken(sound)).toBe(false);
    expect(seen !== undefined && isBroken(seen)).toBe(true);
  });
});
