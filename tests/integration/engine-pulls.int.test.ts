import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineProgress } from "#contract/engine.ts";
import { targetIdSchema } from "#contract/ids.ts";
import type { Engines } from "#main/drivers/container/index.ts";
import { packBusybox } from "../helpers/engine-images.ts";
import { type EngineProduct, startEngine, type TestEngine } from "../helpers/engines.ts";
import { createOwnEngines } from "../helpers/own-engines.ts";
import { type SmallRegistry, startSmallRegistry } from "../helpers/small-registry.ts";

const forever = new AbortController().signal;

describe.each<EngineProduct>(["docker", "podman"])("pulls of %s", (product) => {
  const id = targetIdSchema.parse(product);
  let engine: TestEngine;
  let engines: Engines;
  let folder: string;
  let registry: SmallRegistry;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ph-pulls-"));
    registry = await startSmallRegistry(await packBusybox(folder));
    engine = await startEngine(product, { plainRegistry: registry.host });
    engines = createOwnEngines([engine], { folder }).engines;
    await engines.discover();
    await engines.look(id);
  }, 120_000);
  afterAll(async () => {
    await engines[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  const pull = async (image: string, signal = forever) => {
    const steps: EngineProgress[] = [];
    for await (const step of engines.images.pull(id, image, signal)) steps.push(step);
    return steps;
  };
  const names = async () => (await engines.images.list(id)).flatMap((image) => image.names);

  it("says of an image that no registry has that it is not there", async () => {
    await expect(pull(`${registry.host}/none:1`)).rejects.toMatchObject({
      code: expect.stringMatching(/^engine\.(refused|no_such_object)$/),
      message: expect.stringMatching(/unknown|not found/i),
    });
  });

  it("ends a pull that nobody wants any more, and leaves no image", async () => {
    const abort = new AbortController();
    for await (const step of engines.images.pull(id, registry.image, abort.signal)) {
      if (step.layer !== "") abort.abort();
    }

    expect(await names()).not.toContain(registry.image);
  });

  it("tells what each layer of a pull does, and has the image afterwards", async () => {
    const steps = await pull(registry.image);

    const layers = new Set(steps.map(({ layer }) => layer).filter((layer) => /^[0-9a-f]{12}$/.test(layer)));
    expect(layers.size).toBe(product === "docker" ? 2 : 3);
    expect(await names()).toContain(registry.image);
    const bytes = steps.filter(({ doneBytes, totalBytes }) => doneBytes !== null && totalBytes !== null);
    // Podman counts no bytes in its Docker API; see QUIRKS.md.
    expect(bytes.length > 0).toBe(product === "docker");
    for (const { doneBytes, totalBytes } of bytes) expect(doneBytes).toBeLessThanOrEqual(totalBytes ?? 0);
  });

  it("takes an image by its digest, and none that is another one than its digest says", async () => {
    const byDigest = `${registry.host}/small@${registry.digest}`;
    const forged = `${registry.host}/small@${registry.forgedDigest}`;

    await pull(byDigest);
    await expect(pull(forged)).rejects.toMatchObject({ code: "engine.refused" });

    const digests = (await engines.images.list(id)).flatMap((image) => image.digests);
    expect(digests).toContain(byDigest);
    expect(digests).not.toContain(forged);
  });
});
