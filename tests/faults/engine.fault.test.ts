import { expect, it } from "vitest";
import { AppError } from "#contract/errors.ts";
import { targetIdSchema } from "#contract/ids.ts";
import { makeContainerDriver } from "../contract/driver-container-target.ts";
import { forever, hear, started, textOf } from "../contract/driver-under-test.ts";
import { type EngineProduct, startEngine } from "../helpers/engines.ts";
import { createOwnEngines } from "../helpers/own-engines.ts";

const SLOW_MS = 180_000;

it.each<EngineProduct>(["docker", "podman"])(
  "says that %s has no space left, leaves nothing behind, and starts once there is some",
  async (product) => {
    await using engine = await startEngine(product, { dataSize: "48m" });
    await using subject = await makeContainerDriver(engine);
    const filler = await engine.fillData();
    const spec = subject.specOfCommand(["echo", "there is room"]);
    await subject.driver.prepare(spec, () => undefined, forever);

    const failure = await started(subject.driver, spec).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: "start.refused", message: expect.stringMatching(/no space/i) });
    await filler.remove();
    expect(await subject.driver.list(forever)).toEqual([]);
    const { chunks } = await hear(await started(subject.driver, spec));
    expect(textOf(chunks)).toBe("there is room\n");
  },
  SLOW_MS,
);

it(
  "holds up no engine because another one hangs",
  async () => {
    await using hung = await startEngine("podman");
    await using well = await startEngine("docker");
    const { engines } = createOwnEngines([hung, well]);
    await using _ = engines;
    await engines.discover();
    const [podman, docker] = [targetIdSchema.parse("podman"), targetIdSchema.parse("docker")];
    for (const id of [podman, docker]) {
      await expect.poll(async () => (await engines.look(id)).state).toBe("ready");
    }
    hung.signal("SIGSTOP");
    try {
      const order: string[] = [];
      const refusal = engines.images.list(podman).catch((error: unknown) => {
        order.push("podman");
        return error;
      });
      expect((await engines.images.list(docker)).length).toBeGreaterThan(0);
      order.push("docker");
      expect(await refusal).toBeInstanceOf(AppError);
      expect(order).toEqual(["docker", "podman"]);
    } finally {
      hung.signal("SIGCONT");
    }
  },
  SLOW_MS,
);
