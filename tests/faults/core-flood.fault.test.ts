import { copyFile } from "node:fs/promises";
import path from "node:path";
import { test } from "vitest";
import { agentNameSchema, targetIdSchema } from "#contract/ids.ts";
import { startRunSchema } from "#contract/run.ts";
import { readSpool } from "#main/drivers/container/run/run-spool.ts";
import { openCore } from "#tests/helpers/core-harness.ts";
import { NODE_IMAGE, startEngine } from "#tests/helpers/engines.ts";
import { killDuringFlood } from "./core-flood-kills.ts";

const KILLS = 100;
const CONTAINER_KILLS = 5;
/** Starts of a core that many others hold up. */
const SLOW_START_MS = 15_000;
const ENGINE_MS = 180_000 + CONTAINER_KILLS * 6 * SLOW_START_MS;
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

test.for(["docker", "podman"] as const)(
  "the flood of a container in %s is stored whole, however often the core is killed",
  { timeout: ENGINE_MS },
  async (product) => {
    await using engine = await startEngine(product, { nodeFiles: { "/agent/core-flood.ts": FLOOD } });
    const host = product === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
    const environment = { [host]: `unix://${engine.socket}` };
    await using harness = await openCore({ environment: { ...process.env, ...environment } });
    const runtime = { image: NODE_IMAGE, network: "none", command: ["node", "/agent/core-flood.ts"] };
    await harness.agent(
      "flood",
      `class: computational\nruntimes: { container: ${JSON.stringify(runtime)} }\n` +
        "env: { GATE: /pilothouse/gate, PRINTED: /pilothouse/screenshots/printed }\n",
    );
    const wish = { agent: agentNameSchema.parse("flood"), target: targetIdSchema.parse(product) };
    const { id } = await harness.core.faces.runs.start(startRunSchema.parse(wish), "cli");
    await harness.until(id, ({ state }) => state === "running");
    const place = path.join(harness.data, "engines", product, id);
    const shared = path.join(place, "shared");
    const gate = path.join(shared, "gate");
    const printed = path.join(shared, "screenshots", "printed");

    const captured = async () => (await readSpool(path.join(place, "spool")))?.captured.stdout ?? 0;

    await killDuringFlood({ harness, id, gate, printed, environment, captured }, CONTAINER_KILLS);
  },
);
