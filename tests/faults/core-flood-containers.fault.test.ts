import path from "node:path";
import { test } from "vitest";
import { agentNameSchema, targetIdSchema } from "#contract/ids.ts";
import { startRunSchema } from "#contract/run.ts";
import { readSpool } from "#main/drivers/container/run/run-spool.ts";
import { openCore } from "#tests/helpers/core-harness.ts";
import { NODE_IMAGE, startEngine } from "#tests/helpers/engines.ts";
import { killDuringFlood, SLOW_START_MS } from "./core-flood-kills.ts";

const KILLS = 5;
const ENGINE_MS = 180_000 + KILLS * 6 * SLOW_START_MS;
const FLOOD = path.join(import.meta.dirname, "core-flood.ts");

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
        "env: { GATE: /pilothouse/gate, CALM: /pilothouse/calm, PRINTED: /pilothouse/screenshots/printed }\n",
    );
    const wish = { agent: agentNameSchema.parse("flood"), target: targetIdSchema.parse(product) };
    const { id } = await harness.core.faces.runs.start(startRunSchema.parse(wish), "cli");
    await harness.until(id, ({ state }) => state === "running");
    const place = path.join(harness.data, "engines", product, id);
    const shared = path.join(place, "shared");
    const gate = path.join(shared, "gate");
    const printed = path.join(shared, "screenshots", "printed");

    const pursuit = {
      calm: path.join(shared, "calm"),
      captured: async () => (await readSpool(path.join(place, "spool")))?.captured.stdout ?? 0,
    };

    await killDuringFlood({ harness, id, gate, printed, environment, pursuit }, KILLS);
  },
);
