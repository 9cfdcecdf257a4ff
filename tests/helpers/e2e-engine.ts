import { test as base, expect } from "./e2e.ts";
import { BUSYBOX_IMAGE, type EngineProduct, startEngine, type TestEngine } from "./engines.ts";

export { expect };

interface EngineFixtures {
  /** Which engine it is; a file says `test.use({ product: "podman" })`. */
  readonly product: EngineProduct;
  readonly engine: TestEngine;
}

/**
 * The specs of a file share one real engine, which the program finds as `docker` or `podman`. A file that uses it says
 * `test.describe.configure({ mode: "default" })`, so that one worker runs it and one engine is started.
 */
export const test = base.extend<{ readonly emptied: undefined }, EngineFixtures>({
  product: ["docker", { option: true, scope: "worker" }],
  engine: [
    async ({ product }, use) => {
      await using engine = await startEngine(product);
      await use(engine);
    },
    { scope: "worker", timeout: 120_000 },
  ],
  // The next spec of the file finds no container of this one.
  emptied: [
    async ({ engine }, use) => {
      await use(undefined);
      const ids = (await engine.command("ps", "-aq")).split("\n").filter((id) => id !== "");
      if (ids.length > 0) await engine.remove(...ids);
    },
    { auto: true },
  ],
  programEnvironment: async ({ engine }, use) => {
    const name = engine.product === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
    await use({ [name]: `unix://${engine.socket}` });
  },
});

/** Ends at once when it is asked to, unlike a bare `sleep`. */
const PATIENT = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
/** Podman's own limits are refused where its service runs with lower ones; see QUIRKS.md of the driver. */
const PODMAN_LIMITS = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];

/** Runs a container that waits; `options` as `docker run` takes them. */
export async function runPatient(
  engine: TestEngine,
  name: string,
  options: readonly string[] = [],
): Promise<void> {
  await runScript(engine, { name, options, script: PATIENT });
}

export interface ScriptContainer {
  readonly name: string;
  readonly script: string;
  readonly options?: readonly string[];
}

export async function runScript(
  engine: TestEngine,
  { name, options = [], script }: ScriptContainer,
): Promise<void> {
  const limits = engine.product === "podman" ? PODMAN_LIMITS : [];
  const words = ["run", "-d", "--name", name, "--network=none", ...limits, ...options];
  await engine.command(...words, BUSYBOX_IMAGE, "sh", "-c", script);
}
