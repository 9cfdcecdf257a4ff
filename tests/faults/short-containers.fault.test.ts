import { expect, it } from "vitest";
import { makeContainerDriver } from "../contract/driver-container-target.ts";
import { startEngine } from "../helpers/engines.ts";
import { runShortContainers } from "./short-containers.ts";

/**
 * One container costs the engine 0.2 s of a processor, most of it for programs that it starts, and the driver 0.01 s:
 * a thousand keep two processors busy for two minutes.
 */
const SLOW_MS = 540_000;
/** In memory, because an engine waits for the disk several times per container. */
const DATA_SIZE = "512m";

it.each([
  { product: "docker", count: 1_000 },
  { product: "podman", count: 200 },
] as const)(
  "keeps the exit code of every one of $count containers of $product that end at once",
  async ({ count, product }) => {
    await using engine = await startEngine(product, { dataSize: DATA_SIZE });
    await using subject = await makeContainerDriver(engine);

    expect(await runShortContainers(subject, count)).toEqual([]);
    expect(await engine.command("ps", "-aq")).toBe("");
  },
  SLOW_MS,
);
