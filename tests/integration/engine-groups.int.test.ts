import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComposeAction, ComposeGroup } from "#contract/engine.ts";
import { targetIdSchema } from "#contract/ids.ts";
import type { Engines } from "#main/drivers/container/index.ts";
import { packBusybox } from "../helpers/engine-images.ts";
import { BUSYBOX_IMAGE, type EngineProduct, startEngine, type TestEngine } from "../helpers/engines.ts";
import { createOwnEngines, untilKnown } from "../helpers/own-engines.ts";
import { type SmallRegistry, startSmallRegistry } from "../helpers/small-registry.ts";

const forever = new AbortController().signal;
const SLOW_MS = 120_000;

describe.each<EngineProduct>(["docker", "podman"])("compose projects of %s", (product) => {
  const id = targetIdSchema.parse(product);
  let engine: TestEngine;
  let engines: Engines;
  let folder: string;
  let registry: SmallRegistry;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ph-groups-"));
    registry = await startSmallRegistry(await packBusybox(folder));
    engine = await startEngine(product, { plainRegistry: registry.host });
    engines = createOwnEngines([engine], { folder }).engines;
    await engines.discover();
    await untilKnown(engines, id);
  }, SLOW_MS);
  afterAll(async () => {
    await engines[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }, SLOW_MS);

  const writeProject = async (name: string, images: Readonly<Record<string, string>>) => {
    const place = join(folder, name);
    await mkdir(place);
    const services = Object.entries(images).flatMap(([service, image]) => [
      `  ${service}:`,
      `    image: ${image}`,
      "    command: sleep 600",
      "    network_mode: none",
      "    stop_grace_period: 0s",
      "    ulimits: { nofile: 1024, nproc: 1024 }",
    ]);
    const file = join(place, "compose.yaml");
    await writeFile(file, ['version: "3"', "services:", ...services].join("\n"));
    return file;
  };
  const act = async (project: string, action: ComposeAction, file?: string) => {
    const request = { engine: id, project, action, ...(file === undefined ? {} : { file }) };
    const steps = await Array.fromAsync(engines.groups.act(request, forever));
    return steps.map(({ text }) => text).join("");
  };
  const find = async (project: string): Promise<ComposeGroup | undefined> =>
    (await engines.groups.list(id)).find((group) => group.project === project);

  it(
    "is started from its file, and then stopped, started and taken down by its name",
    async () => {
      const file = await writeProject("shop", { web: BUSYBOX_IMAGE, store: BUSYBOX_IMAGE });

      expect(await act("shop", "up", file)).toMatch(/web/);
      expect(await find("shop")).toMatchObject({
        files: [file],
        runningCount: 2,
        isSteerable: true,
        problem: null,
      });
      await act("shop", "stop");
      expect(await find("shop")).toMatchObject({ runningCount: 0 });
      await act("shop", "up");
      expect(await find("shop")).toMatchObject({ runningCount: 2 });
      expect(engines.list()[0]?.composeTool).not.toBeNull();
      await act("shop", "down");
      expect(await find("shop")).toBeUndefined();
    },
    SLOW_MS,
  );

  it(
    "is updated with images that can be pulled, whatever becomes of those that cannot",
    async () => {
      const file = await writeProject("fresh", { web: registry.image, own: BUSYBOX_IMAGE });

      const said = await act("fresh", "update", file);

      // Podman says that it pulled what it has already.
      expect(said).toMatch(product === "docker" ? /^Not every image could be pulled/m : /Pulling/);
      expect(await find("fresh")).toMatchObject({ runningCount: 2 });
      expect((await engines.images.list(id)).flatMap(({ names }) => names)).toContain(registry.image);
      await act("fresh", "down");
    },
    SLOW_MS,
  );

  it("says in the tool's words what went wrong", async () => {
    const file = await writeProject("broken", { web: `${registry.host}/none:1` });

    await expect(act("broken", "up", file)).rejects.toMatchObject({
      code: "engine.refused",
      message: expect.stringMatching(/unknown|not found|none:1/i),
    });
  });

  it("says what to install where there is no tool", async () => {
    const environment = { PATH: folder };
    const without = createOwnEngines([engine], { folder: join(folder, "without"), environment }).engines;
    await using _ = without;
    await without.discover();
    await untilKnown(without, id);
    const file = await writeProject("lacking", { web: BUSYBOX_IMAGE });
    const request = { engine: id, project: "lacking", action: "up", file } as const;

    await expect(Array.fromAsync(without.groups.act(request, forever))).rejects.toMatchObject({
      code: "engine.no_compose",
      details: { problem: expect.stringMatching(/^Install /) },
    });
  });
});
