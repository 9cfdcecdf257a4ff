import { copyFile } from "node:fs/promises";
import path from "node:path";
import { test } from "vitest";
import { openCore } from "#tests/helpers/core-harness.ts";
import { killDuringFlood, SLOW_START_MS } from "./core-flood-kills.ts";

const KILLS = 100;
const FLOOD = path.join(import.meta.dirname, "core-flood.ts");

test(`a core that is killed ${KILLS} times during a flood has stored an exact beginning, and goes on without loss`, {
  timeout: KILLS * SLOW_START_MS,
}, async () => {
  await using harness = await openCore();
  const gate = path.join(harness.base, "gate");
  const printed = path.join(harness.base, "printed");
  const command = JSON.stringify([process.execPath, "core-flood.ts"]);
  await harness.agent(
    "flood",
    `class: computational\nruntimes: { process: { command: ${command} } }\n` +
      `env: { GATE: ${JSON.stringify(gate)}, PRINTED: ${JSON.stringify(printed)} }\n`,
  );
  await copyFile(FLOOD, path.join(harness.base, "agents", "flood", "core-flood.ts"));
  const { id } = await harness.start("flood");
  await harness.until(id, ({ state }) => state === "running");

  await killDuringFlood({ harness, id, gate, printed }, KILLS);
});
